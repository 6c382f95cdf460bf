//! Why a Service has the endpoints that it has (`of_service`), and why a pod is behind the Services that it is behind
//! (`of_pod`).

use std::collections::BTreeMap;

use super::pod::{misses, of_member, unready};
use super::{blocks, found, hurts, note, ordered, slices};
use crate::model::{Key, Kind, Pod, Service, ServiceKind, TargetPort, Time};
use crate::store::{Row, Store, Word};
use crate::trace::evidence::Evidence;
use crate::trace::proxy::{Balancer, Collision, annotation_rules, balancer, collisions};
use crate::trace::{Finding, Reason, Weight};

/// How long the controller may take before it is said to lag, in milliseconds (§3.6).
const CONVERGING: u64 = 5_000;

/// Everything that keeps a Service from having all its pods as usable endpoints, the gravest first. Empty where nothing
/// does. What is not known is left out; `Store::known` tells.
pub fn of_service(store: &Store, key: &Key, now: Time) -> Vec<Finding> {
    let Some(service) = store.service(key) else { return Vec::new() };
    let mut findings = Vec::new();
    findings.extend(slices::frozen(store, service));
    if service.kind == ServiceKind::ExternalName {
        return ordered(findings);
    }
    let rows = store.rows(key);
    let summary = store.summary(key);
    let known = |kind| store.complete_in(kind, &key.namespace);
    let certain = known(Kind::Slice) && known(Kind::Pod);
    findings.extend(selection(store, service));
    findings.extend(slices::port_names(store, service));
    findings.extend(slices::ignored(store, service));
    findings.extend(slices::unbound(store, service));
    findings.extend(slices::claims(store, key, certain && store.complete(Kind::Node)));
    findings.extend(of_rows(store, service, &rows));
    findings.extend(lag(service, &rows, now));
    findings.extend(several_numbers(store, service));
    findings.extend(published(service, &rows));
    findings.extend(notes(store, service));
    if summary.draining_only {
        findings.push(hurts(Reason::DrainingOnly { service: key.clone(), endpoints: summary.usable }, []));
    }
    for finding in &mut findings {
        finding.certain &= certain;
    }
    if summary.usable > 0 || !known(Kind::Slice) {
        return ordered(findings);
    }
    // With nothing usable, what hurts is what blocks; that there is nothing is the effect, and comes after its causes.
    for finding in findings.iter_mut().filter(|finding| finding.weight == Weight::Hurts) {
        finding.weight = Weight::Blocks;
    }
    let unready = rows.iter().filter(|row| row.is_endpoint()).count();
    let slices = store.slices_of(key);
    let evidence =
        slices.map(|slice| Evidence::field(Kind::Slice, &slice.meta.key, ".endpoints", slice.endpoints.len()));
    findings.push(blocks(Reason::NoEndpoint { service: key.clone(), unready }, evidence));
    ordered(findings)
}

/// A selector that matches nothing, and what comes near; or none at all (D37–D39).
fn selection(store: &Store, service: &Service) -> Vec<Finding> {
    let key = &service.meta.key;
    if !service.selector.is_some() {
        let bare = store.complete_in(Kind::Slice, &key.namespace)
            && store.slices_of(key).all(|slice| slice.endpoints.is_empty());
        let evidence = Evidence::no_field(Kind::Service, key, ".spec.selector");
        if !bare {
            return Vec::new();
        }
        // Without slices there may be Endpoints that nobody mirrors (D56): the one who could tell is not asked.
        let unread = Finding { certain: false, ..note(Reason::EndpointsUnread { service: key.clone() }, []) };
        return vec![blocks(Reason::NoSelector { service: key.clone() }, [evidence]), unread];
    }
    if !store.selects_nothing(key) {
        return Vec::new();
    }
    let pairs: Vec<String> = service.selector.0.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let selector = || Evidence::field(Kind::Service, key, ".spec.selector", pairs.join(","));
    let mut findings: Vec<Finding> = Vec::new();
    for miss in store.near_misses(key).into_iter().take(3) {
        let path = format!(".metadata.labels.{}", miss.key);
        let label = match &miss.found {
            Some(found) => Evidence::field(Kind::Pod, &miss.example, path, found),
            None => Evidence::no_field(Kind::Pod, &miss.example, path),
        };
        let reason = Reason::LabelsDiffer {
            service: key.clone(),
            pod: miss.example,
            label: miss.key,
            wanted: miss.wanted,
            found: miss.found,
            pods: miss.pods,
        };
        findings.push(blocks(reason, [selector(), label]));
    }
    for elsewhere in store.matches_elsewhere(key) {
        let reason =
            Reason::SelectsElsewhere { service: key.clone(), namespace: elsewhere.namespace, pods: elsewhere.pods };
        findings.push(blocks(reason, [selector()]));
    }
    if findings.is_empty() {
        findings.push(blocks(Reason::SelectsNothing { service: key.clone() }, [selector()]));
    }
    findings
}

