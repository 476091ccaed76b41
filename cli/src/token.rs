//! Where the token comes from: a file, the environment, or the settings of the server on this machine.

mod places;
mod preferences;
#[cfg(windows)]
mod registry;

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::args::Options;
use crate::environment::variable;
use crate::failure::Failure;
use crate::secret_file;

/// A token, and where it was found. It has no `Debug`, so that it is printed nowhere.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) source: String,
}

/// The token from the place that an option names, or else from the environment. `None` if neither has one.
pub(crate) fn find(options: &Options) -> Result<Option<Token>, Failure> {
    let token_file = match &options.token_file {
        Some(path) => Some((path.clone(), "--token-file")),
        None if options.preferences.is_some() || options.token_from_server => None,
        None if variable("PLEX_TOKEN").is_some() => None,
        None => variable("PLEX_TOKEN_FILE").map(|path| (path.into(), "PLEX_TOKEN_FILE")),
    };
    let stdin = Some(Path::new("-"));
    let token_path = token_file.as_ref().map(|(path, _)| path.as_path());
    if token_path == stdin && options.header_file.as_deref() == stdin {
        return Err(Failure::usage(
            "stdin can be read only once: the token or the headers must be in a file",
        ));
    }
    if let Some((path, origin)) = token_file {
        return from_file(&path, origin, options.quiet).map(Some);
    }
    if let Some(path) = &options.preferences {
        return from_preferences(path).map(Some);
    }
    if options.token_from_server {
        return from_server().map(Some);
    }
    // Invalid UTF-8 becomes U+FFFD, which the check of the token refuses.
    Ok(variable("PLEX_TOKEN").map(|token| Token {
        text: token.to_string_lossy().trim().into(),
        source: "PLEX_TOKEN".into(),
    }))
}

/// The token in a file of its own, or on stdin. On a terminal it is asked for.
fn from_file(path: &Path, origin: &str, quiet: bool) -> Result<Token, Failure> {
    let name = secret_file::name("token file", path);
    let text = if path == Path::new("-") && io::stdin().is_terminal() {
        rpassword::prompt_password("Token: ").map_err(|error| {
            Failure::usage(format!("cannot read the token from the terminal: {error}"))
        })?
    } else {
        secret_file::text(path, &name, quiet)?
    };
    match text.trim() {
        "" => Err(Failure::usage(format!(
            "{name} is empty; put the token into it"
        ))),
        token => Ok(Token {
            text: token.into(),
            source: format!("{name} ({origin})"),
        }),
    }
}

/// The token in a server's settings: this file, or one below this folder.
fn from_preferences(path: &Path) -> Result<Token, Failure> {
    if !path.is_dir() {
        return read_settings(path)
            .map_err(|error| cannot_read(path, &error))?
            .map(|(_, token)| token);
    }
    newest(places::below(path))?.ok_or_else(|| {
        Failure::usage(format!(
            "found no Preferences.xml below {}; name the file itself",
            path.display()
        ))
    })
}

/// The token in the settings of the server on this machine.
fn from_server() -> Result<Token, Failure> {
    #[cfg(windows)]
    if let Some(token) = registry::token(registry::SERVER) {
        return Ok(token);
    }
    let [home, data] =
        ["HOME", places::DATA_VARIABLE].map(|name| variable(name).map(PathBuf::from));
    newest(places::on_this_machine(Path::new("/"), home.as_deref(), data.as_deref()))?.ok_or_else(|| {
        Failure::usage(
            "found no settings of a Plex Media Server on this machine; name their file or a folder above it with \
             --preferences, or give the token with --token-file",
        )
    })
}

/// The token of the newest file that can be read and has one; `None` if there is no file at all.
fn newest(paths: Vec<PathBuf>) -> Result<Option<Token>, Failure> {
    let mut newest: Option<(SystemTime, Token)> = None;
    let mut failure = None;
    for path in paths {
        match read_settings(&path) {
            Ok(Ok(found)) if newest.as_ref().is_none_or(|newest| found.0 > newest.0) => {
                newest = Some(found)
            }
            Ok(Ok(_)) => {}
            Ok(Err(without_token)) => failure = failure.or(Some(without_token)),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => failure = failure.or(Some(cannot_read(&path, &error))),
        }
    }
    match (newest, failure) {
        (None, Some(failure)) => Err(failure),
        (newest, _) => Ok(newest.map(|(_, token)| token)),
    }
}

