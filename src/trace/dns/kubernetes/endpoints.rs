//! The entries behind a headless Service or an endpoint's own name: whatever its slices hold (R2.6–R2.10).

use std::net::IpAddr;
use std::sync::Arc;

use super::lookup::{Host, Item, no_port, wants};
use super::parse::Part;
use super::{Plugin, Stop};
use crate::model::{Endpoint, Key, Kind, Protocol, Service, Slice, Text};
use crate::trace::dns::known::known;
use crate::trace::dns::name::{address, dashed};
use crate::trace::dns::{Name, Why};

/// One port of a slice as CoreDNS holds it; a slice without ports has one without a number.
struct SlicePort<'a> {
    number: Option<u16>,
    name: &'a str,
    protocol: String,
}

fn ports(slice: &Slice) -> Vec<SlicePort<'_>> {
    if slice.ports.is_empty() {
        return vec![SlicePort { number: None, name: "", protocol: String::new() }];
    }
    let each = slice.ports.iter().map(|port| SlicePort {
        number: port.port.map(|port| port.0),
        name: port.name.as_deref().unwrap_or_default(),
        protocol: port.protocol.to_string(),
    });
    each.collect()
}

/// An endpoint's address under its own name.
pub(in crate::trace::dns) struct NamedEndpoint {
    pub(in crate::trace::dns) hostname: String,
    pub(in crate::trace::dns) address: IpAddr,
    pub(in crate::trace::dns) pod: Option<Key>,
}

impl<'a> Plugin<'a> {
    /// The served addresses of a Service's endpoints with their names.
    pub(in crate::trace::dns) fn named_endpoints(&self, service: &Key) -> Result<Vec<NamedEndpoint>, Stop> {
        let slices = self.slices(service)?;
        let endpoints = slices.iter().flat_map(|slice| &slice.endpoints).filter(|endpoint| self.served(endpoint));
        let named = endpoints.flat_map(|endpoint| {
            let target = endpoint.target.as_deref().filter(|target| target.kind == "Pod");
            let pod = target.map(|target| Key::new(service.namespace.clone(), target.name.clone()));
            let texts = endpoint.texts().into_iter();
            texts.filter_map(move |text| {
                let address = address(&text)?;
                Some(NamedEndpoint { hostname: self.hostname(endpoint, &text), address, pod: pod.clone() })
            })
        });
        Ok(named.collect())
    }

