//! Finding the task that a user means, and the names to suggest if there is none.

use plex_butler::{ButlerTask, TaskName};

use crate::output::printable;
use crate::server::Action;

/// How many names are suggested for one that does not exist.
const SUGGESTIONS: usize = 4;

/// How many characters of a name a message shows.
const LONGEST_SHOWN: usize = 100;

/// How alike two words must be, from 0 to 1, to count as the same word with a typo. `collection` and `collect` are less alike.
const SAME_WORD: f64 = 0.91;

/// The same for whole names. `GenerateMarkers` and `GenerateAdMarkers` are less alike.
const SAME_NAME: f64 = 0.95;

/// Words that say too little about a task to find it. They only decide between names that have the same other words.
const COMMON_WORDS: [&str; 10] = [
    "butler", "task", "tasks", "generate", "refresh", "clean", "media", "update", "upgrade",
    "video",
];

/// Words that people use for a task, beside those of its name.
const OTHER_WORDS: [(&str, &str); 7] = [
    ("ButlerTaskGenerateAdMarkers", "ads"),
    ("GenerateChapterThumbs", "thumbnails"),
    ("GenerateMediaIndexFiles", "preview thumbnails thumbs bif"),
    ("LoudnessAnalysis", "audio"),
    ("MusicAnalysis", "audio sonic"),
    ("RefreshLibraries", "library scan"),
    ("ReverseGeocode", "location"),
];

/// What the names of preferences begin with: the preference of `BackupDatabase` is `ButlerTaskBackupDatabase`.
const PREFERENCE: &str = "butlertask";

/// The name that is spelled exactly like this, or else all names that differ only in case and in separators of words.
pub(crate) fn find<'a>(wanted: &str, names: &'a [TaskName]) -> Vec<&'a TaskName> {
    if let Some(exact) = names.iter().find(|name| **name == wanted) {
        return vec![exact];
    }
    let wanted = folded(wanted);
    names
        .iter()
        .filter(|name| folded(name.as_str()) == wanted)
        .collect()
}

/// The names of the tasks with this title, in any case.
pub(crate) fn find_by_title<'a>(wanted: &str, tasks: &'a [ButlerTask]) -> Vec<&'a TaskName> {
    let wanted = folded(wanted);
    let titled = tasks
        .iter()
        .filter(|task| !wanted.is_empty() && folded(&task.title) == wanted);
    titled.map(|task| &task.name).collect()
}

/// What stands for all tasks, if the words are `all` or the name of an operation of the API, such as `StopAllTasks`: the option
/// of a command that starts or stops tasks, or else the whole command.
pub(crate) fn for_all_tasks(wanted: &str, action: Option<Action>) -> Option<&'static str> {
    let wanted = folded(wanted).replace("butler", "");
    match (&*wanted, action) {
        ("all" | "alltasks", Some(_)) => Some("--all"),
        ("startall" | "startalltasks" | "starttasks", Some(Action::Start)) => Some("--all"),
        ("stopall" | "stopalltasks" | "stoptasks", Some(Action::Stop)) => Some("--all"),
        ("startall" | "startalltasks" | "starttasks", _) => Some("`plex-butler start --all`"),
        ("stopall" | "stopalltasks" | "stoptasks", _) => Some("`plex-butler stop --all`"),
        _ => None,
    }
}

/// Whether these are several names in one argument.
pub(crate) fn are_several(wanted: &str, names: &[TaskName]) -> bool {
    let parts: Vec<&str> = wanted
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_'))
        .filter(|part| !part.is_empty())
        .collect();
    let all_exist = || parts.iter().all(|part| !find(part, names).is_empty());
    wanted.contains([',', ';']) || parts.len() > 1 && all_exist()
}

/// The names that the user may mean: those with a typo, or else those with the most words in common. None is better than a
/// wrong one.
pub(crate) fn closest<'a>(wanted: &str, names: &'a [TaskName]) -> Vec<&'a TaskName> {
    let mut found = with_typo(wanted, names);
    if found.is_empty() {
        found = with_most_words(wanted, names);
    }
    found.truncate(SUGGESTIONS);
    found
}

/// The names that are the same but for a typo, or for the beginning that is a preference's.
fn with_typo<'a>(wanted: &str, names: &'a [TaskName]) -> Vec<&'a TaskName> {
    let plain = |name: &str| {
        let name = folded(name);
        name.strip_prefix(PREFERENCE).unwrap_or(&name).to_owned()
    };
    let wanted = plain(wanted);
    let is_same = |name: &&TaskName| strsim::jaro(&wanted, &plain(name.as_str())) >= SAME_NAME;
    names.iter().filter(is_same).collect()
}

