//! The list of tasks as a table.

use std::io::{self, IsTerminal};

use anstyle::Style;
use plex_butler::ButlerTask;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::printable;

const HEADER: [&str; 5] = ["NAME", "INTERVAL", "ON", "RANDOM", "TITLE"];

/// The narrowest column for titles beside a name. If there is less room, the name gets a separate line.
const MIN_TITLE: usize = 10;

/// The widest column. A longer text is shown in full, out of line with the rest.
const MAX_COLUMN: usize = 50;

const GAP: &str = "  ";
const INDENT: &str = "    ";
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

/// Lays the tasks out in lines of this width. Without a width, nothing is cut and nothing is wrapped. Only a title is cut,
/// because a user needs a name in full. In a long list, the title and the description are below the rest, in full.
pub(crate) fn render(tasks: &[ButlerTask], long: bool, width: Option<usize>) -> String {
    let mut header = HEADER.map(String::from);
    let mut rows: Vec<[String; 5]> = tasks.iter().map(cells).collect();
    let has_titles = !long && rows.iter().any(|row| !row[4].is_empty());
    if !has_titles {
        for row in [&mut header].into_iter().chain(&mut rows) {
            row[4].clear();
        }
    }
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let cells = rows.iter().chain([&header]).map(|row| row[column].width());
        cells.max().unwrap_or_default().min(MAX_COLUMN)
    });
    let [name, rest @ ..] = widths.map(|width| width + GAP.len());
    let rest: usize = rest.iter().sum();
    let min_width = if has_titles {
        name + rest + MIN_TITLE
    } else {
        name + rest - GAP.len()
    };
    let (stacked, title) = match width {
        None => (false, usize::MAX),
        Some(width) if width >= min_width => (false, width.saturating_sub(name + rest)),
        Some(width) => (true, width.saturating_sub(GAP.len() + rest).max(MIN_TITLE)),
    };
    let line = |row: &[String; 5]| {
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
        line.trim_end().to_owned()
    };

    let bold = Style::new().bold();
    let mut table = format!("{bold}{}{bold:#}\n", line(&header));
    for (task, row) in tasks.iter().zip(&rows) {
        let style = if task.enabled {
            Style::new()
        } else {
            Style::new().dimmed()
        };
        let below = if long {
            [printable(title_of(task)), printable(&task.description)]
                .map(|text| wrapped(&text, width))
                .concat()
        } else {
            String::new()
        };
        table += &format!("{style}{}{below}{style:#}\n", line(row));
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
        printable(title_of(task)),
    ]
}

/// The title, or an empty text if it only repeats the name or a part of it: an English title mostly does, and one in
/// another language does not.
fn title_of(task: &ButlerTask) -> &str {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    if letters(task.name.as_str()).contains(&letters(&task.title)) {
        ""
    } else {
        &task.title
    }
}

/// The lines of a text below its task, each after a line break.
fn wrapped(text: &str, width: Option<usize>) -> String {
    let width = width.map_or(usize::MAX, |width| {
        width.saturating_sub(INDENT.len()).max(MIN_TITLE)
    });
    let lines = textwrap::wrap(text.trim(), width);
    let lines = lines.iter().filter(|line| !line.is_empty());
    lines.map(|line| format!("\n{INDENT}{line}")).collect()
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
        anstream::adapter::strip_str(&render(tasks, false, width)).to_string()
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
                "Vorspann erkennen",
            ),
            task("A", 7, false, ""),
        ];
        let expected = "\
NAME
  INTERVAL  ON   RANDOM  TITLE
ButlerTaskGenerateIntroMarkers
  daily     yes  no      Vorspann erk...
A
  weekly    no   yes
";
        assert_eq!(plain(&tasks, Some(40)), expected);
        assert!(plain(&tasks, Some(1)).contains("\nButlerTaskGenerateIntroMarkers\n"));
    }

    #[test]
    fn without_a_terminal_nothing_is_cut() {
        let title = "b long title ".repeat(20);
        assert!(plain(&[task("A", 1, true, &title)], None).contains(title.trim_end()));
    }

    #[test]
    fn one_long_name_does_not_widen_the_other_lines() {
        let long = "x".repeat(20_000);
        let table = plain(
            &[
                task("A", 1, true, "b"),
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
            false,
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
    fn a_title_is_shown_only_if_it_says_more_than_the_name() {
        let tasks = [
            task("RefreshEpgGuides", 1, true, "Refresh EPG Guides"),
            task(
                "ButlerTaskGenerateAdMarkers",
                1,
                true,
                "Generate Ad Markers",
            ),
            task("BackupDatabase", 1, true, ""),
        ];
        assert_eq!(
            plain(&tasks, Some(80)),
            "\
NAME                         INTERVAL  ON   RANDOM
RefreshEpgGuides             daily     yes  no
ButlerTaskGenerateAdMarkers  daily     yes  no
BackupDatabase               daily     yes  no
"
        );
        let tasks = [
            task("BackupDatabase", 1, true, "Sauvegarder la base"),
            task("MusicAnalysis", 1, true, "Music Analysis"),
        ];
        assert_eq!(
            plain(&tasks, Some(80)),
            "\
NAME            INTERVAL  ON   RANDOM  TITLE
BackupDatabase  daily     yes  no      Sauvegarder la base
MusicAnalysis   daily     yes  no
"
        );
    }

    #[test]
    fn a_name_has_a_line_of_its_own_only_if_there_is_no_room() {
        let is_stacked =
            |title, width| plain(&[task("A", 1, true, title)], Some(width)).starts_with("NAME\n");
        assert!(!is_stacked("", 27) && is_stacked("", 26));
        assert!(!is_stacked("Zzz", 39) && is_stacked("Zzz", 38));
    }

    #[test]
    fn a_long_list_wraps_the_descriptions_to_the_terminal() {
        let mut tasks = [
            task("MusicAnalysis", 1, true, "Music Analysis"),
            task("ProcessAssets", 1, true, "Traiter les éléments"),
            task("Silent", 1, true, ""),
            task("音楽", 1, true, ""),
        ];
        tasks[0].description = "Measure what makes music sound alike,\nand so on".into();
        tasks[1].description = "Process the assets".into();
        tasks[3].description = "音楽の特徴を調べて似た曲を探せるようにします".into();
        let long = |width| anstream::adapter::strip_str(&render(&tasks, true, width)).to_string();
        let expected = "\
NAME           INTERVAL  ON   RANDOM
MusicAnalysis  daily     yes  no
    Measure what makes music sound
    alike, and so on
ProcessAssets  daily     yes  no
    Traiter les éléments
    Process the assets
Silent         daily     yes  no
音楽           daily     yes  no
    音楽の特徴を調べて似た曲を探せる
    ようにします
";
        assert_eq!(long(Some(36)), expected);
        assert!(long(None).contains("\n    Measure what makes music sound alike, and so on\n"));
        assert!(
            long(Some(1)).contains("\n    音楽の特徴\n    "),
            "{}",
            long(Some(1))
        );
    }

    #[test]
    fn an_empty_list_has_a_header() {
        assert_eq!(plain(&[], Some(80)), "NAME  INTERVAL  ON  RANDOM\n");
    }
}
