//! The variables of the environment.

/// The text of a variable. An empty one counts as not set. Invalid UTF-8 becomes U+FFFD, which no
/// setting accepts.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned()).filter(|text| !text.is_empty())
}
