//! Headers from a file, for a proxy in front of the server.

use std::path::Path;

use crate::failure::Failure;
use crate::file;
use crate::output;

/// The headers in a file, one a line: `Name: value`. Empty lines are skipped. No message shows a line: it can be a secret.
pub(crate) fn read(path: &Path, quiet: bool) -> Result<Vec<(String, String)>, Failure> {
    const WHAT: &str = "header file";

    let name = file::name(WHAT, path);
    let text = file::secret_text(WHAT, path, quiet)?;
    let mut headers = Vec::new();
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let invalid = |reason| {
            Err(Failure::usage(format!(
                "line {} of {name} {reason}",
                index + 1
            )))
        };
        let Some((header, value)) = line.split_once(':') else {
            return invalid("is not `Name: value`");
        };
        let (header, value) = (header.trim(), value.trim());
        output::hide(value);
        if let Some((_scheme, credentials)) = value.split_once(' ') {
            output::hide(credentials.trim_start());
        }
        match &*header.to_ascii_lowercase() {
            "x-plex-token" => return invalid("is the token; use --token-file"),
            "x-plex-client-identifier" => {
                return invalid("is X-Plex-Client-Identifier, which the program sets itself");
            }
            _ => headers.push((header.into(), value.into())),
        }
    }
    if headers.is_empty() {
        Err(Failure::usage(format!("{name} has no header")))
    } else {
        Ok(headers)
    }
}
