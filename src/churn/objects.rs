//! What happened to Services, slices and nodes.

use super::fate::Need;
use super::ledger::{ServiceFate, ServiceNeed, drained, entry};
use super::{Event, Ledger, NodeTrouble, Subject, When, Why};
use crate::model::{Key, ManagedBy, Node, NodeReady, Service, ServicePort, Slice, Text, Time};
use crate::store::{Cause, Pair};

/// A node explains what befell its pods up to so many milliseconds before its own trouble was heard.
const STRUCK: u64 = 5_000;

/// Whether a node explains what befalls its pods.
pub(super) fn troubled(node: &std::sync::Arc<Node>) -> bool {
    trouble(node).is_some()
}

pub(super) fn trouble(node: &Node) -> Option<NodeTrouble> {
    match &node.ready {
        NodeReady::NotReady { reason, .. } => Some(NodeTrouble::NotReady(reason.clone())),
        // A node that has not reported yet has done nothing to its pods.
        NodeReady::Ready | NodeReady::Unreported => node.unschedulable.then_some(NodeTrouble::Cordoned),
    }
}

impl Ledger {
    pub(super) fn node(&mut self, at: Time, heard: Cause, pair: &Pair<Node>) {
        let name = &pair.key.name;
        let on = || Subject::Node(name.clone());
        let old = pair.old.as_deref().filter(|_| !pair.replaced());
        let new = pair.new.as_deref();
        if pair.replaced()
            && let Some(before) = &pair.old
        {
            let when = When::of(new.and_then(|node| node.meta.created), at);
            self.write(entry(at, when, heard, on(), Event::Replaced, Why::Replaced(before.meta.uid.clone())));
        }
        match (old, new) {
            (None, Some(node)) if !pair.replaced() => {
                self.write(entry(at, When::of(node.meta.created, at), heard, on(), Event::Came, Why::Unknown));
            }
            (Some(_), None) => {
                let why = Why::Node(name.clone(), NodeTrouble::Gone);
                self.write(entry(at, When::Seen(at), heard, on(), Event::Went, why));
            }
            (Some(old), Some(new)) => {
                let ready = |node: &Node| node.ready == NodeReady::Ready;
                if ready(old) != ready(new) {
                    let since = match &new.ready {
                        NodeReady::NotReady { since, .. } => *since,
                        NodeReady::Ready | NodeReady::Unreported => None,
                    };
                    let event = if ready(new) { Event::Ready } else { Event::NotReady };
                    let why = trouble(new).map_or(Why::ReadinessGained, |trouble| Why::Node(name.clone(), trouble));
                    self.write(entry(at, When::of(since, at), heard, on(), event, why));
                }
                if old.unschedulable != new.unschedulable {
                    let event = if new.unschedulable { Event::Cordoned } else { Event::Uncordoned };
                    self.write(entry(at, When::Seen(at), heard, on(), event, Why::Edited));
                }
            }
            (None, _) => {}
        }
        let is = match new {
            Some(node) => trouble(node),
            None => Some(NodeTrouble::Gone),
        };
        match is {
            Some(trouble) => {
                self.nodes.insert(name.clone(), (at, trouble.clone()));
                match &trouble {
                    NodeTrouble::Cordoned => self.close(at, name),
                    NodeTrouble::Gone | NodeTrouble::NotReady(_) => self.strike(at, name, &trouble),
                }
            }
            None => {
                self.nodes.remove(name);
            }
        }
    }

    /// What ended the pods of a node just before it was heard that the node is closed.
    fn close(&mut self, at: Time, node: &Text) {
        for uid in self.fates.stricken(node, before(at, Self::LATE)) {
            let fate = self.fates.touch(at, &uid);
            fate.closed.get_or_insert((node.clone(), true));
            if let Some(end) = fate.end.clone() {
                self.befall(at, &uid, Need::End, drained(node, true, end));
            }
        }
    }

    /// What befell the pods of a node just before its own trouble was heard. A node takes the readiness of its pods along
    /// at once; what is older has another cause.
    fn strike(&mut self, at: Time, node: &Text, trouble: &NodeTrouble) {
        let since = before(at, STRUCK);
        for uid in self.fates.stricken(node, since) {
            let struck = |part| {
                let followers = self.fates.get(&uid).map(|fate| fate.followers(part)).unwrap_or_default();
                followers.iter().any(|number| self.spool.get(*number).is_some_and(|entry| entry.at >= since))
            };
            let (end, unready) = (struck(Need::End), struck(Need::Unready));
            let why = Why::Node(node.clone(), trouble.clone());
            if unready {
                self.befall(at, &uid, Need::Unready, why.clone());
            }
            if end {
                self.befall(at, &uid, Need::End, why);
            }
        }
    }

