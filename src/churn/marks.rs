//! Which things changed lately, how, and when.

use std::collections::{BTreeMap, VecDeque};

use crate::model::{Key, Map, Text, Time, Uid};
use crate::store::{Cause, Change, Edit, Pair, Row, RowEdit, RowId};

/// What something happened to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A Service.
    Service(Key),
    /// A slice.
    Slice(Key),
    /// A row of a Service's union table.
    Row(Key, RowId),
    /// A pod, by name and identity.
    Pod(Key, Uid),
    /// A node.
    Node(Text),
}

impl Subject {
    /// The namespace that it is in; a node is in none.
    pub fn namespace(&self) -> Option<&Text> {
        match self {
            Self::Service(key) | Self::Slice(key) | Self::Row(key, _) | Self::Pod(key, _) => Some(&key.namespace),
            Self::Node(_) => None,
        }
    }
}

/// What happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It came.
    Added,
    /// It changed.
    Changed,
    /// It went.
    Removed,
}

/// The latest thing that happened to a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// What happened.
    pub what: What,
    /// When we heard of it.
    pub at: Time,
    /// Why it came: a relist's differences are real, but their time is only known to lie before `at`.
    pub cause: Cause,
    /// The row before: what the tombstone shows, or what the cells are compared with.
    pub old: Option<Box<Row>>,
}

/// Marks on subjects. At most [`Marks::MOST`]; the oldest go first.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    marks: Map<Subject, Mark>,
    /// Tombstones of each Service, so that a table finds its own.
    graves: BTreeMap<Key, Vec<RowId>>,
    order: VecDeque<(Time, Subject)>,
    /// When a row of a Service last changed.
    inside: Map<Key, Time>,
    /// When `inside` was last swept.
    swept: Time,
}

impl Marks {
    /// How long a mark is bright, in milliseconds.
    pub const BRIGHT: i64 = 4_000;
    /// How long a mark or a tombstone stays, in milliseconds.
    pub const LIFE: i64 = 15_000;
    /// How long "changed 41s ago" is remembered, in milliseconds.
    pub const MEMORY: i64 = 3_600_000;
    /// How many marks are kept.
    pub const MOST: usize = 20_000;

    /// Takes in a batch of changes. What was there before we looked is no change.
    pub fn record(&mut self, at: Time, changes: &[Change]) {
        for Change { cause, edit } in changes {
            if *cause == Cause::Load {
                continue;
            }
            match edit {
                Edit::Service(pair) => self.put(Subject::Service(pair.key.clone()), what(pair), at, *cause, None),
                Edit::Slice(pair) => self.put(Subject::Slice(pair.key.clone()), what(pair), at, *cause, None),
                Edit::Row(edit) => self.row(edit, at, *cause),
                Edit::Pod(_)
                | Edit::Node(_)
                | Edit::Namespace(_)
                | Edit::NetworkPolicy(_)
                | Edit::ServiceCidr(_)
                | Edit::Config(_) => {}
            }
        }
        self.forget(at);
    }

    fn row(&mut self, edit: &RowEdit, at: Time, cause: Cause) {
        let RowEdit { service, old, new } = edit;
        let Some(id) = new.as_ref().or(old.as_ref()).map(|row| row.id.clone()) else { return };
        let graves = self.graves.entry(service.clone()).or_default();
        graves.retain(|grave| *grave != id);
        let what = match (old, new) {
            (None, _) => What::Added,
            (_, None) => {
                graves.push(id.clone());
                What::Removed
            }
            (Some(_), Some(_)) => What::Changed,
        };
        if graves.is_empty() {
            self.graves.remove(service);
        }
        self.inside.insert(service.clone(), at);
        self.put(Subject::Row(service.clone(), id), what, at, cause, old.clone().map(Box::new));
    }

    /// Remembers when something last happened to a subject: for its age only, as a mark it is too old.
    pub(super) fn note(&mut self, at: Time, subject: &Subject, cause: Cause) {
        if let Subject::Row(service, _) = subject {
            self.inside.insert(service.clone(), at);
        }
        self.put(subject.clone(), What::Changed, at, cause, None);
    }

