//! Ports in words: what a Service port really resolves to.

use super::pieces::{dim, plain, text};
use super::{Line, Tone};
use crate::app::State;
use crate::model::{Container, Key, ManagedBy, Protocol, Service, ServicePort, Slice, TargetPort};
use crate::outline::Branch;
use crate::store::{Resolution, Row, Summary};

fn protocol(protocol: &Protocol) -> String {
    if *protocol == Protocol::Tcp { String::new() } else { format!("/{protocol}") }
}

/// What clients knock at: `http 80`.
pub(super) fn front(port: &ServicePort) -> String {
    let name = if port.name.is_empty() { String::new() } else { format!("{} ", port.name) };
    format!("{name}{}{}", port.port, protocol(&port.protocol))
}

/// The ports of a Service on one line.
pub(super) fn of_service(service: &Service, summary: &Summary) -> Line {
    let mut line = match (service.ports.as_slice(), &summary.ports[..]) {
        ([], _) => vec![dim("no ports")],
        // How many pods lack it is said by the word for that.
        ([port], [only]) => targets(port, &only.resolution),
        (ports, _) => vec![plain(ports.iter().map(front).collect::<Vec<_>>().join(", "))],
    };
    // Beside what its selector gives; without a selector the count says so already.
    match summary.managed_by.filter(|_| service.selector.is_some()) {
        Some(ManagedBy::Custom) => line.push(text("  custom slice", Tone::Info)),
        Some(ManagedBy::Mirroring) => line.push(text("  mirrored", Tone::Info)),
        Some(ManagedBy::Controller | ManagedBy::ApiServer) | None => {}
    }
    line
}

/// A Service port and what it resolves to on each row, and how many lack it.
pub(super) fn resolved(port: &ServicePort, resolution: &Resolution) -> Line {
    let mut line = targets(port, resolution);
    if resolution.lacking > 0 && !resolution.numbers.is_empty() {
        line.push(text(format!(", {} without", resolution.lacking), Tone::Warn));
    }
    line
}

fn targets(port: &ServicePort, resolution: &Resolution) -> Line {
    let Resolution { numbers, lacking } = resolution;
    let mut line = vec![plain(front(port)), dim(" → ")];
    match (numbers.as_slice(), &port.target) {
        ([], target) => line.push(dim(target)),
        ([(number, _)], TargetPort::Name(name)) => {
            line.push(plain(number));
            // That some pods lack it needs the room more than a name that stands there already.
            if *lacking == 0 || *name != port.name {
                line.push(dim(format!(" ({name})")));
            }
        }
        ([(number, _)], TargetPort::Number(_)) => line.push(plain(number)),
        (several, _) => {
            let several: Vec<String> = several.iter().map(|(number, count)| format!("{number} ×{count}")).collect();
            line.push(text(several.join(", "), Tone::Warn));
        }
    }
    line
}

/// The port numbers of a row: all, or the one of its branch.
pub(super) fn number(row: &Row, branch: &Branch) -> Line {
    let ports = row.ports.iter().enumerate();
    let wanted = ports.filter(|(index, _)| match branch {
        Branch::Port(port) => index == port,
        Branch::None | Branch::Slice(_) => true,
    });
    let numbers: Vec<String> = wanted.filter_map(|(_, port)| port.port).map(|port| format!(":{port}")).collect();
    if numbers.is_empty() { Line::new() } else { vec![plain(numbers.join(" "))] }
}

/// What a row resolves a Service port by.
pub(super) fn of_row(state: &State, service: &Key, row: &Row, index: usize) -> Line {
    let Some(service) = state.store.service(service) else { return Line::new() };
    let Some(port) = service.ports.get(index) else { return Line::new() };
    let missing = row.ports.get(index).is_none_or(|port| port.port.is_none());
    match &port.target {
        TargetPort::Name(name) if missing => vec![text(format!("no port {name:?}"), Tone::Warn)],
        TargetPort::Name(name) => vec![dim(name)],
        TargetPort::Number(_) if missing && !port.name.is_empty() => {
            vec![text(format!("no port {:?}", port.name), Tone::Warn)]
        }
        TargetPort::Number(_) if port.name.is_empty() => Line::new(),
        TargetPort::Number(_) => vec![dim(&port.name)],
    }
}

/// The ports of a slice.
pub(super) fn of_slice(slice: &Slice) -> String {
    if slice.ports.is_empty() {
        return "no ports".to_owned();
    }
    let ports = slice.ports.iter().map(|port| {
        let name =
            port.name.as_deref().filter(|name| !name.is_empty()).map(|name| format!("{name} ")).unwrap_or_default();
        let number = port.port.map_or("all".to_owned(), |number| number.to_string());
        format!("{name}{number}{}", protocol(&port.protocol))
    });
    ports.collect::<Vec<_>>().join(", ")
}

/// The ports that a container declares.
pub(super) fn declared(container: &Container) -> String {
    let ports = container.ports.iter().map(|port| {
        let name = port.name.as_deref().map(|name| format!("{name} ")).unwrap_or_default();
        format!("{name}{}{}", port.port, protocol(&port.protocol))
    });
    let ports = ports.collect::<Vec<_>>().join(", ");
    if ports.is_empty() { "declares no port".to_owned() } else { ports }
}
