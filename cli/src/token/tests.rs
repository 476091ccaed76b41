//! Tests of where the token is read from.

use super::*;

fn parse(text: &str) -> Result<String, String> {
    from_preferences(Path::new("Preferences.xml"), text).map_err(|failure| failure.message)
}

#[test]
fn the_token_of_a_preferences_file_is_unescaped() {
    let text = r#"<?xml version="1.0" encoding="utf-8"?>
<Preferences MachineIdentifier="0123" PlexOnlineToken="a&amp;b&#45;c&quot;" FriendlyName="A &lt; B"/>"#;
    assert_eq!(parse(text).unwrap(), r#"a&b-c""#);
    assert_eq!(parse(&format!("\u{feff}{text}")).unwrap(), r#"a&b-c""#);
    assert_eq!(parse("<Preferences PlexOnlineToken='a'></Preferences>").unwrap(), "a");
}

#[test]
fn a_name_that_only_ends_like_it_is_not_the_token() {
    let text = r#"<Preferences OldPlexOnlineToken="old" FriendlyName="PlexOnlineToken=&quot;fake&quot;"/>"#;
    assert!(parse(text).unwrap_err().contains("nobody has claimed this server"));
    assert!(parse(r#"<Preferences PlexOnlineToken=""/>"#).is_err());
}

#[test]
fn another_xml_file_is_told_from_the_settings_of_an_unclaimed_server() {
    for text in ["<html/>", r#"<Settings PlexOnlineToken="s3cr3t"/>"#] {
        assert_eq!(parse(text).unwrap_err(), "Preferences.xml is not the server's Preferences.xml");
    }
}

#[test]
fn a_broken_file_is_not_quoted() {
    for text in [
        r#"<Preferences PlexOnlineToken="s3cr3t""#,
        r#"<Preferences PlexOnlineToken="&s3cr3t;"/>"#,
        r#"<!DOCTYPE a [<!ENTITY s3cr3t "x">]><a PlexOnlineToken="&s3cr3t;"/>"#,
        "s3cr3t",
        "",
    ] {
        let message = parse(text).unwrap_err();
        assert!(message.contains("is not XML") && !message.contains("s3cr3t"), "{message}");
    }
}
