//! DNS messages, as much as a test needs: a question out, an answer in.

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The types that are asked, with their numbers.
pub(super) const TYPES: [(&str, u16); 12] = [
    ("A", 1),
    ("NS", 2),
    ("CNAME", 5),
    ("SOA", 6),
    ("PTR", 12),
    ("MX", 15),
    ("TXT", 16),
    ("AAAA", 28),
    ("SRV", 33),
    ("NAPTR", 35),
    ("SVCB", 64),
    ("HTTPS", 65),
];

const CODES: [&str; 6] = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Record {
    /// `OWNER TYPE DATA`, in lower case.
    pub text: String,
    pub ttl: u32,
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// The response code; `NODATA` is `NOERROR` without a record, `NOANSWER` no reply at all.
    pub status: String,
    /// Sorted: servers shuffle them.
    pub records: Vec<Record>,
    /// The TTL of the zone's head, which comes with a denial.
    pub denial: Option<u32>,
}

impl Reply {
    pub(super) fn none() -> Self {
        Self { status: "NOANSWER".to_owned(), records: Vec::new(), denial: None }
    }
}

/// The number of a type.
pub(super) fn number(kind: &str) -> u16 {
    TYPES.iter().find(|(name, _)| *name == kind).map_or(0, |(_, number)| *number)
}

/// A query for an absolute name.
pub(super) fn question(id: u16, name: &str, kind: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Recursion desired; one question; one additional record: that answers may be long.
    for word in [id, 0x0100, 1, 0, 0, 1] {
        bytes.extend(word.to_be_bytes());
    }
    for label in name.trim_end_matches('.').split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).expect("a label is short"));
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes.extend(number(kind).to_be_bytes());
    bytes.extend(1_u16.to_be_bytes());
    bytes.extend([0, 0, 41, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

/// The name and type that were asked; none where the bytes are no query.
pub(super) fn asked(bytes: &[u8]) -> Option<(String, u16, usize)> {
    let mut reader = Reader { bytes, at: 12 };
    let name = reader.name()?;
    let kind = reader.word()?;
    reader.word()?;
    Some((name, kind, reader.at))
}

/// Reads an answer; none where the bytes are none to this question.
pub(super) fn reply(id: u16, bytes: &[u8]) -> Option<Reply> {
    let mut reader = Reader { bytes, at: 0 };
    let [got, flags, questions, answers, authorities] =
        [reader.word()?, reader.word()?, reader.word()?, reader.word()?, reader.word()?];
    if got != id || flags & 0x8000 == 0 {
        return None;
    }
    reader.at = 12;
    for _ in 0..questions {
        reader.name()?;
        reader.at += 4;
    }
    let mut records = (0..answers).map(|_| reader.record()).collect::<Option<Vec<Record>>>()?;
    let heads = (0..authorities).map(|_| reader.record()).collect::<Option<Vec<Record>>>()?;
    let denial = heads.iter().find(|record| record.text.contains(" soa ")).map(|record| record.ttl);
    records.sort();
    let code = CODES.get(usize::from(flags & 15)).copied().unwrap_or("OTHER");
    let truncated = if flags & 0x0200 == 0 { "" } else { " truncated" };
    let status = if code == "NOERROR" && records.is_empty() { "NODATA" } else { code };
    Some(Reply { status: format!("{status}{truncated}"), records, denial })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from(self.word()?) << 16 | u32::from(self.word()?))
    }

    /// With its final dot, in lower case; pointers go backwards only.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let (mut back, mut jumps) = (None, 0);
        loop {
            let length = self.byte()?;
            if length >= 0xc0 {
                let to = usize::from(length & 0x3f) << 8 | usize::from(self.byte()?);
                back.get_or_insert(self.at);
                jumps += 1;
                if jumps > 50 {
                    return None;
                }
                self.at = to;
                continue;
            }
            if length == 0 {
                break;
            }
            let label = self.bytes.get(self.at..self.at + usize::from(length))?;
            self.at += label.len();
            for byte in label {
                match byte {
                    b'.' | b'\\' => write!(name, "\\{}", *byte as char).ok()?,
                    0x21..=0x7e => name.push(byte.to_ascii_lowercase() as char),
                    _ => write!(name, "\\{byte:03}").ok()?,
                }
            }
            name.push('.');
        }
        self.at = back.unwrap_or(self.at);
        Some(if name.is_empty() { ".".to_owned() } else { name })
    }

    fn record(&mut self) -> Option<Record> {
        let name = self.name()?;
        let kind = self.word()?;
        self.word()?;
        let ttl = self.long()?;
        let length = usize::from(self.word()?);
        let end = self.at + length;
        let data = self.bytes.get(self.at..end)?;
        let text = match kind {
            1 => Ipv4Addr::from(<[u8; 4]>::try_from(data).ok()?).to_string(),
            28 => Ipv6Addr::from(<[u8; 16]>::try_from(data).ok()?).to_string(),
            2 | 5 | 12 => self.name()?,
            6 => {
                // The server and the last number, how long a denial is kept; the serial is a time.
                let server = self.name()?;
                self.name()?;
                self.at += 16;
                format!("{server} {}", self.long()?)
            }
            16 => {
                let mut text = Vec::new();
                while self.at < end {
                    let length = usize::from(self.byte()?);
                    let part = self.bytes.get(self.at..self.at + length)?;
                    self.at += length;
                    text.push(format!("\"{}\"", String::from_utf8_lossy(part)));
                }
                text.join(" ")
            }
            33 => format!("{} {} {} {}", self.word()?, self.word()?, self.word()?, self.name()?),
            _ => format!("{data:02x?}"),
        };
        self.at = end;
        let kind = TYPES.iter().find(|(_, number)| *number == kind).map_or("OTHER", |(name, _)| name);
        Some(Record { text: format!("{name} {kind} {text}").to_lowercase(), ttl })
    }
}
