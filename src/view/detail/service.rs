//! Details of a Service and of its ports.

use super::super::pieces::{age, bar, count, dim, join, many, plain, text, tone};
use super::super::{Line, Piece, Tone, messages, ports, words};
use super::{Lines, addresses};
use crate::app::State;
use crate::model::{Affinity, ClusterIp, Key, Kind, Service, ServiceKind, TargetPort, Time};
use crate::store::{NearMiss, Severity, Summary};

/// Label by which another proxy than kube-proxy takes a Service (R4.1).
const PROXY_NAME_LABEL: &str = "service.kubernetes.io/service-proxy-name";

fn kind_word(service: &Service) -> String {
    let kind = match &service.kind {
        ServiceKind::ClusterIp => "ClusterIP".to_owned(),
        ServiceKind::NodePort => "NodePort".to_owned(),
        ServiceKind::LoadBalancer => "LoadBalancer".to_owned(),
        ServiceKind::ExternalName => "ExternalName".to_owned(),
        ServiceKind::Other(other) => other.to_string(),
    };
    if service.headless() { format!("headless {kind}") } else { kind }
}

fn title(service: &Service) -> Line {
    let key = &service.meta.key;
    vec![plain(&key.name), Piece::Fill, dim(format!("{}  {}", kind_word(service), key.namespace))]
}

pub(super) fn of_service(state: &State, lines: &mut Lines, service: &Service) -> Line {
    let key = &service.meta.key;
    let summary = state.store.summary(key);
    why(state, lines, service, &summary);
    if service.kind == ServiceKind::ExternalName {
        lines.words("alias of", service.external_name.as_deref().unwrap_or_default());
        lines.add("", vec![dim("DNS answers with that name; there are no endpoints and no port is translated")]);
        slices(state, lines, key);
        super::names::of_service(state, lines, key);
        lines.age("age", service.meta.created);
        return title(service);
    }
    selector(state, lines, service);
    endpoints(state, lines, &service.meta.key, &summary);
    cluster_ips(lines, service);
    let ports = service.ports.iter().zip(&summary.ports[..]).map(|(port, numbers)| {
        let mut line = ports::resolved(port, &numbers.resolution);
        if let Some(node_port) = port.node_port {
            line.push(dim(format!("  node port {node_port}")));
        }
        if let Some(protocol) = &port.app_protocol {
            line.push(dim(format!("  {protocol}")));
        }
        line
    });
    lines.all("ports", ports);
    traffic(lines, service);
    slices(state, lines, key);
    super::names::of_service(state, lines, key);
    lines.age("age", service.meta.created);
    title(service)
}

/// What is wrong, most severe first, and the nearest misses of a selector that selects nothing.
fn why(state: &State, lines: &mut Lines, service: &Service, summary: &Summary) {
    let key = &service.meta.key;
    let broken = messages::broken(state, service);
    let said = broken.is_some();
    if let Some(words) = broken {
        // With one pair any pod that has the label is a miss, but only a similar value is a near one.
        let pairs = service.selector.0.iter().len();
        let similar = |miss: &NearMiss| {
            miss.found.as_ref().is_some_and(|found| strsim::levenshtein(found, &miss.wanted) * 2 <= miss.wanted.len())
        };
        let others = state.store.near_misses(key).into_iter().skip(1);
        let others = others.filter(|miss| pairs > 1 || similar(miss)).take(3);
        let others = others.map(|miss| vec![dim("also "), text(messages::near_miss(&miss, "pod"), Tone::Warn)]);
        lines.all("why", std::iter::once(words).chain(others));
    }
    let severe = summary.words.iter().filter(|(word, _)| word.severity() >= Severity::Warn);
    let severe = severe.map(|(word, rows)| {
        let words = text(format!("{} {}", count(*rows), word.id()), tone(word.severity()));
        vec![words, dim(format!("  {}", words::explain(word)))]
    });
    lines.all(if said { "" } else { "why" }, severe);
}

