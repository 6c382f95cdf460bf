//! Where the screen stands in time: at the present, frozen, or at a moment that lies back.
//!
//! While it is away, [`State::store`], [`State::recent`] and [`State::now`] are those of the moment shown, so that tree,
//! details and pages need not know; the present is kept here and goes on taking in what comes.

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::{Effect, Notice, Playback, Session, State, seen};
use crate::churn::{OutOfReach, Past, Recent, Subject};
use crate::delta::Delta;
use crate::model::{Moment, MomentError, Reach, Record, Time};
use crate::store::Store;

/// The present, while the screen shows another moment.
#[derive(Clone, Debug)]
pub struct Away {
    /// The screen stands where it stood; it was not gone anywhere.
    pub frozen: bool,
    /// What the cluster is.
    pub store: Store,
    /// What changed a moment ago.
    pub recent: Recent,
    /// It is now this late.
    pub now: Time,
    /// The replay was paused for it.
    paused: bool,
}

/// How far one step goes, in milliseconds.
const STEP: i64 = 5_000;
/// How far a bigger step goes.
const STRIDE: i64 = 60_000;

/// Backwards or forwards in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Back,
    On,
}

/// Where a time that was typed lies.
enum Goto {
    /// Within the record.
    Here(Time),
    /// On the tape that is played, so long after its start.
    Tape(Duration),
}

impl State {
    /// The cluster as it is, whatever the screen shows.
    pub fn present(&self) -> &Store {
        self.away.as_ref().map_or(&self.store, |away| &away.store)
    }

    /// How late it is, whatever the screen shows.
    pub fn present_time(&self) -> Time {
        self.away.as_ref().map_or(self.now, |away| away.now)
    }

    /// How many things have happened since the moment on the screen, of what is shown.
    pub fn changes_since(&self) -> u64 {
        let news = |on: &Subject| on.namespace().is_none_or(|namespace| self.store.shows(namespace));
        self.past.ledger.after(self.now).filter(|entry| news(&entry.on)).count() as u64
    }

    /// It is now this late.
    pub(super) fn clock(&mut self, now: Time) {
        match &mut self.away {
            Some(away) => {
                away.now = away.now.max(now);
                away.recent.marks.forget(away.now);
                self.lapse_pages();
            }
            None => {
                self.now = self.now.max(now);
                self.recent.marks.forget(self.now);
                self.refresh(&[]);
                self.lapse_pages();
            }
        }
    }

    /// Whether there is something to do in an idle moment.
    pub fn unsettled(&self) -> bool {
        self.store.unsettled() || self.away.as_ref().is_some_and(|away| away.store.unsettled())
    }

    /// Does a little of it: about a millisecond's work.
    pub fn settle(&mut self) {
        const LITTLE: usize = 256;
        self.store.settle_some(LITTLE);
        if let Some(away) = &mut self.away {
            away.store.settle_some(LITTLE);
        }
    }

    /// A batch from the source.
    pub(super) fn hear(&mut self, at: Time, deltas: Vec<Delta>) {
        let look = if seen::only_steps(&deltas) { self.look() } else { None };
        let (store, recent, now) = match &mut self.away {
            Some(away) => (&mut away.store, &mut away.recent, &mut away.now),
            None => (&mut self.store, &mut self.recent, &mut self.now),
        };
        let at = at.max(*now);
        *now = at;
        for delta in &deltas {
            if let Delta::Clock(reading) = delta {
                self.past.measure(at, *reading);
            }
        }
        let mut changes = store.apply(at, deltas);
        self.past.record(at, &changes, store);
        let beyond = look.filter(|look| seen::beyond(store, look, &changes));
        // What is held only to explain is no news on the screen.
        changes.retain(|change| store.shows(change.edit.namespace()));
        recent.record(at, &changes);
        if self.away.is_none() {
            self.refresh(&changes);
        }
        self.refresh_pages();
        self.beyond = beyond.is_some() && beyond == self.look();
    }

    /// Nothing that was known holds any more.
    pub(super) fn forget_past(&mut self) -> Vec<Effect> {
        let away = self.away.take();
        let resume =
            away.as_ref().is_some_and(|away| away.paused) && self.playback.as_ref().is_some_and(|at| at.paused);
        if let Some(away) = away {
            self.now = away.now;
        }
        self.marked = None;
        self.store = Store::new();
        self.recent = Recent::default();
        self.past = Past::new(self.past.budget());
        self.drop_differences();
        self.rebase_pages();
        resume.then_some(Effect::TogglePause).into_iter().collect()
    }

    /// Stands still, or goes on where it stood still.
    pub(super) fn freeze(&mut self) -> Vec<Effect> {
        if self.away.is_some() {
            return self.come_back();
        }
        let (store, recent, now) = (self.store.clone(), self.recent.clone(), self.now);
        self.leave(Away { frozen: true, store, recent, now, paused: false })
    }

    fn leave(&mut self, away: Away) -> Vec<Effect> {
        let mut effects = Vec::new();
        let away = self.away.insert(Box::new(away));
        if let Some(playback) = self.playback.as_ref().filter(|playback| !playback.paused) {
            away.paused = !playback.paused;
            effects.push(Effect::TogglePause);
        }
        self.follow();
        effects
    }

    /// Back to the present.
    pub(super) fn come_back(&mut self) -> Vec<Effect> {
        let Some(away) = self.away.take() else { return Vec::new() };
        let Away { store, recent, now, paused, .. } = *away;
        (self.store, self.recent, self.now) = (store, recent, now);
        self.recent.buried = self.past.recent(&self.store, self.now).buried;
        self.look_around();
        let paused = paused && self.playback.as_ref().is_some_and(|playback| playback.paused);
        paused.then_some(Effect::TogglePause).into_iter().collect()
    }

