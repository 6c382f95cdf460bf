//! What the `hosts` plugin answers: addresses and names from lines (R2.4).

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::config::{HostLine, Hosts, HostsFile};
use super::{Cluster, CoreDnsVersion, Name, QueryType, Question, Record, RecordData};
use crate::model::{Family, Pod};
use crate::trace::client::hostname_and_domain;

/// What the plugin does with a question.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Heard {
    /// It answers.
    Records(Vec<Record>),
    /// The name is listed, not with this type.
    OtherType,
    /// It is not listed, and the plugin keeps the question.
    Fails,
    /// The next plugin is asked.
    Passes,
}

/// What the plugin reads beside its own lines.
pub(super) enum Beside {
    /// These lines.
    Lines(Vec<HostLine>),
    /// The DNS pods' own files, which differ or are not known.
    Pods,
    /// A file that is not at hand.
    Unseen,
}

/// The lines that are the same for every DNS pod, as far as they matter to a question.
pub(super) fn beside(hosts: &Hosts, cluster: &Cluster<'_>, question: &Question) -> Beside {
    match &hosts.file {
        HostsFile::Read(lines) => Beside::Lines(lines.clone()),
        HostsFile::Unseen(_) => Beside::Unseen,
        HostsFile::OfThePod => {
            let mut files = cluster.dns_pods.iter().map(|pod| own_lines(pod));
            let Some(first) = files.next() else { return Beside::Pods };
            // Several pods differ in their own names and addresses; for other questions they are alike.
            let concerned = |lines: &Vec<HostLine>| hear(hosts, lines, cluster.version, question);
            let heard = concerned(&first);
            if files.all(|lines| concerned(&lines) == heard) { Beside::Lines(first) } else { Beside::Pods }
        }
    }
}

/// The hosts file that the kubelet writes for a pod (R1.6), as far as it holds names.
fn own_lines(pod: &Pod) -> Vec<HostLine> {
    let fixed = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\nfe00::0 ip6-localnet\n\
                 fe00::0 ip6-mcastprefix\nfe00::1 ip6-allnodes\nfe00::2 ip6-allrouters\n";
    let mut lines = super::config::host_lines(fixed);
    if !pod.host_network() {
        let own = hostname_and_domain(pod, "");
        let names: Vec<Name> = Name::new(&own.host).into_iter().collect();
        lines.extend(pod.ips.as_slice().iter().map(|ip| HostLine { address: *ip, names: names.clone() }));
    }
    lines
}

/// What the plugin does with a question, given the file beside its own lines.
pub(super) fn hear(hosts: &Hosts, file: &[HostLine], version: CoreDnsVersion, question: &Question) -> Heard {
    let name = &question.name;
    let record = |data| Record { owner: name.clone(), data, ttl: hosts.ttl };
    if question.kind == QueryType::Ptr {
        let pointers = pointers(hosts, file, name);
        if !pointers.is_empty() {
            return Heard::Records(pointers.into_iter().map(|name| record(RecordData::Ptr(name))).collect());
        }
        return Heard::Passes;
    }
    if !hosts.zones.iter().any(|zone| name.within(zone)) {
        return Heard::Passes;
    }
    let through = hosts.fallthrough.iter().any(|zone| name.within(zone));
    let of = |family| {
        let mut found = listed(hosts, file, version, name, family);
        found.extend(listed(hosts, &hosts.inline, version, name, family));
        found
    };
    let addresses = match question.kind.family() {
        Some(family) => of(family),
        None => {
            if through && (hosts.pass_other_types || version.hosts_pass_other_types()) {
                return Heard::Passes;
            }
            Vec::new()
        }
    };
    if !addresses.is_empty() {
        let data = |address| match address {
            IpAddr::V4(v4) => RecordData::A(v4),
            IpAddr::V6(v6) => RecordData::Aaaa(v6),
        };
        return Heard::Records(addresses.into_iter().map(|address| record(data(address))).collect());
    }
    match of(Family::V4).is_empty() && of(Family::V6).is_empty() {
        false => Heard::OtherType,
        true if through => Heard::Passes,
        true => Heard::Fails,
    }
}

/// The addresses of one source: those of the name itself, else of its wildcard.
fn listed(hosts: &Hosts, lines: &[HostLine], version: CoreDnsVersion, name: &Name, family: Family) -> Vec<IpAddr> {
    let at = |wanted: &Name| -> Vec<IpAddr> {
        let lines = lines.iter().filter(|line| Family::of(&line.address) == family);
        let shown = hosts.zones.iter().any(|zone| wanted.within(zone));
        lines
            .filter(|_| shown)
            .flat_map(|line| line.names.iter().filter(|own| *own == wanted).map(|_| line.address))
            .collect()
    };
    let wild = |name: &Name| name.as_str().starts_with("*.");
    let own = if version.has_hosts_wildcards() && wild(name) { Vec::new() } else { at(name) };
    if !own.is_empty() || !version.has_hosts_wildcards() {
        return own;
    }
    let Some((_, rest)) = name.as_str().split_once('.').filter(|(_, rest)| !rest.is_empty()) else { return own };
    Name::new(&format!("*.{rest}")).map_or(own, |wildcard| at(&wildcard))
}

/// All names of the address that a reverse name stands for.
fn pointers(hosts: &Hosts, file: &[HostLine], name: &Name) -> BTreeSet<Name> {
    let Some(address) = name.reversed().filter(|_| hosts.reverse) else { return BTreeSet::new() };
    let lines = file.iter().chain(&hosts.inline).filter(|line| line.address == address);
    let names = lines.flat_map(|line| &line.names);
    let shown = |name: &&Name| !name.as_str().starts_with("*.") && hosts.zones.iter().any(|zone| name.within(zone));
    names.filter(shown).cloned().collect()
}
