//! Base URL and task name: either refused, or exactly `<base>/butler/<one segment>` is requested.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plex_butler::{Client, Error};
use plex_butler_fuzz::Peer;
use plex_butler_test_support::http::Response;

fuzz_target!(|input: (&str, &str, &str)| {
    let (base_url, path, name) = input;
    if let Ok(client) = Client::builder(base_url).build() {
        check_base(base_url, &format!("{client:?}"));
    }
    let Ok(client) = Peer::get().client_at(path) else {
        return;
    };
    Peer::get().answering(Response::new(200).header("Connection", "close"));
    match client.start_task(name) {
        Err(Error::InvalidInput { .. }) => return,
        outcome => outcome.expect("a success"),
    };
    let target = Peer::get().target();
    let (base, segment) = target.rsplit_once('/').expect("a segment");
    // White space at the ends of a base URL is ignored, and so are slashes at its end.
    let path = format!("/{path}");
    let path = path.trim_end().trim_end_matches('/');
    assert_eq!(base, format!("{path}/butler"));
    assert!(
        segment
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)),
        "{target}"
    );
    assert_eq!(decoded(segment), name.as_bytes(), "{target}");
    assert!(!matches!(segment, "" | "." | ".."), "{target}");
});

/// Checks the base URL as the client shows it.
fn check_base(written: &str, shown: &str) {
    let (_, base) = shown.split_once("url: ").expect("a base URL");
    let (base, _) = base.split_once(',').expect("another field");
    assert!(
        base.starts_with("http://") || base.starts_with("https://"),
        "{base}"
    );
    assert!(!base.contains(['@', '?', '#', ' ']), "{base}");
    let authority = base.split('/').nth(2).expect("an authority");
    assert!(!authority.is_empty() && !authority.contains('\\'), "{base}");
    assert!(written.contains(authority), "{base}");
}

fn decoded(segment: &str) -> Vec<u8> {
    let mut parts = segment.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
        bytes.extend_from_slice(part[2..].as_bytes());
    }
    bytes
}