/// The names with the most of the words. If a word is in none of them, there must be as many that are, and only one name.
fn with_most_words<'a>(wanted: &str, names: &'a [TaskName]) -> Vec<&'a TaskName> {
    let (common, telling): (Vec<String>, Vec<String>) = words(wanted)
        .into_iter()
        .partition(|word| COMMON_WORDS.contains(&&**word));
    let score = |name| {
        let words = words_for(name);
        (in_common(&telling, &words), in_common(&common, &words))
    };
    let scored: Vec<_> = names.iter().map(|name| (score(name), name)).collect();
    let best = scored
        .iter()
        .map(|(score, _)| *score)
        .max()
        .unwrap_or_default();
    let found = scored.into_iter().filter(|(score, _)| *score == best);
    let found: Vec<&TaskName> = found.map(|(_, name)| name).collect();
    let enough = match best.0 {
        0 => false,
        known if known == telling.len() => true,
        known => known * 2 >= telling.len() && found.len() == 1,
    };
    if enough { found } else { Vec::new() }
}

/// How many of the words are among those of a task, perhaps with a typo.
fn in_common(wanted: &[String], words: &[String]) -> usize {
    let is_known = |word: &&String| {
        words
            .iter()
            .any(|other| strsim::jaro(word, other) >= SAME_WORD)
    };
    wanted.iter().filter(is_known).count()
}

/// The words of a task's name, and others that people use for it.
fn words_for(name: &TaskName) -> Vec<String> {
    let others = OTHER_WORDS.iter().find(|(task, _)| name == task);
    let others = others.map_or("", |(_, words)| words);
    words(&format!("{name} {others}"))
}

/// The words of a name, in lower case: `EPGGuides`, `epg-guides` and `Epg Guides` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut after_lowercase = false;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let before_lowercase = chars.peek().is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && (after_lowercase || before_lowercase) {
            spaced.push(' ');
        }
        after_lowercase = c.is_lowercase();
        spaced.extend(c.to_lowercase());
    }
    let words = spaced.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The name in lower case, without separators: `BackupDatabase`, `backup-database` and `Backup Database` become the same. So does
/// a name with the line end of a script from Windows.
fn folded(name: &str) -> String {
    name.trim().to_lowercase().replace(['-', '_', ' '], "")
}

