//! What caches may still hold: the answer of a moment ago, where it was another one (D36, R2.17).
//!
//! Told from the times that the objects carry. What has gone without a trace cannot be told from them.

use super::Walk;
use super::step::{Candidate, Run};
use crate::model::{Key, Kind, Pod, Time};
use crate::store::Row;
use crate::trace::dns::{self, Lifetimes, Outcome, RecordData};
use crate::trace::{Assumption, Evidence, Finding, Held, Reason, Stage, Weight};

/// Milliseconds after its start within which a pod that is not ready has never been ready.
const STARTING: u64 = 2_000;

/// Something that an answer is made of changed.
struct Changed {
    at: Time,
    evidence: Evidence,
}

impl Walk<'_> {
    /// What caches may still hold of the answer's past; notes until when.
    pub(super) fn cached(&mut self, run: &Run, used: Option<&Candidate>) -> Vec<Finding> {
        let asked: Vec<&Candidate> = used.map_or_else(|| run.asked.iter().collect(), |used| vec![used]);
        let failures = !super::told::unknown(run);
        let mut findings: Vec<Finding> = Vec::new();
        for candidate in asked {
            for reply in candidate.replies.iter().filter_map(|(_, reply)| reply.as_ref()) {
                let mut told = self.of_names(candidate, reply);
                told.extend(self.of_failure_kept(reply).filter(|_| failures));
                for finding in told {
                    if !findings.iter().any(|known| known.reason == finding.reason) {
                        findings.push(finding);
                    }
                }
            }
        }
        findings
    }

    /// The Services that a reply is about: each alias on the way, and what the last name stands for.
    fn of_names(&mut self, candidate: &Candidate, reply: &dns::Reply) -> Vec<Finding> {
        let name = reply.asked_as.clone().or_else(|| dns::Name::new(&candidate.name).ok());
        let Some(lifetimes) = name.as_ref().and_then(|name| self.lifetimes(name)) else { return Vec::new() };
        let pointed = reply.records().iter().filter_map(|record| match &record.data {
            RecordData::Ptr(target) => Some(target.clone()),
            RecordData::A(_)
            | RecordData::Aaaa(_)
            | RecordData::Cname(_)
            | RecordData::Srv { .. }
            | RecordData::Txt(_)
            | RecordData::Ns(_)
            | RecordData::Soa { .. } => None,
        });
        let last = reply.chain.last().map(|alias| alias.target.clone()).or(name);
        let aliases = reply.chain.iter().filter_map(|alias| Some((alias.service.clone()?, false)));
        let named = last.into_iter().chain(pointed).filter_map(|name| self.service_named(&name));
        let mut services: Vec<(Key, bool)> = aliases.chain(named).collect();
        services.dedup();
        let found = !reply.records().is_empty();
        services.into_iter().filter_map(|(key, ends)| self.of_service(&key, (found, ends), lifetimes)).collect()
    }

    /// For how long answers for a name may be kept, by whoever asks, and by the cache of its node before it.
    fn lifetimes(&self, name: &dns::Name) -> Option<Lifetimes> {
        let own = dns::lifetimes(&self.settings.corefile, name)?;
        let more = self.settings.node_local.unwrap_or(Lifetimes { records: 0, denial: 0 });
        Some(Lifetimes { records: own.records + more.records, denial: own.denial + more.denial })
    }

    /// A Service that came a moment ago, where something is `found`; or one whose endpoints changed, where the answer is
    /// made of them (`ends`).
    fn of_service(&mut self, key: &Key, (found, ends): (bool, bool), lifetimes: Lifetimes) -> Option<Finding> {
        let service = self.store.service(key)?.clone();
        let absence = |changed| (Held::Absence(key.clone()), lifetimes.denial, changed);
        let created = service.meta.created.filter(|at| found && self.within(*at, lifetimes.denial));
        if let Some(at) = created {
            let evidence = Evidence::time(Kind::Service, key, ".metadata.creationTimestamp", at);
            return Some(self.held(absence(Changed { at, evidence })));
        }
        if !ends {
            return None;
        }
        let rows = self.store.rows(key);
        let published = service.publish_not_ready;
        let answers = |row: &&Row| row.facts().is_some_and(|facts| facts.ready);
        let latest = |changes: Vec<Changed>| changes.into_iter().max_by_key(|changed| changed.at);
        let left = rows.iter().filter(|row| !answers(row)).filter_map(|row| left(row, published));
        let left = latest(left.filter(|change| self.within(change.at, lifetimes.records)).collect());
        let joined = rows.iter().filter(answers).filter_map(|row| joined(row, published));
        let joined: Vec<Changed> = joined.filter(|change| self.within(change.at, lifetimes.records)).collect();
        if left.is_none() && !joined.is_empty() && joined.len() == rows.iter().filter(answers).count() {
            let changed = latest(joined).filter(|change| self.within(change.at, lifetimes.denial))?;
            return Some(self.held(absence(changed)));
        }
        let changed = latest(left.into_iter().chain(joined).collect())?;
        Some(self.held((Held::Endpoints(key.clone()), lifetimes.records, changed)))
    }

    /// Whether a moment is no longer ago than that, in seconds.
    fn within(&self, at: Time, seconds: u32) -> bool {
        self.now.since(at) < u64::from(seconds) * 1_000
    }

    fn held(&mut self, (held, seconds, changed): (Held, u32, Changed)) -> Finding {
        self.lapses(changed.at.plus(i64::from(seconds) * 1_000));
        Finding {
            reason: Reason::Cached { held, seconds },
            stage: Stage::Queries,
            weight: Weight::Note,
            certain: self.corefile_read(),
            evidence: vec![changed.evidence],
        }
    }

    /// The Corefile is the cluster's own.
    fn corefile_read(&self) -> bool {
        self.settings.corefile_assumed.iter().all(|assumed| *assumed == Assumption::DnsServer)
    }

    /// A failure of a server outside, which `cache` keeps (§2.2).
    fn of_failure_kept(&self, reply: &dns::Reply) -> Option<Finding> {
        let inside = reply.outside.iter().find_map(|(_, reply)| self.of_failure_kept(reply));
        let own = matches!(reply.outcome, Outcome::Forwarded(_)) && self.settings.core_dns.keeps_failures();
        if !own || reply.kept == 0 {
            return inside;
        }
        Some(Finding {
            reason: Reason::Cached { held: Held::Failure, seconds: reply.kept },
            stage: Stage::Queries,
            weight: Weight::Note,
            certain: self.settings.corefile_assumed.is_empty(),
            evidence: Vec::new(),
        })
    }
}