    fn put(&mut self, subject: Subject, what: What, at: Time, cause: Cause, old: Option<Box<Row>>) {
        // What came a moment ago and changes at once still came.
        let fresh =
            self.marks.get(&subject).is_some_and(|mark| mark.what == What::Added && at.0 - mark.at.0 < Self::BRIGHT);
        let what = if fresh && what == What::Changed { What::Added } else { what };
        self.order.push_back((at, subject.clone()));
        self.marks.insert(subject, Mark { what, at, cause, old });
    }

    /// Forgets what is too old, or too much.
    pub fn forget(&mut self, now: Time) {
        while let Some((at, subject)) = self.order.front() {
            if now.0 - at.0 < Self::MEMORY && self.order.len() <= Self::MOST {
                break;
            }
            let current = self.marks.get(subject).is_some_and(|mark| mark.at == *at);
            if current {
                self.bury(&subject.clone());
            }
            self.order.pop_front();
        }
        if now.0 - self.swept.0 >= Self::LIFE || self.inside.len() > Self::MOST {
            let life = if self.inside.len() > Self::MOST { Self::LIFE } else { Self::MEMORY };
            self.inside.retain(|_, at| now.0 - at.0 < life);
            self.swept = now;
        }
        let old: Vec<(Key, RowId)> = self
            .graves
            .iter()
            .flat_map(|(service, ids)| ids.iter().map(move |id| (service.clone(), id.clone())))
            .filter(|(service, id)| {
                let mark = self.marks.get(&Subject::Row(service.clone(), id.clone()));
                mark.is_none_or(|mark| now.0 - mark.at.0 >= Self::LIFE)
            })
            .collect();
        for (service, id) in old {
            self.bury(&Subject::Row(service, id));
        }
    }

    fn bury(&mut self, subject: &Subject) {
        let mark = self.marks.remove(subject);
        if let (Some(Mark { what: What::Removed, .. }), Subject::Row(service, id)) = (mark, subject) {
            let empty = self.graves.get_mut(service).is_some_and(|graves| {
                graves.retain(|grave| grave != id);
                graves.is_empty()
            });
            if empty {
                self.graves.remove(service);
            }
        }
    }

    /// The latest thing that happened to a subject, as far as it is remembered.
    pub fn latest(&self, subject: &Subject) -> Option<&Mark> {
        self.marks.get(subject)
    }

    /// The mark to show on a subject now, and whether it is still bright.
    pub fn shown(&self, subject: &Subject, now: Time) -> Option<(&Mark, bool)> {
        let mark = self.marks.get(subject)?;
        let age = now.0 - mark.at.0;
        (age < Self::LIFE).then_some((mark, age < Self::BRIGHT))
    }

    /// Whether a row of a Service changed a moment ago, and whether that is still bright.
    pub fn inside(&self, service: &Key, now: Time) -> Option<bool> {
        let age = now.0 - self.inside.get(service)?.0;
        (age < Self::LIFE).then_some(age < Self::BRIGHT)
    }

    /// The rows of a Service that went a moment ago.
    pub fn tombstones(&self, service: &Key, now: Time) -> impl Iterator<Item = (&Row, Time)> {
        self.graves.get(service).into_iter().flatten().filter_map(move |id| {
            let mark = self.marks.get(&Subject::Row(service.clone(), id.clone()))?;
            let row = mark.old.as_deref()?;
            (now.0 - mark.at.0 < Self::LIFE).then_some((row, mark.at))
        })
    }

    /// The Services that have tombstones, and how many.
    pub fn mourned(&self, now: Time) -> impl Iterator<Item = (&Key, usize)> {
        self.graves.keys().map(move |key| (key, self.tombstones(key, now).count())).filter(|(_, count)| *count > 0)
    }

    /// When a row of a Service last changed, as far as it is remembered.
    pub fn inside_at(&self, service: &Key) -> Option<Time> {
        self.inside.get(service).copied()
    }

    /// When a mark next fades or goes, if any is shown at `now`.
    pub fn deadline(&self, now: Time) -> Option<Time> {
        let young = self.order.iter().rev().take_while(|(at, _)| now.0 - at.0 < Self::LIFE);
        let ends = young.flat_map(|(at, _)| [at.plus(Self::BRIGHT), at.plus(Self::LIFE)]);
        ends.filter(|end| *end > now).min()
    }
}

fn what<T>(pair: &Pair<T>) -> What {
    match (&pair.old, &pair.new) {
        (None, _) => What::Added,
        (_, None) => What::Removed,
        (Some(_), Some(_)) => What::Changed,
    }
}
