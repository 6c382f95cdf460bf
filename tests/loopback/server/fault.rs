//! What can go wrong on command.

use std::time::Duration;

/// A fault of one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answer with this status and body; seconds of Retry-After.
    Status(u16, String, Option<u32>),
    /// Answer as usual, but close after so many bytes of the body.
    CutAfter(usize),
    /// Send these bytes in the watch, then go on.
    Bytes(Vec<u8>),
    /// Answer the headers and then nothing, for so long.
    Stall(Duration),
    /// Leave out the end mark of the initial list.
    NoEndMark,
}

impl Fault {
    /// A Status of the API.
    pub fn api(code: u16, reason: &str) -> Self {
        let body = format!(
            r#"{{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{reason} on script","reason":"{reason}","code":{code}}}"#
        );
        Self::Status(code, body, None)
    }
}
