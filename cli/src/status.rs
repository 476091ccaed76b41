//! `status`: what the Butler is doing now, and waiting until it has done its work.

use std::thread;
use std::time::{Duration, Instant};

use plex_butler::{Activity, ButlerStatus};
use serde::Serialize;

use crate::args::{Options, Watch};
use crate::failure::{Failure, Status};
use crate::output::{Output, eprint_line, printable_json};
use crate::server::Server;

/// The time from an answer to the next request of `--wait`.
const PAUSE: Duration = Duration::from_secs(2);

/// How many answers in a row must be calm, which means not `working`. A single one may come from between two tasks.
const CALM_ANSWERS: u32 = 2;

pub(crate) fn run(
    watch: &Watch,
    options: &Options,
    output: &mut Output,
) -> Result<Status, Failure> {
    let mut butler = Butler {
        server: Server::new(options)?,
        is_owner: false,
    };
    let status = match watch.wait {
        None => butler.ask()?,
        Some(time) => match wait(&mut butler, time, options)? {
            Waited::Calm(status) => status,
            Waited::TimeOver(last) => {
                let last = in_a_line(&last);
                eprint_line(&format!(
                    "gave up after {time:?}; the last answer was \"{last}\""
                ));
                return Ok(Status::Failed);
            }
        },
    };
    if watch.json {
        output.write(&(printable_json(&json(&status)) + "\n"));
    } else {
        output.line(&in_a_line(&status));
    }
    Ok(Status::Done)
}

/// The Butler of a server.
struct Butler {
    server: Server,
    /// Whether the server has shown its tasks, as it does to its owner only.
    is_owner: bool,
}

impl Butler {
    /// Asks for the status. Another account than the owner's sees no activities, so that the Butler would always be idle.
    fn ask(&mut self) -> Result<ButlerStatus, Failure> {
        let status = self.server.status()?;
        if !is_working(&status) && !self.is_owner {
            self.server.list()?;
            self.is_owner = true;
        }
        Ok(status)
    }
}

/// How `--wait` ends, with the last answer.
#[derive(Debug, PartialEq)]
enum Waited {
    Calm(ButlerStatus),
    TimeOver(ButlerStatus),
}

struct Answer {
    status: ButlerStatus,
    /// Whether the first request for it failed.
    after_outage: bool,
}

/// Asks every two seconds, and for the last time when the time is over.
fn wait(butler: &mut Butler, time: Duration, options: &Options) -> Result<Waited, Failure> {
    let end = Instant::now() + time;
    let left = || end.saturating_duration_since(Instant::now());
    let ask = || {
        butler.server.limit(left(), options);
        Ok(Answer {
            status: butler.ask()?,
            after_outage: butler.server.has_waited(),
        })
    };
    let pause = || {
        let left = left();
        thread::sleep(PAUSE.min(left));
        !left.is_zero()
    };
    until_calm(ask, pause)
}

/// Asks until enough answers in a row are calm, or until a pause returns that there is no time for the next one.
fn until_calm(
    mut ask: impl FnMut() -> Result<Answer, Failure>,
    mut pause: impl FnMut() -> bool,
) -> Result<Waited, Failure> {
    let mut calm = 0;
    loop {
        let answer = ask()?;
        if answer.after_outage || is_working(&answer.status) {
            calm = 0;
        }
        if !is_working(&answer.status) {
            calm += 1;
        }
        if calm == CALM_ANSWERS {
            return Ok(Waited::Calm(answer.status));
        }
        if !pause() {
            return Ok(Waited::TimeOver(answer.status));
        }
    }
}

fn is_working(status: &ButlerStatus) -> bool {
    matches!(status, ButlerStatus::Working(_))
}

/// The status for a person, which begins with the word for a script.
fn in_a_line(status: &ButlerStatus) -> String {
    match status {
        ButlerStatus::Idle => "idle".into(),
        ButlerStatus::Waiting(_) => {
            "waiting: for tasks at random times, or between two tasks".into()
        }
        ButlerStatus::Working(activities) => match most_telling(activities) {
            Some(activity) => format!("working: {}", work(activity)),
            None => "working".into(),
        },
    }
}

/// An activity that has not ended, if possible with a subtitle, which tells more than the title.
fn most_telling(activities: &[Activity]) -> Option<&Activity> {
    activities
        .iter()
        .min_by_key(|activity| (activity.progress == Some(100), activity.subtitle.is_empty()))
}

