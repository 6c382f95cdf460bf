//! The `kubernetes` plugin: one question, answered from the store (§2.3–§2.7).
//!
//! Each file follows one part of the plugin: `parse` the name, `lookup` what it stands for, `endpoints` of a Service,
//! `address`, `srv`, `reverse` and `ns` make records. Whether a question comes here at all is `server`'s business.

mod address;
mod endpoints;
mod lookup;
mod near;
mod ns;
mod parse;
mod reverse;
mod srv;

pub(super) use address::address_data;

use super::config::Kubernetes;
use super::reply::{Alias, Negative, Silence, Unseen, Unsure, Why};
use super::{CoreDnsVersion, Name, QueryType, Question, Record, RecordData};
use crate::model::{Kind, Pod, Text};
use crate::store::Store;

/// The cluster as CoreDNS sees it.
#[derive(Clone, Copy, Debug)]
pub struct Cluster<'a> {
    /// What the API holds.
    pub store: &'a Store,
    /// Which CoreDNS answers.
    pub version: CoreDnsVersion,
    /// The CoreDNS pods: a few answers are made of their own addresses and names. Empty where they are not known.
    pub dns_pods: &'a [&'a Pod],
}

/// Why there is no record.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stop {
    /// A negative answer.
    Negative(Negative),
    /// REFUSED.
    Refused,
    /// No reply at all.
    Silent(Silence),
    /// It cannot be told.
    Unsure(Unsure),
}

impl Stop {
    fn no_data(why: Why) -> Self {
        Self::Negative(Negative::NoData(why))
    }

    fn name_error(why: Why) -> Self {
        Self::Negative(Negative::NameError(why))
    }

    fn unseen(kind: Kind, namespace: Option<&Text>) -> Self {
        Self::Unsure(Unsure::Unseen(Unseen { kind, namespace: namespace.cloned() }))
    }
}

/// Records, and how they were reached.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    pub(super) records: Vec<Record>,
    pub(super) chain: Vec<Alias>,
    /// Objects of this kind in namespaces that are not held may have something to add.
    pub(super) elsewhere: Option<Kind>,
}

/// Asks the whole server again, for an alias that leaves the zone: its records, whatever else came of it.
pub(super) type Ask<'a> = dyn Fn(Question) -> Vec<Record> + 'a;

/// One configured `kubernetes` plugin over one cluster.
#[derive(Clone, Copy)]
pub(super) struct Plugin<'a> {
    pub(super) options: &'a Kubernetes,
    pub(super) cluster: Cluster<'a>,
}

impl Plugin<'_> {
    /// Answers a question for a name within `zone`, one of the plugin's zones.
    pub(super) fn answer(&self, question: &Question, zone: &Name, ask: &Ask<'_>) -> Result<Answer, Stop> {
        let name = &question.name;
        match question.kind {
            QueryType::A | QueryType::Aaaa => self.addresses(question, zone, &[], ask),
            QueryType::Srv => self.srv(name, zone).map(Answer::of),
            QueryType::Ptr => self.pointers(name, zone),
            QueryType::Cname => self.alias(name, zone),
            QueryType::Txt => self.text(name, zone).map(Answer::of),
            QueryType::Ns if name == zone => self.name_servers(zone).map(Answer::of),
            QueryType::Soa if name == zone => Ok(Answer::of(vec![self.soa(zone)])),
            QueryType::Soa => Err(Stop::no_data(Why::SoaBelowApex)),
            QueryType::Transfer => Err(Stop::Refused),
            QueryType::Mx => {
                self.services(question, zone)?;
                Err(Stop::no_data(Why::OtherType))
            }
            // A look-up of A tells "no such name" from "no such record".
            QueryType::Ns | QueryType::Other => {
                match self.addresses(&Question::new(name.clone(), QueryType::A), zone, &[], ask) {
                    Ok(_) => Err(Stop::no_data(Why::OtherType)),
                    Err(stop) => Err(stop),
                }
            }
        }
    }

    /// The zone's head: also what a negative answer carries, so that its TTL is that of the denial (§2.5).
    pub(super) fn soa(&self, zone: &Name) -> Record {
        let server = zone.child("ns.dns").unwrap_or_else(|_| zone.clone());
        let minimum = self.options.ttl;
        self.record(zone, RecordData::Soa { server, minimum }, denied(minimum))
    }

    fn text(&self, name: &Name, zone: &Name) -> Result<Vec<Record>, Stop> {
        if name.below(zone) == Some("dns-version") {
            return Ok(vec![self.record(name, RecordData::Txt("1.1.0".into()), 28_800)]);
        }
        match self.lookup(name, zone) {
            Ok(_) => Err(Stop::no_data(Why::OtherType)),
            Err(Stop::Negative(Negative::NoData(why @ Why::EmptyZone { .. }))) => Err(Stop::no_data(why)),
            Err(Stop::Negative(Negative::NoData(_))) => Err(Stop::name_error(Why::NoText)),
            Err(stop) => Err(stop),
        }
    }

    fn record(&self, owner: &Name, data: RecordData, ttl: u32) -> Record {
        Record { owner: owner.clone(), data, ttl }
    }
}

/// The TTL of the head of a zone, which is that of a denial (§2.5).
pub(super) fn denied(ttl: u32) -> u32 {
    ttl.min(300)
}

impl Answer {
    fn of(records: Vec<Record>) -> Self {
        Self { records, ..Self::default() }
    }
}
