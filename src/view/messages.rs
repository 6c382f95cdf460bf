//! What is said in place of rows: why there is nothing, as far as that is known.

use super::pieces::{dim, many, plain, text};
use super::{Line, Tone};
use crate::app::{Scope, State};
use crate::delta::Health;
use crate::model::{Kind, Service, ServiceKind};
use crate::store::NearMiss;

/// `3 pods have app=payment`
pub(super) fn near_miss(miss: &NearMiss) -> String {
    let have = if miss.pods == 1 { "has" } else { "have" };
    match &miss.found {
        Some(found) => format!("{} {have} {}={found}", many(miss.pods, "pod"), miss.key),
        None if miss.pods == 1 => format!("1 pod lacks {}", miss.key),
        None => format!("{} lack {}", many(miss.pods, "pod"), miss.key),
    }
}

/// Why a Service has nothing to show as its ports' targets, if it is broken in a way that one line can tell.
pub(super) fn of_service(state: &State, service: &Service) -> Option<Line> {
    let key = &service.meta.key;
    if service.kind == ServiceKind::ExternalName {
        return Some(vec![dim("external name")]);
    }
    if state.store.selects_nothing(key) && state.store.slices_of(key).all(|slice| slice.endpoints.is_empty()) {
        let pairs: Vec<String> = service.selector.0.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mut words = format!("selects nothing: {}", pairs.join(","));
        if let Some(miss) = state.store.near_misses(key).first() {
            words = format!("{words}; {}", near_miss(miss));
        } else if let Some(elsewhere) = state.store.matches_elsewhere(key).first() {
            words = format!("{words}; {} in namespace {}", many(elsewhere.pods, "pod"), elsewhere.namespace);
        }
        return Some(vec![text(words, Tone::Warn)]);
    }
    let known = state.store.complete(Kind::Slice);
    if !service.selector.is_some() && known && state.store.slices_of(key).next().is_none() {
        return Some(vec![text("no selector, and no EndpointSlice names it", Tone::Warn)]);
    }
    None
}

/// What to say where no line is shown.
pub(super) fn empty(state: &State) -> Vec<Line> {
    let health = state.store.health(Kind::Service);
    if state.outline.filter.is_some() && state.store.count(Kind::Service) > 0 {
        let words = format!("nothing matches {:?}", state.outline.filter.text());
        return vec![vec![plain(words)], vec![dim("esc clears the filter")]];
    }
    if state.outline.faults_only && health.complete() && state.store.count(Kind::Service) > 0 {
        let count = many(state.store.count(Kind::Service), "Service");
        return vec![vec![text(format!("nothing needs attention in {count}"), Tone::Good)], vec![dim("! shows all")]];
    }
    match health {
        Health::Waiting => vec![vec![dim("connecting…")]],
        Health::Loading { seen } => {
            vec![vec![dim(format!("loading Services, {} so far…", super::pieces::count(*seen as usize)))]]
        }
        Health::Live | Health::Polling { .. } | Health::Stale { .. } => {
            let selector =
                state.session.selector.as_ref().map(|selector| format!(" with {selector}")).unwrap_or_default();
            match &state.session.scope {
                Scope::All => vec![vec![plain(format!("no Services{selector}"))]],
                Scope::Namespace(name) => {
                    vec![vec![plain(format!("no Services{selector} in {name}"))], vec![dim("0 shows all namespaces")]]
                }
            }
        }
        Health::Failing { .. } | Health::NotServed => {
            vec![vec![text(super::health(Kind::Service, health, state.now), Tone::Bad)], vec![dim("r tries again now")]]
        }
        Health::Forbidden { .. } => {
            let words = super::health(Kind::Service, health, state.now);
            let advice = match &state.session.scope {
                Scope::All => {
                    "-n NAMESPACE (or :ns NAMESPACE) watches the one you may see; podpath rbac prints the rights it needs"
                }
                Scope::Namespace(_) => "podpath rbac prints the rights it needs",
            };
            vec![vec![text(words, Tone::Bad)], vec![dim(advice)]]
        }
    }
}
