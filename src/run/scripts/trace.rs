//! `podpath trace`

use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use super::known::{Known, Needs};
use super::{FAILS, INTERMITTENT, UNDECIDED, json, print, tell};
use crate::config::{self, Libc, Login, RecordType, TraceOutput};
use crate::model::{Key, Kind};
use crate::report;
use crate::run::say::say;
use crate::trace::client::{Library, Wanted};
use crate::trace::path::{self, NoTrace, Settings, Verdict};
use crate::trace::{Asked, Assumption, Blind, Client, Confidence, Question};

/// Pods that an error names, at most.
const NAMED: usize = 5;

/// Follows a name and prints the way.
pub(in crate::run) async fn trace(login: &Login, what: &config::Trace) -> Result<ExitCode> {
    // Everything that is wrong with the question is said before the cluster is asked.
    let asked = question(what, Client::Outside, "default")?;
    let from = what.from.as_deref().map(|from| Client::parse(from, "default"));
    let namespaces = from.iter().filter_map(Client::namespace).cloned().chain(asked.namespaces()).collect();
    let needs = Needs::of_trace(namespaces);
    let known = match &asked.asked {
        Asked::Name(_) => Known::open(login, &what.source, needs).await?,
        Asked::Address(_) => Known::open_widely(login, &what.source, needs).await?,
    };
    known.tell_blind_spots()?;
    let client = match &what.from {
        Some(from) => stands(&known, from)?,
        None => Client::Namespace(known.namespace.clone()),
    };
    let question = question(what, client, &known.namespace)?;
    let settings = Settings::of(&known.store);
    let libraries: Vec<Library> = what.libc.map(library).into_iter().collect();
    let trace = match path::trace(&known.store, &settings, &question, &libraries, known.now) {
        Ok(trace) => trace,
        Err(NoTrace::NoClient(Client::Pod(key), near)) if near.is_empty() => return Err(tell::no_pod(&known, &key)),
        Err(NoTrace::Unseen(Client::Pod(key), _)) => return Err(tell::no_pod(&known, &key)),
        Err(why) => return Err(tell::no_trace(&what.name, &why)),
    };
    hints(&known, &trace);
    let code = match trace.verdict {
        Verdict::Reaches { .. } | Verdict::Resolves => 0,
        Verdict::Fails(_) => FAILS,
        Verdict::Intermittent { .. } => INTERMITTENT,
        Verdict::Undecided(_) => UNDECIDED,
    };
    match what.output {
        TraceOutput::Text => print(&report::trace_text(&trace, false))?,
        TraceOutput::Wide => print(&report::trace_text(&trace, true))?,
        TraceOutput::Json => return json(&report::trace_document(&trace, known.blind_spots(), code), code),
        TraceOutput::Mermaid => print(&report::mermaid(&trace))?,
        TraceOutput::Dot => print(&report::dot(&trace))?,
    }
    Ok(ExitCode::from(code))
}

/// The client that is meant: of a pod the beginning of its name will do, where only one pod begins so.
fn stands(known: &Known, from: &str) -> Result<Client> {
    let client = Client::parse(from.trim(), &known.namespace);
    let name = match &client {
        Client::Pod(key) => &key.name,
        Client::Node(name) | Client::Namespace(name) => name,
        Client::Outside => return Ok(client),
    };
    if name.is_empty() {
        return Err(eyre!("--from {from:?} names no client; write NAMESPACE/POD, POD, node/NODE or outside"));
    }
    let Client::Pod(key) = &client else { return Ok(client) };
    if known.store.pod(key).is_some() || !known.store.complete_in(Kind::Pod, &key.namespace) {
        return Ok(client);
    }
    let pods = known.store.pods_in(&key.namespace).map(|pod| &pod.meta.key);
    let mut begin: Vec<&Key> = pods.filter(|pod| pod.name.starts_with(key.name.as_str())).collect();
    begin.sort();
    match begin.as_slice() {
        [] => Ok(client),
        [only] => {
            say(format_args!("--from {from} is pod {only}"));
            Ok(Client::Pod((*only).clone()))
        }
        several => {
            let names: Vec<&str> = several.iter().take(NAMED).map(|pod| pod.name.as_str()).collect();
            let more = several.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let (count, namespace) = (several.len(), &key.namespace);
            Err(eyre!(
                "--from {from}: {count} pods of {namespace} begin so: {}{more}; write more of the name",
                names.join(", ")
            ))
        }
    }
}

/// Says what would tell more, where that can be done.
fn hints(known: &Known, trace: &path::Trace) {
    match (&trace.confidence, &trace.question.client) {
        (Confidence::Unknown(Blind::ClientNode), Client::Namespace(namespace)) => {
            let pods = known.store.pods_in(namespace).filter(|pod| pod.ready && pod.node.is_some());
            let example = pods.map(|pod| &pod.meta.key).min().map(|key| format!(", for example --from {key}"));
            say(format_args!(
                "--from POD says which pod asks, and so on which node it is{}",
                example.unwrap_or_default()
            ));
        }
        (Confidence::Unknown(Blind::Kind(kind, _)) | Confidence::Assumed(Assumption::Elsewhere(kind)), _)
            if kind.namespaced() && known.gaps(&[*kind]).is_empty() && !known.store.complete_everywhere(*kind) =>
        {
            if let Some(bounds) = known.bounds() {
                say(bounds);
            }
        }
        (Confidence::Exact | Confidence::Assumed(_) | Confidence::Unknown(_), _) => {}
    }
}

/// What is asked; `svc/web` is `web` of the namespace in view.
fn question(what: &config::Trace, client: Client, namespace: &str) -> Result<Question> {
    if let Some((kind @ ("pod" | "pods" | "po" | "node" | "nodes" | "no"), name)) = what.name.split_once('/') {
        return Err(eyre!(
            "{:?} cannot be traced: clients look up names of Services, or dial addresses; write svc/NAME or the address of \
             {kind} {name}",
            what.name
        ));
    }
    let service = ["svc/", "service/", "services/"].iter().find_map(|kind| what.name.strip_prefix(kind));
    let text = match service {
        None => what.name.clone(),
        Some(rest) => {
            let end = rest.find([':', '/']).unwrap_or(rest.len());
            let (name, port) = rest.split_at(end);
            if name.contains('.') { rest.to_owned() } else { format!("{name}.{namespace}{port}") }
        }
    };
    let question = Question::parse(&text, client).map_err(|bad| eyre!("{:?} cannot be traced: {bad}", what.name))?;
    let wanted = match what.kind {
        None => return Ok(question),
        Some(RecordType::A) => Wanted::V4,
        Some(RecordType::Aaaa) => Wanted::V6,
        Some(RecordType::Srv) => Wanted::Srv,
        Some(RecordType::Ptr) => Wanted::Ptr,
    };
    question.wanting(wanted).map_err(|bad| eyre!("{:?} cannot be traced: {bad}", what.name))
}

fn library(libc: Libc) -> Library {
    match libc {
        Libc::Glibc => Library::Glibc,
        Libc::Musl => Library::Musl,
        Libc::Go => Library::Go,
    }
}
