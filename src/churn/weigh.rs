//! What the record keeps alive, in bytes: an estimate that must not be too low.
//!
//! An object weighs itself and what it alone holds. Texts, label sets, container lists and owners are shared by the
//! source among all objects that say the same, so that a version of an object does not weigh them; the last version of
//! an object may be their last holder, and weighs its labels.

use super::patch::Patch;
use super::why::Relabelled;
use super::{Entry, Event, Stamps, Subject};
use crate::model::{
    Addresses, ConfigMap, Endpoint, Meta, Namespace, NetworkPolicy, Node, NodeReady, Pod, Service, ServiceCidr, Slice,
};

/// What the allocator spends on an allocation beside the bytes asked for, and an `Arc` on its counts.
const SPENT: usize = 16;

/// Room for the name of a workload.
const NAME: usize = 48;

/// Knows its weight.
pub(super) trait Weigh {
    /// Bytes of the allocation that an `Arc` or a `Box` makes for it, and of all that it alone holds.
    fn weight(&self) -> usize;
}

fn text(length: usize) -> usize {
    length + 2 * SPENT
}

fn list<T>(items: &[T]) -> usize {
    if items.is_empty() { 0 } else { size_of_val(items) + SPENT }
}

fn addresses(addresses: &Addresses) -> usize {
    match addresses {
        Addresses::None | Addresses::One(_) => 0,
        Addresses::Many(many) => list(many),
    }
}

fn meta(meta: &Meta) -> usize {
    text(meta.key.name.len())
}

/// What the last version of an object may hold alone.
pub(super) fn last(meta: &Meta) -> usize {
    let pairs = meta.labels.iter().map(|(_, value)| 32 + text(value.len()));
    pairs.sum::<usize>() + meta.owner.as_ref().map_or(0, |owner| size_of_val(owner.as_ref()) + text(owner.name.len()))
}

/// What an endpoint holds beside itself.
pub(super) fn endpoint(endpoint: &Endpoint) -> usize {
    let target = endpoint.target.as_deref().map_or(0, |target| size_of_val(target) + SPENT + text(target.name.len()));
    let hints = endpoint
        .hints
        .as_deref()
        .map_or(0, |hints| size_of_val(hints) + SPENT + list(&hints.zones) + list(&hints.nodes));
    addresses(&endpoint.addresses)
        + endpoint.spelled.as_deref().map_or(0, |spelled| size_of_val(spelled) + SPENT + list(&spelled.0))
        + target
        + hints
}

impl Weigh for Slice {
    fn weight(&self) -> usize {
        let endpoints = self.endpoints.iter().map(endpoint).sum::<usize>() + list(&self.endpoints);
        size_of::<Self>() + 2 * SPENT + meta(&self.meta) + endpoints + list(&self.ports)
    }
}

impl Weigh for Pod {
    fn weight(&self) -> usize {
        let messages = self.conditions.iter().map(|condition| text(condition.message.len())).sum::<usize>();
        let rare = self.rare.as_deref().map_or(0, |rare| {
            let config = rare.dns_config.as_deref().map_or(0, |config| {
                size_of_val(config) + SPENT + list(&config.nameservers) + list(&config.searches) + list(&config.options)
            });
            let aliases = rare.host_aliases.iter().map(|alias| list(&alias.hostnames)).sum::<usize>();
            let texts = list(&rare.readiness_gates) + list(&rare.ip_texts) + list(&rare.config_maps);
            size_of_val(rare) + SPENT + texts + config + list(&rare.host_aliases) + aliases
        });
        let own = size_of::<Self>() + 2 * SPENT + meta(&self.meta) + addresses(&self.ips);
        own + list(&self.statuses) + list(&self.conditions) + messages + rare
    }
}

impl Weigh for Service {
    fn weight(&self) -> usize {
        let rare = self.rare.as_deref().map_or(0, |rare| size_of_val(rare) + SPENT + 64);
        let own = size_of::<Self>() + 2 * SPENT + meta(&self.meta) + 2 * SPENT + rare;
        own + list(&self.families) + list(&self.ports) + list(&self.external_ips) + list(&self.load_balancer)
    }
}

impl Weigh for Node {
    fn weight(&self) -> usize {
        let reason = match &self.ready {
            NodeReady::Ready | NodeReady::Unreported => 0,
            NodeReady::NotReady { reason, .. } => text(reason.len()),
        };
        size_of::<Self>() + 2 * SPENT + meta(&self.meta) + list(&self.addresses) + reason
    }
}

impl Weigh for Namespace {
    fn weight(&self) -> usize {
        size_of::<Self>() + 2 * SPENT + meta(&self.meta)
    }
}

impl Weigh for NetworkPolicy {
    fn weight(&self) -> usize {
        let expressions = self.pods.expressions.iter().map(|expression| list(&expression.values)).sum::<usize>();
        size_of::<Self>() + 2 * SPENT + meta(&self.meta) + list(&self.pods.expressions) + expressions
    }
}

impl Weigh for ServiceCidr {
    fn weight(&self) -> usize {
        size_of::<Self>() + 2 * SPENT + meta(&self.meta) + list(&self.cidrs)
    }
}

impl Weigh for ConfigMap {
    fn weight(&self) -> usize {
        size_of::<Self>() + 2 * SPENT + meta(&self.meta) + self.text().map_or(0, |held| text(held.len()))
    }
}

impl Weigh for Patch {
    fn weight(&self) -> usize {
        size_of::<Self>() - size_of::<Slice>() + self.rest().weight() + self.pieces_weight()
    }
}

/// What an entry holds beside itself; its names are shared with the objects, but may outlive them.
pub(super) fn entry(entry: &Entry) -> usize {
    let names = match &entry.on {
        Subject::Service(key) | Subject::Slice(key) | Subject::Row(key, _) | Subject::Pod(key, _) => {
            text(key.name.len())
        }
        Subject::Node(name) => text(name.len()),
    };
    let names = names + entry.pod.as_ref().map_or(0, |name| text(name.len()));
    let event = if matches!(entry.event, Event::PodWent(_)) { size_of::<Stamps>() + SPENT } else { 0 };
    // Causes are written after the entry was weighed: the largest counts, and a name of its own.
    names + event + size_of::<Relabelled>() + SPENT + text(NAME)
}
