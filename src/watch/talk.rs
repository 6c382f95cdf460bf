//! The conversations of a stream: a watch, a list, a short question; each says how it ended.

use std::time::Duration;

use kube::client::Body;
use tokio::time::{Instant, sleep_until};

use super::cut::Cut;
use super::decode::{Decoded, Event, ListEnd, Object, Status, Wire, head, key_of};
use super::get::{ANSWER, Refusal, whole};
use super::load::Load;
use super::outbox::{Gone, Outbox};
use super::pace::chance;
use super::pieces::{Piece, Pieces};
use super::stream::{Ended, Stream, Way, now};
use crate::delta::{Cause, Fault, Health, Phase, Skipped, Step, Verb};
use crate::model::ClockReading;

/// No byte of a watch for so long means that the connection is dead: bookmarks come about once a minute.
const SILENCE: Duration = Duration::from_secs(95);
/// A watch that was taken up again is believed when it has not been refused for so long.
const PROOF: Duration = Duration::from_millis(300);
/// Health while a list arrives is told at most this often.
const PROGRESS: Duration = Duration::from_millis(50);
/// Objects of a list that are handed over together, though while nothing more comes not later than this: each time wakes the
/// program.
const PORTION: usize = 128;
const GATHER: Duration = Duration::from_millis(4);
/// Refusals in a row after which our version is given up: it may be what is refused.
const REFUSALS: u32 = 3;

/// Seconds after which a watch ends by itself, spread so that not all streams begin anew together.
fn lifetime() -> u32 {
    300 + (chance() * 290.0) as u32
}

impl<T: Object> Stream<T> {
    /// Reads a watch to its end. With `initial`, it begins with the whole list.
    pub(super) async fn watch(&mut self, initial: bool) -> Result<Ended, Gone> {
        if !initial
            && self.doubt
            && let Some(ended) = self.went_back().await
        {
            return Ok(ended);
        }
        let path = match &self.version {
            Some(version) if !initial => self.resource.watch(version, lifetime()),
            Some(_) | None => self.resource.watch_list(lifetime()),
        };
        let (wire, response) = match self.server.watch(&path).await {
            Ok(answer) => answer,
            Err(refusal) => return Ok(self.refusal(refusal, Verb::Watch, initial)),
        };
        self.answered(clock(&response));
        let mut load = initial.then(|| Load::new(self.begun));
        let patience = if initial { ANSWER } else { SILENCE };
        let mut pieces = Pieces::new(response.into_body(), Cut::events(wire), patience);
        if !initial {
            pieces.in_beats();
        }
        let mut progress = Progress::default();
        let mut gathered = Instant::now();
        let believed = gathered + PROOF;
        loop {
            let piece = match pieces.ready() {
                Some(piece) => piece,
                None => {
                    let gathering = load.is_some() && self.out.waiting() < PORTION && gathered.elapsed() < GATHER;
                    if !gathering {
                        self.progress(load.as_ref(), &mut progress);
                        self.out.flush().await?;
                        gathered = Instant::now();
                    }
                    let doubted = load.is_none() && self.out.told() != Some(&Health::Live);
                    tokio::select! {
                        biased;
                        piece = pieces.next() => piece,
                        () = sleep_until(gathered + GATHER), if gathering => continue,
                        // The receiver had no room before: hand over what has gathered as soon as it has.
                        result = room(&mut self.out), if !gathering => { result?; continue }
                        () = sleep_until(believed), if doubted => { self.live(); continue }
                    }
                }
            };
            let phase = if load.is_some() { Phase::List } else { Phase::Watch };
            match piece {
                Ok(Piece::Units(units)) => {
                    for unit in units.iter() {
                        let listing = load.is_some();
                        if let Some(ended) = self.event(unit, wire, &mut load) {
                            return Ok(ended);
                        }
                        if listing && load.is_none() {
                            pieces.patience(SILENCE);
                            pieces.in_beats();
                        }
                    }
                    if self.out.full() {
                        self.progress(load.as_ref(), &mut progress);
                        self.out.flush().await?;
                    }
                }
                Ok(Piece::End(_)) if load.is_none() => {
                    self.exact(&Cause::Closed);
                    return Ok(Ended::Closed);
                }
                Ok(Piece::End(_)) => return Ok(self.no_list(Cause::Closed)),
                Err(cause) if load.is_some() => return Ok(self.no_list(cause)),
                Err(cause) => {
                    self.exact(&cause);
                    return Ok(Ended::Fault(Fault { phase, cause }, None));
                }
            }
        }
    }

