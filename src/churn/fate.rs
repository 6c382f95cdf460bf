//! What befell each pod lately, and which entries of the ledger wait for it or repeat it.

use std::collections::VecDeque;

use super::{Relabelled, When, Why};
use crate::model::{Map, Text, Time, Uid};

/// What befell one pod.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate {
    touched: Time,
    /// When we heard of it first, where it came after we looked.
    pub(super) came: Option<Time>,
    /// When we last heard that an endpoint can be made of it: addressed, or Ready.
    pub(super) able: Option<Time>,
    /// When we heard that it is gone.
    pub(super) gone: Option<Time>,
    /// Why it came.
    pub(super) birth: Option<Why>,
    /// Why it goes.
    pub(super) end: Option<Why>,
    /// Since when it goes.
    pub(super) ending: Option<When>,
    /// Why it is not ready, or was not when it last was not.
    pub(super) unready: Option<Why>,
    /// When it was Ready again after that.
    pub(super) again: Option<Time>,
    /// Which of its labels were edited, and when.
    pub(super) relabelled: Option<(Time, Box<[Relabelled]>)>,
    /// The node it is on.
    pub(super) node: Option<Text>,
    /// It ended on a node that was closed to new pods: the node's name, and whether its owner replaces at once.
    pub(super) closed: Option<(Text, bool)>,
    /// Entries whose cause is one of the above, known or not.
    links: Vec<(u64, Need)>,
}

/// Which part of a pod's fate explains an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Birth,
    End,
    Unready,
    /// An edit of its labels, which is told by the labels and the Service's selector.
    Label,
}

/// Links of one pod.
const LINKS: usize = 16;

/// A row that loses its readiness so many milliseconds after its pod is Ready again still follows the loss before.
const FOLLOWS: u64 = 1_000;

/// The pods that something befell lately.
#[derive(Clone, Debug, Default)]
pub(super) struct Fates {
    fates: Map<Uid, Fate>,
    order: VecDeque<(Time, Uid)>,
}

impl Fates {
    /// How long a fate is remembered, in milliseconds: longer than a pod drains, usually.
    const MEMORY: u64 = 15 * 60_000;
    /// How many are.
    const MOST: usize = 4_096;

    pub(super) fn get(&self, uid: &Uid) -> Option<&Fate> {
        self.fates.get(uid)
    }

    /// The fate of a pod that something befalls now.
    pub(super) fn touch(&mut self, at: Time, uid: &Uid) -> &mut Fate {
        while self.order.front().is_some_and(|(since, _)| at.since(*since) > Self::MEMORY)
            || self.order.len() >= Self::MOST
        {
            let Some((since, old)) = self.order.pop_front() else { break };
            if self.fates.get(&old).is_some_and(|fate| fate.touched == since) && old != *uid {
                self.fates.remove(&old);
            }
        }
        let fate = self.fates.entry(uid.clone()).or_default();
        if fate.touched != at || self.order.is_empty() {
            self.order.push_back((at, uid.clone()));
        }
        fate.touched = at;
        fate
    }

    /// Lets an entry follow a pod's fate.
    pub(super) fn link(&mut self, at: Time, uid: &Uid, entry: u64, need: Need) {
        let fate = self.touch(at, uid);
        if fate.links.len() >= LINKS {
            fate.links.remove(0);
        }
        fate.links.push((entry, need));
    }

    /// Pods on a node that went, or lost their readiness, after `since`.
    pub(super) fn stricken(&self, node: &Text, since: Time) -> Vec<Uid> {
        let stricken = self.fates.iter().filter(|(_, fate)| {
            fate.node.as_ref() == Some(node) && fate.touched >= since && (fate.end.is_some() || fate.unready.is_some())
        });
        stricken.map(|(uid, _)| uid.clone()).collect()
    }

    /// A pod is Ready again: what is found out later of why it was not is of another time.
    pub(super) fn recover(&mut self, uid: &Uid) {
        if let Some(fate) = self.fates.get_mut(uid) {
            fate.links.retain(|(_, need)| *need != Need::Unready);
        }
    }

    /// An estimate, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let fate = size_of::<(Uid, Fate)>() + LINKS * size_of::<(u64, Need)>() + 128;
        self.fates.len() * fate + self.order.capacity() * size_of::<(Time, Uid)>()
    }
}

impl Fate {
    /// What explains an entry of that need, as far as it is known.
    pub(super) fn why(&self, at: Time, need: Need) -> Option<&Why> {
        match need {
            Need::Birth => self.birth.as_ref(),
            Need::End => self.end.as_ref(),
            Need::Unready => {
                let over = self.again.is_some_and(|again| at.since(again) > FOLLOWS);
                self.unready.as_ref().filter(|_| !over).or(self.end.as_ref())
            }
            Need::Label => None,
        }
    }

    /// All entries that follow it.
    pub(super) fn linked(&self) -> impl Iterator<Item = u64> {
        self.links.iter().map(|(entry, _)| *entry)
    }

    /// The entries that follow this part of it.
    pub(super) fn followers(&self, part: Need) -> Vec<u64> {
        self.links.iter().filter(|(_, need)| *need == part).map(|(entry, _)| *entry).collect()
    }
}
