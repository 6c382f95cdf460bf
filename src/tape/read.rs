//! Reading a tape: up to its end, or up to where it was cut.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use super::{Header, VERSION, delta};
use crate::delta::{Delta, Purpose};
use crate::model::{ClockReading, Interner, Time};

/// A tape that cannot be played at all.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// The file cannot be read.
    #[error("cannot read tape {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// The first line is no tape's.
    #[error("{} is no podpath tape: its first line is no header (podpath record -o FILE writes one)", path.display())]
    NoTape {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer program.
    #[error("{} is a tape of version {version}; this podpath reads up to {VERSION}: use a newer one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// A line in the middle is none.
    #[error("{}:{line}: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

/// A batch on a tape.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Time since the start of the tape.
    pub at: Duration,
    /// What was said.
    pub deltas: Vec<Delta>,
}

/// A whole tape.
#[derive(Clone, Debug, PartialEq)]
pub struct Tape {
    /// What the first line says.
    pub header: Header,
    /// All batches in order of time.
    pub entries: Vec<Entry>,
    /// Where and why it ends too early, in words.
    pub cut: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    at: u64,
    deltas: Vec<delta::Wire>,
    /// What answers told of the server's clock, least and most. Programs that do not know it leave it out.
    #[serde(default)]
    clock: Vec<(i64, i64)>,
}

impl Tape {
    /// Time from its start to its last batch.
    pub fn length(&self) -> Duration {
        self.entries.last().map_or(Duration::ZERO, |entry| entry.at)
    }

    /// The time of day at a time of the tape.
    pub fn time(&self, at: Duration) -> Time {
        Time(self.header.started).plus(i64::try_from(at.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Reads a tape from a file.
///
/// # Errors
/// It cannot be played at all.
pub fn read(path: &Path) -> Result<Tape, TapeError> {
    let unreadable = |error: io::Error| TapeError::Unreadable { path: path.to_owned(), why: error.to_string() };
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        return Err(unreadable(io::Error::other("it is a folder")));
    }
    Tape::from_reader(path, file)
}

impl Tape {
    /// Reads a tape, compressed or not; `path` is what errors name.
    ///
    /// # Errors
    /// It cannot be played at all.
    pub fn from_reader(path: &Path, from: impl Read) -> Result<Self, TapeError> {
        let mut from = BufReader::new(from);
        let gzip = from.fill_buf().is_ok_and(|start| start.starts_with(&[0x1f, 0x8b]));
        let mut lines: Box<dyn BufRead + '_> =
            if gzip { Box::new(BufReader::new(MultiGzDecoder::new(from))) } else { Box::new(from) };
        let no_tape = || TapeError::NoTape { path: path.to_owned() };
        let mut text = Vec::new();
        lines.read_until(b'\n', &mut text).map_err(|_| no_tape())?;
        let header: Header = serde_json::from_slice(&text).map_err(|_| no_tape())?;
        if header.podpath_tape > VERSION {
            return Err(TapeError::Newer { path: path.to_owned(), version: header.podpath_tape });
        }
        let mut tape = Self { header, entries: Vec::new(), cut: None };
        let mut interner = Interner::default();
        for number in 2.. {
            text.clear();
            // A gzip stream that was cut fails within a line: what came before it counts.
            let cut = match lines.read_until(b'\n', &mut text) {
                Ok(0) => break,
                Ok(_) => !text.ends_with(b"\n"),
                Err(_) => true,
            };
            match serde_json::from_slice::<Line>(&text) {
                Ok(line) => tape.take(line, &mut interner),
                Err(_) if cut => {
                    tape.cut = Some(format!("the tape is cut off in line {number}: played up to there"));
                    break;
                }
                Err(error) => {
                    let why = format!("not a line of a tape: {error}");
                    return Err(TapeError::Malformed { path: path.to_owned(), line: number, why });
                }
            }
            if cut {
                break;
            }
        }
        Ok(tape)
    }

    fn take(&mut self, line: Line, interner: &mut Interner) {
        let at = Duration::from_millis(line.at).max(self.length());
        let clock = line.clock.into_iter().map(|(least, most)| Delta::Clock(ClockReading { least, most }));
        let deltas = line.deltas.into_iter().filter_map(|wire| delta::read(wire, interner));
        let deltas: Vec<Delta> = clock.chain(deltas).collect();
        let deltas = match self.header.namespaces.as_slice() {
            [only] if self.header.podpath_tape == 1 => {
                let only = interner.text(only);
                let first = self.entries.is_empty().then(|| Delta::Watching(only.clone(), Purpose::Shown));
                first.into_iter().chain(deltas.into_iter().map(|delta| delta::within(&only, delta))).collect()
            }
            _ => deltas,
        };
        self.entries.push(Entry { at, deltas });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delta::{Health, Skipped, Step, Verb};
    use crate::model::{Key, Kind, Namespace, Pod};
    use crate::tape::Writer;

    fn parsed(text: &str) -> Tape {
        Tape::from_reader(Path::new("test"), text.as_bytes()).unwrap()
    }

    #[test]
    fn version_1_of_one_namespace_says_where_it_looked() {
        let tape = parsed(concat!(
            r#"{"podpath_tape":1,"started":5,"namespace":"shop"}"#,
            "\n",
            r#"{"at":0,"deltas":[{"pod":{"listed":[]}},{"namespace":{"listed":[]}},{"health":{"kind":"pods","health":"live"}}]}"#,
            "\n",
        ));
        assert_eq!(tape.header.namespaces, ["shop"]);
        let expected = [
            Delta::Watching("shop".into(), Purpose::Shown),
            Delta::Pod(Step::ListedIn("shop".into(), Vec::new())),
            Delta::Namespace(Step::Listed(Vec::new())),
            Delta::HealthIn(Kind::Pod, "shop".into(), Health::Live),
        ];
        assert_eq!(tape.entries[0].deltas, expected);
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let forbidden = Health::Forbidden { verb: Verb::Watch, namespace: Some("data".into()) };
        let skipped = Skipped { key: Some(Key::new("data", "odd")), within: Some("data".into()), why: "odd".into() };
        let deltas = vec![
            Delta::Clock(ClockReading { least: 89_300, most: 90_400 }),
            Delta::Watching("data".into(), Purpose::Shown),
            Delta::Watching("kube-system".into(), Purpose::Support),
            Delta::Pod(Step::ListedIn("data".into(), vec![Pod::default()])),
            Delta::Namespace(Step::Listed(vec![Namespace::default()])),
            Delta::HealthIn(Kind::Pod, "data".into(), forbidden),
            Delta::Health(Kind::Namespace, Health::Loading { seen: 3 }),
            Delta::Skipped(Kind::Pod, skipped),
        ];
        let namespaces = vec!["data".to_owned(), "shop".to_owned()];
        let header = Header { podpath_tape: VERSION, namespaces, ..Header::default() };
        for name in ["test.tape", "test.tape.gz"] {
            let path = dir.path().join(name);
            let mut writer = Writer::create(&path, &header).unwrap();
            writer.write(7, &deltas).unwrap();
            drop(writer);
            let tape = read(&path).unwrap();
            assert_eq!((&tape.header, &tape.entries[0].deltas, &tape.cut), (&header, &deltas, &None));
        }
    }
}
