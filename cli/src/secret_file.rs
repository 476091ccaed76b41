//! Files that hold secrets.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::failure::Failure;
use crate::output::eprint_line;

/// The largest file that is read. PMS's own settings have a few KiB.
const MAX_SIZE: u64 = 1 << 20;

/// How messages name a file; `-` is stdin.
pub(crate) fn name(what: &str, path: &Path) -> String {
    if path == Path::new("-") {
        "stdin".into()
    } else {
        format!("the {what} {}", path.display())
    }
}

/// The text of a file, or of stdin. `name` is for messages.
pub(crate) fn text(path: &Path, name: &str, quiet: bool) -> Result<String, Failure> {
    let cannot_read = |error: io::Error| Failure::usage(format!("cannot read {name}: {error}"));
    let bytes = if path == Path::new("-") {
        read(io::stdin()).map_err(cannot_read)?
    } else {
        let file = File::open(path).map_err(cannot_read)?;
        if !quiet && should_be_private(&file) {
            eprint_line(&format!(
                "warning: other users can read {name}; chmod 600 it"
            ));
        }
        read(file).map_err(cannot_read)?
    };
    decode(bytes).ok_or_else(|| Failure::usage(format!("{name} is not UTF-8 text")))
}

pub(crate) fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_SIZE).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == MAX_SIZE {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

/// Opens a file at a place that the user has not named. Nothing but a regular file is opened: a pipe could keep the program
/// waiting for ever.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    let file_type = fs::metadata(path)?.file_type();
    if file_type.is_dir() {
        Err(io::Error::other("it is a folder"))
    } else if !file_type.is_file() {
        Err(io::Error::other("it is not a regular file"))
    } else {
        File::open(path)
    }
}

/// UTF-8, or UTF-16 with a byte order mark, as PowerShell's `>` writes it. The mark is not part of the text.
pub(crate) fn decode(bytes: Vec<u8>) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes
            .chunks(2)
            .map(|pair| Some(unit(pair.try_into().ok()?)));
        String::from_utf16(&units.collect::<Option<Vec<u16>>>()?).ok()
    };
    match &bytes[..] {
        [0xff, 0xfe, text @ ..] => utf16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf16(text, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8(text.into()).ok(),
        _ => String::from_utf8(bytes).ok(),
    }
}

/// Whether other users can read a file, and this one can change that: not if it belongs to someone else, or is mounted
/// read-only, as the secrets of containers are.
#[cfg(unix)]
fn should_be_private(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{StatVfsMountFlags, fstatvfs};

    let is_read_only =
        || fstatvfs(file).is_ok_and(|mount| mount.f_flag.contains(StatVfsMountFlags::RDONLY));
    file.metadata().is_ok_and(|metadata| {
        metadata.is_file()
            && metadata.mode() & 0o004 != 0
            && metadata.uid() == rustix::process::geteuid().as_raw()
            && !is_read_only()
    })
}

#[cfg(not(unix))]
fn should_be_private(_: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_where_a_mark_says_so() {
        for (bytes, text) in [
            (&b"a\xc3\xb6"[..], Some("a\u{f6}")),
            (b"\xef\xbb\xbfa", Some("a")),
            (b"\xff\xfea\0\xf6\0", Some("a\u{f6}")),
            (b"\xfe\xff\0a\0\xf6", Some("a\u{f6}")),
            (b"\xff\xfe", Some("")),
            (b"\xff\xfea", None),
            (b"\xff\xfe\0\xd8", None),
            (b"\xff", None),
        ] {
            assert_eq!(decode(bytes.into()).as_deref(), text, "{bytes:?}");
        }
    }
}
