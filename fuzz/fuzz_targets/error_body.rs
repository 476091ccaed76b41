//! Reading an error's body: it never panics, what it says is short and on one line, and the token is not in it.
#![no_main]

use libfuzzer_sys::fuzz_target;

const TOKEN: &str = "s3cr3t-t0k3n";

fuzz_target!(|body: &[u8]| {
    // A byte that is never part of UTF-8 stands for the token.
    let mut echoing = Vec::new();
    for &byte in body {
        match byte {
            0xFF => echoing.extend_from_slice(TOKEN.as_bytes()),
            byte => echoing.push(byte),
        }
    }
    let (errors, mut texts) = plex_butler::fuzzing::error_body(&echoing, TOKEN);
    texts.extend(errors.into_iter().filter_map(|error| error.message));
    for text in texts {
        assert!(!text.contains(TOKEN), "{text}");
        assert!(!text.contains(char::is_control), "{text:?}");
        assert!(text.chars().count() < 300, "{text}");
    }
});
