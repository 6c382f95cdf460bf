//! The pane about the thing under the cursor, in the field's words.

use super::pieces::{age, bar, dim, join, many, mark, plain, text, tone};
use super::{Glyph, Line, Pane, Piece, Tone, messages, ports, words};
use crate::app::State;
use crate::model::{
    Affinity, ClusterIp, Container, ContainerState, Key, Labels, Pod, Service, ServiceKind, Slice, Time,
};
use crate::outline::{Body, Line as Shown};
use crate::store::{self, Word};

/// Width of the label column.
const LABEL: u16 = 12;

/// Lines with a label each.
struct Lines {
    lines: Vec<Line>,
    now: Time,
}

impl Lines {
    fn add(&mut self, label: &str, pieces: impl Into<Line>) {
        let mut line = vec![Piece::text(format!("{label:<width$}", width = usize::from(LABEL)), Tone::Dim)];
        line.extend(pieces.into());
        self.lines.push(line);
    }

    fn words(&mut self, label: &str, words: impl std::fmt::Display) {
        self.add(label, vec![plain(words)]);
    }

    fn age(&mut self, label: &str, at: Option<Time>) {
        if let Some(at) = at {
            self.add(label, vec![plain(age(at, self.now)), dim(format!("  ({at})"))]);
        }
    }
}

/// The pane for a line.
pub(super) fn pane(state: &State, current: Option<&Shown>) -> Pane {
    let mut lines = Lines { lines: Vec::new(), now: state.now };
    let Some(line) = current else {
        return Pane { title: vec![dim("nothing chosen")], lines: Vec::new(), indent: LABEL, scroll: 0 };
    };
    let title = match &line.body {
        Body::Service => match state.store.service(&line.node.service) {
            Some(service) => of_service(state, &mut lines, service),
            None => of_ghost(state, &mut lines, &line.node.service),
        },
        Body::Port(index) => of_port(state, &mut lines, &line.node.service, *index),
        Body::Slice(slice) => of_slice(state, &mut lines, slice),
        Body::Row { row, gone } => of_row(state, &mut lines, &line.node.service, row, *gone),
        Body::Pod(pod) => of_pod(state, &mut lines, &line.node.service, pod),
        Body::Container(pod, container) => of_container(state, &mut lines, pod, container),
    };
    if state.explain {
        lines.lines.push(vec![text(words::kind_sentence(&line.body), Tone::Info)]);
    }
    Pane { title, lines: lines.lines, indent: LABEL, scroll: state.detail_scroll }
}

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

fn of_service(state: &State, lines: &mut Lines, service: &Service) -> Line {
    let key = &service.meta.key;
    let summary = state.store.summary(key);
    if let Some(words) = messages::of_service(state, service).filter(|_| service.kind != ServiceKind::ExternalName) {
        lines.add("why", words);
        for miss in state.store.near_misses(key).iter().skip(1).take(3) {
            lines.add("", vec![dim("also "), text(messages::near_miss(miss), Tone::Warn)]);
        }
    } else if let Some(word) = summary.worst.as_ref().filter(|_| summary.severity >= store::Severity::Warn) {
        let rows = state.store.rows(key);
        let count = rows.iter().filter(|row| row.word.as_ref().map(Word::id) == Some(word.id())).count();
        lines.add(
            "why",
            vec![
                text(format!("{} {}", many(count, "row"), word.id()), tone(word.severity())),
                dim(format!("  {}", words::explain(word))),
            ],
        );
    }
    if service.kind == ServiceKind::ExternalName {
        lines.words("alias of", service.external_name.as_deref().unwrap_or_default());
        return vec![plain(&key.name), dim(format!("  {}  {}", kind_word(service), key.namespace))];
    }
    let selector = service.selector.0.iter().map(|(key, value)| vec![plain(format!("{key}={value}"))]);
    if service.selector.is_some() {
        let mut selector = join(selector, ", ");
        selector.push(dim(format!("  selects {}", many(state.store.selected_count(key), "pod"))));
        lines.add("selector", selector);
    } else {
        lines.add("selector", vec![dim("none: someone else writes its slices")]);
    }
    let usable =
        [bar(summary.usable, summary.total, 10, if summary.usable == summary.total { Tone::Good } else { Tone::Warn })];
    let mut endpoints: Line = usable.to_vec();
    endpoints.push(plain(format!(" {} of {} get traffic", summary.usable, summary.total)));
    if summary.draining_only {
        endpoints.push(text("  nothing is ready: terminating endpoints that still serve are used", Tone::Warn));
    }
    lines.add("endpoints", endpoints);
    addresses(lines, service);
    for index in 0..service.ports.len() {
        let mut line = ports::resolved(state, service, index);
        if let Some(node_port) = service.ports[index].node_port {
            line.push(dim(format!("  node port {node_port}")));
        }
        if let Some(protocol) = &service.ports[index].app_protocol {
            line.push(dim(format!("  {protocol}")));
        }
        lines.add(if index == 0 { "ports" } else { "" }, line);
    }
    traffic(lines, service);
    let slices = state.store.slices_of(key).map(|slice| {
        let age = slice.meta.created.map(|at| format!(", {}", age(at, state.now))).unwrap_or_default();
        let count = many(slice.endpoints.len(), "endpoint");
        vec![
            plain(&slice.meta.key.name),
            dim(format!(
                " {} {count}, {}{age}",
                words::address_type(&slice.address_type),
                words::managed_by(slice.managed_by())
            )),
        ]
    });
    for (at, slice) in slices.enumerate() {
        lines.add(if at == 0 { "slices" } else { "" }, slice);
    }
    lines.age("age", service.meta.created);
    vec![plain(&key.name), dim(format!("  {}  {}", kind_word(service), key.namespace))]
}

