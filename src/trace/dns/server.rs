//! The whole server: which block takes a question (R2.3), what its plugins do with it (R2.4), and for how long that may
//! be kept (§2.2).

use std::cell::RefCell;

use super::config::{Block, Cache, Config, Listen, Step, longest};
use super::hosts::{Beside, Heard, beside, hear};
use super::kubernetes::{Answer, Plugin, Stop, denied};
use super::reply::{Decider, Doubt, Failed, Negative, Outcome, Refusal, Reply, Unsure, Why};
use super::rewrite::TurnBack;
use super::{Cluster, Name, QueryType, Question, Record};
use crate::model::{Kind, Text};

/// How often the server asks itself on behalf of one question.
const MOST_LOOKUPS: u32 = 12;

/// What CoreDNS with this configuration answers on port 53.
pub fn answer(config: &Config, cluster: &Cluster<'_>, question: &Question) -> Reply {
    ask(config, cluster, question, 0)
}

fn ask(config: &Config, cluster: &Cluster<'_>, question: &Question, depth: u32) -> Reply {
    if depth > MOST_LOOKUPS {
        return Reply::of(Outcome::Unknown(Unsure::TooManyLookups));
    }
    let doubts: Vec<Doubt> = config.unresolved.iter().cloned().map(Doubt::Unresolved).collect();
    let mut reply = match select(config, &question.name) {
        Selected::None => Reply::of(Outcome::Refused(Refusal::NoBlock)),
        Selected::ByView(at) => {
            let by = Some(Decider { block: at, plugin: Some("view".into()), zone: None });
            Reply { by, ..Reply::of(Outcome::Unknown(Unsure::View)) }
        }
        Selected::Block(at, block) if !block.answers => {
            let by = Some(Decider { block: at, plugin: None, zone: None });
            Reply { by, ..Reply::of(Outcome::Refused(Refusal::NoPlugin)) }
        }
        Selected::Block(at, block) => Walk { config, cluster, at, depth }.block(block, question),
    };
    reply.doubts.splice(0..0, doubts);
    reply
}

/// For how long resolvers may go on with an answer of the `kubernetes` plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Seconds for records.
    pub records: u32,
    /// Seconds for "no such name".
    pub denial: u32,
}

/// How long answers for a name of a cluster zone may be kept (R2.17, §2.2); `None` where the zone is not the plugin's.
pub fn lifetimes(config: &Config, name: &Name) -> Option<Lifetimes> {
    let Selected::Block(_, block) = select(config, name) else { return None };
    let own = block.steps.iter().find_map(|step| match step {
        Step::Kubernetes(options) => options.zone_of(name).map(|_| options.ttl),
        Step::Rewrite(_) | Step::Cache(_) | Step::Hosts(_) | Step::Forward(_) | Step::Opaque(_) => None,
    })?;
    let cache = block.steps.iter().find_map(|step| match step {
        Step::Cache(cache) => cache.zones.iter().any(|zone| name.within(zone)).then_some(cache),
        Step::Rewrite(_) | Step::Kubernetes(_) | Step::Hosts(_) | Step::Forward(_) | Step::Opaque(_) => None,
    });
    let denial = denied(own);
    Some(Lifetimes {
        records: cache.map_or(own, |cache| cache.success.clamp(own)),
        denial: cache.map_or(denial, |cache| cache.denial.clamp(denial)),
    })
}

/// Who answers a name of a cluster zone before the `kubernetes` plugin that serves it (D32).
pub fn shadowed<'a>(config: &Config, reply: &'a Reply, name: &Name) -> Option<&'a Decider> {
    let by = reply.by.as_ref()?;
    let ours = by.plugin.as_ref().is_some_and(|plugin| plugin == "kubernetes");
    let zone = config.kubernetes().filter_map(|options| options.zone_of(name)).max_by_key(|zone| zone.as_str().len());
    zone.filter(|_| !ours && reply.asked_as.is_none()).map(|_| by)
}

enum Selected<'a> {
    None,
    ByView(usize),
    Block(usize, &'a Block),
}

