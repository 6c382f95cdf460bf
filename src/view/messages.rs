//! What is said in place of rows: why there is nothing, as far as that is known.

use super::pieces::{count, dim, many, mark, plain, text};
use super::{Glyph, Line, Tone};
use crate::app::{Scope, State};
use crate::delta::Health;
use crate::model::{Kind, ManagedBy, Service, ServiceKind};
use crate::store::{NearMiss, Store};

/// `3 pods have app=payment`, or without the noun where it stands just before: `3 have app=payment`
pub(super) fn near_miss(miss: &NearMiss, noun: &str) -> String {
    let pods = if noun.is_empty() { count(miss.pods) } else { many(miss.pods, noun) };
    match (&miss.found, miss.pods) {
        (Some(found), 1) => format!("{pods} has {}={found}", miss.key),
        (Some(found), _) => format!("{pods} have {}={found}", miss.key),
        (None, 1) => format!("{pods} lacks {}", miss.key),
        (None, _) => format!("{pods} lack {}", miss.key),
    }
}

/// Why a Service has nothing to show as its ports' targets, if one line can tell.
pub(super) fn of_service(state: &State, service: &Service) -> Option<Line> {
    let broken = broken(state, service);
    broken.or_else(|| {
        let name = service.external_name.as_ref().filter(|_| service.kind == ServiceKind::ExternalName)?;
        Some([&mark(Glyph::Arrow, Tone::Dim)[..], &[plain(name)]].concat())
    })
}

/// In which way a whole Service is broken, if it is.
pub(super) fn broken(state: &State, service: &Service) -> Option<Line> {
    what_is_broken(&state.store, service).map(|words| vec![text(words, Tone::Warn)])
}

fn what_is_broken(store: &Store, service: &Service) -> Option<String> {
    let key = &service.meta.key;
    let alias = service.kind == ServiceKind::ExternalName;
    let without_slices = || store.complete_in(Kind::Slice, &key.namespace) && store.slices_of(key).next().is_none();
    if alias || !service.selector.is_some() {
        // The controller deletes nothing when a Service loses its selector (R3.2).
        let frozen = store.slices_of(key).filter(|slice| slice.managed_by() == ManagedBy::Controller);
        let frozen: usize = frozen.map(|slice| slice.endpoints.len()).sum();
        if frozen > 0 {
            let what = if alias { "is an alias now" } else { "has no selector any more" };
            let verbs = if frozen == 1 { "remains and is" } else { "remain and are" };
            return Some(format!("{what}, but {} {verbs} never updated", many(frozen, "old endpoint")));
        }
        return (!alias && without_slices()).then(|| "no selector, and no EndpointSlice names it".to_owned());
    }
    selects_nothing(store, service)
        .or_else(|| without_slices().then(|| "no EndpointSlice yet: the controller has not written one".to_owned()))
}

/// That a Service's selector matches no pod and nothing else fills its slices, and which pods come nearest.
fn selects_nothing(store: &Store, service: &Service) -> Option<String> {
    let key = &service.meta.key;
    if !store.selects_nothing(key) || store.slices_of(key).any(|slice| !slice.endpoints.is_empty()) {
        return None;
    }
    let pairs: Vec<String> = service.selector.0.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let words = format!("no pod has {}", pairs.join(","));
    if let Some(miss) = store.near_misses(key).first() {
        return Some(format!("{words}, {}", near_miss(miss, "")));
    }
    let elsewhere = store.matches_elsewhere(key).into_iter().next();
    let elsewhere = elsewhere.map(|found| format!(", {} in namespace {}", many(found.pods, "pod"), found.namespace));
    Some(words + &elsewhere.unwrap_or_default())
}

/// What a Service's table alone does not tell: why it is empty, or never changes.
pub fn beside_rows(store: &Store, service: &Service) -> Option<String> {
    let name = service.external_name.as_ref().filter(|_| service.kind == ServiceKind::ExternalName);
    let alias = name.map(|name| format!("alias of {name}: it has no endpoints"));
    what_is_broken(store, service).or(alias)
}

