//! What the Butler of the stand-in does: which tasks run, how far they are, and which activities show it.

use serde::Serialize;

/// How much each call of `advance` adds to the progress of a task, in percent.
const STEP: i32 = 50;

/// A row of `GET /activities`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Activity {
    pub(crate) uuid: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) cancellable: bool,
    #[serde(rename = "userID")]
    pub(crate) user_id: u32,
    pub(crate) title: &'static str,
    pub(crate) subtitle: String,
    /// In percent, and -1 where it is unknown.
    pub(crate) progress: i32,
}

impl Activity {
    fn new(kind: &'static str, title: &'static str, subtitle: &str, progress: i32) -> Activity {
        Activity {
            uuid: format!("uuid-of-{kind}"),
            kind,
            cancellable: false,
            user_id: 1,
            title,
            subtitle: subtitle.to_owned(),
            progress,
        }
    }
}

#[derive(Debug)]
struct RunningTask {
    name: String,
    /// `None` while the task works before its step begins, under an activity of its own.
    progress: Option<i32>,
}

impl RunningTask {
    /// The activity of a task that works before its step begins.
    fn own_activity(name: &str) -> Option<Activity> {
        let (kind, title, subtitle) = match name {
            "BackupDatabase" => ("general.db.backup", "Database", "Backing up database"),
            "OptimizeDatabase" => ("general.db.optimize", "Optimizing database", ""),
            "CleanOldBundles" => ("general.bundle.clean", "Cleaning Bundles", ""),
            _ => return None,
        };
        Some(Activity::new(kind, title, subtitle, -1))
    }
}

/// The running tasks, in the order in which they were started.
#[derive(Debug, Default)]
pub(crate) struct Butler {
    running: Vec<RunningTask>,
    /// Whether the Butler stays awake without a task, as in the maintenance window.
    pub(crate) waits: bool,
}

impl Butler {
    pub(crate) fn running(&self) -> Vec<String> {
        self.running.iter().map(|task| task.name.clone()).collect()
    }

    /// Whether the task was not running before.
    pub(crate) fn start(&mut self, name: String) -> bool {
        let is_new = self.running.iter().all(|task| task.name != name);
        if is_new {
            let progress = match RunningTask::own_activity(&name) {
                Some(_) => None,
                None => Some(0),
            };
            self.running.push(RunningTask { name, progress });
        }
        is_new
    }

    /// Whether the task was running.
    pub(crate) fn stop(&mut self, name: &str) -> bool {
        let before = self.running.len();
        self.running.retain(|task| task.name != name);
        self.running.len() < before
    }

    pub(crate) fn stop_all(&mut self) {
        self.running.clear();
    }

    /// Brings every running task one step further. A task that reaches 100 percent has ended.
    pub(crate) fn advance(&mut self) {
        for task in &mut self.running {
            task.progress = Some(task.progress.map_or(0, |progress| progress + STEP));
        }
        self.running.retain(|task| task.progress < Some(100));
    }

    /// One row of type `butler` while the Butler is awake, and one for each task before its step.
    pub(crate) fn activities(&self) -> Vec<Activity> {
        if self.running.is_empty() && !self.waits {
            return Vec::new();
        }
        let (subtitle, progress) = self
            .running
            .iter()
            .find_map(|task| Some((task.name.as_str(), task.progress?)))
            .unwrap_or(("", 100));
        let butler = Activity::new("butler", "Butler tasks", subtitle, progress);
        let before_their_step = self.running.iter().filter(|task| task.progress.is_none());
        [butler]
            .into_iter()
            .chain(before_their_step.filter_map(|task| RunningTask::own_activity(&task.name)))
            .collect()
    }
}
