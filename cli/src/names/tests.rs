//! Tests of how a task is found by what the user wrote.

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
fn the_exact_spelling_decides_between_names_that_differ_in_case_only() {
    let names = ["TaskA", "taskA"].map(TaskName::from);
    assert_eq!(find("taskA", &names), [&names[1]]);
    assert_eq!(find("task-a", &names), [&names[0], &names[1]]);
    assert!(find("task-b", &names).is_empty());
}

#[test]
fn a_typo_and_a_part_of_a_name_lead_to_the_name() {
    let first = |wanted| closest(wanted, TaskName::KNOWN).first().map(|name| name.as_str());
    assert_eq!(first("bakup-database"), Some("BackupDatabase"));
    assert_eq!(first("OptimiseDatabase"), Some("OptimizeDatabase"));
    assert_eq!(first("intro-markers"), Some("ButlerTaskGenerateIntroMarkers"));
    assert_eq!(first("chapter"), Some("GenerateChapterThumbs"));
    assert_eq!(first("xyzzy"), None);
    assert_eq!(first("bakup"), Some("BackupDatabase"));
    assert_eq!(first("TaskOfTheFuture"), None);
    assert_eq!(first("a-b"), None);
    assert_eq!(first(""), None);
    assert!(closest("generate", TaskName::KNOWN).len() <= SUGGESTIONS);
}
