//! All that the program knows and the user has done. One task owns it.

use super::{Chrome, Layout, Playback, Prompt, Recording, Session};
use crate::churn::Recent;
use crate::model::Time;
use crate::outline::{Line, Node, Outline};
use crate::store::Store;

/// A list over everything, to choose from or to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Keys and marks; how far it is scrolled.
    Help(u16),
    /// Contexts of the kubeconfig.
    Contexts(Choice),
    /// Namespaces.
    Namespaces(Choice),
}

/// A choice from a list, narrowed by typing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What was typed.
    pub typed: String,
    /// Which of the names that fit is chosen.
    pub at: usize,
}

impl Choice {
    /// The names that fit what was typed.
    pub fn fitting<'a>(&self, names: &'a [String]) -> Vec<&'a str> {
        let typed = self.typed.to_lowercase();
        names.iter().map(String::as_str).filter(|name| name.to_lowercase().contains(&typed)).collect()
    }
}

/// The state of the whole program.
#[derive(Clone, Debug)]
pub struct State {
    /// What the cluster is.
    pub store: Store,
    /// What changed a moment ago.
    pub recent: Recent,
    /// Which lines there are.
    pub outline: Outline,
    /// Whom we are connected to.
    pub session: Session,
    /// It is now this late.
    pub now: Time,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The line under the cursor.
    pub cursor: Option<Node>,
    /// Where the cursor stands.
    pub at: usize,
    /// The first line of the window.
    pub top: usize,
    /// Details are shown.
    pub detail: bool,
    /// First line of the details shown.
    pub detail_scroll: u16,
    /// Plain sentences are shown.
    pub explain: bool,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// What was looked for before the prompt was opened.
    pub filter_before: String,
    /// A list over everything.
    pub overlay: Option<Overlay>,
    /// Something to tell until the next key.
    pub notice: Option<String>,
    /// Where the replay stands, in a replay.
    pub playback: Option<Playback>,
    /// What the recorder does.
    pub recording: Recording,
}

impl State {
    /// A program that knows nothing yet, on a terminal of this size.
    pub fn new(session: Session, size: (u16, u16), now: Time) -> Self {
        Self {
            store: Store::new(),
            recent: Recent::default(),
            outline: Outline::default(),
            session,
            now,
            size,
            cursor: None,
            at: 0,
            top: 0,
            detail: size.1 >= 28 || size.0 >= 160,
            detail_scroll: 0,
            explain: false,
            prompt: None,
            filter_before: String::new(),
            overlay: None,
            notice: None,
            playback: None,
            recording: Recording::Off,
        }
    }

    /// The regions of the screen.
    pub fn layout(&self) -> Layout {
        let chrome = Chrome { framed: self.playback.is_some(), detail: self.detail };
        Layout::new(self.size.0, self.size.1, chrome)
    }

    /// Lines that fit into the window.
    pub fn page(&self) -> usize {
        self.layout().window().max(1)
    }

    /// The lines in the window.
    pub fn window(&self) -> Vec<Line> {
        self.outline.window(&self.store, &self.recent.marks, self.now, self.top, self.page())
    }

    /// The line under the cursor.
    pub fn current(&self) -> Option<Line> {
        self.outline.line(&self.store, &self.recent.marks, self.now, self.at)
    }

    /// The namespaces that are known, by name.
    pub fn namespaces(&self) -> Vec<String> {
        let mut names: Vec<String> = self.store.namespaces().map(|ns| ns.meta.key.name.to_string()).collect();
        if names.is_empty() {
            names = self.store.services().map(|service| service.meta.key.namespace.to_string()).collect();
            names.dedup();
        }
        names
    }
}
