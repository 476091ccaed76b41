//! Where the token comes from.

use std::fs;
#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::io::Write;
#[cfg(unix)]
use std::process::Command;
#[cfg(unix)]
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plex_butler_test_support::http::{HttpServer, Request, Response};
use plex_butler_test_support::pms::Pms;

use crate::util::{Dir, Done, Run, TOKEN, preferences, tokens};

const LOCAL_ADMIN_TOKEN: &str = "l0c4l-4dm1n-t0k3n";

/// A server that accepts this token only. It runs a script when it has seen a request.
fn server_that(
    token: &str,
    script: impl Fn(&Request) -> Option<Response> + Send + Sync + 'static,
) -> HttpServer {
    let pms = Pms::with_token(token);
    HttpServer::start(move |request| script(request).unwrap_or_else(|| pms.answer(request)))
}

fn tokens_of(server: &HttpServer) -> Vec<String> {
    let requests = server.requests();
    let token = |request: &Request| request.header("X-Plex-Token").unwrap_or("none").to_owned();
    requests.iter().map(token).collect()
}

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
    run(&dir.file("sentence", format!("the token is {TOKEN}"))).fails(
        2,
        &["(--token-file) must hold only the token: it has a space"],
    );
}

#[test]
fn a_token_in_place_of_a_path_is_not_shown() {
    let jwt = format!("eyJh.eyJz.{}", "c2ln".repeat(100));
    let assert_hidden = |done: Done, token: &str| {
        assert!(!done.stderr.contains(token), "{}", done.stderr);
        done.fails(2, &["its name is not shown, because it can be a secret"]);
    };
    for token in [
        TOKEN,
        "abcdefghijklmnop",
        &jwt,
        "X-Plex-Token=abcdefghijklmnop",
        "'abcdefgh'",
        "abcdefghijklmnop/",
        "token:abcdefghijklmnop",
        "X-Plex-Token: abcdefgh",
    ] {
        for option in ["--token-file", "--preferences", "--header-file", "--ca"] {
            assert_hidden(Run::new(&["list", option, token]).done(), token);
        }
        let run = Run::new(&["list"]).env("PLEX_TOKEN_FILE", format!("{token}\n"));
        assert_hidden(run.done(), token);
    }
    // A path with a typo keeps its name.
    for path in [
        "plex-tokn",
        "secrets/plex-butler-token",
        ".plex-token-of-mine",
    ] {
        let run = Run::new(&["list", "--token-file", path]);
        run.done().fails(2, &[&format!("the token file {path}: ")]);
    }
}

#[test]
fn a_header_in_place_of_a_path_is_not_shown() {
    let header = "Authorization: Basic YTpi+/==";
    let done = Run::new(&["list", "--header-file", header]).done();
    assert!(!done.stderr.contains("YTpi"), "{}", done.stderr);
    done.fails(2, &["give the path of a file that has the header"]);
}

#[test]
fn a_line_break_at_the_end_of_a_path_is_told() {
    for path in ["plex-tokn\r", "plex-tokn\n"] {
        let run = Run::new(&["list", "--token-file", path]);
        run.done()
            .fails(2, &["plex-tokn: ", "its name ends in a line break"]);
    }
}

#[test]
fn a_path_that_no_shell_has_completed_is_told() {
    for path in ["~/.plex-token", "$HOME/.plex-token", "%d/plex-token"] {
        let file = format!("the token file {path}: ");
        let parts = &[&file, "write the whole path"][..];
        let run = Run::new(&["list"]).env("PLEX_TOKEN_FILE", path);
        run.done().fails(2, parts);
        let argument = format!("--token-file={path}");
        Run::new(&["list", &argument]).done().fails(2, parts);
    }
}

