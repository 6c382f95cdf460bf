//! A body as lines (of a watch) or as a whole (of a list page), never waiting for ever and never growing without bound.

use std::time::Duration;

use http_body_util::BodyExt;
use kube::client::Body;

use super::error::chain;
use crate::delta::Cause;
use crate::model::Text;

/// The longest line that is read: etcd refuses objects of more than 1.5 MB, an event adds little.
const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// The largest page of a list that is read.
const LARGEST_PAGE: usize = 1024 * 1024 * 1024;

/// The lines of a body.
pub(super) struct Lines {
    body: Body,
    buffer: Vec<u8>,
    start: usize,
    scanned: usize,
}

/// What came next.
pub(super) enum Next<'a> {
    /// A whole line without its end.
    Line(&'a [u8]),
    /// The body ended after a whole line.
    End,
}

impl Lines {
    pub(super) fn new(body: Body) -> Self {
        Self { body, buffer: Vec::new(), start: 0, scanned: 0 }
    }

    /// Whether a whole line is there without waiting.
    pub(super) fn ready(&mut self) -> bool {
        self.line_end().is_some()
    }

    fn line_end(&mut self) -> Option<usize> {
        let found = self.buffer[self.scanned..].iter().position(|byte| *byte == b'\n');
        match found {
            Some(at) => {
                self.scanned += at;
                Some(self.scanned)
            }
            None => {
                self.scanned = self.buffer.len();
                None
            }
        }
    }

    /// The next line.
    ///
    /// # Errors
    /// No byte for `patience`; the connection broke; the body ended within a line; the line is too long.
    pub(super) async fn next(&mut self, patience: Duration) -> Result<Next<'_>, Cause> {
        loop {
            if let Some(end) = self.line_end() {
                let start = std::mem::replace(&mut self.start, end + 1);
                self.scanned = end + 1;
                return Ok(Next::Line(&self.buffer[start..end]));
            }
            if self.start > 0 {
                self.buffer.drain(..self.start);
                self.scanned -= self.start;
                self.start = 0;
            }
            if self.buffer.len() > LONGEST_LINE {
                return Err(Cause::Malformed(Text::from("a line of more than 16 MiB")));
            }
            if self.buffer.capacity() > 1 << 20 && self.buffer.len() < 1 << 16 {
                self.buffer.shrink_to(1 << 16);
            }
            match tokio::time::timeout(patience, self.body.frame()).await {
                Err(_) => return Err(Cause::Stalled(patience)),
                Ok(None) if self.buffer.is_empty() => return Ok(Next::End),
                Ok(None) => return Err(Cause::Closed),
                Ok(Some(Err(error))) => return Err(broken(&error)),
                Ok(Some(Ok(frame))) => {
                    if let Some(data) = frame.data_ref() {
                        self.buffer.extend_from_slice(data);
                    }
                }
            }
        }
    }
}

/// A whole body.
///
/// # Errors
/// As for lines.
pub(super) async fn whole(mut body: Body, patience: Duration) -> Result<Vec<u8>, Cause> {
    let mut bytes = Vec::new();
    loop {
        match tokio::time::timeout(patience, body.frame()).await {
            Err(_) => return Err(Cause::Stalled(patience)),
            Ok(None) => return Ok(bytes),
            Ok(Some(Err(error))) => return Err(broken(&error)),
            Ok(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    bytes.extend_from_slice(data);
                }
                if bytes.len() > LARGEST_PAGE {
                    return Err(Cause::Malformed(Text::from("a page of more than 1 GiB")));
                }
            }
        }
    }
}

/// A body that ends before its announced end is closed, not unreachable.
fn broken(error: &kube::Error) -> Cause {
    let words = chain(error);
    if words.contains("end of file") || words.contains("unexpected EOF") || words.contains("connection closed") {
        Cause::Closed
    } else {
        Cause::Unreachable(words.into())
    }
}
