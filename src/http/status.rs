//! How a status is shown.

use ureq::http::StatusCode;

/// The status, with its name if it has one: `404 Not Found`.
pub(crate) fn status_line(status: u16) -> String {
    let name = StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    name.map_or_else(|| status.to_string(), |name| format!("{status} {name}"))
}
