//! What the Butler is doing, and reading that from the server's activities.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::json::{Object, nullable_text};

/// The type of the Butler's own activity. It lasts from when the Butler wakes until it has finished.
const BUTLER: &str = "butler";

/// The types of the activities in which some tasks work before their step in the Butler's begins.
const TASK_ACTIVITIES: [&str; 3] = [
    "general.db.backup",
    "general.db.optimize",
    "general.bundle.clean",
];

/// What the Butler is doing now, as [`Client::get_butler_status`](crate::Client::get_butler_status)
/// returns it.
///
/// ```
/// use plex_butler::ButlerStatus;
///
/// assert_eq!(ButlerStatus::Idle.to_string(), "idle");
/// assert!(ButlerStatus::Idle.activities().is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ButlerStatus {
    /// The Butler has no activity.
    Idle,
    /// The Butler is awake and no task is running: it is between two tasks, or waiting for a task at a
    /// random time in the maintenance window. That can take hours.
    Waiting(Vec<Activity>),
    /// A task is running. A backup, an optimization or a bundle clean-up that someone started in the web
    /// app can look the same.
    Working(Vec<Activity>),
}

impl ButlerStatus {
    /// The activities of the Butler and its tasks, in the order of the server. There is at least one,
    /// unless the Butler is idle.
    ///
    /// ```no_run
    /// # let client = plex_butler::Client::from_env()?;
    /// for activity in client.get_butler_status()?.activities() {
    ///     println!("{} {}", activity.title, activity.subtitle);
    /// }
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn activities(&self) -> &[Activity] {
        match self {
            ButlerStatus::Idle => &[],
            ButlerStatus::Waiting(activities) | ButlerStatus::Working(activities) => activities,
        }
    }
}

impl fmt::Display for ButlerStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            ButlerStatus::Idle => "idle",
            ButlerStatus::Waiting(_) => "waiting",
            ButlerStatus::Working(_) => "working",
        })
    }
}

/// An activity of the server that belongs to the Butler, as `GET /activities` lists it.
///
/// An activity is serialized with the field names of the API, and can be deserialized from the same
/// JSON. Unknown fields are ignored.
///
/// ```
/// use plex_butler::Activity;
///
/// let json = r#"{"type":"butler","title":"Butler tasks","subtitle":"DeepMediaAnalysis","progress":90}"#;
/// let activity: Activity = serde_json::from_str(json)?;
/// assert_eq!(activity.subtitle, "DeepMediaAnalysis");
/// assert_eq!(activity.progress, Some(90));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Activity {
    /// The type: `butler`, `general.db.backup`, `general.db.optimize` or `general.bundle.clean`.
    #[serde(rename = "type")]
    pub activity_type: String,
    /// The title for people, such as `Butler tasks` or `Database`. Empty if the server sends none.
    #[serde(default, deserialize_with = "nullable_text")]
    pub title: String,
    /// What is done now: for `butler`, probably the name of the task; for the others, a text such as
    /// `Backing up database`. Empty if the server sends none.
    #[serde(default, deserialize_with = "nullable_text")]
    pub subtitle: String,
    /// The progress from 0 to 100, or `None` if the server does not know it.
    #[serde(default, deserialize_with = "percentage")]
    pub progress: Option<u8>,
}

impl Activity {
    fn is_idle_butler(&self) -> bool {
        self.activity_type == BUTLER && self.progress == Some(100)
    }
}

/// Reads the response to `GET /activities`: `{"MediaContainer":{"Activity":[…]}}`. Without an activity,
/// the list is missing.
pub(crate) fn status_from_json(json: &[u8]) -> Result<ButlerStatus, serde_json::Error> {
    #[derive(Deserialize)]
    struct Root {
        #[serde(rename = "MediaContainer")]
        media_container: Object<Container>,
    }

    // Those of other types can have any form.
    #[derive(Deserialize)]
    struct Container {
        #[serde(rename = "Activity")]
        activity: Option<Vec<Map<String, Value>>>,
    }

    let Object(root) = serde_json::from_slice::<Object<Root>>(json)?;
    let Object(container) = root.media_container;
    let activities: Vec<Activity> = container
        .activity
        .unwrap_or_default()
        .into_iter()
        .filter(is_of_butler)
        .map(|activity| serde_json::from_value(Value::Object(activity)))
        .collect::<Result<_, _>>()?;
    Ok(if activities.is_empty() {
        ButlerStatus::Idle
    } else if activities.iter().all(Activity::is_idle_butler) {
        ButlerStatus::Waiting(activities)
    } else {
        ButlerStatus::Working(activities)
    })
}

fn is_of_butler(activity: &Map<String, Value>) -> bool {
    let activity_type = activity.get("type").and_then(Value::as_str);
    activity_type.is_some_and(|text| text == BUTLER || TASK_ACTIVITIES.contains(&text))
}

/// Reads a percentage. The server sends -1 if it does not know it.
fn percentage<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u8>, D::Error> {
    let number: Option<f64> = Option::deserialize(deserializer)?;
    Ok(number
        .filter(|number| (0.0..=100.0).contains(number))
        .map(|percentage| percentage as u8))
}
