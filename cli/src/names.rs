//! Finding the task that a user means, and the names to suggest if there is none.

use std::cmp::Reverse;

use plex_butler::{ButlerTask, TaskName};

/// How many names are suggested for one that does not exist.
const SUGGESTIONS: usize = 4;

/// How alike two words must be, from 0 to 1, to count as the same word with a typo.
const ALIKE: f64 = 0.9;

/// Words that say nothing about a task.
const COMMON_WORDS: [&str; 6] = ["butler", "task", "generate", "refresh", "clean", "media"];

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

/// The names that the user may mean, best first: the task of a preference, or else the names with the most words in common.
pub(crate) fn closest<'a>(wanted: &str, names: &'a [TaskName]) -> Vec<&'a TaskName> {
    if let Some(task) = folded(wanted).strip_prefix(PREFERENCE) {
        let found = find(task, names);
        if !found.is_empty() {
            return found;
        }
    }
    let wanted = words(wanted);
    let mut scored: Vec<(usize, &TaskName)> = names
        .iter()
        .map(|name| (words_in_common(&wanted, &words(name.as_str())), name))
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by_key(|(score, _)| Reverse(*score));
    let best = scored.first().map_or(0, |(score, _)| *score);
    let best = scored.into_iter().take_while(|(score, _)| *score == best);
    best.map(|(_, name)| name).take(SUGGESTIONS).collect()
}

/// How many of the words that say something are in a name, perhaps with a typo.
fn words_in_common(wanted: &[String], name: &[String]) -> usize {
    let is_in_name = |word: &&String| {
        name.iter()
            .any(|other| strsim::jaro_winkler(word, other) >= ALIKE)
    };
    let telling = wanted
        .iter()
        .filter(|word| !COMMON_WORDS.contains(&word.as_str()));
    telling.filter(is_in_name).count()
}

/// The words of a name, in lower case: `BackupDatabase`, `backup-database` and `Backup Database` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut after_lowercase = false;
    for part in name.split(['-', '_', ' ']) {
        let mut word = String::new();
        for c in part.chars() {
            if c.is_uppercase() && after_lowercase {
                words.push(std::mem::take(&mut word));
            }
            after_lowercase = c.is_lowercase();
            word.extend(c.to_lowercase());
        }
        words.push(word);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The name in lower case, without separators: `BackupDatabase`, `backup-database` and `Backup Database` become the same.
fn folded(name: &str) -> String {
    name.to_lowercase().replace(['-', '_', ' '], "")
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
        assert_closest("bakup", &["BackupDatabase"]);
        assert_closest("OptimiseDatabase", &["OptimizeDatabase"]);
        assert_closest("GenerateChapterThumb", &["GenerateChapterThumbs"]);
    }

    #[test]
    fn the_name_of_a_preference_suggests_its_task() {
        assert_closest("ButlerTaskBackupDatabase", &["BackupDatabase"]);
        assert_closest("butler-task-clean-old-bundles", &["CleanOldBundles"]);
        assert_closest(
            "ButlerTaskGenerateMediaIndexFiles",
            &["GenerateMediaIndexFiles"],
        );
    }

    #[test]
    fn words_in_common_suggest_at_most_four_names() {
        assert_closest("intro-markers", &["ButlerTaskGenerateIntroMarkers"]);
        assert_closest("chapter", &["GenerateChapterThumbs"]);
        assert_closest(
            "AudioAnalysis",
            &[
                "DeepMediaAnalysis",
                "LoudnessAnalysis",
                "MusicAnalysis",
                "UpgradeMediaAnalysis",
            ],
        );
        assert_closest("Clean Logs", &["ButlerTaskCleanSupplementalLogFiles"]);
    }

    #[test]
    fn words_that_say_nothing_suggest_nothing() {
        for wanted in [
            "generate",
            "RefreshMedia",
            "TaskOfTheFuture",
            "xyzzy",
            "a-b",
            "",
        ] {
            assert_closest(wanted, &[]);
        }
    }
}
