//! The tokens of a server on this machine: the one in its settings, and its local admin token, which it writes into
//! a separate file at every start.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::places::{self, Place};
use super::{Token, preferences};
use crate::environment::variable;
use crate::failure::Failure;
use crate::file::{self, open_regular};
use crate::token_text;

/// The tokens with the settings that the user names: this file, or one below this folder.
pub(super) fn named(path: &Path) -> Result<Vec<Token>, Failure> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => cannot_read(path, &error),
        _ => file::cannot_open("server's settings", path, &error),
    })?;
    if !metadata.is_dir() {
        return tokens(&Place::named(path), File::open(path));
    }
    if path.ends_with("Preferences.xml") {
        return tokens(&Place::named(path), open_regular(path));
    }
    newest(places::below(path))?.ok_or_else(|| {
        Failure::usage(format!(
            "found no Preferences.xml at the usual places below {}; name the file itself",
            path.display()
        ))
    })
}

/// The tokens of the server on this machine.
pub(super) fn on_this_machine() -> Result<Vec<Token>, Failure> {
    #[cfg(windows)]
    {
        let tokens = on_windows();
        if !tokens.is_empty() {
            return Ok(tokens);
        }
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

/// The tokens of the server that this user runs, or else of one that is a service. Only administrators can read the latter's.
#[cfg(windows)]
fn on_windows() -> Vec<Token> {
    let [own, service] = places::LOCAL_ADMIN_TOKENS_ON_WINDOWS.map(|(folder, file)| {
        let file = PathBuf::from(variable(folder)?).join(file);
        local_admin_token(&Place::named(&file)).ok().flatten()
    });
    let mut tokens: Vec<Token> = super::registry::token(super::registry::SERVER)
        .into_iter()
        .chain(own)
        .collect();
    if tokens.is_empty() {
        tokens.extend(service);
    }
    tokens
}

/// The tokens with the newest settings file that has any, in the order of their use; `None` if there is no file at all.
/// Without a file, a local admin token at its place counts as the oldest: macOS keeps the settings elsewhere.
fn newest(places: Vec<Place>) -> Result<Option<Vec<Token>>, Failure> {
    let mut newest: Option<(SystemTime, Vec<Token>)> = None;
    let mut failure = None;
    for place in places {
        let file = place.open();
        let found = match &file {
            Err(error) if is_missing(error) => {
                match local_admin_token(&place.local_admin_token()) {
                    Ok(None) => continue,
                    token => token.map(|token| (SystemTime::UNIX_EPOCH, Vec::from_iter(token))),
                }
            }
            _ => {
                let modified = modified(&file).unwrap_or(SystemTime::UNIX_EPOCH);
                tokens(&place, file).map(|tokens| (modified, tokens))
            }
        };
        match found {
            Ok(found) if newest.as_ref().is_none_or(|newest| found.0 > newest.0) => {
                newest = Some(found)
            }
            Ok(_) => {}
            Err(without_token) => failure = failure.or(Some(without_token)),
        }
    }
    match (newest, failure) {
        (None, Some(failure)) => Err(failure),
        (newest, _) => Ok(newest.map(|(_, tokens)| tokens)),
    }
}

fn modified(file: &io::Result<File>) -> Option<SystemTime> {
    file.as_ref().ok()?.metadata().ok()?.modified().ok()
}

/// The tokens with a settings file: at least one, or why there is none.
fn tokens(settings: &Place, file: io::Result<File>) -> Result<Vec<Token>, Failure> {
    let path = settings.path();
    let mut tokens = Vec::new();
    let mut failure = None;
    for token in [
        settings_token(&path, file),
        local_admin_token(&settings.local_admin_token()),
    ] {
        match token {
            Ok(token) => tokens.extend(token),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    match (tokens.is_empty(), failure) {
        (false, _) => Ok(tokens),
        (true, failure) => Err(failure.unwrap_or_else(|| preferences::no_token(&path))),
    }
}

/// The token in a settings file, unless it has none.
fn settings_token(path: &Path, file: io::Result<File>) -> Result<Option<Token>, Failure> {
    let content = file
        .and_then(file::read)
        .map_err(|error| cannot_read(path, &error))?;
    let token = preferences::token(path, content)?;
    Ok(token.map(|text| Token::new(text, path.display().to_string())))
}

/// The local admin token in this file, if the file exists.
fn local_admin_token(place: &Place) -> Result<Option<Token>, Failure> {
    let path = place.path();
    let content = match place.open().and_then(file::read) {
        Err(error) if is_missing(&error) => return Ok(None),
        content => content.map_err(|error| cannot_read(&path, &error))?,
    };
    let text = file::decode(content).unwrap_or_default();
    match text.trim() {
        token if token_text::is_sendable(token) => Ok(Some(Token {
            is_local: true,
            ..Token::new(token, path.display().to_string())
        })),
        _ => Err(Failure::usage(format!("{} has no token", path.display()))),
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
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
    #[cfg(unix)]
    use std::os::unix::fs::symlink;
    #[cfg(target_os = "linux")]
    use std::sync::mpsc;
    #[cfg(target_os = "linux")]
    use std::thread;
    use std::time::Duration;
    #[cfg(target_os = "linux")]
    use std::time::Instant;

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

        fn tokens(&self) -> Result<Option<Vec<Token>>, Failure> {
            newest(places::on_this_machine(
                self.0.path(),
                Some(&self.path("/home/me")),
                None,
            ))
        }

        #[track_caller]
        fn message(&self) -> String {
            self.tokens().err().expect("no token").message
        }

        #[track_caller]
        fn assert_token(&self, token: &str, path: &str) {
            self.assert_tokens(&[(token, path)]);
        }

        #[track_caller]
        fn assert_tokens(&self, expected: &[(&str, &str)]) {
            let found = self
                .tokens()
                .unwrap_or_else(|failure| panic!("{expected:?}: {}", failure.message));
            self.assert_found(found.unwrap_or_default(), expected);
        }

        #[track_caller]
        fn assert_found(&self, found: Vec<Token>, expected: &[(&str, &str)]) {
            let found: Vec<_> = found
                .into_iter()
                .map(|token| (token.text, PathBuf::from(token.source)))
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(token, path)| (token.to_string(), self.path(path)))
                .collect();
            assert_eq!(found, expected);
        }
    }

    fn xml(token: &str) -> String {
        format!(r#"<?xml version="1.0" encoding="utf-8"?><Preferences PlexOnlineToken="{token}"/>"#)
    }

    fn property_list(token: &str) -> String {
        format!("<plist><dict><key>PlexOnlineToken</key><string>{token}</string></dict></plist>")
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
            "/volume1/@apphome/PlexMediaServer/Plex Media Server/Preferences.xml",
            "/volume2/Plex/Library/Application Support/Plex Media Server/Preferences.xml",
            "/volume1/Plex/Library/Plex Media Server/Preferences.xml",
            "/mnt/HD/HD_a2/Nas_Prog/plex_conf/Plex Media Server/Preferences.xml",
            "/apps/plexmediaserver-annex/MediaLibrary/Plex Media Server/Preferences.xml",
            "/apps/plexmediaserver/MediaLibrary/Plex Media Server/Preferences.xml",
            "/home/plex/Library/Application Support/Plex Media Server/Preferences.xml",
            "/raid/data/module/Plex/sys/Plex Media Server/Preferences.xml",
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
            let local =
                format!("{home}/Library/Application Support/Plex Media Server/.LocalAdminToken");
            let machine = Machine::new()
                .with(&path, property_list(TOKEN))
                .with(&local, "l0cal\n");
            let files = places::on_macos(machine.0.path(), Some(&machine.path("/home/me")));
            let found = newest(files).ok().flatten().expect("tokens");
            machine.assert_found(found, &[(TOKEN, &path), ("l0cal", &local)]);
            if !cfg!(target_os = "macos") {
                assert!(machine.tokens().ok().flatten().is_none(), "{path}");
            }
        }
    }

    #[test]
    fn moved_settings_are_found_through_the_system_configuration() {
        let drop_in = "/etc/systemd/system/plexmediaserver.service.d/override.conf";
        let unit = "/etc/systemd/system/plexmediaserver.service";
        for (reference, text, folder) in [
            (
                unit,
                "[Service]\nEnvironment=\"PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=/data/plex media\"\n\
                 ExecStart=/bin/sh -c 'exec \"/usr/lib/plexmediaserver/Plex Media Server\"'\n",
                "/data/plex media/Plex Media Server",
            ),
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
                "[Other]\nInstall_Path = /wrong\n[PlexMediaServer]\nName = PlexMediaServer\n\
                 Install_Path = /share/CACHEDEV1_DATA/.qpkg/PlexMediaServer\n[Last]\nInstall_Path = /wrong\n",
                "/share/CACHEDEV1_DATA/.qpkg/PlexMediaServer/Library/Plex Media Server",
            ),
            (
                "/etc/config/qpkg.conf",
                "[plexmediaserver]\ninstall_path=/share/plex\n",
                "/share/plex/Library/Plex Media Server",
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
                .tokens()
                .unwrap()
                .is_none()
        );
        assert!(!marker.exists());
    }

    #[test]
    fn the_system_configuration_can_have_any_bytes() {
        for reference in [
            "/etc/systemd/system/plexmediaserver.service.d/override.conf",
            "/etc/default/plexmediaserver",
        ] {
            let text = b"# f\xfcr Plex\nPLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR=/data\n";
            let path = "/data/Plex Media Server/Preferences.xml";
            Machine::new()
                .with(reference, text)
                .with(path, xml(TOKEN))
                .assert_token(TOKEN, path);
        }
    }

    #[test]
    fn the_folder_in_the_environment_is_searched_too() {
        let path = "/data/Plex Media Server/Preferences.xml";
        let machine = Machine::new().with(path, xml(TOKEN));
        let data = machine.path("/data");
        let files = places::on_this_machine(machine.0.path(), None, Some(&data));
        let found = newest(files).ok().flatten().expect("tokens");
        machine.assert_found(found, &[(TOKEN, path)]);
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
    fn the_newest_settings_count_with_their_own_local_admin_token_only() {
        let [old, new] = ["/config", "/var/lib/plex/Plex Media Server"].map(|folder| {
            [
                format!("{folder}/Preferences.xml"),
                format!("{folder}/.LocalAdminToken"),
            ]
        });
        let machine = Machine::new()
            .with(&old[0], xml(TOKEN))
            .aged(&old[0], 2000)
            .with(&old[1], "old-local")
            .with(&new[0], xml(""))
            .aged(&new[0], 1000);
        machine.assert_tokens(&[(TOKEN, &old[0]), ("old-local", &old[1])]);
        // Of an unclaimed server.
        let machine = machine.with(&new[1], " new-local\r\n");
        machine.assert_token("new-local", &new[1]);
        // When the server has started is not when its settings have changed.
        machine
            .aged(&new[1], 9000)
            .assert_token("new-local", &new[1]);
    }

    #[test]
    fn settings_without_a_token_are_reported() {
        let settings = "/config/Preferences.xml";
        let local = "/config/.LocalAdminToken";
        assert!(Machine::new().tokens().unwrap().is_none());
        let unclaimed = Machine::new().with(settings, xml(""));
        assert!(
            unclaimed
                .message()
                .contains("Preferences.xml has no PlexOnlineToken")
        );
        for text in ["", "two words", "\0"] {
            let message = Machine::new()
                .with(settings, xml(""))
                .with(local, text)
                .message();
            assert!(
                message.ends_with(".LocalAdminToken has no token"),
                "{message}"
            );
        }
        for unusable in ["<cut".into(), xml("two words")] {
            Machine::new()
                .with(settings, unusable)
                .with(local, "l0cal")
                .assert_token("l0cal", local);
        }
        Machine::new()
            .with(settings, xml(TOKEN))
            .with(local, "two words")
            .assert_token(TOKEN, settings);
    }

    #[test]
    fn a_folder_in_place_of_the_settings_is_called_a_folder() {
        let machine = Machine::new().with("/config/Preferences.xml/file", "");
        let folder = machine.path("/config/Preferences.xml");
        let message = format!("cannot read {}: it is a folder", folder.display());
        assert_eq!(machine.message(), message);
        for path in [folder, machine.path("/config")] {
            assert_eq!(
                named(&path).err().map(|failure| failure.message).as_ref(),
                Some(&message)
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_no_local_admin_token() {
        let local = "/config/.LocalAdminToken";
        for (reason, link) in [
            (
                "symbolic",
                symlink as fn(PathBuf, PathBuf) -> io::Result<()>,
            ),
            ("hard", fs::hard_link),
        ] {
            let machine = Machine::new()
                .with("/config/Preferences.xml", xml(""))
                .with("/root/secret", "s3cr3t");
            link(machine.path("/root/secret"), machine.path(local)).unwrap();
            let message = machine.message();
            let end = format!("{reason} link");
            assert!(message.ends_with(&end), "{message}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_below_a_folder_leads_to_no_token() {
        let settings = "Plex Media Server/Preferences.xml";
        let local = "Plex Media Server/.LocalAdminToken";
        let victim = || {
            Machine::new()
                .with(&format!("/victim/{settings}"), xml(TOKEN))
                .with(&format!("/victim/{local}"), "l0cal")
        };
        let assert_refused = |found: Result<Option<Vec<Token>>, Failure>, name: &str| {
            let message = found.err().expect("no token").message;
            let end = format!("{name} is a symbolic link");
            assert!(message.ends_with(&end), "{message}");
        };
        let all = |machine: &Machine, folder: &str| named(&machine.path(folder)).map(Some);
        for attacker in ["/attacker", "/volume1/PlexMediaServer/AppData"] {
            for (link, target) in [
                ("Plex Media Server", "/victim/Plex Media Server"),
                (settings, "/victim/Plex Media Server/Preferences.xml"),
            ] {
                let machine = victim().with(&format!("{attacker}/other"), "");
                let link = machine.path(&format!("{attacker}/{link}"));
                fs::create_dir_all(link.parent().unwrap()).unwrap();
                symlink(machine.path(target), &link).unwrap();
                let name = link.file_name().unwrap().to_str().unwrap();
                assert_refused(all(&machine, attacker), name);
                if attacker != "/attacker" {
                    assert_refused(machine.tokens(), name);
                    // The volume, and the folder above it.
                    assert_refused(all(&machine, "/volume1/PlexMediaServer"), name);
                }
            }
        }
        // Of a settings file that is named, only the file itself is read.
        let machine = victim().with("/attacker/Preferences.xml", xml("own"));
        symlink(
            machine.path(&format!("/victim/{local}")),
            machine.path("/attacker/.LocalAdminToken"),
        )
        .unwrap();
        let own = "/attacker/Preferences.xml";
        machine.assert_found(
            named(&machine.path(own)).unwrap_or_default(),
            &[("own", own)],
        );
    }

    #[cfg(unix)]
    #[test]
    fn settings_that_are_a_hard_link_are_not_read() {
        let settings = "/config/Preferences.xml";
        let machine = Machine::new()
            .with("/root/Preferences.xml", xml(TOKEN))
            .with("/config/other", "");
        fs::hard_link(
            machine.path("/root/Preferences.xml"),
            machine.path(settings),
        )
        .unwrap();
        assert!(machine.message().ends_with("it is a hard link"));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_can_be_reached_through_links() {
        let file = "Library/Application Support/Plex Media Server/Preferences.xml";
        let moved = Machine::new().with(&format!("/disk/{file}"), xml(TOKEN));
        fs::create_dir_all(moved.path("/var/lib")).unwrap();
        let folder = "/var/lib/plexmediaserver";
        symlink(moved.path("/disk"), moved.path(folder)).unwrap();
        let path = format!("{folder}/{file}");
        moved.assert_token(TOKEN, &path);
        let found = named(&moved.path(folder)).unwrap_or_default();
        moved.assert_found(found, &[(TOKEN, &path)]);
        // A file that the user names can be one.
        let link = "/settings";
        symlink(moved.path(&path), moved.path(link)).unwrap();
        let found = named(&moved.path(link)).unwrap_or_default();
        moved.assert_found(found, &[(TOKEN, link)]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_a_token_belongs_to_the_owner_of_its_folder() {
        let local = "/config/.LocalAdminToken";
        let machine = Machine::new()
            .with("/config/Preferences.xml", xml(""))
            .with(local, "l0cal");
        // Only root can give a folder away.
        if std::os::unix::fs::chown(machine.path("/config"), Some(12345), None).is_ok() {
            let message = machine.message();
            assert!(
                message.ends_with("it does not belong to the owner of its folder"),
                "{message}"
            );
        }
    }

    /// Puts something at a path.
    #[cfg(target_os = "linux")]
    type Maker<'a> = &'a dyn Fn(&Path);

    /// Replaces what is at a path, in turns, while the tokens of the machine are read. Returns those.
    #[cfg(target_os = "linux")]
    fn race(machine: Machine, path: &str, makers: &[Maker<'_>]) -> Vec<String> {
        const READS: usize = 5000;
        const LIMIT: Duration = Duration::from_secs(60);

        let (path, spare) = (machine.path(path), machine.path("/config/spare"));
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let read = |_| machine.tokens().ok().flatten().unwrap_or_default();
            let tokens = (0..READS).flat_map(read).map(|token| token.text);
            let tokens: Vec<String> = tokens.collect();
            sender.send((machine, tokens))
        });
        let started = Instant::now();
        let mut makers = makers.iter().cycle();
        loop {
            makers.next().unwrap()(&spare);
            fs::rename(&spare, &path).unwrap();
            if let Ok((_machine, tokens)) = receiver.try_recv() {
                return tokens;
            }
            assert!(started.elapsed() < LIMIT, "a pipe is waited for");
        }
    }

    #[cfg(target_os = "linux")]
    fn make_pipe(path: &Path) {
        use rustix::fs::{CWD, FileType, Mode, mknodat};

        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_local_admin_token_that_is_replaced_while_it_is_read_is_no_secret() {
        let machine = Machine::new()
            .with("/config/Preferences.xml", xml(""))
            .with("/root/own", "s3cr3t")
            .with("/root/foreign", "s3cr3t");
        let [own, foreign] = ["/root/own", "/root/foreign"].map(|path| machine.path(path));
        let file = |path: &Path| fs::write(path, "l0cal").unwrap();
        let link = |path: &Path| symlink(&own, path).unwrap();
        let hard_link = |path: &Path| fs::hard_link(&foreign, path).unwrap();
        let mut makers: Vec<Maker<'_>> = vec![&file, &link, &file, &make_pipe];
        // Only root can give a file away. A hard link to a file of one's own can be missed, but is no secret.
        if std::os::unix::fs::chown(&foreign, Some(12345), None).is_ok() {
            makers.extend([&file as Maker<'_>, &hard_link]);
        }
        let tokens = race(machine, "/config/.LocalAdminToken", &makers);
        assert!(tokens.iter().all(|token| token == "l0cal"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn settings_that_are_replaced_by_a_pipe_are_not_waited_for() {
        let machine = Machine::new().with("/config/.LocalAdminToken", "l0cal");
        let file = |path: &Path| fs::write(path, xml(TOKEN)).unwrap();
        let tokens = race(machine, "/config/Preferences.xml", &[&file, &make_pipe]);
        assert!(
            tokens
                .iter()
                .all(|token| [TOKEN, "l0cal"].contains(&&**token))
        );
    }

    #[test]
    fn a_local_admin_token_without_settings_is_found() {
        let local = "/data/Plex Media Server/.LocalAdminToken";
        let machine = Machine::new().with(local, "l0cal");
        for folder in ["/data/Plex Media Server", "/data"] {
            let found = named(&machine.path(folder)).unwrap_or_default();
            machine.assert_found(found, &[("l0cal", local)]);
        }
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn a_property_list_is_read_only_if_it_is_named() {
        let path = "/Library/Preferences/com.plexapp.plexmediaserver.plist";
        let machine = Machine::new().with(path, property_list(TOKEN));
        assert!(named(&machine.path("/")).is_err());
        let found = named(&machine.path(path)).unwrap_or_default();
        machine.assert_found(found, &[(TOKEN, path)]);
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
            let found = named(volume.0.path()).unwrap_or_default();
            volume.assert_found(found, &[(TOKEN, path)]);
        }
        let deeper = Machine::new().with("a/b/config/Preferences.xml", xml(TOKEN));
        let failure = named(deeper.0.path()).err().expect("too deep");
        assert!(
            failure
                .message
                .contains("found no Preferences.xml at the usual places below"),
            "{}",
            failure.message
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_path_can_contain_pattern_characters() {
        let volume = Machine::new().with("[plex]*?/config/Preferences.xml", xml(TOKEN));
        assert!(named(&volume.path("[plex]*?")).is_ok());
    }
}
