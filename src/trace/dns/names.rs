//! Registration: every name under which DNS knows a Service or a pod.
//!
//! A name that `answer` does not answer is not listed, so the two cannot disagree; endpoints' names, of which there may
//! be thousands, are read off the slices by the plugin's own rule.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::config::{Config, Kubernetes, PodMode};
use super::kubernetes::{Plugin, Stop};
use super::name::dashed_label;
use super::{Cluster, Name, Outcome, QueryType, Question, RecordData, Unsure, answer};
use crate::model::{Key, Protocol, Service, ServiceKind, Text};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The Service itself.
    Service,
    /// A named port of it.
    Port {
        /// Its name.
        name: Text,
        /// Its protocol.
        protocol: Protocol,
    },
    /// One endpoint.
    Endpoint {
        /// The pod behind it, where it is one.
        pod: Option<Key>,
    },
    /// An address, asked in reverse.
    Address(IpAddr),
    /// A pod, by its address.
    Pod,
}

/// One name and what it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The name.
    pub name: Name,
    /// What it stands for.
    pub role: Role,
    /// The Service that it is a name of; absent for pod records.
    pub service: Option<Key>,
    /// What to ask for.
    pub kind: QueryType,
    /// The answer.
    pub data: Vec<RecordData>,
}

/// Names, and why there may be more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    /// Those that are known.
    pub names: Vec<Registered>,
    /// What is not known; empty where the list is whole.
    pub unsure: Vec<Unsure>,
}

/// Every name of a Service.
pub fn names_of(config: &Config, cluster: &Cluster<'_>, service: &Key) -> Registry {
    let mut names = Names { config, cluster, found: Registry::default() };
    let Some(object) = cluster.store.service(service) else { return names.found };
    for options in config.kubernetes() {
        names.service(options, object);
        names.endpoints(options, service);
    }
    names.found
}

/// Every name that leads to a pod: of its address, of its endpoints, and of the Services that it is an endpoint of.
pub fn names_of_pod(config: &Config, cluster: &Cluster<'_>, pod: &Key) -> Registry {
    let mut names = Names { config, cluster, found: Registry::default() };
    let Some(object) = cluster.store.pod(pod) else { return names.found };
    for options in config.kubernetes().filter(|options| options.pods != PodMode::Disabled) {
        for ip in object.ips.as_slice() {
            let left = format!("{}.{}.pod", dashed_label(*ip), pod.namespace);
            let kind = if ip.is_ipv4() { QueryType::A } else { QueryType::Aaaa };
            for zone in zones(options) {
                names.ask(zone, &left, kind, &Role::Pod, None);
            }
        }
    }
    for service in cluster.store.services_of(object) {
        let of_pod = |registered: &Registered| match &registered.role {
            Role::Endpoint { pod: Some(other) } => other == pod,
            Role::Endpoint { pod: None } => false,
            Role::Address(address) => object.ips.as_slice().contains(address),
            Role::Service => true,
            Role::Port { .. } | Role::Pod => false,
        };
        let all = names_of(config, cluster, &service);
        // A Service leads to the pod only if one of its endpoints is the pod's.
        all.unsure.into_iter().for_each(|unsure| names.unsure(unsure));
        let all = all.names;
        if all.iter().any(|name| matches!(&name.role, Role::Endpoint { pod: Some(other) } if other == pod)) {
            names.found.names.extend(all.into_iter().filter(of_pod));
        }
    }
    names.found
}

/// The zones below which Services and pods have names.
fn zones(options: &Kubernetes) -> impl Iterator<Item = &Name> {
    options.zones.iter().filter(|zone| !format!(".{zone}").ends_with(".arpa."))
}

struct Names<'a> {
    config: &'a Config,
    cluster: &'a Cluster<'a>,
    found: Registry,
}

