//! One text of a property list, the format of settings on macOS. Only the outer dictionary is looked at, and no tree of the
//! rest is made: a short file can describe an endless one.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

use crate::file;

/// The text that has this key in the outer dictionary, if there is one. Fails if the content is not a property list.
pub(super) fn text(content: Vec<u8>, key: &str) -> Result<Option<String>, NotAPropertyList> {
    let text = match content.strip_prefix(b"bplist00") {
        Some(_) => in_binary(&content, key),
        None => in_xml(content, key),
    };
    text.ok_or(NotAPropertyList)
}

pub(super) struct NotAPropertyList;

fn in_xml(content: Vec<u8>, key: &str) -> Option<Option<String>> {
    let text = file::decode(content)?;
    let mut reader = Reader::from_str(&text);
    let mut outer = vec!["dict", "plist"];
    let mut is_wanted = false;
    loop {
        match (reader.read_event().ok()?, outer.last()) {
            (Event::Start(start), Some(name)) if start.name().as_ref() == name.as_bytes() => {
                outer.pop();
            }
            (Event::Start(start), None) => {
                let content = reader.read_text(start.name()).ok()?;
                let content = content.decode().ok()?;
                match start.name().as_ref() {
                    b"string" if is_wanted => return Some(Some(unescape(&content).ok()?.into())),
                    name => is_wanted = name == b"key" && content == key,
                }
            }
            (Event::Empty(_), None) => is_wanted = false,
            (Event::End(_), None) => return Some(None),
            (Event::Start(_) | Event::Empty(_) | Event::End(_) | Event::Eof, _) => return None,
            _ => {}
        }
    }
}

/// A binary property list: objects, a table of their offsets, and a trailer that describes the table.
struct Binary<'a> {
    bytes: &'a [u8],
    offsets: &'a [u8],
    offset_size: usize,
    reference_size: usize,
}

/// An object, cut off after its marker: its type, the number of its elements, and the bytes from there to the end of the file.
struct Object<'a> {
    kind: u8,
    count: usize,
    content: &'a [u8],
}

const ASCII: u8 = 5;
const UTF_16: u8 = 6;
const DICTIONARY: u8 = 13;

fn in_binary(content: &[u8], key: &str) -> Option<Option<String>> {
    let (rest, trailer) = content.split_last_chunk::<32>()?;
    let list = Binary {
        bytes: rest,
        offsets: rest.get(number(&trailer[24..])?..)?,
        offset_size: trailer[6].into(),
        reference_size: trailer[7].into(),
    };
    let outer = list.object(&trailer[16..24])?;
    if outer.kind != DICTIONARY || list.reference_size == 0 {
        return None;
    }
    let size = outer.count.checked_mul(list.reference_size)?;
    let (keys, values) = outer.content.split_at_checked(size)?;
    let values = values.get(..size)?.chunks(list.reference_size);
    for (reference, value) in keys.chunks(list.reference_size).zip(values) {
        let object = list.object(reference)?;
        if object.kind == ASCII && object.content.get(..object.count)? == key.as_bytes() {
            return list.object(value)?.text();
        }
    }
    Some(None)
}

impl<'a> Binary<'a> {
    /// The object with this index in the table.
    fn object(&self, reference: &[u8]) -> Option<Object<'a>> {
        let start = number(reference)?.checked_mul(self.offset_size)?;
        let offset = self.offsets.get(start..)?.get(..self.offset_size)?;
        let (marker, content) = self.bytes.get(number(offset)?..)?.split_first()?;
        let (kind, count) = (marker >> 4, marker & 0xf);
        if count < 0xf {
            return Some(Object {
                kind,
                count: count.into(),
                content,
            });
        }
        // A larger count is an object of its own, a number of 1, 2, 4 or 8 bytes.
        let (marker, content) = content.split_first()?;
        let size = 1_usize.checked_shl((marker & 0xf).into())?;
        let (count, content) = content.split_at_checked(size)?;
        Some(Object {
            kind,
            count: number(count)?,
            content,
        })
    }
}

impl Object<'_> {
    /// The text of this object, if it is one. Fails if it is cut off.
    fn text(&self) -> Option<Option<String>> {
        match self.kind {
            ASCII => Some(String::from_utf8(self.content.get(..self.count)?.into()).ok()),
            UTF_16 => {
                let bytes = self.content.get(..self.count.checked_mul(2)?)?;
                let units = bytes
                    .chunks(2)
                    .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                Some(String::from_utf16(&units.collect::<Vec<_>>()).ok())
            }
            _ => Some(None),
        }
    }
}

