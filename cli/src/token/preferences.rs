//! The token in the settings of a server: a `Preferences.xml`, or a property list on macOS. No message quotes the text,
//! because the token is in it.

use std::path::Path;

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

use super::{places, property_list};
use crate::failure::Failure;
use crate::file;
use crate::token_text::is_sendable;

const KEY: &str = "PlexOnlineToken";

pub(crate) fn token(path: &Path, content: Vec<u8>) -> Result<Option<String>, Failure> {
    let token = if places::is_property_list(path) {
        property_list::text(content, KEY).map_err(|_| "is not a property list")
    } else {
        in_xml(content)
    };
    let token = match token {
        Ok(Some(token)) if token.is_empty() => Ok(None),
        Ok(Some(token)) if !is_sendable(&token) => Err("has an invalid PlexOnlineToken"),
        token => token,
    };
    token.map_err(|what| Failure::usage(format!("{} {what}", path.display())))
}

/// There is none. (A server that nobody has claimed has none.)
pub(crate) fn no_token(path: &Path) -> Failure {
    Failure::usage(format!(
        "{} has no {KEY}; sign in to the server on its web page, or give a token with --token-file",
        path.display()
    ))
}

fn in_xml(content: Vec<u8>) -> Result<Option<String>, &'static str> {
    const NOT_XML: &str = "is not XML; is it the server's Preferences.xml?";

    let text =
        file::decode(content).ok_or("is not UTF-8 text; is it the server's Preferences.xml?")?;
    let mut reader = Reader::from_str(&text);
    let root = loop {
        match reader.read_event().map_err(|_| NOT_XML)? {
            Event::Start(root) | Event::Empty(root) => break root,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Text(text) if text.trim_ascii().is_empty() => {}
            _ => return Err(NOT_XML),
        }
    };
    if root.name().as_ref() != b"Preferences" {
        return Err("is not the server's Preferences.xml");
    }
    let token = root.try_get_attribute(KEY).map_err(|_| NOT_XML)?;
    let token = token
        .map(|token| token.normalized_value(XmlVersion::Implicit1_0))
        .transpose();
    Ok(token.map_err(|_| NOT_XML)?.map(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn parse(text: &str) -> Result<Option<String>, String> {
        token(Path::new("Preferences.xml"), text.into()).map_err(|failure| failure.message)
    }

    fn found(token: &str) -> Result<Option<String>, String> {
        Ok(Some(token.into()))
    }

    #[test]
    fn xml_escapes_in_the_token_are_decoded() {
        let text = r#"<?xml version="1.0" encoding="utf-8"?>
<Preferences MachineIdentifier="0123" PlexOnlineToken="a&amp;b&#45;c&quot;" FriendlyName="A &lt; B"/>"#;
        assert_eq!(parse(text), found(r#"a&b-c""#));
        assert_eq!(parse(&format!("\u{feff}{text}")), found(r#"a&b-c""#));
        assert_eq!(
            parse("<!-- a --> <Preferences PlexOnlineToken='a'></Preferences>"),
            found("a")
        );
    }

    #[test]
    fn an_attribute_with_a_longer_name_is_not_the_token() {
        let text = r#"<Preferences OldPlexOnlineToken="old" FriendlyName="PlexOnlineToken=&quot;fake&quot;"/>"#;
        assert_eq!(parse(text), Ok(None));
        assert_eq!(parse(r#"<Preferences PlexOnlineToken=""/>"#), Ok(None));
    }

    #[test]
    fn an_xml_file_that_is_not_preferences_is_refused() {
        for text in ["<html/>", r#"<Settings PlexOnlineToken="s3cr3t"/>"#] {
            assert_eq!(
                parse(text).unwrap_err(),
                "Preferences.xml is not the server's Preferences.xml"
            );
        }
    }

    #[test]
    fn a_broken_file_is_not_quoted() {
        for text in [
            r#"<Preferences PlexOnlineToken="s3cr3t""#,
            r#"<Preferences PlexOnlineToken="&s3cr3t;"/>"#,
            r#"<Preferences Port=32400 PlexOnlineToken="s3cr3t"/>"#,
            r#"<!DOCTYPE a [<!ENTITY s3cr3t "x">]><a PlexOnlineToken="&s3cr3t;"/>"#,
            "s3cr3t",
            "",
        ] {
            let message = parse(text).unwrap_err();
            assert!(
                message.contains("is not XML") && !message.contains("s3cr3t"),
                "{message}"
            );
        }
    }

    #[test]
    fn a_property_list_can_be_xml() {
        let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>PlexOnlineToken</key><string>s3cr3t</string><key>Port</key><integer>1</integer></dict></plist>"#;
        let in_plist = |text: &str| {
            token(Path::new("a.plist"), text.into()).map_err(|failure| failure.message)
        };
        assert_eq!(in_plist(text), found("s3cr3t"));
        assert_eq!(
            in_plist(&text.replace("PlexOnlineToken", "Other")),
            Ok(None)
        );
        let message = in_plist("bplist00 s3cr3t").unwrap_err();
        assert!(
            message.contains("is not a property list") && !message.contains("s3cr3t"),
            "{message}"
        );
    }
}