/// The block with the longest zone that the name is in.
fn select<'a>(config: &'a Config, name: &Name) -> Selected<'a> {
    let serves = |listen: &&Listen| listen.plain() && name.within(&listen.zone);
    let length = |block: &Block| block.listens.iter().filter(serves).map(|listen| listen.zone.as_str().len()).max();
    let Some(longest) = config.blocks.iter().filter_map(length).max() else { return Selected::None };
    let mut best = config.blocks.iter().enumerate().filter(|(_, block)| length(block) == Some(longest));
    match best.next() {
        Some((at, block)) if block.view || best.next().is_some() => Selected::ByView(at),
        Some((at, block)) => Selected::Block(at, block),
        None => Selected::None,
    }
}

/// What one plugin made of a question.
struct Made {
    outcome: Outcome,
    chain: Vec<super::Alias>,
    outside: Vec<(Question, Reply)>,
    /// The TTL of the head of the zone in a negative answer.
    denial: Option<u32>,
    /// Objects of this kind in namespaces that are not held may have something to add.
    elsewhere: Option<Kind>,
}

impl Made {
    fn of(outcome: Outcome) -> Self {
        Self { outcome, chain: Vec::new(), outside: Vec::new(), denial: None, elsewhere: None }
    }
}

struct Walk<'a> {
    config: &'a Config,
    cluster: &'a Cluster<'a>,
    at: usize,
    depth: u32,
}

impl Walk<'_> {
    fn block(&self, block: &Block, question: &Question) -> Reply {
        let mut asked = question.clone();
        let mut back: Vec<TurnBack> = Vec::new();
        let mut doubts = Vec::new();
        let mut cache = None;
        let mut decided = None;
        for step in &block.steps {
            let made = match step {
                Step::Rewrite(rules) => match super::rewrite::rewrite(rules, &asked.name, &mut back, &mut doubts) {
                    Ok(name) => {
                        asked.name = name;
                        None
                    }
                    Err(()) => Some(("rewrite".into(), None, Made::of(Outcome::ServFail(Failed::RewrittenToNothing)))),
                },
                Step::Cache(found) => {
                    cache = Some(found);
                    None
                }
                Step::Hosts(hosts) => self.hosts(hosts, &asked, &mut doubts).map(|made| ("hosts".into(), None, made)),
                Step::Kubernetes(options) => {
                    let zone = options.zone_of(&asked.name);
                    let made = zone.and_then(|zone| self.kubernetes(options, zone, &asked));
                    made.map(|made| ("kubernetes".into(), zone.cloned(), made))
                }
                Step::Forward(forward) if forward.takes(&asked.name) => {
                    let made = Made::of(Outcome::Forwarded(forward.to.clone()));
                    Some(("forward".into(), Some(forward.from.clone()), made))
                }
                Step::Forward(_) => None,
                Step::Opaque(opaque) if opaque.zones.iter().any(|zone| asked.name.within(zone)) => {
                    if opaque.last {
                        let made = Made::of(Outcome::Unknown(Unsure::Plugin(opaque.name.clone())));
                        Some((opaque.name.clone(), longest(&opaque.zones, &asked.name).cloned(), made))
                    } else {
                        doubts.push(Doubt::Plugin { name: opaque.name.clone(), at: opaque.at.clone() });
                        None
                    }
                }
                Step::Opaque(_) => None,
            };
            if made.is_some() {
                decided = made;
                break;
            }
        }
        let (plugin, zone, made): (Option<Text>, Option<Name>, Made) = match decided {
            Some((plugin, zone, made)) => (Some(plugin), zone, made),
            None => (None, None, Made::of(Outcome::ServFail(Failed::NobodyLeft))),
        };
        doubts.extend(made.elsewhere.map(Doubt::Elsewhere));
        let mut reply = Reply {
            by: Some(Decider { block: self.at, plugin, zone }),
            asked_as: (asked.name != question.name).then(|| asked.name.clone()),
            chain: made.chain,
            outside: made.outside,
            doubts,
            ..Reply::of(made.outcome)
        };
        keep(
            &mut reply,
            made.denial,
            cache.filter(|cache| cache.zones.iter().any(|zone| asked.name.within(zone))),
            &asked,
        );
        if let Outcome::Records(records) = &mut reply.outcome {
            for rule in back.iter().rev() {
                records.iter_mut().for_each(|record| rule.record(record));
            }
        }
        reply
    }

    fn hosts(&self, hosts: &super::config::Hosts, asked: &Question, doubts: &mut Vec<Doubt>) -> Option<Made> {
        let version = self.cluster.version;
        let (lines, unseen) = match beside(hosts, self.cluster, asked) {
            Beside::Lines(lines) => (lines, None),
            Beside::Pods if !self.cluster.dns_pods.is_empty() => {
                return Some(Made::of(Outcome::Unknown(Unsure::DependsOnDnsPod)));
            }
            Beside::Pods => (Vec::new(), Some((Doubt::OwnHostsFile, Unsure::OwnAddress))),
            Beside::Unseen => {
                let super::config::HostsFile::Unseen(path) = &hosts.file else { return None };
                (Vec::new(), Some((Doubt::HostsFile(path.clone()), Unsure::HostsFile(path.clone()))))
            }
        };
        let heard = hear(hosts, &lines, version, asked);
        let concerned = asked.kind == QueryType::Ptr || hosts.zones.iter().any(|zone| asked.name.within(zone));
        if let Some((doubt, unsure)) = unseen.filter(|_| concerned) {
            if heard == Heard::Fails {
                return Some(Made::of(Outcome::Unknown(unsure)));
            }
            doubts.push(doubt);
        }
        match heard {
            Heard::Records(records) => Some(Made::of(Outcome::Records(records))),
            Heard::OtherType => Some(Made::of(Outcome::NoData(Why::HostsOtherType))),
            Heard::Fails => Some(Made::of(Outcome::ServFail(Failed::NotListed))),
            Heard::Passes => None,
        }
    }

    fn kubernetes(&self, options: &super::config::Kubernetes, zone: &Name, asked: &Question) -> Option<Made> {
        let plugin = Plugin { options, cluster: *self.cluster };
        let outside = RefCell::new(Vec::new());
        let again = |question: Question| -> Vec<Record> {
            let reply = ask(self.config, self.cluster, &question, self.depth + 1);
            let records = reply.records().to_vec();
            outside.borrow_mut().push((question, reply));
            records
        };
        let denial = Some(plugin.soa(zone).ttl);
        let outcome = match plugin.answer(asked, zone, &again) {
            Ok(Answer { records, chain, elsewhere }) => {
                let outside = outside.take();
                return Some(Made { outcome: Outcome::Records(records), chain, outside, denial: None, elsewhere });
            }
            Err(Stop::Negative(Negative::NameError(_)))
                if options.fallthrough.iter().any(|zone| asked.name.within(zone)) =>
            {
                return None;
            }
            Err(Stop::Negative(Negative::NameError(why))) => Outcome::NameError(why),
            Err(Stop::Negative(Negative::NoData(why))) => Outcome::NoData(why),
            Err(Stop::Refused) => return Some(Made::of(Outcome::Refused(Refusal::Transfer))),
            Err(Stop::Silent(silence)) => return Some(Made::of(Outcome::Silent(silence))),
            Err(Stop::Unsure(unsure)) => return Some(Made::of(Outcome::Unknown(unsure))),
        };
        Some(Made { outside: outside.take(), denial, ..Made::of(outcome) })
    }
}

