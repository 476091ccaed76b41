//! The name of a Butler task, the `{taskName}` of `/butler/{taskName}`.

use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a Butler task.
///
/// The constants are the names that Plex documents or that have been observed on servers. The set is
/// open: a newer server has names that this version does not know. Such a name works everywhere a
/// known one does, so every function that takes a name takes `impl Into<TaskName>`. Names are
/// case-sensitive, as on the server.
///
/// ```
/// use plex_butler::TaskName;
///
/// assert_eq!(TaskName::from("BackupDatabase"), TaskName::BACKUP_DATABASE);
/// assert_eq!(TaskName::from("TaskOfTheFuture").to_string(), "TaskOfTheFuture");
/// ```
///
/// A constant cannot be a pattern. Match on the text instead:
///
/// ```
/// # let name = plex_butler::TaskName::BACKUP_DATABASE;
/// match name.as_str() {
///     "BackupDatabase" | "OptimizeDatabase" => println!("{name} is about the database"),
///     _ => println!("{name} is about something else"),
/// }
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskName(Cow<'static, str>);

impl TaskName {
    /// The name as the API spells it.
    ///
    /// ```
    /// assert_eq!(plex_butler::TaskName::BACKUP_DATABASE.as_str(), "BackupDatabase");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name is in [`KNOWN`](TaskName::KNOWN).
    ///
    /// ```
    /// use plex_butler::TaskName;
    ///
    /// assert!(TaskName::from("BackupDatabase").is_known());
    /// assert!(!TaskName::from("backupdatabase").is_known());
    /// ```
    pub fn is_known(&self) -> bool {
        TaskName::KNOWN.contains(self)
    }
}

/// Defines a constant for each name, and the list of all of them.
macro_rules! known_names {
    ($($(#[doc = $doc:literal])+ $constant:ident = $name:literal,)+) => {
        /// The names that this version knows.
        impl TaskName {
            $($(#[doc = $doc])+ pub const $constant: TaskName = TaskName(Cow::Borrowed($name));)+

            /// Every name that this version knows, in alphabetical order.
            ///
            /// ```
            /// for name in plex_butler::TaskName::KNOWN {
            ///     println!("{name}");
            /// }
            /// ```
            pub const KNOWN: &'static [TaskName] = &[$(TaskName::$constant),+];
        }
    };
}

known_names! {
    /// Updates the server software.
    AUTOMATIC_UPDATES = "AutomaticUpdates",
    /// Writes a copy of the server's database into the configured backup directory.
    BACKUP_DATABASE = "BackupDatabase",
    /// Builds collections from Gracenote data. Only older servers have it.
    BUILD_GRACENOTE_COLLECTIONS = "BuildGracenoteCollections",
    /// Cleans up supplemental log files. Seen on running servers, not documented.
    BUTLER_TASK_CLEAN_SUPPLEMENTAL_LOG_FILES = "ButlerTaskCleanSupplementalLogFiles",
    /// Generates advertisement markers.
    BUTLER_TASK_GENERATE_AD_MARKERS = "ButlerTaskGenerateAdMarkers",
    /// Generates credits markers.
    BUTLER_TASK_GENERATE_CREDITS_MARKERS = "ButlerTaskGenerateCreditsMarkers",
    /// Generates intro markers.
    BUTLER_TASK_GENERATE_INTRO_MARKERS = "ButlerTaskGenerateIntroMarkers",
    /// Generates voice activity data.
    BUTLER_TASK_GENERATE_VOICE_ACTIVITY = "ButlerTaskGenerateVoiceActivity",
    /// Checks for updates. Only older servers have it.
    CHECK_FOR_UPDATES = "CheckForUpdates",
    /// Removes old bundles.
    CLEAN_OLD_BUNDLES = "CleanOldBundles",
    /// Removes old cache files.
    CLEAN_OLD_CACHE_FILES = "CleanOldCacheFiles",
    /// Runs the deep media analysis.
    DEEP_MEDIA_ANALYSIS = "DeepMediaAnalysis",
    /// Garbage-collects blobs.
    GARBAGE_COLLECT_BLOBS = "GarbageCollectBlobs",
    /// Garbage-collects the library's media.
    GARBAGE_COLLECT_LIBRARY_MEDIA = "GarbageCollectLibraryMedia",
    /// Generates automatic tags. Only older servers have it.
    GENERATE_AUTO_TAGS = "GenerateAutoTags",
    /// Generates blur hashes.
    GENERATE_BLUR_HASHES = "GenerateBlurHashes",
    /// Generates chapter thumbnails.
    GENERATE_CHAPTER_THUMBS = "GenerateChapterThumbs",
    /// Generates media index files.
    GENERATE_MEDIA_INDEX_FILES = "GenerateMediaIndexFiles",
    /// Analyzes loudness.
    LOUDNESS_ANALYSIS = "LoudnessAnalysis",
    /// Analyzes music.
    MUSIC_ANALYSIS = "MusicAnalysis",
    /// Optimizes the server's database.
    OPTIMIZE_DATABASE = "OptimizeDatabase",
    /// Processes assets. Seen on running servers, not documented.
    PROCESS_ASSETS = "ProcessAssets",
    /// Refreshes the electronic program guides.
    REFRESH_EPG_GUIDES = "RefreshEpgGuides",
    /// Refreshes the libraries.
    REFRESH_LIBRARIES = "RefreshLibraries",
    /// Refreshes local media.
    REFRESH_LOCAL_MEDIA = "RefreshLocalMedia",
    /// Refreshes metadata periodically.
    REFRESH_PERIODIC_METADATA = "RefreshPeriodicMetadata",
    /// Looks up location names for photos. Only older servers have it. Seen on running servers, not
    /// documented.
    REVERSE_GEOCODE = "ReverseGeocode",
    /// Upgrades the media analysis.
    UPGRADE_MEDIA_ANALYSIS = "UpgradeMediaAnalysis",
}

impl<T: AsRef<str> + ?Sized> From<&T> for TaskName {
    fn from(name: &T) -> TaskName {
        TaskName::from(name.as_ref().to_owned())
    }
}

impl From<String> for TaskName {
    fn from(name: String) -> TaskName {
        TaskName(name.into())
    }
}

impl From<TaskName> for String {
    fn from(name: TaskName) -> String {
        name.0.into_owned()
    }
}

/// Every text is a name.
impl FromStr for TaskName {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<TaskName, Infallible> {
        Ok(name.into())
    }
}

impl AsRef<str> for TaskName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Lets a map whose keys are names be searched with a `str`.
impl Borrow<str> for TaskName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

/// Compares with a text, on either side.
macro_rules! compare_with {
    ($($text:ty),+) => {$(
        impl PartialEq<$text> for TaskName {
            fn eq(&self, other: &$text) -> bool {
                let other: &str = other.as_ref();
                self.as_str() == other
            }
        }

        impl PartialEq<TaskName> for $text {
            fn eq(&self, other: &TaskName) -> bool {
                other == self
            }
        }
    )+};
}

compare_with!(str, &str, String);

/// Shows the text alone.
impl fmt::Debug for TaskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for TaskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn known_names_are_distinct_and_in_alphabetical_order() {
        assert_eq!(TaskName::KNOWN.len(), 28);
        assert!(TaskName::KNOWN.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn a_constant_equals_the_text_and_is_known() {
        assert_eq!(TaskName::BACKUP_DATABASE, "BackupDatabase");
        for known in TaskName::KNOWN {
            let parsed = TaskName::from(known.to_string());
            assert_eq!(&parsed, known);
            assert!(parsed.is_known());
        }
    }

    #[test]
    fn known_and_unknown_names_sort_alphabetically() {
        let mut names = ["RefreshLibraries", "Aaa", "BackupDatabase", "Zzz"].map(TaskName::from);
        names.sort();
        assert_eq!(names, ["Aaa", "BackupDatabase", "RefreshLibraries", "Zzz"]);
    }

    #[test]
    fn an_unknown_name_is_kept_as_written() {
        for name in ["TaskOfTheFuture", "backupdatabase", "Ünïcödé / 音楽", ""] {
            let parsed = TaskName::from(name);
            assert!(!parsed.is_known());
            assert_eq!(parsed.as_ref(), name);
            assert_eq!(parsed, *name);
            assert_eq!(*name, parsed);
            assert_eq!(name, parsed);
            assert_ne!(parsed, "another");
            assert_ne!("another", parsed);
            assert_eq!(parsed, name.to_owned());
            assert_eq!(name.parse(), Ok(parsed.clone()));
            assert_eq!(String::from(parsed.clone()), name);
            assert_eq!(parsed.to_string(), name);
            let json = serde_json::to_string(&parsed).unwrap();
            assert_eq!(json, serde_json::to_string(name).unwrap());
            assert_eq!(serde_json::from_str::<TaskName>(&json).unwrap(), parsed);
        }
    }

    #[test]
    fn a_name_is_shown_as_its_text() {
        let name = TaskName::BACKUP_DATABASE;
        assert_eq!(format!("{name:?}"), "\"BackupDatabase\"");
        assert_eq!(
            format!("{name:<16}|{name:>16}"),
            "BackupDatabase  |  BackupDatabase"
        );
    }

    #[test]
    fn a_set_of_names_can_be_searched_for_a_str() {
        let names = [TaskName::BACKUP_DATABASE, TaskName::from("TaskOfTheFuture")];
        let hashed: HashSet<TaskName> = names.iter().cloned().collect();
        let sorted: BTreeSet<TaskName> = names.iter().cloned().collect();
        for name in ["BackupDatabase", "TaskOfTheFuture"] {
            assert!(hashed.contains(name) && sorted.contains(name));
        }
        assert!(!hashed.contains("OptimizeDatabase") && !sorted.contains("OptimizeDatabase"));
    }

    #[test]
    fn a_name_must_be_a_string() {
        let error = serde_json::from_str::<TaskName>("5")
            .unwrap_err()
            .to_string();
        assert!(error.contains("expected a string"), "{error}");
    }
}