fn selector(state: &State, lines: &mut Lines, service: &Service) {
    if !service.selector.is_some() {
        lines.add("selector", vec![dim("none: the controller writes no slices for it, others may")]);
        return;
    }
    let pairs = service.selector.0.iter().map(|(key, value)| vec![plain(format!("{key}={value}"))]);
    let mut line = join(pairs, ", ");
    let selected = many(state.store.selected_count(&service.meta.key), "pod");
    line.push(dim(if state.store.complete_in(Kind::Pod, &service.meta.key.namespace) {
        format!("  selects {selected}")
    } else {
        format!("  selects {selected} of those seen so far")
    }));
    lines.add("selector", line);
}

fn endpoints(state: &State, lines: &mut Lines, key: &Key, summary: &Summary) {
    let heard = state.store.health_in(Kind::Slice, &key.namespace);
    if !heard.complete() {
        let health = super::super::health(Kind::Slice, heard, state.now);
        lines.add("endpoints", vec![dim(health)]);
        return;
    }
    let good = summary.usable == summary.total && summary.usable > 0 && summary.severity < Severity::Warn;
    let shade = if good { Tone::Good } else { Tone::Warn };
    let mut line = vec![bar(summary.usable, summary.total, 10, shade)];
    line.push(plain(format!(" {} of {} get traffic", summary.usable, summary.total)));
    if summary.draining_only {
        line.push(text("  nothing is ready: terminating endpoints that still serve are used", Tone::Warn));
    }
    lines.add("endpoints", line);
}

fn cluster_ips(lines: &mut Lines, service: &Service) {
    let families: Vec<String> = service.families.iter().map(ToString::to_string).collect();
    let mut line: Line = match &service.cluster_ip {
        ClusterIp::Headless => vec![plain("None (headless)"), dim(": DNS answers with the endpoints themselves")],
        ClusterIp::Ips(ips) => vec![plain(addresses(ips))],
        ClusterIp::Absent => vec![dim("none")],
    };
    let policy = service.family_policy.as_deref().unwrap_or_default();
    line.push(dim(format!("  {} {policy}", families.join(" "))));
    lines.add("cluster IP", line);
    if !service.external_ips.is_empty() {
        lines.words("external", addresses(&service.external_ips));
    }
    if service.kind == ServiceKind::LoadBalancer {
        let ingress = service.load_balancer.iter().map(|ingress| match (&ingress.ip, &ingress.hostname) {
            (Some(ip), _) => vec![plain(ip)],
            (None, Some(name)) => vec![plain(name)],
            (None, None) => vec![dim("empty")],
        });
        let ingress = join(ingress, ", ");
        lines.add("balancer", if ingress.is_empty() { vec![text("no address yet", Tone::Warn)] } else { ingress });
    }
}

fn traffic(lines: &mut Lines, service: &Service) {
    let external =
        matches!(service.kind, ServiceKind::NodePort | ServiceKind::LoadBalancer) || !service.external_ips.is_empty();
    let mut facts: Vec<Line> = Vec::new();
    if !service.headless() {
        facts.push(vec![dim("internal "), plain(words::policy(service.internal_policy))]);
    }
    if external {
        facts.push(vec![dim("external "), plain(words::policy(service.external_policy))]);
    }
    if let Affinity::ClientIp { timeout_seconds } = service.affinity {
        facts.push(vec![dim("affinity "), plain(format!("ClientIP for {timeout_seconds}s"))]);
    }
    if let Some(distribution) = &service.traffic_distribution {
        facts.push(vec![dim("distribution "), plain(distribution)]);
    }
    if let Some(mode) = &service.topology_mode {
        facts.push(vec![dim("topology mode "), plain(mode)]);
    }
    if !facts.is_empty() {
        lines.add("traffic", join(facts, "  "));
    }
    if service.traffic_distribution.is_some()
        && service.topology_mode.as_ref().is_some_and(|mode| mode.eq_ignore_ascii_case("auto"))
    {
        lines.add("", vec![text("the topology-mode annotation disables spec.trafficDistribution", Tone::Warn)]);
    }
    if service.publish_not_ready {
        lines.add(
            "",
            vec![text("publishes unready addresses: endpoints are ready whatever their pods say", Tone::Info)],
        );
    }
    if let Some(proxy) = service.meta.labels.get(PROXY_NAME_LABEL) {
        lines.add("", vec![text(format!("kube-proxy ignores it: label {PROXY_NAME_LABEL}={proxy}"), Tone::Warn)]);
    }
}

