//! The steps of a trace in words: what each is, what it says in a line, and the rule behind it.

use crate::model::Port;
use crate::trace::container::Listener;
use crate::trace::path::{Body, Fate, Last, Nameserver, Owner, PortWay, Resolver, Run, Step, Way};
use crate::trace::proxy::Via;
use crate::trace::{Client, Stage};
use crate::view::answers::percent;
use crate::view::pieces::many;

/// The rule behind a step, for someone who has just read what a Service is.
pub(super) fn rule(stage: Stage) -> &'static str {
    match stage {
        Stage::Client => "A pod's own /etc/hosts is asked first; where it stands decides which endpoints are near.",
        Stage::Resolver => "The kubelet writes a pod's resolv.conf when it starts: nameserver, search domains, ndots.",
        Stage::Queries => {
            "A name with fewer dots than ndots is tried with each search domain first; the first that answers wins."
        }
        Stage::Service => "DNS gives the Service's own address; of a headless Service those of its ready endpoints.",
        Stage::Port => "A Service port leads to a target port: a number, or a name that each pod declares.",
        Stage::Endpoints => {
            "The service proxy of the client's node picks one of the endpoints at random, for each connection anew."
        }
        Stage::Container => "A declared container port is information: nothing proves that something listens there.",
        Stage::Policy => "NetworkPolicies are enforced by the network of the cluster; they are not evaluated here.",
    }
}

/// A client in words.
pub(super) fn client(client: &Client) -> String {
    match client {
        Client::Pod(key) => format!("pod {key}"),
        Client::Node(name) => format!("node {name}"),
        Client::Namespace(name) => format!("a pod of {name}"),
        Client::Outside => "outside the cluster".to_owned(),
    }
}

/// What a step says, in a line.
pub fn line(step: &Step) -> String {
    match &step.body {
        Body::Client(place) => {
            let mut words = match &place.client {
                Client::Namespace(name) => format!("any pod of {name} with the usual settings"),
                Client::Pod(_) | Client::Node(_) | Client::Outside => client(&place.client),
            };
            if let Some(node) = place.node.as_ref().filter(|_| matches!(place.client, Client::Pod(_))) {
                words = format!("{words} on {node}");
            }
            if let Some(zone) = &place.zone {
                words = format!("{words}, zone {zone}");
            }
            match &place.client {
                Client::Outside | Client::Node(_) => words,
                Client::Pod(_) | Client::Namespace(_) if place.host_network => {
                    format!("{words}: dnsPolicy {}, host network", place.dns_policy)
                }
                Client::Pod(_) | Client::Namespace(_) => format!("{words}: dnsPolicy {}", place.dns_policy),
            }
        }
        Body::Resolver(found) => resolver(found),
        Body::Queries(runs) => runs.first().map(queries).unwrap_or_default(),
        Body::Owner(owners) => owners.first().map(owner).unwrap_or_default(),
        Body::Port(ports) => match ports.as_slice() {
            [] => "the Service has no such port".to_owned(),
            [only] => port(only),
            several => many(several.len(), "port"),
        },
        Body::Endpoints(ways) => endpoints(ways),
        Body::Container(lasts) => lasts.first().map(last).unwrap_or_default(),
        Body::Policy(policies) => match policies.as_slice() {
            [] => "not checked: NetworkPolicies are not known".to_owned(),
            [only] => format!("not checked: NetworkPolicy {only} selects a pod on the way"),
            several => format!("not checked: {} NetworkPolicies select pods on the way", several.len()),
        },
    }
}

pub(super) fn nameserver(server: &Nameserver) -> String {
    match (&server.service, server.usable) {
        (Some(key), Some((usable, total))) => format!("{} = {} ({usable}/{total} ready)", server.address, key.name),
        (Some(key), None) => format!("{} = {}", server.address, key.name),
        (None, _) => server.address.to_string(),
    }
}

fn resolver(found: &Resolver) -> String {
    if found.servers.is_empty() {
        return "the machine's own resolver".to_owned();
    }
    let servers: Vec<String> = found.servers.iter().map(nameserver).collect();
    let searches = found.conf.searches.len() + usize::from(found.conf.unseen.is_some());
    let ndots = found.conf.ndots(crate::trace::client::Library::Glibc);
    let ndots = ndots.map(|ndots| format!("   ndots {ndots}")).unwrap_or_default();
    let more = if found.conf.unseen.is_some() { " or more" } else { "" };
    let first = found.conf.searches.first().map(|first| format!(" {first} …")).unwrap_or_default();
    let known = searches - usize::from(found.conf.unseen.is_some());
    let search = match (known, more) {
        (0, "") => "no search list".to_owned(),
        (known, more) => format!("search{first} ({known}{more})"),
    };
    format!("nameserver {}   {search}{ndots}", servers.join(", "))
}

