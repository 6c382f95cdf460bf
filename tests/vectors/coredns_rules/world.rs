//! Small worlds and what they are asked.

use podpath::delta::{Delta, Health, Step};
use podpath::model::{Interner, Kind, Pod, Time};
use podpath::store::Store;
use podpath::trace::dns::config::Config;
use podpath::trace::dns::corefile::Surroundings;
use podpath::trace::dns::{Cluster, CoreDnsVersion, Name, Outcome, QueryType, Question, Reply, answer};
use podpath::watch::decode;
use serde_json::{Value, json};

/// A world and the Corefile over it.
pub(super) struct World {
    pub(super) store: Store,
    pub(super) config: Config,
    pub(super) version: CoreDnsVersion,
    pub(super) dns_pods: Vec<Pod>,
}

/// `kubernetes` with these properties for the cluster's zone and the reverse trees, before a forwarder.
pub(super) fn corefile(properties: &str) -> String {
    format!(".:53 {{\nkubernetes cluster.local in-addr.arpa ip6.arpa {{\n{properties}\n}}\nforward . 192.0.2.53\n}}\n")
}

impl World {
    pub(super) fn new(corefile: &str, objects: &Value) -> Self {
        let all = Kind::ALL.map(|kind| Delta::Health(kind, Health::Live));
        Self::known(corefile, objects, all.into())
    }

    pub(super) fn known(corefile: &str, objects: &Value, mut deltas: Vec<Delta>) -> Self {
        let interner = &mut Interner::default();
        for object in objects.as_array().unwrap() {
            let text = object.to_string();
            let bytes = text.as_bytes();
            deltas.push(match object["kind"].as_str().unwrap() {
                "Namespace" => Delta::Namespace(Step::Applied(decode::namespace(bytes, interner).unwrap())),
                "Service" => Delta::Service(Step::Applied(decode::service(bytes, interner).unwrap())),
                "Slice" => Delta::Slice(Step::Applied(decode::slice(bytes, interner).unwrap())),
                "Pod" => Delta::Pod(Step::Applied(decode::pod(bytes, interner).unwrap())),
                kind => panic!("{kind}"),
            });
        }
        let mut store = Store::new();
        store.apply(Time(0), deltas);
        let config = Config::read(corefile, &Surroundings::default()).unwrap();
        Self { store, config, version: CoreDnsVersion::default(), dns_pods: Vec::new() }
    }

    pub(super) fn reply(&self, name: &str, kind: &str) -> Reply {
        let pods: Vec<&Pod> = self.dns_pods.iter().collect();
        let cluster = Cluster { store: &self.store, version: self.version, dns_pods: &pods };
        answer(&self.config, &cluster, &Question::new(Name::new(name).unwrap(), QueryType::parse(kind)))
    }

    /// Status or data, sorted.
    pub(super) fn ask(&self, name: &str, kind: &str) -> String {
        let reply = self.reply(name, kind);
        match &reply.outcome {
            Outcome::Records(records) => {
                let owner = |record: &str| record.split_once(' ').map(|(_, data)| data.to_owned()).unwrap();
                let mut data: Vec<String> = records.iter().map(|record| owner(&record.to_string())).collect();
                data.sort();
                data.join(", ")
            }
            Outcome::NoData(_) => "NODATA".to_owned(),
            Outcome::NameError(_) => "NXDOMAIN".to_owned(),
            Outcome::ServFail(_) => "SERVFAIL".to_owned(),
            Outcome::Refused(_) => "REFUSED".to_owned(),
            Outcome::Silent(_) => "NOANSWER".to_owned(),
            Outcome::Forwarded(to) => format!("to {}", to[0]),
            Outcome::Unknown(unsure) => format!("unknown {unsure:?}"),
        }
    }

