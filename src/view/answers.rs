//! The answer of a trace in one sentence, and the words for how sure it is.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::pieces::many;
use super::reasons::{list, reason};
use crate::model::Kind;
use crate::trace::client::{BadName, Failure, Supposition};
use crate::trace::dns::{Outcome, Reply};
use crate::trace::path::{Fate, Run, Share, Standing, Trace, Verdict, Way};
use crate::trace::proxy::Standing as Choice;
use crate::trace::who::{BadWhom, Owner, Role};
use crate::trace::{
    Asked, AskedPort, Assumption, Blind, Client, Confidence, Finding, Near, Question, Reason, Stage, Weight,
};

/// A trace in one sentence: who asks for what, how it ends, and the first cause.
pub fn answer(trace: &Trace) -> String {
    format!("{}: {}", question(&trace.question), ending(trace))
}

/// `web.shop:80 from cart-7f`
pub fn question(question: &Question) -> String {
    let name = match &question.asked {
        Asked::Name(name) => name.clone(),
        Asked::Address(IpAddr::V6(address)) if question.port.is_some() => format!("[{address}]"),
        Asked::Address(address) => address.to_string(),
    };
    let port = match &question.port {
        None => String::new(),
        Some(AskedPort::Number(port)) => format!(":{port}"),
        Some(AskedPort::Name(name)) => format!(":{name}"),
    };
    format!("{name}{port} from {}", client(&question.client))
}

/// Where the client stands, in a few words.
pub fn client(client: &Client) -> String {
    match client {
        Client::Pod(key) => key.name.to_string(),
        Client::Node(name) => format!("node {name}"),
        Client::Namespace(name) => format!("a pod in {name}"),
        Client::Outside => "outside".to_owned(),
    }
}

/// How a trace ends, without the question.
fn ending(trace: &Trace) -> String {
    match trace.verdict {
        Verdict::Reaches { .. } => reaches(trace),
        Verdict::Intermittent { reached, of } => {
            let because = cause(trace, Weight::Hurts).map(|why| format!(" {why}")).unwrap_or_default();
            format!("intermittent: {reached} of {} that it gets can work.{because}", many(of, "endpoint"))
        }
        Verdict::Resolves => resolves(trace),
        Verdict::Fails(stage) => {
            let word = failing(trace, stage);
            match cause(trace, Weight::Blocks).or_else(|| cause(trace, Weight::Hurts)) {
                Some(why) => format!("{word}. {why}"),
                None => format!("{word}."),
            }
        }
        Verdict::Undecided(at) => {
            if let Some(depends) = depends(trace, at) {
                return depends;
            }
            let why = trace.steps.iter().filter(|step| step.stage <= at).map(|step| step.confidence.clone());
            let why = match why.fold(Confidence::Exact, Confidence::and) {
                Confidence::Unknown(why) => blind(&why),
                Confidence::Exact | Confidence::Assumed(_) => "what decides it is not known".to_owned(),
            };
            // "Forwarded" is said already.
            let said = trace.findings.first().is_some_and(|first| matches!(first.reason, Reason::ForwardedName { .. }));
            let because =
                cause(trace, Weight::Hurts).filter(|_| !said).map(|why| format!(" {why}")).unwrap_or_default();
            let would = would_be(trace).unwrap_or_default();
            format!("cannot be told from the {} on: {why}.{because}{would}", at.id())
        }
    }
}

/// A client that stands nowhere in particular is no fault: its node only decides the last choice.
fn depends(trace: &Trace, at: Stage) -> Option<String> {
    let anywhere = matches!(trace.question.client, Client::Namespace(_));
    let last = at == Stage::Endpoints && trace.confidence == Confidence::Unknown(Blind::ClientNode);
    let of = addresses(trace.ways().iter().flat_map(|way| &way.shares)).len();
    (anywhere && last).then(|| format!("it depends on the client's node which of {} it gets.", many(of, "endpoint")))
}

