use std::collections::{BTreeSet, HashSet};

use super::*;

#[test]
fn parsing_a_known_name_gives_its_variant() {
    assert_eq!(TaskName::KNOWN.len(), 27);
    for known in TaskName::KNOWN {
        assert!(!matches!(TaskName::from(known.as_str()), TaskName::Other(_)));
        assert_eq!(&TaskName::from(known.as_str()), known);
        assert_eq!(&TaskName::from(known.to_string()), known);
    }
}

#[test]
fn known_names_are_in_alphabetical_order() {
    assert!(TaskName::KNOWN.is_sorted_by_key(|name| name.as_str()));
}

#[test]
fn names_are_in_alphabetical_order_known_or_not() {
    let mut names = ["RefreshLibraries", "Aaa", "BackupDatabase", "Zzz"].map(TaskName::from);
    names.sort();
    assert_eq!(names.map(String::from), ["Aaa", "BackupDatabase", "RefreshLibraries", "Zzz"]);
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
fn a_map_with_names_for_its_keys_can_be_asked_for_a_str() {
    let names = [TaskName::BackupDatabase, TaskName::from("TaskOfTheFuture")];
    let hashed: HashSet<TaskName> = names.iter().cloned().collect();
    let sorted: BTreeSet<TaskName> = names.iter().cloned().collect();
    for name in ["BackupDatabase", "TaskOfTheFuture"] {
        assert!(hashed.contains(name) && sorted.contains(name));
    }
    assert!(!hashed.contains("OptimizeDatabase") && !sorted.contains("OptimizeDatabase"));
}

#[test]
fn a_name_that_is_no_string_is_refused() {
    let error = serde_json::from_str::<TaskName>("5").unwrap_err().to_string();
    assert!(error.contains("expected the name of a task"), "{error}");
}