/// The start of a name, as a message shows it.
pub(crate) fn shortened(name: &str) -> String {
    let name = printable(name);
    match name.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::kebab_case;

    #[test]
    fn every_known_name_is_found_in_any_case_and_in_kebab_case() {
        for name in TaskName::KNOWN {
            let text = name.as_str();
            for wanted in [
                text.to_owned(),
                text.to_lowercase(),
                text.to_uppercase(),
                kebab_case(text),
                kebab_case(text).replace('-', "_"),
                kebab_case(text).replace('-', " "),
                format!("{text}\r"),
                format!("\t{} \n", kebab_case(text)),
            ] {
                assert_eq!(find(&wanted, TaskName::KNOWN), [name], "{wanted}");
            }
        }
        assert_eq!(kebab_case("BackupDatabase"), "backup-database");
    }

    #[test]
    fn an_exact_match_wins_over_names_that_differ_in_case() {
        let names = ["TaskA", "taskA"].map(TaskName::from);
        assert_eq!(find("taskA", &names), [&names[1]]);
        assert_eq!(find("task-a", &names), [&names[0], &names[1]]);
        assert!(find("task-b", &names).is_empty());
    }

    #[track_caller]
    fn assert_closest(wanted: &str, expected: &[&str]) {
        let found = closest(wanted, TaskName::KNOWN);
        let found: Vec<&str> = found.into_iter().map(TaskName::as_str).collect();
        assert_eq!(found, expected, "{wanted}");
    }

    #[test]
    fn a_typo_suggests_the_name() {
        assert_closest("bakup-database", &["BackupDatabase"]);
        assert_closest("bakupdatabase", &["BackupDatabase"]);
        assert_closest("bakup", &["BackupDatabase"]);
        assert_closest("\"BackupDatabase\"", &["BackupDatabase"]);
        assert_closest("OptimiseDatabase", &["OptimizeDatabase"]);
        assert_closest("GenerateChapterThumb", &["GenerateChapterThumbs"]);
        assert_closest("refresh-library", &["RefreshLibraries"]);
        assert_closest("EPGGuides", &["RefreshEpgGuides"]);
    }

    #[test]
    fn the_name_of_a_preference_suggests_its_task() {
        for name in TaskName::KNOWN {
            let text = name.as_str();
            let plain = text.strip_prefix("ButlerTask").unwrap_or(text);
            let preference = format!("ButlerTask{plain}");
            for wanted in [plain, &preference, &kebab_case(&preference)] {
                assert_closest(wanted, &[text]);
            }
        }
        assert_closest("ButlerTaskBakupDatabase", &["BackupDatabase"]);
    }

    #[test]
    fn words_that_people_use_suggest_the_task() {
        for (task, all_wanted) in [
            (
                "GenerateMediaIndexFiles",
                &[
                    "generate-preview-thumbnails",
                    "video preview thumbnails",
                    "preview-thumbs",
                    "GenerateVideoPreviews",
                    "bif",
                    "GenerateBIFBehavior",
                    "index files",
                    "media-index",
                ][..],
            ),
            (
                "GenerateChapterThumbs",
                &["chapter", "chapter-thumbnails", "chapter images"],
            ),
            (
                "ButlerTaskGenerateIntroMarkers",
                &["intro-markers", "intros"],
            ),
            ("ButlerTaskGenerateAdMarkers", &["ads", "ad markers"]),
            ("ButlerTaskCleanSupplementalLogFiles", &["Clean Logs"]),
            ("BackupDatabase", &["create-backup", "database backup"]),
            (
                "RefreshLibraries",
                &["scan", "refresh-library", "ScanLibraries"],
            ),
            ("RefreshPeriodicMetadata", &["update-metadata"]),
            ("MusicAnalysis", &["sonic analysis"]),
        ] {
            for wanted in all_wanted {
                assert_closest(wanted, &[task]);
            }
        }
        let names = ["ReverseGeocode", "RefreshLocalMedia"].map(TaskName::from);
        for wanted in ["reverse-geo-code", "location names"] {
            assert_eq!(closest(wanted, &names), [&names[0]], "{wanted}");
        }
    }

    #[test]
    fn words_of_several_tasks_suggest_at_most_four() {
        assert_closest("AudioAnalysis", &["LoudnessAnalysis", "MusicAnalysis"]);
        assert_closest(
            "thumbnails",
            &["GenerateChapterThumbs", "GenerateMediaIndexFiles"],
        );
        assert_closest("database", &["BackupDatabase", "OptimizeDatabase"]);
        assert_closest(
            "analysis",
            &[
                "DeepMediaAnalysis",
                "LoudnessAnalysis",
                "MusicAnalysis",
                "UpgradeMediaAnalysis",
            ],
        );
        assert_closest(
            "MediaAnalysis",
            &["DeepMediaAnalysis", "UpgradeMediaAnalysis"],
        );
    }

    #[test]
    fn a_wrong_name_is_not_suggested() {
        for wanted in [
            "generate",
            "RefreshMedia",
            "TaskOfTheFuture",
            "other tasks",
            "repair-database",
            "delete-all-media-files",
            "upgrade-server",
            "empty trash",
            "xyzzy",
            "a-b",
            "",
        ] {
            assert_closest(wanted, &[]);
        }
        let names = ["GarbageCollectBlobs", "RefreshLibraries"].map(TaskName::from);
        assert!(closest("RefreshCollections", &names).is_empty());
    }

    #[test]
    fn the_name_of_an_operation_stands_for_all_tasks() {
        use Action::{Start, Stop};
        let (start, stop) = ("`plex-butler start --all`", "`plex-butler stop --all`");
        for wanted in [
            "StartAllTasks",
            "start-all-tasks",
            "START_ALL",
            "startTasks",
        ] {
            assert_eq!(for_all_tasks(wanted, Some(Start)), Some("--all"));
            assert_eq!(for_all_tasks(wanted, Some(Stop)), Some(start));
            assert_eq!(for_all_tasks(wanted, None), Some(start));
        }
        for wanted in [
            "StopAllTasks",
            "stop all butler tasks",
            "stopall",
            "StopTasks",
        ] {
            assert_eq!(for_all_tasks(wanted, Some(Stop)), Some("--all"));
            assert_eq!(for_all_tasks(wanted, Some(Start)), Some(stop));
            assert_eq!(for_all_tasks(wanted, None), Some(stop));
        }
        for wanted in ["all", "ALL", "all-tasks"] {
            assert_eq!(for_all_tasks(wanted, Some(Start)), Some("--all"));
            assert_eq!(for_all_tasks(wanted, None), None);
        }
        for wanted in ["StartTask", "GetButlerTasks", "tasks", ""] {
            assert_eq!(for_all_tasks(wanted, Some(Start)), None);
        }
    }

    #[test]
    fn several_names_in_one_argument_are_noticed() {
        for wanted in [
            "BackupDatabase,OptimizeDatabase",
            "BackupDatabase;optimize-database",
            "backup-database optimize-database",
            "BackupDatabase\nOptimizeDatabase",
            "BackupDatabase+OptimizeDatabase",
            "BackupDatabase,",
            "bakup-database, optimise-database",
        ] {
            assert!(are_several(wanted, TaskName::KNOWN), "{wanted}");
        }
        for wanted in [
            "BackupDatabase",
            "\"BackupDatabase\"",
            "index files",
            "a b",
            "",
        ] {
            assert!(!are_several(wanted, TaskName::KNOWN), "{wanted}");
        }
    }
}
