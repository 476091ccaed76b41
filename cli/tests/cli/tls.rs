//! Certificates, and what to do about each way in which TLS fails: against real handshakes.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::process::Command;

use plex_butler_test_support::http::{HttpServer, Response};
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::proxy::ConnectProxy;
use plex_butler_test_support::raw::RawServer;
use plex_butler_test_support::tls::{Ca, Identity, TLS12, TLS13};

use crate::util::{Dir, Done, Run, TOKEN};

/// The id of a server in its plex.direct name.
const ID: &str = "0123456789abcdef0123456789abcdef";

fn server(identity: &Identity) -> HttpServer {
    let pms = Pms::with_token(TOKEN);
    HttpServer::start_tls(identity, move |request| pms.answer(request))
}

/// A list of a server with this URL, by a client that trusts this CA.
fn list(url: &str, roots: &str) -> Done {
    let dir = Dir::new();
    Run::new(&["list", "--ca", &dir.file("ca.pem", roots), "--url", url])
        .env("PLEX_TOKEN", TOKEN)
        .done()
}

/// The message of a list that fails in TLS.
#[track_caller]
fn message(done: Done) -> String {
    assert_eq!((done.code, &*done.stdout), (Some(1), ""), "{}", done.stderr);
    assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
    assert!(done.stderr.contains("TLS failed: "), "{}", done.stderr);
    // Most of the longest are the words of rustls, a URL or a command.
    assert!(done.stderr.chars().count() <= 500, "{}", done.stderr);
    done.stderr
}

#[track_caller]
fn message_at(identity: &Identity, host: &str, roots: &str) -> String {
    message(list(&server(identity).url_with_host(host), roots))
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
    let url = format!("https://{}", server.address());
    message(Run::new(&["list", "--url", &url]).done())
}

/// A fatal alert.
fn alert(description: u8) -> Vec<u8> {
    vec![0x15, 3, 3, 0, 2, 2, description]
}

#[track_caller]
fn assert_advises(message: &str, advice: &str) {
    assert!(
        message.ends_with(&format!("; {advice}\n")),
        "{advice:?} is not the end of: {message}"
    );
}

/// A certificate of a file in `tests/support/certificates`, and that of its CA.
macro_rules! made_with_openssl {
    ($name:literal) => {{
        let pem = include_str!(concat!(
            "../../../tests/support/certificates/",
            $name,
            ".pem"
        ));
        let ca = pem.rfind("-----BEGIN CERTIFICATE").expect("a CA");
        (Identity::from_pem(pem), &pem[ca..])
    }};
}

#[test]
fn ca_and_insecure_decide_which_certificates_are_trusted() {
    let ca = Ca::new("ours");
    let server = server(&ca.sign("localhost"));
    let (dir, url) = (Dir::new(), server.url_with_host("localhost"));
    let run = |args: &[&str]| {
        Run::new(args)
            .env("PLEX_URL", &url)
            .env("PLEX_TOKEN", TOKEN)
            .done()
    };

    run(&["list"]).fails(
        1,
        &["the issuer of the certificate is not trusted", "with --ca"],
    );
    assert_eq!(
        run(&["list", "--ca", &dir.file("ca.pem", ca.pem())]).code,
        Some(0)
    );
    assert_eq!(run(&["list", "--insecure"]).code, Some(0));
    // As PowerShell's `>` writes it.
    let utf16 = format!("\u{feff}{}", ca.pem());
    let utf16: Vec<u8> = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = dir.file("utf-16.pem", utf16);
    assert_eq!(run(&["list", "--ca", &utf16]).code, Some(0));
    run(&["list", "--ca", &dir.file("empty.pem", "")])
        .fails(2, &["invalid --ca: ", "-----BEGIN CERTIFICATE-----"]);
    run(&["list", "--ca", "/nowhere/ca.pem"]).fails(2, &["/nowhere/ca.pem"]);
}

#[test]
fn an_untrusted_issuer_needs_the_certificate_of_its_ca() {
    let identity = Ca::new("theirs").sign("localhost");
    let message = message_at(&identity, "localhost", Ca::new("ours").pem());
    assert!(message.contains("the issuer of the certificate is not trusted"));
    assert_advises(
        &message,
        "give the certificate of its CA with --ca, or use the server's plex.direct name",
    );
}

