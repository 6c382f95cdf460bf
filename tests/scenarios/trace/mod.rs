//! Traces from end to end, by hand: a cluster in which everything works (`world.yaml`), one thing changed, a question, and
//! what must come of it. What is missing and what is too much both fail.
//!
//! A scenario is a YAML file beside this one: `what` in a sentence, `rules` (rows of the rules that it shows), `objects` (they take
//! the place of those of the same name), `without` (`Pod shop/web-a`), `unknown` (kinds that may not be listed), `stale`; `ask` and
//! `from` as on the command line, `type`, `libc`; or `why: svc shop/web`. Then `verdict`, `winner`, `endpoints` (address and
//! share of each, or why it has none), `reasons` in order, `sure` where the answer is not exact.
//! `PODPATH_SCENARIOS=print` prints what comes of each.

mod metamorphic;
mod world;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use podpath::model::{Key, Time};
use podpath::report::{self, WhySubject};
use podpath::store::Store;
use podpath::trace::client::{Library, Wanted};
use podpath::trace::path::{Body, Fate, Settings, Share, Trace, Verdict, trace, zone_views};
use podpath::trace::proxy::Standing;
use podpath::trace::{Assumption, Client, Confidence, Finding, Question, Reason, why};
use podpath::view;
use serde::Deserialize;
use serde_json::Value;
use world::{Change, build};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Scenario {
    what: String,
    rules: String,
    objects: Vec<Value>,
    without: Vec<String>,
    unknown: Vec<String>,
    stale: Vec<String>,
    ask: String,
    why: Option<String>,
    from: String,
    r#type: Option<String>,
    libc: Option<String>,
    verdict: String,
    winner: Option<String>,
    endpoints: Vec<String>,
    reasons: Vec<String>,
    sure: Option<String>,
}

/// What came of a scenario, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Came {
    verdict: String,
    winner: Option<String>,
    endpoints: Vec<String>,
    reasons: Vec<String>,
    sure: Option<String>,
}

/// The moment of every scenario: long after all that the objects tell.
const NOW: Time = Time(1_900_000_000_000);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

pub(crate) fn scenarios() -> Vec<(String, Scenario)> {
    let files = std::fs::read_dir(folder().join("trace")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let scenario = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, scenario)
        })
        .collect()
}

fn question(scenario: &Scenario) -> Question {
    let client = match scenario.from.as_str() {
        "" => Client::Pod(Key::new("shop", "cart")),
        from => Client::parse(from, "shop"),
    };
    let question = Question::parse(&scenario.ask, client).unwrap();
    let wanted = match scenario.r#type.as_deref() {
        None => return question,
        Some("A") => Wanted::V4,
        Some("AAAA") => Wanted::V6,
        Some("SRV") => Wanted::Srv,
        Some("PTR") => Wanted::Ptr,
        Some(other) => panic!("no type {other}"),
    };
    question.wanting(wanted).unwrap()
}

fn libraries(scenario: &Scenario) -> Vec<Library> {
    let named = |name: &str| Library::ALL.into_iter().find(|library| library.to_string() == name).unwrap();
    scenario.libc.as_deref().map(named).into_iter().collect()
}

/// Plays a scenario; `change` is what the metamorphic tests do to its world.
pub(crate) fn play(scenario: &Scenario, change: &Change) -> Came {
    let store = build(scenario, change);
    if let Some(subject) = &scenario.why {
        let (kind, key) = subject.split_once(' ').unwrap();
        let (namespace, name) = key.split_once('/').unwrap();
        let key = Key::new(namespace, name);
        let findings = if kind == "svc" { why::of_service(&store, &key, NOW) } else { why::of_pod(&store, &key) };
        return Came { verdict: "why".to_owned(), reasons: ids(&findings), ..Came::default() };
    }
    came(&store, scenario)
}

fn ids(findings: &[Finding]) -> Vec<String> {
    let possible = |finding: &Finding| if finding.certain { "" } else { "?" };
    findings.iter().map(|finding| format!("{}{}", finding.reason.id(), possible(finding))).collect()
}

fn came(store: &Store, scenario: &Scenario) -> Came {
    let settings = Settings::of(store);
    match trace(store, &settings, &question(scenario), &libraries(scenario), NOW) {
        Err(_) => Came { verdict: "no trace".to_owned(), ..Came::default() },
        Ok(trace) => {
            let sure = match &trace.confidence {
                // What a ConfigMap of the cluster says of the kubelets is as sure as it gets.
                Confidence::Exact | Confidence::Assumed(Assumption::KubeletConfig) => None,
                Confidence::Assumed(what) => Some(format!("assumed: {}", view::assumption(what))),
                Confidence::Unknown(why) => Some(format!("unknown: {}", view::blind(why))),
            };
            Came {
                verdict: verdict(trace.verdict),
                winner: winner(&trace),
                endpoints: endpoints(&trace),
                reasons: ids(&trace.findings),
                sure,
            }
        }
    }
}

fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::Reaches { endpoints } => format!("reaches {endpoints}"),
        Verdict::Intermittent { reached, of } => format!("intermittent {reached}/{of}"),
        Verdict::Resolves => "resolves".to_owned(),
        Verdict::Fails(stage) => format!("fails {}", stage.id()),
        Verdict::Undecided(stage) => format!("undecided {}", stage.id()),
    }
}

fn winner(trace: &Trace) -> Option<String> {
    trace.steps.iter().find_map(|step| {
        let Body::Queries(runs) = &step.body else { return None };
        runs.first()?.asked.iter().find(|candidate| candidate.used).map(|candidate| candidate.name.to_string())
    })
}

