//! One line of a watch: what happened, and to which object.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::json::Str;
use super::protobuf::{self, Broken, Slot, Value, entry, message};
use super::{DecodeError, Wire};
use crate::model::Text;

/// A watch event, its object still undecoded.
#[derive(Debug, PartialEq)]
pub enum Event<'a> {
    /// ADDED or MODIFIED: the object is now this.
    Applied(&'a [u8]),
    /// DELETED: the object's last form.
    Deleted(&'a [u8]),
    /// BOOKMARK: everything up to here has been sent.
    Bookmark {
        /// The version to go on from.
        version: String,
        /// The end of the initial events of a watch-list.
        initial_end: bool,
    },
    /// ERROR: the stream is over.
    Error(Status),
    /// A type that this program does not know.
    Unknown(String),
}

/// A `metav1.Status`, or what could be read of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The HTTP code it stands for; 0 where it had none.
    pub code: u16,
    /// One word, for example `Expired`.
    pub reason: String,
    /// For people.
    pub message: String,
    /// `details.retryAfterSeconds`
    pub retry_after: Option<u32>,
}

impl<'a> Event<'a> {
    /// Reads one event.
    pub fn decode(bytes: &'a [u8], wire: Wire) -> Result<Self, DecodeError> {
        match wire {
            Wire::Json => json(bytes),
            Wire::Protobuf => protobuf(bytes),
        }
    }
}

/// The API server writes `type` first and nothing after `object`, so that most lines need no parser here.
fn json(line: &[u8]) -> Result<Event<'_>, DecodeError> {
    const FIRST: [(&[u8], bool); 3] = [
        (br#"{"type":"ADDED","object":"#, true),
        (br#"{"type":"MODIFIED","object":"#, true),
        (br#"{"type":"DELETED","object":"#, false),
    ];
    for (start, applied) in FIRST {
        if let Some(object) = line.strip_prefix(start).and_then(|rest| rest.trim_ascii_end().strip_suffix(b"}")) {
            return Ok(if applied { Event::Applied(object) } else { Event::Deleted(object) });
        }
    }
    let raw: RawEvent<'_> = serde_json::from_slice(line)?;
    let object = raw.object.map_or("{}", RawValue::get).as_bytes();
    typed(&raw.kind, object, |object| Ok(serde_json::from_slice(object)?))
}

fn protobuf(frame: &[u8]) -> Result<Event<'_>, DecodeError> {
    let (kind, object) = protobuf::event(frame)?;
    typed(&kind, object, |object| Ok(protobuf::read(protobuf::object(object)?)?))
}

/// What an event of a type means.
fn typed<'a>(
    kind: &str,
    object: &'a [u8],
    mark: impl FnOnce(&'a [u8]) -> Result<RawBookmark<'a>, DecodeError>,
) -> Result<Event<'a>, DecodeError> {
    Ok(match kind {
        "ADDED" | "MODIFIED" => Event::Applied(object),
        "DELETED" => Event::Deleted(object),
        "BOOKMARK" => {
            let RawMark { resource_version, annotations } = mark(object)?.metadata;
            Event::Bookmark {
                version: resource_version.to_string(),
                initial_end: annotations.is_some_and(|notes| notes.end.is_some_and(|end| &*end == "true")),
            }
        }
        "ERROR" => Event::Error(Status::read(object)),
        other => Event::Unknown(other.chars().take(40).collect()),
    })
}

