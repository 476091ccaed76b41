//! How an error quotes a text from outside: on one line, short, and without the token.

/// The most characters of a quotation. The longest names, those of `plex.direct`, fit into it.
const MAX_CHARS: usize = 200;

/// The shortest token that is replaced. A shorter one, such as `token`, is part of many texts.
const MIN_TOKEN_LENGTH: usize = 8;

/// A text as an error quotes it.
pub(crate) fn quote(text: &str, token: Option<&str>) -> String {
    let text = redact(text, token);
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let mut line = words.join(" ");
    if line.chars().count() > MAX_CHARS {
        line = line.chars().take(MAX_CHARS - 1).chain(['…']).collect();
    }
    line
}

/// A text without the token, which a server may echo. A text that was cut off can end in the start of
/// the token.
pub(crate) fn redact(text: &str, token: Option<&str>) -> String {
    let Some(token) = token.filter(|token| token.len() >= MIN_TOKEN_LENGTH) else {
        return text.to_owned();
    };
    let mut redacted = text.replace(token, "***");
    let mut lengths = (MIN_TOKEN_LENGTH..token.len()).rev();
    let start = lengths.find(|length| redacted.ends_with(&token[..*length]));
    if let Some(length) = start {
        redacted.truncate(redacted.len() - length);
        redacted.push_str("***");
    }
    redacted
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "s3cr3t-t0k3n-0123456789";

    #[test]
    fn a_quotation_is_one_short_line() {
        assert_eq!(quote(" a\r\n\tb\u{1b}[31m\u{2028}c ", None), "a b [31m c");
        assert_eq!(quote(&"é".repeat(200), None), "é".repeat(200));
        assert_eq!(quote(&"é".repeat(201), None), "é".repeat(199) + "…");
    }

    #[test]
    fn the_token_is_replaced_whole_and_at_a_cut() {
        let redacted = |text: &str| redact(text, Some(TOKEN));
        assert_eq!(redacted(&format!("a {TOKEN}, {TOKEN}")), "a ***, ***");
        for length in MIN_TOKEN_LENGTH..TOKEN.len() {
            assert_eq!(redacted(&format!("a {}", &TOKEN[..length])), "a ***");
        }
        assert_eq!(redacted("a s3cr3t"), "a s3cr3t");
        let repeated = Some("abcdefghabcdefghXYZ");
        assert_eq!(redact("a abcdefghabcdefgh", repeated), "a ***");
        assert_eq!(redact("a token", Some("token")), "a token");
    }
}
