//! A server block: where it listens and which plugins a question passes.

use super::plugins::{Effect, Zones, place};
use super::{
    Cache, Forward, Hosts, Kubernetes, RewriteRule, cache, fault, forward, hosts, kubernetes, open, rewrite, zone,
    zones_or,
};
use crate::model::Text;
use crate::trace::dns::Name;
use crate::trace::dns::corefile::{CorefileError, Directive, Fault, Position, ServerBlock, Surroundings};

/// A zone that a block serves, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The zone.
    pub zone: Name,
    /// The port.
    pub port: u16,
    /// Plain DNS, not TLS, HTTPS, gRPC or QUIC.
    pub dns: bool,
}

impl Listen {
    /// Whether pods ask there: plain DNS on port 53.
    pub fn plain(&self) -> bool {
        self.dns && self.port == 53
    }
}

/// A plugin that is not modelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Its name.
    pub name: Text,
    /// Where it stands.
    pub at: Position,
    /// Names that it may answer or change.
    pub zones: Vec<Name>,
    /// It stands behind `kubernetes`: what comes to it is answered there, not before.
    pub last: bool,
}

/// What a question passes within a block, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// All `rewrite` rules in the order of the file.
    Rewrite(Vec<RewriteRule>),
    /// `cache`
    Cache(Cache),
    /// `hosts`
    Hosts(Hosts),
    /// `kubernetes`
    Kubernetes(Box<Kubernetes>),
    /// `forward`
    Forward(Forward),
    /// A plugin that is not modelled.
    Opaque(Opaque),
}

/// One server block.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Where it stands in the Corefile.
    pub at: Position,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Chosen by an expression among blocks of the same zone.
    pub view: bool,
    /// Whether any plugin of it takes part in answers; if none does, it refuses.
    pub answers: bool,
    /// What a question passes.
    pub steps: Vec<Step>,
}

pub(super) fn read(block: &ServerBlock, around: &Surroundings) -> Result<Block, CorefileError> {
    let mut listens = Vec::new();
    for key in &block.keys {
        match zone::key(&key.text) {
            Some((dns, port, zones)) => listens.extend(zones.into_iter().map(|zone| Listen { zone, port, dns })),
            None if open(key) => {}
            None => return fault(key, Fault::BadZone(key.text.clone())),
        }
    }
    let own: Vec<Name> = listens.iter().map(|listen| listen.zone.clone()).collect();
    let mut placed: Vec<(usize, Step)> = Vec::new();
    let (mut view, mut answers) = (false, false);
    let mut rules = Vec::new();
    let mut once: Vec<&str> = Vec::new();
    let bound = block.directives.iter().any(|directive| directive.name.text.as_str() == "bind");
    for directive in &block.directives {
        let name = directive.name.text.as_str();
        let (at, effect) = place(name).unwrap_or((0, Effect::May(Zones::All)));
        answers |= effect != Effect::None;
        view |= name == "view";
        if matches!(name, "cache" | "hosts" | "kubernetes" | "loop") {
            if once.contains(&name) {
                return fault(&directive.name, Fault::PluginTwice(name.into()));
            }
            once.push(name);
        }
        let step = match (name, effect) {
            ("rewrite", _) => {
                rules.push(rewrite::read(directive)?);
                continue;
            }
            ("cache", _) => Step::Cache(cache::read(directive, &own)?),
            ("hosts", _) => Step::Hosts(hosts::read(directive, &own, around)?),
            ("kubernetes", _) => Step::Kubernetes(Box::new(Kubernetes { bound, ..kubernetes::read(directive, &own)? })),
            ("forward", _) => Step::Forward(forward::read(directive)?),
            (_, Effect::None | Effect::Passes) => continue,
            (_, Effect::May(zones)) => Step::Opaque(opaque(directive, zones, at, &own)),
        };
        placed.push((at, step));
    }
    if let Some((at, _)) = place("rewrite").filter(|_| !rules.is_empty()) {
        placed.push((at, Step::Rewrite(rules)));
    }
    placed.sort_by_key(|(at, _)| *at);
    let at = block.keys.first().map(|key| key.at.clone()).unwrap_or_default();
    Ok(Block { at, listens, view, answers, steps: placed.into_iter().map(|(_, step)| step).collect() })
}

fn opaque(directive: &Directive, where_from: Zones, at: usize, own: &[Name]) -> Opaque {
    let args = &directive.args;
    let zones = match where_from {
        Zones::From(first) => zones_or(args.get(first..).unwrap_or_default(), own),
        Zones::ButLast => zones_or(args.split_last().map_or(&[], |(_, zones)| zones), own),
        Zones::First => zones_or(args.get(..1).unwrap_or_default(), own),
        Zones::Fixed(fixed) => fixed.iter().filter_map(|zone| Name::new(zone).ok()).collect(),
        Zones::All => vec![Name::root()],
    };
    let last = place("kubernetes").is_some_and(|(kubernetes, _)| at > kubernetes);
    Opaque { name: directive.name.text.clone(), at: directive.name.at.clone(), zones, last }
}
