//! Under which names DNS knows a Service or a pod, each ready to be copied.

use super::super::Line;
use super::super::pieces::{dim, plain};
use super::Lines;
use crate::app::State;
use crate::model::Key;
use crate::trace::dns::{Cluster, Registered, Registry, Role, names_of, names_of_pod};
use crate::trace::path::Settings;

/// Names that are told; a headless Service of a thousand pods has thousands.
const MOST: usize = 12;

/// The names of a Service.
pub(super) fn of_service(state: &State, lines: &mut Lines, service: &Key) {
    tell(state, lines, |settings, cluster| names_of(&settings.corefile, cluster, service));
}

/// The names that lead to a pod.
pub(super) fn of_pod(state: &State, lines: &mut Lines, pod: &Key) {
    tell(state, lines, |settings, cluster| names_of_pod(&settings.corefile, cluster, pod));
}

fn tell(state: &State, lines: &mut Lines, names: impl Fn(&Settings, &Cluster<'_>) -> Registry) {
    // A reverse name is looked for in every slice: not for a pane that has no room to show it.
    if state.layout().detail.height < 2 {
        return;
    }
    let settings = Settings::of(&state.store);
    let pods = settings.dns_pods(&state.store);
    let cluster = Cluster { store: &state.store, version: settings.core_dns, dns_pods: &pods };
    let found = names(&settings, &cluster);
    let more = found.names.len().saturating_sub(MOST);
    let told = found.names.iter().take(MOST).map(line);
    let rest = (more > 0).then(|| vec![dim(format!("and {more} more"))]);
    let unsure = (!found.unsure.is_empty()).then(|| vec![dim("not all is known, there may be more")]);
    lines.all("names", told.chain(rest).chain(unsure));
}

fn line(name: &Registered) -> Line {
    let words = match &name.role {
        Role::Service | Role::Pod => String::new(),
        Role::Port { name, protocol } => format!("port {name} {protocol}"),
        Role::Endpoint { pod: Some(pod) } => format!("endpoint {}", pod.name),
        Role::Endpoint { pod: None } => "endpoint".to_owned(),
        Role::Address(address) => address.to_string(),
    };
    vec![plain(name.name.as_str()), dim(format!("  {} {words}", name.kind))]
}
