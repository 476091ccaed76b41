//! What an error says about each way in which TLS fails: the table of advice, against real handshakes.

use std::fs;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::path::PathBuf;
use std::process::Command;

use plex_butler::{Client, Error, TransportErrorKind};
use plex_butler_test_support::http::HttpServer;
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::raw::RawServer;
use plex_butler_test_support::tls::{Ca, Identity, TLS12, TLS13};

use crate::util::{TOKEN, expect_error};

fn server(identity: &Identity) -> HttpServer {
    let pms = Pms::with_token(TOKEN);
    HttpServer::start_tls(identity, move |request| pms.answer(request))
}

/// The result of a list.
fn list(url: &str, roots: Option<&str>) -> Result<usize, Error> {
    let builder = Client::builder(url).token(TOKEN);
    let builder = match roots {
        Some(pem) => builder.root_certificates(pem),
        None => builder,
    };
    let client = builder.build().expect("a client");
    client.get_butler_tasks().map(|tasks| tasks.len())
}

/// The message of a list that fails in TLS, after a check of what all these messages have in common.
#[track_caller]
fn message(url: &str, roots: Option<&str>) -> String {
    let error = expect_error(list(url, roots));
    let message = error.to_string();
    let Error::Transport {
        kind: TransportErrorKind::Tls,
        cause: Some(cause),
        ..
    } = error
    else {
        panic!("{error:?}")
    };
    // The numbers of rustls stand in braces.
    for text in [&cause, &message] {
        assert!(!text.contains(['{', '}']), "{text}");
    }
    assert!(message.chars().count() <= 350, "{message}");
    message
}

/// The message for a server with this certificate, at a client that trusts this CA.
#[track_caller]
fn message_at(identity: &Identity, host: &str, roots: &str) -> String {
    message(&server(identity).url_with_host(host), Some(roots))
}

/// The message for a server that answers the start of a handshake with these bytes.
#[track_caller]
fn message_after(response: Vec<u8>) -> String {
    let server = RawServer::start(move |mut stream, _| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&response);
        let _ = stream.shutdown(Shutdown::Write);
        let _ = io::copy(&mut stream, &mut io::sink());
    });
    message(&format!("https://{}", server.address()), None)
}

/// A fatal alert.
fn alert(description: u8) -> Vec<u8> {
    vec![0x15, 3, 3, 0, 2, 2, description]
}

#[track_caller]
fn assert_contains(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "{word:?} is not in: {message}");
    }
    assert_eq!(
        message.contains("speaks https"),
        words.contains(&"speaks https"),
        "{message}"
    );
}

/// A certificate of a file in `tests/support/certificates`, and that of its CA.
macro_rules! made_with_openssl {
    ($name:literal) => {{
        let pem = include_str!(concat!("../support/certificates/", $name, ".pem"));
        let ca = pem.rfind("-----BEGIN CERTIFICATE").expect("a CA");
        (Identity::from_pem(pem), &pem[ca..])
    }};
}

#[test]
fn an_untrusted_issuer_says_to_set_its_ca_as_a_root_certificate() {
    let server = server(&Ca::new("theirs").sign("localhost"));
    let url = server.url_with_host("localhost");
    let ours = Ca::new("ours");
    for roots in [None, Some(ours.pem())] {
        assert_contains(
            &message(&url, roots),
            &["issuer", "not trusted", "root certificate"],
        );
    }
}

#[test]
fn a_certificate_for_another_name_shows_its_names() {
    let ca = Ca::new("ours");
    for (name, host) in [
        ("media.example.org", "localhost"),
        ("media.example.org", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.1"),
        ("127.0.0.2", "localhost"),
        // Names that are the words of other failures.
        ("expired.example.org", "localhost"),
        ("badsignature.unknownissuer.example.org", "localhost"),
    ] {
        let message = message_at(&ca.sign(name), host, ca.pem());
        assert_contains(
            &message,
            &["another name", &format!("(only valid for {name})")],
        );
    }
}

#[test]
fn a_certificate_with_many_names_leaves_the_message_short() {
    let ca = Ca::new("ours");
    let names = (0..50).map(|number| format!("name-{number}.media.example.org"));
    let message = message_at(&ca.sign_names(names.collect()), "localhost", ca.pem());
    assert_contains(&message, &["another name", "name-0.media.example.org"]);
}

#[test]
fn an_expired_or_future_certificate_says_to_check_the_clocks() {
    let ca = Ca::new("ours");
    for years in [2001..2002, 2120..2121] {
        let message = message_at(
            &ca.sign_for_years("localhost", years),
            "localhost",
            ca.pem(),
        );
        assert_contains(&message, &["expired or is not valid yet", "clocks"]);
    }
}

#[test]
fn a_ca_certificate_as_the_servers_own_says_how_to_make_another() {
    let identity = Identity::self_signed_ca("localhost");
    let message = message_at(&identity, "localhost", identity.pem());
    assert_contains(&message, &["CA certificate", "openssl", "CA:FALSE"]);
}

#[test]
fn the_openssl_command_of_the_message_makes_a_certificate_that_works() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("not tested: the command openssl is not installed");
        return;
    }
    for host in ["localhost", "127.0.0.1"] {
        let identity = Identity::self_signed_ca(host);
        let message = message_at(&identity, host, identity.pem());
        let command = message.split('`').nth(1).expect("a command");
        let folder = Folder::new(host);
        let mut words = command.split(' ');
        let output = Command::new(words.next().expect("a program"))
            .args(words)
            .current_dir(&folder.0)
            .output()
            .expect("openssl");
        assert!(output.status.success(), "{command}: {output:?}");

        let read = |name| fs::read_to_string(folder.0.join(name)).expect("a file of openssl");
        let (key, certificate) = (read("key.pem"), read("cert.pem"));
        let server = server(&Identity::from_pem(&(key + &certificate)));
        let tasks = list(&server.url_with_host(host), Some(&certificate));
        tasks.unwrap_or_else(|error| panic!("{command}: {error}"));
    }
}

