//! Where the token comes from.

use plex_butler_test_support::pms::Pms;

use crate::util::{Dir, Run, TOKEN, preferences, tokens};

#[test]
fn plex_token_wins_over_plex_token_file() {
    let server = Pms::new().start();
    let dir = Dir::new();
    let file = dir.file("token", "from-file");
    let run = |token, file: &str| {
        Run::new(&["stop", "--all"])
            .env("PLEX_URL", server.url())
            .env("PLEX_TOKEN", token)
            .env("PLEX_TOKEN_FILE", file)
            .done()
            .prints("all tasks: stopped\n");
    };
    run("from-variable\r", &file);
    run("", &file);
    run("", "");
    let token = |token: &str| Some(token.to_owned());
    assert_eq!(
        tokens(&server),
        [token("from-variable"), token("from-file"), None]
    );
}

#[test]
fn white_space_and_a_byte_order_mark_around_a_token_are_ignored() {
    let server = Pms::with_token(TOKEN).start();
    let dir = Dir::new();
    for (name, start, end) in [
        ("none", "", ""),
        ("unix", "", "\n"),
        ("windows", "\u{feff}", "\r\n"),
        ("many", " ", " \n\n"),
    ] {
        let file = dir.file(name, format!("{start}{TOKEN}{end}"));
        let args = &["stop", "--all", "--token-file", &file];
        Run::new(args)
            .env("PLEX_URL", server.url())
            .done()
            .prints("all tasks: stopped\n");
    }
}

#[test]
fn an_unusable_token_file_is_named() {
    let dir = Dir::new();
    let run = |file: &str| Run::new(&["list", "--token-file", file]).done();
    run("/does/not/exist").fails(2, &["cannot read the token file /does/not/exist: "]);
    run(&dir.path().to_string_lossy()).fails(2, &["cannot read the token file"]);
    run(&dir.file("empty", "\n")).fails(2, &["is empty"]);
    run(&dir.file("binary", [0xff])).fails(2, &["the token file", "is not UTF-8 text"]);
    run(&dir.file("sentence", format!("the token is {TOKEN}"))).fails(2, &["invalid token"]);
}

#[cfg(unix)]
#[test]
fn a_token_file_that_others_can_read_gets_a_warning() {
    use std::path::Path;

    use crate::util::set_mode;

    let server = Pms::with_token(TOKEN).start();
    let dir = Dir::new();
    let file = dir.file("token", TOKEN);
    for (mode, warns) in [(0o600, false), (0o640, false), (0o644, true), (0o604, true)] {
        set_mode(Path::new(&file), mode);
        let done = Run::new(&["stop", "--all"])
            .env("PLEX_URL", server.url())
            .env("PLEX_TOKEN_FILE", &file)
            .done();
        assert_eq!(
            (done.code, &*done.stdout),
            (Some(0), "all tasks: stopped\n")
        );
        let warning = format!(
            "plex-butler: warning: other users can read the token file {file}; chmod 600 it\n"
        );
        assert_eq!(done.stderr, if warns { &*warning } else { "" }, "{mode:o}");
    }
    Run::new(&["stop", "--all", "--quiet", "--token-file", &file])
        .env("PLEX_URL", server.url())
        .done()
        .prints("");
}

#[cfg(target_os = "linux")]
#[test]
fn a_secret_of_someone_else_brings_no_advice_to_change_its_mode() {
    use std::path::Path;

    use crate::util::set_mode;

    let server = Pms::new().start();
    let dir = Dir::new();
    let mut file = dir.file("secret", TOKEN);
    set_mode(Path::new(&file), 0o444);
    // Only root can give a file away. A file of root's is no less readable by everyone.
    if std::os::unix::fs::chown(&file, Some(12345), None).is_err() {
        file = "/proc/sys/kernel/ostype".into();
    }
    Run::new(&["stop", "--all", "--token-file", &file])
        .env("PLEX_URL", server.url())
        .done()
        .prints("all tasks: stopped\n");
}

