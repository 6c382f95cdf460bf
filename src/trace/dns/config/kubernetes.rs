//! The options of the `kubernetes` plugin (§2.2).

use std::collections::BTreeSet;

use super::{bad, count, fallthrough, fault, number, open, unknown, zones, zones_or};
use crate::model::Text;
use crate::trace::dns::corefile::{CorefileError, Directive, Fault, Token};
use crate::trace::dns::{LabelSelector, Name};

/// `pods`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PodMode {
    /// No pod records.
    #[default]
    Disabled,
    /// Any address is answered, whether such a pod exists or not.
    Insecure,
    /// Running pods of the Namespace only.
    Verified,
}

/// One `kubernetes` plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct Kubernetes {
    /// The zones it answers for.
    pub zones: Vec<Name>,
    /// The first zone that is not below a reverse tree (the tree itself counts as none): PTR records point there.
    pub primary: Name,
    /// `ttl`, in seconds.
    pub ttl: u32,
    /// `pods`
    pub pods: PodMode,
    /// `fallthrough`: zones whose missing names the next plugin is asked for.
    pub fallthrough: Vec<Name>,
    /// `namespaces`; empty means all.
    pub namespaces: BTreeSet<Text>,
    /// `namespace_labels`
    pub namespace_labels: Option<LabelSelector>,
    /// `labels`: of Services, EndpointSlices and Pods.
    pub labels: Option<LabelSelector>,
    /// Not `noendpoints`.
    pub endpoints: bool,
    /// `endpoint_pod_names`
    pub endpoint_pod_names: bool,
    /// `ignore empty_service`
    pub ignore_empty: bool,
    /// `zonal`
    pub zonal: bool,
    /// `multicluster` zones.
    pub multicluster: Vec<Name>,
    /// The block has a `bind`: CoreDNS then finds none of its own addresses, and has no name server to tell of.
    pub bound: bool,
}

impl Kubernetes {
    /// The plugin without any option. `None` without a zone that is not a reverse one.
    pub fn new(zones: Vec<Name>) -> Option<Self> {
        let primary = zones.iter().find(|zone| !zone.reverse_tree())?.clone();
        Some(Self {
            zones,
            primary,
            ttl: 5,
            pods: PodMode::Disabled,
            fallthrough: Vec::new(),
            namespaces: BTreeSet::new(),
            namespace_labels: None,
            labels: None,
            endpoints: true,
            endpoint_pod_names: false,
            ignore_empty: false,
            zonal: false,
            multicluster: Vec::new(),
            bound: false,
        })
    }

    /// The longest of its zones that a name is in.
    pub fn zone_of(&self, name: &Name) -> Option<&Name> {
        super::longest(&self.zones, name)
    }
}

pub(super) fn read(directive: &Directive, block: &[Name]) -> Result<Kubernetes, CorefileError> {
    let name = &directive.name;
    let Some(mut options) = Kubernetes::new(zones_or(&directive.args, block)) else {
        return fault(name, Fault::OnlyReverseZones);
    };
    for line in &directive.body {
        let [property, args @ ..] = line.as_slice() else { continue };
        if args.iter().any(open) {
            continue;
        }
        options.set(name, property, args)?;
    }
    if !options.namespaces.is_empty() && options.namespace_labels.is_some() {
        return fault(name, Fault::Both("namespaces", "namespace_labels"));
    }
    if options.zonal && !options.endpoints {
        return fault(name, Fault::Both("zonal", "noendpoints"));
    }
    if let Some(zone) = options.multicluster.iter().find(|zone| !options.zones.contains(zone)) {
        return fault(name, Fault::BadZone(zone.as_str().into()));
    }
    Ok(options)
}

impl Kubernetes {
    fn set(&mut self, plugin: &Token, property: &Token, args: &[Token]) -> Result<(), CorefileError> {
        match (property.text.as_str(), args) {
            ("endpoint_pod_names", []) => self.endpoint_pod_names = true,
            ("noendpoints", []) => self.endpoints = false,
            ("zonal", []) => self.zonal = true,
            ("pods", [mode]) => {
                self.pods = match mode.text.as_str() {
                    "disabled" => PodMode::Disabled,
                    "insecure" => PodMode::Insecure,
                    "verified" => PodMode::Verified,
                    _ => return bad(property, mode),
                }
            }
            ("namespaces", [_, ..]) => self.namespaces.extend(args.iter().map(|arg| arg.text.clone())),
            ("labels", [first, ..]) => self.labels = Some(selector(property, first, args)?),
            ("namespace_labels", [first, ..]) => self.namespace_labels = Some(selector(property, first, args)?),
            ("fallthrough", _) => self.fallthrough = fallthrough(args),
            ("ttl", [ttl, ..]) => self.ttl = number(property, ttl, 0..=3600)?,
            ("ignore", [what, ..]) if what.text == "empty_service" => self.ignore_empty = true,
            ("ignore", [what, ..]) => return bad(property, what),
            ("ignore", []) => {}
            ("multicluster", _) => self.multicluster = zones(args),
            // How it reaches the API changes no answer.
            ("endpoint" | "startup_timeout", [_, ..])
            | ("kubeconfig", [_] | [_, _])
            | ("tls", [_, _, _])
            | ("apiserver_qps" | "apiserver_burst" | "apiserver_max_inflight", [_]) => {}
            (
                "endpoint_pod_names"
                | "noendpoints"
                | "zonal"
                | "pods"
                | "namespaces"
                | "labels"
                | "namespace_labels"
                | "ttl"
                | "endpoint"
                | "startup_timeout"
                | "kubeconfig"
                | "tls"
                | "apiserver_qps"
                | "apiserver_burst"
                | "apiserver_max_inflight",
                _,
            ) => return count(property),
            _ => return unknown(plugin, property),
        }
        Ok(())
    }
}

fn selector(property: &Token, first: &Token, args: &[Token]) -> Result<LabelSelector, CorefileError> {
    let text = args.iter().map(|arg| arg.text.as_str()).collect::<Vec<_>>().join(" ");
    match LabelSelector::parse(&text) {
        Some(selector) => Ok(selector),
        None => bad(property, first),
    }
}
