//! The one function that changes the state.

use super::{Effect, Key, Message, Notice, Page, Recording, Session, State, ages};
use crate::model::Time;

/// Takes in one thing that happened. What must happen outside is the answer.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let mut effects = take(state, message);
    effects.extend(state.ask());
    effects
}

fn take(state: &mut State, message: Message) -> Vec<Effect> {
    state.beyond = false;
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
        Message::Clock(now) => state.clock(now),
        Message::Deltas(at, deltas) => state.hear(at, deltas),
        Message::Session(session) => return state.session(*session),
        Message::Playback(playback) => {
            state.playback = Some(playback);
            state.follow();
        }
        Message::Recording(recording) => {
            if let (Recording::On { file }, Recording::Off) = (&state.recording, &recording) {
                state.notice = Some(Notice::Recorded(file.clone()));
            }
            state.recording = recording;
        }
        Message::Notice(text) => state.notice = Some(Notice::Said(text)),
    }
    Vec::new()
}

/// When, without anything happening, the screen would change next. `None`: never.
pub fn deadline(state: &State) -> Option<Time> {
    if let Some(away) = &state.away {
        // Only how long ago it was.
        let paces = matches!(state.page_on_top(), Some(Page::Churn(_))).then(|| away.now.plus(1_000));
        return Some(ages::next_change(state.now, away.now)).into_iter().chain(paces).min();
    }
    let marks = state.recent.marks.deadline(state.now);
    let rate = state.recent.rate.deadline(state.now);
    [marks, rate, ages::deadline(state), state.page_deadline()].into_iter().flatten().min()
}

impl State {
    /// Another cluster or other namespaces, or a recording that begins anew: nothing that was known holds any more.
    fn session(&mut self, session: Session) -> Vec<Effect> {
        let replayed = self.playback.is_some();
        let same_cluster = session.context == self.session.context && session.cluster == self.session.cluster;
        let same = self.is_of(&session);
        let effects = if !same || replayed { self.forget_past() } else { Vec::new() };
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
        effects
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delta::{Delta, Health, Purpose, Step};
    use crate::model::{Key, Kind, Meta, Scope, Service};
    use crate::outline::Node;

    #[test]
    fn a_namespace_that_only_explains_is_held_and_not_shown() {
        let session = Session { scope: Scope::one("shop"), ..Session::default() };
        let mut state = State::new(session, (120, 32), Time(0));
        let service = |namespace: &str, name: &str| {
            let meta = Meta { key: Key::new(namespace, name), ..Meta::default() };
            Step::ListedIn(namespace.into(), vec![Service { meta, ..Service::default() }])
        };
        let deltas = vec![
            Delta::Watching("shop".into(), Purpose::Shown),
            Delta::Watching("kube-system".into(), Purpose::Support),
            Delta::Service(service("shop", "web")),
            Delta::Service(service("kube-system", "kube-dns")),
        ];
        update(&mut state, Message::Deltas(Time(1), deltas));
        assert!(state.store.service(&Key::new("kube-system", "kube-dns")).is_some());
        let lines: Vec<Node> = state.window().into_iter().map(|line| line.node).collect();
        assert_eq!(lines, [Node::service(Key::new("shop", "web"))]);
    }

    #[test]
    fn what_is_needed_is_asked_for_until_the_source_has_heard_it_and_again_of_another_source() {
        let session = Session { scope: Scope::one("shop"), ..Session::default() };
        let mut state = State::new(session, (120, 32), Time(0));
        state.needs.kinds.insert(Kind::ServiceCidr);
        state.needs.namespaces.extend(["kube-system", "shop"].map(Into::into));
        let asked = [Effect::Need(vec![Kind::ServiceCidr]), Effect::Support("kube-system".into())];
        assert_eq!(update(&mut state, Message::Clock(Time(1))), asked);
        let heard = vec![
            Delta::Health(Kind::ServiceCidr, Health::Loading { seen: 0 }),
            Delta::Watching("kube-system".into(), Purpose::Support),
        ];
        assert_eq!(update(&mut state, Message::Deltas(Time(2), heard)), []);
        let other = Session { context: "other".to_owned(), scope: Scope::one("shop"), ..Session::default() };
        assert_eq!(update(&mut state, Message::Session(Box::new(other))), asked);
    }
}
