//! Reading an error's body: it never panics, what it says is short and on one line, and the token is not in it.
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
        let answer = Response::new(status).html(echoing.as_slice());
        let Err(error) = Peer::get().answering(answer).get_butler_tasks() else {
            continue;
        };
        let text = error.to_string();
        assert!(!text.contains(char::is_control), "{text:?}");
        assert!(text.chars().count() < 600, "{text}");
        assert!(!text.contains(TOKEN) && !format!("{error:?}").contains(TOKEN), "{error:?}");
    }
});
