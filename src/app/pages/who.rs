//! `w`: who has an address or a name at the moment shown, and who held the address before.

use super::{Entry, Goal, Ground, Listing, Shown, Target};
use crate::churn::Hold;
use crate::model::{Addresses, Time};
use crate::outline::Node;
use crate::trace::who::{Owner, Who, of_address, of_name};

/// A line of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoBody {
    /// A holder at the moment shown, by its place.
    Owner(usize),
    /// The head of the history.
    History,
    /// A pod's time with the address.
    Hold(usize),
}

/// The page.
#[derive(Clone, Debug, PartialEq)]
pub struct WhoPage {
    /// What is asked, as it was typed.
    pub asked: String,
    /// Who has it.
    pub who: Who,
    /// Who held it, oldest first.
    pub holds: Vec<Hold>,
    /// Since when the history is complete.
    pub since: Option<Time>,
    /// The lines.
    pub listing: Listing<WhoBody>,
}

impl WhoPage {
    /// A page that is not worked out yet.
    pub fn new(asked: &str) -> Self {
        let (asked, who) = (asked.trim().to_owned(), Who::default());
        Self { asked, who, holds: Vec::new(), since: None, listing: Listing::default() }
    }

    pub(super) fn refresh(&mut self, ground: &Ground<'_>, height: usize) {
        let ip = Addresses::parse_one(&self.asked);
        self.who = match ip {
            Some(ip) => of_address(ground.store, ip),
            None => of_name(ground.store, &self.asked),
        };
        let holders = &ground.past.holders;
        self.holds = ip.map(|ip| holders.of(ip, ground.held)).unwrap_or_default();
        self.holds.retain(|hold| hold.from.time() <= ground.now);
        self.since = holders.complete_since().or(ground.past.ledger.since());
        let owner = |at: usize| Entry { id: format!("owner{at}"), depth: 0, fold: None, body: WhoBody::Owner(at) };
        let mut entries: Vec<_> = (0..self.who.owners.len()).map(owner).collect();
        if !self.holds.is_empty() {
            let (id, fold) = ("history".to_owned(), Some(Shown::AtOnce));
            entries.push(Entry { id, depth: 0, fold, body: WhoBody::History });
        }
        let hold = |at: usize| Entry { id: format!("history/{at}"), depth: 1, fold: None, body: WhoBody::Hold(at) };
        entries.extend((0..self.holds.len()).rev().map(hold));
        self.listing.replace(entries, height);
    }

    pub(super) fn goal(&self) -> Option<Goal> {
        let WhoBody::Owner(at) = self.listing.current()?.entry.body else { return None };
        let service = match self.who.owners.get(at)? {
            Owner::Service(key, _) | Owner::Endpoint { service: Some(key), .. } => key.clone(),
            Owner::Pod { .. } | Owner::Node(_) | Owner::Endpoint { service: None, .. } | Owner::Namespace(_) => {
                return None;
            }
        };
        Some(Goal { to: Target::Line(Node::service(service)), at: None })
    }

    pub(super) fn copy(&self) -> Option<String> {
        match self.listing.current()?.entry.body {
            WhoBody::Owner(at) => Some(match self.who.owners.get(at)? {
                Owner::Service(key, _) | Owner::Pod { pod: key, .. } => key.name.to_string(),
                Owner::Endpoint { slice, .. } => slice.name.to_string(),
                Owner::Node(name) | Owner::Namespace(name) => name.to_string(),
            }),
            WhoBody::Hold(at) => Some(self.holds.get(at)?.pod.name.to_string()),
            WhoBody::History => Some(self.asked.clone()),
        }
    }
}