impl Status {
    /// Reads what can be read, in either form; bytes that are no Status give an empty one.
    pub fn read(bytes: &[u8]) -> Self {
        let raw: Option<RawStatus<'_>> = match protobuf::is(bytes) {
            true => protobuf::object(bytes).and_then(protobuf::read).ok(),
            false => serde_json::from_slice(bytes).ok(),
        };
        let Some(raw) = raw else { return Self::default() };
        Self {
            code: raw.code.and_then(|code| u16::try_from(code).ok()).unwrap_or_default(),
            reason: raw.reason.to_string(),
            message: raw.message.to_string(),
            retry_after: raw.details.and_then(|details| u32::try_from(details.retry_after_seconds?).ok()),
        }
    }

    /// Its message, else its reason.
    pub fn words(&self) -> Text {
        let words = if self.message.is_empty() { &self.reason } else { &self.message };
        Text::from(words.as_str())
    }

    /// The history that was asked for is gone.
    pub fn expired(&self) -> bool {
        self.code == 410 || self.reason == "Expired" || self.reason == "Gone"
    }
}

#[derive(Deserialize)]
struct RawEvent<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Str<'a>,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawBookmark<'a> {
    #[serde(borrow)]
    metadata: RawMark<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawMark<'a> {
    #[serde(borrow)]
    resource_version: Str<'a>,
    annotations: Option<RawNotes<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawNotes<'a> {
    #[serde(borrow, rename = "k8s.io/initial-events-end")]
    end: Option<Str<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawStatus<'a> {
    code: Option<i64>,
    #[serde(borrow)]
    reason: Str<'a>,
    message: Str<'a>,
    details: Option<RawDetails>,
    #[serde(rename = "metadata")]
    _metadata: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawDetails {
    retry_after_seconds: Option<i64>,
}

message!(RawBookmark<'a> { 1 => metadata });
message!(RawMark<'a> { 6 => resource_version, 12 => annotations });
message!(RawStatus<'a> { 3 => message, 4 => reason, 5 => details, 6 => code });
message!(RawDetails { 5 => retry_after_seconds });

impl<'a> Slot<'a> for RawNotes<'a> {
    /// A map, of which one entry comes at a time.
    fn fill(&mut self, value: Value<'a>) -> Result<(), Broken> {
        if let Some((_, end)) = entry(value, |key| key == "k8s.io/initial-events-end")? {
            self.end = Some(end);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Event<'_> {
        Event::decode(line.as_bytes(), Wire::Json).unwrap()
    }

    #[test]
    fn an_event_is_read_whatever_the_order_and_spacing_of_its_fields() {
        for line in [
            r#"{"type":"ADDED","object":{"a":1}}"#,
            "{\"type\":\"ADDED\",\"object\":{\"a\":1}}\r",
            r#"{ "object": {"a":1}, "type": "MODIFIED", "more": [1] }"#,
        ] {
            assert_eq!(read(line), Event::Applied(br#"{"a":1}"#), "{line}");
        }
        assert_eq!(read(r#"{"type":"DELETED","object":{}}"#), Event::Deleted(b"{}"));
        assert_eq!(read(r#"{"type":"SHOUT","object":{}}"#), Event::Unknown("SHOUT".into()));
        assert!(Event::decode(b"<html>", Wire::Json).is_err());
    }

    #[test]
    fn a_bookmark_says_whether_it_ends_the_initial_events() {
        let end = r#"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"12","creationTimestamp":null,"annotations":{"k8s.io/initial-events-end":"true","x":"y"}}}}"#;
        assert_eq!(read(end), Event::Bookmark { version: "12".into(), initial_end: true });
        let plain = r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"13"}}}"#;
        assert_eq!(read(plain), Event::Bookmark { version: "13".into(), initial_end: false });
    }

    #[test]
    fn an_error_is_read_even_without_a_status() {
        let gone = r#"{"type":"ERROR","object":{"kind":"Status","metadata":{},"code":410,"reason":"Expired","message":"too old"}}"#;
        let Event::Error(status) = read(gone) else { panic!("not an error") };
        assert!(status.expired());
        assert_eq!(status.message, "too old");
        for odd in
            [r#"{"type":"ERROR"}"#, r#"{"type":"ERROR","object":"no"}"#, r#"{"type":"ERROR","object":{"code":"x"}}"#]
        {
            assert_eq!(read(odd), Event::Error(Status::default()), "{odd}");
        }
    }
}