#[test]
fn a_certificate_for_another_name_shows_its_names() {
    let ca = Ca::new("ours");
    for (name, host) in [
        ("media.example.org", "localhost"),
        ("*.example.org", "localhost"),
        ("media.example.org", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.1"),
        ("127.0.0.2", "localhost"),
        // Names that are the words of other failures.
        ("expired.example.org", "localhost"),
        ("badsignature.unknownissuer.example.org", "localhost"),
    ] {
        let message = message_at(&ca.sign(name), host, ca.pem());
        assert!(message.contains(name), "{message}");
        assert_advises(&message, "use a name of the certificate in --url");
    }
    let names = (0..50).map(|number| format!("name-{number}.media.example.org"));
    let identity = ca.sign_names(names.collect());
    let message = message_at(&identity, "localhost", ca.pem());
    assert!(message.contains("name-0.media.example.org"), "{message}");
}

#[test]
fn a_plex_direct_certificate_has_the_address_to_use() {
    let ca = Ca::new("ours");
    let server = server(&ca.sign(&format!("*.{ID}.plex.direct")));
    let url = |host: &str| server.url_with_host(host);

    let by_address = message(list(&url("127.0.0.1"), ca.pem()));
    let plex_direct = url(&format!("127-0-0-1.{ID}.plex.direct"));
    assert!(by_address.contains(&plex_direct), "{by_address}");
    let advice = "use that address, if 0123...cdef is your server's id";
    assert_advises(&by_address, advice);
    assert_eq!(list(&plex_direct, ca.pem()).code, Some(0));

    // The address of the name is not known here.
    let by_name = message(list(&url("localhost"), ca.pem()));
    assert!(
        by_name.contains(&format!("*.{ID}.plex.direct")),
        "{by_name}"
    );
    let advice = "use that name, with the address for `*` (as in 192-168-1-10), if 0123...cdef is your server's id";
    assert_advises(&by_name, advice);
    let other = ID.replace('0', "1");
    let of_other_id = list(&url(&format!("127-0-0-1.{other}.plex.direct")), ca.pem());
    let of_other_id = message(of_other_id);
    assert_advises(&of_other_id, advice);
    assert_eq!(of_other_id.matches(ID).count(), 1, "{of_other_id}");
}

#[test]
fn an_address_as_a_dns_name_is_no_address() {
    let ca = Ca::new("ours");
    let identity = ca.sign_address_as_name("127.0.0.1");
    assert_advises(
        &message_at(&identity, "127.0.0.1", ca.pem()),
        "it has the address as a name: make one with subjectAltName=IP:127.0.0.1",
    );
}

#[test]
fn a_certificate_without_alternative_names_is_for_no_name() {
    let ca = Ca::new("ours");
    for (name, alternative) in [
        ("localhost", "DNS:localhost"),
        ("127.0.0.1", "IP:127.0.0.1"),
    ] {
        let message = message_at(&ca.sign_common_name(name), name, ca.pem());
        let advice = "it has no subjectAltName: make one with subjectAltName=";
        assert_advises(&message, &format!("{advice}{alternative}"));
    }
}

#[test]
fn a_ca_for_another_domain_is_explained() {
    let ca = Ca::for_domain("ours", "example.org");
    assert_advises(
        &message_at(&ca.sign("localhost"), "localhost", ca.pem()),
        "its CA may not sign for this name: use a name that it may sign for, or another CA",
    );
}

#[test]
fn a_certificate_for_clients_is_for_no_server() {
    let ca = Ca::new("ours");
    let identity = ca.sign_for_clients("localhost");
    assert_advises(
        &message_at(&identity, "localhost", ca.pem()),
        "make a certificate for servers (extendedKeyUsage=serverAuth)",
    );
}

#[test]
fn an_expired_or_future_certificate_can_be_a_wrong_clock() {
    let ca = Ca::new("ours");
    for years in [2001..2002, 2120..2121] {
        let identity = ca.sign_for_years("localhost", years);
        assert_advises(
            &message_at(&identity, "localhost", ca.pem()),
            "renew it, or check the clocks of both machines",
        );
    }
}

#[test]
fn a_ca_certificate_as_the_servers_own_is_explained() {
    let host = "media-server.living-room.home.example.org";
    let identity = Identity::self_signed_ca(host);
    let server = HttpServer::start_tls(&identity, |_| Response::new(200));
    let (dir, proxy) = (Dir::new(), ConnectProxy::start(server.address(), None));
    let done = Run::new(&[
        "list",
        "--ca",
        &dir.file("ca.pem", identity.pem()),
        "--url",
        &format!("https://{host}:32400"),
        "--proxy",
        &proxy.address().to_string(),
    ])
    .done();
    let message = message(done);
    for part in [
        "the server's certificate is marked as a CA: make another with `openssl",
        "CA:FALSE",
        &format!("subjectAltName=DNS:{host} "),
        "--insecure",
    ] {
        assert!(message.contains(part), "{part:?} is not in {message}");
    }
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
        let dir = Dir::new();
        let mut words = command.split(' ');
        let output = Command::new(words.next().expect("a program"))
            .args(words)
            .current_dir(dir.path())
            .output()
            .expect("openssl");
        assert!(output.status.success(), "{command}: {output:?}");

        let read = |name| std::fs::read_to_string(dir.path().join(name)).expect("a file");
        let (key, certificate) = (read("key.pem"), read("cert.pem"));
        let server = server(&Identity::from_pem(&(key + &certificate)));
        let done = list(&server.url_with_host(host), &certificate);
        assert_eq!(done.code, Some(0), "{command}: {}", done.stderr);
    }
}

