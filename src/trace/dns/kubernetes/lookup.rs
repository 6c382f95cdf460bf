//! What a name stands for: addresses and names with ports, or why there are none (§2.4).

use std::net::IpAddr;

use super::parse::{Parsed, Part, parse_request};
use super::{Plugin, Stop};
use crate::model::{ClusterIp, Family, Key, Kind, Namespace, Phase, Pod, Service, ServiceKind, Text};
use crate::trace::dns::config::PodMode;
use crate::trace::dns::known::known;
use crate::trace::dns::name::{address, pod_address};
use crate::trace::dns::{Name, Question, Unsure, Why};

/// What an entry points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// An address.
    Address(IpAddr),
    /// A name, to be looked up in its turn.
    Name(Text),
}

impl Host {
    /// As CoreDNS reads an address text: what is no address is a name.
    pub(super) fn read(text: &str) -> Self {
        address(text).map_or_else(|| Self::Name(text.into()), Self::Address)
    }
}

/// One entry behind a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) host: Host,
    /// The text of `host`, by which entries are one.
    pub(super) text: Text,
    /// Absent where the Service or slice lists no port.
    pub(super) port: Option<u16>,
    /// The name under which the entry itself is known.
    pub(super) own: String,
}

impl Plugin<'_> {
    /// The entries behind a name for a question of this type: the zone's name server is one name more (§2.5).
    pub(super) fn services(&self, question: &Question, zone: &Name) -> Result<Vec<Item>, Stop> {
        if !self.is_name_server(&question.name, zone) {
            return self.lookup(&question.name, zone);
        }
        let Some(family) = question.kind.family() else { return Err(Stop::no_data(Why::OtherType)) };
        let addresses = self.name_server_addresses(zone)?.into_iter();
        let items: Vec<Item> = addresses
            .filter(|(_, address)| Family::of(address) == family)
            .map(|(_, address)| Item {
                host: Host::Address(address),
                text: address.to_string().into(),
                port: Some(0),
                own: question.name.to_string(),
            })
            .collect();
        if items.is_empty() { Err(Stop::no_data(Why::NoNameServer)) } else { Ok(items) }
    }

    /// The entries behind a name; never an empty list.
    pub(super) fn lookup(&self, name: &Name, zone: &Name) -> Result<Vec<Item>, Stop> {
        if self.options.multicluster.iter().any(|multicluster| zone.within(multicluster)) {
            return Err(Stop::Unsure(Unsure::Multicluster(zone.clone())));
        }
        let zonal = self.options.zonal && self.cluster.version.has_zonal();
        let parsed = parse_request(name, zone, zonal).map_err(Stop::name_error)?;
        if self.cluster.version.has_wildcards() && name.labels().any(|label| matches!(label, "*" | "any")) {
            return Err(Stop::Unsure(Unsure::Wildcard));
        }
        let namespace = match &parsed {
            Parsed::Apex => return Err(Stop::no_data(Why::Apex)),
            Parsed::Namespace { namespace, .. } | Parsed::Pod { namespace, .. } | Parsed::Service { namespace, .. } => {
                namespace
            }
        };
        if name.reverse_tree() {
            return Err(Stop::name_error(Why::NotAReverseName));
        }
        self.exposed(namespace)?;
        match parsed {
            Parsed::Apex => Err(Stop::no_data(Why::Apex)),
            Parsed::Namespace { pods: true, .. } if self.options.pods == PodMode::Disabled => {
                Err(Stop::name_error(Why::PodsDisabled))
            }
            Parsed::Namespace { namespace, .. } => Err(Stop::no_data(Why::OnlyNamespace(namespace))),
            Parsed::Pod { namespace, label } => self.pod(&namespace, &label, zone),
            Parsed::Service { namespace, service, part } => {
                self.service(&Key { namespace, name: service }, &part, zone)
            }
        }
    }

    /// Whether CoreDNS shows a Namespace. A terminating one still exists.
    pub(super) fn exposed(&self, name: &Text) -> Result<(), Stop> {
        let hidden = || Err(Stop::name_error(Why::NamespaceHidden(name.clone())));
        let store = self.cluster.store;
        let held = store.namespace(name);
        if held.is_none() && known(store, Kind::Namespace, None) {
            return Err(Stop::name_error(Why::NoNamespace(name.clone())));
        }
        if !self.options.namespaces.is_empty() && !self.options.namespaces.contains(name) {
            return hidden();
        }
        match (held.map(|namespace| &**namespace), &self.options.namespace_labels) {
            (Some(Namespace { meta, .. }), Some(selector)) if !selector.matches(&meta.labels) => hidden(),
            (Some(_), _) => Ok(()),
            // What lives in it proves that it exists.
            (None, None) if self.inhabited(name) => Ok(()),
            (None, _) => Err(Stop::unseen(Kind::Namespace, None)),
        }
    }

    fn inhabited(&self, namespace: &Text) -> bool {
        let store = self.cluster.store;
        store.services().any(|service| service.meta.key.namespace == *namespace)
            || store.pods().any(|pod| pod.meta.key.namespace == *namespace)
    }

    fn pod(&self, namespace: &Text, label: &Text, zone: &Name) -> Result<Vec<Item>, Stop> {
        let text = pod_address(label);
        let item = |address: IpAddr| Item {
            host: Host::Address(address),
            text: text.as_str().into(),
            port: Some(0),
            own: format!("{label}.{namespace}.pod.{zone}"),
        };
        let readable = address(&text);
        match (self.options.pods, readable) {
            (PodMode::Disabled, _) => Err(Stop::name_error(Why::PodsDisabled)),
            (_, None) => Err(Stop::name_error(Why::NotAnAddress(label.clone()))),
            (PodMode::Insecure, Some(address)) => Ok(vec![item(address)]),
            (PodMode::Verified, Some(address)) => {
                let pods = self.cluster.store.pods_at(address);
                let pods = pods.filter(|pod| pod.meta.key.namespace == *namespace && self.verifies(pod, &text));
                let items: Vec<Item> = pods.map(|_| item(address)).collect();
                if !items.is_empty() {
                    return Ok(items);
                }
                if !known(self.cluster.store, Kind::Pod, Some(namespace)) {
                    return Err(Stop::unseen(Kind::Pod, Some(namespace)));
                }
                Err(Stop::name_error(Why::NoPodAt { namespace: namespace.clone(), address: text.as_str().into() }))
            }
        }
    }

    /// Whether `pods verified` knows the pod under this spelling of an address.
    fn verifies(&self, pod: &Pod, text: &str) -> bool {
        let count = if self.cluster.version.knows_all_pod_ips() { usize::MAX } else { 1 };
        let ended = match pod.phase {
            Phase::Pending | Phase::Running => false,
            Phase::Succeeded | Phase::Failed | Phase::Unknown => true,
        };
        let going = pod.meta.deleted.is_some() && self.cluster.version.skips_terminating_pods();
        !ended && !going && self.shown(&pod.meta.labels) && pod.ip_texts().take(count).any(|ip| ip == text)
    }

    /// Whether the option `labels` lets an object with these labels in.
    pub(super) fn shown(&self, labels: &crate::model::Labels) -> bool {
        self.options.labels.as_ref().is_none_or(|selector| selector.matches(labels))
    }

    fn service(&self, key: &Key, part: &Part, zone: &Name) -> Result<Vec<Item>, Stop> {
        let store = self.cluster.store;
        let Some(service) = store.service(key) else {
            if !known(store, Kind::Service, Some(&key.namespace)) {
                return Err(Stop::unseen(Kind::Service, Some(&key.namespace)));
            }
            return Err(Stop::name_error(Why::NoService(key.clone())));
        };
        if !self.shown(&service.meta.labels) {
            return Err(Stop::name_error(Why::ServiceHidden(key.clone())));
        }
        let alias = service.kind == ServiceKind::ExternalName;
        if self.options.ignore_empty && !alias && !service.headless() && !self.has_ready(key)? {
            return Err(Stop::name_error(Why::EmptyIgnored(key.clone())));
        }
        if matches!(part, Part::Zone { .. }) && !service.headless() {
            return Err(Stop::name_error(Why::ZonalNeedsHeadless(key.clone())));
        }
        if alias {
            return self.external(service, part);
        }
        if service.headless() || matches!(part, Part::Endpoint(_)) {
            return self.endpoints(service, part, zone);
        }
        self.cluster_ips(service, part, zone)
    }

    fn external(&self, service: &Service, part: &Part) -> Result<Vec<Item>, Stop> {
        let key = &service.meta.key;
        let bare = match part {
            Part::Whole | Part::Zone { .. } => true,
            Part::Port { name, protocol } => name.is_empty() && protocol.is_empty(),
            Part::Endpoint(_) => false,
        };
        if !bare && !self.cluster.version.alias_answers_subnames() {
            return Err(Stop::name_error(Why::AliasHasNoSubnames(key.clone())));
        }
        let target = service.external_name.clone().unwrap_or_default();
        match Host::read(&target) {
            Host::Address(_) => Err(Stop::name_error(Why::AliasIsAddress { service: key.clone(), address: target })),
            host @ Host::Name(_) => Ok(vec![Item { host, text: target, port: Some(0), own: String::new() }]),
        }
    }

    fn cluster_ips(&self, service: &Service, part: &Part, zone: &Name) -> Result<Vec<Item>, Stop> {
        let key = &service.meta.key;
        let own = format!("{}.{}.svc.{zone}", key.name, key.namespace);
        let mut ports: Vec<Option<u16>> = Vec::new();
        for port in &service.ports {
            if wants(part, &port.name, &port.protocol.to_string()) {
                ports.push(Some(port.port.0));
            }
        }
        if service.ports.is_empty() && wants(part, "", "") {
            ports.push(None);
        }
        if ports.is_empty() {
            let has = service.ports.iter().map(|port| (port.name.clone(), port.protocol.clone())).collect();
            return Err(Stop::name_error(no_port(key, part, has)));
        }
        let ClusterIp::Ips(ips) = &service.cluster_ip else {
            return Err(Stop::no_data(Why::NoClusterIp(key.clone())));
        };
        let each = ports.into_iter().flat_map(|port| ips.iter().map(move |ip| (port, ip)));
        Ok(each
            .map(|(port, ip)| Item { host: Host::Address(*ip), text: ip.to_string().into(), port, own: own.clone() })
            .collect())
    }
}

/// Whether a port is asked for; an empty part of the question means any.
pub(super) fn wants(part: &Part, port: &str, protocol: &str) -> bool {
    let same = |asked: &str, has: &str| asked.is_empty() || asked.eq_ignore_ascii_case(has);
    match part {
        Part::Whole | Part::Endpoint(_) | Part::Zone { .. } => true,
        Part::Port { name, protocol: asked } => same(name, port) && same(asked, protocol),
    }
}

/// The reason where no port matched.
pub(super) fn no_port(key: &Key, part: &Part, has: Vec<(Text, crate::model::Protocol)>) -> Why {
    let (port, protocol) = match part {
        Part::Port { name, protocol } => (name.clone(), protocol.clone()),
        Part::Whole | Part::Endpoint(_) | Part::Zone { .. } => Default::default(),
    };
    Why::NoPort { service: key.clone(), port, protocol, has }
}
