//! The one word that says why a row stands on one side only, or gets no traffic. Sentences live in `view`.

use crate::model::Text;

/// Why a row of the union table is not simply a usable endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    /// In the slice, not ready (R3.5).
    NotReady,
    /// The Service's named target port is not declared by this pod: no traffic on it (R3.8, R3.9).
    NoPort(Text),
    /// Shutting down; gets traffic only if no ready endpoint is left.
    Terminating,
    /// Selected, has no IP yet (§3.2 row 2).
    NoIp,
    /// Selected, but its containers have ended for good (§3.2 row 1).
    Finished,
    /// Selected, but has no address of a family of the Service (§3.2 row 4).
    OtherFamily,
    /// Selected, but bound to a Node that does not exist (§3.2 row 3).
    NodeGone,
    /// The objects say one thing, the slice another: the controller has not caught up (§3.6).
    Lag,
    /// In a slice, but the pod is gone, replaced, or should not be there any more.
    Stale,
    /// Written by someone other than the Service's selector.
    Custom,
    /// Copied from a hand-made core/v1 Endpoints (§3.4).
    Mirrored,
    /// An address in a slice of a Service with selector that belongs to no pod.
    OrphanIp,
    /// In a slice of the controller, but the selector does not match the pod (any more).
    NotSelected,
}

impl Word {
    /// One of each, for help, explanations and tests.
    pub fn all() -> [Self; 13] {
        [
            Self::NotReady,
            Self::NoPort(Text::from("http")),
            Self::Terminating,
            Self::NoIp,
            Self::Finished,
            Self::OtherFamily,
            Self::NodeGone,
            Self::Lag,
            Self::Stale,
            Self::Custom,
            Self::Mirrored,
            Self::OrphanIp,
            Self::NotSelected,
        ]
    }

    /// The word as it stands in tables and JSON, without its data.
    pub fn id(&self) -> &'static str {
        match self {
            Self::NotReady => "NOT-READY",
            Self::NoPort(_) => "NO-PORT",
            Self::Terminating => "TERMINATING",
            Self::NoIp => "NO-IP",
            Self::Finished => "FINISHED",
            Self::OtherFamily => "OTHER-FAMILY",
            Self::NodeGone => "NODE-GONE",
            Self::Lag => "LAG",
            Self::Stale => "STALE",
            Self::Custom => "CUSTOM",
            Self::Mirrored => "MIRRORED",
            Self::OrphanIp => "ORPHAN-IP",
            Self::NotSelected => "NOT-SELECTED",
        }
    }

    /// What the word is about: the port of NO-PORT.
    pub fn detail(&self) -> Option<&Text> {
        match self {
            Self::NoPort(name) => Some(name),
            Self::NotReady
            | Self::Terminating
            | Self::NoIp
            | Self::Finished
            | Self::OtherFamily
            | Self::NodeGone
            | Self::Lag
            | Self::Stale
            | Self::Custom
            | Self::Mirrored
            | Self::OrphanIp
            | Self::NotSelected => None,
        }
    }
}