fn queries(run: &Run) -> String {
    let names = run.asked.iter().filter(|candidate| !candidate.name.is_empty()).count();
    let wasted = if run.wasted > 0 { format!(", {} for nothing", run.wasted) } else { String::new() };
    format!(
        "{} tried, {}{wasted}",
        many(names, "name"),
        if run.queries == 1 { "1 query".to_owned() } else { format!("{} queries", run.queries) }
    )
}

/// What stands behind an address of the answer.
pub fn owner(owner: &Owner) -> String {
    match owner {
        Owner::Service(key, via) => {
            let via = match via {
                Via::ClusterIp => "cluster IP",
                Via::ExternalIp => "external IP",
                Via::LoadBalancer => "load balancer",
                Via::NodePort | Via::Loopback => "node port",
            };
            format!("Service {key}, by its {via}")
        }
        Owner::Headless(key) => format!("headless Service {key}: the pods' own addresses"),
        Owner::Alias(Some(key), target) => format!("Service {key} is an alias of {target}"),
        Owner::Alias(None, target) => format!("alias of {target}"),
        Owner::Pod(key) => format!("pod {key} itself"),
        Owner::Node(name) => format!("node {name} itself"),
        Owner::Nobody(address) => format!("{address} belongs to nobody that is known"),
    }
}

fn numbers(numbers: &[(Port, usize)]) -> String {
    let words: Vec<String> = numbers.iter().map(|(port, pods)| format!("{port} on {}", many(*pods, "pod"))).collect();
    words.join(", ")
}

/// Which port, and where it leads.
pub fn port(port: &PortWay) -> String {
    let name = if port.name.is_empty() { String::new() } else { format!(" {:?}", port.name.as_str()) };
    let dialled = format!("{}/{}{name}", port.port, port.protocol);
    match (&port.target, port.numbers.as_slice()) {
        (None, _) => format!("{dialled}, dialled as it is"),
        (Some(target), []) => format!("{dialled} → targetPort {target}"),
        (Some(target), found) => format!("{dialled} → targetPort {target} → {}", numbers(found)),
    }
}

fn endpoints(ways: &[Way]) -> String {
    if ways.len() > 1 && ways.iter().all(|way| way.fate == Fate::Direct) {
        return format!("{} addresses, dialled themselves", ways.len());
    }
    let [way] = ways else {
        let all = many(ways.len(), "way");
        let good = ways.iter().filter(|way| matches!(way.fate, Fate::Balanced | Fate::Direct)).count();
        return match ways.iter().filter(|way| matches!(way.fate, Fate::Unknown(_))).count() {
            0 => format!("{good} of {all} lead on"),
            unknown if unknown == ways.len() => format!("{all}, not known whether they lead on"),
            unknown => format!("{good} of {all} lead on, {unknown} not known"),
        };
    };
    let chosen = way.shares.iter().filter(|share| share.one_in.is_some()).count();
    match &way.fate {
        Fate::Balanced => {
            let each = way.shares.iter().find_map(|share| share.one_in).map(percent).unwrap_or_default();
            let each = if chosen > 1 { format!(", {each} each") } else { String::new() };
            format!("{chosen} of {}{each}", many(way.shares.len(), "endpoint"))
        }
        Fate::Direct | Fate::Refused(_) | Fate::Lost(_) | Fate::Passed(_) | Fate::Unknown(_) => {
            super::answers::fate(&way.fate).to_owned()
        }
    }
}

/// What listens at the end.
pub fn last(last: &Last) -> String {
    let pods = many(last.pods.len(), "pod");
    let port = last.port;
    match &last.listener {
        Listener::Declared(declared) => {
            let name = declared.port_name.as_ref().map(|name| format!(" {:?}", name.as_str())).unwrap_or_default();
            format!("container {} declares {port}{name} ({pods})", declared.container)
        }
        Listener::Undeclared(_) => format!("nothing declares {port} ({pods}): that is allowed, and proves nothing"),
        Listener::HostNetwork(Some(declared)) => {
            format!("container {} declares {port} on the node's own network ({pods})", declared.container)
        }
        Listener::HostNetwork(None) => format!("whatever listens on {port} of the node ({pods})"),
    }
}
