//! Whether what came can be seen: in a large cluster most of what changes is not on the screen, and drawing that again
//! would cost more than everything else. Whatever is in doubt counts as seen.

use std::collections::BTreeSet;

use super::State;
use crate::delta::Delta;
use crate::model::{Labels, Text};
use crate::store::{Agent, Change, Edit, Object, Pair, Store};

/// What the home tree shows, as far as a change elsewhere could move it.
#[derive(Debug, PartialEq)]
pub(super) struct Look {
    at: usize,
    top: usize,
    lines: usize,
    services: usize,
    /// The namespaces of which a line stands in the window.
    namespaces: BTreeSet<Text>,
}

/// Whether only objects come and go: how well a kind is heard is told in the header.
pub(super) fn only_steps(deltas: &[Delta]) -> bool {
    deltas.iter().all(|delta| match delta {
        Delta::Service(_)
        | Delta::Slice(_)
        | Delta::Pod(_)
        | Delta::Node(_)
        | Delta::Namespace(_)
        | Delta::NetworkPolicy(_)
        | Delta::ServiceCidr(_)
        | Delta::Config(..) => true,
        Delta::Watching(..) | Delta::Health(..) | Delta::HealthIn(..) | Delta::Skipped(..) | Delta::Clock(_) => false,
    })
}

impl State {
    /// What is shown, if it is the whole tree and nothing else.
    pub(super) fn look(&self) -> Option<Look> {
        let plain = self.pages.is_empty()
            && self.overlay.is_none()
            && self.prompt.is_none()
            && self.playback.is_none()
            && self.away.is_none()
            && !self.outline.filter().is_some()
            && !self.outline.faults_only();
        plain.then(|| Look {
            at: self.at,
            top: self.top,
            lines: self.outline.len(),
            services: self.outline.services(),
            namespaces: self.outline.namespaces(self.top, self.page()).cloned().collect(),
        })
    }
}

/// Whether changes concern nothing that a look shows: versions of pods and slices in namespaces that are not in the
/// window, and that do not belong to the parts of the cluster that every Service's details speak of.
pub(super) fn beyond(store: &Store, look: &Look, changes: &[Change]) -> bool {
    let hidden = |namespace: &Text| {
        let of_dns = || store.agent_services(Agent::Dns).any(|dns| dns.meta.key.namespace == *namespace);
        !look.namespaces.contains(namespace) && *namespace != "kube-system" && !of_dns()
    };
    changes.iter().all(|change| match &change.edit {
        Edit::Row(edit) => hidden(&edit.service.namespace),
        Edit::Slice(pair) => kept(pair).is_some() && hidden(&pair.key.namespace),
        // How near the labels of a pod come to a selector is told wherever the pod is.
        Edit::Pod(pair) => kept(pair).is_some_and(|labels| !Agent::any(labels)) && hidden(&pair.key.namespace),
        Edit::Service(_)
        | Edit::Node(_)
        | Edit::Namespace(_)
        | Edit::NetworkPolicy(_)
        | Edit::ServiceCidr(_)
        | Edit::Config(_) => false,
    })
}

/// The labels of an object of which only another version has come.
fn kept<T: Object>(pair: &Pair<T>) -> Option<&Labels> {
    let (old, new) = pair.both()?;
    let (old, new) = (old.meta(), new.meta());
    (old.uid == new.uid && old.labels == new.labels).then_some(&new.labels)
}
