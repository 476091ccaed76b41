//! A Butler task as the server lists it, and reading that list from JSON.

use serde::{Deserialize, Serialize};

use crate::TaskName;
use crate::json::{Object, nullable_text};

/// A task of the Butler, as `GET /butler` lists it.
///
/// A task is serialized with the field names of the API, and can be deserialized from the same JSON.
/// Unknown fields are ignored.
///
/// ```
/// use plex_butler::{ButlerTask, TaskName};
///
/// let json = r#"{"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true,
///                "title":"Backup Database","description":"Create a backup copy of the server's database"}"#;
/// let task: ButlerTask = serde_json::from_str(json)?;
/// assert_eq!(task.name, TaskName::BACKUP_DATABASE);
/// assert_eq!(task.interval, 3);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ButlerTask {
    /// The name, for [`Client::start_task`](crate::Client::start_task) and
    /// [`Client::stop_task`](crate::Client::stop_task).
    pub name: TaskName,
    /// How often the task is due, in days: 1 is every day, 7 is every week.
    pub interval: u32,
    /// Whether the task starts at a random time inside the maintenance window.
    pub schedule_randomized: bool,
    /// Whether the task is enabled in the server's settings.
    pub enabled: bool,
    /// The title for people, in the server's language. Empty if the server sends none.
    #[serde(default, deserialize_with = "nullable_text")]
    pub title: String,
    /// What the task does, in the server's language. Empty if the server sends none.
    #[serde(default, deserialize_with = "nullable_text")]
    pub description: String,
}

/// Reads the response to `GET /butler`: `{"ButlerTasks":{"ButlerTask":[…]}}`.
pub(crate) fn list_from_json(json: &[u8]) -> Result<Vec<ButlerTask>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Root {
        #[serde(rename = "ButlerTasks")]
        butler_tasks: Object<List>,
    }

    #[derive(Deserialize)]
    struct List {
        #[serde(rename = "ButlerTask")]
        butler_task: Vec<Object<ButlerTask>>,
    }

    let Object(root) = serde_json::from_slice::<Object<Root>>(json)?;
    let Object(list) = root.butler_tasks;
    Ok(list
        .butler_task
        .into_iter()
        .map(|Object(task)| task)
        .collect())
}
