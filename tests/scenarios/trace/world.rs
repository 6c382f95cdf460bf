//! The world of a scenario: the common ground, what the scenario changes, and what a metamorphic test changes beside.

use std::sync::LazyLock;

use podpath::delta::{Cause, Delta, Fault, Health, Phase, Verb};
use podpath::model::{Interner, Kind};
use podpath::store::Store;
use serde_json::Value;

use super::{NOW, Scenario, folder};

/// What is done to a scenario's world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    /// The objects come the other way round.
    pub(crate) backwards: bool,
    /// These are there too.
    pub(crate) more: Vec<Value>,
    /// Of these kinds nothing is known.
    pub(crate) blind: Vec<Kind>,
}

fn place(object: &Value) -> String {
    let meta = &object["metadata"];
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (namespace, name) = (word(&meta["namespace"]), word(&meta["name"]));
    let name = if namespace.is_empty() { name } else { format!("{namespace}/{name}") };
    format!("{} {name}", word(&object["kind"]))
}

fn kind_of(object: &Value) -> Kind {
    let name = object["metadata"]["name"].as_str().unwrap();
    match object["kind"].as_str().unwrap() {
        "Service" => Kind::Service,
        "EndpointSlice" => Kind::Slice,
        "Pod" => Kind::Pod,
        "Node" => Kind::Node,
        "Namespace" => Kind::Namespace,
        "NetworkPolicy" => Kind::NetworkPolicy,
        "ServiceCIDR" => Kind::ServiceCidr,
        "ConfigMap" => Kind::Config(podpath::model::ConfigName::parse(name).unwrap()),
        other => panic!("no kind {other}"),
    }
}

/// The common ground.
fn ground() -> &'static [Value] {
    static GROUND: LazyLock<Vec<Value>> = LazyLock::new(|| {
        let text = std::fs::read_to_string(folder().join("world.yaml")).unwrap();
        let list: Value = serde_saphyr::from_str(&text).unwrap();
        list["items"].as_array().unwrap().clone()
    });
    &GROUND
}

pub(crate) fn build(scenario: &Scenario, change: &Change) -> Store {
    let changed: Vec<String> = scenario.objects.iter().map(place).collect();
    for place in &scenario.without {
        assert!(ground().iter().any(|object| self::place(object) == *place), "{}: no {place}", scenario.what);
    }
    let kept = ground().iter().filter(|object| {
        let place = place(object);
        !changed.contains(&place) && !scenario.without.contains(&place)
    });
    let mut objects: Vec<Value> = kept.cloned().chain(scenario.objects.clone()).chain(change.more.clone()).collect();
    let unknown = |kind: &Kind| {
        change.blind.contains(kind)
            || scenario.unknown.iter().any(|name| *name == kind.name() || *name == kind.resource())
    };
    objects.retain(|object| !unknown(&kind_of(object)));
    for object in &mut objects {
        let uid = place(object);
        let meta = object["metadata"].as_object_mut().unwrap();
        meta.entry("uid").or_insert_with(|| uid.into());
    }
    if change.backwards {
        objects.reverse();
    }
    let (mut store, interner) = (Store::new(), &mut Interner::default());
    store.apply(NOW, objects.iter().map(|object| crate::step(object, interner)).collect::<Vec<_>>());
    let health = Kind::ALL.into_iter().map(|kind| {
        let forbidden = Health::Forbidden { verb: Verb::List, namespace: None };
        let stale = scenario.stale.iter().any(|name| name == kind.name());
        let fault = Fault { phase: Phase::Watch, cause: Cause::Closed };
        let stale = stale.then_some(Health::Stale { since: NOW.plus(-12_000), fault, retry_at: NOW });
        Delta::Health(kind, if unknown(&kind) { forbidden } else { stale.unwrap_or(Health::Live) })
    });
    store.apply(NOW, health.collect::<Vec<_>>());
    store.settle();
    store
}
