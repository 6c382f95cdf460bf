//! What a trace rests on that was not heard well: kinds that may not be read (D101), and what is old (D105).

use super::Walk;
use crate::model::{ConfigName, Kind};
use crate::store::Known;
use crate::trace::{Finding, Reason, Stage, Weight};

/// After so many milliseconds another age is told.
const SECOND: i64 = 1_000;

/// The step that rests on a kind.
fn stage(kind: Kind) -> Stage {
    match kind {
        Kind::Config(ConfigName::Coredns | ConfigName::KubeletConfig | ConfigName::KubeadmConfig) => Stage::Resolver,
        Kind::Config(ConfigName::NodeLocalDns) => Stage::Resolver,
        Kind::Namespace => Stage::Queries,
        Kind::Service => Stage::Service,
        Kind::Slice | Kind::Node | Kind::ServiceCidr | Kind::Config(ConfigName::KubeProxy) => Stage::Endpoints,
        Kind::Pod => Stage::Container,
        Kind::NetworkPolicy => Stage::Policy,
    }
}

impl Walk<'_> {
    /// Says of each kind that the steps rest on how well it is heard, where that is not well.
    pub(super) fn heard(&mut self) {
        for kind in Kind::ALL {
            let asked = self.steps.iter().any(|step| step.stage == Stage::Queries);
            let stage = if kind == Kind::Service && asked { Stage::Queries } else { stage(kind) };
            // Where the caches of the nodes are is no matter of a cluster that has none.
            if kind == Kind::Config(ConfigName::NodeLocalDns) || self.steps.iter().all(|step| step.stage != stage) {
                continue;
            }
            let resource = kind.name();
            let reason = match self.store.known_all(kind) {
                Known::Stale(since) => {
                    self.lapses(self.now.plus(SECOND));
                    Reason::OldData { resource, age: self.now.since(since) }
                }
                Known::Forbidden { .. } => Reason::Unreadable { resource },
                Known::Known
                | Known::Loading(_)
                | Known::Failing(_)
                | Known::NotAsked(_)
                | Known::NotGiven(_)
                | Known::NotWatched { .. }
                | Known::NotServed(_) => continue,
            };
            self.findings.push(Finding { reason, stage, weight: Weight::Note, certain: true, evidence: Vec::new() });
        }
    }
}
