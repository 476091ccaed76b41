//! A Butler task as the server lists it, and reading that list from JSON.
//!
//! The rule for reading: every spelling that leaves one meaning is accepted (`true`, `1` and `"1"`; `3`, `3.0` and
//! `"3"`; fields that this version does not know), and a value that is missing, doubled or open to more than one
//! meaning is refused; only the texts for people, `title` and `description`, may be missing.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::TaskName;
use crate::text::BYTE_ORDER_MARK;

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
        deserializer.deserialize_any(Spelling {
            expected: "true or false, 1 or 0",
            from_bool: |flag| Some(Flag(flag)),
            from_integer: |flag| [Flag(false), Flag(true)].into_iter().nth(flag.try_into().ok()?),
            from_float: |_| None,
            from_text: |flag| match flag {
                "0" | "false" => Some(Flag(false)),
                "1" | "true" => Some(Flag(true)),
                _ => None,
            },
        })
    }
}

/// A number of days, also spelled as a string or with a fraction of zero.
struct Days(u32);

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Spelling {
            expected: "a whole number of days",
            from_bool: |_| None,
            from_integer: |days| days.try_into().ok().map(Days),
            from_float: |days| Some(Days(days as u32)).filter(|whole| f64::from(whole.0) == days),
            from_text: |days| days.parse().ok().map(Days),
        })
    }
}

/// Reads a value from each type that can spell it. `None` is a value with no meaning, or more than one.
struct Spelling<T> {
    expected: &'static str,
    from_bool: fn(bool) -> Option<T>,
    from_integer: fn(i64) -> Option<T>,
    from_float: fn(f64) -> Option<T>,
    from_text: fn(&str) -> Option<T>,
}

impl<'de, T> Visitor<'de> for Spelling<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        (self.from_bool)(value).ok_or_else(|| E::invalid_type(Unexpected::Bool(value), &self))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        (self.from_integer)(value).ok_or_else(|| E::invalid_value(Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        let read = i64::try_from(value).ok().and_then(self.from_integer);
        read.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        (self.from_float)(value).ok_or_else(|| E::invalid_type(Unexpected::Float(value), &self))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        (self.from_text)(value).ok_or_else(|| E::invalid_value(Unexpected::Str(value), &self))
    }

    /// With serde_json's feature `arbitrary_precision`, which another crate can turn on, a float arrives as a map.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        match Number::deserialize(MapAccessDeserializer::new(map)).ok().and_then(|number| number.as_f64()) {
            Some(number) => self.visit_f64(number),
            None => Err(de::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}
