//! DNS answers: what the real `kubernetes` plugin said about random worlds.

use std::collections::BTreeMap;

use podpath::delta::{Delta, Health, Step};
use podpath::model::{Interner, Kind, Time};
use podpath::store::Store;
use podpath::trace::dns::config::Config;
use podpath::trace::dns::corefile::Surroundings;
use podpath::trace::dns::{Cluster, CoreDnsVersion, Name, Outcome, QueryType, Question, answer};
use podpath::watch::decode;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::files::{Tally, replay_worlds};

#[derive(Deserialize)]
struct World<'a> {
    #[serde(borrow)]
    namespaces: Vec<&'a RawValue>,
    #[serde(borrow)]
    services: Vec<&'a RawValue>,
    #[serde(borrow)]
    slices: Vec<&'a RawValue>,
    #[serde(borrow)]
    pods: Vec<&'a RawValue>,
    zones: Vec<String>,
    pods_mode: String,
    endpoint_pod_names: bool,
    ignore_empty_service: bool,
    namespaces_option: Option<Vec<String>>,
    upstream: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Query {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    status: String,
    answer: Vec<String>,
}

/// A world that is being asked.
#[derive(Default)]
struct Asked {
    store: Store,
    config: Option<Config>,
    upstream: BTreeMap<String, String>,
}

impl World<'_> {
    fn corefile(&self) -> String {
        let mut text = format!(".:53 {{\n kubernetes {} {{\n pods {}\n", self.zones.join(" "), self.pods_mode);
        if self.endpoint_pod_names {
            text += "endpoint_pod_names\n";
        }
        if self.ignore_empty_service {
            text += "ignore empty_service\n";
        }
        if let Some(namespaces) = &self.namespaces_option {
            text += &format!("namespaces {}\n", namespaces.join(" "));
        }
        text + "}\n forward . 192.0.2.53\n}\n"
    }

    fn store(&self) -> Store {
        let interner = &mut Interner::default();
        let mut deltas: Vec<Delta> = Kind::ALL.map(|kind| Delta::Health(kind, Health::Live)).into();
        let objects = self.namespaces.iter().map(|text| decode::namespace(text.get().as_bytes(), interner).unwrap());
        deltas.push(Delta::Namespace(Step::Listed(objects.collect())));
        let objects = self.services.iter().map(|text| decode::service(text.get().as_bytes(), interner).unwrap());
        deltas.push(Delta::Service(Step::Listed(objects.collect())));
        let objects = self.slices.iter().map(|text| decode::slice(text.get().as_bytes(), interner).unwrap());
        deltas.push(Delta::Slice(Step::Listed(objects.collect())));
        let objects = self.pods.iter().map(|text| decode::pod(text.get().as_bytes(), interner).unwrap());
        deltas.push(Delta::Pod(Step::Listed(objects.collect())));
        let mut store = Store::new();
        store.apply(Time(0), deltas);
        store
    }
}

impl Asked {
    fn ask(&self, query: &Query) -> Option<String> {
        let cluster = Cluster { store: &self.store, version: CoreDnsVersion::default(), dns_pods: &[] };
        let question = Question::new(Name::new(&query.name).unwrap(), QueryType::parse(&query.kind));
        let reply = answer(self.config.as_ref().unwrap(), &cluster, &question);
        let status = match &reply.outcome {
            Outcome::Records(_) => "NOERROR",
            Outcome::NoData(_) => "NODATA",
            Outcome::NameError(_) => "NXDOMAIN",
            Outcome::ServFail(_) => "SERVFAIL",
            Outcome::Refused(_) => "REFUSED",
            Outcome::Silent(_) => "NOANSWER",
            Outcome::Forwarded(_) => "FORWARDED",
            Outcome::Unknown(_) => "UNKNOWN",
        };
        let mut ours: Vec<String> = reply.records().iter().map(ToString::to_string).collect();
        let ours_is_empty = ours.is_empty();
        // What the servers beyond would add.
        let beyond = reply.outside.iter().filter(|(outside, _)| outside.kind == QueryType::A && !ours_is_empty);
        for (outside, _) in beyond {
            let addresses = self.upstream.get(outside.name.as_str()).and_then(|said| said.strip_prefix("A "));
            ours.extend(addresses.map(|address| format!("{} A {address}", outside.name)));
        }
        let mut theirs: Vec<String> = query.answer.iter().map(|record| record.to_ascii_lowercase()).collect();
        ours.iter_mut().for_each(|record| record.make_ascii_lowercase());
        ours.sort();
        theirs.sort();
        let same = status == query.status && ours == theirs;
        (!same).then(|| {
            let Query { name, kind, status: theirs_status, .. } = query;
            format!("{name} {kind}: {status} {ours:?} ({:?}), not {theirs_status} {theirs:?}", reply.outcome)
        })
    }
}

#[test]
fn vectors_coredns_answers() {
    let opens = |line: &str| line.contains("\"kind\":\"world\"");
    replay_worlds("coredns_answers", opens, |asked: &mut Asked, line| {
        let mut tally = Tally::default();
        if opens(line) {
            let world: World<'_> = serde_json::from_str(line).unwrap();
            let config = Config::read(&world.corefile(), &Surroundings::default()).unwrap();
            *asked = Asked { store: world.store(), config: Some(config), upstream: world.upstream };
        } else {
            tally.case(asked.ask(&serde_json::from_str(line).unwrap()));
        }
        tally
    });
}