/// What keeps each row from being a usable endpoint. Rows that fail in the same way are told once by the caller.
fn of_rows(store: &Store, service: &Service, rows: &[Row]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in rows.iter().filter(|row| row.selected) {
        if let Some(pod) = row.target.pod() {
            findings.extend(of_member(store, service, pod));
        }
    }
    findings
}

/// Rows in which the slices do not say what the pods do (D54).
fn lag(service: &Service, rows: &[Row], now: Time) -> Option<Finding> {
    let behind = |row: &&Row| {
        matches!(row.word, Some(Word::Lag | Word::Stale | Word::NotSelected))
            && row.since.is_none_or(|since| now.since(since) >= CONVERGING)
    };
    let late: Vec<&Row> = rows.iter().filter(behind).collect();
    let evidence: Vec<Evidence> = late
        .iter()
        .flat_map(|row| &row.members)
        .map(|member| {
            let slice = Key { namespace: service.meta.key.namespace.clone(), name: member.slice.clone() };
            let words = format!("ready {} serving {}", member.facts.ready, member.facts.serving);
            Evidence::field(Kind::Slice, &slice, ".endpoints[*].conditions", words)
        })
        .collect();
    let reason = Reason::ControllerLags { service: service.meta.key.clone(), rows: late.len() };
    (!late.is_empty()).then(|| hurts(reason, evidence))
}

/// When rows that are only behind as yet will be said to lag, if nothing happens until then.
pub fn settles(store: &Store, key: &Key, now: Time) -> Option<Time> {
    let converging = i64::try_from(CONVERGING).unwrap_or(i64::MAX);
    let rows = store.rows(key);
    let behind = rows.iter().filter(|row| matches!(row.word, Some(Word::Lag | Word::Stale | Word::NotSelected)));
    behind.filter_map(|row| Some(row.since?.plus(converging))).filter(|at| *at > now).min()
}

/// A named target port that means several numbers (D53).
fn several_numbers(store: &Store, service: &Service) -> Vec<Finding> {
    let summary = store.summary(&service.meta.key);
    let ports = service.ports.iter().zip(&summary.ports);
    let several = ports.filter_map(|(port, told)| match &port.target {
        TargetPort::Name(name) if told.resolution.numbers.len() > 1 => Some((name, told)),
        TargetPort::Name(_) | TargetPort::Number(_) => None,
    });
    several
        .map(|(name, told)| {
            let key = service.meta.key.clone();
            let numbers = told.resolution.numbers.clone();
            note(Reason::SeveralNumbers { service: key, port: name.clone(), numbers }, [])
        })
        .collect()
}

/// Unready pods that get traffic because the Service publishes them (D57).
fn published(service: &Service, rows: &[Row]) -> Option<Finding> {
    let key = &service.meta.key;
    let unready = |row: &&Row| row.usable() && row.target.pod().is_some_and(|pod| !pod.ready);
    let pods = rows.iter().filter(unready).count();
    let evidence = Evidence::field(Kind::Service, key, ".spec.publishNotReadyAddresses", true);
    let published = service.publish_not_ready && pods > 0;
    published.then(|| note(Reason::PublishedUnready { service: key.clone(), pods }, [evidence]))
}