/// When a settings file was written, and its token.
fn read_settings(path: &Path) -> io::Result<Result<(SystemTime, Token), Failure>> {
    let file = File::open(path)?;
    let modified = file.metadata()?.modified()?;
    let token = preferences::token(path, &secret_file::read(file)?);
    Ok(token.map(|text| {
        (
            modified,
            Token {
                text,
                source: path.display().to_string(),
            },
        )
    }))
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    let advice = match error.kind() {
        ErrorKind::PermissionDenied => {
            "; run this as root or as the server's user, or give the token with --token-file"
        }
        _ => "",
    };
    Failure::usage(format!("cannot read {}: {error}{advice}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use tempfile::TempDir;

    use super::*;

    const TOKEN: &str = "s3cr3t";

    /// A machine's file system, as far as a test needs it.
    struct Machine(TempDir);

    impl Machine {
        fn new() -> Machine {
            Machine(tempfile::tempdir().unwrap())
        }

        fn path(&self, path: &str) -> PathBuf {
            path.split('/')
                .fold(self.0.path().to_owned(), |folder, name| folder.join(name))
        }

        fn with(self, path: &str, content: impl AsRef<[u8]>) -> Machine {
            let path = self.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
            self
        }

        /// Sets how long ago a file was written.
        fn aged(self, path: &str, age: u64) -> Machine {
            let file = File::options().write(true).open(self.path(path)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age))
                .unwrap();
            self
        }

        fn token(&self) -> Result<Option<Token>, Failure> {
            newest(places::on_this_machine(
                self.0.path(),
                Some(&self.path("/home/me")),
                None,
            ))
        }

        #[track_caller]
        fn assert_token(&self, token: &str, path: &str) {
            let found = self
                .token()
                .unwrap_or_else(|failure| panic!("{path}: {}", failure.message));
            let found = found.unwrap_or_else(|| panic!("{path}: nothing found"));
            assert_eq!(
                (&*found.text, &*found.source),
                (token, &*self.path(path).display().to_string())
            );
        }
    }

    fn xml(token: &str) -> String {
        format!(r#"<?xml version="1.0" encoding="utf-8"?><Preferences PlexOnlineToken="{token}"/>"#)
    }

    fn binary_plist(token: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let settings =
            plist::Dictionary::from_iter([("PlexOnlineToken", plist::Value::from(token))]);
        plist::Value::from(settings)
            .to_writer_binary(&mut bytes)
            .unwrap();
        bytes
    }

    #[test]
    fn the_settings_are_found_on_every_system() {
        for path in [
            "/var/lib/plexmediaserver/Library/Application Support/Plex Media Server/Preferences.xml",
            "/var/lib/plex/Plex Media Server/Preferences.xml",
            "/var/snap/plexmediaserver/common/Library/Application Support/Plex Media Server/Preferences.xml",
            "/config/Library/Application Support/Plex Media Server/Preferences.xml",
            "/config/Plex Media Server/Preferences.xml",
            "/config/Preferences.xml",
            "/var/packages/PlexMediaServer/shares/PlexMediaServer/AppData/Plex Media Server/Preferences.xml",
            "/volume1/PlexMediaServer/AppData/Plex Media Server/Preferences.xml",
            "/volume3/PlexMediaServer/AppData/Plex Media Server/Preferences.xml",
            "/volume2/Plex/Library/Application Support/Plex Media Server/Preferences.xml",
            "/volume1/Plex/Library/Plex Media Server/Preferences.xml",
            "/mnt/HD/HD_a2/Nas_Prog/plex_conf/Plex Media Server/Preferences.xml",
            "/apps/plexmediaserver-annex/MediaLibrary/Plex Media Server/Preferences.xml",
            "/apps/plexmediaserver/MediaLibrary/Plex Media Server/Preferences.xml",
            "/usr/local/plexdata/Plex Media Server/Preferences.xml",
            "/usr/local/plexdata-plexpass/Plex Media Server/Preferences.xml",
        ] {
            Machine::new()
                .with(path, xml(TOKEN))
                .assert_token(TOKEN, path);
        }
    }

    #[test]
    fn settings_on_macos_are_a_property_list() {
        for home in ["/home/me", "/Users/plex"] {
            let path = format!("{home}/Library/Preferences/com.plexapp.plexmediaserver.plist");
            Machine::new()
                .with(&path, binary_plist(TOKEN))
                .assert_token(TOKEN, &path);
        }
    }

    #[test]
    fn moved_settings_are_found_through_the_system_configuration() {
        let drop_in = "/etc/systemd/system/plexmediaserver.service.d/override.conf";
        for (reference, text, folder) in [
            (
                drop_in,
                "[Service]\nEnvironment=\"PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=/data/plex media\"\n",
                "/data/plex media/Plex Media Server",
            ),
            (
                drop_in,
                "[Service]\n# Environment=PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=/old\n\
                 Environment=LANG=C PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=/data/plex \\\n  A=b\n",
                "/data/plex/Plex Media Server",
            ),
            (
                "/etc/default/plexmediaserver",
                "# PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=/old\n\
                 export PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR='/srv/Application Support' # moved\n",
                "/srv/Application Support/Plex Media Server",
            ),
            (
                "/etc/default/plexmediaserver",
                "PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=/old\nPLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=/new/\n",
                "/new/Plex Media Server",
            ),
            (
                "/etc/config/qpkg.conf",
                "[Other]\nInstall_path = /wrong\n[PlexMediaServer]\nName = PlexMediaServer\n\
                 Install_path = /share/CACHEDEV1_DATA/.qpkg/PlexMediaServer\n[Last]\nInstall_path = /wrong\n",
                "/share/CACHEDEV1_DATA/.qpkg/PlexMediaServer/Library/Plex Media Server",
            ),
        ] {
            let path = format!("{folder}/Preferences.xml");
            Machine::new()
                .with(reference, text)
                .with(&path, xml(TOKEN))
                .assert_token(TOKEN, &path);
        }
    }

    #[test]
    fn the_system_configuration_is_not_run_by_a_shell() {
        let machine = Machine::new();
        let marker = machine.path("/ran");
        let text = format!(
            "PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=\"$(touch '{}')\"\n",
            marker.display()
        );
        assert!(
            machine
                .with("/etc/default/plexmediaserver", text)
                .token()
                .unwrap()
                .is_none()
        );
        assert!(!marker.exists());
    }

    #[test]
    fn the_folder_in_the_environment_is_searched_too() {
        let machine = Machine::new().with("/data/Plex Media Server/Preferences.xml", xml(TOKEN));
        let data = machine.path("/data");
        let paths = places::on_this_machine(machine.0.path(), None, Some(&data));
        assert_eq!(
            newest(paths)
                .ok()
                .flatten()
                .map(|token| token.text)
                .as_deref(),
            Some(TOKEN)
        );
    }

    #[test]
    fn the_newest_readable_file_with_a_token_is_used() {
        let [old, new, newer, newest] = [
            "/var/lib/plexmediaserver/Library/Application Support/Plex Media Server/Preferences.xml",
            "/var/lib/plex/Plex Media Server/Preferences.xml",
            "/config/Preferences.xml",
            "/usr/local/plexdata/Plex Media Server/Preferences.xml",
        ];
        let machine = Machine::new()
            .with(old, xml("old"))
            .aged(old, 4000)
            .with(new, xml(TOKEN))
            .aged(new, 3000)
            .with(newer, xml(""))
            .aged(newer, 2000)
            .with(newest, "not XML")
            .aged(newest, 1000);
        machine.assert_token(TOKEN, new);
        machine.aged(old, 10).assert_token("old", old);
    }

    #[test]
    fn settings_without_a_token_are_reported() {
        assert!(Machine::new().token().unwrap().is_none());
        let unclaimed = Machine::new().with("/config/Preferences.xml", xml(""));
        assert!(
            unclaimed
                .token()
                .err()
                .unwrap()
                .message
                .contains("Preferences.xml has no PlexOnlineToken")
        );
    }

    #[test]
    fn settings_are_found_below_the_volume_of_every_container() {
        for path in [
            "Preferences.xml",
            "Plex Media Server/Preferences.xml",
            "Library/Application Support/Plex Media Server/Preferences.xml",
            "config/Library/Application Support/Plex Media Server/Preferences.xml",
            "config/Plex Media Server/Preferences.xml",
            "AppData/Plex Media Server/Preferences.xml",
            "Library/Plex Media Server/Preferences.xml",
        ] {
            let volume = Machine::new().with(path, xml(TOKEN));
            let found = from_preferences(volume.0.path()).map(|token| token.text);
            assert_eq!(found.ok().as_deref(), Some(TOKEN), "{path}");
        }
        let Err(failure) = from_preferences(Machine::new().0.path()) else {
            panic!("found something")
        };
        assert!(
            failure.message.contains("found no Preferences.xml below"),
            "{}",
            failure.message
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_path_can_contain_pattern_characters() {
        let volume = Machine::new().with("[plex]*?/config/Preferences.xml", xml(TOKEN));
        assert!(from_preferences(&volume.path("[plex]*?")).is_ok());
    }
}