/// An empty folder, which is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("plex-butler-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn plain_http_on_the_port_says_to_use_http() {
    let server = Pms::new().start();
    let url = server.url().replace("http:", "https:");
    assert_contains(&message(&url, None), &["no TLS on this port", "http://"]);
}

#[test]
fn another_protocol_on_the_port_says_that_there_is_no_tls() {
    for greeting in ["SSH-2.0-OpenSSH_9.9\r\n", "220 mail.example.org ESMTP\r\n"] {
        let message = message_after(greeting.into());
        assert_contains(&message, &["no TLS on this port"]);
    }
}

#[test]
fn an_unsupported_signature_algorithm_says_which_ones_are_supported() {
    for (identity, ca) in [made_with_openssl!("sha1"), made_with_openssl!("p521-ca")] {
        let message = message_at(&identity, "localhost", ca);
        assert_contains(&message, &["not supported", "SHA-256", "P-256"]);
    }
}

#[test]
fn a_certificate_of_x509_version_1_says_to_make_one_of_version_3() {
    let (identity, ca) = made_with_openssl!("x509-version-1");
    let message = message_at(&identity, "localhost", ca);
    assert_contains(&message, &["not supported", "version 3"]);
}

#[test]
fn a_ca_made_anew_under_its_old_name_says_to_set_the_new_one() {
    let (old, new) = (Ca::new("ours"), Ca::new("ours"));
    let message = message_at(&new.sign("localhost"), "localhost", old.pem());
    assert_contains(&message, &["made anew", "new CA certificate"]);
}

#[test]
fn a_ca_with_a_key_of_1024_bits_says_that_it_is_too_short() {
    let (identity, ca) = made_with_openssl!("rsa1024-ca");
    let message = message_at(&identity, "localhost", ca);
    assert_contains(&message, &["signature", "RSA below 2048 bits"]);
}

#[test]
fn a_server_that_wants_a_client_certificate_is_reported() {
    let ca = Ca::new("ours");
    for version in [&TLS13, &TLS12] {
        let identity = ca
            .sign("localhost")
            .wanting_client_certificate(&ca, version);
        let message = message_at(&identity, "localhost", ca.pem());
        assert_contains(&message, &["wants a client certificate"]);
    }
}

#[test]
fn an_alert_about_the_name_says_to_use_the_servers_name() {
    const INTERNAL_ERROR: u8 = 80;
    const UNRECOGNISED_NAME: u8 = 112;
    for description in [INTERNAL_ERROR, UNRECOGNISED_NAME] {
        let message = message_after(alert(description));
        assert_contains(&message, &["no certificate for this name"]);
    }
}

#[test]
fn a_refused_handshake_names_the_reasons_and_points_to_the_log() {
    const HANDSHAKE_FAILURE: u8 = 40;
    let ca = Ca::new("ours");
    let identity = ca.sign("localhost").without_common_algorithm();
    for message in [
        message_at(&identity, "localhost", ca.pem()),
        message_after(alert(HANDSHAKE_FAILURE)),
    ] {
        assert_contains(
            &message,
            &[
                "refused",
                "no algorithm in common",
                "client certificate",
                "log",
            ],
        );
    }
}

#[test]
fn a_server_with_tls_older_than_1_2_says_to_update_it() {
    const PROTOCOL_VERSION: u8 = 70;
    // A TLS 1.1 ServerHello: type, length, version, random, no session, a cipher suite of that time, no compression.
    let mut server_hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    server_hello.extend([7; 32]);
    server_hello.extend([0, 0, 0x2f, 0]);
    for response in [alert(PROTOCOL_VERSION), server_hello] {
        assert_contains(&message_after(response), &["TLS 1.2 or newer"]);
    }
}

#[test]
fn any_other_failure_shows_its_cause() {
    const DECODE_ERROR: u8 = 50;
    let message = message_after(alert(DECODE_ERROR));
    assert_contains(&message, &["TLS failed", "speaks https"]);
}
