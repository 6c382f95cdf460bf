//! The pods of one workload, by template: which of them come and go together tells a rollout from a scale.
//!
//! ReplicaSets and Events are not read. A pod says its owner and its template's hash, and that is enough: pods of
//! another hash are a rollout, a pod of the same hash soon after one that went replaces it, anything else is a scale.
//! The verdict on one pod may change while others come and go, so it is asked again each time until
//! [`Ledger::LOOK_AHEAD`](super::Ledger::LOOK_AHEAD) has passed.

use std::collections::VecDeque;

use super::why::{Rollout, Scale};
use super::{Ledger, Why};
use crate::model::{Key, Map, Pod, Text, Time, Uid};
use crate::store::Pair;

/// Labels that hold the hash of a pod's template: Deployments, Argo Rollouts, StatefulSets and DaemonSets.
const HASHES: [&str; 3] = ["pod-template-hash", "rollouts-pod-template-hash", "controller-revision-hash"];

/// A pod of the same template is a replacement if it comes within this, in milliseconds, after another was asked to go
/// or was gone: a ReplicaSet does not wait for the end, a StatefulSet does.
const REPLACED_WITHIN: u64 = 5_000;

/// Pods of one workload whose verdict may still change.
const OPEN: usize = 256;

/// Namespace, kind and name of a workload.
type Workload = (Text, Text, Text);

/// All workloads that have pods.
#[derive(Clone, Debug, Default)]
pub(super) struct Crews(Map<Workload, Crew>);

#[derive(Clone, Debug, Default)]
struct Crew {
    teams: Vec<Team>,
    open: VecDeque<Turn>,
}

/// Pods of one template.
#[derive(Clone, Debug)]
struct Team {
    hash: Text,
    /// How many live: not being deleted, not ended.
    alive: u32,
    /// When the newest of them was created.
    newest: Time,
    /// When the last of them went.
    left: Time,
}

/// A pod that came or went.
#[derive(Clone, Debug)]
struct Turn {
    at: Time,
    pod: Key,
    uid: Uid,
    hash: Text,
    created: Time,
    /// When a pod that went was asked to, as far as its object tells.
    asked: Option<Time>,
    end: bool,
    /// When a pod that went was gone.
    gone: Option<Time>,
    /// The pod of the same template that went before it came, or came when it went.
    partner: Option<Key>,
    said: Option<Why>,
}

/// A verdict on a pod's coming or its end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) uid: Uid,
    pub(super) end: bool,
    pub(super) why: Why,
}

fn lives(pod: &Pod) -> bool {
    pod.meta.deleted.is_none() && !pod.has_ended()
}

fn place(pod: &Pod) -> Option<(Workload, Text)> {
    let owner = pod.meta.owner.as_deref()?;
    let hash = HASHES.into_iter().find_map(|label| pod.meta.labels.get(label)).cloned().unwrap_or_default();
    let name = owner.name.strip_suffix(hash.as_str()).and_then(|name| name.strip_suffix('-'));
    let name = name.filter(|_| !hash.is_empty()).map_or_else(|| owner.name.clone(), Text::from);
    Some(((pod.meta.key.namespace.clone(), owner.kind.clone(), name), hash))
}

impl Crews {
    /// Takes in one pod. `new` of what was there before we looked is no coming.
    pub(super) fn note(&mut self, at: Time, pair: &Pair<Pod>, counts: bool) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let replaced = pair.replaced();
        let (old, new) = (pair.old.as_deref(), pair.new.as_deref());
        if let Some(old) = old.filter(|old| !lives(old) && (replaced || new.is_none())) {
            self.gone(at, old);
        }
        let same = !replaced && old.and_then(place) == new.and_then(place);
        if same && old.is_some_and(lives) == new.is_some_and(lives) {
            return verdicts;
        }
        if let Some(old) = old.filter(|pod| lives(pod)) {
            let goes = replaced || new.is_none_or(|new| !lives(new));
            verdicts.extend(self.turn(at, old, true, counts && goes));
        }
        if let Some(new) = new.filter(|pod| lives(pod)) {
            let comes = replaced || old.is_none();
            verdicts.extend(self.turn(at, new, false, counts && comes));
        }
        verdicts
    }

    fn turn(&mut self, at: Time, pod: &Pod, end: bool, counts: bool) -> Vec<Verdict> {
        let Some((workload, hash)) = place(pod) else { return Vec::new() };
        let crew = self.0.entry(workload.clone()).or_default();
        let created = pod.meta.created.unwrap_or(at);
        crew.count(at, &hash, created, end);
        if counts {
            let (asked, uid) = (pod.deletion_asked(), pod.meta.uid.clone());
            let pod = pod.meta.key.clone();
            crew.admit(Turn { at, pod, uid, hash, created, asked, end, gone: None, partner: None, said: None });
        }
        let verdicts = crew.judge(&workload.2);
        if crew.teams.is_empty() && crew.open.is_empty() {
            self.0.remove(&workload);
        }
        verdicts
    }

    fn gone(&mut self, at: Time, pod: &Pod) {
        let crew = place(pod).and_then(|(workload, _)| self.0.get_mut(&workload));
        let turn = crew.and_then(|crew| crew.open.iter_mut().find(|turn| turn.end && turn.uid == pod.meta.uid));
        if let Some(turn) = turn {
            turn.gone = Some(at);
        }
    }

    /// Forgets workloads without pods.
    pub(super) fn forget(&mut self, now: Time) {
        self.0.retain(|_, crew| {
            crew.close(now);
            !crew.teams.is_empty()
        });
    }

    /// An estimate, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * (size_of::<(Workload, Crew)>() + 2 * size_of::<Team>())
    }
}