/// What to say where no line is shown. "None" is said only of what is completely known.
pub(super) fn empty(state: &State) -> Vec<Line> {
    let health = state.store.health(Kind::Service);
    let held = state.store.count(Kind::Service);
    if held > 0 && state.outline.filter().is_some() {
        return nothing_found(state);
    }
    if held > 0 && state.outline.faults_only() {
        return no_faults(state, held);
    }
    let words = super::health(Kind::Service, health, state.now);
    if let (Some(lines), true) = (too_early(state, health), state.away.is_some() || state.playback.is_some()) {
        return lines;
    }
    match health {
        Health::Waiting => vec![vec![dim("connecting…")]],
        Health::Loading { seen } => vec![vec![dim(format!("loading Services, {} so far…", count(*seen as usize)))]],
        Health::Live | Health::Polling { .. } => none(state),
        Health::Stale { .. } => {
            let mut lines = none(state);
            lines.push(vec![text(words, Tone::Bad)]);
            lines
        }
        Health::Failing { .. } => vec![vec![text(words, Tone::Bad)], vec![dim("r tries again now")]],
        Health::NotServed | Health::NotGiven => vec![vec![text(words, Tone::Bad)]],
        Health::Forbidden { .. } => {
            let advice = match &state.session.scope {
                Scope::All => {
                    "-n NAMESPACE (or :ns NAMESPACE) watches the one you may see; podpath rbac prints the rights it needs"
                }
                Scope::Namespaces(_) => "podpath rbac prints the rights it needs",
            };
            vec![vec![text(words, Tone::Bad)], vec![dim(advice)]]
        }
    }
}

/// What is said of a recorded moment at which no list had come yet.
fn too_early(state: &State, health: &Health) -> Option<Vec<Line>> {
    let back = state.away.is_some();
    let words = match health {
        Health::Waiting if back => "nothing was known yet at this moment: the first lists came later".to_owned(),
        Health::Waiting => "nothing is known yet at this moment: the first lists come later".to_owned(),
        Health::Loading { seen } => {
            let verb = if back { "were" } else { "are" };
            format!("at this moment Services {verb} still being listed, {} so far", count(*seen as usize))
        }
        Health::Live
        | Health::Polling { .. }
        | Health::Stale { .. }
        | Health::Failing { .. }
        | Health::Forbidden { .. }
        | Health::NotServed
        | Health::NotGiven => return None,
    };
    let on = if back { "> goes on in time" } else { "they come as the tape goes on" };
    Some(vec![vec![plain(words)], vec![dim(on)]])
}

fn none(state: &State) -> Vec<Line> {
    let selector = state.session.selector.as_ref().map(|selector| format!(" with {selector}")).unwrap_or_default();
    match &state.session.scope {
        Scope::All => vec![vec![plain(format!("no Services{selector}"))]],
        scope @ Scope::Namespaces(names) => {
            let certain = state.store.complete(Kind::Namespace) && state.store.count(Kind::Namespace) > 0;
            let missing = names.iter().filter(|name| certain && state.store.namespace(name).is_none());
            let missing: Vec<&str> = missing.map(|name| name.as_str()).collect();
            let missing = match missing.len() {
                0 => String::new(),
                _ if names.len() == 1 => ", which does not exist".to_owned(),
                1 => format!("; {} does not exist", missing[0]),
                _ => format!("; {} do not exist", missing.join(", ")),
            };
            let words = format!("no Services{selector} in {scope}{missing}");
            vec![vec![plain(words)], vec![dim("0 shows all namespaces, N chooses one")]]
        }
    }
}

/// Kinds that must be completely known before a filter or a search for faults can come back with "nothing".
fn unknown(state: &State) -> Vec<Line> {
    let kinds = [Kind::Service, Kind::Slice, Kind::Pod].into_iter().filter(|kind| !state.store.complete(*kind));
    kinds.map(|kind| vec![text(super::health(kind, state.store.health(kind), state.now), Tone::Warn)]).collect()
}

fn nothing_found(state: &State) -> Vec<Line> {
    let unknown = unknown(state);
    let (so_far, colon) = if unknown.is_empty() { ("", "") } else { (" so far", ":") };
    let faults = if state.outline.faults_only() { " that needs attention" } else { "" };
    let mut lines =
        vec![vec![plain(format!("nothing{faults} matches {:?}{so_far}{colon}", state.outline.filter().text()))]];
    if let Some(text) = state.outline.filter().unread() {
        let words =
            format!("{text:?} asks for no label: -l takes key, !key, key=value and key!=value, joined by commas");
        lines.push(vec![super::pieces::text(words, Tone::Warn)]);
    }
    lines.extend(unknown);
    lines.push(vec![dim("esc clears the filter")]);
    lines
}

fn no_faults(state: &State, held: usize) -> Vec<Line> {
    let unknown = unknown(state);
    let services = many(held, "Service");
    if unknown.is_empty() {
        let words = format!("nothing needs attention in {services}");
        return vec![vec![text(words, Tone::Good)], vec![dim("! shows all")]];
    }
    let mut lines = vec![vec![plain(format!("nothing needs attention so far in {services}:"))]];
    lines.extend(unknown);
    lines.push(vec![dim("! shows all")]);
    lines
}
