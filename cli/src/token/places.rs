//! Where servers keep their settings, system by system.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::file;

/// The environment variable with which a server's data is moved elsewhere.
pub(crate) const DATA_VARIABLE: &str = "PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR";

/// What a server adds to the folder in [`DATA_VARIABLE`].
const IN_DATA: &str = "Plex Media Server/Preferences.xml";

/// The settings on each system: a folder, which the system's administrator may have moved and put a link in its place, and
/// the file below it. `*` stands for any part of a folder's name.
const SETTINGS: &[(&str, &str, &str)] = &[
    (
        "Linux package",
        "/var/lib/plexmediaserver",
        "Library/Application Support/Plex Media Server/Preferences.xml",
    ),
    (
        "Arch Linux",
        "/var/lib/plex",
        "Plex Media Server/Preferences.xml",
    ),
    (
        "snap",
        "/var/snap/plexmediaserver/common",
        "Library/Application Support/Plex Media Server/Preferences.xml",
    ),
    (
        "container: plexinc, linuxserver",
        "/config",
        "Library/Application Support/Plex Media Server/Preferences.xml",
    ),
    (
        "container: binhex",
        "/config",
        "Plex Media Server/Preferences.xml",
    ),
    ("container: hotio", "/config", "Preferences.xml"),
    (
        "Synology DSM 7",
        "/var/packages/PlexMediaServer/shares/PlexMediaServer",
        "AppData/Plex Media Server/Preferences.xml",
    ),
    (
        "Synology DSM 7",
        "/volume*/PlexMediaServer",
        "AppData/Plex Media Server/Preferences.xml",
    ),
    (
        "Synology DSM 7",
        "/volume*/@apphome/PlexMediaServer",
        "Plex Media Server/Preferences.xml",
    ),
    (
        "Synology DSM 6",
        "/volume*/Plex",
        "Library/Application Support/Plex Media Server/Preferences.xml",
    ),
    (
        "ASUSTOR",
        "/volume1/Plex",
        "Library/Plex Media Server/Preferences.xml",
    ),
    (
        "Western Digital",
        "/mnt/HD/HD*/Nas_Prog/plex_conf",
        "Plex Media Server/Preferences.xml",
    ),
    (
        "ReadyNAS",
        "/apps/plexmediaserver*",
        "MediaLibrary/Plex Media Server/Preferences.xml",
    ),
    (
        "TerraMaster",
        "/home/plex",
        "Library/Application Support/Plex Media Server/Preferences.xml",
    ),
    (
        "Thecus",
        "/raid/data/module/Plex/sys",
        "Plex Media Server/Preferences.xml",
    ),
    (
        "FreeBSD",
        "/usr/local/plexdata",
        "Plex Media Server/Preferences.xml",
    ),
    (
        "FreeBSD, Plex Pass",
        "/usr/local/plexdata-plexpass",
        "Plex Media Server/Preferences.xml",
    ),
];

/// The settings on macOS. `~` stands for the home of the user.
const HOMES_ON_MACOS: &[&str] = &["~", "/Users/*"];
const IN_HOME_ON_MACOS: &str = "Library/Preferences/com.plexapp.plexmediaserver.plist";

/// The local admin tokens on Windows, of a server that the user runs and of one that is a service: the variable with a
/// folder, and the file in it.
#[cfg(windows)]
pub(crate) const LOCAL_ADMIN_TOKENS_ON_WINDOWS: [(&str, &str); 2] = [
    ("LOCALAPPDATA", r"Plex Media Server\.LocalAdminToken"),
    (
        "SystemRoot",
        r"System32\config\systemprofile\AppData\Local\Plex Media Server\.LocalAdminToken",
    ),
];

/// Files of a system that name a folder, and what to add for the folder with a server's data.
const REFERENCES: &[(&str, Entry, &str)] = &[
    (
        "/etc/systemd/system/plexmediaserver.service",
        Entry::Variable(DATA_VARIABLE),
        "",
    ),
    (
        "/etc/systemd/system/plexmediaserver.service.d/*.conf",
        Entry::Variable(DATA_VARIABLE),
        "",
    ),
    (
        "/etc/default/plexmediaserver",
        Entry::Variable(DATA_VARIABLE),
        "",
    ),
    // QNAP
    (
        "/etc/config/qpkg.conf",
        Entry::Key {
            section: "PlexMediaServer",
            key: "Install_Path",
        },
        "/Library",
    ),
];

/// Where the settings can be below a folder that the user names, such as a container's volume.
const BELOW: &[&str] = &[
    "Preferences.xml",
    "Plex Media Server/Preferences.xml",
    "Application Support/Plex Media Server/Preferences.xml",
    "Library/Application Support/Plex Media Server/Preferences.xml",
    "Library/Plex Media Server/Preferences.xml",
    "AppData/Plex Media Server/Preferences.xml",
    "MediaLibrary/Plex Media Server/Preferences.xml",
    "*/Preferences.xml",
    "*/Plex Media Server/Preferences.xml",
    "*/Library/Application Support/Plex Media Server/Preferences.xml",
];

/// How a file of the system names a folder.
enum Entry {
    /// `NAME=value`, as a shell or systemd reads it.
    Variable(&'static str),
    /// `key = value` below `[section]`, in any case.
    Key {
        section: &'static str,
        key: &'static str,
    },
}

/// A file below a folder. The folder can be reached through links, the file below it cannot.
pub(crate) struct Place {
    folder: PathBuf,
    file: PathBuf,
}

impl Place {
    fn new(folder: impl Into<PathBuf>, file: impl Into<PathBuf>) -> Place {
        Place {
            folder: folder.into(),
            file: file.into(),
        }
    }

