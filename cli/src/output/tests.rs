//! Tests of the output.

use super::*;

#[test]
fn control_characters_are_replaced() {
    assert_eq!(printable("a\x1b[31m\u{9b}b\r\nc\u{202e}d"), "a\u{fffd}[31m\u{fffd}b  c\u{fffd}d");
    assert_eq!(printable("Größe 音楽 🎵"), "Größe 音楽 🎵");
}

#[test]
fn json_keeps_its_meaning() {
    let text = "a\x1b\x7f\u{9b}\u{202e}\n音楽";
    let json = printable_json(&serde_json::to_string(text).unwrap());
    assert!(json.chars().all(|c| !is_unsafe(c)), "{json:?}");
    assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
}