/// What the server says of an activity. Only the type is never missing.
fn work(activity: &Activity) -> String {
    let texts = [&activity.subtitle, &activity.title, &activity.activity_type];
    let text = texts.into_iter().find(|text| !text.is_empty());
    let text = text.map_or("", String::as_str);
    match activity.progress {
        Some(progress) => format!("{text} ({progress}%)"),
        None => text.to_owned(),
    }
}

fn json(status: &ButlerStatus) -> String {
    #[derive(Serialize)]
    struct Object<'a> {
        state: String,
        activities: &'a [Activity],
    }

    let state = status.to_string();
    let activities = status.activities();
    serde_json::to_string(&Object { state, activities })
        .expect("strings and numbers can be serialized")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activities(json: &str) -> Vec<Activity> {
        serde_json::from_str(json).unwrap()
    }

    fn working() -> ButlerStatus {
        ButlerStatus::Working(activities(r#"[{"type":"butler","progress":50}]"#))
    }

    fn waiting() -> ButlerStatus {
        ButlerStatus::Waiting(activities(r#"[{"type":"butler","progress":100}]"#))
    }

    /// How the waiting ends, and how many answers it takes. There is no time for more than these.
    fn waited(answers: &[(ButlerStatus, bool)]) -> (Waited, usize) {
        let mut asked = 0;
        let mut pauses = 1..answers.len();
        let ask = || {
            let (status, after_outage) = answers[asked].clone();
            asked += 1;
            Ok(Answer {
                status,
                after_outage,
            })
        };
        let waited = until_calm(ask, || pauses.next().is_some()).unwrap();
        (waited, asked)
    }

    #[test]
    fn two_calm_answers_in_a_row_end_the_waiting() {
        let idle = || (ButlerStatus::Idle, false);
        let works = || (working(), false);
        let waits = || (waiting(), false);
        let after_outage = || (ButlerStatus::Idle, true);
        for (answers, asked) in [
            (vec![idle(), idle(), works()], 2),
            (vec![waits(), idle(), works()], 2),
            (vec![works(), works(), idle(), idle(), works()], 4),
            (vec![idle(), works(), idle(), idle(), works()], 4),
            (vec![idle(), after_outage(), idle(), works()], 3),
            (vec![idle(), after_outage(), after_outage(), idle()], 4),
        ] {
            let calm = Waited::Calm(ButlerStatus::Idle);
            assert_eq!(waited(&answers), (calm, asked), "{answers:?}");
        }
        let calm = Waited::Calm(waiting());
        assert_eq!(waited(&[idle(), waits()]), (calm, 2));
    }

    #[test]
    fn the_last_answer_counts_when_the_time_is_over() {
        let idle = (ButlerStatus::Idle, false);
        let works = (working(), false);
        let over = Waited::TimeOver(working());
        assert_eq!(waited(&[idle.clone(), works.clone()]), (over, 2));
        let over = Waited::TimeOver(ButlerStatus::Idle);
        assert_eq!(waited(&[works, idle]), (over, 2));
    }

    #[test]
    fn the_most_telling_activity_is_shown() {
        for (json, line) in [
            (
                r#"[{"type":"butler","title":"Butler tasks","subtitle":"DeepMediaAnalysis","progress":90}]"#,
                "working: DeepMediaAnalysis (90%)",
            ),
            (
                r#"[{"type":"butler","title":"Butler tasks","progress":100},{"type":"general.db.optimize","title":"Optimizing database"}]"#,
                "working: Optimizing database",
            ),
            (
                r#"[{"type":"general.bundle.clean","title":"Cleaning Bundles"},{"type":"butler","title":"Butler tasks","subtitle":"CleanOldBundles","progress":0}]"#,
                "working: CleanOldBundles (0%)",
            ),
            (
                r#"[{"type":"butler","subtitle":"A","progress":100},{"type":"general.db.backup","title":"Database","progress":-1}]"#,
                "working: Database",
            ),
            (
                r#"[{"type":"general.db.backup"}]"#,
                "working: general.db.backup",
            ),
            (
                r#"[{"type":"general.db.backup","title":"Database","progress":100}]"#,
                "working: Database (100%)",
            ),
        ] {
            assert_eq!(in_a_line(&ButlerStatus::Working(activities(json))), line);
        }
    }
}
