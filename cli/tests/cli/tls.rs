//! Certificates.

use plex_butler_test_support::http::HttpServer;
use plex_butler_test_support::pms::Pms;
use plex_butler_test_support::tls::Ca;

use crate::util::{Dir, Run, TOKEN};

#[test]
fn ca_and_insecure_decide_which_certificates_are_trusted() {
    let ca = Ca::new("ours");
    let pms = Pms::with_token(TOKEN);
    let server = HttpServer::start_tls(&ca.sign("localhost"), move |request| pms.answer(request));
    let (dir, url) = (Dir::new(), server.url_with_host("localhost"));
    let run = |args: &[&str]| {
        Run::new(args)
            .env("PLEX_URL", &url)
            .env("PLEX_TOKEN", TOKEN)
            .done()
    };

    run(&["list"]).fails(
        1,
        &["the issuer of the certificate is not trusted", "; see --ca"],
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
        .fails(2, &["contains no certificate in PEM"]);
    run(&["list", "--ca", "/nowhere/ca.pem"]).fails(2, &["/nowhere/ca.pem"]);
}

#[test]
fn a_ca_certificate_as_the_servers_own_is_explained() {
    use plex_butler_test_support::http::Response;
    use plex_butler_test_support::proxy::ConnectProxy;
    use plex_butler_test_support::tls::Identity;

    let identity = Identity::self_signed_ca("localhost");
    let server = HttpServer::start_tls(&identity, |_| Response::new(200));
    let dir = Dir::new();
    Run::new(&["list", "--ca", &dir.file("ca.pem", identity.pem())])
        .env("PLEX_URL", server.url_with_host("localhost"))
        .done()
        .fails(1, &["CA certificate as its own", "CA:FALSE", "--insecure"]);

    let host = "media-server.living-room.home.example.org";
    let proxy = ConnectProxy::start(server.address(), None);
    let done = Run::new(&["list", "--ca", &dir.file("ca.pem", identity.pem())])
        .env("PLEX_URL", format!("https://{host}:32400"))
        .env("https_proxy", proxy.address().to_string())
        .done();
    let message = done.stderr.trim_end().replace("plex-butler: ", "");
    assert!(message.len() <= 350, "{}: {message}", message.len());
    done.fails(1, &[&format!("subjectAltName=DNS:{host} ")]);
}

#[test]
fn probe() {
    use plex_butler_test_support::tls::Identity;
    let dir = Dir::new();
    let try_it = |what: &str, identity: &Identity, host: &str, pem: &str| {
        let server = HttpServer::start_tls(identity, |_| {
            plex_butler_test_support::http::Response::new(200)
        });
        let ca = dir.file("ca.pem", pem);
        let done = Run::new(&["list", "--ca", &ca, "--url", &server.url_with_host(host)]).done();
        println!("{what}: {}", done.stderr);
    };
    let ca = Ca::new("ours");
    try_it(
        "dns ip",
        &ca.sign_address_as_name("127.0.0.1"),
        "127.0.0.1",
        ca.pem(),
    );
    try_it(
        "cn",
        &ca.sign_common_name("localhost"),
        "localhost",
        ca.pem(),
    );
    try_it(
        "cn ip",
        &ca.sign_common_name("127.0.0.1"),
        "127.0.0.1",
        ca.pem(),
    );
    try_it(
        "clients",
        &ca.sign_for_clients("localhost"),
        "localhost",
        ca.pem(),
    );
    let c2 = Ca::for_domain("d", "example.org");
    try_it("constr", &c2.sign("localhost"), "localhost", c2.pem());
    let id = "0123456789abcdef0123456789abcdef";
    try_it(
        "direct",
        &ca.sign(&format!("*.{id}.plex.direct")),
        "localhost",
        ca.pem(),
    );
    try_it(
        "direct ip",
        &ca.sign(&format!("*.{id}.plex.direct")),
        "127.0.0.1",
        ca.pem(),
    );
    try_it(
        "other",
        &ca.sign("media.example.org"),
        "127.0.0.1",
        ca.pem(),
    );
    try_it(
        "many",
        &ca.sign_names(
            (0..50)
                .map(|number| format!("name-{number}.media.example.org"))
                .collect(),
        ),
        "localhost",
        ca.pem(),
    );
    try_it(
        "many ip",
        &ca.sign_names(
            (0..50)
                .map(|number| format!("name-{number}.media.example.org"))
                .collect(),
        ),
        "127.0.0.1",
        ca.pem(),
    );
    try_it("other ip", &ca.sign("127.0.0.2"), "127.0.0.1", ca.pem());
    let i = Identity::self_signed_ca("localhost");
    try_it("ca", &i, "localhost", i.pem());
    let i = Identity::self_signed("localhost");
    try_it("self", &i, "localhost", ca.pem());
    try_it(
        "wildcard ",
        &ca.sign("*.example.org"),
        "localhost",
        ca.pem(),
    );
    for years in [2001..2002, 2120..2121] {
        try_it(
            "years",
            &ca.sign_for_years("localhost", years),
            "localhost",
            ca.pem(),
        );
    }
}
