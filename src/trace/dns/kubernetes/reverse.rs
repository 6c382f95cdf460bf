//! PTR: the names of an address (§2.7).

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Answer, Plugin, Stop};
use crate::model::{ClusterIp, Kind, Text};
use crate::trace::dns::known::known;
use crate::trace::dns::reply::{Negative, Silence, Why};
use crate::trace::dns::{Name, RecordData};

impl Plugin<'_> {
    pub(super) fn pointers(&self, name: &Name, zone: &Name) -> Result<Answer, Stop> {
        let Some(address) = name.reversed() else {
            self.lookup(name, zone)?;
            return Err(Stop::no_data(Why::OtherType));
        };
        let (names, elsewhere) = self.names_of(address)?;
        if names.is_empty() {
            return Err(Stop::name_error(Why::NobodyAt(address.to_string().into())));
        }
        let record = |target| self.record(name, RecordData::Ptr(target), self.options.ttl);
        Ok(Answer { elsewhere, ..Answer::of(names.into_iter().map(record).collect()) })
    }

    /// The names of an address: one for a cluster IP (R2.13), else one for each slice that serves it (R2.14), and of which
    /// kind others may add to them from namespaces that are not held.
    fn names_of(&self, address: IpAddr) -> Result<(BTreeSet<Name>, Option<Kind>), Stop> {
        let store = self.cluster.store;
        let primary = &self.options.primary;
        for service in store.services() {
            let holds = matches!(&service.cluster_ip, ClusterIp::Ips(ips) if ips.contains(&address));
            if holds && self.shown(&service.meta.labels) && self.visible(&service.meta.key.namespace)? {
                let key = &service.meta.key;
                let name = sendable(&format!("{}.{}.svc.{primary}", key.name, key.namespace))?;
                return Ok((BTreeSet::from([name]), None));
            }
        }
        if !known(store, Kind::Service, None) && !self.no_cluster_ip(address) {
            return Err(Stop::unseen(Kind::Service, None));
        }
        if !self.options.endpoints {
            return Ok((BTreeSet::new(), None));
        }
        let text = Text::from(address.to_string());
        let mut names = BTreeSet::new();
        for slice in store.slices().filter(|slice| self.shown(&slice.meta.labels)) {
            let named = |endpoint: &&crate::model::Endpoint| {
                let nameable = endpoint.hostname.is_some() || !self.cluster.version.reverse_needs_hostname();
                nameable && self.served(endpoint) && endpoint.texts().contains(&text)
            };
            for endpoint in slice.endpoints.iter().filter(named) {
                if !self.visible(&slice.meta.key.namespace)? {
                    break;
                }
                let Some(service) = slice.service_name() else {
                    return Err(Stop::Silent(Silence::NamelessSlice(slice.meta.key.clone())));
                };
                let (hostname, namespace) = (self.hostname(endpoint, &text), &slice.meta.key.namespace);
                names.insert(sendable(&format!("{hostname}.{service}.{namespace}.svc.{primary}"))?);
            }
        }
        match (known(store, Kind::Slice, None), names.is_empty()) {
            (true, _) => Ok((names, None)),
            (false, false) => Ok((names, Some(Kind::Slice))),
            (false, true) => Err(Stop::unseen(Kind::Slice, None)),
        }
    }

    /// Whether an address is no Service's although not all Services are held: a pod has it, or it lies outside of all
    /// ranges that cluster IPs are taken from (R3.21).
    fn no_cluster_ip(&self, address: IpAddr) -> bool {
        let store = self.cluster.store;
        let ranges: Vec<_> = store.service_cidrs().flat_map(|object| &object.cidrs).collect();
        let ranged = store.complete(Kind::ServiceCidr) && !ranges.is_empty();
        store.pods_at(address).any(|pod| !pod.host_network() && !pod.has_ended())
            || ranged && !ranges.iter().any(|range| range.contains(&address))
    }

    /// A `namespaces` list is obeyed here; without one no Namespace is looked at.
    fn visible(&self, namespace: &Text) -> Result<bool, Stop> {
        if self.options.namespaces.is_empty() {
            return Ok(true);
        }
        match self.exposed(namespace) {
            Ok(()) => Ok(true),
            Err(Stop::Negative(Negative::NoData(_) | Negative::NameError(_))) => Ok(false),
            Err(stop) => Err(stop),
        }
    }
}

fn sendable(name: &str) -> Result<Name, Stop> {
    Name::new(name).map_err(|_| Stop::Silent(Silence::BadName(name.into())))
}
