//! The prediction beside the rules.

use podpath::model::{Cidr, Port, Protocol, Text};
use podpath::store::Store;
use podpath::trace::proxy::{self, Decision, EntryNode, ProxyConfig, Source, route};

use super::ruleset::{Fate, Packet};

/// What a prediction is made from.
pub(super) struct Known<'a> {
    pub store: &'a Store,
    pub node: Text,
    pub config: ProxyConfig,
    /// The ranges of cluster IPs that this kube-proxy has heard of.
    pub ranges: Vec<Cidr>,
}

impl Known<'_> {
    /// In words how the prediction differs from the rules, if it does.
    pub(super) fn differs(&self, packet: &Packet, real: &Fate) -> Option<String> {
        let protocol = Protocol::from(packet.protocol.to_uppercase().as_str());
        let sender = packet.sender.as_deref().map(Text::from);
        let source = match (&sender, packet.source) {
            (_, ip) if packet.node.contains(&ip) => Source::Node { ip },
            (Some(node), ip) => Source::Pod { ip, node: Some(node) },
            (None, ip) => Source::Outside { ip },
        };
        let sent = proxy::Packet { source, to: packet.destination, port: Port(packet.port), protocol: &protocol };
        let entry = EntryNode::of(self.store, Some(&self.node));
        let routed = route(self.store, &sent, entry, &self.config, Some(&self.ranges));
        let predicted = match &routed.decision {
            Decision::Dnat(picks) => {
                let backends = routed.matched.as_ref().map(|matched| matched.backends.as_slice()).unwrap_or_default();
                let text = |pick: &proxy::Pick| {
                    let suffix = if pick.masquerade.is_some() { " masqueraded" } else { "" };
                    format!("{}{suffix}", backends[pick.place].socket())
                };
                Fate::To(picks.iter().map(text).collect())
            }
            Decision::Reject(_) => Fate::Refused,
            Decision::Drop(_) => Fate::Dropped,
            Decision::Unrouted(_) => Fate::Passed,
            Decision::Unknown(..) => return Some(format!("{packet:?}: not predicted: {:?}", routed.decision)),
        };
        // Two entries of one address that both do not end: which one speaks is the order of a Go map (R4.5, §11.1). The
        // prediction says so, and there is nothing to compare with.
        let ambiguous = routed.matched.as_ref().is_some_and(|matched| matched.backends.iter().any(|end| end.ambiguous));
        (predicted != *real && !ambiguous).then(|| {
            let service = routed.matched.as_ref().map(|matched| matched.service.meta.key.to_string());
            format!("{packet:?}\n    rules {real:?}\n    predicted {predicted:?} by {service:?}, {:?}", routed.decision)
        })
    }
}
