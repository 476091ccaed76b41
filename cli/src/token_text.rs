//! What a token looks like, and what people give in place of one.

/// The shortest text that is taken for a token where a path is expected. A token of Plex has 20 characters.
const MIN_LENGTH: usize = 16;

/// Why a text that someone gave as the token is none. No message quotes it.
pub(crate) fn mistake(text: &str) -> Option<&'static str> {
    let lowercase = text.to_ascii_lowercase();
    let starts_with = |start: &[char]| text.starts_with(start);
    if starts_with(&['<']) {
        Some("it is XML; for the server's Preferences.xml, use --preferences")
    } else if lowercase.contains("claim-") {
        Some(
            "it is a claim code, which only claims a new server; use the token of the server's owner",
        )
    } else if lowercase.contains("token=") || lowercase.contains("token:") {
        Some("it begins with a name; remove all up to the `=` or `:`")
    } else if text.trim_matches(['"', '\'', '`']) != text {
        Some("it is in quotes; remove them")
    } else if starts_with(&['/', '~', '.']) || text.contains('\\') {
        Some("it is a path; name the file with --token-file or PLEX_TOKEN_FILE")
    } else if starts_with(&['$', '%']) {
        Some("it is a variable that nothing has replaced with its value")
    } else {
        None
    }
}

/// Whether a token is a JSON Web Token. No other token starts with `eyJ` and has two dots.
pub(crate) fn is_jwt(token: &str) -> bool {
    token.starts_with("eyJ") && token.matches('.').count() == 2
}

/// Whether a text can be a token, so that a message must not show it.
pub(crate) fn can_be_token(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    is_jwt(text) || text.len() >= MIN_LENGTH && text.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_web_token_has_three_parts() {
        assert!(is_jwt("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"));
        for token in ["eyJhbGciOiJIUzI1NiJ9", "a.b.c", "s3cr3t-t0k3n", "eyJ.a"] {
            assert!(!is_jwt(token), "{token}");
        }
    }

    #[test]
    fn what_people_give_in_place_of_a_token_is_told_apart() {
        for (text, part) in [
            ("claim-abcdefghijklmnopqrst", "claim code"),
            ("PLEX_CLAIM=Claim-abcdefgh", "claim code"),
            ("X-Plex-Token=abcdefgh", "begins with a name"),
            ("X-Plex-Token: abcdefgh", "begins with a name"),
            ("PLEX_TOKEN=abcdefgh", "begins with a name"),
            ("\"abcdefgh\"", "in quotes"),
            ("'abcdefgh'", "in quotes"),
            ("<?xml version=\"1.0\"?><Preferences/>", "--preferences"),
            ("<Preferences PlexOnlineToken=\"a\"/>", "--preferences"),
            ("/run/secrets/plex-token", "a path"),
            ("~/.plex-token", "a path"),
            ("./token", "a path"),
            ("C:\\Users\\me\\token", "a path"),
            ("${PLEX_TOKEN}", "a variable"),
            ("$PLEX_TOKEN", "a variable"),
            ("$(cat token)", "a variable"),
            ("%d/plex-token", "a variable"),
            ("%PLEX_TOKEN%", "a variable"),
        ] {
            let mistake = mistake(text).unwrap_or_else(|| panic!("{text} is taken for a token"));
            assert!(mistake.contains(part), "{text}: {mistake}");
        }
        for token in ["abcdefghijklmnopqrst", "-_aZ0", "eyJh.eyJz.c2ln", "a%b$c/d"] {
            assert_eq!(mistake(token), None, "{token}");
        }
    }

    #[test]
    fn a_name_that_can_be_a_token_is_told_from_a_path() {
        for token in ["abcdefghijklmnopqrst", "a-_0123456789ABC", "eyJh.eyJz.c2ln"] {
            assert!(can_be_token(token), "{token}");
        }
        for path in [
            "a-_0123456789AB",
            "plex-butler/plex-token",
            ".plex-token-of-mine",
            "plex-token.backup.txt",
            "",
        ] {
            assert!(!can_be_token(path), "{path}");
        }
    }
}
