//! A, AAAA and CNAME: addresses of a family, through chains of aliases (§2.5, §2.6).

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::lookup::Host;
use super::{Answer, Ask, Plugin, Stop};
use crate::model::{Family, Key, Text};
use crate::trace::dns::kubernetes::parse::{Parsed, parse_request};
use crate::trace::dns::reply::{Alias, Negative, Unsure, Why};
use crate::trace::dns::{Name, Question, Record, RecordData};

/// Aliases before one that is not followed any more.
const LONGEST_CHAIN: usize = 10;

impl Plugin<'_> {
    /// The addresses of one family behind a name that was reached over `before`.
    pub(super) fn addresses(
        &self,
        question: &Question,
        zone: &Name,
        before: &[Alias],
        ask: &Ask<'_>,
    ) -> Result<Answer, Stop> {
        let family = question.kind.family().unwrap_or(Family::V4);
        let mut seen = BTreeSet::new();
        let mut answer = Answer::default();
        let mut why = None;
        for item in self.services(question, zone)? {
            match &item.host {
                Host::Address(address) if Family::of(address) != family => {
                    why.get_or_insert(Why::OtherFamily(Family::of(address)));
                }
                Host::Address(address) => {
                    if seen.insert(item.text.clone()) {
                        answer.records.push(self.record(&question.name, address_data(*address), self.options.ttl));
                    }
                }
                Host::Name(target) => match self.follow(question, zone, before, target, ask)? {
                    Ok(found) => {
                        answer.records.extend(found.records);
                        answer.chain.extend(found.chain);
                    }
                    Err(reason) => {
                        why.get_or_insert(reason);
                    }
                },
            }
        }
        if answer.records.is_empty() { Err(Stop::no_data(why.unwrap_or(Why::OtherType))) } else { Ok(answer) }
    }

    /// One alias: itself and what it leads to, or why it is dropped.
    fn follow(
        &self,
        question: &Question,
        zone: &Name,
        before: &[Alias],
        target: &Text,
        ask: &Ask<'_>,
    ) -> Result<Result<Answer, Why>, Stop> {
        let name = &question.name;
        let Ok(target) = Name::new(target) else { return Err(Stop::Unsure(Unsure::BadTarget(target.clone()))) };
        let alias = Alias { name: name.clone(), service: self.service_of(name, zone), target: target.clone() };
        let chain: Vec<Alias> = before.iter().cloned().chain([alias.clone()]).collect();
        if target.within(name) || before.iter().any(|passed| passed.target == target) {
            return Ok(Err(Why::AliasLoop(chain)));
        }
        if before.len() > LONGEST_CHAIN {
            return Ok(Err(Why::AliasTooLong(chain)));
        }
        let mut records = vec![self.record(name, RecordData::Cname(target.clone()), self.options.ttl)];
        let next = Question::new(target.clone(), question.kind);
        if !target.within(zone) {
            records.extend(ask(next));
            return Ok(Ok(Answer { records, chain: vec![alias], ..Answer::default() }));
        }
        match self.addresses(&next, zone, &chain, ask) {
            Ok(found) => {
                records.extend(found.records);
                Ok(Ok(Answer { records, chain: [alias].into_iter().chain(found.chain).collect(), ..Answer::default() }))
            }
            Err(Stop::Negative(Negative::NoData(why) | Negative::NameError(why))) => {
                // A chain that cannot end is one reason, not one within another.
                let whole = matches!(why, Why::AliasLoop(_) | Why::AliasTooLong(_));
                Ok(Err(if whole { why } else { Why::AliasToNothing { alias, because: Box::new(why) } }))
            }
            Err(stop) => Err(stop),
        }
    }

    /// CNAME: the first entry, if it is a name; its target is not looked up.
    pub(super) fn alias(&self, name: &Name, zone: &Name) -> Result<Answer, Stop> {
        let question = Question::new(name.clone(), crate::trace::dns::QueryType::Cname);
        match self.services(&question, zone)?.first().map(|item| &item.host) {
            Some(Host::Name(target)) => {
                let Ok(target) = Name::new(target) else {
                    return Err(Stop::Unsure(Unsure::BadTarget(target.clone())));
                };
                let alias = Alias { name: name.clone(), service: self.service_of(name, zone), target: target.clone() };
                let record: Record = self.record(name, RecordData::Cname(target), self.options.ttl);
                Ok(Answer { records: vec![record], chain: vec![alias], ..Answer::default() })
            }
            Some(Host::Address(_)) | None => Err(Stop::no_data(Why::OtherType)),
        }
    }

    pub(super) fn service_of(&self, name: &Name, zone: &Name) -> Option<Key> {
        match parse_request(name, zone, self.options.zonal).ok()? {
            Parsed::Service { namespace, service, .. } => Some(Key { namespace, name: service }),
            Parsed::Apex | Parsed::Namespace { .. } | Parsed::Pod { .. } => None,
        }
    }
}

/// The record data of an address.
pub(in crate::trace::dns) fn address_data(address: IpAddr) -> RecordData {
    match address {
        IpAddr::V4(v4) => RecordData::A(v4),
        IpAddr::V6(v6) => RecordData::Aaaa(v6),
    }
}
