//! One sentence for each reason of a trace, and for what is near to working.

use super::pieces::many;
use crate::model::{Family, Key, Port, Protocol, Text};
use crate::trace::{Held, Near, PreferenceOff, Reason, SliceIgnored};

/// Records of a family.
fn records(family: Family) -> &'static str {
    match family {
        Family::V4 => "A",
        Family::V6 => "AAAA",
    }
}

fn other(family: Family) -> Family {
    match family {
        Family::V4 => Family::V6,
        Family::V6 => Family::V4,
    }
}

pub(super) fn list<T: ToString>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    match items.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn numbers(numbers: &[(Port, usize)]) -> String {
    let words: Vec<String> = numbers.iter().map(|(port, pods)| format!("{port} ({})", many(*pods, "pod"))).collect();
    list(&words)
}

fn port(name: &Text, port: Port, protocol: &Protocol) -> String {
    if name.is_empty() { format!("{port}/{protocol}") } else { format!("{name} {port}/{protocol}") }
}

/// What is near, as the end of a sentence: ` There is web-api (2 letters away).`
pub(super) fn near(near: &[Near]) -> String {
    let ports: Vec<String> = near
        .iter()
        .filter_map(|near| match near {
            Near::Port(name, number, protocol) => Some(port(name, *number, protocol)),
            Near::Name(..) | Near::Namespace(_) | Near::NamespaceName(..) | Near::Client(_) => None,
        })
        .collect();
    if !ports.is_empty() {
        return format!(" It has {}.", list(&ports));
    }
    let letters = |edits: usize| if edits == 1 { "1 letter".to_owned() } else { format!("{edits} letters") };
    match near.first() {
        Some(Near::Name(key, edits)) => {
            format!(" There is {} in {} ({} away).", key.name, key.namespace, letters(*edits))
        }
        Some(Near::Namespace(key)) => format!(" There is {} in namespace {}.", key.name, key.namespace),
        Some(Near::NamespaceName(name, edits)) => format!(" There is namespace {name} ({} away).", letters(*edits)),
        Some(Near::Client(key)) => format!(" There is {key}."),
        Some(Near::Port(..)) | None => String::new(),
    }
}