    pub(super) fn service(&mut self, at: Time, heard: Cause, pair: &Pair<Service>) {
        let on = || Subject::Service(pair.key.clone());
        let created = || When::of(pair.new.as_ref().and_then(|service| service.meta.created), at);
        let mut fate = ServiceFate { touched: at, ..self.services.remove(&pair.key).unwrap_or_default() };
        match (&pair.old, &pair.new) {
            (None, Some(_)) => {
                self.write(entry(at, created(), heard, on(), Event::Came, Why::ServiceCreated));
                self.found(at, &mut fate, &[ServiceNeed::Enter, ServiceNeed::Made], &Why::ServiceCreated);
                fate.came = Some((at, Why::ServiceCreated));
            }
            (Some(_), None) => {
                self.write(entry(at, When::Seen(at), heard, on(), Event::Went, Why::ServiceDeleted));
                self.found(at, &mut fate, &[ServiceNeed::Exit, ServiceNeed::Unmade], &Why::ServiceDeleted);
                fate.went = Some((at, Why::ServiceDeleted));
            }
            (Some(old), Some(new)) => {
                if pair.replaced() {
                    let why = Why::Replaced(old.meta.uid.clone());
                    self.write(entry(at, created(), heard, on(), Event::Replaced, why.clone()));
                    let needs = [ServiceNeed::Enter, ServiceNeed::Exit, ServiceNeed::Made, ServiceNeed::Unmade];
                    self.found(at, &mut fate, &needs, &why);
                    (fate.came, fate.went) = (Some((at, why.clone())), Some((at, why)));
                }
                if old.selector != new.selector {
                    let why = Why::SelectorEdited(Box::new((old.selector.clone(), new.selector.clone())));
                    self.write(entry(at, When::Seen(at), heard, on(), Event::Selector, Why::Edited));
                    self.found(at, &mut fate, &[ServiceNeed::Enter, ServiceNeed::Exit], &why);
                    fate.selector = Some((at, why));
                }
                if let Some(port) = edited_port(&old.ports, &new.ports) {
                    let why = Why::PortEdited(port);
                    self.write(entry(at, When::Seen(at), heard, on(), Event::Ports, Why::Edited));
                    self.found(at, &mut fate, &[ServiceNeed::Ports], &why);
                    fate.ports = Some((at, why));
                }
                let same = Service { selector: new.selector.clone(), ports: new.ports.clone(), ..old.as_ref().clone() };
                if !pair.replaced() && same != **new {
                    self.write(entry(at, When::Seen(at), heard, on(), Event::Edited, Why::Edited));
                }
            }
            (None, None) => {}
        }
        self.services.insert(pair.key.clone(), fate);
    }

    /// Tells the entries that waited for what was done to the Service.
    fn found(&mut self, at: Time, fate: &mut ServiceFate, needs: &[ServiceNeed], why: &Why) {
        fate.waiting.retain(|(since, _, _)| at.since(*since) <= Self::LATE);
        let found = fate.waiting.iter().filter(|(_, _, wanted)| needs.contains(wanted));
        let entries: Vec<u64> = found.map(|(_, number, _)| *number).collect();
        fate.waiting.retain(|(_, _, wanted)| !needs.contains(wanted));
        self.explain(&entries, why);
    }

    /// Lets an entry wait for what may have been done to a Service.
    pub(super) fn wait(&mut self, at: Time, service: &Key, number: u64, need: ServiceNeed) {
        let fate = self.services.entry(service.clone()).or_default();
        fate.waiting.retain(|(since, _, _)| at.since(*since) <= Self::LATE);
        if fate.waiting.len() < Self::WAITING {
            fate.waiting.push((at, number, need));
        }
        fate.touched = fate.touched.max(at);
    }

    pub(super) fn slice(&mut self, at: Time, heard: Cause, pair: &Pair<Slice>) {
        let Some(some) = pair.new.as_deref().or(pair.old.as_deref()) else { return };
        let by = some.managed_by();
        let foreign = (by != ManagedBy::Controller).then(|| Why::SliceEdited(pair.key.name.clone(), by));
        let created = || When::of(some.meta.created, at);
        let service = some.service();
        let done = |part: fn(&ServiceFate) -> &Option<(Time, Why)>| {
            let fate = self.services.get(service.as_ref()?)?;
            recent(at, [part(fate)]).map(|(_, why)| why)
        };
        let (event, when, why, need) = match (&pair.old, &pair.new) {
            (None, Some(_)) => {
                let made = foreign.or_else(|| done(|fate| &fate.came));
                (Event::Came, created(), made, Some(ServiceNeed::Made))
            }
            (Some(_), None) => {
                let unmade = foreign.or_else(|| done(|fate| &fate.went));
                (Event::Went, When::Seen(at), unmade, Some(ServiceNeed::Unmade))
            }
            (Some(old), Some(_)) if pair.replaced() => {
                (Event::Replaced, created(), Some(Why::Replaced(old.meta.uid.clone())), None)
            }
            // The controller's edits are told by the rows.
            (Some(_), Some(_)) if foreign.is_none() => return,
            (Some(_), Some(_)) => (Event::Edited, When::Seen(at), foreign, None),
            (None, None) => return,
        };
        let known = why.is_some();
        let mut told = entry(at, when, heard, Subject::Slice(pair.key.clone()), event, why.unwrap_or(Why::Unknown));
        told.service = some.service_name().cloned();
        let number = self.write(told);
        if let (Some(service), Some(need), false) = (service, need, known) {
            self.wait(at, &service, number, need);
        }
    }
}

/// The latest of some things done to a Service, if that was not long ago.
pub(super) fn recent<'a>(at: Time, done: impl IntoIterator<Item = &'a Option<(Time, Why)>>) -> Option<(Time, Why)> {
    let done = done.into_iter().flatten().filter(|(since, _)| at.since(*since) <= Ledger::LOOK_BACK);
    done.max_by_key(|(since, _)| *since).cloned()
}

fn before(at: Time, millis: u64) -> Time {
    Time(at.0.saturating_sub(i64::try_from(millis).unwrap_or(i64::MAX)))
}

/// The name of the first port that was edited; its number where it has no name.
fn edited_port(old: &[ServicePort], new: &[ServicePort]) -> Option<Text> {
    let mut edited = new.iter().filter(|port| !old.contains(port)).chain(old.iter().filter(|port| !new.contains(port)));
    let port = edited.next()?;
    Some(if port.name.is_empty() { Text::from(port.port.to_string()) } else { port.name.clone() })
}
