//! The name of a Butler task, the `{taskName}` of `/butler/{taskName}`.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Defines the enum, its list of known names and both conversions from the one list of names below.
macro_rules! task_names {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// The name of a Butler task.
        ///
        /// The variants are the names that Plex documents or that people have seen on a server. The set is open: a
        /// newer server has names that this version does not know. Such a name is kept as the server wrote it and
        /// works everywhere a known one does, so every function that takes a name takes `impl Into<TaskName>`. Names
        /// are case-sensitive, as on the server.
        ///
        /// A name that is unknown today can become a variant in a later version. Compare with [`as_str`] to be
        /// independent of that.
        ///
        /// [`as_str`]: TaskName::as_str
        ///
        /// ```
        /// use plex_butler::TaskName;
        ///
        /// assert_eq!(TaskName::from("BackupDatabase"), TaskName::BackupDatabase);
        /// assert_eq!(TaskName::from("TaskOfTheFuture").to_string(), "TaskOfTheFuture");
        /// assert!(TaskName::KNOWN.contains(&TaskName::OptimizeDatabase));
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum TaskName {
            $($(#[doc = $doc])+ $name,)+
            /// A name that this version does not know, as the server or the caller wrote it.
            ///
            /// Only a conversion from a text makes this variant, and only if the name is not known. Match it as
            /// `TaskName::Other { .. }`, and read the name with [`as_str`](TaskName::as_str).
            #[non_exhaustive]
            Other(Box<str>),
        }

        impl TaskName {
            /// Every name that this version knows, in alphabetical order.
            ///
            /// ```
            /// for name in plex_butler::TaskName::KNOWN {
            ///     println!("{name}");
            /// }
            /// ```
            pub const KNOWN: &'static [TaskName] = &[$(TaskName::$name),+];

            /// The name as the API spells it.
            ///
            /// ```
            /// assert_eq!(plex_butler::TaskName::BackupDatabase.as_str(), "BackupDatabase");
            /// ```
            pub fn as_str(&self) -> &str {
                match self {
                    $(TaskName::$name => stringify!($name),)+
                    TaskName::Other(name) => name,
                }
            }

            fn new(name: &str) -> TaskName {
                match name {
                    $(stringify!($name) => TaskName::$name,)+
                    other => TaskName::Other(other.into()),
                }
            }
        }
    };
}

task_names! {
    /// Updates the server software.
    AutomaticUpdates,
    /// Writes a copy of the server's database into the configured backup directory.
    BackupDatabase,
    /// Builds collections from Gracenote data. Only older servers have it.
    BuildGracenoteCollections,
    /// Cleans up supplemental log files. Seen on running servers, not documented.
    ButlerTaskCleanSupplementalLogFiles,
    /// Generates advertisement markers.
    ButlerTaskGenerateAdMarkers,
    /// Generates credits markers.
    ButlerTaskGenerateCreditsMarkers,
    /// Generates intro markers.
    ButlerTaskGenerateIntroMarkers,
    /// Generates voice activity data.
    ButlerTaskGenerateVoiceActivity,
    /// Checks for updates. Only older servers have it.
    CheckForUpdates,
    /// Removes old bundles.
    CleanOldBundles,
    /// Removes old cache files.
    CleanOldCacheFiles,
    /// Runs the deep media analysis.
    DeepMediaAnalysis,
    /// Collects garbage among the blobs.
    GarbageCollectBlobs,
    /// Collects garbage among the library's media.
    GarbageCollectLibraryMedia,
    /// Generates automatic tags. Only older servers have it.
    GenerateAutoTags,
    /// Generates blur hashes.
    GenerateBlurHashes,
    /// Generates chapter thumbnails.
    GenerateChapterThumbs,
    /// Generates media index files.
    GenerateMediaIndexFiles,
    /// Analyzes loudness.
    LoudnessAnalysis,
    /// Analyzes music.
    MusicAnalysis,
    /// Optimizes the server's database.
    OptimizeDatabase,
    /// Processes assets. Seen on running servers, not documented.
    ProcessAssets,
    /// Refreshes the electronic program guides.
    RefreshEpgGuides,
    /// Refreshes the libraries.
    RefreshLibraries,
    /// Refreshes local media.
    RefreshLocalMedia,
    /// Refreshes metadata periodically.
    RefreshPeriodicMetadata,
    /// Upgrades the media analysis.
    UpgradeMediaAnalysis,
}

impl<T: AsRef<str> + ?Sized> From<&T> for TaskName {
    fn from(name: &T) -> Self {
        TaskName::new(name.as_ref())
    }
}

impl From<String> for TaskName {
    fn from(name: String) -> Self {
        TaskName::new(&name)
    }
}

impl FromStr for TaskName {
    type Err = Infallible;

    fn from_str(name: &str) -> Result<Self, Infallible> {
        Ok(TaskName::new(name))
    }
}

impl AsRef<str> for TaskName {
    fn as_ref(&self) -> &str {
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

/// Lets a map whose keys are names be searched with a `str`.
impl Borrow<str> for TaskName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl Hash for TaskName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// Alphabetical, whether a name is known or not.
impl Ord for TaskName {
    fn cmp(&self, other: &TaskName) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for TaskName {
    fn partial_cmp(&self, other: &TaskName) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<TaskName> for String {
    fn from(name: TaskName) -> String {
        name.as_str().to_owned()
    }
}

impl fmt::Display for TaskName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for TaskName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TaskName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

        Name::deserialize(deserializer).map(|Name(name)| TaskName::new(&name))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn parsing_a_known_name_gives_its_variant() {
        assert_eq!(TaskName::KNOWN.len(), 27);
        for known in TaskName::KNOWN {
            assert!(!matches!(
                TaskName::from(known.as_str()),
                TaskName::Other(_)
            ));
            assert_eq!(&TaskName::from(known.as_str()), known);
            assert_eq!(&TaskName::from(known.to_string()), known);
        }
    }

    #[test]
    fn known_names_are_in_alphabetical_order() {
        assert!(TaskName::KNOWN.is_sorted_by_key(|name| name.as_str()));
    }

    #[test]
    fn known_and_unknown_names_sort_alphabetically() {
        let mut names = ["RefreshLibraries", "Aaa", "BackupDatabase", "Zzz"].map(TaskName::from);
        names.sort();
        assert_eq!(
            names.map(String::from),
            ["Aaa", "BackupDatabase", "RefreshLibraries", "Zzz"]
        );
    }

    #[test]
    fn an_unknown_name_is_kept_as_written() {
        for name in ["TaskOfTheFuture", "backupdatabase", "Ünïcödé / 音楽", ""] {
            let parsed: TaskName = name.parse().unwrap();
            assert!(matches!(parsed, TaskName::Other(_)));
            assert_eq!(parsed, TaskName::from(name));
            assert_eq!(parsed.as_ref(), name);
            assert_eq!(parsed, *name);
            assert_eq!(*name, parsed);
            assert_eq!(name, parsed);
            assert_eq!(name.to_owned(), parsed);
            assert_eq!(parsed, name.to_owned());
            assert_ne!(parsed, "another");
            assert_ne!("another", parsed);
            assert_eq!(parsed.to_string(), name);
            let json = serde_json::to_string(&parsed).unwrap();
            assert_eq!(json, serde_json::to_string(name).unwrap());
            assert_eq!(serde_json::from_str::<TaskName>(&json).unwrap(), parsed);
        }
    }

    #[test]
    fn a_set_of_names_can_be_searched_for_a_str() {
        let names = [TaskName::BackupDatabase, TaskName::from("TaskOfTheFuture")];
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
