//! All that the program knows and the user has done. One task owns it.

use super::{Away, Chrome, Layout, Needs, Notice, Overlay, Page, Playback, Prompt, Recording, Session};
use crate::churn::{Past, Recent};
use crate::model::Time;
use crate::outline::{Line, Node, Outline, World};
use crate::store::Store;
use crate::trace::Client;

/// The state of the whole program.
#[derive(Clone, Debug)]
pub struct State {
    /// What the cluster is; while the screen is [`Away`], what it was at the moment shown.
    pub store: Store,
    /// What changed a moment ago.
    pub recent: Recent,
    /// What has happened, and what was.
    pub past: Past,
    /// The present, while the screen shows another moment.
    pub away: Option<Box<Away>>,
    /// A moment to compare with.
    pub marked: Option<Time>,
    /// Seconds that local time is ahead of UTC.
    pub utc_offset: i32,
    /// Which lines there are.
    pub outline: Outline,
    /// Whom we are connected to.
    pub session: Session,
    /// It is now this late, or was at the moment shown.
    pub now: Time,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The line under the cursor. While there is no line at all, the one that it was on.
    pub cursor: Option<Node>,
    /// Where the cursor stands.
    pub at: usize,
    /// The first line of the window.
    pub top: usize,
    /// Where the cursor was before everything was read anew; it returns there when that line comes.
    pub(super) wanted: Option<Node>,
    /// Details are shown.
    pub detail: bool,
    /// First line of the details shown.
    pub detail_scroll: u16,
    /// Plain sentences are shown.
    pub explain: bool,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// What was looked for before the prompt was opened.
    pub(super) filter_before: String,
    /// Pages over the home tree, the one on top last.
    pub pages: Vec<Page>,
    /// Where traces start from, once the user has chosen.
    pub client: Option<Client>,
    /// A list over everything.
    pub overlay: Option<Overlay>,
    /// Something to tell until the next key.
    pub notice: Option<Notice>,
    /// Where the replay stands, in a replay.
    pub playback: Option<Playback>,
    /// What the recorder does.
    pub recording: Recording,
    /// What answers on the screen need beside what is always watched.
    pub needs: Needs,
    /// Namespaces that were watched by name, in the order in which that first happened: the digits choose among them.
    pub visited: Vec<String>,
    /// What came last can show nowhere on the screen but in the rate of change.
    pub beyond: bool,
}

impl State {
    /// A program that knows nothing yet, on a terminal of this size.
    pub fn new(session: Session, size: (u16, u16), now: Time) -> Self {
        let mut state = Self {
            store: Store::new(),
            recent: Recent::default(),
            past: Past::default(),
            away: None,
            marked: None,
            utc_offset: 0,
            outline: Outline::default(),
            session: Session::default(),
            now,
            size,
            cursor: None,
            at: 0,
            top: 0,
            wanted: None,
            detail: true,
            detail_scroll: 0,
            explain: false,
            prompt: None,
            filter_before: String::new(),
            pages: Vec::new(),
            client: None,
            overlay: None,
            notice: None,
            playback: None,
            recording: Recording::Off,
            needs: Needs::default(),
            visited: Vec::new(),
            beyond: false,
        };
        state.meet(session);
        state
    }

    /// Takes in whom we are connected to.
    pub(super) fn meet(&mut self, session: Session) {
        for name in session.scope.names() {
            if !self.visited.iter().any(|visited| name == visited.as_str()) {
                self.visited.push(name.to_string());
            }
        }
        self.outline.select(session.selector.is_some());
        self.session = session;
    }

    /// What lines are made of.
    pub fn world(&self) -> World<'_> {
        World { store: &self.store, marks: &self.recent.marks, now: self.now }
    }

    /// The regions of the screen.
    pub fn layout(&self) -> Layout {
        let page = self.page_on_top();
        let chrome = Chrome {
            framed: self.playback.is_some() || self.away.is_some(),
            detail: self.detail,
            explained: self.explain && page.is_none(),
            low: page.is_some_and(Page::is_wide),
            answer: page.is_some(),
        };
        Layout::new(self.size.0, self.size.1, chrome)
    }

    /// Lines that fit into the window.
    pub fn page(&self) -> usize {
        self.layout().window().max(1)
    }

    /// The lines in the window.
    pub fn window(&self) -> Vec<Line> {
        self.outline.window(self.world(), self.top, self.page())
    }

    /// The line under the cursor.
    pub fn current(&self) -> Option<Line> {
        self.outline.line(self.world(), self.at)
    }

    /// The namespaces that are known, by name.
    pub fn namespaces(&self) -> Vec<String> {
        let mut names: Vec<String> = self.store.namespaces().map(|ns| ns.meta.key.name.to_string()).collect();
        if names.is_empty() {
            names = self.store.services().map(|service| service.meta.key.namespace.to_string()).collect();
            names.extend(self.visited.iter().cloned());
            names.sort();
            names.dedup();
        }
        names
    }
}
