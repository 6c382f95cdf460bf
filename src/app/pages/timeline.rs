//! `e`: what happened to something, entry by entry, and the lives of its endpoints side by side.

use std::collections::HashSet;

use super::listing::{Move, Moves};
use super::{Entry, Goal, Ground, Listing, Target, named};
use crate::churn::{self, Event, Lane, Lanes, Ledger, Story, Subject};
use crate::model::Time;
use crate::store::RowId;

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
#[derive(Clone, Debug)]
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
    /// Entries of the topic, whatever their kind and words.
    pub told: usize,
    /// Those of the kind that is shown, whatever their words.
    pub of_kind: usize,
    /// The lives of its endpoints.
    pub lanes: Vec<Lane>,
    /// The Service that it is about, with its pods.
    story: Option<Story>,
    grown: Option<Lanes>,
    /// What the lines were made of.
    made: Option<Made>,
    /// The number of the first entry that was not taken in.
    heard: u64,
    /// Rows that its Service had.
    rows: usize,
}

/// What a whole walk through the record depends on. While it is the same, only what is new is walked.
#[derive(Clone, Debug, PartialEq)]
struct Made {
    since: Option<Time>,
    dropped: u64,
    until: Time,
    kinds: Kinds,
    filter: String,
}

impl PartialEq for TimelinePage {
    fn eq(&self, other: &Self) -> bool {
        (&self.topic, self.kinds, &self.filter, &self.listing, self.heard)
            == (&other.topic, other.kinds, &other.filter, &other.listing, other.heard)
    }
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
            told: 0,
            of_kind: 0,
            lanes: Vec::new(),
            story: None,
            grown: None,
            made: None,
            heard: 0,
            rows: 0,
        }
    }

    /// The record is another one.
    pub(super) fn rebase(&mut self) {
        self.made = None;
    }

    pub(super) fn refresh(&mut self, ground: &Ground<'_>, height: usize) {
        let ledger = &ground.past.ledger;
        let until = if ground.away { ground.now } else { Time(i64::MAX) };
        let (since, dropped) = (ledger.since(), ledger.dropped().count);
        let made = Made { since, dropped, until, kinds: self.kinds, filter: self.filter.clone() };
        let rows = match &self.topic {
            Some(Subject::Service(key)) => ground.store.summary(key).rows,
            Some(Subject::Slice(_) | Subject::Row(..) | Subject::Pod(..) | Subject::Node(_)) | None => 0,
        };
        let next = ledger.next();
        let same = self.made.as_ref() == Some(&made) && next >= self.heard && rows == self.rows;
        if same && (next == self.heard || ground.away) {
            return;
        }
        // A cause that is found later may have the words that are looked for.
        let whole = !same || !self.filter.is_empty() || self.is_met_late(ledger);
        if whole {
            self.begin(ground, since);
        }
        let new = || ledger.from(self.heard).take_while(|entry| entry.at <= until);
        if let Some(story) = &mut self.story {
            story.hear(new(), ground.store);
        }
        if let Some(grown) = &mut self.grown {
            grown.hear(new());
            grown.meet(ground.store);
            self.lanes = grown.sorted();
        }
        let (mut told, mut of_kind, mut numbers) = (0, 0, Vec::new());
        for entry in new().filter(|entry| self.tells(entry)) {
            if entry.on.namespace().is_some_and(|namespace| !ground.store.shows(namespace)) {
                continue;
            }
            told += 1;
            if self.kinds.holds(&entry.on) {
                of_kind += 1;
                if found(entry, &self.filter) {
                    numbers.push(entry.number);
                }
            }
        }
        self.told += told;
        self.of_kind += of_kind;
        let line = |number: u64| Entry { id: number.to_string(), depth: 0, fold: None, body: number };
        let mut entries = std::mem::take(&mut self.listing.entries);
        entries.extend(numbers.into_iter().map(line));
        let excess = entries.len().saturating_sub(MOST);
        entries.drain(..excess);
        self.older += excess;
        self.listing.replace(entries, height);
        if self.follow {
            self.listing.moved(Move::Last, height);
        }
        (self.made, self.heard, self.rows) = (Some(made), next, rows);
    }

    /// Forgets what was taken in: all is walked again.
    fn begin(&mut self, ground: &Ground<'_>, since: Option<Time>) {
        self.story = match &self.topic {
            Some(Subject::Service(key)) => Some(Story::of(key, ground.store)),
            Some(Subject::Slice(_) | Subject::Row(..) | Subject::Pod(..) | Subject::Node(_)) | None => None,
        };
        self.grown = self.topic.clone().map(|topic| Lanes::new(topic, since));
        self.listing.entries.clear();
        (self.heard, self.older, self.told, self.of_kind) = (0, 0, 0, 0);
    }

    /// Whether a pod has come to the Service that had a life before, which its story now tells too.
    fn is_met_late(&self, ledger: &Ledger) -> bool {
        let Some(story) = &self.story else { return false };
        let mut born = HashSet::new();
        ledger.from(self.heard).any(|entry| match (&entry.on, &entry.event) {
            (Subject::Pod(_, uid), Event::Came | Event::Replaced) => {
                born.insert(uid);
                false
            }
            (Subject::Row(service, RowId::Pod(uid)), _) => {
                self.topic == Some(Subject::Service(service.clone())) && !story.holds(uid) && !born.contains(uid)
            }
            (Subject::Row(..) | Subject::Pod(..) | Subject::Service(_) | Subject::Slice(_) | Subject::Node(_), _) => {
                false
            }
        })
    }

    fn tells(&self, entry: &churn::Entry) -> bool {
        match (&self.story, &self.topic) {
            (Some(story), _) => story.tells(entry),
            (None, Some(topic)) => topic.tells(entry),
            (None, None) => true,
        }
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
    named(&text, filter)
}
