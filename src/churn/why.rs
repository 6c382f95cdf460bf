//! Why something changed: a closed set of causes with their evidence. The words for people live in `view`.

use std::net::IpAddr;

use crate::model::{Key, ManagedBy, Selector, Text, Uid};

/// What caused a change, as far as the objects tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The pods of a workload are being replaced by pods of another template (`pod-template-hash` or
    /// `controller-revision-hash` differ).
    Rollout(Box<Rollout>),
    /// A workload runs another number of pods.
    Scale(Box<Scale>),
    /// A pod was deleted and its owner replaced it; or it has no owner.
    PodDeleted(Key),
    /// A pod without owner was created.
    PodCreated(Key),
    /// A pod's containers have ended for good; `status.reason`, such as `Evicted`.
    PodEnded(Text),
    /// A pod lost its readiness.
    ReadinessLost(Box<Readiness>),
    /// A pod became Ready again.
    ReadinessGained,
    /// The pod's node is gone, not ready, or closed to new pods while its pods are replaced elsewhere.
    Node(Text, NodeTrouble),
    /// The Service's selector was edited; old and new.
    SelectorEdited(Box<(Selector, Selector)>),
    /// A label that the selector names was edited on the pod.
    Relabelled(Box<Relabelled>),
    /// The ports of the Service were edited; the name of the first that differs.
    PortEdited(Text),
    /// Another field of the object itself was edited.
    Edited,
    /// The Service came to be.
    ServiceCreated,
    /// The Service was deleted.
    ServiceDeleted,
    /// Someone other than the EndpointSlice controller wrote this slice.
    SliceEdited(Text, ManagedBy),
    /// `hints` of the endpoint were changed by the controller.
    HintChanged,
    /// The address belonged to another pod shortly before.
    IpReused(Box<IpReused>),
    /// Another object has taken the name; the identity of the one before.
    Replaced(Uid),
    /// Nothing that was seen explains it.
    Unknown,
}

/// Evidence of a rollout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// The owner's name without the hash.
    pub workload: Text,
    /// The hash before.
    pub from: Text,
    /// The hash after.
    pub to: Text,
}

/// Evidence of a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The owner's name without the hash.
    pub workload: Text,
    /// More than before, or fewer.
    pub up: bool,
}

/// Evidence of lost readiness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The condition that says so: `Ready`, or a readiness gate.
    pub condition: Text,
    /// The first container that is not ready.
    pub container: Option<Text>,
    /// How often it has been restarted.
    pub restarts: u32,
    /// Its reason (`CrashLoopBackOff`, `OOMKilled`), else the condition's.
    pub reason: Text,
}

/// What is the matter with a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeTrouble {
    /// The Node object does not exist any more.
    Gone,
    /// Its Ready condition is not true; the reason.
    NotReady(Text),
    /// It is closed to new pods: a drain.
    Cordoned,
}

/// Evidence of a label edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relabelled {
    /// The label.
    pub label: Text,
    /// Its value before.
    pub old: Option<Text>,
    /// Its value now.
    pub new: Option<Text>,
}

/// Evidence of a reused address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpReused {
    /// The address.
    pub ip: IpAddr,
    /// Who had it before.
    pub before: Key,
    /// Milliseconds since that one let go of it.
    pub after: u64,
}

impl NodeTrouble {
    /// The word for JSON.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::NotReady(_) => "not-ready",
            Self::Cordoned => "cordoned",
        }
    }
}

impl Why {
    /// Every word that [`Why::id`] gives, for filters, help, schema and tests.
    pub const IDS: [&'static str; 19] = [
        "rollout",
        "scale",
        "pod-deleted",
        "pod-created",
        "pod-ended",
        "readiness-lost",
        "readiness-gained",
        "node",
        "selector-edited",
        "relabelled",
        "port-edited",
        "edited",
        "service-created",
        "service-deleted",
        "slice-edited",
        "hint-changed",
        "ip-reused",
        "replaced",
        "unknown",
    ];