    /// Asks each and compares, all at once.
    pub(super) fn check(&self, table: &[(&str, &str, &str)]) {
        let wrong: Vec<String> = table
            .iter()
            .filter_map(|(name, kind, expected)| {
                let got = self.ask(name, kind);
                (got != *expected).then(|| format!("{name} {kind}: {got}, not {expected}"))
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

pub(super) fn namespace(name: &str) -> Value {
    json!({"kind": "Namespace", "metadata": {"name": name}})
}

pub(super) fn service(name: &str, ips: &[&str], ports: Value) -> Value {
    json!({"kind": "Service", "metadata": {"name": name, "namespace": "a"},
        "spec": {"clusterIP": ips[0], "clusterIPs": ips, "ports": ports}})
}

pub(super) fn external(name: &str, target: &str) -> Value {
    json!({"kind": "Service", "metadata": {"name": name, "namespace": "a"},
        "spec": {"type": "ExternalName", "externalName": target}})
}

pub(super) fn slice(name: &str, service: &str, endpoints: Value, ports: Value) -> Value {
    json!({"kind": "Slice", "metadata": {"name": name, "namespace": "a", "labels": {"kubernetes.io/service-name": service}},
        "addressType": "IPv4", "endpoints": endpoints, "ports": ports})
}

pub(super) fn http() -> Value {
    json!([{"name": "http", "port": 8080, "protocol": "TCP"}])
}

pub(super) fn pod(name: &str, ips: &[&str]) -> Value {
    let ips: Vec<Value> = ips.iter().map(|ip| json!({"ip": ip})).collect();
    json!({"kind": "Pod", "metadata": {"name": name, "namespace": "a"}, "status": {"phase": "Running", "podIPs": ips}})
}

pub(super) fn dns_pod(name: &str, ip: &str) -> Pod {
    decode::pod(pod(name, &[ip]).to_string().as_bytes(), &mut Interner::default()).unwrap()
}

/// §2.9's own world.
pub(super) fn golden() -> Value {
    let web_ports = || json!([{"name": "http", "port": 80, "protocol": "TCP"}]);
    let in_zone = |name: &str| format!("{name}.a.svc.cluster.local");
    json!([
        namespace("a"),
        service("web", &["10.0.0.1"], web_ports()),
        service("webun", &["10.0.0.2"], json!([{"port": 81}])),
        service("dual", &["10.0.0.3", "fd00::3"], web_ports()),
        service("hl", &["None"], web_ports()),
        service("hlempty", &["None"], web_ports()),
        service("hlnoslice", &["None"], web_ports()),
        service("hlterm", &["None"], web_ports()),
        service("hlnoport", &["None"], json!([])),
        service("hlmismatch", &["None"], web_ports()),
        service("hlfqdn", &["None"], web_ports()),
        slice("hl-1", "hl", json!([
            {"addresses": ["172.0.0.1"], "hostname": "h0", "conditions": {"ready": true}},
            {"addresses": ["172.0.0.3"], "conditions": {}}]), http()),
        slice("hl-2", "hl", json!([{"addresses": ["172.0.0.1"], "hostname": "h0"}]), http()),
        slice("hlempty-1", "hlempty", json!([]), http()),
        slice("hlterm-1", "hlterm", json!([
            {"addresses": ["172.0.0.9"], "conditions": {"ready": false, "serving": true, "terminating": true}}]), http()),
        slice("hlnoport-1", "hlnoport", json!([{"addresses": ["172.0.0.4"]}]), json!([])),
        slice("hlmismatch-1", "hlmismatch", json!([{"addresses": ["172.0.0.5"]}]), json!([])),
        {"kind": "Slice", "metadata": {"name": "hlfqdn-1", "namespace": "a", "labels": {"kubernetes.io/service-name": "hlfqdn"}},
            "addressType": "FQDN", "endpoints": [{"addresses": [in_zone("web")]}], "ports": http()},
        slice("web-1", "web", json!([
            {"addresses": ["172.0.0.1"], "conditions": {"ready": true}},
            {"addresses": ["172.0.0.2"], "conditions": {"ready": false}}]), http()),
        slice("orphan-1", "orphan", json!([{"addresses": ["172.0.0.7"]}]), http()),
        external("extip", "1.2.3.4"),
        external("extin", &in_zone("web")),
        external("extmissing", &in_zone("nope")),
        external("extsub", "x.extsub.a.svc.cluster.local"),
        external("extloop1", &in_zone("extloop2")),
        external("extloop2", &in_zone("extloop1")),
        external("exthl", &in_zone("hl")),
        external("exthlempty", &in_zone("hlempty")),
        external("extout", "www.example.com"),
        pod("pod-a", &["172.0.0.1"]),
    ])
}
