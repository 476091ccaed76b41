//! Reading an error's body: it never panics, and the message is short, on one line and without the token.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plex_butler_fuzz::{Peer, TOKEN};
use plex_butler_test_support::http::Response;

fuzz_target!(|body: &[u8]| {
    // A byte that is never part of UTF-8 stands for the token.
    let mut echoing = Vec::new();
    for &byte in body {
        match byte {
            0xFF => echoing.extend_from_slice(TOKEN.as_bytes()),
            byte => echoing.push(byte),
        }
    }
    for status in [200, 401, 500] {
        let response = Response::new(status).html(echoing.as_slice());
        let Err(error) = Peer::get().answering(response).get_butler_tasks() else {
            continue;
        };
        let text = error.to_string();
        assert!(!text.contains(char::is_control), "{text:?}");
        assert!(text.chars().count() < 600, "{text}");
        assert!(
            !text.contains(TOKEN) && !format!("{error:?}").contains(TOKEN),
            "{error:?}"
        );
    }
});