    /// Takes one event of a watch. Some: the watch is over.
    fn event(&mut self, unit: &[u8], wire: Wire, load: &mut Option<Load<T>>) -> Option<Ended> {
        let event = match Event::decode(unit, wire) {
            Ok(event) => event,
            Err(error) => {
                let phase = if load.is_some() { Phase::List } else { Phase::Watch };
                return Some(Ended::Fault(Fault { phase, cause: Cause::Malformed(error.to_string().into()) }, None));
            }
        };
        let (step, version) = match event {
            Event::Applied(bytes) => match T::decode(bytes, wire, &mut self.interner) {
                Ok(Decoded { object, version }) => (Step::Applied(object), version),
                Err(error) => return self.unreadable(bytes, wire, error.to_string(), load),
            },
            Event::Deleted(bytes) => match head(bytes, wire, &mut self.interner) {
                Ok((key, uid, version)) => (Step::Deleted(key, uid), version),
                Err(error) => {
                    let skipped =
                        Skipped { key: key_of(bytes, wire), why: error.to_string().into(), ..Skipped::default() };
                    self.skip(load, skipped);
                    // Only another list can tell what is gone.
                    let Some(load) = load else { return Some(self.lost_deletion(Phase::Watch)) };
                    load.doubtful = true;
                    return None;
                }
            },
            Event::Bookmark { version, initial_end } => {
                if initial_end && let Some(load) = load.take() {
                    if load.doubtful {
                        return Some(self.lost_deletion(Phase::List));
                    }
                    self.version = Some(version);
                    self.finish(load);
                    self.live();
                    return None;
                }
                return self.advance(version, load.is_some());
            }
            Event::Error(status) if status.expired() => return Some(Ended::HistoryLost),
            Event::Error(status) => return Some(self.error(status, load.is_some())),
            Event::Unknown(kind) => {
                let why = format!("an event of the unknown type {kind:?}").into();
                self.skip(load, Skipped { why, ..Skipped::default() });
                return None;
            }
        };
        let ended = self.advance(version, load.is_some());
        if ended.is_none() {
            match load {
                Some(load) => {
                    self.begun = true;
                    load.take(&mut self.out, step);
                }
                None => self.out.step(step),
            }
        }
        ended
    }

    /// Remembers from where to go on; within the list there is nothing to go on from yet.
    ///
    /// Events of one kind come in the order of their versions. One that goes back means that events were repeated or
    /// lost their order, or that the server was restored: only a list can tell what is true now.
    fn advance(&mut self, version: String, listing: bool) -> Option<Ended> {
        if listing || version.is_empty() {
            return None;
        }
        if self.version.as_ref().is_some_and(|known| earlier(&version, known)) {
            return Some(Ended::HistoryLost);
        }
        self.version = Some(version);
        self.refused = 0;
        self.live();
        None
    }

    fn lost_deletion(&mut self, phase: Phase) -> Ended {
        self.version = None;
        Ended::Fault(
            Fault { phase, cause: Cause::Malformed("a deletion of nobody knows what, listing anew".into()) },
            None,
        )
    }

    fn unreadable(&mut self, bytes: &[u8], wire: Wire, why: String, load: &mut Option<Load<T>>) -> Option<Ended> {
        self.skip(load, Skipped { key: key_of(bytes, wire), why: why.into(), ..Skipped::default() });
        let (_, _, version) = head(bytes, wire, &mut self.interner).ok()?;
        self.advance(version, load.is_some())
    }

    fn skip(&mut self, load: &mut Option<Load<T>>, skipped: Skipped) {
        match load {
            Some(load) => load.skip(&mut self.out, skipped),
            None => self.out.skipped(skipped),
        }
    }

