//! The list of tasks as a table.

use plex_butler::ButlerTask;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::printable;

const HEADER: [&str; 5] = ["NAME", "INTERVAL", "ON", "RANDOM", "TITLE"];

/// The narrowest column that a title is cut down to; where even that does not fit, lines become longer.
const MIN_TITLE: usize = 8;

const GAP: &str = "  ";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// Lays the tasks out in lines of at most `width` columns. A name is needed in full, so the title gives way.
pub(crate) fn render(tasks: &[ButlerTask], width: usize, colour: bool) -> String {
    let header = HEADER.map(String::from);
    let rows: Vec<[String; 5]> = tasks.iter().map(cells).collect();
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let cells = rows.iter().chain([&header]).map(|row| row[column].width());
        cells.max().unwrap_or_default()
    });
    let before_title: usize = widths.iter().map(|width| width + GAP.len()).sum();
    let title_width = width.saturating_sub(before_title).max(MIN_TITLE);

    let mut table = String::new();
    let styles = tasks.iter().map(|task| if task.enabled { "" } else { DIM });
    for (row, style) in [&header].into_iter().chain(&rows).zip([BOLD].into_iter().chain(styles)) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line += cell;
            line.extend(std::iter::repeat_n(' ', width - cell.width()));
            line += GAP;
        }
        line += &shortened(&row[4], title_width);
        let line = line.trim_end();
        if colour && !style.is_empty() {
            table += &format!("{style}{line}{RESET}\n");
        } else {
            table += line;
            table.push('\n');
        }
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

/// The text, cut where it is wider than this.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut taken = 0;
    let fits = |c: &char| {
        taken += c.width().unwrap_or(0);
        taken < width
    };
    let start: String = text.chars().take_while(fits).collect();
    format!("{}…", start.trim_end())
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

    #[test]
    fn intervals_are_words() {
        let words = [1, 2, 3, 7, 14].map(interval);
        assert_eq!(
            words,
            ["daily", "every 2 days", "every 3 days", "weekly", "every 14 days"]
        );
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
        let table = render(
            &[task(
                "ButlerTaskGenerateIntroMarkers",
                1,
                true,
                "Generate Intro Markers",
            )],
            20,
            false,
        );
        assert!(
            table.ends_with("ButlerTaskGenerateIntroMarkers  daily     yes  no      Generat…\n"),
            "{table}"
        );
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
}