    /// The word for JSON, without the evidence.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Rollout(_) => "rollout",
            Self::Scale(_) => "scale",
            Self::PodDeleted(_) => "pod-deleted",
            Self::PodCreated(_) => "pod-created",
            Self::PodEnded(_) => "pod-ended",
            Self::ReadinessLost(_) => "readiness-lost",
            Self::ReadinessGained => "readiness-gained",
            Self::Node(..) => "node",
            Self::SelectorEdited(_) => "selector-edited",
            Self::Relabelled(_) => "relabelled",
            Self::PortEdited(_) => "port-edited",
            Self::Edited => "edited",
            Self::ServiceCreated => "service-created",
            Self::ServiceDeleted => "service-deleted",
            Self::SliceEdited(..) => "slice-edited",
            Self::HintChanged => "hint-changed",
            Self::IpReused(_) => "ip-reused",
            Self::Replaced(_) => "replaced",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the pod itself did it, as far as is known: only then does a row follow its pod.
    pub(super) fn of_pod(&self) -> bool {
        match self {
            Self::Rollout(_)
            | Self::Scale(_)
            | Self::PodDeleted(_)
            | Self::PodCreated(_)
            | Self::PodEnded(_)
            | Self::ReadinessLost(_)
            | Self::ReadinessGained
            | Self::Node(..)
            | Self::Unknown => true,
            Self::SelectorEdited(_)
            | Self::Relabelled(_)
            | Self::PortEdited(_)
            | Self::Edited
            | Self::ServiceCreated
            | Self::ServiceDeleted
            | Self::SliceEdited(..)
            | Self::HintChanged
            | Self::IpReused(_)
            | Self::Replaced(_) => false,
        }
    }

    /// The names in its evidence: what it can be looked for by.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Rollout(rollout) => [&rollout.workload, &rollout.from, &rollout.to].map(ToString::to_string).to_vec(),
            Self::Scale(scale) => vec![scale.workload.to_string()],
            Self::PodDeleted(pod) | Self::PodCreated(pod) => vec![pod.to_string()],
            Self::PodEnded(name) | Self::PortEdited(name) | Self::SliceEdited(name, _) => vec![name.to_string()],
            Self::ReadinessLost(lost) => {
                let container = lost.container.as_ref().map(ToString::to_string);
                [Some(lost.condition.to_string()), container, Some(lost.reason.to_string())]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Self::Node(node, NodeTrouble::NotReady(reason)) => vec![node.to_string(), reason.to_string()],
            Self::Node(node, NodeTrouble::Gone | NodeTrouble::Cordoned) => vec![node.to_string()],
            Self::Relabelled(edit) => vec![edit.label.to_string()],
            Self::IpReused(reuse) => vec![reuse.ip.to_string(), reuse.before.to_string()],
            Self::ReadinessGained
            | Self::SelectorEdited(_)
            | Self::Edited
            | Self::ServiceCreated
            | Self::ServiceDeleted
            | Self::HintChanged
            | Self::Replaced(_)
            | Self::Unknown => Vec::new(),
        }
    }

    /// One of each, in the order of [`Why::IDS`], for explanations and tests.
    pub fn all() -> [Self; 19] {
        let text = |word: &str| Text::from(word);
        let pod = || Key::new("shop", "web-1");
        let readiness = Readiness {
            condition: text("Ready"),
            container: Some(text("app")),
            restarts: 3,
            reason: text("CrashLoopBackOff"),
        };
        [
            Self::Rollout(Box::new(Rollout { workload: text("web"), from: text("6c9f7d"), to: text("7b8e5c") })),
            Self::Scale(Box::new(Scale { workload: text("web"), up: true })),
            Self::PodDeleted(pod()),
            Self::PodCreated(pod()),
            Self::PodEnded(text("Evicted")),
            Self::ReadinessLost(Box::new(readiness)),
            Self::ReadinessGained,
            Self::Node(text("node-1"), NodeTrouble::NotReady(text("KubeletNotReady"))),
            Self::SelectorEdited(Box::default()),
            Self::Relabelled(Box::new(Relabelled { label: text("app"), old: Some(text("web")), new: None })),
            Self::PortEdited(text("http")),
            Self::Edited,
            Self::ServiceCreated,
            Self::ServiceDeleted,
            Self::SliceEdited(text("web-custom"), ManagedBy::Custom),
            Self::HintChanged,
            Self::IpReused(Box::new(IpReused { ip: IpAddr::from([10, 0, 0, 7]), before: pod(), after: 4_000 })),
            Self::Replaced(Uid::default()),
            Self::Unknown,
        ]
    }
}
