//! A Butler task as the server lists it, and reading that list from JSON.
//!
//! The rule for reading: every spelling that leaves one meaning is accepted (`true`, `1` and `"1"`; `3`, `3.0` and
//! `"3"`; fields that this version does not know), and a value that is missing, doubled or open to more than one
//! meaning is refused; only the texts for people, `title` and `description`, may be missing.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

use crate::TaskName;
use crate::body::BYTE_ORDER_MARK;

/// A task of the Butler, as `GET /butler` lists it.
///
/// It serializes to the field names of the API, and reads back from them in JSON and any other self-describing format.
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
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ButlerTask {
    /// The name to start and stop the task with.
    pub name: TaskName,
    /// How often the task is due, in days: 1 is every day, 7 is every week.
    pub interval: u32,
    /// Whether the task starts at a random time inside the maintenance window.
    pub schedule_randomized: bool,
    /// Whether the task is switched on in the server's settings.
    pub enabled: bool,
    /// What people call the task, in the server's language. Empty where the server sends none.
    pub title: String,
    /// What the task does, in the server's language. Empty where the server sends none.
    pub description: String,
}

/// Reads the answer to `GET /butler`: `{"ButlerTasks":{"ButlerTask":[…]}}`.
pub(crate) fn list_from_json(json: &[u8]) -> Result<Vec<ButlerTask>, serde_json::Error> {
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    // Checked as a whole: serde_json would check string by string, which takes an eighth longer.
    let json = std::str::from_utf8(json).map_err(|error| not_utf8(&json[..error.valid_up_to()]))?;
    let Nested(Inner(tasks)) = serde_json::from_str(json)?;
    Ok(tasks)
}

/// The error for bytes that stop being UTF-8 after these.
fn not_utf8(before: &[u8]) -> serde_json::Error {
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    de::Error::custom(format_args!("invalid UTF-8 at line {line} column {column}"))
}

/// `{"ButlerTasks": …}`
struct Nested(Inner);
/// `{"ButlerTask": […]}`
struct Inner(Vec<ButlerTask>);

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnlyField("ButlerTasks", Nested))
    }
}

impl<'de> Deserialize<'de> for Inner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnlyField("ButlerTask", Inner))
    }
}

/// Reads an object for the one field that matters. Unlike a derived struct it does not take an array for an object.
struct OnlyField<T, W>(&'static str, fn(T) -> W);

impl<'de, T: Deserialize<'de>, W> Visitor<'de> for OnlyField<T, W> {
    type Value = W;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the field `{}`", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<W, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<Key<'de>>()? {
            if key.0 == self.0 {
                read(&mut map, self.0, &mut found)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        required(found, self.0).map(self.1)
    }
}

impl<'de> Deserialize<'de> for ButlerTask {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const FIELDS: &[&str] = &["name", "interval", "scheduleRandomized", "enabled", "title", "description"];
        deserializer.deserialize_struct("ButlerTask", FIELDS, TaskVisitor)
    }
}

/// Unlike a derived one it names the field in its errors, and does not take an array for an object.
struct TaskVisitor;

impl<'de> Visitor<'de> for TaskVisitor {
    type Value = ButlerTask;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a task object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ButlerTask, A::Error> {
        let mut name = None;
        let mut interval = None;
        let mut schedule_randomized = None;
        let mut enabled = None;
        let mut title = None;
        let mut description = None;
        while let Some(key) = map.next_key::<Key<'de>>()? {
            match &*key.0 {
                "name" => read(&mut map, "name", &mut name)?,
                "interval" => read(&mut map, "interval", &mut interval)?,
                "scheduleRandomized" => read(&mut map, "scheduleRandomized", &mut schedule_randomized)?,
                "enabled" => read(&mut map, "enabled", &mut enabled)?,
                "title" => read(&mut map, "title", &mut title)?,
                "description" => read(&mut map, "description", &mut description)?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(ButlerTask {
            name: required(name, "name")?,
            interval: required(interval, "interval").map(|Days(days)| days)?,
            schedule_randomized: required(schedule_randomized, "scheduleRandomized").map(|Flag(flag)| flag)?,
            enabled: required(enabled, "enabled").map(|Flag(flag)| flag)?,
            title: title.flatten().unwrap_or_default(),
            description: description.flatten().unwrap_or_default(),
        })
    }
}

/// Reads the value of a field, and names the field in the error.
fn read<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    field: &'static str,
    value: &mut Option<T>,
) -> Result<(), A::Error> {
    if value.is_some() {
        return Err(de::Error::duplicate_field(field));
    }
    let read = map.next_value().map_err(|error| de::Error::custom(format_args!("`{field}`: {error}")))?;
    *value = Some(read);
    Ok(())
}

fn required<T, E: de::Error>(value: Option<T>, field: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(field))
}

/// A field name, borrowed where the JSON has no escape in it.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// A boolean, also spelled as the XML attribute is: `0` and `1`.
struct Flag(bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;

        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or false, 1 or 0")
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Flag, E> {
                Ok(Flag(flag))
            }

            fn visit_u64<E: de::Error>(self, flag: u64) -> Result<Flag, E> {
                match flag {
                    0 => Ok(Flag(false)),
                    1 => Ok(Flag(true)),
                    _ => Err(E::invalid_value(Unexpected::Unsigned(flag), &self)),
                }
            }

            fn visit_i64<E: de::Error>(self, flag: i64) -> Result<Flag, E> {
                let unsigned = u64::try_from(flag).map_err(|_| E::invalid_value(Unexpected::Signed(flag), &self))?;
                self.visit_u64(unsigned)
            }

            fn visit_str<E: de::Error>(self, flag: &str) -> Result<Flag, E> {
                match flag {
                    "0" | "false" => Ok(Flag(false)),
                    "1" | "true" => Ok(Flag(true)),
                    _ => Err(E::invalid_value(Unexpected::Str(flag), &self)),
                }
            }
        }

        deserializer.deserialize_any(FlagVisitor)
    }
}

/// A number of days, also spelled as a string or with a fraction of zero.
struct Days(u32);

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DaysVisitor;

        impl Visitor<'_> for DaysVisitor {
            type Value = Days;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of days")
            }

            fn visit_u64<E: de::Error>(self, days: u64) -> Result<Days, E> {
                u32::try_from(days).map(Days).map_err(|_| E::invalid_value(Unexpected::Unsigned(days), &self))
            }

            fn visit_i64<E: de::Error>(self, days: i64) -> Result<Days, E> {
                u32::try_from(days).map(Days).map_err(|_| E::invalid_value(Unexpected::Signed(days), &self))
            }

            fn visit_f64<E: de::Error>(self, days: f64) -> Result<Days, E> {
                let whole = days as u32;
                if f64::from(whole) == days {
                    Ok(Days(whole))
                } else {
                    Err(E::invalid_value(Unexpected::Float(days), &self))
                }
            }

            fn visit_str<E: de::Error>(self, days: &str) -> Result<Days, E> {
                days.parse().map(Days).map_err(|_| E::invalid_value(Unexpected::Str(days), &self))
            }
        }

        deserializer.deserialize_any(DaysVisitor)
    }
}