impl Crew {
    fn count(&mut self, at: Time, hash: &Text, created: Time, end: bool) {
        self.close(at);
        let known = self.teams.iter().position(|team| team.hash == *hash);
        let team = match known {
            Some(known) => &mut self.teams[known],
            None => {
                self.teams.push(Team { hash: hash.clone(), alive: 0, newest: created, left: at });
                let last = self.teams.len() - 1;
                &mut self.teams[last]
            }
        };
        if end {
            team.alive = team.alive.saturating_sub(1);
            team.left = at;
        } else {
            team.alive += 1;
            team.newest = team.newest.max(created);
        }
    }

    /// What is too long ago explains nothing any more.
    fn close(&mut self, now: Time) {
        let old = |at: Time| now.since(at) > Ledger::LOOK_AHEAD;
        self.teams.retain(|team| team.alive > 0 || !old(team.left));
        while self.open.front().is_some_and(|turn| old(turn.at) || self.open.len() >= OPEN) {
            self.open.pop_front();
        }
    }

    fn admit(&mut self, mut turn: Turn) {
        let partner = self.open.iter_mut().find(|other| {
            let (end, comes) = if turn.end { (&turn, &**other) } else { (&**other, &turn) };
            let after = |since: Time| since <= comes.at && comes.at.since(since) <= REPLACED_WITHIN;
            // Nothing tells what came first within one batch but the objects' own seconds.
            let in_order = !turn.end || other.at == turn.at && turn.asked.is_none_or(|asked| asked <= other.created);
            let fits = other.end != turn.end && other.hash == turn.hash && other.partner.is_none();
            fits && in_order && (after(end.at) || end.gone.is_some_and(after) || end.pod == comes.pod)
        });
        if let Some(other) = partner {
            other.partner = Some(turn.pod.clone());
            turn.partner = Some(other.pod.clone());
        }
        self.open.push_back(turn);
    }

    /// The verdicts that differ from what was said.
    fn judge(&mut self, workload: &Text) -> Vec<Verdict> {
        // Of those of one second, the one that we heard of last.
        let newest = self.teams.iter().max_by_key(|team| team.newest);
        let mut verdicts = Vec::new();
        for turn in &mut self.open {
            let other = if turn.end {
                newest.filter(|team| team.hash != turn.hash)
            } else {
                let before = |team: &&Team| team.hash != turn.hash && team.newest <= turn.created;
                self.teams.iter().filter(before).max_by_key(|team| team.newest)
            };
            let why = match (&turn.partner, other) {
                (Some(partner), _) => Why::PodDeleted(if turn.end { turn.pod.clone() } else { partner.clone() }),
                (None, Some(other)) => {
                    let (from, to) = if turn.end { (&turn.hash, &other.hash) } else { (&other.hash, &turn.hash) };
                    let (from, to) = (from.clone(), to.clone());
                    Why::Rollout(Box::new(Rollout { workload: workload.clone(), from, to }))
                }
                (None, None) => Why::Scale(Box::new(Scale { workload: workload.clone(), up: !turn.end })),
            };
            if turn.said.as_ref() != Some(&why) {
                turn.said = Some(why.clone());
                verdicts.push(Verdict { uid: turn.uid.clone(), end: turn.end, why });
            }
        }
        verdicts
    }
}
