//! Reading a tape: up to its end, or up to where it was cut.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde_json::value::RawValue;

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
    /// That a newer program wrote it, and how much of it could not be read, in words.
    pub newer: Option<String>,
}

#[derive(Deserialize)]
struct Line {
    at: u64,
    deltas: Vec<delta::Wire>,
    /// What answers told of the server's clock, least and most. Programs that do not know it leave it out.
    #[serde(default)]
    clock: Vec<(i64, i64)>,
}

/// A line of a newer tape: what cannot be read of it is left out.
#[derive(Deserialize)]
struct LooseLine<'a> {
    at: u64,
    #[serde(borrow)]
    deltas: Vec<&'a RawValue>,
    #[serde(default)]
    clock: Vec<(i64, i64)>,
}

impl LooseLine<'_> {
    /// What can be read, and how much cannot.
    fn read(self) -> (Line, usize) {
        let all = self.deltas.len();
        let deltas: Vec<delta::Wire> =
            self.deltas.into_iter().filter_map(|delta| serde_json::from_str(delta.get()).ok()).collect();
        let skipped = all - deltas.len();
        (Line { at: self.at, deltas, clock: self.clock }, skipped)
    }
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
        let newer = Some(header.podpath_tape).filter(|version| *version > VERSION);
        let mut skipped = 0;
        let mut tape = Self { header, entries: Vec::new(), cut: None, newer: None };
        let mut interner = Interner::default();
        for number in 2.. {
            text.clear();
            // A gzip stream that was cut fails within a line: what came before it counts.
            let cut = match lines.read_until(b'\n', &mut text) {
                Ok(0) => break,
                Ok(_) => !text.ends_with(b"\n"),
                Err(_) => true,
            };
            let line = serde_json::from_slice::<Line>(&text).map(|line| (line, 0));
            let line = line.or_else(|error| match serde_json::from_slice::<LooseLine<'_>>(&text) {
                Ok(loose) if newer.is_some() => Ok(loose.read()),
                Ok(_) | Err(_) => Err(error),
            });
            match line {
                Ok((line, unread)) => skipped += unread + tape.take(line, &mut interner),
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
        tape.newer = newer.map(|version| {
            let (path, changes) = (path.display(), if skipped == 1 { "change" } else { "changes" });
            format!(
                "{path} is a tape of version {version}, this podpath knows up to {VERSION}: {skipped} {changes} in it could not be read"
            )
        });
        Ok(tape)
    }

    /// Takes in a line; how much of it speaks of what this program does not know.
    fn take(&mut self, line: Line, interner: &mut Interner) -> usize {
        let all = line.deltas.len();
        let at = Duration::from_millis(line.at).max(self.length());
        let mut deltas: Vec<Delta> = line.deltas.into_iter().filter_map(|wire| delta::read(wire, interner)).collect();
        let unknown = all - deltas.len();
        // What an answer told of the clock comes before what came with it.
        deltas.splice(..0, line.clock.into_iter().map(|(least, most)| Delta::Clock(ClockReading { least, most })));
        let deltas = match self.header.namespaces.as_slice() {
            [only] if self.header.podpath_tape == 1 => {
                let only = interner.text(only);
                let first = self.entries.is_empty().then(|| Delta::Watching(only.clone(), Purpose::Shown));
                first.into_iter().chain(deltas.into_iter().map(|delta| delta::within(&only, delta))).collect()
            }
            _ => deltas,
        };
        self.entries.push(Entry { at, deltas });
        unknown
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
    fn of_a_newer_tape_what_can_be_read_is_read_and_the_rest_is_counted() {
        let newer = concat!(
            r#"{"podpath_tape":9,"started":5,"colour":"blue"}"#,
            "\n",
            r#"{"at":0,"of":1,"deltas":[{"gateway":{"listed":[]}},{"namespace":{"listed":[{"meta":{"name":"shop","shoe":9}}]}}]}"#,
            "\n",
            r#"{"at":7,"deltas":[{"health":{"kind":"gateways","health":"live"}},{"health":{"kind":"pods","health":"live"}}]}"#,
            "\n",
        );
        let tape = parsed(newer);
        assert_eq!(
            tape.newer.as_deref(),
            Some("test is a tape of version 9, this podpath knows up to 2: 2 changes in it could not be read")
        );
        let [first, second] = tape.entries.as_slice() else { panic!("two lines are two entries") };
        assert!(matches!(first.deltas.as_slice(), [Delta::Namespace(Step::Listed(names))] if names.len() == 1));
        assert_eq!(second.deltas, [Delta::Health(Kind::Pod, Health::Live)]);
        // Of a version that is known such a line is a fault.
        let old = newer.replace(r#""podpath_tape":9"#, r#""podpath_tape":2"#);
        let error = Tape::from_reader(Path::new("test"), old.as_bytes()).unwrap_err();
        assert!(matches!(error, TapeError::Malformed { line: 2, .. }), "{error}");
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