fn endpoints(trace: &Trace) -> Vec<String> {
    let mut lines = Vec::new();
    for way in trace.ways() {
        match &way.fate {
            Fate::Balanced | Fate::Direct => {}
            Fate::Refused(_) => lines.push(format!("{} refused", way.to)),
            Fate::Lost(_) => lines.push(format!("{} dropped", way.to)),
            Fate::Passed(_) => lines.push(format!("{} passed", way.to)),
            Fate::Unknown(_) => lines.push(format!("{} unknown", way.to)),
        }
        lines.extend(way.shares.iter().map(share));
    }
    lines
}

fn share(share: &Share) -> String {
    let mut line = format!("{} {}", share.to, share.one_in.map_or("-".to_owned(), |of| format!("1/{of}")));
    if share.why != Standing::Chosen {
        let _ = write!(line, " {}", word(&share.why));
    }
    if let Some(why) = share.masquerade {
        let _ = write!(line, " from another address ({why:?})");
    }
    if share.doubtful && share.one_in.is_some() {
        line.push_str(" doubtful");
    }
    line
}

fn word(why: &Standing) -> &'static str {
    match why {
        Standing::Chosen => "chosen",
        Standing::ChosenAsLast => "last",
        Standing::NotReady { .. } => "not ready",
        Standing::Lingering => "lingering",
        Standing::OtherZone => "other zone",
        Standing::OtherNode => "other node",
        Standing::NotLocal => "not local",
        Standing::NotUsed => "not used",
        Standing::Unknown(_) => "unknown",
    }
}

fn expected(scenario: &Scenario) -> Came {
    Came {
        verdict: scenario.verdict.clone(),
        winner: scenario.winner.clone(),
        endpoints: scenario.endpoints.clone(),
        reasons: scenario.reasons.clone(),
        sure: scenario.sure.clone(),
    }
}

fn show(came: &Came) -> String {
    let mut text = format!("verdict: {}\n", came.verdict);
    if let Some(winner) = &came.winner {
        let _ = writeln!(text, "winner: {winner}");
    }
    if !came.endpoints.is_empty() {
        let _ = writeln!(text, "endpoints:\n- {}", came.endpoints.join("\n- "));
    }
    if !came.reasons.is_empty() {
        let _ = writeln!(text, "reasons: [{}]", came.reasons.join(", "));
    }
    if let Some(sure) = &came.sure {
        let _ = writeln!(text, "sure: {sure:?}");
    }
    text
}

#[test]
fn every_trace_comes_out_as_it_was_worked_out_by_hand() {
    let all = scenarios();
    let mut wrong = Vec::new();
    for (name, scenario) in &all {
        assert!(!scenario.what.is_empty() && !scenario.rules.is_empty(), "{name}: what it shows");
        let came = play(scenario, &Change::default());
        if std::env::var("PODPATH_SCENARIOS").is_ok_and(|how| how == "print") {
            eprintln!("=== {name}: {}\n{}", scenario.what, show(&came));
        }
        if came != expected(scenario) {
            wrong.push(format!("{name}: {}\n{}instead of\n{}", scenario.what, show(&came), show(&expected(scenario))));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert!(all.len() >= 60, "{} scenarios", all.len());
}

/// All that is said of a scenario: the text of its answer with every proof, and the zones.
fn told(scenario: &Scenario) -> String {
    let store = build(scenario, &Change::default());
    if let Some(subject) = &scenario.why {
        let (kind, key) = subject.split_once(' ').unwrap();
        let (namespace, name) = key.split_once('/').unwrap();
        let key = Key::new(namespace, name);
        let (subject, findings) = if kind == "svc" {
            (WhySubject::Service(key.clone()), why::of_service(&store, &key, NOW))
        } else {
            (WhySubject::Pod(key.clone()), why::of_pod(&store, &key))
        };
        return report::why_text(&store, &subject, &findings);
    }
    let settings = Settings::of(&store);
    let trace = match trace(&store, &settings, &question(scenario), &libraries(scenario), NOW) {
        Err(no) => return format!("{no:?}\n"),
        Ok(trace) => trace,
    };
    let mut text = report::trace_text(&trace, true);
    for zone in zone_views(&store, &settings, &trace) {
        let shares: Vec<String> = zone.shares.iter().map(|(to, share)| format!("{to} {share}")).collect();
        let _ = writeln!(
            text,
            "zone {} nodes {} pods {}: {}{}{}",
            zone.zone.as_deref().unwrap_or("-"),
            zone.nodes,
            zone.clients,
            shares.join(", "),
            zone.overloaded.map_or(String::new(), |times| format!(" overloaded {times}")),
            if zone.only_one { " only one" } else { "" }
        );
    }
    text
}

#[test]
fn every_trace_reads_as_agreed() {
    let all = scenarios();
    let texts = all.iter().map(|(name, scenario)| format!("=== {name}: {}\n{}", scenario.what, told(scenario)));
    let texts: Vec<String> = texts.collect();
    insta::with_settings!({snapshot_path => "../../../snapshots/traces", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("scenarios", texts.join("\n"));
    });
}

#[test]
fn every_reason_has_a_scenario_that_produces_it() {
    let all = scenarios();
    let produced: BTreeSet<&str> =
        all.iter().flat_map(|(_, scenario)| &scenario.reasons).map(|id| id.trim_end_matches('?')).collect();
    let missing: Vec<&str> = Reason::ALL.iter().map(|(id, _)| *id).filter(|id| !produced.contains(id)).collect();
    assert!(missing.is_empty(), "no scenario produces {missing:?}");
}
