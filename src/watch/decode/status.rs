//! `Status`: how the API server says no.

use serde::Deserialize;

use super::text::Str;
use crate::model::Text;

/// A Status of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The HTTP status; 0 where the answer was no Status.
    pub code: u16,
    /// One word, for example `Expired`.
    pub reason: Text,
    /// For people.
    pub message: Text,
    /// `details.retryAfterSeconds`
    pub retry_after: Option<u32>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    code: Option<u16>,
    #[serde(borrow)]
    reason: Option<Str<'a>>,
    message: Option<Str<'a>>,
    details: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    retry_after_seconds: Option<u32>,
}

/// Reads a Status; what is none has code 0 and its first words as the message.
pub fn status(body: &[u8]) -> Status {
    match serde_json::from_slice::<Wire<'_>>(body) {
        Ok(wire) => Status {
            code: wire.code.unwrap_or(0),
            reason: wire.reason.map(|reason| reason.own()).unwrap_or_default(),
            message: wire.message.map(|message| message.own()).unwrap_or_default(),
            retry_after: wire.details.and_then(|details| details.retry_after_seconds),
        },
        Err(_) => {
            let text = String::from_utf8_lossy(&body[..body.len().min(120)]).trim().to_owned();
            Status { message: text.into(), ..Status::default() }
        }
    }
}
