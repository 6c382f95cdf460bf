//! How well a kind is heard, in words.

use super::pieces::{age, count};
use crate::delta::{Cause, Fault, Health, Phase, Purpose};
use crate::model::{ConfigName, Kind, Time};
use crate::store::Store;

/// What is unknown where a kind is not heard.
fn cost(kind: Kind) -> &'static str {
    match kind {
        Kind::Service => "nothing can be shown",
        Kind::Slice => "endpoints unknown",
        Kind::Pod => "pods and reasons unknown",
        Kind::Node => "zones unknown",
        Kind::Namespace => "namespaces unknown",
        Kind::NetworkPolicy => "policies unknown",
        Kind::ServiceCidr => "ranges of cluster IPs unknown",
        Kind::Config(ConfigName::Coredns | ConfigName::NodeLocalDns) => "DNS is taken as usual",
        Kind::Config(ConfigName::KubeProxy) => "kube-proxy is taken as usual",
        Kind::Config(ConfigName::KubeletConfig | ConfigName::KubeadmConfig) => "the cluster domain is taken as usual",
    }
}

/// What is unknown where none of some kinds is heard. Without Services nothing else matters.
fn costs(kinds: &[Kind]) -> String {
    if kinds.contains(&Kind::Service) {
        return format!(" ({})", cost(Kind::Service));
    }
    // That of namespaces is their name once more.
    let told = kinds.iter().filter(|kind| **kind != Kind::Namespace).map(|kind| cost(*kind));
    let mut costs: Vec<&str> = told.collect();
    costs.dedup();
    if costs.is_empty() { String::new() } else { format!(" ({})", costs.join(", ")) }
}

/// A fault in a few words.
pub fn fault(fault: &Fault) -> String {
    let phase = match fault.phase {
        Phase::Connect => "connecting",
        Phase::List => "listing",
        Phase::Watch => "watching",
    };
    match &fault.cause {
        Cause::Unreachable(words) => format!("connection lost: {words}"),
        Cause::Closed => format!("the server hung up while {phase}"),
        Cause::Stalled(time) => format!("no byte for {} s while {phase}", time.as_secs()),
        Cause::Expired => "too old a version, listing anew".to_owned(),
        Cause::Unauthorized(_) => "credentials not accepted (401)".to_owned(),
        Cause::Throttled => "asked to slow down (429)".to_owned(),
        Cause::Status(code, words) => format!("{code} {words}"),
        Cause::Malformed(words) => format!("unreadable answer: {words}"),
    }
}

fn retry(at: Time, now: Time) -> String {
    if at > now { format!("retry in {}", age(now, at)) } else { "trying".to_owned() }
}

/// How well a kind is heard, in one phrase.
pub fn health(kind: Kind, health: &Health, now: Time) -> String {
    of_group(&[kind], health, now)
}

/// How well some kinds are heard that are heard equally.
pub(super) fn of_group(kinds: &[Kind], health: &Health, now: Time) -> String {
    let kind = kinds.first().copied().unwrap_or(Kind::Service);
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let resource =
        if Kind::CORE.iter().all(|kind| kinds.contains(kind)) { "everything".to_owned() } else { names.join(", ") };
    match health {
        Health::Waiting => format!("waiting for {resource}"),
        Health::Loading { seen } => format!("loading {resource} {}…", count(*seen as usize)),
        Health::Live => "live".to_owned(),
        Health::Polling { every } => format!("listing {resource} every {}s: no watch right", every.as_secs()),
        Health::Stale { since, fault: why, retry_at } => {
            let (since, why, retry) = (age(*since, now), fault(why), retry(*retry_at, now));
            format!("{resource} stale {since}: {why}, {retry} (r retries now)")
        }
        Health::Failing { fault: why, retry_at } => {
            format!("no {resource} yet: {}, {} (r retries now)", fault(why), retry(*retry_at, now))
        }
        Health::Forbidden { verb, namespace } => {
            let place = namespace.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
            // Each by its name: that is what a right has to be asked for.
            format!("forbidden: {} {}{place}{}", verb.word(), names.join(", "), costs(kinds))
        }
        Health::NotServed => format!("{resource} not served ({})", cost(kind)),
        Health::NotGiven => format!("no {resource} given ({})", cost(kind)),
    }
}

/// What holds the namespaces that an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldBy {
    /// A recording.
    Recording,
    /// Files of objects.
    Files,
    /// A cluster, of which these were asked for.
    Cluster,
    /// A cluster, of which all were asked for and not allowed.
    Allowed,
}

/// Where only some namespaces are held: which, and how all would be. `None`: all are, or it is something else that is not
/// known.
pub fn bounds(store: &Store, by: HeldBy) -> Option<String> {
    let of = |wanted: Purpose| {
        let names = store.watched().filter(move |(_, purpose)| *purpose == wanted);
        names.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (shown, support) = (of(Purpose::Shown), of(Purpose::Support));
    if shown.is_empty() {
        return None;
    }
    let verb = |one: &'static str, many: &'static str| if shown.contains(',') { many } else { one };
    let beside = if support.is_empty() { String::new() } else { format!(", and {support} for the DNS,") };
    let (place, all) = match by {
        HeldBy::Recording => (format!("{} on this recording", verb("is", "are")), "; podpath record -A keeps all"),
        HeldBy::Files => (format!("{} in these files", verb("is", "are")), ""),
        HeldBy::Cluster => (format!("{} read", verb("was", "were")), "; -A reads all namespaces"),
        HeldBy::Allowed => (format!("{} read", verb("was", "were")), "; listing all namespaces is not allowed"),
    };
    Some(format!("only {shown}{beside} {place}{all}"))
}