    /// Reads a whole list, page by page.
    pub(super) async fn list(&mut self) -> Result<Ended, Gone> {
        let mut load = Load::new(self.begun);
        let mut progress = Progress::default();
        let mut next = String::new();
        loop {
            let path = self.resource.list(&next, !self.one_page);
            let response = match self.server.get(&path).await {
                Ok(response) => response,
                Err(refusal) => {
                    let ended = self.refusal(refusal, Verb::List, false);
                    // A token that expires within one list would expire again.
                    self.one_page |= !next.is_empty() && matches!(ended, Ended::HistoryLost);
                    return Ok(ended);
                }
            };
            self.answered(clock(&response));
            let end = match self.page(response.into_body(), &mut load, &mut progress).await? {
                Ok(end) => end,
                Err(cause) => return Ok(Ended::Fault(Fault { phase: Phase::List, cause }, None)),
            };
            if end.next.is_empty() {
                self.version = Some(end.version).filter(|version| !version.is_empty());
                break;
            }
            next = end.next;
        }
        if self.version.is_none() {
            let cause = Cause::Malformed("a list without resourceVersion".into());
            return Ok(Ended::Fault(Fault { phase: Phase::List, cause }, None));
        }
        self.finish(load);
        self.exact_at = now();
        Ok(Ended::Listed)
    }

    async fn page(
        &mut self,
        body: Body,
        load: &mut Load<T>,
        progress: &mut Progress,
    ) -> Result<Result<ListEnd, Cause>, Gone> {
        let mut pieces = Pieces::new(body, Cut::Items, ANSWER);
        loop {
            match pieces.next().await {
                Ok(Piece::Units(units)) => {
                    for unit in units.iter() {
                        match T::decode(unit, Wire::Json, &mut self.interner) {
                            Ok(decoded) => {
                                self.begun = true;
                                load.take(&mut self.out, Step::Applied(decoded.object));
                            }
                            Err(error) => {
                                let why = error.to_string().into();
                                load.skip(
                                    &mut self.out,
                                    Skipped { key: key_of(unit, Wire::Json), why, ..Skipped::default() },
                                );
                            }
                        }
                    }
                    self.progress(Some(load), progress);
                    self.out.flush().await?;
                }
                Ok(Piece::End(end)) => return Ok(Ok(end)),
                Err(cause) => return Ok(Err(cause)),
            }
        }
    }

    /// Reads the one object that the stream is about. That it is not there is an answer too.
    pub(super) async fn get_one(&mut self) -> Result<Ended, Gone> {
        let path = self.resource.one(self.resource.object().unwrap_or_default());
        let (reading, body) = match self.server.get(&path).await {
            Ok(response) => (clock(&response), Some(whole(response.into_body()).await)),
            Err(Refusal::Status(status, _)) if status.code == 404 => (None, None),
            Err(refusal) => return Ok(self.refusal(refusal, Verb::Get, false)),
        };
        self.answered(reading);
        let mut load = Load::new(true);
        match body {
            None => {}
            Some(Err(cause)) => return Ok(Ended::Fault(Fault { phase: Phase::List, cause }, None)),
            Some(Ok(body)) => match T::decode(&body, Wire::Json, &mut self.interner) {
                Ok(decoded) => load.take(&mut self.out, Step::Applied(decoded.object)),
                Err(error) => {
                    let key = key_of(&body, Wire::Json);
                    load.skip(&mut self.out, Skipped { key, why: error.to_string().into(), ..Skipped::default() });
                }
            },
        }
        self.finish(load);
        self.exact_at = now();
        Ok(Ended::Listed)
    }

    fn finish(&mut self, load: Load<T>) {
        load.finish(&mut self.out);
        self.begun = true;
        self.complete = true;
        self.doubt = false;
        self.refused = 0;
        self.one_page = false;
    }

    /// Asks for the least of a list, only to see whether the server's version is still ahead of ours. An etcd that was
    /// restored from a backup takes a version from its future without a word, and then stays silent about changes.
    async fn went_back(&mut self) -> Option<Ended> {
        let response = match self.server.get(&self.resource.least()).await {
            Ok(response) => response,
            Err(Refusal::Status(status, _)) if status.code == 403 => {
                self.doubt = false;
                return None;
            }
            Err(refusal) => return Some(self.refusal(refusal, Verb::List, false)),
        };
        let mut pieces = Pieces::new(response.into_body(), Cut::Items, ANSWER);
        let end = loop {
            match pieces.next().await {
                Ok(Piece::Units(_)) => {}
                Ok(Piece::End(end)) => break end,
                Err(cause) => return Some(Ended::Fault(Fault { phase: Phase::Watch, cause }, None)),
            }
        };
        self.doubt = false;
        let back = self.version.as_ref().is_some_and(|known| earlier(&end.version, known));
        back.then_some(Ended::HistoryLost)
    }

