//! What happened to Services, slices, pods and nodes.

use super::fate::Need;
use super::ledger::{ServiceFate, ServiceNeed, entry};
use super::why::{Readiness, Relabelled};
use super::{Event, Holders, Ledger, NodeTrouble, Stamps, Subject, When, Why};
use crate::model::{ContainerState, Key, ManagedBy, Node, NodeReady, Pod, Service, ServicePort, Slice, Text, Time};
use crate::store::{Cause, Pair, Store};

/// A node explains what befell its pods up to so many milliseconds before its own trouble was heard.
const STRUCK: i64 = 5_000;

/// Whether a node explains what befalls its pods.
pub(super) fn troubled(node: &std::sync::Arc<Node>) -> bool {
    trouble(node).is_some()
}

fn trouble(node: &Node) -> Option<NodeTrouble> {
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
                if trouble != NodeTrouble::Cordoned {
                    self.strike(at, name, &trouble);
                }
            }
            None => {
                self.nodes.remove(name);
            }
        }
    }

    /// What befell the pods of a node just before its own trouble was heard. A node takes the readiness of its pods along
    /// at once; what is older has another cause.
    fn strike(&mut self, at: Time, node: &Text, trouble: &NodeTrouble) {
        let since = at.plus(-STRUCK);
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
                self.write(entry(at, created(), heard, on(), Event::Came, Why::Unknown));
                self.found(at, &mut fate, ServiceNeed::Selector, &Why::ServiceCreated);
                fate.came = Some((at, Why::ServiceCreated));
            }
            (Some(_), None) => {
                self.write(entry(at, When::Seen(at), heard, on(), Event::Went, Why::Unknown));
                self.found(at, &mut fate, ServiceNeed::Selector, &Why::ServiceDeleted);
                fate.came = Some((at, Why::ServiceDeleted));
            }
            (Some(old), Some(new)) => {
                if pair.replaced() {
                    let why = Why::Replaced(old.meta.uid.clone());
                    self.write(entry(at, created(), heard, on(), Event::Replaced, why.clone()));
                    fate.came = Some((at, why));
                }
                if old.selector != new.selector {
                    let why = Why::SelectorEdited(Box::new((old.selector.clone(), new.selector.clone())));
                    self.write(entry(at, When::Seen(at), heard, on(), Event::Selector, Why::Edited));
                    self.found(at, &mut fate, ServiceNeed::Selector, &why);
                    fate.selector = Some((at, why));
                }
                if let Some(port) = edited_port(&old.ports, &new.ports) {
                    let why = Why::PortEdited(port);
                    self.write(entry(at, When::Seen(at), heard, on(), Event::Ports, Why::Edited));
                    self.found(at, &mut fate, ServiceNeed::Ports, &why);
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

    /// Tells the entries that waited for an edit of the Service.
    fn found(&mut self, at: Time, fate: &mut ServiceFate, need: ServiceNeed, why: &Why) {
        let recent = |since: Time| at.since(since) <= Self::LOOK_AHEAD;
        let entries: Vec<u64> = fate
            .waiting
            .iter()
            .filter(|(since, _, wanted)| *wanted == need && recent(*since))
            .map(|(_, number, _)| *number)
            .collect();
        fate.waiting.retain(|(since, _, wanted)| *wanted != need && recent(*since));
        self.explain(&entries, why);
    }

    pub(super) fn slice(&mut self, at: Time, heard: Cause, pair: &Pair<Slice>) {
        let Some(some) = pair.new.as_deref().or(pair.old.as_deref()) else { return };
        let by = some.managed_by();
        let foreign = (by != ManagedBy::Controller).then(|| Why::SliceEdited(pair.key.name.clone(), by));
        let created = || When::of(some.meta.created, at);
        let (event, when, why) = match (&pair.old, &pair.new) {
            (None, Some(_)) => (Event::Came, created(), foreign),
            (Some(_), None) => (Event::Went, When::Seen(at), foreign),
            (Some(old), Some(_)) if pair.replaced() => {
                (Event::Replaced, created(), Some(Why::Replaced(old.meta.uid.clone())))
            }
            // The controller's edits are told by the rows.
            (Some(_), Some(_)) if foreign.is_none() => return,
            (Some(_), Some(_)) => (Event::Edited, When::Seen(at), foreign),
            (None, None) => return,
        };
        let mut told = entry(at, when, heard, Subject::Slice(pair.key.clone()), event, why.unwrap_or(Why::Unknown));
        told.service = some.service_name().cloned();
        self.write(told);
    }

    pub(super) fn pod(&mut self, at: Time, heard: Cause, pair: &Pair<Pod>, store: &Store, holders: &Holders) {
        let counts = heard != Cause::Load;
        let verdicts = self.crews.note(at, pair, counts);
        if !counts {
            return;
        }
        let replaced = pair.replaced();
        let old = pair.old.as_deref();
        let new = pair.new.as_deref();
        if let Some(old) = old.filter(|_| replaced || new.is_none()) {
            self.pod_ends(at, old, true, store);
        }
        if let Some(new) = new {
            let before = old.filter(|_| !replaced);
            if new.meta.deleted.is_some() || new.has_ended() {
                let already = before.is_some_and(|old| old.meta.deleted.is_some() || old.has_ended());
                if !already {
                    self.pod_ends(at, new, false, store);
                }
            }
            if before.is_none() {
                let fate = self.fates.touch(at, &new.meta.uid);
                fate.node.clone_from(&new.node);
                if new.meta.owner.is_none() {
                    self.befall(at, &new.meta.uid, Need::Birth, Why::PodCreated(new.meta.key.clone()));
                }
            }
        }
        self.hear(at, verdicts);
        match (old, new) {
            (Some(old), None) => self.pod_went(at, heard, old),
            (Some(old), Some(new)) if replaced => {
                let why = Why::Replaced(old.meta.uid.clone());
                self.pod_went(at, heard, old);
                let on = Subject::Pod(new.meta.key.clone(), new.meta.uid.clone());
                self.write(entry(at, When::of(new.meta.created, at), heard, on, Event::Replaced, why));
                self.pod_stages(at, heard, None, new, holders);
            }
            (None, Some(new)) => {
                self.pod_entry(at, When::of(new.meta.created, at), heard, new, Event::Came, Some(Need::Birth), None);
                self.pod_stages(at, heard, None, new, holders);
            }
            (Some(old), Some(new)) => {
                self.pod_labels(at, heard, old, new, store);
                self.pod_stages(at, heard, Some(old), new, holders);
            }
            (None, None) => {}
        }
    }

    /// The first guess at why a pod goes; verdicts on its crew may follow.
    fn pod_ends(&mut self, at: Time, pod: &Pod, gone: bool, store: &Store) {
        let uid = &pod.meta.uid;
        let known = self.fates.get(uid).and_then(|fate| fate.end.clone());
        let node = pod.node.as_ref().and_then(|name| Some((name, self.node_trouble(at, name, store)?)));
        let why = match (&known, node) {
            _ if pod.has_ended() => {
                let reason = pod.rare.as_ref().and_then(|rare| rare.reason.clone());
                Some(Why::PodEnded(reason.unwrap_or_default()))
            }
            (_, Some((name, trouble))) if trouble != NodeTrouble::Cordoned => Some(Why::Node(name.clone(), trouble)),
            (None, Some((name, NodeTrouble::Cordoned))) => Some(Why::Node(name.clone(), NodeTrouble::Cordoned)),
            (None, _) => Some(Why::PodDeleted(pod.meta.key.clone())),
            (Some(_), _) => None,
        };
        let fate = self.fates.touch(at, uid);
        fate.node.clone_from(&pod.node);
        if fate.ending.is_none() && !pod.has_ended() {
            fate.ending = Some(if gone { When::Seen(at) } else { requested(pod, at) });
        }
        if let Some(why) = why {
            self.befall(at, uid, Need::End, why);
        }
    }

    fn node_trouble(&self, at: Time, name: &Text, store: &Store) -> Option<NodeTrouble> {
        if let Some(node) = store.node(name) {
            return trouble(node);
        }
        let (since, trouble) = self.nodes.get(name)?;
        (at.since(*since) <= Self::LOOK_AHEAD).then(|| trouble.clone())
    }

    fn pod_went(&mut self, at: Time, heard: Cause, old: &Pod) {
        let stamps = Stamps {
            created: old.meta.created,
            scheduled: old.scheduled.map(Time::from),
            started: old.started.map(Time::from),
            ready: old.ready_since.filter(|_| old.ready),
            deleted: old.meta.deleted,
        };
        self.pod_entry(at, When::Seen(at), heard, old, Event::PodWent(Box::new(stamps)), Some(Need::End), None);
    }

    #[expect(clippy::too_many_arguments, reason = "each is a field of the entry")]
    fn pod_entry(
        &mut self,
        at: Time,
        when: When,
        heard: Cause,
        pod: &Pod,
        event: Event,
        need: Option<Need>,
        why: Option<Why>,
    ) {
        let uid = &pod.meta.uid;
        let found = need.and_then(|need| self.fates.get(uid)?.why(need).cloned());
        let why = why.or(found).unwrap_or(Why::Unknown);
        let on = Subject::Pod(pod.meta.key.clone(), uid.clone());
        let number = self.write(entry(at, when, heard, on, event, why));
        if let Some(need) = need {
            self.fates.link(at, uid, number, need);
        }
    }

    fn pod_labels(&mut self, at: Time, heard: Cause, old: &Pod, new: &Pod, store: &Store) {
        if old.meta.labels == new.meta.labels {
            return;
        }
        let labels = old.meta.labels.iter().chain(new.meta.labels.iter()).map(|(label, _)| label);
        let edited: Vec<&Text> =
            labels.filter(|label| old.meta.labels.get(label) != new.meta.labels.get(label)).collect();
        // What no selector names moves no pod: a scheduler that writes the zone of the node, for one.
        let named = edited.iter().find(|label| {
            let mut services = store.services_in(&new.meta.key.namespace);
            services.any(|service| service.selector.0.get(label).is_some())
        });
        if let Some(label) = named.or(edited.first()) {
            let (old, was) = (old.meta.labels.get(label).cloned(), new.meta.labels.get(label).cloned());
            let why = Why::Relabelled(Box::new(Relabelled { label: Text::clone(label), old, new: was }));
            if named.is_some() {
                self.befall(at, &new.meta.uid, Need::Label, why.clone());
            }
            self.pod_entry(at, When::Seen(at), heard, new, Event::Relabelled, None, Some(why));
        }
    }

    fn pod_stages(&mut self, at: Time, heard: Cause, old: Option<&Pod>, new: &Pod, holders: &Holders) {
        let uid = &new.meta.uid;
        if let Some(node) = new.node.as_ref().filter(|_| old.is_none_or(|old| old.node.is_none())) {
            self.fates.touch(at, uid).node = Some(node.clone());
            let event = Event::Scheduled(node.clone());
            self.pod_entry(at, When::of(new.scheduled.map(Time::from), at), heard, new, event, Some(Need::Birth), None);
        }
        let had = old.map_or(&[][..], |old| old.ips.as_slice());
        for ip in new.ips.as_slice().iter().filter(|ip| !had.contains(ip)) {
            let reused = holders.reused(*ip, uid).map(|reused| Why::IpReused(Box::new(reused.clone())));
            let need = if reused.is_none() { Some(Need::Birth) } else { None };
            self.pod_entry(at, When::Seen(at), heard, new, Event::Addressed(*ip), need, reused);
        }
        let restarts = old.map_or(0, Pod::restarts);
        if new.restarts() > restarts && old.is_some() {
            let why = Why::ReadinessLost(Box::new(readiness(new)));
            self.pod_entry(at, When::Seen(at), heard, new, Event::Restarted(new.restarts()), None, Some(why));
        }
        let (was, is) = (old.is_some_and(|old| old.ready), new.ready);
        let since = When::of(new.ready_since, at);
        match (was, is) {
            (false, true) => {
                let again = self.fates.get(uid).is_none_or(|fate| fate.unready.is_some() || fate.birth.is_none());
                let (need, why) = if again { (None, Some(Why::ReadinessGained)) } else { (Some(Need::Birth), None) };
                self.pod_entry(at, since, heard, new, Event::Ready, need, why);
                self.fates.recover(uid);
            }
            (true, false) => {
                let going = new.meta.deleted.is_some() || new.has_ended();
                if !going {
                    let why = match new.node.as_ref().and_then(|name| self.nodes.get_key_value(name)) {
                        Some((name, (_, trouble))) if *trouble != NodeTrouble::Cordoned => {
                            Why::Node(name.clone(), trouble.clone())
                        }
                        Some(_) | None => Why::ReadinessLost(Box::new(readiness(new))),
                    };
                    self.befall(at, uid, Need::Unready, why);
                    self.fates.touch(at, uid).node.clone_from(&new.node);
                }
                let need = if going { Need::End } else { Need::Unready };
                self.pod_entry(at, since, heard, new, Event::NotReady, Some(need), None);
            }
            (_, _) => {}
        }
        if new.meta.deleted.is_some() && old.is_none_or(|old| old.meta.deleted.is_none()) {
            self.pod_entry(at, requested(new, at), heard, new, Event::Deleting, Some(Need::End), None);
        }
        if new.has_ended() && old.is_none_or(|old| !old.has_ended()) {
            self.pod_entry(at, When::Seen(at), heard, new, Event::Ended, Some(Need::End), None);
        }
    }

    /// What of a Service explains an entry that was heard just now.
    pub(super) fn recent(&self, at: Time, service: &Key) -> Option<&ServiceFate> {
        self.services.get(service).filter(|fate| at.since(fate.touched) <= Self::LOOK_BACK)
    }
}

/// When deletion was asked for.
pub(super) fn requested(pod: &Pod, seen: Time) -> When {
    When::of(pod.deletion_asked(), seen)
}

/// The name of the first port that was edited; its number where it has no name.
fn edited_port(old: &[ServicePort], new: &[ServicePort]) -> Option<Text> {
    let mut edited = new.iter().filter(|port| !old.contains(port)).chain(old.iter().filter(|port| !new.contains(port)));
    let port = edited.next()?;
    Some(if port.name.is_empty() { Text::from(port.port.to_string()) } else { port.name.clone() })
}

/// What a pod that is not ready says of itself.
pub(super) fn readiness(pod: &Pod) -> Readiness {
    let unready = pod.statuses.iter().find(|status| !status.ready && pod_runs(pod, &status.name));
    let state = unready.and_then(|status| match &status.state {
        ContainerState::Waiting { reason, .. } | ContainerState::Terminated { reason, .. } => Some(reason.clone()),
        ContainerState::Running { .. } => status.last_exit.as_ref().map(|(reason, _)| reason.clone()),
    });
    let named = |kind: &str| pod.condition(kind).map(|condition| condition.reason.clone());
    let gates = pod.rare.as_ref().map_or(&[][..], |rare| rare.readiness_gates.as_slice());
    let gate = gates.iter().find(|gate| pod.condition(gate).is_some());
    Readiness {
        condition: gate.filter(|_| unready.is_none()).cloned().unwrap_or_else(|| Text::from("Ready")),
        container: unready.map(|status| status.name.clone()),
        restarts: unready.map_or_else(|| pod.restarts(), |status| status.restarts),
        reason: state.filter(|reason| !reason.is_empty()).or_else(|| named("Ready")).unwrap_or_default(),
    }
}

/// Init containers that have ended are not ready and need not be.
fn pod_runs(pod: &Pod, container: &Text) -> bool {
    use crate::model::ContainerKind;
    pod.containers.iter().find(|known| known.name == *container).is_none_or(|known| known.kind != ContainerKind::Init)
}
