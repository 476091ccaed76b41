//! A Butler task as the server lists it, and reading that list from JSON.
//!
//! Several spellings are accepted: `true`, `1` and `"1"`; `3`, `3.0` and `"3"`. Unknown fields are ignored. A field
//! that is missing, duplicated or ambiguous is refused, but the texts for people, `title` and `description`, may be missing.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Number;

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
    let Object(Root {
        butler_tasks: Object(List { butler_task }),
    }) = serde_json::from_str(json)?;
    Ok(butler_task.into_iter().map(|Object(task)| task).collect())
}

/// The error for a body that is valid UTF-8 only in its first bytes, `before`.
fn not_utf8(before: &[u8]) -> serde_json::Error {
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before
        .iter()
        .rev()
        .take_while(|byte| **byte != b'\n')
        .count();
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
    let read = |value: Unexpected<'_>| match value {
        Unexpected::Bool(flag) => Some(flag),
        Unexpected::Unsigned(0) | Unexpected::Str("0" | "false") => Some(false),
        Unexpected::Unsigned(1) | Unexpected::Str("1" | "true") => Some(true),
        _ => None,
    };
    deserializer.deserialize_any(Spelled {
        expected: "true or false, 1 or 0",
        read,
    })
}

/// A number of days, also spelled as a string or with a fraction of zero.
fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let read = |value: Unexpected<'_>| match value {
        Unexpected::Unsigned(days) => days.try_into().ok(),
        Unexpected::Float(days) => Some(days as u32).filter(|whole| f64::from(*whole) == days),
        Unexpected::Str(days) => days.parse().ok(),
        _ => None,
    };
    deserializer.deserialize_any(Spelled {
        expected: "a whole number of days",
        read,
    })
}

/// Reads a value that has several spellings. An array or an object is refused at its start, whatever its size.
struct Spelled<F> {
    expected: &'static str,
    /// Returns `None` for an invalid or ambiguous spelling.
    read: F,
}

impl<T, F: Fn(Unexpected<'_>) -> Option<T>> Spelled<F> {
    fn accept<E: de::Error>(&self, value: Unexpected<'_>) -> Result<T, E> {
        (self.read)(value).ok_or_else(|| E::invalid_value(value, &self.expected))
    }
}

impl<'de, T, F: Fn(Unexpected<'_>) -> Option<T>> Visitor<'de> for Spelled<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        self.accept(Unexpected::Bool(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        self.accept(Unexpected::Unsigned(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        self.accept(u64::try_from(value).map_or(Unexpected::Signed(value), Unexpected::Unsigned))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        self.accept(Unexpected::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        self.accept(Unexpected::Str(value))
    }

    /// With serde_json's feature `arbitrary_precision`, which another crate can turn on, a number is a map.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let number = Number::deserialize(MapAccessDeserializer::new(map))
            .map_err(|_| de::Error::invalid_type(Unexpected::Map, &self))?;
        match number.as_u64() {
            Some(value) => self.visit_u64(value),
            None => self.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}
