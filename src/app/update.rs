//! The one function that changes the state.

use super::action::{Action, action};
use super::command::{Command, completions, parse};
use super::prompt::{PromptKind, Typed};
use super::state::{Choice, Overlay};
use super::{Effect, Key, KeyCode, Message, Prompt, Recording, Scope, State};
use crate::churn::{Marks, Recent};
use crate::model::Time;
use crate::outline::{Filter, Node};
use crate::store::{Change, Store};

/// Speeds of a replay.
const SPEEDS: [u16; 7] = [1, 2, 4, 8, 15, 30, 60];
/// How far one key seeks.
const SEEK: std::time::Duration = std::time::Duration::from_secs(5);

fn faster(speed: u16) -> u16 {
    SPEEDS.into_iter().find(|next| *next > speed).unwrap_or(SPEEDS[SPEEDS.len() - 1])
}

fn slower(speed: u16) -> u16 {
    SPEEDS.into_iter().rev().find(|next| *next < speed).unwrap_or(SPEEDS[0])
}

/// Takes in one thing that happened. What must happen outside is the answer.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => return state.key(key),
        Message::Paste(text) => state.paste(&text),
        Message::Wheel(rows) => state.step(isize::from(rows)),
        Message::Click { x, y } => state.click(x, y),
        Message::Resize { width, height } => {
            state.size = (width, height);
            state.follow();
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
        }
        Message::Session(session) => {
            let same = session.context == state.session.context && session.scope == state.session.scope;
            if !same || state.playback.is_some() {
                state.store = Store::new();
                state.recent = Recent::default();
                state.now = Time::default();
                state.outline.touch();
            }
            state.session = *session;
            state.refresh(&[]);
        }
        Message::Playback(playback) => state.playback = Some(playback),
        Message::Recording(recording) => state.recording = recording,
        Message::Notice(text) => state.notice = Some(text),
    }
    Vec::new()
}

/// When, without anything happening, the screen would change next. `None`: never.
pub fn deadline(state: &State) -> Option<Time> {
    let marks = state.recent.marks.deadline(state.now);
    let rate = state.recent.rate.deadline(state.now);
    let ages = crate::app::ages::deadline(state);
    [marks, rate, ages].into_iter().flatten().min()
}

impl State {
    /// Brings the lines up to date and keeps the cursor on its thing.
    fn refresh(&mut self, changes: &[Change]) {
        let marks: &Marks = &self.recent.marks;
        self.outline.refresh(&self.store, marks, self.now, changes, self.cursor.as_ref());
        let at_rest = self.at == 0 && self.top == 0;
        if let Some(node) = self.cursor.clone()
            && !(at_rest && node.is_service())
        {
            let place = self.outline.place(&self.store, &self.recent.marks, self.now, &node);
            let moved = place
                .unwrap_or_else(|| self.outline.nearest(&self.store, &self.recent.marks, self.now, &node, self.at));
            // The line stays where it stands on the screen while others come and go above it.
            if moved >= self.at {
                self.top += moved - self.at;
            } else {
                self.top = self.top.saturating_sub(self.at - moved);
            }
            self.at = moved;
        }
        self.follow();
    }

    /// Keeps cursor and window inside the lines, and the cursor inside the window.
    fn follow(&mut self) {
        let last = self.outline.len().saturating_sub(1);
        self.at = self.at.min(last);
        let page = self.page();
        self.top = self.top.min(self.at).min((last + 1).saturating_sub(page.min(last + 1)));
        if self.at >= self.top + page {
            self.top = self.at + 1 - page;
        }
        let node = self.current().map(|line| line.node);
        if node != self.cursor {
            self.detail_scroll = 0;
            self.cursor = node;
        }
    }

    fn step(&mut self, rows: isize) {
        self.at = self.at.saturating_add_signed(rows);
        self.follow();
    }

    fn go(&mut self, at: usize) {
        self.at = at;
        self.follow();
    }

    fn click(&mut self, x: u16, y: u16) {
        if self.overlay.is_some() {
            return;
        }
        let Some(row) = self.layout().row_at(x, y) else { return };
        let at = self.top + row;
        if at < self.outline.len() {
            if at == self.at {
                self.toggle(None);
            }
            self.go(at);
        }
    }

    fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.prompt {
            prompt.insert(text);
            self.typed();
        }
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        if self.prompt.is_some() {
            return self.key_in_prompt(key);
        }
        if self.overlay.is_some() {
            return self.key_in_overlay(key);
        }
        self.notice = None;
        match action(key, self.playback.is_some()) {
            Some(action) => self.act(action),
            None => {
                if matches!((key.code, key.ctrl), (KeyCode::Char('d' | 'k'), true)) {
                    self.notice = Some("podpath is read-only: it deletes nothing".to_owned());
                }
                Vec::new()
            }
        }
    }

    fn key_in_prompt(&mut self, key: Key) -> Vec<Effect> {
        let Some(prompt) = &mut self.prompt else { return Vec::new() };
        match prompt.key(key) {
            Typed::Same => {}
            Typed::Changed => self.typed(),
            Typed::Complete => {
                let (namespaces, contexts) = (self.namespaces(), self.session.contexts.clone());
                if let Some(prompt) = &mut self.prompt
                    && prompt.kind == PromptKind::Command
                    && let Some(best) = completions(&prompt.text, &namespaces, &contexts).first()
                {
                    *prompt = Prompt::new(PromptKind::Command, best);
                }
            }
            Typed::Left => {
                if prompt.kind == PromptKind::Filter {
                    let before = std::mem::take(&mut self.filter_before);
                    self.look_for(&before);
                }
                self.prompt = None;
            }
            Typed::Done => {
                let Prompt { kind, text, .. } = prompt.clone();
                self.prompt = None;
                if kind == PromptKind::Command {
                    return self.command(&text);
                }
            }
        }
        Vec::new()
    }

    /// The text of the prompt is another one: a filter acts at once.
    fn typed(&mut self) {
        if let Some(Prompt { kind: PromptKind::Filter, text, .. }) = self.prompt.clone() {
            self.look_for(&text);
        }
    }

    fn look_for(&mut self, text: &str) {
        self.outline.filter = Filter::parse(text);
        self.outline.touch();
        self.refresh(&[]);
    }

    fn command(&mut self, text: &str) -> Vec<Effect> {
        match parse(text) {
            Err(words) => self.notice = Some(words),
            Ok(None) => {}
            Ok(Some(Command::Quit)) => return vec![Effect::Quit],
            Ok(Some(Command::Help)) => self.overlay = Some(Overlay::Help(0)),
            Ok(Some(Command::Filter(text))) => self.look_for(&text),
            Ok(Some(Command::Services(None))) => self.look_for(""),
            Ok(Some(Command::Services(Some(scope)) | Command::Namespace(Some(scope)))) => {
                return self.switch_scope(scope);
            }
            Ok(Some(Command::Namespace(None))) => self.overlay = Some(Overlay::Namespaces(Choice::default())),
            Ok(Some(Command::Context(None))) => self.overlay = Some(Overlay::Contexts(Choice::default())),
            Ok(Some(Command::Context(Some(name)))) => return self.switch_context(name),
        }
        Vec::new()
    }

    fn switch_scope(&mut self, scope: Scope) -> Vec<Effect> {
        if self.playback.is_some() {
            self.notice = Some("a recording cannot be asked for other namespaces; / filters it".to_owned());
            return Vec::new();
        }
        vec![Effect::SwitchScope(scope)]
    }

    fn switch_context(&mut self, name: String) -> Vec<Effect> {
        if self.playback.is_some() {
            self.notice = Some("this is a recording; podpath --context connects to a cluster".to_owned());
            return Vec::new();
        }
        if !self.session.contexts.contains(&name) {
            let known = self.session.contexts.join(", ");
            self.notice = Some(format!("no context {name:?} in the kubeconfig; there are {known}"));
            return Vec::new();
        }
        vec![Effect::SwitchContext(name)]
    }

    fn key_in_overlay(&mut self, key: Key) -> Vec<Effect> {
        let (namespaces, contexts) = (self.namespaces(), self.session.contexts.clone());
        let leave = matches!((key.code, key.ctrl), (KeyCode::Esc, _) | (KeyCode::Char('c'), true));
        match &mut self.overlay {
            _ if leave => self.overlay = None,
            None => {}
            Some(Overlay::Help(scroll)) => match key.code {
                KeyCode::Char('j') | KeyCode::Down => *scroll = scroll.saturating_add(1).min(200),
                KeyCode::Char('k') | KeyCode::Up => *scroll = scroll.saturating_sub(1),
                KeyCode::PageDown | KeyCode::Char(' ') => *scroll = scroll.saturating_add(10).min(200),
                KeyCode::PageUp => *scroll = scroll.saturating_sub(10),
                KeyCode::Char(_)
                | KeyCode::Enter
                | KeyCode::Esc
                | KeyCode::Tab
                | KeyCode::Backspace
                | KeyCode::Delete
                | KeyCode::Left
                | KeyCode::Right
                | KeyCode::Home
                | KeyCode::End
                | KeyCode::F(_) => self.overlay = None,
            },
            Some(Overlay::Contexts(choice)) => {
                if let Some(name) = choose(choice, key, &contexts) {
                    self.overlay = None;
                    return self.switch_context(name);
                }
            }
            Some(Overlay::Namespaces(choice)) => {
                if let Some(name) = choose(choice, key, &namespaces) {
                    self.overlay = None;
                    return self.switch_scope(Scope::Namespace(name));
                }
            }
        }
        Vec::new()
    }

    fn toggle(&mut self, open: Option<bool>) {
        let Some(line) = self.current() else { return };
        let Some(is) = line.open else { return };
        self.outline.set_open(&line.node, open.unwrap_or(!is));
        self.refresh(&[]);
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let page = isize::try_from(self.page()).unwrap_or(1);
        match action {
            Action::Up => self.step(-1),
            Action::Down => self.step(1),
            Action::PageUp => self.step(-page),
            Action::PageDown => self.step(page),
            Action::First => self.go(0),
            Action::Last => self.go(usize::MAX),
            Action::Open => match self.current().and_then(|line| line.open) {
                Some(false) => self.toggle(Some(true)),
                Some(true) => self.step(1),
                None => {}
            },
            Action::Close => match self.current() {
                Some(line) if line.open == Some(true) => self.toggle(Some(false)),
                Some(line) => self.go_to(&line.node.parent()),
                None => {}
            },
            Action::Toggle => self.toggle(None),
            Action::OpenAll => {
                self.outline.open_all();
                self.refresh(&[]);
            }
            Action::CloseAll => {
                if let Some(node) = &self.cursor {
                    self.cursor = Some(Node::service(node.service.clone()));
                }
                self.outline.close_all();
                self.refresh(&[]);
            }
            Action::PreviousService => self.neighbour(false),
            Action::NextService => self.neighbour(true),
            Action::Detail => {
                self.detail = !self.detail;
                self.follow();
            }
            Action::Explain => {
                self.explain = !self.explain;
                self.detail |= self.explain;
                self.follow();
            }
            Action::Slices => {
                self.outline.slices = !self.outline.slices;
                self.outline.touch();
                self.refresh(&[]);
            }
            Action::Faults => {
                self.outline.faults_only = !self.outline.faults_only;
                self.outline.touch();
                self.refresh(&[]);
            }
            Action::Filter => {
                self.filter_before = self.outline.filter.text().to_owned();
                self.prompt = Some(Prompt::new(PromptKind::Filter, &self.filter_before));
            }
            Action::Command => self.prompt = Some(Prompt::new(PromptKind::Command, "")),
            Action::Help => self.overlay = Some(Overlay::Help(0)),
            Action::Contexts => self.overlay = Some(Overlay::Contexts(Choice::default())),
            Action::Namespaces => self.overlay = Some(Overlay::Namespaces(Choice::default())),
            Action::AllNamespaces => return self.switch_scope(Scope::All),
            Action::Copy => return self.copy(|line| line.name()),
            Action::CopyNamespace => return self.copy(|line| line.node.service.namespace.to_string()),
            Action::Retry => {
                self.notice = Some("trying again".to_owned());
                return vec![Effect::RetryNow];
            }
            Action::Record if self.playback.is_some() => self.notice = Some("this is a recording already".to_owned()),
            Action::Record => return vec![Effect::ToggleRecording],
            Action::DetailDown => self.detail_scroll = self.detail_scroll.saturating_add(3).min(500),
            Action::DetailUp => self.detail_scroll = self.detail_scroll.saturating_sub(3),
            Action::Pause => return vec![Effect::TogglePause],
            Action::Faster => return self.play(|playback| Effect::Speed(faster(playback.speed))),
            Action::Slower => return self.play(|playback| Effect::Speed(slower(playback.speed))),
            Action::SeekBack => return self.play(|playback| Effect::Seek(playback.at.saturating_sub(SEEK))),
            Action::SeekOn => return self.play(|playback| Effect::Seek((playback.at + SEEK).min(playback.length))),
            Action::Redraw => return vec![Effect::Redraw],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Back => self.back(),
            Action::Quit => return vec![Effect::Quit],
        }
        Vec::new()
    }

    fn back(&mut self) {
        if self.outline.filter.is_some() {
            self.look_for("");
        } else if self.outline.faults_only {
            self.outline.faults_only = false;
            self.outline.touch();
            self.refresh(&[]);
        } else if matches!(self.recording, Recording::Failed { .. }) {
            self.recording = Recording::Off;
        } else if let Some(node) = self.cursor.clone().filter(|node| !node.is_service()) {
            self.go_to(&node.parent());
        }
    }

    fn play(&self, effect: impl Fn(&super::Playback) -> Effect) -> Vec<Effect> {
        self.playback.as_ref().map(effect).into_iter().collect()
    }

    fn copy(&mut self, what: impl Fn(&crate::outline::Line) -> String) -> Vec<Effect> {
        let Some(text) = self.current().map(|line| what(&line)).filter(|text| !text.is_empty()) else {
            return Vec::new();
        };
        self.notice = Some(format!("copied {text}"));
        vec![Effect::Copy(text)]
    }

    fn go_to(&mut self, node: &Node) {
        let mut node = node.clone();
        loop {
            if let Some(at) = self.outline.place(&self.store, &self.recent.marks, self.now, &node) {
                return self.go(at);
            }
            if node.is_service() {
                return;
            }
            node = node.parent();
        }
    }

    fn neighbour(&mut self, forward: bool) {
        let Some(own) = self.cursor.clone().map(|node| Node::service(node.service)) else { return };
        let mut at = self.at;
        loop {
            let next = if forward { at + 1 } else { at.wrapping_sub(1) };
            let Some(line) = self.outline.line(&self.store, &self.recent.marks, self.now, next) else { return };
            at = next;
            if line.node.is_service() && (forward || line.node != own || self.at != next) {
                return self.go(at);
            }
        }
    }
}

/// Takes a key in a list of names; the name, once one is chosen.
fn choose(choice: &mut Choice, key: Key, names: &[String]) -> Option<String> {
    let fitting = choice.fitting(names).len();
    match (key.code, key.ctrl) {
        (KeyCode::Down, _) | (KeyCode::Char('n'), true) | (KeyCode::Tab, _) => {
            choice.at = (choice.at + 1).min(fitting.saturating_sub(1));
        }
        (KeyCode::Up, _) | (KeyCode::Char('p'), true) => choice.at = choice.at.saturating_sub(1),
        (KeyCode::Enter, _) => return choice.fitting(names).get(choice.at).map(|name| (*name).to_owned()),
        (KeyCode::Backspace, _) => {
            choice.typed.pop();
            choice.at = 0;
        }
        (KeyCode::Char(character), false) => {
            choice.typed.push(character);
            choice.at = 0;
        }
        (
            KeyCode::Char(_)
            | KeyCode::Esc
            | KeyCode::Delete
            | KeyCode::Left
            | KeyCode::Right
            | KeyCode::PageUp
            | KeyCode::PageDown
            | KeyCode::Home
            | KeyCode::End
            | KeyCode::F(_),
            _,
        ) => {}
    }
    None
}