    /// The slices of a Service that CoreDNS holds: by label, of any address type, by any writer.
    pub(super) fn slices(&self, service: &Key) -> Result<Vec<&'a Arc<Slice>>, Stop> {
        if !self.options.endpoints {
            return Ok(Vec::new());
        }
        if !known(self.cluster.store, Kind::Slice, Some(&service.namespace)) {
            return Err(Stop::unseen(Kind::Slice, Some(&service.namespace)));
        }
        Ok(self.cluster.store.slices_of(service).filter(|slice| self.shown(&slice.meta.labels)).collect())
    }

    /// R2.6: `ready` and nothing else decides.
    pub(super) fn served(&self, endpoint: &Endpoint) -> bool {
        endpoint.is_ready() || self.cluster.version.serves_unready()
    }

    /// The label under which an address of an endpoint is known.
    pub(super) fn hostname(&self, endpoint: &Endpoint, address: &str) -> String {
        if let Some(hostname) = &endpoint.hostname {
            return hostname.to_string();
        }
        let pod = endpoint.target.as_ref().map(|target| &target.name);
        match pod.filter(|name| self.options.endpoint_pod_names && !name.is_empty() && name.len() < 64) {
            Some(name) => name.to_string(),
            None => {
                let label = dashed(address).unwrap_or_default();
                let open = address.contains(':') && !address.contains('.') && label.ends_with('-');
                if open && self.cluster.version.closes_dashed_ipv6() { label + "0" } else { label }
            }
        }
    }

    /// Whether some endpoint of the Service is ready: what `ignore empty_service` asks.
    pub(super) fn has_ready(&self, service: &Key) -> Result<bool, Stop> {
        let slices = self.slices(service)?;
        let mut endpoints = slices.iter().flat_map(|slice| &slice.endpoints);
        Ok(endpoints.any(|endpoint| self.served(endpoint) && !endpoint.texts().is_empty()))
    }

    pub(super) fn endpoints(&self, service: &Service, part: &Part, name_zone: &Name) -> Result<Vec<Item>, Stop> {
        let slices = self.slices(&service.meta.key)?;
        let items = match part {
            Part::Zone { zone, prefer } => {
                let local = self.emit(service, &slices, part, Some(zone), name_zone);
                if local.is_empty() && *prefer { self.emit(service, &slices, part, None, name_zone) } else { local }
            }
            Part::Whole | Part::Endpoint(_) | Part::Port { .. } => self.emit(service, &slices, part, None, name_zone),
        };
        if items.is_empty() { Err(self.nothing(service, &slices, part)) } else { Ok(items) }
    }

    fn emit(
        &self,
        service: &Service,
        slices: &[&Arc<Slice>],
        part: &Part,
        zone: Option<&Text>,
        name_zone: &Name,
    ) -> Vec<Item> {
        let key = &service.meta.key;
        let mut items = Vec::new();
        for slice in slices {
            let ports = ports(slice);
            for endpoint in slice.endpoints.iter().filter(|endpoint| self.served(endpoint)) {
                for text in endpoint.texts() {
                    if zone.is_some_and(|zone| self.zone_of(slice, &text).as_ref() != Some(zone)) {
                        continue;
                    }
                    let hostname = self.hostname(endpoint, &text);
                    if matches!(part, Part::Endpoint(label) if !label.eq_ignore_ascii_case(&hostname)) {
                        continue;
                    }
                    let asked = ports.iter().filter(|port| wants(part, port.name, &port.protocol));
                    items.extend(asked.map(|port| Item {
                        host: Host::read(&text),
                        text: text.clone(),
                        port: port.number,
                        own: format!("{hostname}.{}.{}.svc.{name_zone}", key.name, key.namespace),
                    }));
                }
            }
        }
        items
    }

    /// The zone of an address within a slice, in lower case: of several endpoints with the address the last one's.
    fn zone_of(&self, slice: &Slice, address: &Text) -> Option<Text> {
        let mut endpoints = slice.endpoints.iter().rev().filter(|endpoint| self.served(endpoint));
        let zone =
            endpoints.find_map(|endpoint| endpoint.zone.as_ref().filter(|_| endpoint.texts().contains(address)))?;
        Some(zone.to_ascii_lowercase().into())
    }

    /// Why no endpoint fits.
    fn nothing(&self, service: &Service, slices: &[&Arc<Slice>], part: &Part) -> Stop {
        let key = service.meta.key.clone();
        if let Part::Zone { zone, .. } = part {
            return Stop::no_data(Why::EmptyZone { service: key, zone: zone.clone() });
        }
        if slices.is_empty() && self.cluster.store.slices_of(&key).next().is_some() {
            return Stop::name_error(Why::EndpointsHidden(key));
        }
        let all: Vec<&Endpoint> = slices.iter().flat_map(|slice| &slice.endpoints).collect();
        let some_served = all.iter().any(|endpoint| self.served(endpoint));
        Stop::name_error(match part {
            Part::Endpoint(label) => {
                let near = self.near(service, &all, label).map(Box::new);
                Why::NoEndpointNamed { service: key, label: label.clone(), near }
            }
            Part::Port { .. } if some_served => no_port(&key, part, listed(slices)),
            Part::Whole | Part::Port { .. } | Part::Zone { .. } if all.is_empty() => Why::NoEndpoints(key),
            Part::Whole | Part::Port { .. } | Part::Zone { .. } => {
                let leaving = |endpoint: &&&Endpoint| endpoint.is_serving() && endpoint.is_terminating();
                match all.iter().filter(leaving).count() {
                    0 => Why::NoneReady { service: key, endpoints: all.len() },
                    serving => Why::OnlyTerminating { service: key, serving },
                }
            }
        })
    }
}

fn listed(slices: &[&Arc<Slice>]) -> Vec<(Text, Protocol)> {
    let mut found: Vec<(Text, Protocol)> = Vec::new();
    for port in slices.iter().flat_map(|slice| &slice.ports) {
        let entry = (port.name.clone().unwrap_or_default(), port.protocol.clone());
        if !found.contains(&entry) {
            found.push(entry);
        }
    }
    found
}
