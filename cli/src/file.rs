//! Reading files: those that the options name, and those at places where a server keeps its own.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::failure::Failure;
use crate::output::eprint_line;
use crate::token_text;

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

/// The text of a file with secrets, or of stdin. `what` it is, is for messages.
pub(crate) fn secret_text(what: &str, path: &Path, quiet: bool) -> Result<String, Failure> {
    let name = name(what, path);
    if path == Path::new("-") {
        return text(io::stdin(), &name);
    }
    let file = open(what, path)?;
    if !quiet && should_be_private(&file) {
        eprint_line(&format!(
            "warning: other users can read {name}; chmod 600 it"
        ));
    }
    text(file, &name)
}

/// The text of a source with this name.
pub(crate) fn text(source: impl Read, name: &str) -> Result<String, Failure> {
    let bytes =
        read(source).map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
    decode(bytes).ok_or_else(|| Failure::usage(format!("{name} is not UTF-8 text")))
}

/// Opens a file that an option or a variable names.
pub(crate) fn open(what: &str, path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| cannot_open(what, path, &error))
}

/// The failure for a file that an option or a variable names. A secret that was given in place of a path is not shown.
pub(crate) fn cannot_open(what: &str, path: &Path, error: &io::Error) -> Failure {
    let shown = path.to_string_lossy();
    let is_missing = error.kind() == ErrorKind::NotFound;
    Failure::usage(
        if token_text::can_have_secret(shown.trim()) && !path.exists() {
            let advice = if token_text::is_header(&shown) {
                "give the path of a file that has the header"
            } else {
                "give the path of a file"
            };
            format!(
                "cannot read the {what}: {error}; its name is not shown, because it can be a secret; {advice}"
            )
        } else if shown.starts_with(['~', '$', '%']) && is_missing {
            format!(
                "cannot read the {what} {shown}: {error}; write the whole path, because no shell has completed this one"
            )
        } else if shown.ends_with(['\r', '\n']) && is_missing {
            format!(
                "cannot read the {what} {}: {error}; its name ends in a line break, as in a script with the line ends of \
                 Windows",
                shown.trim_end()
            )
        } else {
            format!("cannot read the {what} {shown}: {error}")
        },
    )
}

/// All bytes of a source, if they are not too many.
pub(crate) fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_SIZE).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == MAX_SIZE {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

/// Opens a regular file at a place that the user has not named. It is looked at first, because to open something else can
/// have an effect. Its folder's owner can then replace it, so in the end the open file counts.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    check_regular(&fs::metadata(path)?)?;
    let file = open_at_once(path)?;
    check_regular(&file.metadata()?)?;
    Ok(file)
}

/// The same for a file below a folder. The folder can be reached through links. Below it none is followed, and the file must
/// belong to the owner of its own folder: a link could lead to a secret of someone else's.
#[cfg(unix)]
pub(crate) fn open_below(folder: &Path, file: &Path) -> io::Result<File> {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, statat};

    let open = |folder: &File, name: &Path, is_wanted: fn(FileType) -> bool, flags| {
        let stat = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => Err(io::Error::other(format!(
                "{} is a symbolic link",
                name.display()
            ))),
            file_type if is_wanted(file_type) => {
                let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                Ok(File::from(openat(folder, name, flags, Mode::empty())?))
            }
            file_type => Err(not_regular(file_type.is_dir())),
        }
    };
    let mut folder = File::open(folder.join("."))?;
    for name in file.parent().into_iter().flat_map(Path::iter) {
        folder = open(&folder, name.as_ref(), |_| true, OFlags::DIRECTORY)?;
    }
    let name = file.file_name().unwrap_or_default();
    let file = open(&folder, name.as_ref(), FileType::is_file, OFlags::NONBLOCK)?;
    let metadata = file.metadata()?;
    check_regular(&metadata)?;
    if metadata.nlink() > 1 {
        Err(io::Error::other("it is a hard link"))
    } else if metadata.uid() != folder.metadata()?.uid() {
        Err(io::Error::other(
            "it does not belong to the owner of its folder",
        ))
    } else {
        Ok(file)
    }
}

#[cfg(not(unix))]
pub(crate) fn open_below(folder: &Path, file: &Path) -> io::Result<File> {
    let path = folder.join(file);
    check_regular(&fs::symlink_metadata(&path)?)?;
    open_regular(&path)
}

/// Opens a file without waiting, as for the other end of a pipe.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    let mut options = File::options();
    options
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits() as i32)
        .open(path)
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

fn check_regular(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        Ok(())
    } else {
        Err(not_regular(metadata.is_dir()))
    }
}

fn not_regular(is_folder: bool) -> io::Error {
    io::Error::other(if is_folder {
        "it is a folder"
    } else {
        "it is not a regular file"
    })
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
