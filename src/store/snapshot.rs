//! All that a store holds, as deltas: what a recording that begins in the middle of a session begins with.

use super::table::Table;
use super::{Object, Store};
use crate::delta::{Delta, Step};
use crate::model::{ConfigName, Kind};

fn listed<T: Object + Clone>(table: &Table<T>) -> Step<T> {
    Step::Listed(table.iter().map(|row| (**row).clone()).collect())
}

impl Store {
    /// What gives an empty store all that this one holds and knows of its knowledge.
    pub fn snapshot(&self) -> Vec<Delta> {
        let mut deltas: Vec<Delta> =
            self.watched().map(|(name, purpose)| Delta::Watching(name.clone(), purpose)).collect();
        deltas.extend([
            Delta::Namespace(listed(&self.namespaces)),
            Delta::Node(listed(&self.nodes)),
            Delta::Service(listed(&self.services)),
            Delta::Slice(listed(&self.slices)),
            Delta::Pod(listed(&self.pods)),
        ]);
        // What nobody asked for is not there, and costs no line.
        if self.asked(Kind::NetworkPolicy) {
            deltas.push(Delta::NetworkPolicy(listed(&self.policies)));
        }
        if self.asked(Kind::ServiceCidr) {
            deltas.push(Delta::ServiceCidr(listed(&self.cidrs)));
        }
        for name in ConfigName::ALL.into_iter().filter(|name| self.asked(Kind::Config(*name))) {
            let held = self.config(name).map(|config| (**config).clone());
            deltas.push(Delta::Config(name, Step::Listed(held.into_iter().collect())));
        }
        for kind in Kind::ALL.into_iter().filter(|kind| !kind.on_demand() || self.asked(*kind)) {
            deltas.extend(self.heard(kind).map(|(within, health)| Delta::health(kind, within, health.clone())));
        }
        deltas
    }
}
