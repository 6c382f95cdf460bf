//! The prediction beside the rules.

use podpath::model::{Cidr, Port, Protocol, Text};
use podpath::store::Store;
use podpath::trace::proxy::{Decision, EntryNode, ProxyConfig, Source, route};

use super::ruleset::{Fate, Packet};

/// The ranges of cluster IPs that the harness gives the API server.
const SERVICE_CIDRS: [&str; 2] = ["10.96.0.0/16", "fd00:10:96::/112"];

/// In words how the prediction differs from the rules, if it does.
pub(super) fn differs(
    store: &Store,
    (node, config): (&str, &ProxyConfig),
    packet: &Packet,
    real: &Fate,
) -> Option<String> {
    let protocol = match packet.protocol.as_str() {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        _ => Protocol::Sctp,
    };
    let sender = packet.sender.as_deref().map(Text::from);
    let source = match (&packet.sender, packet.source) {
        (_, ip) if packet.node.contains(&ip) => Source::Node { ip },
        (Some(_), ip) => Source::Pod { ip, node: sender.as_ref() },
        (None, ip) => Source::Outside { ip },
    };
    let name = Text::from(node);
    let entry = EntryNode::of(store, Some(&name));
    let cidrs = SERVICE_CIDRS.map(|text| Cidr::parse(text).expect("a range"));
    let tried =
        podpath::trace::proxy::Packet { source, to: packet.destination, port: Port(packet.port), protocol: &protocol };
    let routed = route(store, &tried, entry, config, Some(&cidrs));
    let predicted = match &routed.decision {
        Decision::Dnat(picks) => {
            let backends = routed.matched.as_ref().map(|matched| matched.backends.as_slice()).unwrap_or_default();
            let text = |socket: std::net::SocketAddr, masqueraded: bool| {
                format!("{socket}{}", if masqueraded { " masqueraded" } else { "" })
            };
            Fate::To(picks.iter().map(|pick| text(backends[pick.place].socket(), pick.masquerade.is_some())).collect())
        }
        Decision::Reject(_) => Fate::Refused,
        Decision::Drop(_) => Fate::Dropped,
        Decision::Unrouted(_) => Fate::Passed,
        Decision::Unknown(..) => return Some(format!("{packet:?}: not predicted: {:?}", routed.decision)),
    };
    (predicted != *real).then(|| {
        let service = routed.matched.as_ref().map(|matched| matched.service.meta.key.to_string());
        format!("{packet:?}: rules {real:?}, predicted {predicted:?} by {service:?}, {:?}", routed.decision)
    })
}