/// What a reason says, in one or two sentences.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::OtherNamespace { name, searched, found } => {
            let first = found.first().map(Text::as_str).unwrap_or_default();
            let at = list(found);
            format!("{name} is searched in namespace {searched}; the Service is in {at}. Use {name}.{first}.")
        }
        Reason::NoService { service, near: close } => {
            format!("There is no Service {} in {}.{}", service.name, service.namespace, near(close))
        }
        Reason::NoNamespace { namespace, near: close } => {
            format!("Namespace {namespace} does not exist, so the DNS server answers NXDOMAIN.{}", near(close))
        }
        Reason::NoSuchShape { name } => format!(
            "No record has the shape of {name}: the longest is _port._protocol.service.namespace.svc and the zone."
        ),
        Reason::HostNetwork => "The pod is on the host network, so ClusterFirst means the node's resolver, which does \
                                not know cluster names. dnsPolicy ClusterFirstWithHostNet would."
            .to_owned(),
        Reason::DefaultPolicy => {
            "dnsPolicy Default means the node's resolv.conf, not the cluster DNS (that is ClusterFirst).".to_owned()
        }
        Reason::ForeignNameservers { servers } => {
            format!("The pod asks only {}, and none of them is the cluster DNS.", list(servers))
        }
        Reason::DomainMismatch { kubelet, zones } => {
            format!("Pods search below {kubelet}, but the DNS server serves {}.", list(zones))
        }
        Reason::StaleNameserver { server } => {
            format!("The pod's nameserver {server} is the address of no Service (any more).")
        }
        Reason::DnsDown { service, selected, ready } => format!(
            "Every lookup fails: the DNS Service {service} has no ready endpoint ({} selected, {ready} ready).",
            many(*selected, "pod")
        ),
        Reason::MuslNdots { ndots, would } => format!(
            "With ndots:{ndots} musl looks this name up only as it is and never appends search domains; glibc would \
             find {}.",
            would.trim_end_matches('.')
        ),
        Reason::MuslNoData { candidate, later } => {
            let (stop, later) = (candidate.trim_end_matches('.'), later.trim_end_matches('.'));
            format!("{stop} exists without an address, and musl stops there; the answer is at {later}.")
        }
        Reason::MuslLongSearch { length } => format!(
            "The search line has {length} characters; musl ignores lines over 254, so it has no search list at all."
        ),
        Reason::SearchCut { dropped } => {
            format!("The kubelet drops {}: the limits are 3 nameservers, 32 domains, 2048 characters.", list(dropped))
        }
        Reason::HostsFile { address, alias } => {
            let by = if *alias { "hostAliases" } else { "the pod's own hostname" };
            format!("/etc/hosts answers {address} ({by}); DNS is never asked.")
        }
        Reason::HeadlessEmpty { service, unready: 0 } => {
            format!("Headless Service {} has no endpoint, and DNS answers NXDOMAIN for it.", service.name)
        }
        Reason::HeadlessEmpty { service, unready } => format!(
            "Headless Service {} has no ready endpoint ({unready} not ready), and DNS answers NXDOMAIN, not an empty \
             list.",
            service.name
        ),
        Reason::HeadlessDraining { service } => format!(
            "All pods of headless Service {} are shutting down; DNS drops them although they still serve.",
            service.name
        ),
        Reason::OtherFamily { has } => {
            format!("The name has only {} records; {} was asked.", records(*has), records(other(*has)))
        }
        Reason::PodWithoutHostname { pod, hostname, subdomain, service } => {
            let has = |value: &Option<Text>| value.as_ref().map_or("none".to_owned(), ToString::to_string);
            format!(
                "A pod has a name below {service} only with spec.hostname and spec.subdomain {service}; {} has hostname \
                 {} and subdomain {}.",
                pod.name,
                has(hostname),
                has(subdomain)
            )
        }
        Reason::GoverningService { owner, service, exists } => {
            let what = if *exists { "has a cluster IP and is not headless" } else { "does not exist" };
            format!("StatefulSet {owner} names its pods below Service {}, which {what}.", service.name)
        }
        Reason::PublishedAs { hostname } => {
            format!("That endpoint is published as {hostname}, not under its address.")
        }
        Reason::PodsDisabled => "The DNS server is configured with pods disabled: there are no pod records.".to_owned(),
        Reason::PodRecordOfNobody { address, verified: true } => {
            format!("With pods verified only addresses of running pods are answered; no pod has {address}.")
        }
        Reason::PodRecordOfNobody { address, verified: false } => {
            format!("With pods insecure any address is answered; no pod has {address}.")
        }
        Reason::NoSuchPort { service, port, protocol, near: close } => {
            format!("Service {} has no {protocol} port named {port}.{}", service.name, near(close))
        }
        Reason::AliasToAddress { service, target } => format!(
            "externalName of {} is the address {target}; DNS serves no record for that. A Service without selector and \
             an EndpointSlice would do.",
            service.name
        ),
        Reason::AliasToNothing { service, target } => {
            format!("{} points to {target}, which has no address: the answer is empty.", service.name)
        }
        Reason::AliasLoop { service, chain } => {
            format!("{} points in a circle: {}.", service.name, chain.join(" → "))
        }
        Reason::AliasOutside { service, target } => format!(
            "{} points to {target}, outside the cluster: DNS returns that name even if nothing is there.",
            service.name
        ),
        Reason::AliasSingleLabel { service, target } => format!(
            "externalName of {} is the single word {target}, looked up as a top-level name; search domains do not apply.",
            service.name
        ),
        Reason::HiddenByCorefile { what } => format!("The DNS server's configuration does not expose {what}."),
        Reason::Shadowed { by } => format!("{by} answers before the kubernetes plugin is asked."),
        Reason::ForwardedName { to } => {
            format!("Not a name of this cluster: forwarded to {}. What they answer is not known here.", list(to))
        }
        Reason::Amplified { queries, wasted, ndots } => format!(
            "Each lookup costs {queries} queries, {wasted} of them for nothing, because the name has fewer than {ndots} \
             dots. A trailing dot, or a smaller ndots in dnsConfig, avoids that."
        ),
        Reason::Cached { held: Held::Absence(key), seconds } => format!(
            "A moment ago DNS had nothing for {}: who asked then may hold on to \"no such name\" for up to {seconds} s.",
            key.name
        ),
        Reason::Cached { held: Held::Endpoints(key), seconds } => format!(
            "The endpoints of {} changed a moment ago: who asked before may hold the old addresses for up to {seconds} s.",
            key.name
        ),
        Reason::Cached { held: Held::Failure, seconds } => format!(
            "The DNS server remembers a failure of the servers that it asks: the name may fail up to {seconds} s longer \
             than they do."
        ),
        Reason::SilentReverse { address, slice } => format!(
            "The DNS server stays silent about {address}: EndpointSlice {} names no Service, and the name built from it \
             cannot be sent. The lookup ends in a timeout, not in NXDOMAIN.",
            slice.name
        ),
        Reason::FrozenSlices { service, endpoints } => format!(
            "{} has no selector any more, but {} remain in its slices and are never updated.",
            service.name,
            many(*endpoints, "old endpoint")
        ),
        Reason::LabelsDiffer { service, pod, label, wanted, found, pods } => {
            let has = found.as_ref().map_or("has no such label".to_owned(), |found| format!("has {label}={found}"));
            let more = if *pods > 1 { format!(" ({} alike)", many(*pods, "pod")) } else { String::new() };
            format!("{} selects {label}={wanted}; {} {has}{more}.", service.name, pod.name)
        }
        Reason::SelectsElsewhere { service, namespace, pods } => format!(
            "{} in namespace {namespace} have the labels that {} selects, but a Service selects in its own namespace \
             only.",
            many(*pods, "pod"),
            service.name
        ),
        Reason::SelectsNothing { service } => {
            format!("The selector of {} matches no pod, and none comes near.", service.name)
        }
        Reason::NoSelector { service } => {
            format!("{} has no selector, and nobody has written an EndpointSlice for it.", service.name)
        }
        Reason::PodEnded { pod, phase } => {
            let word = format!("{phase:?}");
            format!("{} has ended ({word}).", pod.name)
        }
        Reason::PodWithoutIp { pod } => format!("{} has no IP yet.", pod.name),
        Reason::NodeGone { pod, node: Some(node) } => {
            format!("{} is bound to node {node}, which does not exist; it is left out until it is collected.", pod.name)
        }
        Reason::NodeGone { pod, node: None } => format!("{} is bound to no node.", pod.name),
        Reason::PodOfOtherFamily { pod, wanted } => {
            format!("The Service is {}; {} has no such address.", list(wanted), pod.name)
        }
        Reason::ProbeFails { pod, container } => {
            format!("{}: container {container} runs, but its readiness probe fails.", pod.name)
        }
        Reason::ContainerDown { pod, container, why } => {
            format!("{}: container {container} does not run: {why}.", pod.name)
        }
        Reason::GateClosed { pod, gate } => format!("{}: readiness gate {gate} is not True.", pod.name),
        Reason::InitUnfinished { pod, container } => {
            format!("{}: init container {container} has not finished.", pod.name)
        }
        Reason::NodeNotReady { pod, node } => {
            format!("Node {node} is not ready, so {} was marked unready.", pod.name)
        }
        Reason::NotReady { pod, why } if why.is_empty() => format!("{} is not Ready.", pod.name),
        Reason::NotReady { pod, why } => format!("{} is not Ready: {why}.", pod.name),
        Reason::ShuttingDown { pod } => {
            format!("{} is shutting down: traffic only if no ready endpoint is left.", pod.name)
        }
        Reason::TargetPortMissing { pod, port, instead: Some(protocol) } => {
            format!("{} declares {port:?} as {protocol} only: no Service traffic there.", pod.name)
        }
        Reason::TargetPortMissing { pod, port, instead: None } => {
            format!("{} does not declare the target port {port:?}: no Service traffic there.", pod.name)
        }
        Reason::TargetPortInInit { pod, port, container } => {
            format!("{}: port {port:?} belongs to init container {container}, which has ended.", pod.name)
        }
        Reason::Undeclared { pod, port } => {
            format!("No container of {} declares port {port}; check that something listens there.", pod.name)
        }
        Reason::SeveralNumbers { service, port, numbers: found } => {
            format!("Pods of {} mean different numbers by {port:?}: {}.", service.name, numbers(found))
        }
        Reason::ControllerLags { service, rows } => format!(
            "The slices of {} are behind in {}: the EndpointSlice controller lags or has stopped.",
            service.name,
            many(*rows, "endpoint")
        ),
        Reason::SliceUnbound { slice, service } => format!(
            "EndpointSlice {} is not used: its label kubernetes.io/service-name does not say {}.",
            slice.name, service.name
        ),
        Reason::EndpointsUnread { service } => format!(
            "a core/v1 Endpoints named {} is there and is not mirrored into a slice (label skip-mirror, or a leader \
             annotation). Not checked, Endpoints are not read: kubectl get endpoints {} -n {}.",
            service.name, service.name, service.namespace
        ),
        Reason::PublishedUnready { service, pods } => format!(
            "{} publishes unready addresses: {} traffic although not ready.",
            service.name,
            if *pods == 1 { "1 pod gets".to_owned() } else { format!("{} get", many(*pods, "pod")) }
        ),
        Reason::NoEndpoint { service, unready: 0 } => {
            format!("{} has no endpoint at all; connections are refused.", service.name)
        }
        Reason::NoEndpoint { service, unready } => {
            format!("{} has no usable endpoint ({unready} not usable); connections are refused.", service.name)
        }
        Reason::SlicePortName { service, wanted, found } => {
            let named = |name: &Text| if name.is_empty() { "\"\"".to_owned() } else { name.to_string() };
            let found: Vec<String> = found.iter().map(named).collect();
            format!(
                "The slices of {} name their port {}, the Service's is {}; they are joined by name.",
                service.name,
                list(&found),
                named(wanted)
            )
        }
        Reason::OtherProtocol { service, port, has } => {
            format!("Port {port} of {} is {}.", service.name, list(has))
        }
        Reason::PortUndefined { service, asked, near: close, refused } => {
            let happens = match refused {
                Some(true) => " The connection is refused.",
                Some(false) => " The connection times out.",
                None => "",
            };
            format!("{} has no port {asked}.{}{happens}", service.name, near(close))
        }
        Reason::NoLocalEndpoint { node, elsewhere, .. } => format!(
            "internalTrafficPolicy Local, and node {node} has no endpoint: packets are dropped. {} one.",
            have(elsewhere)
        ),
        Reason::NoLocalEndpointOutside { node, .. } => {
            format!("externalTrafficPolicy Local, and node {node} has no endpoint: it drops what comes from outside.")
        }
        Reason::KeptNear { zone: Some(zone), kept, left_out, .. } => format!(
            "Clients in zone {zone} use only {} there; {left_out} elsewhere get nothing from them.",
            many(*kept, "endpoint")
        ),
        Reason::KeptNear { zone: None, kept, left_out, .. } => format!(
            "Clients on this node use only {} there; {left_out} elsewhere get nothing from them.",
            many(*kept, "endpoint")
        ),
        Reason::PreferenceOff { why, .. } => match why {
            PreferenceOff::EndpointWithoutHint(address) => {
                format!("The preference for near endpoints is off: ready endpoint {address} has no hint.")
            }
            PreferenceOff::NodeWithoutZone(node) => {
                format!("The preference for near endpoints is off here: node {node} has no zone.")
            }
            PreferenceOff::NoneInZone(zone) => {
                format!("The preference for near endpoints is off here: none is hinted for zone {zone}.")
            }
        },
        Reason::AnnotationWins { service } => {
            format!("The topology-mode annotation of {} disables its trafficDistribution.", service.name)
        }
        Reason::DrainingOnly { service, endpoints } => format!(
            "Only {} that shut down are left for {}; they are used until they stop.",
            many(*endpoints, "endpoint"),
            service.name
        ),
        Reason::Affinity { seconds, .. } => {
            format!("Session affinity: one client address stays with one endpoint for {seconds} s.")
        }
        Reason::NoFamily { service, family } => {
            format!("{} has no {family} address, and the client has no other.", service.name)
        }
        Reason::PortNotMapped { service, port, targets } => format!(
            "{} is headless and maps nothing: the pods listen on {}, not on {port}.",
            service.name,
            list(targets)
        ),
        Reason::IgnoredByProxy { service, proxy } => format!(
            "kube-proxy ignores {} (label service-proxy-name={proxy}); without that proxy nothing answers.",
            service.name
        ),
        Reason::SliceIgnored { slice, why } => {
            let why = match why {
                SliceIgnored::HeadlessLabel => "it carries the label service.kubernetes.io/headless",
                SliceIgnored::Names => "its addresses are names (FQDN)",
                SliceIgnored::NoPorts => "it has no port with a name and a number",
            };
            format!("kube-proxy does not use EndpointSlice {}: {why}.", slice.name)
        }
        Reason::ShortCircuit { address } => {
            format!("From inside the cluster {address} leads straight to the pods, not through the load balancer.")
        }
        Reason::SourceRange { service } => {
            format!("loadBalancerSourceRanges of {} leave this client out.", service.name)
        }
        Reason::BalancerPending { service, class } => {
            let class = class.as_ref().map(|class| format!(" (class {class})")).unwrap_or_default();
            format!("The load balancer of {} has no address yet{class}.", service.name)
        }
        Reason::Hairpin { of: 1 } => "The Service sends the client to itself; that needs hairpin mode.".to_owned(),
        Reason::Hairpin { of } => {
            format!("The Service may send the client to itself, once in {of}; that needs hairpin mode.")
        }
        Reason::TwoClaims { address, pods } => format!("{} claim {address}.", list(&names(pods))),
        Reason::OrphanAddress { address, slice } => {
            format!("{address} in EndpointSlice {} belongs to no pod and no node.", slice.name)
        }
        Reason::NodePortElsewhere { address } => format!("Node ports are not served on {address}."),
        Reason::ExternalIpCollides { address, with, .. } => format!("External IP {address} is also that of {with}."),
        Reason::NobodysAddress { address } => {
            format!("{address} belongs to no Service, pod or node that is known here.")
        }
        Reason::Unreadable { resource } => format!("{resource} may not be read here, so this step is assumed."),
        Reason::NodeResolvConf => {
            "The node's own resolv.conf is not visible: whom it asks, and with which search domains, is not known."
                .to_owned()
        }
        Reason::OtherProxy => {
            "No kube-proxy is seen in this cluster: which endpoint is chosen is an assumption.".to_owned()
        }
        Reason::OldData { resource, age } => {
            format!("{resource} are as of {} s ago: the watch was interrupted.", age / 1000)
        }
    }
}

/// `n1 and n2 have`, `n1 has`, `No node has`.
fn have(nodes: &[Text]) -> String {
    match nodes {
        [] => "No node has".to_owned(),
        [only] => format!("Node {only} has"),
        several => format!("Nodes {} have", list(several)),
    }
}

fn names(keys: &[Key]) -> Vec<&Text> {
    keys.iter().map(|key| &key.name).collect()
}
