//! A Butler task as the server lists it, and reading that list from JSON.
//!
//! Every unambiguous spelling is accepted: `true`, `1` and `"1"`; `3`, `3.0` and `"3"`. Unknown fields are ignored. A field
//! that is missing, duplicated or ambiguous is refused, but the texts for people, `title` and `description`, may be missing.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::TaskName;
use crate::text::BYTE_ORDER_MARK;

/// A task of the Butler, as `GET /butler` lists it.
///
/// A task is serialized with the field names of the API. It can be deserialized from JSON, TOML and MessagePack, but not
/// from formats that do not store the type of a value, such as bincode, and not from RON.
/// The API does not say which tasks are running.
///
/// ```
/// use plex_butler::{ButlerTask, TaskName};
///
/// let json = r#"{"name":"BackupDatabase","interval":3,"scheduleRandomized":false,"enabled":true,
///                "title":"Backup Database","description":"Create a backup copy of the server's database"}"#;
/// let task: ButlerTask = serde_json::from_str(json)?;
/// assert_eq!(task.name, TaskName::BackupDatabase);
/// assert_eq!(task.interval, 3);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ButlerTask {
    /// The name, for [`Client::start_task`](crate::Client::start_task) and
    /// [`Client::stop_task`](crate::Client::stop_task).
    #[serde(deserialize_with = "field::name")]
    pub name: TaskName,
    /// How often the task is due, in days: 1 is every day, 7 is every week.
    #[serde(deserialize_with = "field::interval")]
    pub interval: u32,
    /// Whether the task starts at a random time inside the maintenance window.
    #[serde(deserialize_with = "field::schedule_randomized")]
    pub schedule_randomized: bool,
    /// Whether the task is enabled in the server's settings.
    #[serde(deserialize_with = "field::enabled")]
    pub enabled: bool,
    /// The title for people, in the server's language. Empty if the server sends none.
    #[serde(default, deserialize_with = "field::title")]
    pub title: String,
    /// What the task does, in the server's language. Empty if the server sends none.
    #[serde(default, deserialize_with = "field::description")]
    pub description: String,
}

/// Reads the response to `GET /butler`: `{"ButlerTasks":{"ButlerTask":[…]}}`.
pub(crate) fn list_from_json(json: &[u8]) -> Result<Vec<ButlerTask>, serde_json::Error> {
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    // Checked as a whole: serde_json would check string by string, which takes an eighth longer.
    let json = std::str::from_utf8(json).map_err(|error| not_utf8(&json[..error.valid_up_to()]))?;
    let Object(Root { butler_tasks: Object(List { butler_task }) }) = serde_json::from_str(json)?;
    Ok(butler_task.into_iter().map(|Object(task)| task).collect())
}

/// The error for a body that is valid UTF-8 only in its first bytes, `before`.
fn not_utf8(before: &[u8]) -> serde_json::Error {
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    de::Error::custom(format_args!("invalid UTF-8 at line {line} column {column}"))
}

#[derive(Deserialize)]
struct Root {
    #[serde(rename = "ButlerTasks", deserialize_with = "field::butler_tasks")]
    butler_tasks: Object<List>,
}

#[derive(Deserialize)]
struct List {
    #[serde(rename = "ButlerTask", deserialize_with = "field::butler_task")]
    butler_task: Vec<Object<ButlerTask>>,
}

/// A struct that is read from an object. A derived `Deserialize` would read it from an array too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// Reads a field, and names it in the error.
mod field {
    use super::*;

    macro_rules! readers {
        ($($function:ident, $name:literal, $read:expr, $type:ty;)+) => {$(
            pub(super) fn $function<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                $read(deserializer).map_err(|error| de::Error::custom(format_args!("`{}`: {error}", $name)))
            }
        )+};
    }

    readers! {
        butler_tasks, "ButlerTasks", Object::deserialize, Object<List>;
        butler_task, "ButlerTask", Vec::deserialize, Vec<Object<ButlerTask>>;
        name, "name", TaskName::deserialize, TaskName;
        interval, "interval", days, u32;
        schedule_randomized, "scheduleRandomized", flag, bool;
        enabled, "enabled", flag, bool;
        title, "title", nullable_text, String;
        description, "description", nullable_text, String;
    }
}

/// A text for people, which may be null.
fn nullable_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A boolean, also spelled as the XML attribute is: `0` and `1`.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    spelled(deserializer, "true or false, 1 or 0", |value| match (value.as_u64(), value.as_str()) {
        (Some(0), _) | (_, Some("0" | "false")) => Some(false),
        (Some(1), _) | (_, Some("1" | "true")) => Some(true),
        _ => value.as_bool(),
    })
}

/// A number of days, also spelled as a string or with a fraction of zero.
fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    spelled(deserializer, "a whole number of days", |value| {
        let whole = |days: f64| Some(days as u32).filter(|whole| f64::from(*whole) == days);
        value.as_f64().and_then(whole).or_else(|| value.as_str()?.parse().ok())
    })
}

/// Reads a value that has several spellings. `read` returns `None` for an invalid or ambiguous one.
fn spelled<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &str,
    read: fn(&Value) -> Option<T>,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    read(&value).ok_or_else(|| de::Error::invalid_value(Unexpected::Other(&value.to_string()), &expected))
}
