//! Tables as kubectl prints them: columns two blanks apart, nothing cut, hostile text escaped.

use crate::model::{ClusterIp, Key, Kind, Service, ServiceKind};
use crate::store::{Edit, Resolution, Row, Store, Word, broken_first};
use crate::view::beside_rows;
use crate::view::escape::{safe, width};

pub(super) fn lay_out(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.iter().map(|cell| safe(cell).into_owned()).collect()).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|at| rows.iter().map(|row| width(&row[at])).chain([width(head[at])]).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    for row in std::iter::once(&head).chain(&rows) {
        let mut line = String::new();
        for (cell, wide) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(wide - width(cell) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

pub(super) fn word(row: &Row) -> String {
    match &row.word {
        None if row.is_endpoint() => "ready".to_owned(),
        None => "unknown".to_owned(),
        Some(word @ (Word::Custom | Word::Mirrored)) if row.usable() => format!("ready {}", word.id()),
        Some(word) => match word.detail() {
            Some(detail) => format!("{} {detail}", word.id()),
            None => word.id().to_owned(),
        },
    }
}

fn dash(text: Option<impl ToString>) -> String {
    text.map_or("-".to_owned(), |text| text.to_string())
}

/// The union table of a Service.
pub fn endpoints(store: &Store, key: &Key, wide: bool) -> String {
    let mut rows = store.rows(key);
    rows.sort_by(broken_first);
    let cells = rows.iter().map(|row| {
        let addresses: Vec<String> = row.addresses.iter().map(ToString::to_string).collect();
        let ports: Vec<String> = row.ports.iter().filter_map(|port| port.port).map(|port| port.to_string()).collect();
        let zone = row.members.iter().find_map(|member| member.zone.clone());
        let zone = zone.or_else(|| store.node(row.node()?)?.zone.clone());
        let mut cells = vec![
            if addresses.is_empty() { "-".to_owned() } else { addresses.join(",") },
            if ports.is_empty() { "-".to_owned() } else { ports.join(",") },
            word(row),
            dash(row.pod_key().map(|key| key.name)),
            dash(row.node()),
            dash(zone),
        ];
        if wide {
            let facts = row.facts();
            let slices: Vec<&str> = row.members.iter().map(|member| member.slice.as_str()).collect();
            let yes = |fact: bool| if fact { "yes" } else { "no" };
            cells.push(yes(row.selected).to_owned());
            cells.push(dash(facts.map(|facts| yes(facts.ready))));
            cells.push(dash(facts.map(|facts| yes(facts.serving))));
            cells.push(dash(facts.map(|facts| yes(facts.terminating))));
            cells.push(if slices.is_empty() { "-".to_owned() } else { slices.join(",") });
        }
        cells
    });
    let mut head = vec!["ADDRESS", "PORT", "STATE", "POD", "NODE", "ZONE"];
    if wide {
        head.extend(["SELECTED", "READY", "SERVING", "TERMINATING", "SLICES"]);
    }
    lay_out(&head, cells.collect())
}

fn address(service: &Service) -> String {
    match (&service.kind, &service.cluster_ip) {
        (ServiceKind::ExternalName, _) => dash(service.external_name.as_ref()),
        (_, ClusterIp::Headless) => "headless".to_owned(),
        (_, ClusterIp::Ips(ips)) => ips.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
        (_, ClusterIp::Absent) => "-".to_owned(),
    }
}

/// The worst word among the rows, or why there is none; last in its line, so it may be long.
fn worst(store: &Store, service: &Service) -> String {
    let word = store.summary(&service.meta.key).worst.as_ref().map(|word| word.id().to_owned());
    let nothing = || (service.kind != ServiceKind::ExternalName).then(|| beside_rows(store, service)).flatten();
    dash(word.or_else(nothing))
}

/// The table of all Services.
pub fn services(store: &Store, with_namespace: bool) -> String {
    let rows = store.services().map(|service| {
        let key = &service.meta.key;
        let summary = store.summary(key);
        let ready = match &service.kind {
            ServiceKind::ExternalName => "alias".to_owned(),
            _ if !store.complete_in(Kind::Slice, &key.namespace) => "unknown".to_owned(),
            ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::LoadBalancer | ServiceKind::Other(_) => {
                format!("{}/{}", summary.usable, summary.total)
            }
        };
        let rows = store.rows(key);
        let ports = service.ports.iter().enumerate().map(|(at, port)| {
            let numbers = Resolution::of(&rows, at).numbers;
            let numbers: Vec<String> = numbers.iter().map(|(number, _)| number.to_string()).collect();
            let target = if numbers.is_empty() { port.target.to_string() } else { numbers.join("|") };
            format!("{}->{target}", port.port)
        });
        let ports = ports.collect::<Vec<_>>().join(",");
        let mut cells = if with_namespace { vec![key.namespace.to_string()] } else { Vec::new() };
        cells.extend([
            key.name.to_string(),
            address(service),
            ready,
            if ports.is_empty() { "-".to_owned() } else { ports },
            worst(store, service),
        ]);
        cells
    });
    let mut head = if with_namespace { vec!["NAMESPACE"] } else { Vec::new() };
    head.extend(["NAME", "ADDRESS", "READY", "PORTS", "WORST"]);
    lay_out(&head, rows.collect())
}

/// A change of a row of one Service as a line; `None` for anything else.
pub fn change(edit: &Edit, key: &Key) -> Option<String> {
    let Edit::Row(edit) = edit else { return None };
    if edit.service != *key {
        return None;
    }
    let row = edit.new.as_ref().or(edit.old.as_ref())?;
    let sign = match (&edit.old, &edit.new) {
        (None, _) => '+',
        (_, None) => '-',
        (Some(_), Some(_)) => '~',
    };
    let addresses: Vec<String> = row.addresses.iter().map(ToString::to_string).collect();
    let before = edit.old.as_ref().filter(|_| edit.new.is_some()).map(|old| format!(" (was {})", word(old)));
    let line = format!(
        "{sign} {}  {}  {}{}",
        if addresses.is_empty() { "-".to_owned() } else { addresses.join(",") },
        dash(row.pod_key().map(|key| key.name)),
        if sign == '-' { "left".to_owned() } else { word(row) },
        before.unwrap_or_default(),
    );
    Some(safe(&line).into_owned())
}
