//! The words for closed sets of things: kinds, reasons, policies. One sentence for each reason.

use super::pieces::many;
use crate::model::{AddressType, ContainerKind, ManagedBy, Phase, Pod, TrafficPolicy};
use crate::outline::Body;
use crate::store::Word;

/// What a reason means, in one sentence.
pub fn explain(word: &Word) -> String {
    match word {
        Word::NotReady => "In the EndpointSlice, but not ready: it gets no traffic until its pod is Ready.".to_owned(),
        Word::NoPort(name) => {
            format!("The Service's target port {name:?} is not declared by this pod, so no traffic goes to it there.")
        }
        Word::Terminating => {
            "Shutting down: new connections go elsewhere, unless no ready endpoint is left.".to_owned()
        }
        Word::NoIp => "The selector matches this pod, but it has no IP yet.".to_owned(),
        Word::Finished => "The selector matches this pod, but its containers have ended for good.".to_owned(),
        Word::OtherFamily => {
            "The selector matches this pod, but it has no address of the Service's IP family.".to_owned()
        }
        Word::NodeGone => "Bound to a Node object that does not exist: left out until the pod is collected.".to_owned(),
        Word::Lag => {
            "The pod and its EndpointSlice disagree: the EndpointSlice controller has not caught up.".to_owned()
        }
        Word::Stale => "The EndpointSlice still lists it, but its pod is gone, replaced or finished.".to_owned(),
        Word::Custom => "In an EndpointSlice that is not written from the Service's selector.".to_owned(),
        Word::Mirrored => "Copied into an EndpointSlice from a hand-made Endpoints object.".to_owned(),
        Word::OrphanIp => "An address in an EndpointSlice that no pod has.".to_owned(),
        Word::NotSelected => {
            "The EndpointSlice lists it, but the selector does not match its labels (any more).".to_owned()
        }
    }
}

/// What a kind of line is, for someone who has just read what a Service is.
pub fn kind_sentence(body: &Body) -> &'static str {
    match body {
        Body::Service(_) | Body::Gone(..) | Body::Ghost => {
            "A Service is one stable name and address in front of pods that come and go; its selector says which."
        }
        Body::Port(_) => "A Service port is where clients knock; the target port is where the pod listens.",
        Body::Slice(_) | Body::Unbound => {
            "An EndpointSlice lists where a Service's traffic may go. A controller keeps it in step with the pods."
        }
        Body::Row { .. } => "An endpoint is one pod's address in the Service's slices. Only a ready one gets traffic.",
        Body::Pod(_) => "A Pod runs containers that share one IP. It is mortal: its successor has another name and IP.",
        Body::Container(..) => "A container is one process image in a pod. A port it declares is a label, not a proof.",
    }
}

/// The type of address of a slice.
pub(super) fn address_type(kind: &AddressType) -> String {
    match kind {
        AddressType::Ipv4 => "IPv4".to_owned(),
        AddressType::Ipv6 => "IPv6".to_owned(),
        AddressType::Fqdn => "FQDN".to_owned(),
        AddressType::Other(other) => other.to_string(),
    }
}

/// Who writes a slice.
pub(super) fn managed_by(who: ManagedBy) -> &'static str {
    match who {
        ManagedBy::Controller => "endpointslice-controller",
        ManagedBy::Mirroring => "mirrored from Endpoints",
        ManagedBy::ApiServer => "kube-apiserver",
        ManagedBy::Custom => "custom",
    }
}

/// A container's part in its pod.
pub(super) fn container_kind(kind: ContainerKind) -> &'static str {
    match kind {
        ContainerKind::Main => "container",
        ContainerKind::Sidecar => "sidecar",
        ContainerKind::Init => "init",
    }
}

/// What a pod is doing.
pub(super) fn phase(pod: &Pod) -> String {
    if pod.meta.deleted.is_some() {
        return "Terminating".to_owned();
    }
    let reason = pod.rare.as_ref().and_then(|rare| rare.reason.as_ref());
    let phase = match pod.phase {
        Phase::Pending => "Pending",
        Phase::Running => "Running",
        Phase::Succeeded => "Succeeded",
        Phase::Failed => "Failed",
        Phase::Unknown => "phase unknown",
    };
    reason.map_or(phase.to_owned(), |reason| format!("{phase} ({reason})"))
}

/// A traffic policy.
pub(super) fn policy(policy: TrafficPolicy) -> &'static str {
    match policy {
        TrafficPolicy::Cluster => "Cluster",
        TrafficPolicy::Local => "Local (only endpoints on the node itself)",
    }
}

/// What a condition or a state says of itself: `: Reason (message)`, or nothing.
pub(super) fn because(reason: &str, message: &str) -> String {
    match (reason, message) {
        ("", "") => String::new(),
        (reason, "") => format!(": {reason}"),
        ("", message) => format!(": {message}"),
        (reason, message) => format!(": {reason} ({message})"),
    }
}

/// `4 restarts`
pub(super) fn restarts(count: u32) -> String {
    many(count as usize, "restart")
}
