//! The token in the registry, where a server on Windows keeps its settings.

use windows_registry::CURRENT_USER;

use super::Token;
use crate::token_text::is_sendable;

/// The settings of the server that this user runs.
pub(crate) const SERVER: &str = r"Software\Plex, Inc.\Plex Media Server";

const VALUE: &str = "PlexOnlineToken";

/// The token below a key of the user, if there is one.
pub(crate) fn token(key: &str) -> Option<Token> {
    let text = CURRENT_USER
        .open(key)
        .and_then(|key| key.get_string(VALUE))
        .ok()?;
    let source = format!(r"HKEY_CURRENT_USER\{key}\{VALUE}");
    is_sendable(&text).then(|| Token::new(text, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_read_from_the_registry() {
        let parent = format!(r"Software\plex-butler-test-{}", std::process::id());
        let key = format!(r"{parent}\Plex, Inc.\Plex Media Server");
        assert!(token(&key).is_none());
        CURRENT_USER
            .create(&key)
            .unwrap()
            .set_string(VALUE, "s3cr3t")
            .unwrap();
        let found = token(&key);
        CURRENT_USER
            .create(&key)
            .unwrap()
            .set_string(VALUE, "")
            .unwrap();
        let empty = token(&key);
        CURRENT_USER.remove_tree(&parent).unwrap();
        assert_eq!(
            found.map(|token| (token.text, token.source)),
            Some((
                "s3cr3t".into(),
                format!(r"HKEY_CURRENT_USER\{key}\PlexOnlineToken")
            ))
        );
        assert!(empty.is_none());
    }
}
