//! What a token looks like, and what people give in place of one.

/// The shortest text that is taken for a token where a path is expected. A token of Plex has 20 characters.
const MIN_LENGTH: usize = 16;

/// Why a text that someone gave as the token is none, after the name of its source. No message quotes it.
pub(crate) fn mistake(text: &str) -> Option<&'static str> {
    let lowercase = text.to_ascii_lowercase();
    let starts_with = |start: &[char]| text.starts_with(start);
    let reason = if lowercase.contains("<preferences") {
        "has no token: it is the settings of a server; use --preferences"
    } else if starts_with(&['<']) {
        "has no token: it is a web page or other XML"
    } else if lowercase.contains("claim-") {
        "has no token: it is a claim code, which only claims a new server; use the token of the server's owner"
    } else if lowercase.contains("token=") || lowercase.contains("token:") {
        "must hold only the token; remove the rest, such as `PLEX_TOKEN=`"
    } else if text.trim_matches(['"', '\'', '`']) != text {
        "must hold only the token; remove the quotes"
    } else if starts_with(&['$', '%']) {
        "has no token: it is a variable that nothing has replaced with its value"
    } else if text.contains(['{', '[', '(', '&']) {
        "must hold only the token; remove the rest"
    } else if starts_with(&['~', '.']) || text.contains(['/', '\\']) {
        "has no token: it is a path or a URL; name a file with --token-file or PLEX_TOKEN_FILE"
    } else if !is_sendable(text) {
        "must hold only the token: it has a space, a line break or another character that no token has"
    } else {
        return None;
    };
    Some(reason)
}

/// Whether a text can be sent as a token. The client refuses any other.
pub(crate) fn is_sendable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether a token is a JSON Web Token. No other token starts with `eyJ` and has two dots.
pub(crate) fn is_jwt(token: &str) -> bool {
    token.starts_with("eyJ") && token.matches('.').count() == 2
}

/// Whether there can be a secret in a text that is in a wrong place, so that a message must not show it: a token, also with its
/// name or in quotes, or a header.
pub(crate) fn can_have_secret(text: &str) -> bool {
    let is_separator = |c: char| c.is_whitespace() || c == ':';
    let mut words = text.split(is_separator);
    text.contains(['=', '"', '\''])
        || is_header(text)
        || words.any(|word| can_be_token(word.trim_matches('/')))
}

/// Whether a text is a header, and not the path of a file.
pub(crate) fn is_header(text: &str) -> bool {
    text.contains(": ")
}

/// Whether a text can be a token.
fn can_be_token(text: &str) -> bool {
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
        const PATH: &str = "it is a path or a URL";
        for (text, part) in [
            ("claim-abcdefghijklmnopqrst", "claim code"),
            ("PLEX_CLAIM=Claim-abcdefgh", "claim code"),
            ("X-Plex-Token=abcdefgh", "remove the rest"),
            ("X-Plex-Token: abcdefgh", "remove the rest"),
            ("PLEX_TOKEN=abcdefgh", "remove the rest"),
            (
                "http://plex:32400/?X-Plex-Token=abcdefgh",
                "remove the rest",
            ),
            ("{\"token\":\"abcdefgh\"}", "remove the rest"),
            ("[abcdefgh]", "remove the rest"),
            ("(abcdefgh)", "remove the rest"),
            ("abcdefgh&X-Plex-Language=en", "remove the rest"),
            ("\"abcdefgh\"", "remove the quotes"),
            ("'abcdefgh'", "remove the quotes"),
            ("<?xml version=\"1.0\"?><Preferences/>", "--preferences"),
            ("<Preferences PlexOnlineToken=\"a\"/>", "--preferences"),
            ("<!DOCTYPE html><html></html>", "a web page"),
            ("/run/secrets/plex-token", PATH),
            ("~/.plex-token", PATH),
            ("./token", PATH),
            ("secrets/plex-token", PATH),
            ("@/run/secrets/plex-token", PATH),
            ("file:///run/secrets/plex-token", PATH),
            ("op://vault/plex/token", PATH),
            ("https://app.plex.tv/desktop", PATH),
            ("C:\\Users\\me\\token", PATH),
            ("C:/Users/me/token", PATH),
            ("${PLEX_TOKEN}", "a variable"),
            ("$PLEX_TOKEN", "a variable"),
            ("$(cat token)", "a variable"),
            ("%d/plex-token", "a variable"),
            ("%PLEX_TOKEN%", "a variable"),
            ("abcdefgh ijkl", "it has a space"),
            ("abcdefgh\nijkl", "it has a space"),
            ("abcdefgh\u{e9}", "it has a space"),
        ] {
            let mistake = mistake(text).unwrap_or_else(|| panic!("{text} is taken for a token"));
            assert!(mistake.contains(part), "{text}: {mistake}");
        }
        for token in ["abcdefghijklmnopqrst", "-_aZ0", "eyJh.eyJz.c2ln", "a%b$c"] {
            assert_eq!(mistake(token), None, "{token}");
        }
    }

    #[test]
    fn a_name_that_can_be_a_token_is_told_from_a_path() {
        for token in [
            "abcdefghijklmnopqrst",
            "a-_0123456789ABC",
            "eyJh.eyJz.c2ln",
            "abcdefghijklmnopqrst/",
            "'abcdefgh'",
            "X-Plex-Token=abcdefgh",
            "token:abcdefghijklmnopqrst",
            "Cookie: a",
            "Bearer abcdefghijklmnopqrst",
        ] {
            assert!(can_have_secret(token), "{token}");
        }
        for path in [
            "a-_0123456789AB",
            "plex-butler/plex-token",
            ".plex-token-of-mine",
            "plex-token.backup.txt",
            "C:\\Users\\me\\plex-token",
            "/srv/Plex Media Server/Preferences.xml",
            "",
        ] {
            assert!(!can_have_secret(path), "{path}");
        }
    }
}
