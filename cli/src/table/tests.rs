//! Tests of the table of tasks.

use super::*;

fn task(name: &str, interval: u32, enabled: bool, title: &str) -> ButlerTask {
    let json = serde_json::json!({
        "name": name, "interval": interval, "scheduleRandomized": !enabled, "enabled": enabled, "title": title,
    });
    serde_json::from_value(json).unwrap()
}

#[test]
fn intervals_are_words() {
    let words = [1, 2, 3, 7, 14].map(interval);
    assert_eq!(words, ["daily", "every 2 days", "every 3 days", "weekly", "every 14 days"]);
}

#[test]
fn wide_characters_are_aligned_and_cut_by_their_columns() {
    let tasks = [
        task("BackupDatabase", 3, true, "データベースのバックアップ"),
        task("音楽", 1, false, "音楽の分析"),
        task("Plain", 7, true, ""),
    ];
    let expected = "\
NAME            INTERVAL      ON   RANDOM  TITLE
BackupDatabase  every 3 days  yes  no      データベー…
音楽            daily         no   yes     音楽の分析
Plain           weekly        yes  no
";
    assert_eq!(render(&tasks, 54, false), expected);
}

#[test]
fn a_narrow_terminal_does_not_cut_names() {
    let table = render(&[task("ButlerTaskGenerateIntroMarkers", 1, true, "Generate Intro Markers")], 20, false);
    assert!(table.ends_with("ButlerTaskGenerateIntroMarkers  daily     yes  no      Generat…\n"), "{table}");
}

#[test]
fn colour_marks_the_header_and_what_is_disabled() {
    let tasks = [task("On", 1, true, "a"), task("Off", 1, false, "b")];
    let table = render(&tasks, 80, true);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with(BOLD) && lines[0].ends_with(RESET));
    assert!(!lines[1].contains('\x1b'));
    assert!(lines[2].starts_with(DIM) && lines[2].ends_with(RESET));
}

#[test]
fn a_task_cannot_write_to_the_terminal() {
    let table = render(&[task("Evil\x1b[2J", 1, true, "a\nb\u{9b}31m")], 80, false);
    assert_eq!(table.lines().count(), 2);
    assert!(!table.chars().any(|c| c.is_control() && c != '\n'), "{table:?}");
}

#[test]
fn no_tasks_make_a_header() {
    assert_eq!(render(&[], 80, false), "NAME  INTERVAL  ON  RANDOM  TITLE\n");
}
