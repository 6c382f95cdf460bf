//! The one function that changes the state.

use super::{Effect, Key, Message, Session, State, ages};
use crate::churn::Recent;
use crate::model::Time;
use crate::store::Store;

/// Takes in one thing that happened. What must happen outside is the answer.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => return state.key(key),
        Message::Paste(text) => state.paste(&text),
        Message::Wheel(rows) if state.overlay.is_some() => state.wheel_in_overlay(rows),
        Message::Wheel(rows) if state.wheel_on_page(rows) => {}
        Message::Wheel(rows) => state.scroll(isize::from(rows)),
        Message::Click { .. } if state.overlay.is_some() => {}
        Message::Click { x, y } if state.click_on_page(x, y) => {}
        Message::Click { x, y } => state.click(x, y),
        Message::Resize { width, height } => {
            state.size = (width, height);
            state.follow();
            state.fit_pages();
        }
        Message::Clock(now) => {
            state.now = state.now.max(now);
            state.recent.marks.forget(state.now);
            state.store.settle(state.now);
            state.refresh(&[]);
        }
        Message::Deltas(at, deltas) => {
            state.now = state.now.max(at);
            let changes = state.store.apply(at, deltas);
            state.recent.record(at, &changes);
            state.refresh(&changes);
            state.refresh_pages();
        }
        Message::Session(session) => state.session(*session),
        Message::Playback(playback) => {
            state.playback = Some(playback);
            state.follow();
        }
        Message::Recording(recording) => state.recording = recording,
        Message::Notice(text) => state.notice = Some(text),
    }
    Vec::new()
}

/// When, without anything happening, the screen would change next. `None`: never.
pub fn deadline(state: &State) -> Option<Time> {
    let marks = state.recent.marks.deadline(state.now);
    let rate = state.recent.rate.deadline(state.now);
    [marks, rate, ages::deadline(state), state.page_deadline()].into_iter().flatten().min()
}

impl State {
    /// Another cluster or other namespaces, or a recording that begins anew: nothing that was known holds any more.
    fn session(&mut self, session: Session) {
        let replayed = self.playback.is_some();
        let same_cluster = session.context == self.session.context && session.cluster == self.session.cluster;
        let same = same_cluster && session.scope == self.session.scope && session.selector == self.session.selector;
        if !same || replayed {
            self.store = Store::new();
            self.recent = Recent::default();
        }
        if replayed {
            // A recording that begins anew begins at an earlier time.
            self.now = Time::default();
        }
        if !same_cluster {
            self.outline.forget();
            (self.cursor, self.wanted, self.at, self.top) = (None, None, 0, 0);
        } else if !same || replayed {
            self.outline.restart();
            self.wanted = self.cursor.take();
            (self.at, self.top) = (0, 0);
        }
        self.meet(session);
        self.refresh(&[]);
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        if self.prompt.is_some() {
            return self.key_in_prompt(key);
        }
        if self.overlay.is_some() {
            return self.key_in_overlay(key);
        }
        self.notice = None;
        super::action::action(key, self.playback.is_some()).map(|action| self.act(action)).unwrap_or_default()
    }
}
