//! Watch events and list documents.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::text::Str;
use super::{Decode, DecodeError, Status, Version, meta, skipped, status};
use crate::delta::{Skipped, Step};
use crate::model::{Interner, Meta};

/// One line of a watch.
#[derive(Debug)]
pub enum Event<T> {
    /// A step of an object, and the resource version to go on from.
    Step(Step<T>, Option<Version>),
    /// No change; the resource version moves on.
    Bookmark(Bookmark),
    /// The server ends the watch and says why.
    Error(Status),
    /// An object that cannot be read.
    Skipped(Skipped),
    /// A type that this program does not know.
    Unknown(Box<str>),
}

/// A BOOKMARK event.
#[derive(Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// The resource version to go on from.
    pub resource_version: Option<Version>,
    /// The initial list of a watch-list is complete (R9.6).
    pub initial_events_end: bool,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Versioned<'a> {
    #[serde(borrow, default)]
    metadata: meta::Wire<'a>,
}

/// Cuts `{"type":"ADDED","object":{…}}` open without reading it, as the API server has always written it.
fn cut(line: &[u8]) -> Option<(&str, &[u8])> {
    let rest = line.trim_ascii_end().strip_prefix(br#"{"type":""#)?;
    let quote = rest.iter().position(|byte| *byte == b'"')?;
    let (kind, rest) = rest.split_at(quote);
    let object = rest.strip_prefix(br#"","object":"#)?.strip_suffix(b"}")?;
    Some((std::str::from_utf8(kind).ok()?, object))
}

/// Reads one line of a watch.
///
/// # Errors
/// The line is no watch event at all.
pub fn event<T: Decode>(line: &[u8], interner: &mut Interner) -> Result<Event<T>, DecodeError> {
    if let Some((kind, object)) = cut(line) {
        return Ok(read(kind, object, interner));
    }
    let line: Line<'_> = serde_json::from_slice(line)?;
    let object = line.object.map_or("null", RawValue::get);
    Ok(read(line.kind.as_str(), object.as_bytes(), interner))
}

fn read<T: Decode>(kind: &str, object: &[u8], interner: &mut Interner) -> Event<T> {
    match kind {
        "ADDED" | "MODIFIED" | "DELETED" => match T::decode(object, interner) {
            Ok((value, version)) if kind == "DELETED" => {
                let Meta { key, uid, .. } = value.meta();
                Event::Step(Step::Deleted(key.clone(), uid.clone()), version)
            }
            Ok((value, version)) => Event::Step(Step::Applied(value), version),
            Err(error) => Event::Skipped(skipped(object, &error)),
        },
        "BOOKMARK" => match serde_json::from_slice::<Versioned<'_>>(object) {
            Ok(versioned) => Event::Bookmark(Bookmark {
                initial_events_end: versioned
                    .metadata
                    .annotation("k8s.io/initial-events-end")
                    .is_some_and(|value| value.as_str() == "true"),
                resource_version: versioned.metadata.version(),
            }),
            Err(error) => Event::Skipped(skipped(object, &error.into())),
        },
        "ERROR" => Event::Error(status(object)),
        other => Event::Unknown(other.into()),
    }
}

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The objects that could be read.
    pub items: Vec<T>,
    /// Those that could not.
    pub skipped: Vec<Skipped>,
    /// The resource version of the whole list.
    pub resource_version: Option<Version>,
    /// Asks for the next page.
    pub next: Option<String>,
}

/// Reads one page of a list.
///
/// # Errors
/// The document is no list.
pub fn list<T: Decode>(body: &[u8], interner: &mut Interner) -> Result<Page<T>, DecodeError> {
    #[derive(Deserialize)]
    struct Document<'a> {
        #[serde(borrow, default)]
        metadata: ListMeta<'a>,
        #[serde(borrow)]
        items: Option<Vec<&'a RawValue>>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ListMeta<'a> {
        #[serde(borrow)]
        resource_version: Option<Str<'a>>,
        #[serde(rename = "continue")]
        next: Option<Str<'a>>,
    }
    let document: Document<'_> = serde_json::from_slice(body)?;
    let mut page = Page {
        items: Vec::new(),
        skipped: Vec::new(),
        resource_version: document.metadata.resource_version.map(|version| Version(version.as_str().into())),
        next: document.metadata.next.filter(|next| !next.as_str().is_empty()).map(|next| next.0.into_owned()),
    };
    for item in document.items.into_iter().flatten() {
        match T::decode(item.get().as_bytes(), interner) {
            Ok((value, _)) => page.items.push(value),
            Err(error) => page.skipped.push(skipped(item.get().as_bytes(), &error)),
        }
    }
    Ok(page)
}
