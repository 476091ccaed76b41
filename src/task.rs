//! A Butler task as the server lists it, and reading that list from JSON.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::TaskName;
use crate::text::BYTE_ORDER_MARK;

/// A task of the Butler, as `GET /butler` lists it.
///
/// A task is serialized with the field names of the API. It can be deserialized from JSON. A flag
/// can also be spelled `1` or `"1"`, and a number of days `"3"`. Unknown fields are ignored.
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
    #[serde(deserialize_with = "days")]
    pub interval: u32,
    /// Whether the task starts at a random time inside the maintenance window.
    #[serde(deserialize_with = "flag")]
    pub schedule_randomized: bool,
    /// Whether the task is enabled in the server's settings.
    #[serde(deserialize_with = "flag")]
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
        butler_tasks: List,
    }

    #[derive(Deserialize)]
    struct List {
        #[serde(rename = "ButlerTask")]
        butler_task: Vec<ButlerTask>,
    }

    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    let root: Root = serde_json::from_slice(json)?;
    Ok(root.butler_tasks.butler_task)
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match scalar(deserializer)?.as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(D::Error::custom(format_args!(
            "invalid value `{other}`, expected true or false, 1 or 0"
        ))),
    }
}

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let text = scalar(deserializer)?;
    text.parse().map_err(|_| {
        D::Error::custom(format_args!(
            "invalid value `{text}`, expected a whole number of days"
        ))
    })
}

/// The text of a boolean, a number or a string.
fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Array(_) | Value::Object(_) => Err(D::Error::custom(
            "an array or an object in place of a value",
        )),
        other => Ok(other.to_string()),
    }
}

fn nullable_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
