//! `e`: what happened to something, entry by entry, and the lives of its endpoints side by side.

use super::listing::{Move, Moves};
use super::{Entry, Goal, Ground, Listing, Target};
use crate::churn::{self, Event, Lane, Ledger, Subject};
use crate::model::Time;

/// Which kind of change is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kinds {
    /// All.
    #[default]
    All,
    /// Of endpoints.
    Endpoints,
    /// Of pods.
    Pods,
    /// Of Services.
    Services,
    /// Of slices.
    Slices,
    /// Of nodes.
    Nodes,
}

impl Kinds {
    /// Each of them, in the order in which a key goes through them.
    pub const ALL: [Self; 6] = [Self::All, Self::Endpoints, Self::Pods, Self::Services, Self::Slices, Self::Nodes];

    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|kinds| *kinds == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    fn holds(self, on: &Subject) -> bool {
        match (self, on) {
            (Self::All, _)
            | (Self::Endpoints, Subject::Row(..))
            | (Self::Pods, Subject::Pod(..))
            | (Self::Services, Subject::Service(_))
            | (Self::Slices, Subject::Slice(_))
            | (Self::Nodes, Subject::Node(_)) => true,
            (
                Self::Endpoints | Self::Pods | Self::Services | Self::Slices | Self::Nodes,
                Subject::Row(..) | Subject::Pod(..) | Subject::Service(_) | Subject::Slice(_) | Subject::Node(_),
            ) => false,
        }
    }
}

/// The page.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelinePage {
    /// What it is about; `None`: everything.
    pub topic: Option<Subject>,
    /// Which kind of change is shown.
    pub kinds: Kinds,
    /// Words that an entry must have.
    pub filter: String,
    /// The cursor goes with the newest entry.
    pub follow: bool,
    /// The numbers of the entries in the ledger.
    pub listing: Listing<u64>,
    /// Entries that the page left out because there are too many.
    pub older: usize,
    /// The lives of its endpoints.
    pub lanes: Vec<Lane>,
    /// What the lines were made of.
    made: Option<(u64, u64, Time, Kinds, String)>,
}

/// Entries shown, at most: the newest.
const MOST: usize = 5_000;

impl TimelinePage {
    /// A page that is not worked out yet.
    pub fn new(topic: Option<Subject>) -> Self {
        Self {
            topic,
            kinds: Kinds::All,
            filter: String::new(),
            follow: true,
            listing: Listing::default(),
            older: 0,
            lanes: Vec::new(),
            made: None,
        }
    }

    pub(super) fn refresh(&mut self, ground: &Ground<'_>, height: usize) {
        let ledger = &ground.past.ledger;
        let until = if ground.away { ground.now } else { Time(i64::MAX) };
        let made = (ledger.next(), ledger.dropped().count, until, self.kinds, self.filter.clone());
        if self.made.as_ref() == Some(&made) {
            return;
        }
        self.made = Some(made);
        let mut numbers: Vec<u64> = ledger
            .entries()
            .rev()
            .skip_while(|entry| entry.at > until)
            .filter(|entry| self.topic.as_ref().is_none_or(|topic| topic.tells(entry)))
            .filter(|entry| entry.on.namespace().is_none_or(|namespace| ground.store.shows(namespace)))
            .filter(|entry| self.kinds.holds(&entry.on) && found(entry, &self.filter))
            .map(|entry| entry.number)
            .collect();
        self.older = numbers.len().saturating_sub(MOST);
        numbers.truncate(MOST);
        let line = |number: u64| Entry { id: number.to_string(), depth: 0, fold: None, body: number };
        self.listing.replace(numbers.into_iter().rev().map(line).collect(), height);
        if self.follow {
            self.listing.moved(Move::Last, height);
        }
        let lanes = |topic| ledger.lanes(topic, ground.store, until);
        self.lanes = self.topic.as_ref().map(lanes).unwrap_or_default();
    }

    /// Another kind of change.
    pub(super) fn next_kinds(&mut self) {
        self.kinds = self.kinds.next();
    }

    /// What the entry under the cursor is.
    pub fn current<'a>(&self, ledger: &'a Ledger) -> Option<&'a churn::Entry> {
        ledger.entry(self.listing.current()?.entry.body)
    }

    pub(super) fn goal(&self, ground: &Ground<'_>) -> Option<Goal> {
        let entry = self.current(&ground.past.ledger)?;
        Some(Goal { to: Target::Of(entry.on.clone(), self.topic.clone()), at: Some(entry.at) })
    }

    /// What is copied from the line under the cursor.
    pub(super) fn copy(&self, ground: &Ground<'_>) -> Option<String> {
        let entry = self.current(&ground.past.ledger)?;
        Some(match (&entry.on, &entry.pod) {
            (_, Some(pod)) => pod.to_string(),
            (Subject::Service(key) | Subject::Slice(key) | Subject::Pod(key, _) | Subject::Row(key, _), None) => {
                key.name.to_string()
            }
            (Subject::Node(name), None) => name.to_string(),
        })
    }
}

impl Moves for TimelinePage {
    fn moved(&mut self, step: Move, page: usize) {
        self.listing.moved(step, page);
        self.follow = self.at_end();
    }

    fn wheel(&mut self, rows: isize, page: usize) {
        self.listing.wheel(rows, page);
        self.follow = self.at_end();
    }

    fn click(&mut self, row: usize, page: usize) {
        self.listing.click(row, page);
        self.follow = self.at_end();
    }

    fn fit(&mut self, page: usize) {
        self.listing.fit(page);
    }
}

impl TimelinePage {
    fn at_end(&self) -> bool {
        self.listing.sheet.at + 1 >= self.listing.entries.len()
    }
}

/// Whether an entry has all the words: names, ids of what happened and why, and what the cause names. `!word` must not
/// be there.
fn found(entry: &churn::Entry, filter: &str) -> bool {
    if filter.trim().is_empty() {
        return true;
    }
    let mut text = format!("{} {} {}", entry.event.id(), entry.why.id(), entry.when.id());
    let on = match &entry.on {
        Subject::Service(key) | Subject::Slice(key) | Subject::Pod(key, _) => key.to_string(),
        Subject::Row(key, id) => format!("{key} {id}"),
        Subject::Node(name) => name.to_string(),
    };
    text = format!("{text} {on} {}", entry.pod.as_deref().unwrap_or_default());
    if let Event::Scheduled(node) = &entry.event {
        text = format!("{text} {node}");
    }
    for word in entry.why.names() {
        text.push(' ');
        text.push_str(&word);
    }
    let text = text.to_lowercase();
    filter.to_lowercase().split_whitespace().all(|word| match word.strip_prefix('!') {
        Some(not) if !not.is_empty() => !text.contains(not),
        Some(_) | None => text.contains(word),
    })
}
