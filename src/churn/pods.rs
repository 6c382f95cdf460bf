//! What happened to pods.

use super::fate::Need;
use super::ledger::{drained, entry};
use super::objects::trouble;
use super::why::{Readiness, Relabelled};
use super::{Event, Holders, Ledger, NodeTrouble, Stamps, Subject, When, Why};
use crate::model::{ContainerState, Pod, Text, Time};
use crate::store::{Cause, Pair, Store};

impl Ledger {
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
                fate.came.get_or_insert(at);
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
            (None, Some((name, _))) => Some(drained(name, true, Why::PodDeleted(pod.meta.key.clone()))),
            (None, None) => Some(Why::PodDeleted(pod.meta.key.clone())),
            (Some(_), _) => None,
        };
        // A ReplicaSet replaces a pod when its deletion is asked for, the others when it is gone.
        let at_once = pod.meta.owner.as_ref().is_some_and(|owner| owner.kind == "ReplicaSet");
        let node = pod.node.as_ref().and_then(|name| store.node(name));
        let closed = node.filter(|node| node.unschedulable).map(|node| node.meta.key.name.clone());
        let fate = self.fates.touch(at, uid);
        fate.node.clone_from(&pod.node);
        if fate.closed.is_none() {
            fate.closed = closed.map(|node| (node, at_once));
        }
        if gone {
            fate.gone.get_or_insert(at);
        }
        if fate.ending.is_none() && !pod.has_ended() {
            let asked = requested(pod, at).finer(Some(at), self.skew);
            fate.ending = Some(if gone { When::Seen(at) } else { asked });
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
        let found = need.and_then(|need| self.fates.get(uid)?.why(at, need).cloned());
        let why = why.or(found).unwrap_or(Why::Unknown);
        let on = Subject::Pod(pod.meta.key.clone(), uid.clone());
        let number = self.write(entry(at, when, heard, on, event, why));
        if let Some(need) = need {
            self.fates.link(at, uid, number, need);
        }
    }

    fn pod_labels<'a>(&mut self, at: Time, heard: Cause, old: &'a Pod, new: &'a Pod, store: &Store) {
        if old.meta.labels == new.meta.labels {
            return;
        }
        let names = |pod: &'a Pod| pod.meta.labels.iter().map(|(label, _)| label);
        let mut edits: Vec<Relabelled> = Vec::new();
        for label in names(old).chain(names(new)) {
            let (was, is) = (old.meta.labels.get(label), new.meta.labels.get(label));
            if was != is && !edits.iter().any(|edit| edit.label == *label) {
                edits.push(Relabelled { label: label.clone(), old: was.cloned(), new: is.cloned() });
            }
        }
        let Some(first) = edits.first().cloned() else { return };
        let uid = &new.meta.uid;
        let fate = self.fates.touch(at, uid);
        fate.relabelled = Some((at, edits.into()));
        let linked: Vec<u64> = fate.linked().collect();
        for number in linked {
            let Some(entry) = self.spool.get(number) else { continue };
            let late = entry.why == Why::Unknown && at.since(entry.at) <= Self::LATE;
            if let (true, Subject::Row(service, _)) = (late, &entry.on)
                && let Some((_, why)) = self.relabelled(at, service, uid, store)
            {
                self.explain(&[number], &why);
            }
        }
        // The scheduler writes its node's place into the labels of a pod that it binds.
        if old.node == new.node {
            let why = Why::Relabelled(Box::new(first));
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
            self.fates.touch(at, uid).able.get_or_insert(at);
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
                let fate = self.fates.touch(at, uid);
                (fate.able, fate.again) = (Some(at), Some(at));
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
}

/// When deletion was asked for.
pub(super) fn requested(pod: &Pod, seen: Time) -> When {
    When::of(pod.deletion_asked(), seen)
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
