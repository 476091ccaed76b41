//! Where the token comes from: a file, the environment, or the settings file of the server on this machine.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::args::{Options, TokenSource};
use crate::failure::Failure;
use crate::output::complain;
use crate::settings::variable;

/// The largest file that is read for a token; PMS's own `Preferences.xml` has a few KiB.
const MAX_SIZE: u64 = 1 << 20;

/// How some editors start a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Set where PMS keeps its data elsewhere, in its packages and in its container images.
const DATA_DIRECTORY_VARIABLE: &str = "PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR";

/// Where PMS keeps its `Preferences.xml`.
const DATA_DIRECTORIES: &[&str] = &[
    // The Linux packages.
    "/var/lib/plexmediaserver/Library/Application Support/Plex Media Server",
    // The snap.
    "/var/snap/plexmediaserver/common/Library/Application Support/Plex Media Server",
    // Synology.
    "/volume1/PlexMediaServer/AppData/Plex Media Server",
    // FreeBSD.
    "/usr/local/plexdata/Plex Media Server",
];

/// The token: from where the option says, else from the environment, else none.
pub(crate) fn token(options: &Options) -> Result<Option<String>, Failure> {
    match &options.token {
        Some(TokenSource::File(path)) => from_file(path, options.quiet).map(Some),
        Some(TokenSource::Preferences(path)) => {
            let (_, text) = read(path).map_err(|error| cannot_read(path, &error))?;
            from_preferences(path, &text).map(Some)
        }
        Some(TokenSource::Server) => from_server().map(Some),
        None => match (variable("PLEX_TOKEN"), variable("PLEX_TOKEN_FILE")) {
            // What is not UTF-8 is kept, so that the check of the token refuses it.
            (Some(token), _) => Ok(Some(token.to_string_lossy().trim().into())),
            (None, Some(path)) => from_file(Path::new(&path), options.quiet).map(Some),
            (None, None) => Ok(None),
        },
    }
}

/// The token in a file of its own.
fn from_file(path: &Path, quiet: bool) -> Result<String, Failure> {
    let shown = path.display();
    let (file, text) =
        read(path).map_err(|error| Failure::usage(format!("cannot read the token file {shown}: {error}")))?;
    if !quiet && is_readable_by_others(&file) {
        complain(&format!("warning: other users can read the token file {shown}: chmod 600 it"));
    }
    match text.trim_start_matches(BYTE_ORDER_MARK).trim() {
        "" => Err(Failure::usage(format!("the token file {shown} is empty: put the token into it"))),
        token => Ok(token.to_owned()),
    }
}

#[cfg(unix)]
fn is_readable_by_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt;

    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &File) -> bool {
    false
}

/// The token of the server on this machine.
fn from_server() -> Result<String, Failure> {
    let configured = variable(DATA_DIRECTORY_VARIABLE).map(|directory| Path::new(&directory).join("Plex Media Server"));
    let directories = configured.into_iter().chain(DATA_DIRECTORIES.iter().map(PathBuf::from));
    for path in directories.map(|directory| directory.join("Preferences.xml")) {
        match read(&path) {
            Ok((_, text)) => return from_preferences(&path, &text),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(cannot_read(&path, &error)),
        }
    }
    Err(Failure::usage(
        "found no Preferences.xml of a server on this machine: name it with --preferences; macOS keeps these settings \
         in a plist and Windows in the registry, so there give the token with --token-file or PLEX_TOKEN",
    ))
}

/// The token in the text of a `Preferences.xml`. No message quotes the text, for the token is in it.
fn from_preferences(path: &Path, text: &str) -> Result<String, Failure> {
    let document = roxmltree::Document::parse(text)
        .map_err(|_| Failure::usage(format!("{} is not XML: is it the server's Preferences.xml?", path.display())))?;
    if !document.root_element().has_tag_name("Preferences") {
        return Err(Failure::usage(format!("{} is not the server's Preferences.xml", path.display())));
    }
    match document.root_element().attribute("PlexOnlineToken") {
        None | Some("") => Err(Failure::usage(format!(
            "{} has no PlexOnlineToken: nobody has claimed this server, and from its own machine it wants no token: \
             leave the option out",
            path.display()
        ))),
        Some(token) => Ok(token.to_owned()),
    }
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    let advice = match error.kind() {
        ErrorKind::PermissionDenied => {
            ": run this as root or as the server's user, or give the token with --token-file"
        }
        _ => "",
    };
    Failure::usage(format!("cannot read {}: {error}{advice}", path.display()))
}

fn read(path: &Path) -> io::Result<(File, String)> {
    let file = File::open(path)?;
    let mut text = String::new();
    (&file).take(MAX_SIZE).read_to_string(&mut text)?;
    if text.len() as u64 == MAX_SIZE {
        return Err(io::Error::other("it is too large for that"));
    }
    Ok((file, text))
}

#[cfg(test)]
mod tests;
