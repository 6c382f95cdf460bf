//! `podpath trace`

use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use super::known::{Known, Needs};
use super::{FAILS, INTERMITTENT, UNDECIDED, json, print, tell};
use crate::config::{self, Libc, Login, RecordType, TraceOutput};
use crate::model::Scope;
use crate::report;
use crate::trace::client::{Library, Wanted};
use crate::trace::path::{self, NoTrace, Settings, Verdict};
use crate::trace::{Asked, Blind, Client, Confidence, Question};

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
        Some(from) => Client::parse(from, &known.namespace),
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
    if let (Confidence::Unknown(Blind::Kind(_, everywhere)), Scope::Namespaces(names)) =
        (&trace.confidence, &known.scope)
        && everywhere.is_empty()
        && what.source.tape.is_none()
        && what.source.files.is_empty()
    {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        eprintln!("podpath: only {} was read; -A reads all namespaces", names.join(", "));
    }
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

/// What is asked; `svc/web` is `web` of the namespace in view.
fn question(what: &config::Trace, client: Client, namespace: &str) -> Result<Question> {
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