/// What a client would get that asked the cluster DNS, where it asks somebody else.
fn would_be(trace: &Trace) -> Option<String> {
    let after = trace.step(Stage::Service).filter(|step| step.would_be)?;
    let asked = trace.step(Stage::Queries).filter(|queries| queries.stage < after.stage)?;
    if !matches!(asked.confidence, Confidence::Unknown(Blind::NodeResolvConf | Blind::Forwarded(_))) {
        return None;
    }
    let ways = trace.ways();
    let got = addresses(ways.iter().flat_map(chosen)).len();
    let gets = match ways.iter().find_map(|way| lost(&way.fate)) {
        Some(lost) if got == 0 => lost.to_owned(),
        Some(_) | None => many(got, "endpoint"),
    };
    (!ways.is_empty()).then(|| format!(" If the cluster DNS were asked: {gets}."))
}

/// The sentence of the first finding that weighs at least so much and is certain.
fn cause(trace: &Trace, weight: Weight) -> Option<String> {
    let weighty = |finding: &&Finding| finding.weight >= weight && finding.certain;
    trace.findings.iter().find(weighty).map(|finding| reason(&finding.reason))
}

fn chosen(way: &Way) -> impl Iterator<Item = &Share> {
    way.shares.iter().filter(|share| share.one_in.is_some())
}

/// Different addresses: a Service with two ports has each endpoint twice.
fn addresses<'a>(shares: impl Iterator<Item = &'a Share>) -> Vec<IpAddr> {
    shares.map(|share| share.to.ip()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn reaches(trace: &Trace) -> String {
    let ways = trace.ways();
    let got = addresses(ways.iter().flat_map(chosen));
    let all = addresses(ways.iter().flat_map(|way| &way.shares));
    let direct = ways.iter().all(|way| way.fate == Fate::Direct);
    let number = match (got.len(), all.len()) {
        (got, all) if got == all => many(got, "endpoint"),
        (got, all) => format!("{got} of {}", many(all, "endpoint")),
    };
    let verb = if got.len() == 1 { "answers" } else { "answer" };
    let each = match got.len() {
        0 | 1 => String::new(),
        _ if direct => ", and the client picks".to_owned(),
        count => even(ways).map_or(String::new(), |_| format!(", {} each", percent(count))),
    };
    let only = only(trace, &got).unwrap_or_default();
    let doubt = cause(trace, Weight::Hurts).map(|why| format!(" {why}")).unwrap_or_default();
    format!("{number} {verb} this client{each}{only}.{doubt}")
}

/// In how many parts every way splits, if all split alike.
fn even(ways: &[Way]) -> Option<usize> {
    let mut parts = ways.iter().flat_map(chosen).map(|share| share.one_in);
    let first = parts.next()??;
    parts.all(|part| part == Some(first)).then_some(first)
}

/// One in so many, as a percentage: `50 %`, `33 %`, `0.4 %`.
pub fn percent(of: usize) -> String {
    match of {
        0 => "0 %".to_owned(),
        1..=100 => format!("{} %", (100 + of / 2) / of),
        _ => {
            let tenths = (1000 + of / 2) / of;
            if tenths == 0 { "< 0.1 %".to_owned() } else { format!("{}.{} %", tenths / 10, tenths % 10) }
        }
    }
}

/// Which part of a client's connections an endpoint gets: `50 %`, `0 %`, or `?` where that cannot be told.
pub fn portion(share: &Share) -> String {
    let unknown = matches!(share.why, Choice::Unknown(_));
    share.one_in.map_or_else(|| if unknown { "?" } else { "0 %" }.to_owned(), percent)
}

/// What keeps the client near: `; from zone b you get only 10.244.2.9`.
fn only(trace: &Trace, got: &[IpAddr]) -> Option<String> {
    let from = trace.findings.iter().find_map(|finding| {
        let Reason::KeptNear { zone, .. } = &finding.reason else { return None };
        Some(zone.as_ref().map_or("this node".to_owned(), |zone| format!("zone {zone}")))
    })?;
    let which = if got.len() <= 2 { list(got) } else { "those there".to_owned() };
    Some(format!("; from {from} you get only {which}"))
}

fn resolves(trace: &Trace) -> String {
    let used = trace.runs().first().and_then(|run| run.asked.iter().find(|candidate| candidate.used));
    let found = trace.runs().first().and_then(|run| run.outcome.as_ref().ok()).cloned().unwrap_or_default();
    let records = used.iter().flat_map(|used| &used.replies).filter_map(|(_, reply)| reply.as_ref());
    let records: Vec<String> = records
        .flat_map(|reply| reply.records())
        .map(|record| record.data.to_string().trim_end_matches('.').to_owned())
        .collect();
    let what = if found.is_empty() { list(&records) } else { list(&found) };
    let note = cause(trace, Weight::Hurts).map(|why| format!(" {why}")).unwrap_or_default();
    match used {
        Some(used) => format!("{} is {what}.{note}", used.name.trim_end_matches('.')),
        None if found.is_empty() => format!("nothing to look up, and no port to follow.{note}"),
        None => format!("it is {what}.{note}"),
    }
}

/// What the client notices where a trace fails.
fn failing(trace: &Trace, at: Stage) -> &'static str {
    match at {
        Stage::Resolver => "no name resolves",
        Stage::Queries => trace.runs().first().and_then(|run| run.outcome.as_ref().err()).map_or("no answer", failure),
        Stage::Port => "no such port",
        Stage::Endpoints => {
            trace.ways().iter().find_map(|way| lost(&way.fate)).unwrap_or("no endpoint that it gets can work")
        }
        Stage::Client | Stage::Service | Stage::Container | Stage::Policy => "it fails",
    }
}

/// What a program gets from a lookup, and what that supposes.
pub fn outcome(run: &Run) -> String {
    let known = |reply: &Option<Reply>| {
        reply.as_ref().is_some_and(|reply| !matches!(reply.outcome, Outcome::Forwarded(_) | Outcome::Unknown(_)))
    };
    if !run.asked.iter().flat_map(|candidate| &candidate.replies).any(|(_, reply)| known(reply)) {
        return "not known".to_owned();
    }
    let told = match &run.outcome {
        Ok(addresses) if addresses.is_empty() => "found".to_owned(),
        Ok(addresses) => addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Err(wrong) => failure(wrong).to_owned(),
    };
    match run.supposed {
        None => told,
        Some(Supposition::NxDomain) => format!("{told}, if nobody outside has the name"),
        Some(Supposition::NotInUnseen) => format!("{told}, if no search domain that is not visible has the name"),
        Some(Supposition::Ndots1) => format!("{told}, if the node's file leaves ndots at 1"),
    }
}

/// How a lookup fails, in DNS' words.
pub fn failure(failure: &Failure) -> &'static str {
    match failure {
        Failure::NoName => "NXDOMAIN",
        Failure::NoData => "the name exists without an address (NODATA)",
        Failure::Again => "no usable answer (try again)",
        Failure::Fail => "the DNS server fails",
    }
}