fn slices(state: &State, lines: &mut Lines, key: &Key) {
    let slices = state.store.slices_of(key).map(|slice| {
        let age = slice.meta.created.map(|at| format!(", {}", age(at, state.now))).unwrap_or_default();
        let endpoints = many(slice.endpoints.len(), "endpoint");
        let kind = words::address_type(&slice.address_type);
        let writer = words::managed_by(slice.managed_by());
        vec![plain(&slice.meta.key.name), dim(format!(" {kind} {endpoints}, {writer}{age}"))]
    });
    lines.all("slices", slices);
}

pub(super) fn of_gone(state: &State, lines: &mut Lines, service: &Service, at: Time) -> Line {
    lines.add("why", vec![text(format!("The Service was deleted {} ago.", age(at, state.now)), Tone::Info)]);
    selector_of_gone(lines, service);
    cluster_ips(lines, service);
    slices(state, lines, &service.meta.key);
    title(service)
}

fn selector_of_gone(lines: &mut Lines, service: &Service) {
    let pairs = service.selector.0.iter().map(|(key, value)| vec![plain(format!("{key}={value}"))]);
    let line = join(pairs, ", ");
    if !line.is_empty() {
        lines.add("selector", line);
    }
}

pub(super) fn of_ghost(state: &State, lines: &mut Lines, key: &Key) -> Line {
    if state.store.complete_in(Kind::Service, &key.namespace) {
        let words = "EndpointSlices carry this name in their label, but there is no such Service: nobody uses them.";
        lines.add("why", vec![text(words, Tone::Warn)]);
        slices(state, lines, key);
        return vec![plain(&key.name), Piece::Fill, dim(format!("no Service  {}", key.namespace))];
    }
    let health = super::super::health(Kind::Service, state.store.health_in(Kind::Service, &key.namespace), state.now);
    lines.add("why", vec![text(format!("Known from its EndpointSlices only: {health}."), Tone::Warn)]);
    slices(state, lines, key);
    vec![plain(&key.name), Piece::Fill, dim(format!("Service not known  {}", key.namespace))]
}

pub(super) fn of_port(state: &State, lines: &mut Lines, key: &Key, index: usize) -> Line {
    let Some(service) = state.store.service(key) else { return vec![dim("no Service")] };
    let Some(port) = service.ports.get(index) else { return vec![dim("no port")] };
    let summary = state.store.summary(key);
    if let Some(numbers) = summary.ports.get(index) {
        lines.add("resolves", ports::resolved(port, &numbers.resolution));
        lines.words("endpoints", format!("{} of {} get traffic on it", numbers.usable, summary.total));
        let several = numbers.resolution.numbers.len() > 1;
        if let (TargetPort::Name(name), true) = (&port.target, several) {
            lines.add("", vec![text(format!("pods resolve {name:?} to different numbers"), Tone::Warn)]);
        }
    }
    match &port.target {
        TargetPort::Name(name) => lines.words("target port", format!("{name:?}, looked up in each pod's containers")),
        TargetPort::Number(number) => {
            lines.words("target port", format!("{number}, used as it is: what containers declare is not checked"));
        }
    }
    if service.headless() {
        let words = "headless: nothing translates the port, clients dial the target port themselves";
        lines.add("", vec![text(words, Tone::Info)]);
    }
    lines.words("protocol", &port.protocol);
    if let Some(node_port) = port.node_port {
        lines.words("node port", node_port);
    }
    if let Some(protocol) = &port.app_protocol {
        lines.words("app", protocol);
    }
    let name = if port.name.is_empty() { port.port.to_string() } else { port.name.to_string() };
    vec![plain(name), Piece::Fill, dim(format!("port of {}", key.name))]
}
