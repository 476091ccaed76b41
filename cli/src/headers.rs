//! Headers from a file, for a proxy in front of the server.

use std::path::Path;

use crate::failure::Failure;
use crate::secret_file;

/// The headers in a file, one a line: `Name: value`. Empty lines are skipped. No message shows a line: it can be a secret.
pub(crate) fn read(path: &Path, quiet: bool) -> Result<Vec<(String, String)>, Failure> {
    let name = secret_file::name("header file", path);
    let text = secret_file::text(path, &name, quiet)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| match line.split_once(':') {
            Some((header, value)) => Ok((header.trim().into(), value.trim().into())),
            None => Err(Failure::usage(format!("line {} of {name} is not `Name: value`", index + 1))),
        })
        .collect()
}
