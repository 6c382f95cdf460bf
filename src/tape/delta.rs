//! Deltas on tape.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::object::OnTape;
use super::part::{shared, some};
use crate::delta::{self, Cause, Fault, Health, Phase, Purpose, Skipped, Step, Verb};
use crate::model::{self, ConfigName, Interner, Key, Kind, Text, Time, Uid};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wire {
    Service(StepWire<<model::Service as OnTape>::Wire>),
    Slice(StepWire<<model::Slice as OnTape>::Wire>),
    Pod(StepWire<<model::Pod as OnTape>::Wire>),
    Node(StepWire<<model::Node as OnTape>::Wire>),
    Namespace(StepWire<<model::Namespace as OnTape>::Wire>),
    NetworkPolicy(StepWire<<model::NetworkPolicy as OnTape>::Wire>),
    ServiceCidr(StepWire<<model::ServiceCidr as OnTape>::Wire>),
    Config {
        name: String,
        step: StepWire<<model::ConfigMap as OnTape>::Wire>,
    },
    Watching {
        namespace: String,
        support: bool,
    },
    Health {
        kind: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
        health: HealthWire,
    },
    Skipped {
        kind: String,
        key: Option<(String, String)>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
        why: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StepWire<T> {
    Applied(T),
    Deleted { namespace: String, name: String, uid: String },
    Listed(Vec<T>),
    ListedIn { namespace: String, objects: Vec<T> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum HealthWire {
    Waiting,
    Loading { seen: u32 },
    Live,
    Polling { millis: u64 },
    Stale { since: i64, fault: FaultWire, retry_at: i64 },
    Failing { fault: FaultWire, retry_at: i64 },
    Forbidden { verb: String, namespace: Option<String> },
    NotServed,
    NotGiven,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FaultWire {
    phase: String,
    cause: CauseWire,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CauseWire {
    Unreachable(String),
    Closed,
    Stalled { millis: u64 },
    Expired,
    Unauthorized(String),
    Throttled,
    Status(u16, String),
    Malformed(String),
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn fault_out(fault: &Fault) -> FaultWire {
    let phase = match fault.phase {
        Phase::Connect => "connect",
        Phase::List => "list",
        Phase::Watch => "watch",
    };
    let cause = match &fault.cause {
        Cause::Unreachable(words) => CauseWire::Unreachable(words.to_string()),
        Cause::Closed => CauseWire::Closed,
        Cause::Stalled(time) => CauseWire::Stalled { millis: millis(*time) },
        Cause::Expired => CauseWire::Expired,
        Cause::Unauthorized(words) => CauseWire::Unauthorized(words.to_string()),
        Cause::Throttled => CauseWire::Throttled,
        Cause::Status(code, words) => CauseWire::Status(*code, words.to_string()),
        Cause::Malformed(words) => CauseWire::Malformed(words.to_string()),
    };
    FaultWire { phase: phase.to_owned(), cause }
}

fn fault_in(wire: FaultWire) -> Fault {
    let phase = match wire.phase.as_str() {
        "connect" => Phase::Connect,
        "list" => Phase::List,
        _ => Phase::Watch,
    };
    let cause = match wire.cause {
        CauseWire::Unreachable(words) => Cause::Unreachable(words.into()),
        CauseWire::Closed => Cause::Closed,
        CauseWire::Stalled { millis } => Cause::Stalled(Duration::from_millis(millis)),
        CauseWire::Expired => Cause::Expired,
        CauseWire::Unauthorized(words) => Cause::Unauthorized(words.into()),
        CauseWire::Throttled => Cause::Throttled,
        CauseWire::Status(code, words) => Cause::Status(code, words.into()),
        CauseWire::Malformed(words) => Cause::Malformed(words.into()),
    };
    Fault { phase, cause }
}

fn health_out(health: &Health) -> HealthWire {
    match health {
        Health::Waiting => HealthWire::Waiting,
        Health::Loading { seen } => HealthWire::Loading { seen: *seen },
        Health::Live => HealthWire::Live,
        Health::Polling { every } => HealthWire::Polling { millis: millis(*every) },
        Health::Stale { since, fault, retry_at } => {
            HealthWire::Stale { since: since.0, fault: fault_out(fault), retry_at: retry_at.0 }
        }
        Health::Failing { fault, retry_at } => HealthWire::Failing { fault: fault_out(fault), retry_at: retry_at.0 },
        Health::Forbidden { verb, namespace } => HealthWire::Forbidden {
            verb: verb.word().to_owned(),
            namespace: namespace.as_ref().map(ToString::to_string),
        },
        Health::NotServed => HealthWire::NotServed,
        Health::NotGiven => HealthWire::NotGiven,
    }
}

fn health_in(wire: HealthWire) -> Health {
    match wire {
        HealthWire::Waiting => Health::Waiting,
        HealthWire::Loading { seen } => Health::Loading { seen },
        HealthWire::Live => Health::Live,
        HealthWire::Polling { millis } => Health::Polling { every: Duration::from_millis(millis) },
        HealthWire::Stale { since, fault, retry_at } => {
            Health::Stale { since: Time(since), fault: fault_in(fault), retry_at: Time(retry_at) }
        }
        HealthWire::Failing { fault, retry_at } => Health::Failing { fault: fault_in(fault), retry_at: Time(retry_at) },
        HealthWire::Forbidden { verb, namespace } => Health::Forbidden {
            verb: [Verb::Watch, Verb::Get].into_iter().find(|known| known.word() == verb).unwrap_or(Verb::List),
            namespace: namespace.map(Into::into),
        },
        HealthWire::NotServed => Health::NotServed,
        HealthWire::NotGiven => Health::NotGiven,
    }
}

fn step_out<T: OnTape>(step: &Step<T>) -> StepWire<T::Wire> {
    match step {
        Step::Applied(object) => StepWire::Applied(object.write()),
        Step::Deleted(key, uid) => {
            StepWire::Deleted { namespace: key.namespace.to_string(), name: key.name.to_string(), uid: uid.to_string() }
        }
        Step::Listed(objects) => StepWire::Listed(objects.iter().map(OnTape::write).collect()),
        Step::ListedIn(namespace, objects) => StepWire::ListedIn {
            namespace: namespace.to_string(),
            objects: objects.iter().map(OnTape::write).collect(),
        },
    }
}

fn step_in<T: OnTape>(wire: StepWire<T::Wire>, interner: &mut Interner) -> Step<T> {
    match wire {
        StepWire::Applied(object) => Step::Applied(T::read(object, interner)),
        StepWire::Deleted { namespace, name, uid } => {
            Step::Deleted(Key { namespace: interner.text(&namespace), name: name.into() }, Uid::from(uid.as_str()))
        }
        StepWire::Listed(objects) => {
            Step::Listed(objects.into_iter().map(|object| T::read(object, interner)).collect())
        }
        StepWire::ListedIn { namespace, objects } => {
            let objects = objects.into_iter().map(|object| T::read(object, interner)).collect();
            Step::ListedIn(interner.text(&namespace), objects)
        }
    }
}

/// The delta on tape; `None` for a reading of the clock, which has a place of its own in the line.
pub(super) fn out(delta: &delta::Delta) -> Option<Wire> {
    Some(match delta {
        delta::Delta::Clock(_) => return None,
        delta::Delta::Service(step) => Wire::Service(step_out(step)),
        delta::Delta::Slice(step) => Wire::Slice(step_out(step)),
        delta::Delta::Pod(step) => Wire::Pod(step_out(step)),
        delta::Delta::Node(step) => Wire::Node(step_out(step)),
        delta::Delta::Namespace(step) => Wire::Namespace(step_out(step)),
        delta::Delta::NetworkPolicy(step) => Wire::NetworkPolicy(step_out(step)),
        delta::Delta::ServiceCidr(step) => Wire::ServiceCidr(step_out(step)),
        delta::Delta::Config(name, step) => Wire::Config { name: name.as_str().to_owned(), step: step_out(step) },
        delta::Delta::Watching(namespace, purpose) => {
            Wire::Watching { namespace: namespace.to_string(), support: *purpose == Purpose::Support }
        }
        delta::Delta::Health(kind, health) => {
            Wire::Health { kind: kind.name().to_owned(), within: None, health: health_out(health) }
        }
        delta::Delta::HealthIn(kind, namespace, health) => {
            let within = Some(namespace.to_string());
            Wire::Health { kind: kind.name().to_owned(), within, health: health_out(health) }
        }
        delta::Delta::Skipped(kind, skipped) => Wire::Skipped {
            kind: kind.name().to_owned(),
            key: skipped.key.as_ref().map(|key| (key.namespace.to_string(), key.name.to_string())),
            within: some(skipped.within.as_ref()),
            why: skipped.why.to_string(),
        },
    })
}

/// The delta; `None` where it speaks of a kind that this program does not know.
pub(super) fn read(wire: Wire, interner: &mut Interner) -> Option<delta::Delta> {
    let kind_of = |name: &str| Kind::ALL.into_iter().find(|kind| kind.name() == name);
    Some(match wire {
        Wire::Service(step) => delta::Delta::Service(step_in(step, interner)),
        Wire::Slice(step) => delta::Delta::Slice(step_in(step, interner)),
        Wire::Pod(step) => delta::Delta::Pod(step_in(step, interner)),
        Wire::Node(step) => delta::Delta::Node(step_in(step, interner)),
        Wire::Namespace(step) => delta::Delta::Namespace(step_in(step, interner)),
        Wire::NetworkPolicy(step) => delta::Delta::NetworkPolicy(step_in(step, interner)),
        Wire::ServiceCidr(step) => delta::Delta::ServiceCidr(step_in(step, interner)),
        Wire::Config { name, step } => delta::Delta::Config(ConfigName::parse(&name)?, step_in(step, interner)),
        Wire::Watching { namespace, support } => {
            delta::Delta::Watching(interner.text(&namespace), if support { Purpose::Support } else { Purpose::Shown })
        }
        Wire::Health { kind, within, health } => {
            delta::Delta::health(kind_of(&kind)?, shared(within, interner).as_ref(), health_in(health))
        }
        Wire::Skipped { kind, key, within, why } => {
            let key = key.map(|(namespace, name)| Key::new(namespace, name));
            delta::Delta::Skipped(kind_of(&kind)?, Skipped { key, within: shared(within, interner), why: why.into() })
        }
    })
}

/// A delta of version 1, when one namespace was watched and nothing said so but the header.
pub(super) fn within(namespace: &Text, delta: delta::Delta) -> delta::Delta {
    fn listed<T>(namespace: &Text, step: Step<T>) -> Step<T> {
        match step {
            Step::Listed(objects) => Step::ListedIn(namespace.clone(), objects),
            step @ (Step::Applied(_) | Step::Deleted(..) | Step::ListedIn(..)) => step,
        }
    }
    match delta {
        delta::Delta::Service(step) => delta::Delta::Service(listed(namespace, step)),
        delta::Delta::Slice(step) => delta::Delta::Slice(listed(namespace, step)),
        delta::Delta::Pod(step) => delta::Delta::Pod(listed(namespace, step)),
        delta::Delta::Health(kind, health) => {
            delta::Delta::health(kind, Some(namespace).filter(|_| kind.namespaced()), health)
        }
        delta::Delta::Skipped(kind, mut skipped) => {
            skipped.within = Some(namespace.clone()).filter(|_| kind.namespaced());
            delta::Delta::Skipped(kind, skipped)
        }
        other @ (delta::Delta::Node(_)
        | delta::Delta::Namespace(_)
        | delta::Delta::NetworkPolicy(_)
        | delta::Delta::ServiceCidr(_)
        | delta::Delta::Config(..)
        | delta::Delta::Watching(..)
        | delta::Delta::HealthIn(..)
        | delta::Delta::Clock(_)) => other,
    }
}