/// What a DNS server replies, in a few words: `10.96.0.5`, `NXDOMAIN`, `forwarded to 192.0.2.53`.
pub fn reply(reply: &Reply) -> String {
    match &reply.outcome {
        Outcome::Records(records) => list(&records.iter().map(|record| record.data.to_string()).collect::<Vec<_>>()),
        Outcome::NoData(_) => "NODATA".to_owned(),
        Outcome::NameError(_) => "NXDOMAIN".to_owned(),
        Outcome::ServFail(_) => "SERVFAIL".to_owned(),
        Outcome::Refused(_) => "REFUSED".to_owned(),
        Outcome::Silent(_) => "no reply".to_owned(),
        Outcome::Forwarded(to) => format!("forwarded to {}", list(to)),
        Outcome::Unknown(_) => "cannot be told".to_owned(),
    }
}

/// What the client notices of a packet's fate; nothing where it arrives.
pub fn lost(fate: &Fate) -> Option<&'static str> {
    match fate {
        Fate::Balanced | Fate::Direct => None,
        Fate::Refused(_) => Some("connection refused"),
        Fate::Lost(_) => Some("timeout, packets are dropped"),
        Fate::Passed(_) => Some("timeout, nothing takes the packets"),
        Fate::Unknown(_) => Some("cannot be told"),
    }
}

