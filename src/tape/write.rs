//! Writing a tape: each batch is on its way to the disk when `write` returns, so that a killed recording is readable.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::{Header, delta};
use crate::delta::Delta;

/// A tape that is being written.
pub struct Writer {
    to: Box<dyn Write + Send>,
}

#[derive(Serialize)]
struct Line {
    at: u64,
    deltas: Vec<delta::Wire>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clock: Vec<(i64, i64)>,
}

/// The first line of a tape.
pub fn header_line(header: &Header) -> String {
    let mut line = serde_json::to_string(header).expect("a header holds nothing that JSON cannot");
    line.push('\n');
    line
}

impl Writer {
    /// Begins a tape in a new file; gzip when its name ends in `.gz`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path, header: &Header) -> io::Result<Self> {
        let file = File::create(path)?;
        let to: Box<dyn Write + Send> = if path.extension().is_some_and(|extension| extension == "gz") {
            Box::new(GzEncoder::new(file, Compression::best()))
        } else {
            Box::new(BufWriter::new(file))
        };
        let mut writer = Self { to };
        writer.to.write_all(header_line(header).as_bytes())?;
        writer.to.flush()?;
        Ok(writer)
    }

    /// Writes one batch, `at` milliseconds after the start.
    ///
    /// # Errors
    /// The file cannot be written (any more).
    pub fn write(&mut self, at: u64, deltas: &[Delta]) -> io::Result<()> {
        let clock = deltas.iter().filter_map(|delta| match delta {
            Delta::Clock(reading) => Some((reading.least, reading.most)),
            Delta::Service(_)
            | Delta::Slice(_)
            | Delta::Pod(_)
            | Delta::Node(_)
            | Delta::Namespace(_)
            | Delta::NetworkPolicy(_)
            | Delta::ServiceCidr(_)
            | Delta::Config(..)
            | Delta::Watching(..)
            | Delta::Health(..)
            | Delta::HealthIn(..)
            | Delta::Skipped(..) => None,
        });
        let line = Line { at, deltas: deltas.iter().filter_map(delta::out).collect(), clock: clock.collect() };
        let mut line = serde_json::to_vec(&line).map_err(io::Error::other)?;
        line.push(b'\n');
        self.to.write_all(&line)?;
        self.to.flush()
    }
}
