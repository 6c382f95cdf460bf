//! Details of pods and containers.

use super::super::pieces::{age, dim, plain, text};
use super::super::{Glyph, Line, Piece, Tone, ports, words};
use super::{Lines, addresses};
use crate::app::State;
use crate::model::{Container, ContainerKind, ContainerState, Key, Labels, Pod, Service, Time, Truth};

pub(super) fn of_pod(state: &State, lines: &mut Lines, service: &Key, pod: &Pod) -> Line {
    let lasts = pod.ready_since.map(|at| format!(" for {}", age(at, state.now))).unwrap_or_default();
    let ready = if pod.ready {
        text(format!("ready{lasts}"), Tone::Good)
    } else {
        text(format!("not ready{lasts}"), Tone::Bad)
    };
    lines.add("state", vec![plain(format!("{}, ", words::phase(pod))), ready]);
    let reasons = if pod.ready { Vec::new() } else { super::super::why::not_ready(state, pod) };
    lines.all("why", reasons.into_iter().map(|reason| vec![text(reason, Tone::Warn)]));
    let ips = match pod.ips.as_slice() {
        [] => "none yet".to_owned(),
        ips if pod.host_network() => format!("{} (host network: the node's own)", addresses(ips)),
        ips => addresses(ips),
    };
    lines.words("IPs", ips);
    if let Some(node) = &pod.node {
        lines.words("node", node);
    }
    if let Some(owner) = &pod.meta.owner {
        lines.words("owner", format!("{} {}", owner.kind, owner.name));
    }
    super::names::of_pod(state, lines, &pod.meta.key);
    let containers = pod.containers.iter().map(|container| {
        let kind = words::container_kind(container.kind);
        let about = dim(format!(" ({kind})  {}  ", ports::declared(container)));
        let mut line = vec![plain(&container.name), about];
        line.extend(container_state(container, pod, state.now));
        line
    });
    lines.all("containers", containers);
    let conditions = pod.conditions.iter().map(|condition| {
        let lasts = condition.since.map(|at| format!(" for {}", age(at, state.now))).unwrap_or_default();
        let (status, shade) = match condition.status {
            Truth::True => ("True", Tone::Text),
            Truth::False => ("False", Tone::Warn),
            Truth::Unknown => ("Unknown", Tone::Warn),
        };
        let because = words::because(&condition.reason, &condition.message);
        vec![plain(format!("{} ", condition.kind)), text(status, shade), dim(format!("{lasts}{because}"))]
    });
    lines.all("conditions", conditions);
    labels(lines, &pod.meta.labels, state.store.service(service).map(AsRef::as_ref));
    lines.age("age", pod.meta.created);
    vec![plain(&pod.meta.key.name), Piece::Fill, dim(format!("Pod  {}", pod.meta.key.namespace))]
}

/// The labels; those that the selector asks for are marked.
fn labels(lines: &mut Lines, labels: &Labels, service: Option<&Service>) {
    let pairs = labels.iter().map(|(key, value)| {
        let mut line = vec![plain(format!("{key}={value}"))];
        if let Some(wanted) = service.and_then(|service| service.selector.0.get(key)) {
            line.push(Piece::text(" ", Tone::Dim));
            if wanted == value {
                line.push(Piece::Glyph(Glyph::Yes, Tone::Good));
            } else {
                line.push(Piece::Glyph(Glyph::No, Tone::Bad));
                line.push(text(format!(" the selector wants {wanted}"), Tone::Warn));
            }
        }
        line
    });
    let missing = service.into_iter().flat_map(|service| service.selector.0.iter());
    let missing = missing.filter(|(key, _)| labels.get(key).is_none()).map(|(key, wanted)| {
        let words = text(format!(" the selector wants {key}={wanted}"), Tone::Warn);
        vec![Piece::Glyph(Glyph::No, Tone::Bad), words]
    });
    lines.all("labels", pairs.chain(missing));
}

fn container_state(container: &Container, pod: &Pod, now: Time) -> Line {
    let Some(status) = pod.status(&container.name) else { return vec![dim("no status yet")] };
    let lasts = |at: &Option<Time>| at.map(|at| format!(" for {}", age(at, now))).unwrap_or_default();
    let mut line = match &status.state {
        ContainerState::Running { since } if container.kind == ContainerKind::Init => {
            vec![text(format!("running{}, has not finished", lasts(since)), Tone::Warn)]
        }
        ContainerState::Running { since } => {
            let ready = if status.ready { text("ready", Tone::Good) } else { text("not ready", Tone::Bad) };
            vec![plain(format!("running{}, ", lasts(since))), ready]
        }
        ContainerState::Waiting { reason, message } => {
            vec![text(format!("waiting{}", words::because(reason, message)), Tone::Bad)]
        }
        ContainerState::Terminated { reason, exit_code, at } => {
            let ago = at.map(|at| format!(" {} ago", age(at, now))).unwrap_or_default();
            let shade = if *exit_code == 0 { Tone::Dim } else { Tone::Bad };
            vec![text(format!("ended{ago}: {reason}, exit code {exit_code}"), shade)]
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

pub(super) fn of_container(state: &State, lines: &mut Lines, pod: &Pod, at: usize) -> Line {
    let Some(container) = pod.containers.get(at) else { return vec![dim("no container")] };
    lines.add("state", container_state(container, pod, state.now));
    lines.words("image", &container.image);
    lines.words("ports", ports::declared(container));
    let probe = match (container.kind, container.readiness_probe) {
        (ContainerKind::Init, _) => "an init container has ended before the others start; its ports never count",
        (ContainerKind::Main | ContainerKind::Sidecar, true) => "has a readiness probe",
        (ContainerKind::Main | ContainerKind::Sidecar, false) => "no readiness probe: ready as soon as it runs",
    };
    lines.words("probe", probe);
    let kind = words::container_kind(container.kind);
    vec![plain(&container.name), Piece::Fill, dim(format!("{kind} of {}", pod.meta.key.name))]
}