/// Gives the reply its TTL, and says for how long the cache goes on with it.
fn keep(reply: &mut Reply, denial: Option<u32>, cache: Option<&Cache>, asked: &Question) {
    let kept = |zones: &[Name], ttl: u32| if longest(zones, &asked.name).is_some() { 0 } else { ttl };
    match &mut reply.outcome {
        Outcome::Records(records) => {
            let lowest = records.iter().map(|record| record.ttl).min();
            reply.ttl = lowest;
            if let (Some(cache), Some(lowest)) = (cache, lowest) {
                let ttl = cache.success.clamp(lowest);
                records.iter_mut().for_each(|record| record.ttl = ttl);
                reply.ttl = Some(ttl);
                reply.kept = kept(&cache.success.not, ttl);
            }
        }
        Outcome::NoData(_) | Outcome::NameError(_) => {
            reply.ttl = denial.map(|ttl| cache.map_or(ttl, |cache| cache.denial.clamp(ttl)));
            if let (Some(cache), Some(ttl)) = (cache, reply.ttl) {
                reply.kept = kept(&cache.denial.not, ttl);
            }
        }
        Outcome::ServFail(_) | Outcome::Forwarded(_) => {
            // Of what is forwarded only a failure's time is known.
            if let Some(cache) = cache {
                reply.kept = kept(&cache.denial.not, cache.servfail);
            }
        }
        Outcome::Refused(_) | Outcome::Silent(_) | Outcome::Unknown(_) => {}
    }
}
