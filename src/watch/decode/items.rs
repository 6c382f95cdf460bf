//! A List document taken apart while it arrives: its items one by one, its metadata at the end.
//!
//! Memory is that of one item, not of a page; an item that does not decode costs only itself.

use serde::Deserialize;

use super::DecodeError;
use super::json::Str;

/// The longest object that is accepted, in bytes. etcd takes 1.5 MiB (in protobuf) unless told otherwise.
pub const LONGEST: usize = 8 << 20;

/// The splitter. Feed it with [`Items::push`], finish with [`Items::end`].
#[derive(Debug, Default)]
pub struct Items {
    depth: u32,
    string: bool,
    escaped: bool,
    /// At depth 1, before the colon.
    naming: bool,
    key: Vec<u8>,
    section: Section,
    /// What of an item or of the metadata came with earlier chunks.
    carry: Vec<u8>,
    metadata: Vec<u8>,
    finished: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Section {
    #[default]
    Other,
    Metadata,
    Items,
}

/// What stands in a list's metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEnd {
    /// The version to watch from.
    pub version: String,
    /// The token for the next page; empty on the last one.
    pub next: String,
}

impl Items {
    /// Takes the next bytes and gives each item that is complete.
    pub fn push(&mut self, bytes: &[u8], each: &mut impl FnMut(&[u8])) -> Result<(), DecodeError> {
        let mut start = if self.capturing() { Some(0) } else { None };
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if self.string {
                if self.escaped {
                    self.escaped = false;
                } else if byte == b'\\' {
                    self.escaped = true;
                } else if byte == b'"' {
                    self.string = false;
                } else {
                    let rest = &bytes[at..];
                    let run = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                    if self.naming && self.depth == 1 {
                        self.key.extend_from_slice(&rest[..run.min(64)]);
                    }
                    at += run;
                    continue;
                }
                at += 1;
                continue;
            }
            match byte {
                b'"' => self.open_string()?,
                b'{' | b'[' => {
                    self.open(byte)?;
                    if self.opens_capture(byte) {
                        start = Some(at);
                    }
                }
                b'}' | b']' => {
                    if self.depth == 0 {
                        return Err(DecodeError::NotAList("it closes more than it opens"));
                    }
                    let whole = self.capturing() && self.depth == self.capture_depth();
                    self.depth -= 1;
                    if whole {
                        let from = start.take().unwrap_or(0);
                        self.close(&bytes[from..=at], each);
                    }
                    if self.depth == 0 {
                        self.finished = true;
                    }
                }
                b':' if self.depth == 1 => self.name(),
                b',' if self.depth == 1 => self.naming = true,
                b' ' | b'\n' | b'\r' | b'\t' | b',' => {}
                _ if self.depth == 0 => return Err(DecodeError::NotAList("it does not begin with {")),
                _ if self.depth == 2 && self.section == Section::Items => {
                    return Err(DecodeError::NotAList("an item is no object"));
                }
                _ => {}
            }
            at += 1;
        }
        if let Some(start) = start {
            self.carry.extend_from_slice(&bytes[start..]);
            if self.carry.len() > LONGEST {
                return Err(DecodeError::NotAList("an item is longer than 8 MiB"));
            }
        }
        Ok(())
    }

    /// The metadata, once the document is complete.
    pub fn end(self) -> Result<ListEnd, DecodeError> {
        if !self.finished {
            return Err(DecodeError::Early);
        }
        let metadata = if self.metadata.is_empty() { b"{}".as_slice() } else { &self.metadata };
        let raw: RawListMeta<'_> = serde_json::from_slice(metadata)?;
        Ok(ListEnd { version: raw.resource_version.to_string(), next: raw.next.to_string() })
    }

    fn open_string(&mut self) -> Result<(), DecodeError> {
        if self.depth == 0 {
            return Err(DecodeError::NotAList("it does not begin with {"));
        }
        if self.depth == 2 && self.section == Section::Items {
            return Err(DecodeError::NotAList("an item is no object"));
        }
        self.string = true;
        if self.naming && self.depth == 1 {
            self.key.clear();
        }
        Ok(())
    }

    fn open(&mut self, byte: u8) -> Result<(), DecodeError> {
        if self.depth == 0 {
            if self.finished || byte != b'{' {
                return Err(DecodeError::NotAList("it does not begin with {"));
            }
            self.naming = true;
        }
        if self.depth == 2 && self.section == Section::Items && byte == b'[' {
            return Err(DecodeError::NotAList("an item is no object"));
        }
        self.depth += 1;
        Ok(())
    }

    fn name(&mut self) {
        self.naming = false;
        self.section = match self.key.as_slice() {
            b"items" => Section::Items,
            b"metadata" => Section::Metadata,
            _ => Section::Other,
        };
    }

    /// The depth inside what is captured in this section.
    fn capture_depth(&self) -> u32 {
        match self.section {
            Section::Metadata => 2,
            Section::Items => 3,
            Section::Other => u32::MAX,
        }
    }

    fn capturing(&self) -> bool {
        self.depth >= self.capture_depth()
    }

    fn opens_capture(&self, byte: u8) -> bool {
        byte == b'{' && self.depth == self.capture_depth()
    }

    fn close(&mut self, last: &[u8], each: &mut impl FnMut(&[u8])) {
        let whole: &[u8] = if self.carry.is_empty() {
            last
        } else {
            self.carry.extend_from_slice(last);
            &self.carry
        };
        match self.section {
            Section::Items => each(whole),
            Section::Metadata => self.metadata = whole.to_vec(),
            Section::Other => {}
        }
        self.carry.clear();
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawListMeta<'a> {
    #[serde(borrow)]
    resource_version: Str<'a>,
    #[serde(rename = "continue")]
    next: Str<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"kind":"PodList","metadata":{"continue":"a\"}b","resourceVersion":"7"}, "items": [
        {"metadata":{"name":"a"},"items":[{}]}, {"x":"}]\\"},{} ], "more": {"items": [1, {"a": 2}]}}"#;

    fn split(document: &str, size: usize) -> Result<(Vec<String>, ListEnd), DecodeError> {
        let (mut items, mut found) = (Items::default(), Vec::new());
        for chunk in document.as_bytes().chunks(size) {
            items.push(chunk, &mut |item| found.push(String::from_utf8(item.to_vec()).unwrap()))?;
        }
        Ok((found, items.end()?))
    }

    #[test]
    fn items_come_whole_however_the_bytes_are_cut() {
        for size in 1..=LIST.len() {
            let (found, end) = split(LIST, size).unwrap();
            assert_eq!(
                found,
                [r#"{"metadata":{"name":"a"},"items":[{}]}"#, r#"{"x":"}]\\"}"#, "{}"],
                "chunks of {size}"
            );
            assert_eq!(end, ListEnd { version: "7".into(), next: "a\"}b".into() });
        }
    }

    #[test]
    fn null_items_are_an_empty_list() {
        assert_eq!(split(r#"{"metadata":{},"items":null}"#, 3).unwrap().0, [""; 0]);
        assert_eq!(split("{}", 1).unwrap().1, ListEnd::default());
    }

    #[test]
    fn what_is_no_list_is_said() {
        for document in
            ["<html>", "", "[1]", r#"{"items":[1]}"#, r#"{"items":["a"]}"#, r#"{"items":[{}"#, "}", r#""x""#]
        {
            let error = split(document, 4).unwrap_err();
            assert!(matches!(error, DecodeError::NotAList(_) | DecodeError::Early), "{document}");
        }
    }
}
