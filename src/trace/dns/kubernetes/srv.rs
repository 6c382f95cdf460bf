//! SRV: ports, and the names behind them (§2.5).

use std::collections::BTreeSet;

use super::lookup::{Host, Item};
use super::{Plugin, Stop};
use crate::trace::dns::reply::{Silence, Why};
use crate::trace::dns::{Name, QueryType, Question, Record, RecordData};

impl Plugin<'_> {
    /// One record for each port of each entry. Aliases have none.
    pub(super) fn srv(&self, name: &Name, zone: &Name) -> Result<Vec<Record>, Stop> {
        let question = Question::new(name.clone(), QueryType::Srv);
        let mut items = self.services(&question, zone)?;
        let entries = items.len();
        items.retain(|item| matches!(item.host, Host::Address(_)));
        let weight = weight(items.len());
        let mut seen = BTreeSet::new();
        let mut records = Vec::new();
        for Item { port, own, .. } in &items {
            let Some(port) = *port else { continue };
            let target = Name::new(own).map_err(|_| Stop::Silent(Silence::BadName(own.as_str().into())))?;
            if seen.insert((target.clone(), port)) {
                records.push(self.record(name, RecordData::Srv { weight, port, target }, self.options.ttl));
            }
        }
        match (records.is_empty(), items.len()) {
            (false, _) => Ok(records),
            (true, 0) if entries > 0 => Err(Stop::no_data(Why::OtherType)),
            (true, _) => Err(Stop::no_data(Why::NoPortsKnown(self.service_of(name, zone).unwrap_or_default()))),
        }
    }
}

/// 100 shared among the entries, duplicates and both families counted.
fn weight(entries: usize) -> u16 {
    match u16::try_from(entries) {
        Ok(0) => 100,
        Ok(entries) => (100 / entries).max(1),
        Err(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_weight_is_a_share_of_100_and_at_least_1() {
        for (entries, weight) in [(1, 100), (2, 50), (3, 33), (7, 14), (100, 1), (101, 1), (1000, 1), (100_000, 1)] {
            assert_eq!(super::weight(entries), weight, "{entries} entries");
        }
    }
}