/// Why an endpoint has its share, or none.
pub fn choice(choice: &Choice) -> String {
    match choice {
        Choice::Chosen => "ready".to_owned(),
        Choice::ChosenAsLast => "shutting down, used because no ready one is left".to_owned(),
        Choice::NotReady { terminating: true, .. } => "shutting down".to_owned(),
        Choice::NotReady { terminating: false, .. } => "not ready".to_owned(),
        Choice::Lingering => "shutting down, and ready ones exist".to_owned(),
        Choice::OtherZone => "hinted for other zones".to_owned(),
        Choice::OtherNode => "hinted for other nodes".to_owned(),
        Choice::NotLocal => "on another node, and the policy is Local".to_owned(),
        Choice::NotUsed => "no such traffic".to_owned(),
        Choice::Unknown(_) => "cannot be told".to_owned(),
    }
}

/// How a step stands, in a word or two.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Ok => "ok",
        Standing::Partly => "partly",
        Standing::NotChecked => "not checked",
        Standing::Fails => "fails",
    }
}

/// How sure a step is, where it is not exact.
pub fn confidence(confidence: &Confidence) -> Option<String> {
    match confidence {
        Confidence::Exact => None,
        Confidence::Assumed(what) => Some(format!("assumed: {}", assumption(what))),
        Confidence::Unknown(why) => Some(format!("unknown: {}", blind(why))),
    }
}

/// What is taken to hold.
pub fn assumption(what: &Assumption) -> String {
    match what {
        Assumption::ClusterDomain(domain) => format!("the cluster domain is {domain}"),
        Assumption::ClusterDns => "pods ask the DNS Service of kube-system".to_owned(),
        Assumption::KubeletConfig => "the node's kubelet is configured as the cluster's ConfigMap says".to_owned(),
        Assumption::Corefile => "the DNS server has the Corefile that kubeadm writes".to_owned(),
        Assumption::CorefileUnread(line, column) => {
            format!("the Corefile cannot be read (line {line}, column {column}); the one that kubeadm writes is taken")
        }
        Assumption::DnsServer => "the DNS server is a current CoreDNS".to_owned(),
        Assumption::OldResolvConf => "the pod, older than the DNS Service, was told of its present address".to_owned(),
        Assumption::ProxyDefaults => "kube-proxy runs with its defaults".to_owned(),
        Assumption::OtherProxy => "the service proxy, which is not kube-proxy, does as kube-proxy would".to_owned(),
        Assumption::Plugin(name) => format!("the plugin {name} of the DNS server leaves the answer as it is"),
        Assumption::NotOutside(name) => format!("nobody outside of the cluster has {name}"),
        Assumption::OldProxy => "kube-proxy's older release does as later ones do".to_owned(),
        Assumption::FrozenRules => "kube-proxy's rules are not frozen by an overlong comment".to_owned(),
        Assumption::Ipvs => "ipvs does as its documents say".to_owned(),
        Assumption::OwnNode => "packets meet the service proxy where they are sent, unchanged".to_owned(),
        Assumption::Skipped(kind) => format!("{} that cannot be read do not matter", kind.resource()),
        Assumption::Elsewhere(kind) => format!("{} of other namespaces do not matter", kind.resource()),
        Assumption::Stale(kind) => format!("{} have not changed since they were last heard", kind.resource()),
    }
}

/// What cannot be known.
pub fn blind(why: &Blind) -> String {
    match why {
        Blind::Kind(kind, namespace) if namespace.is_empty() => format!("{} are not known here", kind.resource()),
        Blind::Kind(Kind::Namespace, name) => format!("whether namespace {name} exists is not known"),
        Blind::Kind(kind, namespace) => format!("{} of {namespace} are not known here", kind.resource()),
        Blind::NodeResolvConf => "the machine's own resolv.conf is not visible".to_owned(),
        Blind::Forwarded(to) if to.is_empty() => "the name is answered outside of the cluster".to_owned(),
        Blind::Forwarded(to) => format!("the query is forwarded to {}, outside of the cluster", list(to)),
        Blind::ClientNode => "the node that the client is on is not known".to_owned(),
        Blind::ClientZone => "the zone of the client's node is not known".to_owned(),
        Blind::Plugin(name) => format!("the plugin {name} of the DNS server decides"),
        Blind::Windows => "the client runs on Windows".to_owned(),
        Blind::Policy(policy) => format!("NetworkPolicy {policy} selects a pod on the way and is not evaluated"),
        Blind::ServiceCidrs => "the ranges of cluster IPs are not known".to_owned(),
        Blind::ProxyMode => "kube-proxy runs in a mode that is not modelled".to_owned(),
        Blind::Before => "what comes before is not known".to_owned(),
    }
}

