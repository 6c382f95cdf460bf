//! Behaviour across layers, as data: API objects as a server sends them, what happens to them, and the union tables that
//! must come of it. Rows that are missing and rows that are too many both fail.
//!
//! A case is a JSON file in `cases`: `objects` (API objects), `then` (`apply` an object, `delete` one, `list` a kind anew),
//! `rows` (for each Service its rows as `ADDRESSES PORTS STATE POD`), `summary` (`usable/total`). Traces: see `trace`.

#![expect(clippy::unwrap_used, reason = "a case that cannot be read fails its test")]

mod trace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use podpath::delta::{Delta, Health, Step};
use podpath::model::{ConfigName, Interner, Key, Kind, Text, Time, Uid};
use podpath::report;
use podpath::store::Store;
use podpath::watch::decode;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is shown, in a sentence.
    what: String,
    objects: Vec<Value>,
    #[serde(default)]
    then: Vec<Act>,
    /// Kinds that the user may not list.
    #[serde(default)]
    forbidden: Vec<String>,
    rows: BTreeMap<String, Vec<String>>,
    summary: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Act {
    Apply(Value),
    Delete { kind: String, namespace: String, name: String, uid: String },
}

fn step(object: &Value, interner: &mut Interner) -> Delta {
    let text = object.to_string();
    let json = text.as_bytes();
    match object["kind"].as_str().unwrap() {
        "Service" => Delta::Service(Step::Applied(decode::service(json, interner).unwrap())),
        "EndpointSlice" => Delta::Slice(Step::Applied(decode::slice(json, interner).unwrap())),
        "Pod" => Delta::Pod(Step::Applied(decode::pod(json, interner).unwrap())),
        "Node" => Delta::Node(Step::Applied(decode::node(json, interner).unwrap())),
        "Namespace" => Delta::Namespace(Step::Applied(decode::namespace(json, interner).unwrap())),
        "NetworkPolicy" => Delta::NetworkPolicy(Step::Applied(decode::network_policy(json, interner).unwrap())),
        "ServiceCIDR" => Delta::ServiceCidr(Step::Applied(decode::service_cidr(json, interner).unwrap())),
        "ConfigMap" => {
            let config = decode::config_map(json, interner).unwrap();
            Delta::Config(ConfigName::parse(&config.meta.key.name).unwrap(), Step::Applied(config))
        }
        other => panic!("no kind {other}"),
    }
}

fn deletion(kind: &str, key: Key, uid: &str) -> Delta {
    let uid = Uid::from(uid);
    match kind {
        "Service" => Delta::Service(Step::Deleted(key, uid)),
        "EndpointSlice" => Delta::Slice(Step::Deleted(key, uid)),
        "Pod" => Delta::Pod(Step::Deleted(key, uid)),
        "Node" => Delta::Node(Step::Deleted(Key { namespace: Text::default(), name: key.name }, uid)),
        other => panic!("no kind {other}"),
    }
}

fn play(case: &Case, backwards: bool) -> Store {
    let (mut store, interner) = (Store::new(), &mut Interner::default());
    let mut deltas: Vec<Delta> = case.objects.iter().map(|object| step(object, interner)).collect();
    if backwards {
        deltas.reverse();
    }
    store.apply(Time(0), deltas);
    let health = Kind::CORE.into_iter().map(|kind| {
        let forbidden = case.forbidden.iter().any(|name| name == kind.resource());
        let health = Health::Forbidden { verb: podpath::delta::Verb::List, namespace: None };
        Delta::Health(kind, if forbidden { health } else { Health::Live })
    });
    store.apply(Time(1), health.collect::<Vec<_>>());
    for (at, act) in case.then.iter().enumerate() {
        let delta = match act {
            Act::Apply(object) => step(object, interner),
            Act::Delete { kind, namespace, name, uid } => {
                deletion(kind, Key::new(namespace.as_str(), name.as_str()), uid)
            }
        };
        store.apply(Time(2 + i64::try_from(at).unwrap()), [delta]);
    }
    store
}

/// The rows as `podpath endpoints` prints them: address, ports, state, pod.
fn rows(store: &Store, key: &Key) -> Vec<String> {
    let table = report::endpoints(store, key, false);
    let head = table.lines().next().unwrap();
    let node = head.find("NODE").unwrap();
    let lines = table.lines().skip(1).map(|line| {
        let cut = line.char_indices().nth(node).map_or(line.len(), |(at, _)| at);
        line[..cut].split_whitespace().collect::<Vec<_>>().join(" ")
    });
    lines.collect()
}

fn check(path: &Path) {
    let text = std::fs::read_to_string(path).unwrap();
    let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for backwards in [false, true] {
        let store = play(&case, backwards);
        for (name, expected) in &case.rows {
            let (namespace, service) = name.split_once('/').unwrap();
            let key = Key::new(namespace, service);
            assert_eq!(&rows(&store, &key), expected, "{}: {} ({name})", path.display(), case.what);
            let summary = store.summary(&key);
            let got = format!("{}/{}", summary.usable, summary.total);
            assert_eq!(Some(&got), case.summary.get(name), "{}: {} ({name})", path.display(), case.what);
        }
    }
}

#[test]
fn every_case_gives_its_rows_in_any_order_of_objects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/cases");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 12, "{} cases", cases.len());
    for case in cases {
        check(&case);
    }
}