/// A number, with its greatest byte first.
fn number(bytes: &[u8]) -> Option<usize> {
    bytes.iter().try_fold(0_usize, |number, byte| {
        number.checked_mul(256)?.checked_add((*byte).into())
    })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const KEY: &str = "PlexOnlineToken";

    /// The largest file that is read.
    const MAX_SIZE: usize = 1 << 20;

    fn read(content: impl Into<Vec<u8>>) -> Option<Option<String>> {
        text(content.into(), KEY).ok()
    }

    fn found(token: &str) -> Option<Option<String>> {
        Some(Some(token.into()))
    }

    /// A binary property list of these objects, of which the last is the outer one.
    fn binary(objects: &[&[u8]]) -> Vec<u8> {
        let mut bytes = b"bplist00".to_vec();
        let mut offsets = Vec::new();
        for object in objects {
            offsets.extend((bytes.len() as u32).to_be_bytes());
            bytes.extend(*object);
        }
        let table = bytes.len() as u64;
        bytes.extend(&offsets);
        bytes.extend([0, 0, 0, 0, 0, 0, 4, 1]);
        for number in [objects.len() as u64, objects.len() as u64 - 1, table] {
            bytes.extend(number.to_be_bytes());
        }
        bytes
    }

    fn ascii(text: &str) -> Vec<u8> {
        [&[0x5f, 0x10, text.len() as u8], text.as_bytes()].concat()
    }

    #[test]
    fn a_text_is_found_in_a_binary_list() {
        let key = ascii(KEY);
        let other = ascii("FriendlyName");
        let utf_16 = [0x63, 0, b'a', 0, 0xf6, 0, b'b'];
        let list = |value: &[u8]| binary(&[&other, &key, value, &[0xd2, 0, 1, 0, 2]]);
        assert_eq!(read(list(&ascii("s3cr3t"))), found("s3cr3t"));
        assert_eq!(read(list(b"\x56s3cr3t")), found("s3cr3t"));
        assert_eq!(read(list(&utf_16)), found("a\u{f6}b"));
        // A number, or a dictionary with a text, is no text.
        assert_eq!(read(list(&[0x10, 1])), Some(None));
        assert_eq!(read(list(&[0xd1, 1, 0])), Some(None));
        assert_eq!(read(binary(&[&other, &[0xd1, 0, 0]])), Some(None));
        assert_eq!(read(binary(&[&[0xd0]])), Some(None));
        // The outer object is no dictionary.
        assert_eq!(read(binary(&[&key])), None);
    }

    #[test]
    fn a_text_is_found_in_a_list_as_xml() {
        let list = |entries: &str| {
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"\">\n\
                 <plist version=\"1.0\">\n<dict>\n{entries}</dict>\n</plist>\n"
            )
        };
        let entry = "<key>PlexOnlineToken</key>\n\t<string>a&amp;b</string>";
        assert_eq!(read(list(entry)), found("a&b"));
        let inner = "<key>Other</key><dict><key>PlexOnlineToken</key><string>inner</string></dict>";
        assert_eq!(
            read(list(&format!("{inner}<key>On</key><true/>{entry}"))),
            found("a&b")
        );
        assert_eq!(read(list(inner)), Some(None));
        assert_eq!(
            read(list("<key>PlexOnlineToken</key><integer>1</integer>")),
            Some(None)
        );
        for text in [
            "",
            "<plist/>",
            "<plist><array/></plist>",
            "<plist><dict>",
            "<dict></dict>",
            "bplist00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_damaged_list_is_no_more_than_damaged() {
        let list = binary(&[&ascii(KEY), &ascii("s3cr3t"), &[0xd1, 0, 1]]);
        for length in 0..list.len() {
            assert_eq!(read(&list[..length]), None, "{length} bytes");
        }
        for index in 0..list.len() {
            for byte in 0..=255 {
                let mut list = list.clone();
                list[index] = byte;
                let _ = read(list);
            }
        }
    }

    #[test]
    fn no_list_takes_much_time() {
        let started = Instant::now();
        // Arrays that hold the one before twice, below an outer array and below an outer dictionary.
        let mut objects = vec![ascii("a")];
        objects.extend((0..50).map(|index| vec![0xa2, index, index]));
        objects.push(vec![0xd1, 0, 50]);
        let objects: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
        assert_eq!(read(binary(&objects)), Some(None));
        assert_eq!(read(binary(&objects[..51])), None);
        // A dictionary that holds itself.
        assert_eq!(read(binary(&[&ascii(KEY), &[0xd1, 0, 1]])), Some(None));
        // A dictionary with many keys, which are all the same long text.
        let half = MAX_SIZE / 2 - 100;
        let size = (half as u32).to_be_bytes();
        let long = [&[0x5f, 0x12][..], &size, &vec![b'a'; half]].concat();
        let count = (half as u32 / 2).to_be_bytes();
        let dictionary = [&[0xdf, 0x12][..], &count, &vec![0; half]].concat();
        assert_eq!(read(binary(&[&long, &dictionary])), Some(None));
        // Counts that are larger than the file.
        for size in [
            &[0x10, 0xff][..],
            &[0x12, 0xff, 0xff, 0xff, 0xff],
            &[0x13, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x1f],
        ] {
            assert_eq!(read(binary(&[&[&[0xdf], size].concat()])), None);
        }
        for text in ["(", "{", "<dict>", "<array>"] {
            let nested = text.repeat(MAX_SIZE / text.len());
            assert_eq!(read(nested.clone()), None);
            assert_eq!(read(format!("<plist><dict>{nested}")), None);
        }
        assert!(started.elapsed().as_secs() < 30);
    }
}
