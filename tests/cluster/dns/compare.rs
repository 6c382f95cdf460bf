//! The prediction beside the reply.

use podpath::model::{Pod, Text};
use podpath::store::Store;
use podpath::trace::dns::config::Config;
use podpath::trace::dns::{self, Cluster, CoreDnsVersion, Name, Outcome, QueryType};

use super::ask::Question;
use super::server::Upstreams;
use super::upstream::Upstream;
use super::wire::{Record, Reply};

/// What a prediction is made from.
pub(super) struct Known<'a> {
    pub store: &'a Store,
    pub config: &'a Config,
    /// The server's own pod: a few answers are made of its addresses.
    pub own: &'a Pod,
    pub upstreams: &'a Upstreams,
}

impl Known<'_> {
    /// In words how the prediction differs from the reply, if it does.
    pub(super) fn differs(&self, question: &Question, real: &Reply) -> Option<String> {
        let name = Name::new(&question.name).unwrap_or_else(|error| panic!("{question:?}: {error:?}"));
        let cluster = Cluster { store: self.store, version: CoreDnsVersion::default(), dns_pods: &[self.own] };
        let asked = dns::Question::new(name, QueryType::parse(question.kind));
        let reply = dns::answer(self.config, &cluster, &asked);
        let wrong = self.wrong(question, &reply, real)?;
        if asked.kind == QueryType::Cname && self.any_may_be_first(&reply, real) {
            return None;
        }
        let cut = |text: String| text.chars().take(700).collect::<String>();
        let (real, reply) = (cut(format!("{real:?}")), cut(format!("{reply:?}")));
        Some(format!("{} {}: {wrong}\n    CoreDNS {real}\n    predicted {reply}", question.name, question.kind))
    }

    /// A headless Service may have names among its endpoints, beside addresses. CNAME is about the first endpoint only,
    /// and which that is, is not defined.
    fn any_may_be_first(&self, predicted: &dns::Reply, real: &Reply) -> bool {
        let endpoints = self.store.slices().flat_map(|slice| &slice.endpoints);
        let names: Vec<String> =
            endpoints.flat_map(|endpoint| endpoint.names()).map(|name| format!(" cname {name}.")).collect();
        let listed = |text: &str| names.iter().any(|name| text.ends_with(name));
        let all: Vec<String> = predicted.records().iter().map(|record| record.to_string().to_lowercase()).collect();
        all.iter().all(|text| listed(text)) && real.records.iter().all(|record| listed(&record.text))
    }

    fn wrong(&self, question: &Question, reply: &dns::Reply, real: &Reply) -> Option<&'static str> {
        let status = match &reply.outcome {
            Outcome::Records(_) => "NOERROR",
            Outcome::NoData(_) => "NODATA",
            Outcome::NameError(_) => "NXDOMAIN",
            Outcome::ServFail(_) => "SERVFAIL",
            Outcome::Refused(_) => "REFUSED",
            Outcome::Silent(_) => "NOANSWER",
            Outcome::Forwarded(to) => return self.forwarded(question, reply, to, real),
            Outcome::Unknown(_) => return Some("not predicted"),
        };
        if status != real.status {
            return Some("another status");
        }
        let mut expected: Vec<Record> = reply
            .records()
            .iter()
            .map(|record| Record { text: record.to_string().to_lowercase(), ttl: record.ttl })
            .collect();
        // An alias that leaves the cluster: what its target's resolver says comes along.
        for (asked, outside) in &reply.outside {
            let Outcome::Forwarded(to) = &outside.outcome else { continue };
            let Some(upstream) = self.upstream(to) else { return Some("forwarded to nobody that is there") };
            let (_, data) = upstream.says(asked.name.as_str(), question.kind);
            let ttl = expected.first().map_or(0, |record| record.ttl);
            let text = |data| format!("{} {} {data}", asked.name, question.kind).to_lowercase();
            expected.extend(data.map(|data| Record { text: text(data), ttl }));
        }
        // A record said twice says nothing more.
        expected.sort();
        expected.dedup_by(|a, b| a.text == b.text);
        let mut records = real.records.clone();
        records.dedup_by(|a, b| a.text == b.text);
        if !expected.iter().map(|record| &record.text).eq(records.iter().map(|record| &record.text)) {
            return Some("other records");
        }
        // What comes out of a cache is older, and makes the rest of its reply so.
        let kept = if reply.outside.is_empty() { reply.kept } else { u32::MAX };
        let old = |ttl: u32, real: u32| real > ttl || real.saturating_add(kept) < ttl;
        if expected.iter().zip(&records).any(|(expected, real)| old(expected.ttl, real.ttl)) {
            return Some("another TTL");
        }
        match (reply.ttl, real.denial) {
            (Some(ttl), Some(denial)) if real.records.is_empty() && old(ttl, denial) => {
                Some("another TTL of the denial")
            }
            _ => None,
        }
    }

    fn upstream(&self, to: &[Text]) -> Option<&Upstream> {
        let all = [&self.upstreams.up, &self.upstreams.stub];
        all.into_iter().find(|upstream| to.iter().any(|to| *to == *upstream.address.to_string()))
    }

    fn forwarded(&self, question: &Question, reply: &dns::Reply, to: &[Text], real: &Reply) -> Option<&'static str> {
        let Some(upstream) = self.upstream(to) else { return Some("forwarded to nobody that is there") };
        let asked = reply.asked_as.as_ref().map_or(question.name.as_str(), Name::as_str);
        let (status, data) = upstream.says(asked, question.kind);
        if status != real.status {
            return Some("another status from upstream");
        }
        let end = data.map(|data| format!(" {} {data}", question.kind).to_lowercase());
        let found = real.records.first().map(|record| record.text.as_str());
        (end.is_some() && !found.is_some_and(|text| end.iter().any(|end| text.ends_with(end))))
            .then_some("another resolver's answer")
    }
}
