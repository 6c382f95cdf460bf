//! Why a name has no record and what becomes of a packet, in a few words for a cell.

use crate::trace::dns::Why;
use crate::trace::path::Fate;

/// What becomes of a packet, in a few words.
pub(super) fn fate(fate: &Fate) -> &'static str {
    match fate {
        Fate::Balanced => "goes to one of the endpoints",
        Fate::Direct => "goes there itself",
        Fate::Refused(_) => "refused at once",
        Fate::Lost(_) => "dropped: the client waits until it gives up",
        Fate::Passed(_) => "no rule takes it",
        Fate::Unknown(_) => "it cannot be said",
    }
}

/// Why a name has no such record, in a few words.
pub(super) fn why(why: &Why) -> String {
    match why {
        Why::Apex | Why::OnlyNamespace(_) => "holds no address itself".to_owned(),
        Why::NotSvcNorPod(_) => "neither svc nor pod".to_owned(),
        Why::TooDeep { .. } => "more labels than any record has".to_owned(),
        Why::NoNamespace(name) => format!("no namespace {name}"),
        Why::NamespaceHidden(name) => format!("namespace {name} is hidden"),
        Why::PodsDisabled => "pods disabled".to_owned(),
        Why::NotAnAddress(_) => "no address in it".to_owned(),
        Why::NoPodAt { address, .. } => format!("no pod has {address}"),
        Why::NoService(key) => format!("no Service {} in {}", key.name, key.namespace),
        Why::ServiceHidden(_) | Why::EndpointsHidden(_) => "hidden by the Corefile".to_owned(),
        Why::EmptyIgnored(_) => "no ready endpoint, and such are ignored".to_owned(),
        Why::ZonalNeedsHeadless(_) => "not headless".to_owned(),
        Why::EmptyZone { zone, .. } => format!("no ready endpoint in zone {zone}"),
        Why::AliasHasNoSubnames(_) => "an alias has no names below".to_owned(),
        Why::AliasIsAddress { .. } => "the alias is an address".to_owned(),
        Why::AliasToNothing { .. } => "an alias of nothing".to_owned(),
        Why::AliasLoop(_) => "aliases in a circle".to_owned(),
        Why::AliasTooLong(_) => "too many aliases".to_owned(),
        Why::NoEndpoints(_) => "headless, no endpoint".to_owned(),
        Why::NoneReady { endpoints, .. } => format!("headless, none of {endpoints} is ready"),
        Why::OnlyTerminating { .. } => "headless, all are shutting down".to_owned(),
        Why::NoEndpointNamed { label, .. } => format!("no ready endpoint named {label}"),
        Why::NoPort { port, .. } => format!("no port {port}"),
        Why::NoPortsKnown(_) => "no port is known".to_owned(),
        Why::OtherFamily(family) => format!("{family} only"),
        Why::OtherType | Why::HostsOtherType => "no record of this type".to_owned(),
        Why::NoClusterIp(_) => "no cluster IP".to_owned(),
        Why::NobodyAt(address) => format!("nobody has {address}"),
        Why::NotAReverseName => "no whole address".to_owned(),
        Why::NoText => "no text".to_owned(),
        Why::SoaBelowApex => "below the zone's own name".to_owned(),
        Why::NoNameServer => "no address of the DNS server".to_owned(),
    }
}
