//! The zone's name servers: the Services that select the CoreDNS pod itself (§2.5).

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Plugin, Stop};
use crate::model::{ClusterIp, Key, Kind, Pod};
use crate::trace::dns::known::known;
use crate::trace::dns::name::address;
use crate::trace::dns::reply::{Silence, Unsure, Why};
use crate::trace::dns::{Name, Record, RecordData};

/// Names and addresses of name servers.
type Servers = Vec<(String, IpAddr)>;

impl Plugin<'_> {
    /// Whether this is `ns.dns.<zone>`.
    pub(super) fn is_name_server(&self, name: &Name, zone: &Name) -> bool {
        name.below(zone) == Some("ns.dns")
    }

    pub(super) fn name_servers(&self, zone: &Name) -> Result<Vec<Record>, Stop> {
        let servers = self.name_server_addresses(zone)?.into_iter();
        let names: BTreeSet<String> = servers.map(|(name, _)| name).collect();
        if names.is_empty() {
            return Err(Stop::no_data(Why::NoNameServer));
        }
        let records = names.into_iter().map(|name| match Name::new(&name) {
            Ok(server) => Ok(self.record(zone, RecordData::Ns(server), self.options.ttl)),
            Err(_) => Err(Stop::Silent(Silence::BadName(name.into()))),
        });
        records.collect()
    }

    /// What every DNS pod says alike.
    pub(super) fn name_server_addresses(&self, zone: &Name) -> Result<Servers, Stop> {
        let mut answers = self.cluster.dns_pods.iter().map(|pod| self.servers_seen_by(pod, zone));
        let Some(first) = answers.next() else { return Err(Stop::Unsure(Unsure::OwnAddress)) };
        let first = first?;
        for answer in answers {
            if answer? != first {
                return Err(Stop::Unsure(Unsure::DependsOnDnsPod));
            }
        }
        Ok(first)
    }

    fn servers_seen_by(&self, pod: &Pod, zone: &Name) -> Result<Servers, Stop> {
        if self.options.bound {
            return Ok(Servers::new());
        }
        let store = self.cluster.store;
        let own: Vec<String> = pod.ips.as_slice().iter().map(ToString::to_string).collect();
        if self.options.endpoints && !known(store, Kind::Slice, None) {
            return Err(Stop::unseen(Kind::Slice, None));
        }
        let mut servers = Servers::new();
        let mut in_a_slice = false;
        let slices = store.slices().filter(|slice| self.options.endpoints && self.shown(&slice.meta.labels));
        for slice in slices {
            let served = || slice.endpoints.iter().filter(|endpoint| self.served(endpoint));
            let holds = |ip: &&String| served().any(|endpoint| endpoint.texts().iter().any(|text| *text == ***ip));
            for _ in own.iter().filter(holds) {
                in_a_slice = true;
                let Some(service) = slice.service_name() else { continue };
                let key = Key::new(slice.meta.key.namespace.clone(), service.clone());
                let Some(service) = store.service(&key) else {
                    if !known(store, Kind::Service, Some(&key.namespace)) {
                        return Err(Stop::unseen(Kind::Service, Some(&key.namespace)));
                    }
                    continue;
                };
                if !self.shown(&service.meta.labels) {
                    continue;
                }
                let name = format!("{}.{}.svc.{zone}", key.name, key.namespace);
                match &service.cluster_ip {
                    ClusterIp::Ips(ips) => servers.extend(ips.iter().map(|ip| (name.clone(), *ip))),
                    ClusterIp::Headless => {
                        for endpoint in served() {
                            let texts = endpoint.texts();
                            let hosts = texts.iter().filter_map(|text| {
                                Some((format!("{}.{name}", self.hostname(endpoint, text)), address(text)?))
                            });
                            servers.extend(hosts);
                        }
                    }
                    ClusterIp::Absent => {}
                }
            }
        }
        if !in_a_slice {
            servers.extend(pod.ips.as_slice().iter().map(|ip| (format!("ns.dns.{zone}"), *ip)));
        }
        servers.sort();
        servers.dedup();
        Ok(servers)
    }
}
