//! Bytes of a body become units: lines or frames of a watch, items of a list.

use bytes::{Bytes, BytesMut};

use super::decode::{DecodeError, Items, LONGEST, ListEnd, Wire};
use crate::delta::Cause;

/// How a body is cut.
pub(super) enum Cut {
    /// At line ends; empty lines are none.
    Lines,
    /// Where the length before each says.
    Frames,
    /// Into the items of a List document.
    Items,
}

impl Cut {
    /// How the events of a watch are told apart.
    pub(super) fn events(wire: Wire) -> Self {
        match wire {
            Wire::Json => Self::Lines,
            Wire::Protobuf => Self::Frames,
        }
    }
}

/// Whole units in order. Most share the memory that they were received in.
#[derive(Default)]
pub(super) struct Units {
    units: Vec<Bytes>,
    bytes: usize,
}

impl Units {
    /// The units in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.units.iter().map(|unit| &unit[..])
    }

    pub(super) fn len(&self) -> usize {
        self.units.len()
    }

    /// Bytes of all of them.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn push(&mut self, unit: Bytes) {
        self.bytes += unit.len();
        self.units.push(unit);
    }
}

/// Cuts bytes that come in any portions.
pub(super) enum Cutter {
    /// The beginning of a line whose end has not come.
    Lines(BytesMut),
    /// The beginning of a frame, its length included, whose end has not come.
    Frames(BytesMut),
    Items(Items),
}

impl Default for Cutter {
    fn default() -> Self {
        Self::Lines(BytesMut::new())
    }
}

impl Cutter {
    pub(super) fn new(cut: Cut) -> Self {
        match cut {
            Cut::Lines => Self::Lines(BytesMut::new()),
            Cut::Frames => Self::Frames(BytesMut::new()),
            Cut::Items => Self::Items(Items::default()),
        }
    }

    pub(super) fn push(&mut self, bytes: Bytes, units: &mut Units) -> Result<(), Cause> {
        match self {
            Self::Lines(carry) => lines(carry, bytes, units),
            Self::Frames(carry) => frames(carry, bytes, units),
            Self::Items(items) => items
                .push(&bytes, &mut |item| units.push(Bytes::copy_from_slice(item)))
                .map_err(|error| Cause::Malformed(error.to_string().into())),
        }
    }

    /// What it means that the body ends here.
    pub(super) fn end(self) -> Result<ListEnd, Cause> {
        match self {
            Self::Lines(carry) if carry.trim_ascii().is_empty() => Ok(ListEnd::default()),
            Self::Frames(carry) if carry.is_empty() => Ok(ListEnd::default()),
            Self::Lines(_) | Self::Frames(_) => Err(Cause::Closed),
            Self::Items(items) => match items.end() {
                Ok(end) => Ok(end),
                Err(DecodeError::Early) => Err(Cause::Closed),
                Err(error) => Err(Cause::Malformed(error.to_string().into())),
            },
        }
    }
}

/// A carry that grew for one unit gives its room back with it.
const ROOM: usize = 64 * 1024;

fn whole_carry(carry: &mut BytesMut) -> Bytes {
    if carry.len() > ROOM { std::mem::take(carry) } else { carry.split() }.freeze()
}

fn lines(carry: &mut BytesMut, bytes: Bytes, units: &mut Units) -> Result<(), Cause> {
    let mut start = 0;
    let mut push = |line: Bytes| {
        if !line.trim_ascii().is_empty() {
            units.push(line);
        }
    };
    for end in memchr::memchr_iter(b'\n', &bytes) {
        if carry.is_empty() {
            push(bytes.slice(start..end));
        } else {
            carry.extend_from_slice(&bytes[start..end]);
            push(whole_carry(carry));
        }
        start = end + 1;
    }
    carry.extend_from_slice(&bytes[start..]);
    if carry.len() > LONGEST {
        return Err(Cause::Malformed("a line of more than 8 MiB".into()));
    }
    Ok(())
}

/// Each frame has its length before it: four bytes, the highest first.
const LENGTH: usize = 4;

fn frames(carry: &mut BytesMut, mut bytes: Bytes, units: &mut Units) -> Result<(), Cause> {
    loop {
        // A carry is filled up to its frame's end, so that it never holds more than one.
        if !carry.is_empty() {
            let wanted = frame(carry)?.unwrap_or(LENGTH);
            carry.extend_from_slice(&bytes.split_to((wanted - carry.len()).min(bytes.len())));
            match frame(carry)? {
                Some(whole) if carry.len() == whole => units.push(whole_carry(carry).slice(LENGTH..)),
                // Its length has just become known.
                Some(_) if !bytes.is_empty() => continue,
                Some(_) | None => return Ok(()),
            }
        }
        match frame(&bytes)? {
            Some(whole) if bytes.len() >= whole => units.push(bytes.split_to(whole).slice(LENGTH..)),
            Some(_) | None => {
                carry.extend_from_slice(&bytes);
                return Ok(());
            }
        }
    }
}

/// The bytes of the frame that begins here, its length included; `None` before that has come.
fn frame(bytes: &[u8]) -> Result<Option<usize>, Cause> {
    let Some(length) = bytes.first_chunk::<LENGTH>() else { return Ok(None) };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    match length {
        0 => Err(Cause::Malformed("an event without a byte".into())),
        1..=LONGEST => Ok(Some(LENGTH + length)),
        _ => Err(Cause::Malformed("an event of more than 8 MiB".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_the_same_however_the_bytes_come() {
        let lines = b"one\n\n  \ntwo\nthree\n".to_vec();
        let frames = b"\0\0\0\x03one\0\0\0\x03two\0\0\0\x05three".to_vec();
        for (bytes, cutter) in
            [(lines, || Cutter::Lines(BytesMut::new())), (frames, || Cutter::Frames(BytesMut::new()))]
                as [(Vec<u8>, fn() -> Cutter); 2]
        {
            for size in 1..=bytes.len() {
                let (mut cutter, mut units) = (cutter(), Units::default());
                for chunk in bytes.chunks(size) {
                    cutter.push(Bytes::copy_from_slice(chunk), &mut units).unwrap();
                }
                assert_eq!(units.iter().collect::<Vec<_>>(), [&b"one"[..], b"two", b"three"], "by {size}");
                assert!(cutter.end().is_ok());
            }
        }
    }

    #[test]
    fn a_frame_that_breaks_off_or_never_ends_is_a_fault() {
        for bytes in [&b"\0"[..], b"\0\0\0\x03", b"\0\0\0\x03on"] {
            let mut cutter = Cutter::Frames(BytesMut::new());
            cutter.push(Bytes::from_static(bytes), &mut Units::default()).unwrap();
            assert_eq!(cutter.end().err(), Some(Cause::Closed));
        }
        for (bytes, why) in [
            (&b"{\"type\":\"ADDED\""[..], "an event of more than 8 MiB"),
            (b"\0\0\0\x01x\0\0\0\0", "an event without a byte"),
        ] {
            let cut = Cutter::Frames(BytesMut::new()).push(Bytes::from_static(bytes), &mut Units::default());
            assert_eq!(cut, Err(Cause::Malformed(why.into())));
        }
    }
}
