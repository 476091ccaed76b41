//! Finding the task that a user means: in any case, in kebab-case and the like, and the closest names if there is none.

use plex_butler::TaskName;

/// How many names are suggested for one that does not exist.
const SUGGESTIONS: usize = 3;

/// How alike two names must be, from 0 to 1, for one to be suggested for the other.
const ALIKE: f64 = 0.8;

/// How long a part of a name must be to suggest the name.
const MIN_PART: usize = 4;

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

/// The most similar names, best first. Names that are not alike are left out.
pub(crate) fn closest<'a>(wanted: &str, names: &'a [TaskName]) -> Vec<&'a TaskName> {
    let wanted = folded(wanted);
    let mut alike: Vec<(f64, &TaskName)> = names
        .iter()
        .map(|name| (likeness(&wanted, &folded(name.as_str())), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0));
    alike
        .into_iter()
        .map(|(_, name)| name)
        .take(SUGGESTIONS)
        .collect()
}

/// How alike two names are. A part of a name counts as the whole name.
fn likeness(wanted: &str, name: &str) -> f64 {
    if wanted.len() >= MIN_PART && name.contains(wanted) {
        1.0
    } else {
        strsim::jaro_winkler(wanted, name)
    }
}

/// The name in lower case, without separators: `BackupDatabase`, `backup-database` and `Backup Database` become the same.
fn folded(name: &str) -> String {
    name.to_lowercase().replace(['-', '_', ' '], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name as people write it on a command line.
    fn kebab_case(name: &str) -> String {
        let mut kebab = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !kebab.is_empty() {
                kebab.push('-');
            }
            kebab.extend(c.to_lowercase());
        }
        kebab
    }

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

    #[test]
    fn a_typo_or_a_part_of_a_name_suggests_the_name() {
        let first = |wanted| {
            closest(wanted, TaskName::KNOWN)
                .first()
                .map(|name| name.as_str())
        };
        assert_eq!(first("bakup-database"), Some("BackupDatabase"));
        assert_eq!(first("OptimiseDatabase"), Some("OptimizeDatabase"));
        assert_eq!(
            first("intro-markers"),
            Some("ButlerTaskGenerateIntroMarkers")
        );
        assert_eq!(first("chapter"), Some("GenerateChapterThumbs"));
        assert_eq!(first("xyzzy"), None);
        assert_eq!(first("bakup"), Some("BackupDatabase"));
        assert_eq!(first("TaskOfTheFuture"), None);
        assert_eq!(first("a-b"), None);
        assert_eq!(first(""), None);
        assert!(closest("generate", TaskName::KNOWN).len() <= SUGGESTIONS);
    }
}
