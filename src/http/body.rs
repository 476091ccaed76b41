//! What an unexpected body says. It can have any format: servers and proxies send JSON, HTML, XML or
//! text.

use serde_json::Value;

/// The server's message in a body: that of an error list, of PMS's own JSON or XML, the title of a
/// page, or else the text.
pub(super) fn message(body: &[u8]) -> String {
    let text = text(body).trim();
    serde_json::from_str(text)
        .ok()
        .and_then(|json| json_message(&json))
        .or_else(|| xml_message(text))
        .or_else(|| page_title(text))
        .unwrap_or_else(|| text.to_owned())
}

/// A body up to the first byte that is not UTF-8. A compressed one has such a byte at its start.
fn text(body: &[u8]) -> &str {
    body.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// Whether a body is data of PMS as XML, which it sends if the request has no header `Accept`.
pub(super) fn is_xml_data(body: &[u8]) -> bool {
    let text = text(body);
    text.contains("<ButlerTasks") || text.contains("<MediaContainer")
}

/// Whether a body is an error list, or JSON that cannot be read and so may be one.
pub(super) fn is_error_list(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    let is_json = body.starts_with(b"{") || body.starts_with(b"[");
    is_json && serde_json::from_slice(body).map_or(true, |json| errors(&json).is_some())
}

/// The entries of an error list, `{"errors":[{"code":…,"message":…,"status":…}]}`.
fn errors(json: &Value) -> Option<&Vec<Value>> {
    json.get("errors")?
        .as_array()
        .filter(|errors| !errors.is_empty())
}

fn json_message(json: &Value) -> Option<String> {
    match errors(json) {
        Some(errors) => {
            let entries: Vec<String> = errors.iter().map(entry_message).collect();
            Some(entries.join(": "))
        }
        None => title_and_status(json["title"].as_str(), json["status"].as_str()),
    }
}

/// The message of an entry in an error list. Each field can be missing.
fn entry_message(error: &Value) -> String {
    let message = error["message"].as_str().or(error.as_str());
    let code = error["code"].as_i64();
    match (message, code) {
        (Some(message), Some(code)) => format!("{message} (code {code})"),
        (Some(message), None) => message.into(),
        (None, Some(code)) => format!("code {code}"),
        (None, None) => "an error without a message".into(),
    }
}

/// The attributes of PMS's `<Response code=… title=… status=…/>`.
fn xml_message(text: &str) -> Option<String> {
    let (_, response) = text.split_once("<Response ")?;
    let attribute = |name| response.split_once(name)?.1.split('"').next();
    title_and_status(attribute("title=\""), attribute("status=\""))
}

/// What PMS sends while it starts: `Maintenance`, and what it is doing.
fn title_and_status(title: Option<&str>, status: Option<&str>) -> Option<String> {
    let words: Vec<&str> = [title, status]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(": "))
}

fn page_title(page: &str) -> Option<String> {
    let start = page.to_ascii_lowercase().find("<title")?;
    let (_, title) = page[start..].split_once('>')?;
    Some(title.split('<').next()?.to_owned())
}