/// When a row that DNS answers with began to be one.
fn joined(row: &Row, published: bool) -> Option<Changed> {
    let pod = row.target.pod()?;
    if published { started(pod) } else { turned_ready(pod) }
}

/// When a row that DNS does not answer with ceased to be one; `None` where it may never have been one.
fn left(row: &Row, published: bool) -> Option<Changed> {
    let pod = row.target.pod().filter(|_| !published)?;
    if let Some(at) = pod.deletion_asked().or(pod.meta.deleted) {
        let evidence = Evidence::time(Kind::Pod, &pod.meta.key, ".metadata.deletionTimestamp", pod.meta.deleted?);
        return Some(Changed { at, evidence });
    }
    let began = pod.started.map(Time::from).max(pod.meta.created)?;
    turned_ready(pod).filter(|changed| !pod.ready && changed.at.since(began) > STARTING)
}

fn turned_ready(pod: &Pod) -> Option<Changed> {
    let at = pod.ready_since?;
    Some(Changed { at, evidence: Evidence::time(Kind::Pod, &pod.meta.key, "condition Ready", at) })
}

fn started(pod: &Pod) -> Option<Changed> {
    let at = pod.started.map(Time::from).or(pod.meta.created)?;
    Some(Changed { at, evidence: Evidence::time(Kind::Pod, &pod.meta.key, ".status.startTime", at) })
}