fn addresses(lines: &mut Lines, service: &Service) {
    let families: Vec<String> = service.families.iter().map(ToString::to_string).collect();
    let mut line: Line = match &service.cluster_ip {
        ClusterIp::Headless => vec![plain("None (headless)"), dim(": DNS answers with the endpoints themselves")],
        ClusterIp::Ips(ips) => join(ips.iter().map(|ip| vec![plain(ip)]), ", "),
        ClusterIp::Absent => vec![dim("none")],
    };
    let policy = service.family_policy.as_deref().unwrap_or_default();
    line.push(dim(format!("  {} {policy}", families.join(" "))));
    lines.add("cluster IP", line);
    if !service.external_ips.is_empty() {
        lines.add("external", join(service.external_ips.iter().map(|ip| vec![plain(ip)]), ", "));
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
    let mut line = vec![dim("internal "), plain(words::policy(service.internal_policy))];
    if external {
        line.extend([dim("  external "), plain(words::policy(service.external_policy))]);
    }
    if let Affinity::ClientIp { timeout_seconds } = service.affinity {
        line.extend([dim("  affinity "), plain(format!("ClientIP for {timeout_seconds}s"))]);
    }
    if let Some(distribution) = &service.traffic_distribution {
        line.extend([dim("  distribution "), plain(distribution)]);
    }
    if let Some(mode) = &service.topology_mode {
        line.extend([dim("  topology mode "), plain(mode)]);
    }
    if service.publish_not_ready {
        line.push(text("  publishes unready addresses", Tone::Info));
    }
    lines.add("traffic", line);
}

fn of_ghost(state: &State, lines: &mut Lines, key: &Key) -> Line {
    lines.add(
        "why",
        vec![text(
            "EndpointSlices carry this name in their label, but there is no such Service: nobody uses them.",
            Tone::Warn,
        )],
    );
    for slice in state.store.slices_of(key) {
        lines.words("slice", &slice.meta.key.name);
    }
    vec![plain(&key.name), dim(format!("  no Service  {}", key.namespace))]
}

fn of_port(state: &State, lines: &mut Lines, key: &Key, index: usize) -> Line {
    let Some(service) = state.store.service(key) else { return vec![dim("no Service")] };
    let Some(port) = service.ports.get(index) else { return vec![dim("no port")] };
    lines.add("resolves", ports::resolved(state, service, index));
    lines.words("protocol", &port.protocol);
    if let Some(node_port) = port.node_port {
        lines.words("node port", node_port);
    }
    if let Some(protocol) = &port.app_protocol {
        lines.words("app", protocol);
    }
    let name = if port.name.is_empty() { port.port.to_string() } else { port.name.to_string() };
    vec![plain(name), dim(format!("  port of {}", key.name))]
}

fn of_slice(state: &State, lines: &mut Lines, slice: &Slice) -> Line {
    lines.words("managed by", words::managed_by(slice.managed_by()));
    lines.words("addresses", words::address_type(&slice.address_type));
    lines.words("ports", ports::of_slice(slice));
    let ready = slice.endpoints.iter().filter(|endpoint| endpoint.is_ready()).count();
    lines.words("endpoints", format!("{ready} of {} ready", slice.endpoints.len()));
    if let Some(owner) = &slice.meta.owner {
        lines.words("owner", format!("{} {}", owner.kind, owner.name));
    }
    lines.age("triggered", slice.triggered);
    lines.age("age", slice.meta.created);
    let _ = state;
    vec![plain(&slice.meta.key.name), dim(format!("  EndpointSlice  {}", slice.meta.key.namespace))]
}

fn yes(value: bool) -> Piece {
    if value { text("yes", Tone::Good) } else { text("no", Tone::Warn) }
}

fn of_row(state: &State, lines: &mut Lines, service: &Key, row: &store::Row, gone: Option<Time>) -> Line {
    if let Some(at) = gone {
        lines.add("why", vec![text(format!("It left the Service {} ago.", age(at, state.now)), Tone::Info)]);
    }
    let why = if gone.is_some() { Vec::new() } else { super::why(state, service, row) };
    for (at, reason) in why.into_iter().enumerate() {
        let tone = row.word.as_ref().map_or(Tone::Info, |word| tone(word.severity()));
        lines.add(if at == 0 { "why" } else { "" }, vec![text(reason, if at == 0 { tone } else { Tone::Dim })]);
    }
    if let Some(facts) = row.facts() {
        lines.add(
            "conditions",
            vec![
                dim("ready "),
                yes(facts.ready),
                dim("  serving "),
                yes(facts.serving),
                dim("  terminating "),
                if facts.terminating { text("yes", Tone::Warn) } else { plain("no") },
            ],
        );
    } else {
        lines.add("conditions", vec![dim("in no slice of this Service")]);
    }
    for member in &row.members {
        let address = member.address.map(|address| format!("{address} ")).unwrap_or_default();
        let mut line = vec![plain(&member.slice), dim(format!("  {address}{}", words::managed_by(member.managed_by)))];
        if member.shadowed {
            line.push(text("  another slice's entry for this address counts", Tone::Warn));
        }
        lines.add("slice", line);
        if let Some(hints) = &member.hints {
            let zones = hints.zones.iter().map(|zone| format!("zone {zone}"));
            let nodes = hints.nodes.iter().map(|node| format!("node {node}"));
            lines.words("hints", format!("for {}", zones.chain(nodes).collect::<Vec<_>>().join(", ")));
        }
        if let Some(hostname) = &member.hostname {
            lines.words("hostname", hostname);
        }
    }
    if let Some(pod) = row.target.pod() {
        let mut line = vec![plain(&pod.meta.key.name), dim(format!("  {}", words::phase(pod)))];
        if row.by_ip {
            line.push(text("  joined by address: the slice names no pod", Tone::Info));
        }
        lines.add("pod", line);
        if let Some(owner) = &pod.meta.owner {
            lines.words("owner", format!("{} {}", owner.kind, owner.name));
        }
        selector_line(state, lines, service, pod);
    }
    let place = row.node().map(|node| {
        let zone = super::cells::zone(state, row).map(|zone| format!("  zone {zone}")).unwrap_or_default();
        vec![plain(node), dim(zone)]
    });
    if let Some(place) = place {
        lines.add("node", place);
    }
    let addresses: Vec<String> = row.addresses.iter().map(ToString::to_string).collect();
    let (glyph, glyph_tone) = super::cells::glyph(row, gone.is_some());
    let mut title = mark(glyph, glyph_tone).to_vec();
    let name = if addresses.is_empty() {
        row.pod_key().map(|key| key.name.to_string()).unwrap_or_default()
    } else {
        addresses.join("  ")
    };
    title.push(plain(name));
    title.push(dim(format!("  {} of {}", if row.is_endpoint() { "endpoint" } else { "selected pod" }, service.name)));
    title
}

fn selector_line(state: &State, lines: &mut Lines, service: &Key, pod: &Pod) {
    let Some(service) = state.store.service(service).filter(|service| service.selector.is_some()) else { return };
    let pairs = service.selector.0.iter().map(|(key, wanted)| {
        let found = pod.meta.labels.get(key);
        if found == Some(wanted) {
            vec![plain(format!("{key}={wanted} ")), Piece::Glyph(Glyph::Yes, Tone::Good)]
        } else {
            let has = found.map_or("has none".to_owned(), |found| format!("has {found}"));
            vec![
                plain(format!("{key}={wanted} ")),
                Piece::Glyph(Glyph::No, Tone::Bad),
                text(format!(" {has}"), Tone::Warn),
            ]
        }
    });
    lines.add("selector", join(pairs, "  "));
}

fn labels(lines: &mut Lines, labels: &Labels, service: Option<&Service>) {
    for (at, (key, value)) in labels.iter().enumerate() {
        let mut line = vec![plain(format!("{key}={value}"))];
        if let Some(wanted) = service.and_then(|service| service.selector.0.get(key)) {
            line.push(Piece::text(" ", Tone::Dim));
            let fits = wanted == value;
            line.push(Piece::Glyph(
                if fits { Glyph::Yes } else { Glyph::No },
                if fits { Tone::Good } else { Tone::Bad },
            ));
            if !fits {
                line.push(text(format!(" selector wants {wanted}"), Tone::Warn));
            }
        }
        lines.add(if at == 0 { "labels" } else { "" }, line);
    }
}

fn container_state(container: &Container, pod: &Pod, now: Time) -> Line {
    let Some(status) = pod.status(&container.name) else { return vec![dim("no status yet")] };
    let mut line = match &status.state {
        ContainerState::Running { since } => {
            let since = since.map(|at| format!(" {}", age(at, now))).unwrap_or_default();
            let ready = if status.ready { text("ready", Tone::Good) } else { text("not ready", Tone::Bad) };
            vec![plain(format!("running{since}, ")), ready]
        }
        ContainerState::Waiting { reason, message } => {
            let message = if message.is_empty() { String::new() } else { format!(": {message}") };
            vec![text(format!("waiting {reason}{message}"), Tone::Bad)]
        }
        ContainerState::Terminated { reason, exit_code, .. } => {
            vec![text(format!("ended {reason} ({exit_code})"), if *exit_code == 0 { Tone::Dim } else { Tone::Bad })]
        }
    };
    if status.restarts > 0 {
        line.push(text(format!(", {}", words::restarts(status.restarts)), Tone::Warn));
    }
    if let Some((reason, code)) = &status.last_exit {
        line.push(dim(format!(", last exit {code} {reason}")));
    }
    line
}

fn of_pod(state: &State, lines: &mut Lines, service: &Key, pod: &Pod) -> Line {
    let ips: Vec<String> = pod.ips.as_slice().iter().map(ToString::to_string).collect();
    let ips = if ips.is_empty() { "none yet".to_owned() } else { ips.join(", ") };
    lines.words("IPs", if pod.host_network() { format!("{ips} (host network: the node's own)") } else { ips });
    let since = pod.ready_since.map(|at| format!(" since {}", age(at, state.now))).unwrap_or_default();
    let ready = if pod.ready {
        text(format!("ready{since}"), Tone::Good)
    } else {
        text(format!("not ready{since}"), Tone::Bad)
    };
    lines.add("state", vec![plain(format!("{}, ", words::phase(pod))), ready]);
    if let Some(node) = &pod.node {
        lines.words("node", node);
    }
    if let Some(owner) = &pod.meta.owner {
        lines.words("owner", format!("{} {}", owner.kind, owner.name));
    }
    for (at, container) in pod.containers.iter().enumerate() {
        let mut line = vec![
            plain(&container.name),
            dim(format!(" ({})  {}  ", words::container_kind(container.kind), ports::declared(container))),
        ];
        line.extend(container_state(container, pod, state.now));
        lines.add(if at == 0 { "containers" } else { "" }, line);
    }
    for condition in &pod.conditions {
        let since = condition.since.map(|at| format!(" since {}", age(at, state.now))).unwrap_or_default();
        lines.add(
            "condition",
            vec![plain(&condition.kind), dim(format!(" {:?} {}{since}", condition.status, condition.reason))],
        );
    }
    labels(lines, &pod.meta.labels, state.store.service(service).map(AsRef::as_ref));
    lines.age("age", pod.meta.created);
    vec![plain(&pod.meta.key.name), dim(format!("  Pod  {}", pod.meta.key.namespace))]
}

fn of_container(state: &State, lines: &mut Lines, pod: &Pod, container: &Container) -> Line {
    lines.add("state", container_state(container, pod, state.now));
    lines.words("image", &container.image);
    lines.words("ports", ports::declared(container));
    lines.words(
        "probe",
        if container.readiness_probe {
            "has a readiness probe"
        } else {
            "no readiness probe: ready as soon as it runs"
        },
    );
    vec![plain(&container.name), dim(format!("  {} of {}", words::container_kind(container.kind), pod.meta.key.name))]
}
