//! What the fuzz targets in `fuzz/` reach of the private code. Only their build has it.

use crate::base_url::BaseUrl;
use crate::body::Text;
use crate::{ButlerTask, Error, ServerError, TaskName};

/// Reads the answer to `GET /butler`.
pub fn list(json: &[u8]) -> Option<Vec<ButlerTask>> {
    crate::task::list_from_json(json).ok()
}

/// What errors say of a body: the server's error list, and texts of one line.
pub fn error_body(body: &[u8], secret: &str) -> (Vec<ServerError>, Vec<String>) {
    let text = Text::new(body, Some(secret));
    let texts = text.message().into_iter().chain([text.excerpt(), text.description()]);
    (text.errors(), texts.collect())
}

/// The URLs of all tasks and of one task.
pub fn urls(base_url: &str, name: &str) -> Result<(String, Result<String, Error>), Error> {
    let base = BaseUrl::parse(base_url)?;
    let task = base.task(&TaskName::from(name)).map(|uri| uri.to_string());
    Ok((base.butler().to_string(), task))
}