/// What the Service's own fields say that one may not expect (D66, D71, D75, D80).
fn notes(store: &Store, service: &Service) -> Vec<Finding> {
    let key = &service.meta.key;
    let mut findings = Vec::new();
    if let (true, Some(distribution)) = (annotation_rules(service), &service.traffic_distribution) {
        let evidence = Evidence::field(Kind::Service, key, ".spec.trafficDistribution", distribution);
        findings.push(note(Reason::AnnotationWins { service: key.clone() }, [evidence]));
    }
    if let Some(proxy) = service.meta.labels.get("service.kubernetes.io/service-proxy-name") {
        let path = ".metadata.labels.service.kubernetes.io/service-proxy-name";
        let evidence = Evidence::field(Kind::Service, key, path, proxy);
        let reason = Reason::IgnoredByProxy { service: key.clone(), proxy: proxy.clone() };
        findings.push(hurts(reason, [evidence]));
    }
    for (address, other) in collisions(store, service) {
        let evidence = Evidence::field(Kind::Service, key, ".spec.externalIPs", address);
        let with = match other {
            Collision::Node(node) => format!("node {}", node.name),
            Collision::Service(other, port) => format!("Service {other}, port {port}"),
        };
        findings.push(hurts(Reason::ExternalIpCollides { service: key.clone(), address, with }, [evidence]));
    }
    if let Balancer::Pending(class) = balancer(service) {
        let evidence = Evidence::no_field(Kind::Service, key, ".status.loadBalancer.ingress");
        findings.push(note(Reason::BalancerPending { service: key.clone(), class }, [evidence]));
    }
    findings
}

/// Where a pod stands towards the Services of its namespace: for each that selects it what keeps it from traffic; if
/// none does, the Services whose selectors it misses by one label (D37).
pub fn of_pod(store: &Store, key: &Key) -> Vec<Finding> {
    let Some(pod) = store.pod(key) else { return Vec::new() };
    let selecting = store.services_selecting(pod);
    let mut by_service: BTreeMap<Key, Vec<Finding>> = BTreeMap::new();
    for name in &selecting {
        if let Some(service) = store.service(name) {
            by_service.insert(name.clone(), of_member(store, service, pod));
        }
    }
    let mut findings: Vec<Finding> = Vec::new();
    for finding in by_service.into_values().flatten() {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    if selecting.is_empty() {
        findings.extend(unready(store, pod));
        findings.extend(near_services(store, pod));
    }
    ordered(findings)
}

/// Services of the pod's namespace that would select it but for one label.
fn near_services(store: &Store, pod: &Pod) -> Vec<Finding> {
    let own = &pod.meta.key;
    let mut findings = Vec::new();
    let services = store.services().filter(|service| service.meta.key.namespace == own.namespace);
    for service in services.filter(|service| service.selector.is_some()) {
        let missed = misses(service, pod);
        let [(label, wanted, found_value)] = missed.as_slice() else { continue };
        // With one pair only, a pod that lacks the label shares nothing with the selector.
        if found_value.is_none() && service.selector.0.iter().len() == 1 {
            continue;
        }
        let reason = Reason::LabelsDiffer {
            service: service.meta.key.clone(),
            pod: own.clone(),
            label: label.clone(),
            wanted: wanted.clone(),
            found: found_value.clone(),
            pods: 1,
        };
        let path = format!(".metadata.labels.{label}");
        let evidence = match found_value {
            Some(value) => Evidence::field(Kind::Pod, own, path, value),
            None => Evidence::no_field(Kind::Pod, own, path),
        };
        findings.push(found(Weight::Note, reason, [evidence]));
    }
    findings
}
