//! `podpath trace`

use std::process::ExitCode;

use color_eyre::eyre::{Result, eyre};

use super::known::{Known, Needs};
use super::{FAILS, INTERMITTENT, UNDECIDED, json, print, tell};
use crate::config::{self, Libc, Login, RecordType, TraceOutput};
use crate::model::Text;
use crate::report;
use crate::trace::client::{Library, Wanted};
use crate::trace::path::{self, NoTrace, Settings, Verdict};
use crate::trace::{Asked, Client, Question};

/// Follows a name and prints the way.
pub(in crate::run) async fn trace(login: &Login, what: &config::Trace) -> Result<ExitCode> {
    // Everything that is wrong with the question is said before the cluster is asked.
    let asked = question(what, Client::Outside, "default")?;
    let from = what.from.as_deref().map(|from| Client::parse(from, "default"));
    let namespaces = from.iter().filter_map(Client::namespace).cloned().chain(named(&asked)).collect();
    let known = Known::open(login, &what.source, Needs::of_trace(namespaces)).await?;
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
        Err(why) => return Err(tell::no_trace(&what.name, &why)),
    };
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

/// Namespaces that a name may mean: each of its labels after the first, up to `svc`.
fn named(question: &Question) -> Vec<Text> {
    match &question.asked {
        Asked::Address(_) => Vec::new(),
        Asked::Name(name) => {
            let labels = name.trim_end_matches('.').split('.').skip(1).take_while(|label| *label != "svc");
            labels.filter(|label| !label.is_empty() && !label.starts_with('_')).take(3).map(Text::from).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespaces_that_a_name_may_mean_are_its_labels_before_svc() {
        let of = |name: &str| {
            let question = Question::parse(name, Client::Outside).unwrap();
            named(&question).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of("web"), "");
        assert_eq!(of("web.shop:80"), "shop");
        assert_eq!(of("db-0.db.data.svc.cluster.local."), "db data");
        assert_eq!(of("_http._tcp.web.shop.svc"), "web shop");
        assert_eq!(of("10.0.0.1"), "");
    }
}
