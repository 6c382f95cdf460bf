//! `:churn`: the most restless Services, their outages and flapping endpoints, the slowest lags. It is of the present:
//! paces and outages are counted, not kept for every moment.

use super::{Entry, Goal, Ground, Listing, Shown, Target, named};
use crate::churn::Subject;
use crate::model::Key;
use crate::outline::Node;
use crate::store::RowId;

/// A line of the page.
#[derive(Clone, Debug, PartialEq)]
pub enum ChurnBody {
    /// A Service that changed.
    Service(Key),
    /// A time without a usable endpoint, by its place.
    Outage(Key, usize),
    /// A row whose readiness goes back and forth.
    Flapping(Key, RowId),
    /// The head of the slow lags, and how many there are.
    Lags(usize),
    /// A slow lag: an entry of the ledger.
    Lag(u64),
}

/// The page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChurnPage {
    /// The lines.
    pub listing: Listing<ChurnBody>,
    /// Words that the name of a Service must have.
    pub filter: String,
    /// Services that changed, whatever their names.
    pub changed: usize,
    /// They are in the order of their changes over so many minutes: as many as are recorded, at most five.
    pub minutes: u32,
}

/// Slow lags shown, at most.
const LAGS: usize = 20;
/// How far back lags are looked for, in milliseconds.
const LAGS_OF: i64 = 60 * 60_000;

impl ChurnPage {
    pub(super) fn refresh(&mut self, ground: &Ground<'_>, height: usize) {
        let (unrest, now) = (&ground.past.unrest, ground.present);
        let mut entries = Vec::new();
        let recorded = ground.past.ledger.since().map_or(0, |since| now.since(since));
        self.minutes = if recorded >= 5 * 60_000 { 5 } else { 1 };
        let mut most = unrest.most(now, self.minutes);
        most.retain(|(key, _)| ground.store.shows(&key.namespace));
        self.changed = most.len();
        for (key, restless) in most.into_iter().filter(|(key, _)| named(&key.to_string(), &self.filter)) {
            let id = key.to_string().replace('/', "·");
            let flapping: Vec<RowId> = restless.flapping(now).map(|(row, _)| row.clone()).collect();
            let below = restless.outages.len() + flapping.len();
            let fold = (below > 0).then_some(Shown::WhenOpened);
            entries.push(Entry { id: id.clone(), depth: 0, fold, body: ChurnBody::Service(key.clone()) });
            entries.extend(flapping.into_iter().map(|row| Entry {
                id: format!("{id}/{row}"),
                depth: 1,
                fold: None,
                body: ChurnBody::Flapping(key.clone(), row),
            }));
            entries.extend((0..restless.outages.len()).rev().map(|at| Entry {
                id: format!("{id}/outage{at}"),
                depth: 1,
                fold: None,
                body: ChurnBody::Outage(key.clone(), at),
            }));
        }
        let mut slow = ground.past.ledger.slowest(now.plus(-LAGS_OF), LAGS);
        slow.retain(|(entry, _)| match &entry.on {
            Subject::Service(key) | Subject::Slice(key) | Subject::Row(key, _) | Subject::Pod(key, _) => {
                named(&key.to_string(), &self.filter)
            }
            Subject::Node(name) => named(name, &self.filter),
        });
        if !slow.is_empty() {
            let (id, fold) = ("lags".to_owned(), Some(Shown::AtOnce));
            entries.push(Entry { id, depth: 0, fold, body: ChurnBody::Lags(slow.len()) });
        }
        entries.extend(slow.into_iter().map(|(entry, _)| Entry {
            id: format!("lags/{}", entry.number),
            depth: 1,
            fold: None,
            body: ChurnBody::Lag(entry.number),
        }));
        self.listing.replace(entries, height);
    }

    pub(super) fn goal(&self, ground: &Ground<'_>) -> Option<Goal> {
        let line = self.listing.current()?;
        match &line.entry.body {
            // What can be opened is opened.
            ChurnBody::Service(_) | ChurnBody::Lags(_) if line.open.is_some() => None,
            ChurnBody::Service(key) => Some(Goal { to: Target::Line(Node::service(key.clone())), at: None }),
            ChurnBody::Outage(key, at) => {
                let outage = ground.past.unrest.of(key)?.outages.get(*at)?;
                Some(Goal { to: Target::Line(Node::service(key.clone())), at: outage.from.or(outage.to) })
            }
            ChurnBody::Flapping(key, row) => {
                let row = Subject::Row(key.clone(), row.clone());
                Some(Goal { to: Target::Of(row, Some(Subject::Service(key.clone()))), at: None })
            }
            ChurnBody::Lags(_) => None,
            ChurnBody::Lag(number) => {
                let entry = ground.past.ledger.entry(*number)?;
                Some(Goal { to: Target::Of(entry.on.clone(), None), at: Some(entry.at) })
            }
        }
    }

    pub(super) fn subject(&self) -> Option<Subject> {
        match &self.listing.current()?.entry.body {
            ChurnBody::Service(key) | ChurnBody::Outage(key, _) => Some(Subject::Service(key.clone())),
            ChurnBody::Flapping(key, row) => Some(Subject::Row(key.clone(), row.clone())),
            ChurnBody::Lags(_) | ChurnBody::Lag(_) => None,
        }
    }

    pub(super) fn copy(&self) -> Option<String> {
        match &self.listing.current()?.entry.body {
            ChurnBody::Service(key) | ChurnBody::Outage(key, _) => Some(key.name.to_string()),
            ChurnBody::Flapping(_, row) => Some(row.to_string()),
            ChurnBody::Lags(_) | ChurnBody::Lag(_) => None,
        }
    }
}
