//! Where the client stands, and what its /etc/hosts says (§1.1, §1.3).

use std::borrow::Cow;
use std::net::IpAddr;

use super::ask::Found;
use super::step::{Body, Place, Standing};
use super::{NoTrace, Walk, near_clients};
use crate::model::{DnsPolicy, Key, Kind, Meta, Pod, PodRare, Text};
use crate::store::Store;
use crate::trace::client::{HostsAnswer, HostsSource, Name, hosts_lookup};
use crate::trace::{Blind, Client, Confidence, Evidence, Finding, Near, Reason, Stage, Weight};

/// The pod that stands for a client.
pub(super) fn stand<'a>(store: &'a Store, client: &Client) -> Result<Cow<'a, Pod>, NoTrace> {
    // On a node, and outside, the machine's own resolver is asked.
    let machine = |node: Option<Text>| {
        let rare = PodRare { host_network: true, dns_policy: DnsPolicy::Default, ..PodRare::default() };
        Cow::Owned(Pod { node, rare: Some(Box::new(rare)), ..Pod::default() })
    };
    match client {
        Client::Pod(key) => match store.pod(key) {
            Some(pod) => Ok(Cow::Borrowed(pod)),
            None if !store.complete_in(Kind::Pod, &key.namespace) => Err(NoTrace::Unseen(client.clone(), Kind::Pod)),
            None => Err(NoTrace::NoClient(client.clone(), near_clients(store, key))),
        },
        Client::Node(name) => match store.node(name) {
            Some(_) => Ok(machine(Some(name.clone()))),
            None if !store.complete(Kind::Node) => Err(NoTrace::Unseen(client.clone(), Kind::Node)),
            None => {
                let mut near: Vec<&Text> = store.nodes().map(|node| &node.meta.key.name).collect();
                near.sort_by_key(|node| strsim::levenshtein(node, name));
                let near = near.into_iter().take(3).map(|node| Near::Client(Key::new("", node.clone())));
                Err(NoTrace::NoClient(client.clone(), near.collect()))
            }
        },
        Client::Namespace(name) => {
            let meta = Meta { key: Key { namespace: name.clone(), name: Text::default() }, ..Meta::default() };
            Ok(Cow::Owned(Pod { meta, ..Pod::default() }))
        }
        Client::Outside => Ok(machine(None)),
    }
}

impl Walk<'_> {
    /// The client's step. Gives what /etc/hosts answers, where it does.
    pub(super) fn client(&mut self, name: Option<&Name>) -> Option<Found> {
        let domain = self.settings.kubelet.cluster_domain.clone();
        let is_pod = matches!(self.question.client, Client::Pod(_));
        let answer = name.filter(|_| is_pod).map(|name| hosts_lookup(name, &self.pod, &domain));
        let listed = match answer {
            Some(HostsAnswer::Listed(entries)) => entries,
            Some(HostsAnswer::NotListed | HostsAnswer::NodeFile) | None => Vec::new(),
        };
        let node = self.pod.node.clone();
        let zone = node.as_ref().and_then(|name| self.store.node(name)).and_then(|node| node.zone.clone());
        let mut confidence = match self.question.client {
            Client::Pod(_) if node.is_none() => Confidence::Unknown(Blind::ClientNode),
            Client::Pod(_) | Client::Node(_) | Client::Namespace(_) | Client::Outside => Confidence::Exact,
        };
        if self.pod.windows() {
            confidence = Confidence::Unknown(Blind::Windows);
        }
        let place = Place {
            client: self.question.client.clone(),
            node,
            zone,
            addresses: self.pod.ips.as_slice().to_vec(),
            host_network: self.pod.host_network(),
            dns_policy: self.pod.dns_policy().clone(),
            hosts: listed.clone(),
        };
        self.step(Stage::Client, Standing::Ok, confidence, Body::Client(place));
        if listed.is_empty() {
            return None;
        }
        let addresses: Vec<IpAddr> = listed.iter().map(|entry| entry.ip).collect();
        for entry in listed.iter().take(1) {
            let alias = matches!(entry.source, HostsSource::Alias(_));
            let path = if alias { ".spec.hostAliases" } else { ".metadata.name" };
            let evidence = Evidence::field(Kind::Pod, &self.pod.meta.key, path, entry.ip);
            self.findings.push(Finding {
                reason: Reason::HostsFile { address: entry.ip, alias },
                stage: Stage::Client,
                weight: Weight::Note,
                certain: true,
                evidence: vec![evidence],
            });
        }
        Some(Found { addresses, ..Found::default() })
    }
}
