//! The list of tasks as a table.

use std::io::{self, IsTerminal};

use anstyle::Style;
use plex_butler::ButlerTask;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::printable;

const HEADER: [&str; 5] = ["NAME", "INTERVAL", "ON", "RANDOM", "TITLE"];

/// The narrowest column for titles beside a name. If there is less room, the name gets a line of its own.
const MIN_TITLE: usize = 10;

/// The widest column. A longer text is shown in full, out of line with the rest.
const MAX_COLUMN: usize = 50;

const GAP: &str = "  ";
const CUT: &str = "...";

/// The columns of the terminal, `None` if stdout is not a terminal.
pub(crate) fn terminal_width() -> Option<usize> {
    let stdout = io::stdout();
    let size = stdout
        .is_terminal()
        .then(|| terminal_size::terminal_size_of(stdout))
        .flatten();
    size.map(|(width, _)| width.0.into())
}

/// Lays the tasks out in lines of this width. Without a width, nothing is cut. Only a title is cut, because a user needs a
/// name in full.
pub(crate) fn render(tasks: &[ButlerTask], width: Option<usize>) -> String {
    let header = HEADER.map(String::from);
    let rows: Vec<[String; 5]> = tasks.iter().map(cells).collect();
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let cells = rows.iter().chain([&header]).map(|row| row[column].width());
        cells.max().unwrap_or_default().min(MAX_COLUMN)
    });
    let [name, rest @ ..] = widths.map(|width| width + GAP.len());
    let rest: usize = rest.iter().sum();
    let (stacked, title) = match width {
        None => (false, usize::MAX),
        Some(width) if width >= name + rest + MIN_TITLE => (false, width - name - rest),
        Some(width) => (true, width.saturating_sub(GAP.len() + rest).max(MIN_TITLE)),
    };

    let mut table = String::new();
    let styles = tasks.iter().map(|task| {
        if task.enabled {
            Style::new()
        } else {
            Style::new().dimmed()
        }
    });
    for (row, style) in [&header]
        .into_iter()
        .chain(&rows)
        .zip([Style::new().bold()].into_iter().chain(styles))
    {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            line += cell;
            if stacked && column == 0 {
                line.push('\n');
            } else {
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
            }
            line += GAP;
        }
        line += &shortened(&row[4], title);
        table += &format!("{style}{}{style:#}\n", line.trim_end());
    }
    table
}

fn cells(task: &ButlerTask) -> [String; 5] {
    let yes_or_no = |flag| String::from(if flag { "yes" } else { "no" });
    [
        printable(task.name.as_str()),
        interval(task.interval),
        yes_or_no(task.enabled),
        yes_or_no(task.schedule_randomized),
        printable(&task.title),
    ]
}

fn interval(days: u32) -> String {
    match days {
        1 => "daily".into(),
        7 => "weekly".into(),
        _ => format!("every {days} days"),
    }
}

/// The text, cut if it is wider than this.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut taken = CUT.len();
    let fits = |c: &char| {
        taken += c.width().unwrap_or(0);
        taken <= width
    };
    let start: String = text.chars().take_while(fits).collect();
    format!("{}{CUT}", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(name: &str, interval: u32, enabled: bool, title: &str) -> ButlerTask {
        let json = serde_json::json!({
            "name": name, "interval": interval, "scheduleRandomized": !enabled, "enabled": enabled, "title": title,
        });
        serde_json::from_value(json).unwrap()
    }

    fn plain(tasks: &[ButlerTask], width: Option<usize>) -> String {
        anstream::adapter::strip_str(&render(tasks, width)).to_string()
    }

    #[test]
    fn intervals_are_words() {
        let words = [1, 2, 3, 7, 14].map(interval);
        assert_eq!(
            words,
            [
                "daily",
                "every 2 days",
                "every 3 days",
                "weekly",
                "every 14 days"
            ]
        );
    }

    #[test]
    fn wide_characters_are_measured_in_columns() {
        let tasks = [
            task("BackupDatabase", 3, true, "データベースのバックアップ"),
            task("音楽", 1, false, "音楽の分析"),
            task("Plain", 7, true, ""),
        ];
        let expected = "\
NAME            INTERVAL      ON   RANDOM  TITLE
BackupDatabase  every 3 days  yes  no      データベ...
音楽            daily         no   yes     音楽の分析
Plain           weekly        yes  no
";
        assert_eq!(plain(&tasks, Some(55)), expected);
    }

    #[test]
    fn in_a_narrow_terminal_a_name_has_a_line_of_its_own() {
        let tasks = [
            task(
                "ButlerTaskGenerateIntroMarkers",
                1,
                true,
                "Generate Intro Markers",
            ),
            task("A", 7, false, ""),
        ];
        let expected = "\
NAME
  INTERVAL  ON   RANDOM  TITLE
ButlerTaskGenerateIntroMarkers
  daily     yes  no      Generate Int...
A
  weekly    no   yes
";
        assert_eq!(plain(&tasks, Some(40)), expected);
        assert!(plain(&tasks, Some(1)).contains("\nButlerTaskGenerateIntroMarkers\n"));
    }

    #[test]
    fn without_a_terminal_nothing_is_cut() {
        let title = "a long title ".repeat(20);
        assert!(plain(&[task("A", 1, true, &title)], None).contains(title.trim_end()));
    }

    #[test]
    fn one_long_name_does_not_widen_the_other_lines() {
        let long = "x".repeat(20_000);
        let table = plain(
            &[
                task("A", 1, true, "a"),
                task(&long, 1, true, "b"),
                task("B", 1, true, "c"),
            ],
            None,
        );
        let lines: Vec<usize> = table.lines().map(str::len).collect();
        assert!(
            lines[1] < 100 && lines[2] > 20_000 && lines[3] < 100,
            "{lines:?}"
        );
    }

    #[test]
    fn the_header_is_bold_and_disabled_tasks_are_dimmed() {
        let table = render(
            &[task("On", 1, true, "a"), task("Off", 1, false, "b")],
            Some(80),
        );
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].starts_with("\x1b[1m") && lines[0].ends_with("\x1b[0m"));
        assert!(!lines[1].contains('\x1b'));
        assert!(lines[2].starts_with("\x1b[2m") && lines[2].ends_with("\x1b[0m"));
    }

    #[test]
    fn a_task_cannot_write_to_the_terminal() {
        let table = plain(&[task("Evil\x1b[2J", 1, true, "a\nb\u{9b}31m")], Some(80));
        assert_eq!(table.lines().count(), 2);
        assert!(table.contains("Evil?[2J"), "{table}");
    }

    #[test]
    fn an_empty_list_has_a_header() {
        assert_eq!(plain(&[], Some(80)), "NAME  INTERVAL  ON  RANDOM  TITLE\n");
    }
}