#[test]
fn what_is_no_token_is_not_sent() {
    let server = Pms::new().start();
    let dir = Dir::new();
    const REST: &str = "must hold only the token; remove the rest";
    for (text, part) in [
        (
            "claim-s3cr3t-t0k3n-0123456789",
            "has no token: it is a claim code",
        ),
        ("PLEX_TOKEN=s3cr3t-t0k3n-0123456789", REST),
        ("X-Plex-Token: s3cr3t-t0k3n-0123456789", REST),
        (r#"{"token":"s3cr3t-t0k3n-0123456789"}"#, REST),
        ("s3cr3t-t0k3n-0123456789&X-Plex-Language=en", REST),
        (
            "\"s3cr3t-t0k3n-0123456789\"",
            "must hold only the token; remove the quotes",
        ),
        (
            "s3cr3t-t0k3n-0123456789 of-me",
            "must hold only the token: it has a space",
        ),
        ("/run/secrets/plex-token", "has no token: it is a path"),
        ("~/.plex-token", "has no token: it is a path"),
        ("op://vault/plex/token", "has no token: it is a path"),
        ("${PLEX_TOKEN}", "has no token: it is a variable"),
        (
            "$(cat /run/secrets/plex-token)",
            "has no token: it is a variable",
        ),
        ("%d/plex-token", "has no token: it is a variable"),
        (
            &preferences(TOKEN),
            "has no token: it is the settings of a server; use --preferences",
        ),
        ("<html></html>", "has no token: it is a web page"),
    ] {
        let file = dir.file("credentials/plex-token", text);
        let run = |args: &[&str]| Run::new(&[&["list", "--url", &server.url()], args].concat());
        let from_file = format!("the token file {file} (--token-file) {part}");
        run(&["--token-file", &file]).done().fails(2, &[&from_file]);
        let from_stdin = format!("stdin (--token-file) {part}");
        run(&["--token-file", "-"])
            .done_with_input(text)
            .fails(2, &[&from_stdin]);
        let from_variable = format!("PLEX_TOKEN {part}");
        run(&[])
            .env("PLEX_TOKEN", text)
            .done()
            .fails(2, &[&from_variable]);
        run(&[])
            .env("CREDENTIALS_DIRECTORY", dir.path().join("credentials"))
            .done()
            .fails(2, &[&format!("plex-token (CREDENTIALS_DIRECTORY) {part}")]);
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn the_local_admin_token_is_sent_to_this_machine_only() {
    let server = Pms::with_token(LOCAL_ADMIN_TOKEN).start();
    let dir = Dir::new();
    let settings = dir.file("Preferences.xml", preferences(""));
    let local = dir.file(".LocalAdminToken", LOCAL_ADMIN_TOKEN);
    let run = |url: &str| Run::new(&["stop", "--all", "--preferences", &settings, "--url", url]);
    let port = server.address().port();
    let mut own = vec![
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
    ];
    if cfg!(unix) {
        own.push(format!("http://0.0.0.0:{port}"));
    }
    for url in own {
        run(&url).done().prints("all tasks: stopped\n");
    }
    for (url, reason) in [
        (
            "http://203.0.113.7:32400",
            "203.0.113.7 is not an address of this machine",
        ),
        (
            "http://plex.invalid:32400",
            "plex.invalid is not an address; use one of this machine, such as 127.0.0.1",
        ),
    ] {
        let message = format!("the local admin token {local} is not sent, because {reason}; ");
        run(url).done().fails(2, &[&message]);
    }
    let proxied = ["list", "--preferences", &settings, "--proxy", &server.url()];
    let proxied = Run::new(&proxied).done();
    proxied.fails(2, &["requests go through a proxy"]);
    assert!(tokens(&server).iter().all(Option::is_some));
}

/// With this setting of Linux every address can be bound, as if it were this machine's.
#[cfg(target_os = "linux")]
#[test]
fn an_address_that_can_be_bound_is_not_therefore_this_machines() {
    let dir = Dir::new();
    let settings = dir.file("Preferences.xml", preferences(""));
    dir.file(".LocalAdminToken", LOCAL_ADMIN_TOKEN);
    // A network of its own, in which nothing is reached.
    let in_network = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net", "sh", "-c", script]);
        command.args([env!("CARGO_BIN_EXE_plex-butler"), &settings]);
        command
    };
    let set = "echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind";
    // Not every machine allows that.
    if !in_network(set)
        .status()
        .is_ok_and(|status| status.success())
    {
        return;
    }
    let list = r#"exec "$0" list --preferences "$1" --url http://203.0.113.7:32400"#;
    let output = in_network(&format!("{set} && {list}")).output();
    let done = Done::from(output.expect("the program runs"));
    done.fails(2, &["203.0.113.7 is not an address of this machine"]);
}

#[test]
fn a_token_of_the_run_is_not_in_its_messages() {
    let refused = "r3fus3d-t0k3n-0123456789";
    let server = server_that(TOKEN, |request| {
        let is_list = request.method == "GET";
        let name = |name: &str| {
            format!(r#"{{"name":"{name}","interval":1,"scheduleRandomized":false,"enabled":true}}"#)
        };
        let tasks = [TOKEN, "r3fus3d-t0k3n-0123456789", "r3fus3d+t0k3n"]
            .map(name)
            .join(",");
        let list = format!(r#"{{"ButlerTasks":{{"ButlerTask":[{tasks}]}}}}"#);
        let is_accepted = request.header("X-Plex-Token") != Some("r3fus3d-t0k3n-0123456789");
        is_accepted.then(|| match is_list {
            true => Response::of_pms(200).json(list),
            false => Response::of_pms(500),
        })
    });
    let dir = Dir::new();
    let settings = dir.file("Preferences.xml", preferences(refused));
    dir.file(".LocalAdminToken", TOKEN);
    for options in [&[][..], &["--verbose"], &["--json"], &["--json", "-v"]] {
        for task in [
            "r3fus3d",
            "s3cr3t",
            "R3fus3d-t0k3n-0123456789",
            "S3cr3t-t0k3n-0123456789",
        ] {
            let args = [
                "start",
                task,
                "--preferences",
                &settings,
                "--url",
                &server.url(),
            ];
            let done = Run::new(&[&args, options].concat()).done();
            assert_ne!(done.code, Some(0));
            for output in [done.stdout, done.stderr] {
                assert!(
                    !output.contains(TOKEN) && !output.contains(refused),
                    "{output}"
                );
            }
        }
    }
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
fn a_credential_of_systemd_is_used_last() {
    let server = Pms::new().start();
    let dir = Dir::new();
    let file = dir.file("token", "from-file");
    dir.file("credentials/plex-token", "from-credential\n");
    let run = |token, file: &str| {
        Run::new(&["stop", "--all"])
            .env("PLEX_URL", server.url())
            .env("PLEX_TOKEN", token)
            .env("PLEX_TOKEN_FILE", file)
            .env("CREDENTIALS_DIRECTORY", dir.path().join("credentials"))
            .done()
            .prints("all tasks: stopped\n");
    };
    run("from-variable", &file);
    run("", &file);
    run("", "");
    let token = |token: &str| Some(token.to_owned());
    assert_eq!(
        tokens(&server),
        [
            token("from-variable"),
            token("from-file"),
            token("from-credential")
        ]
    );
}

#[test]
fn a_missing_credential_is_no_token_and_an_unreadable_one_is_an_error() {
    let server = Pms::new().start();
    let dir = Dir::new();
    dir.file("of-another-service/other", TOKEN);
    dir.file("unreadable/plex-token/file", TOKEN);
    dir.file("empty/plex-token", "\n");
    let run = |folder: &str| {
        Run::new(&["stop", "--all"])
            .env("PLEX_URL", server.url())
            .env("CREDENTIALS_DIRECTORY", dir.path().join(folder))
            .done()
    };
    for folder in ["of-another-service", "missing"] {
        run(folder).prints("all tasks: stopped\n");
    }
    run("unreadable").fails(2, &["cannot read the token file", "plex-token"]);
    run("empty").fails(2, &["plex-token is empty"]);
    assert_eq!(tokens(&server), [None, None]);
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
    run("/does/not/exist").fails(2, &["cannot read the server's settings /does/not/exist: "]);
    run(&dir.path().to_string_lossy())
        .fails(2, &["found no Preferences.xml at the usual places below "]);
    run(&dir.file("unclaimed.xml", preferences("")))
        .fails(2, &["unclaimed.xml has no PlexOnlineToken"]);
    run(&dir.file("other.xml", "<Preferences/>")).fails(2, &["other.xml has no PlexOnlineToken"]);
    run(&dir.file("cut.xml", &preferences(TOKEN).as_bytes()[..90]))
        .fails(2, &["cut.xml is not XML"]);
    let done = run(&dir.file("words.xml", preferences("two words")));
    // The file is the server's, and must not be changed.
    assert!(!done.stderr.contains("nothing else"), "{}", done.stderr);
    done.fails(2, &["words.xml has an invalid PlexOnlineToken"]);
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

#[test]
fn the_local_admin_token_is_used_if_the_settings_have_none() {
    let server = Pms::with_token(LOCAL_ADMIN_TOKEN).start();
    let dir = Dir::new();
    let settings = dir.file("Plex Media Server/Preferences.xml", preferences(""));
    let local = format!(" {LOCAL_ADMIN_TOKEN}\r\n");
    dir.file("Plex Media Server/.LocalAdminToken", local);
    let run = |args: &[&str]| {
        Run::new(&[&["stop", "--all", "--url", &server.url()], args].concat())
            .env("PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR", dir.path())
            .done()
            .prints("all tasks: stopped\n");
    };
    run(&["--preferences", &settings]);
    run(&["--preferences", dir.path().to_str().expect("UTF-8")]);
    run(&["--token-from-server"]);
}

#[test]
fn the_local_admin_token_is_used_after_the_settings_token_was_refused() {
    let server = Pms::with_token(LOCAL_ADMIN_TOKEN).start();
    let dir = Dir::new();
    let settings = dir.file("Preferences.xml", preferences(TOKEN));
    let local = dir.file(".LocalAdminToken", LOCAL_ADMIN_TOKEN);
    let args = [
        "start",
        "backup-database",
        "optimize-database",
        "--preferences",
        &settings,
        "--url",
        &server.url(),
    ];
    Run::new(&args)
        .done()
        .prints("BackupDatabase: accepted\nOptimizeDatabase: accepted\n");
    // The token that worked stays for the run.
    let token = |token: &str| Some(token.to_owned());
    let (refused, accepted) = (token(TOKEN), token(LOCAL_ADMIN_TOKEN));
    assert_eq!(tokens(&server), [refused, accepted.clone(), accepted]);

    let done = Run::new(&[&args[..], &["--verbose"]].concat()).done();
    let [first, then] = [settings, local].map(|file| format!("token: {file}\n"));
    let (before, after) = done.stderr.split_once("401").expect("the refusal");
    assert!(
        before.contains(&first) && after.contains(&then),
        "{}",
        done.stderr
    );
    assert!(!done.stderr.contains(LOCAL_ADMIN_TOKEN), "{}", done.stderr);
}

#[test]
fn a_local_admin_token_of_the_servers_previous_run_is_read_anew() {
    let dir = Dir::new();
    let settings = dir.file("Preferences.xml", preferences(""));
    let local = dir.file(".LocalAdminToken", "previous");
    let server = server_that(LOCAL_ADMIN_TOKEN, move |_| {
        fs::write(&local, LOCAL_ADMIN_TOKEN).expect("a file");
        None
    });
    Run::new(&["start", "backup-database", "--preferences", &settings])
        .env("PLEX_URL", server.url())
        .done()
        .prints("BackupDatabase: accepted\n");
    assert_eq!(tokens_of(&server), ["previous", LOCAL_ADMIN_TOKEN]);
}

#[test]
fn a_local_admin_token_is_read_anew_after_waiting_for_the_server() {
    let dir = Dir::new();
    let settings = dir.file("Preferences.xml", preferences(""));
    let local = dir.file(".LocalAdminToken", "previous");
    let is_up = AtomicBool::new(false);
    let server = server_that(LOCAL_ADMIN_TOKEN, move |_| {
        if is_up.swap(true, Ordering::SeqCst) {
            return None;
        }
        fs::write(&local, LOCAL_ADMIN_TOKEN).expect("a file");
        Some(Response::of_pms(503))
    });
    let args = ["list", "BackupDatabase", "--retry", "60"];
    let done = Run::new(&[&args[..], &["--preferences", &settings]].concat())
        .env("PLEX_URL", server.url())
        .done();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let (last, waiting) = (LOCAL_ADMIN_TOKEN.to_owned(), "previous".to_owned());
    assert_eq!(tokens_of(&server), [waiting.clone(), waiting, last]);
}

#[test]
fn a_refused_token_is_not_sent_in_place_of_another() {
    let server = Pms::with_token("other").start();
    let dir = Dir::new();
    let settings = dir.file("Preferences.xml", preferences(TOKEN));
    let run = |args: &[&str]| {
        Run::new(&[&["start", "backup-database"], args].concat())
            .env("PLEX_URL", server.url())
            .done()
            .fails(3, &["401: Unauthorized"]);
        server.requests().len()
    };
    assert_eq!(run(&["--preferences", &settings]), 1);
    dir.file(".LocalAdminToken", TOKEN);
    assert_eq!(run(&["--preferences", &settings]), 2);
    dir.file(".LocalAdminToken", LOCAL_ADMIN_TOKEN);
    assert_eq!(run(&["--preferences", &settings]), 4);
    // A file that the user names holds one token.
    let file = dir.file("token", TOKEN);
    assert_eq!(run(&["--token-file", &file]), 5);
}

/// A pipe with this text for the first who opens it, and whether someone has.
#[cfg(unix)]
fn pipe(dir: &Dir, name: &str, text: String) -> (String, Arc<AtomicBool>) {
    let path = dir.path().join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo runs").success());
    let was_opened = Arc::new(AtomicBool::new(false));
    let (opened, pipe) = (was_opened.clone(), path.clone());
    std::thread::spawn(move || {
        // This waits for a reader.
        let mut file = File::options().write(true).open(pipe).expect("the pipe");
        opened.store(true, Ordering::SeqCst);
        file.write_all(text.as_bytes()).expect("a reader");
    });
    (path.to_str().expect("UTF-8").to_owned(), was_opened)
}

#[cfg(unix)]
#[test]
fn a_pipe_at_a_searched_place_is_not_opened() {
    let dir = Dir::new();
    let folder = dir.path().join("Plex Media Server");
    let folder = folder.to_str().expect("UTF-8");
    let (settings, settings_opened) = pipe(
        &dir,
        "Plex Media Server/Preferences.xml",
        preferences(TOKEN),
    );
    let run = |args: &[&str], path: &str| {
        Run::new(&[&["list"], args].concat())
            .env("PLEX_MEDIA_SERVER_APPLICATION_SUPPORT_DIR", dir.path())
            .done()
            .fails(
                2,
                &[&format!("cannot read {path}: it is not a regular file")],
            );
    };
    run(&["--token-from-server"], &settings);
    run(&["--preferences", folder], &settings);

    fs::remove_file(&settings).expect("a file");
    dir.file("Plex Media Server/Preferences.xml", preferences(""));
    let (local, local_opened) = pipe(&dir, "Plex Media Server/.LocalAdminToken", TOKEN.into());
    run(&["--token-from-server"], &local);
    run(&["--preferences", &settings], &local);
    let was_opened = [settings_opened, local_opened].map(|opened| opened.load(Ordering::SeqCst));
    assert_eq!(was_opened, [false, false]);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_folder_of_credentials_is_not_opened() {
    let dir = Dir::new();
    let (_, was_opened) = pipe(&dir, "plex-token", TOKEN.into());
    Run::new(&["list"])
        .env("CREDENTIALS_DIRECTORY", dir.path())
        .done()
        .fails(2, &["plex-token: it is not a regular file"]);
    assert!(!was_opened.load(Ordering::SeqCst));
}

#[cfg(unix)]
#[test]
fn a_pipe_can_be_named_and_is_read_once() {
    let dir = Dir::new();
    let run = |name: &str, token: &str| {
        let server = Pms::with_token(TOKEN).start();
        let (pipe, _) = pipe(&dir, name, preferences(token));
        Run::new(&["stop", "--all", "--preferences", &pipe])
            .env("PLEX_URL", server.url())
            .done()
    };
    run("right", TOKEN).prints("all tasks: stopped\n");
    // To open it once more would take for ever.
    run("wrong", "wrong").fails(3, &["401: Unauthorized"]);
}

#[cfg(unix)]
#[test]
fn a_file_of_the_shell_can_be_named() {
    let server = Pms::with_token(TOKEN).start();
    let dir = Dir::new();
    let file = dir.file("settings", preferences(TOKEN));
    let script = r#""$0" stop --all --url "$1" --preferences <(cat "$2")"#;
    let program = env!("CARGO_BIN_EXE_plex-butler");
    let output = Command::new("bash")
        .args(["-c", script, program, &server.url(), &file])
        .env_remove("PLEX_TOKEN")
        .output();
    if let Ok(output) = output {
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "all tasks: stopped\n"
        );
    }
}
