//! The token in the registry, where a server on Windows keeps its settings.

use windows_registry::CURRENT_USER;

use super::Token;

const KEY: &str = r"Software\Plex, Inc.\Plex Media Server";
const VALUE: &str = "PlexOnlineToken";

/// The token of the server that this user runs.
pub(crate) fn token() -> Option<Token> {
    let text = CURRENT_USER.open(KEY).and_then(|key| key.get_string(VALUE)).ok()?;
    let source = format!(r"HKEY_CURRENT_USER\{KEY}\{VALUE}");
    (!text.is_empty()).then_some(Token { text, source })
}