#[test]
fn another_protocol_on_the_port_can_be_plain_http() {
    let advice = "if it is the server's http port, use http://";
    let server = Pms::new().start();
    let url = server.url().replace("http:", "https:");
    assert_advises(&message(Run::new(&["list", "--url", &url]).done()), advice);
    for greeting in ["SSH-2.0-OpenSSH_9.9\r\n", "220 mail.example.org ESMTP\r\n"] {
        let message = message_after(greeting.into());
        assert!(message.contains("no TLS on this port"), "{message}");
        assert_advises(&message, advice);
    }
}

#[test]
fn an_unsupported_certificate_says_what_is_supported() {
    for (identity, ca) in [
        made_with_openssl!("sha1"),
        made_with_openssl!("p521-ca"),
        made_with_openssl!("x509-version-1"),
    ] {
        assert_advises(
            &message_at(&identity, "localhost", ca),
            "its algorithm or version is not supported here: make a certificate of version 3, with SHA-256 and a key of \
             RSA with 2048 bits or P-256",
        );
    }
}

#[test]
fn a_wrong_signature_can_be_another_ca_of_the_same_name_or_a_short_key() {
    let (old, new) = (Ca::new("ours"), Ca::new("ours"));
    let replaced = message_at(&new.sign("localhost"), "localhost", old.pem());
    let (identity, ca) = made_with_openssl!("rsa1024-ca");
    let short = message_at(&identity, "localhost", ca);
    for message in [replaced, short] {
        assert_advises(
            &message,
            "perhaps its CA was replaced under the old name (give the new certificate with --ca), or has a key that \
             cannot be checked here, such as RSA below 2048 bits",
        );
    }
}

#[test]
fn a_server_that_wants_a_client_certificate_is_reported() {
    let ca = Ca::new("ours");
    for version in [&TLS13, &TLS12] {
        let identity = ca
            .sign("localhost")
            .wanting_client_certificate(&ca, version);
        let message = message_at(&identity, "localhost", ca.pem());
        assert!(message.contains("wants a client certificate"), "{message}");
    }
}

#[test]
fn an_alert_is_explained_as_far_as_it_tells() {
    const HANDSHAKE_FAILURE: u8 = 40;
    const DECODE_ERROR: u8 = 50;
    const PROTOCOL_VERSION: u8 = 70;
    const INTERNAL_ERROR: u8 = 80;
    const UNRECOGNISED_NAME: u8 = 112;
    for (description, advice) in [
        (
            INTERNAL_ERROR,
            "perhaps the server has no certificate for this name: use its name as its certificate spells it, or see its \
             log",
        ),
        (
            UNRECOGNISED_NAME,
            "the server does not know this name: use its name as its certificate spells it",
        ),
        (
            HANDSHAKE_FAILURE,
            "perhaps the server has no certificate for this name or no algorithm in common, or wants a client \
             certificate: see its log",
        ),
        (
            PROTOCOL_VERSION,
            "the server does not speak TLS 1.2 or newer: update it",
        ),
        (
            DECODE_ERROR,
            "check that the server speaks https on this port, or see its log",
        ),
    ] {
        assert_advises(&message_after(alert(description)), advice);
    }
}

#[test]
fn a_server_without_a_common_algorithm_is_reported() {
    let ca = Ca::new("ours");
    let identity = ca.sign("localhost").without_common_algorithm();
    let message = message_at(&identity, "localhost", ca.pem());
    assert!(message.contains("no algorithm in common"), "{message}");
}

#[test]
fn a_server_with_tls_older_than_1_2_says_to_update_it() {
    // A TLS 1.1 ServerHello: type, length, version, random, no session, a cipher suite of that time, no compression.
    let mut server_hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    server_hello.extend([7; 32]);
    server_hello.extend([0, 0, 0x2f, 0]);
    assert_advises(
        &message_after(server_hello),
        "the server does not speak TLS 1.2 or newer: update it",
    );
}
