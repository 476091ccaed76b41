//! Finding the task that a user means: in any case, in kebab-case and the like, and the closest ones where there is none.

use plex_butler::TaskName;

/// How many names are suggested for one that does not exist.
const SUGGESTIONS: usize = 3;

/// How alike two names must be, from 0 to 1, for one to be suggested for the other.
const ALIKE: f64 = 0.8;

/// How long a part of a name must be to stand for the name.
const MIN_PART: usize = 4;

/// The names that are spelled like this but for case and what parts words, or the one that is spelled exactly like this.
pub(crate) fn find<'a>(wanted: &str, names: &'a [TaskName]) -> Vec<&'a TaskName> {
    if let Some(exact) = names.iter().find(|name| **name == wanted) {
        return vec![exact];
    }
    let wanted = folded(wanted);
    names.iter().filter(|name| folded(name.as_str()) == wanted).collect()
}

/// The names that come closest, best first, and none that is far off.
pub(crate) fn closest<'a>(wanted: &str, names: &'a [TaskName]) -> Vec<&'a TaskName> {
    let wanted = folded(wanted);
    let mut alike: Vec<(f64, &TaskName)> = names
        .iter()
        .map(|name| (likeness(&wanted, &folded(name.as_str())), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0));
    alike.into_iter().map(|(_, name)| name).take(SUGGESTIONS).collect()
}

/// A part of a name counts as the name.
fn likeness(wanted: &str, name: &str) -> f64 {
    if wanted.len() >= MIN_PART && name.contains(wanted) { 1.0 } else { strsim::jaro_winkler(wanted, name) }
}

/// The name without case and what parts its words: `BackupDatabase`, `backup-database` and `Backup Database` are the same.
fn folded(name: &str) -> String {
    name.to_lowercase().replace(['-', '_', ' '], "")
}

#[cfg(test)]
mod tests;
