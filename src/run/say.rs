//! What is said on standard output and on standard error. Both may be pipes that nobody reads any more.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use color_eyre::eyre::{Result, eyre};

use crate::view::escape::safe;

/// Says a line on standard error, beside an answer. If nobody listens there the answer is still the answer.
pub(super) fn say(words: impl Display) {
    // It may quote a server, a tape or a file.
    let words = words.to_string();
    let _ = writeln!(std::io::stderr(), "podpath: {}", safe(&words));
}

/// Prints an answer.
///
/// # Errors
/// It cannot be written. A reader that has gone stays an [`std::io::Error`], which ends the program without a word.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(eyre!("cannot write to standard output: {error}")),
        written => Ok(written?),
    }
}