/// What is wrong with a name that nobody can look up.
pub fn bad_name(bad: &BadName) -> String {
    match bad {
        BadName::Empty => "it has no label".to_owned(),
        BadName::EmptyLabel => "two dots stand side by side, or one at the start".to_owned(),
        BadName::LabelTooLong { label } => {
            let head: String = label.chars().take(12).collect();
            format!("the label {head}… has {} characters, and 63 are the most", label.chars().count())
        }
        BadName::TooLong { length } => format!("it has {length} characters, and 253 are the most"),
        BadName::Character(character) => format!("no name holds {character:?}"),
    }
}

/// What is wrong with a word that is neither an address nor a name.
pub fn bad_whom(bad: &BadWhom) -> String {
    match bad {
        BadWhom::Empty => "there is no address or name to look for; write 10.244.1.7, web or shop/web".to_owned(),
        BadWhom::Address(text) => {
            format!("{text:?} is no address; write 10.244.1.7, fd00::1, or a name such as shop/web")
        }
        BadWhom::Range(text) => format!("{text:?} is a range, not an address; write 10.244.1.7 or fd00::1"),
        BadWhom::Character(character) => {
            format!("no address and no name holds {character:?}; write 10.244.1.7, web or shop/web")
        }
        BadWhom::WithPort(text) => {
            format!("{text:?} has a port, and whoever has an address has all its ports; leave the port out")
        }
    }
}

/// The client that is nearest to one that does not exist.
pub fn near_client(near: &[Near]) -> Option<String> {
    near.iter().find_map(|near| match near {
        Near::Client(key) if key.namespace.is_empty() => Some(format!("node/{}", key.name)),
        Near::Client(key) => Some(key.to_string()),
        Near::Name(..) | Near::Namespace(_) | Near::NamespaceName(..) | Near::Port(..) => None,
    })
}

/// Who has an address or a name, and as what.
pub fn holder(owner: &Owner) -> String {
    match owner {
        Owner::Service(key, None) => format!("Service {key}"),
        Owner::Service(key, Some(Role::ClusterIp)) => format!("Service {key}, as its cluster IP"),
        Owner::Service(key, Some(Role::ExternalIp)) => format!("Service {key}, as an external IP"),
        Owner::Service(key, Some(Role::LoadBalancer)) => format!("Service {key}, as its load balancer's address"),
        Owner::Pod { pod, node, ended, host_network } => {
            let node = node.as_ref().map(|node| format!(" on {node}")).unwrap_or_default();
            let network = if *host_network { ", on the host network" } else { "" };
            let ended = if *ended { ", which has ended" } else { "" };
            format!("pod {pod}{node}{network}{ended}")
        }
        Owner::Node(name) => format!("node {name}"),
        Owner::Endpoint { slice, service, target, ready } => {
            let of = service.as_ref().map(|key| format!(" of Service {}", key.name)).unwrap_or_default();
            let target = target.as_ref().map(|key| format!(" for {}", key.name)).unwrap_or_default();
            let ready = if *ready { "" } else { ", not ready" };
            format!("endpoint{of}{target} in EndpointSlice {slice}{ready}")
        }
        Owner::Namespace(name) => format!("namespace {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_percentage_that_is_never_nought() {
        let words: Vec<String> = [1, 2, 3, 7, 100, 250, 5000].into_iter().map(percent).collect();
        assert_eq!(words, ["100 %", "50 %", "33 %", "14 %", "1 %", "0.4 %", "< 0.1 %"]);
    }
}