    fn progress(&mut self, load: Option<&Load<T>>, progress: &mut Progress) {
        if let Some(load) = load
            && !self.complete
            && progress.0.is_none_or(|told| told.elapsed() >= PROGRESS)
        {
            progress.0 = Some(Instant::now());
            self.tell(Health::Loading { seen: load.seen });
        }
    }

    /// A watch-list that broke off. Some servers know the word but never end the list, others close it when too many
    /// events pile up: after a second time it is had in pages.
    fn no_list(&mut self, cause: Cause) -> Ended {
        self.refused += 1;
        if matches!(cause, Cause::Stalled(_)) || self.refused >= 2 {
            self.way = Way::Pages;
            self.refused = 0;
        }
        Ended::Fault(Fault { phase: Phase::List, cause }, None)
    }

    /// An open watch broke: unless it was silent before, what is held was exact until now.
    fn exact(&mut self, cause: &Cause) {
        let silent = match cause {
            Cause::Stalled(_) => true,
            Cause::Unreachable(words) => words.contains("timed out"),
            Cause::Closed | Cause::Expired | Cause::Unauthorized(_) | Cause::Throttled => false,
            Cause::Status(..) | Cause::Malformed(_) => false,
        };
        if !silent && self.out.told() == Some(&Health::Live) {
            self.exact_at = now();
        }
    }

    /// An ERROR event that is not about history.
    fn error(&mut self, status: Status, listing: bool) -> Ended {
        self.give_up_version();
        let phase = if listing { Phase::List } else { Phase::Watch };
        let cause = match status.code {
            0 if status.message.is_empty() => Cause::Malformed("an ERROR event without a Status".into()),
            429 => Cause::Throttled,
            401 => Cause::Unauthorized(status.words()),
            code => Cause::Status(code, status.words()),
        };
        Ended::Fault(Fault { phase, cause }, status.retry_after)
    }

    /// What an answer other than a success means.
    fn refusal(&mut self, refusal: Refusal, verb: Verb, initial: bool) -> Ended {
        let listing = initial || verb != Verb::Watch;
        let phase = if listing { Phase::List } else { Phase::Watch };
        let (status, wish) = match refusal {
            Refusal::None(cause) => return Ended::Fault(Fault { phase: Phase::Connect, cause }, None),
            Refusal::Status(status, wish) => (status, wish),
        };
        let cause = match status.code {
            400 | 422 if initial => return Ended::Unsupported,
            401 => Cause::Unauthorized(status.words()),
            403 => return Ended::Forbidden(verb),
            404 => return Ended::NotServed,
            429 => Cause::Throttled,
            _ if status.expired() => return Ended::HistoryLost,
            code => {
                self.give_up_version();
                Cause::Status(code, status.words())
            }
        };
        Ended::Fault(Fault { phase, cause }, wish)
    }

    fn give_up_version(&mut self) {
        self.refused += 1;
        if self.refused >= REFUSALS {
            self.version = None;
        }
    }
}

/// What an answer told of the server's clock.
fn clock(response: &http::Response<Body>) -> Option<ClockReading> {
    response.extensions().get().copied()
}

/// When progress was told last.
#[derive(Default)]
struct Progress(Option<Instant>);

/// Waits until the receiver has room for what waits; for ever if nothing does.
async fn room(out: &mut Outbox) -> Result<(), Gone> {
    if out.waiting() > 0 { out.deliver().await } else { std::future::pending().await }
}

/// Whether a version is before another. They are numbers since they exist; any that is none is before nothing.
fn earlier(version: &str, than: &str) -> bool {
    match (version.parse::<u64>(), than.parse::<u64>()) {
        (Ok(version), Ok(than)) => version < than,
        (Ok(_), Err(_)) | (Err(_), _) => false,
    }
}
