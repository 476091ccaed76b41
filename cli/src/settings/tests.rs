//! Tests of the settings.

use super::*;

#[test]
fn colour_needs_a_capable_terminal_and_no_objection() {
    let allows = |term: &str, no_color: Option<&str>| allows_colour(Some(term.into()), no_color.map(OsString::from));
    assert!(allows("xterm", None));
    assert!(!allows("xterm", Some("1")));
    assert!(!allows("dumb", None));
    assert!(!allows_colour(None, None));
}