impl Names<'_> {
    fn unsure(&mut self, unsure: Unsure) {
        if !self.found.unsure.contains(&unsure) {
            self.found.unsure.push(unsure);
        }
    }

    fn ask(&mut self, zone: &Name, left: &str, kind: QueryType, role: &Role, service: Option<&Key>) {
        let Ok(name) = zone.child(left) else { return };
        self.note(name, kind, role.clone(), service);
    }

    fn note(&mut self, name: Name, kind: QueryType, role: Role, service: Option<&Key>) {
        let reply = answer(self.config, self.cluster, &Question::new(name.clone(), kind));
        if let Outcome::Unknown(unsure) = &reply.outcome {
            self.unsure(unsure.clone());
        }
        let data: Vec<RecordData> = reply.records().iter().map(|record| record.data.clone()).collect();
        if !data.is_empty() {
            self.found.names.push(Registered { name, role, service: service.cloned(), kind, data });
        }
    }

    fn service(&mut self, options: &Kubernetes, service: &Service) {
        let key = &service.meta.key;
        let base = format!("{}.{}.svc", key.name, key.namespace);
        let alias = service.kind == ServiceKind::ExternalName;
        for zone in zones(options) {
            for kind in [QueryType::A, QueryType::Aaaa, QueryType::Cname, QueryType::Srv] {
                // Of an alias the alias itself is enough.
                if alias == (kind == QueryType::Cname) {
                    self.ask(zone, &base, kind, &Role::Service, Some(key));
                }
            }
            for port in service.ports.iter().filter(|port| !port.name.is_empty() && !alias) {
                let left = format!("_{}._{}.{base}", port.name, port.protocol).to_ascii_lowercase();
                let role = Role::Port { name: port.name.clone(), protocol: port.protocol.clone() };
                self.ask(zone, &left, QueryType::Srv, &role, Some(key));
            }
        }
        if let crate::model::ClusterIp::Ips(ips) = &service.cluster_ip {
            for ip in ips {
                let name = Name::reverse(*ip);
                if options.zone_of(&name).is_some() {
                    self.note(name, QueryType::Ptr, Role::Address(*ip), Some(key));
                }
            }
        }
    }

    fn endpoints(&mut self, options: &Kubernetes, service: &Key) {
        let plugin = Plugin { options, cluster: *self.cluster };
        let mut by_name: BTreeMap<(String, bool), (Vec<IpAddr>, Option<Key>)> = BTreeMap::new();
        let endpoints = match plugin.named_endpoints(service) {
            Ok(endpoints) => endpoints,
            Err(Stop::Unsure(unsure)) => {
                self.unsure(unsure);
                return;
            }
            Err(Stop::Negative(_) | Stop::Refused | Stop::Silent(_)) => return,
        };
        for named in endpoints {
            let entry = by_name.entry((named.hostname, named.address.is_ipv6())).or_default();
            if !entry.0.contains(&named.address) {
                entry.0.push(named.address);
            }
            entry.1 = entry.1.take().or(named.pod);
        }
        for ((hostname, v6), (addresses, pod)) in by_name {
            let left = format!("{hostname}.{}.{}.svc", service.name, service.namespace);
            let kind = if v6 { QueryType::Aaaa } else { QueryType::A };
            for name in zones(options).filter_map(|zone| zone.child(&left).ok()) {
                let data = addresses.iter().map(|address| super::kubernetes::address_data(*address)).collect();
                let (role, service) = (Role::Endpoint { pod: pod.clone() }, Some(service.clone()));
                self.found.names.push(Registered { name, role, service, kind, data });
            }
            let Ok(target) = options.primary.child(&left) else { continue };
            for address in addresses.into_iter().filter(|address| options.zone_of(&Name::reverse(*address)).is_some()) {
                self.found.names.push(Registered {
                    name: Name::reverse(address),
                    role: Role::Address(address),
                    service: Some(service.clone()),
                    kind: QueryType::Ptr,
                    data: vec![RecordData::Ptr(target.clone())],
                });
            }
        }
    }
}