    /// Everything on the screen is worked out anew.
    fn look_around(&mut self) {
        self.outline.mourn(self.recent.buried.iter().cloned());
        self.rebase_pages();
        self.refresh(&[]);
        self.refresh_pages();
    }

    /// Goes to a moment; what lies ahead is the present.
    ///
    /// # Errors
    /// The moment lies before what is remembered.
    pub(super) fn go_to_moment(&mut self, to: Time) -> Result<Vec<Effect>, OutOfReach> {
        if to >= self.present_time() {
            return Ok(self.come_back());
        }
        let then = self.past.rewind(self.present(), to)?;
        let recent = self.past.recent(&then, to);
        let (store, recent) = (std::mem::replace(&mut self.store, then), std::mem::replace(&mut self.recent, recent));
        let now = std::mem::replace(&mut self.now, to);
        let effects = match &mut self.away {
            Some(away) => {
                away.frozen = false;
                Vec::new()
            }
            None => self.leave(Away { frozen: false, store, recent, now, paused: false }),
        };
        self.look_around();
        Ok(effects)
    }

    /// Goes some way back or on, at most to where the record begins.
    pub(super) fn scrub(&mut self, direction: Direction, far: bool) -> Vec<Effect> {
        let millis = if far { STRIDE } else { STEP };
        let to = self.now.plus(if direction == Direction::Back { -millis } else { millis });
        let Some(reach) = self.past.history.reach() else {
            self.notice = Some(Notice::NothingRecorded);
            return Vec::new();
        };
        if direction == Direction::On && self.away.is_none() {
            self.notice = Some(Notice::IsPresent);
            return Vec::new();
        }
        if to < reach {
            self.notice = Some(Notice::RecordBegins);
        }
        self.go_to_moment(to.max(reach)).unwrap_or_default()
    }

    /// Goes to the change before or after of what the cursor is on.
    pub(super) fn hop(&mut self, direction: Direction) -> Vec<Effect> {
        let Some(subject) = self.subject() else {
            self.notice = Some(Notice::NothingChanges);
            return Vec::new();
        };
        let entry = match direction {
            Direction::Back => self.past.ledger.previous(&subject, self.now),
            Direction::On => self.past.ledger.following(&subject, self.now),
        };
        let Some(at) = entry.map(|entry| entry.at) else {
            self.notice = Some(match direction {
                Direction::Back => Notice::NoEarlierChange,
                Direction::On => Notice::NoLaterChange,
            });
            return Vec::new();
        };
        self.go_to_moment(at).unwrap_or_else(|OutOfReach { .. }| {
            self.notice = Some(Notice::ChangeForgotten);
            Vec::new()
        })
    }

    /// Where a time that was typed lies, or why nowhere.
    fn moment(&self, text: &str) -> Result<Goto, Notice> {
        let (to, offset) = (self.present_time(), self.utc_offset);
        let tape = self.playback.as_ref();
        let (from, of) = match (tape, self.past.history.reach()) {
            (Some(playback), _) => (playback.began, Record::Tape),
            (None, Some(from)) => (from, Record::Live),
            (None, None) => return Err(Notice::NothingRecorded),
        };
        let moment = Moment::parse(text);
        let reach = Reach { from, to, offset, of };
        let ahead = |moment: Moment, playback: &Playback| {
            let length = i64::try_from(playback.length.as_millis()).unwrap_or(i64::MAX);
            let end = moment.resolve(Reach { to: playback.began.plus(length), ..reach }).ok()?;
            Some(Goto::Tape(Duration::from_millis(end.since(playback.began))))
        };
        let lost = |why| Notice::NoMoment { asked: text.to_owned(), why, reach };
        match (moment.and_then(|moment| moment.resolve(reach)), moment, tape) {
            (Ok(time), ..) => Ok(Goto::Here(time)),
            (Err(why @ MomentError::After), Ok(moment), Some(playback)) => {
                ahead(moment, playback).ok_or_else(|| lost(why))
            }
            (Err(why), ..) => Err(lost(why)),
        }
    }

    /// Goes to a time as it was typed.
    pub(super) fn go_to_time(&mut self, text: &str) -> Vec<Effect> {
        match self.moment(text) {
            Ok(Goto::Here(to)) => match self.go_to_moment(to) {
                Ok(effects) => return effects,
                // A tape has what the record has dropped.
                Err(OutOfReach { .. }) if self.playback.is_some() => {
                    let began = self.playback.as_ref().map_or(to, |playback| playback.began);
                    return vec![Effect::Seek(Duration::from_millis(to.since(began)))];
                }
                Err(OutOfReach { .. }) => self.notice = Some(Notice::NothingRecorded),
            },
            Ok(Goto::Tape(to)) => return vec![Effect::Seek(to)],
            Err(notice) => self.notice = Some(notice),
        }
        Vec::new()
    }

    /// Marks the moment on the screen, to compare another one with it.
    pub(super) fn mark_moment(&mut self) {
        self.marked = if self.marked == Some(self.now) { None } else { Some(self.now) };
        self.notice = Some(self.marked.map_or(Notice::Unmarked, Notice::Marked));
    }

    /// What the cursor is on, as the record knows it.
    pub(super) fn subject(&self) -> Option<Subject> {
        if let Some(page) = self.page_on_top() {
            return page.subject();
        }
        self.current().and_then(|line| line.subject())
    }

    /// Whether another session is of the same objects.
    pub fn is_of(&self, session: &Session) -> bool {
        session.context == self.session.context
            && session.cluster == self.session.cluster
            && session.scope == self.session.scope
            && session.selector == self.session.selector
    }
}
