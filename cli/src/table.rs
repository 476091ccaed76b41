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
mod tests;