#[test]
fn a_token_file_in_utf_16_with_a_byte_order_mark_is_read() {
    let server = Pms::with_token(TOKEN).start();
    let dir = Dir::new();
    let text = format!("\u{feff}{TOKEN}\r\n");
    let bytes = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    for (name, bytes) in [
        ("little", bytes(u16::to_le_bytes)),
        ("big", bytes(u16::to_be_bytes)),
    ] {
        let file = dir.file(name, bytes);
        Run::new(&["stop", "--all", "--token-file", &file])
            .env("PLEX_URL", server.url())
            .done()
            .prints("all tasks: stopped\n");
    }
}

#[test]
fn the_token_can_come_from_stdin() {
    let server = Pms::with_token(TOKEN).start();
    let run = || Run::new(&["stop", "--all", "--token-file", "-"]).env("PLEX_URL", server.url());
    run()
        .done_with_input(&format!("{TOKEN}\n"))
        .prints("all tasks: stopped\n");
    run().done_with_input("").fails(2, &["stdin is empty"]);
}

#[test]
fn stdin_is_read_only_once() {
    let server = Pms::with_token(TOKEN).start();
    let run = |args: &[&str]| {
        Run::new(&[&["stop", "--all", "--header-file", "-"], args].concat())
            .env("PLEX_URL", server.url())
    };
    let twice = &["stdin can be read only once"];
    run(&["--token-file", "-"])
        .done_with_input(TOKEN)
        .fails(2, twice);
    run(&[])
        .env("PLEX_TOKEN_FILE", "-")
        .done_with_input(TOKEN)
        .fails(2, twice);
    run(&[])
        .env("PLEX_TOKEN", TOKEN)
        .done_with_input("X-A: b")
        .prints("all tasks: stopped\n");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_token_of_preferences_xml_is_used() {
    let dir = Dir::new();
    let file = dir.file(
        "Plex Media Server/Preferences.xml",
        preferences("s3cr3t&amp;&#x2d;t0k3n"),
    );
    let server = Pms::with_token("s3cr3t&-t0k3n").start();
    let run = |args: &[&str]| {
        Run::new(&[&["stop", "--all"], args].concat()).env("PLEX_URL", server.url())
    };
    run(&["--preferences", &file])
        .done()
        .prints("all tasks: stopped\n");
    let folder = dir.path().to_str().expect("UTF-8");
    run(&["--preferences", folder])
        .done()
        .prints("all tasks: stopped\n");
    run(&["--token-from-server"])
        .env("PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR", dir.path())
        .env("PLEX_TOKEN", "wrong")
        .done()
        .prints("all tasks: stopped\n");
}

#[test]
fn an_unusable_preferences_xml_is_named() {
    let dir = Dir::new();
    let run = |file: &str| Run::new(&["list", "--preferences", file]).done();
    run("/does/not/exist").fails(2, &["cannot read /does/not/exist: "]);
    run(&dir.path().to_string_lossy()).fails(2, &["found no Preferences.xml below "]);
    run(&dir.file("unclaimed.xml", preferences("")))
        .fails(2, &["unclaimed.xml has no PlexOnlineToken"]);
    run(&dir.file("other.xml", "<Preferences/>")).fails(2, &["other.xml has no PlexOnlineToken"]);
    run(&dir.file("cut.xml", &preferences(TOKEN).as_bytes()[..90]))
        .fails(2, &["cut.xml is not XML"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_data_directory_is_an_error() {
    let dir = Dir::new();
    // A loop of links fails for root too, unlike missing permissions.
    let link = dir.path().join("Plex Media Server");
    std::os::unix::fs::symlink(&link, &link).expect("a link");
    Run::new(&["list", "--token-from-server"])
        .env("PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR", dir.path())
        .done()
        .fails(2, &["cannot read ", "Preferences.xml"]);
}

#[test]
fn an_unclaimed_server_is_not_said_to_need_no_token() {
    let dir = Dir::new();
    let done = Run::new(&[
        "list",
        "--preferences",
        &dir.file("Preferences.xml", preferences("")),
    ])
    .done();
    // Through a container's gateway even an unclaimed server wants a token.
    assert!(
        !done.stderr.contains("no token") && !done.stderr.contains("leave"),
        "{}",
        done.stderr
    );
    done.fails(2, &["has no PlexOnlineToken; sign in to the server"]);
}