    /// The place of a settings file that the user names.
    pub(crate) fn named(path: &Path) -> Place {
        let depth = if is_property_list(path) { 2 } else { 1 };
        let folder = path.ancestors().nth(depth).unwrap_or(Path::new(""));
        Place::new(folder, path.strip_prefix(folder).unwrap_or(path))
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(&self.file)
    }

    pub(crate) fn open(&self) -> io::Result<File> {
        file::open_below(&self.folder, &self.file)
    }

    /// The local admin token of the server that has its settings here.
    pub(crate) fn local_admin_token(&self) -> Place {
        let folder = if is_property_list(&self.file) {
            let library = self.file.ancestors().nth(2);
            library.map(|library| library.join("Application Support/Plex Media Server"))
        } else {
            self.file.parent().map(Path::to_owned)
        };
        let file = folder.unwrap_or_default().join(".LocalAdminToken");
        Place::new(&self.folder, file)
    }
}

/// The files that can be the settings of the server on this machine. `data` is the folder in [`DATA_VARIABLE`].
pub(crate) fn on_this_machine(root: &Path, home: Option<&Path>, data: Option<&Path>) -> Vec<Place> {
    let mut folders: Vec<PathBuf> = data.map(Path::to_owned).into_iter().collect();
    for (pattern, entry, addition) in REFERENCES {
        let texts = matches(root, pattern).into_iter().filter_map(text);
        let named = texts.filter_map(|text| entry.find(&text));
        folders.extend(named.flat_map(|folder| matches(root, &(folder + addition))));
    }
    let places = |folder| Place::new(folder, IN_DATA);
    let mut places: Vec<Place> = folders.into_iter().map(places).collect();
    for (_, pattern, file) in SETTINGS {
        let folders = matches(root, pattern).into_iter();
        places.extend(folders.map(|folder| Place::new(folder, file)));
    }
    if cfg!(target_os = "macos") {
        places.extend(on_macos(root, home));
    }
    places
}

pub(super) fn on_macos(root: &Path, home: Option<&Path>) -> Vec<Place> {
    let homes = |pattern: &&str| match *pattern {
        "~" => home.map(Path::to_owned).into_iter().collect(),
        pattern => matches(root, pattern),
    };
    let homes = HOMES_ON_MACOS.iter().flat_map(homes);
    homes
        .map(|home| Place::new(home, IN_HOME_ON_MACOS))
        .collect()
}

/// Whether these settings are a property list, as on macOS.
pub(crate) fn is_property_list(settings: &Path) -> bool {
    settings
        .extension()
        .is_some_and(|extension| extension == "plist")
}

/// The text of a system's file, in which a comment can have any bytes.
fn text(path: PathBuf) -> Option<String> {
    let bytes = file::read(file::open_regular(&path).ok()?).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The files that can be the settings of a server below a folder.
pub(crate) fn below(folder: &Path) -> Vec<Place> {
    let on_macos = cfg!(target_os = "macos").then_some(IN_HOME_ON_MACOS);
    let files = BELOW
        .iter()
        .chain(&on_macos)
        .flat_map(|pattern| matches(folder, pattern));
    files
        .filter_map(|file| Some(Place::new(folder, file.strip_prefix(folder).ok()?)))
        .collect()
}

/// The paths that a pattern stands for. Only a `*` is looked up. Whether the other parts exist is not checked, so that an
/// unreadable file is not treated as a missing one.
fn matches(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut paths = vec![root.to_path_buf()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        paths = match part.split_once('*') {
            None => paths.iter().map(|path| path.join(part)).collect(),
            Some((start, end)) => paths
                .iter()
                .flat_map(|path| entries(path, start, end))
                .collect(),
        };
    }
    paths
}

/// The entries of a folder whose names start and end like this.
fn entries(folder: &Path, start: &str, end: &str) -> Vec<PathBuf> {
    let is_match = |name: &str| {
        name.strip_prefix(start)
            .is_some_and(|rest| rest.ends_with(end))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_match))
        .map(|entry| entry.path())
        .collect()
}

impl Entry {
    /// The folder that a text names, if it does. The last one counts.
    fn find(&self, text: &str) -> Option<String> {
        match self {
            Entry::Variable(name) => {
                let text = text.replace("\\\n", " ");
                let words = text.lines().flat_map(|line| {
                    let line = line.trim_start();
                    shlex::split(line.strip_prefix("Environment=").unwrap_or(line))
                        .unwrap_or_default()
                });
                words
                    .filter_map(|word| Some(word.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
                    .next_back()
            }
            Entry::Key { section, key } => {
                let mut lines = text.lines().map(str::trim);
                let header = format!("[{section}]");
                lines
                    .by_ref()
                    .find(|line| line.eq_ignore_ascii_case(&header))?;
                let entries = lines
                    .take_while(|line| !line.starts_with('['))
                    .filter_map(|line| line.split_once('='));
                let values = entries
                    .filter(|(name, _)| name.trim_end().eq_ignore_ascii_case(key))
                    .map(|(_, value)| value.trim().to_owned());
                values.last()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../README.md");

    #[test]
    fn every_place_is_in_the_readme() {
        let settings = SETTINGS
            .iter()
            .map(|(_, folder, file)| format!("{folder}/{file}"));
        let on_macos = HOMES_ON_MACOS
            .iter()
            .map(|home| format!("{home}/{IN_HOME_ON_MACOS}"));
        let references = REFERENCES.iter().map(|(file, ..)| file.to_string());
        for pattern in settings.chain(on_macos).chain(references) {
            assert!(README.contains(&format!("`{pattern}`")), "{pattern}");
        }
    }
}
