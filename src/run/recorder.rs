//! Recording: what the source says goes to a file beside the screen. A full disk stops the recording, not the session.

use std::path::{Path, PathBuf};

use crate::app::{Recording, Session};
use crate::delta::Delta;
use crate::model::Time;
use crate::store::Store;
use crate::tape::{Header, VERSION, Writer};

/// A recording, on or off.
#[derive(Default)]
pub(super) struct Recorder {
    to: Option<(PathBuf, Writer, Time)>,
}

/// The first line for a session.
pub(super) fn header(session: &Session, started: Time) -> Header {
    Header {
        podpath_tape: VERSION,
        started: started.0,
        context: session.context.clone(),
        cluster: session.cluster.clone(),
        version: session.version.clone(),
        namespaces: session.scope.names().iter().map(ToString::to_string).collect(),
        selector: session.selector.clone(),
    }
}

impl Recorder {
    pub(super) fn is_on(&self) -> bool {
        self.to.is_some()
    }

    /// Begins a tape with all that is known already.
    pub(super) fn start(&mut self, path: &Path, session: &Session, store: &Store, now: Time) -> Recording {
        // What was recorded cannot be had again. A device holds nothing.
        if path.metadata().is_ok_and(|held| held.is_file() && held.len() > 0) {
            return Recording::Failed { file: path.display().to_string(), why: "it is there already".to_owned() };
        }
        let begun = Writer::create(path, &header(session, now)).and_then(|mut writer| {
            writer.write(0, &store.snapshot())?;
            Ok(writer)
        });
        match begun {
            Ok(writer) => {
                self.to = Some((path.to_owned(), writer, now));
                Recording::On { file: path.display().to_string() }
            }
            Err(error) => Recording::Failed { file: path.display().to_string(), why: error.to_string() },
        }
    }

    /// Ends the tape; its last line tells how long it is.
    pub(super) fn stop(&mut self, now: Time) -> Recording {
        let failed = self.write(now, &[]);
        self.to = None;
        failed.unwrap_or(Recording::Off)
    }

    /// Writes a batch. What is told when it cannot be written any more.
    pub(super) fn write(&mut self, at: Time, deltas: &[Delta]) -> Option<Recording> {
        let (path, writer, started) = self.to.as_mut()?;
        let error = writer.write(at.since(*started), deltas).err()?;
        let failed = Recording::Failed { file: path.display().to_string(), why: error.to_string() };
        self.to = None;
        Some(failed)
    }
}
