//! Files that hold secrets.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;
use crate::output::complain;

/// The largest file that is read. PMS's own settings have a few KiB.
const MAX_SIZE: u64 = 1 << 20;

/// Some editors put this at the start of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How messages name a file; `-` is stdin.
pub(crate) fn name(what: &str, path: &Path) -> String {
    if path == Path::new("-") {
        "stdin".into()
    } else {
        format!("the {what} {}", path.display())
    }
}

/// The text of a file, or of stdin, without a byte order mark. `name` is for messages.
pub(crate) fn text(path: &Path, name: &str, quiet: bool) -> Result<String, Failure> {
    let cannot_read = |error: io::Error| Failure::usage(format!("cannot read {name}: {error}"));
    let bytes = if path == Path::new("-") {
        static WAS_READ: AtomicBool = AtomicBool::new(false);
        if WAS_READ.swap(true, Ordering::Relaxed) {
            return Err(Failure::usage(
                "stdin can be read only once: the token or the headers must be in a file",
            ));
        }
        read(io::stdin()).map_err(cannot_read)?
    } else {
        let file = File::open(path).map_err(cannot_read)?;
        if !quiet && is_readable_by_others(&file) {
            complain(&format!(
                "warning: other users can read {name}; chmod 600 it"
            ));
        }
        read(file).map_err(cannot_read)?
    };
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage(format!("{name} is not UTF-8 text")))?;
    Ok(text.trim_start_matches(BYTE_ORDER_MARK).into())
}

pub(crate) fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_SIZE).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == MAX_SIZE {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn is_readable_by_others(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt;

    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &File) -> bool {
    false
}
