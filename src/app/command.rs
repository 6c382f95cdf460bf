//! What can be typed after `:`; with k9s's and kubectl's spellings.

use super::{Action, BadCommand, Scope, Usage};

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Show the Services, perhaps of one namespace.
    Services(Option<Scope>),
    /// Show other namespaces; without a name, choose one.
    Namespace(Option<Scope>),
    /// Connect to another context; without a name, choose one.
    Context(Option<String>),
    /// Look for something.
    Filter(String),
    /// Trace a name, perhaps from a client.
    Trace(String, Option<String>),
    /// Go to a moment.
    At(String),
    /// The time line of something, or of everything.
    Events(Option<EventsOf>),
    /// Who has an address or a name.
    Who(String),
    /// Do what a key does.
    Act(Action),
}

/// Whose time line is asked for, by name; its namespace where one was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EventsOf {
    pub(super) kind: EventsKind,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
}

/// What has a time line that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventsKind {
    Service,
    Pod,
    Node,
}

/// The names of commands with their other spellings and what follows them; the first name is the one that is told.
pub const COMMANDS: &[(&[&str], &str)] = &[
    (&["svc", "services", "service"], "[NAMESPACE…]"),
    (&["ns", "namespace", "namespaces"], "[NAMESPACE…]"),
    (&["ctx", "context", "contexts"], "[CONTEXT]"),
    (&["filter"], "WORDS"),
    (&["trace"], "NAME[:PORT] [from CLIENT]"),
    (&["at"], "14:03 | -5m | 00:42 of a tape"),
    (&["events", "timeline"], "[svc/NAME | pod/NAME | node/NAME]"),
    (&["who"], "IP | NAME"),
];

/// Other spellings of what keys do.
const ALIASES: &[(&str, Action)] = &[
    ("q", Action::Quit),
    ("q!", Action::Quit),
    ("exit", Action::Quit),
    ("h", Action::Help),
    ("es", Action::Slices),
    ("endpointslices", Action::Slices),
];

/// The namespaces in these words; `None` without any.
fn scope<'a>(words: impl Iterator<Item = &'a str>) -> Option<Scope> {
    let names: Vec<&str> = words.flat_map(|word| word.split(',')).filter(|name| !name.is_empty()).collect();
    let all = names.iter().any(|name| matches!(*name, "all" | "-A" | "*"));
    (!names.is_empty()).then(|| if all { Scope::All } else { Scope::of(names) })
}

/// All names, those that are told before their other spellings.
fn names() -> impl Iterator<Item = &'static str> {
    let told = COMMANDS.iter().map(|(spellings, _)| spellings[0]);
    let actions = Action::ALL.iter().filter_map(|action| action.name());
    let others = COMMANDS.iter().flat_map(|(spellings, _)| &spellings[1..]).copied();
    told.chain(actions).chain(others).chain(ALIASES.iter().map(|(name, _)| *name))
}

fn action(name: &str) -> Option<Action> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, action)| *action);
    alias.or_else(|| Action::ALL.into_iter().find(|action| action.name() == Some(name)))
}

/// Reads a command.
///
/// # Errors
/// The word that is none, and the nearest that is.
pub(super) fn parse(text: &str) -> Result<Option<Command>, BadCommand> {
    let mut words = text.split_whitespace();
    let Some(name) = words.next() else { return Ok(None) };
    if let Some(action) = action(name) {
        return Ok(Some(Command::Act(action)));
    }
    let known = COMMANDS.iter().find(|(spellings, _)| spellings.contains(&name));
    match known.map(|(spellings, _)| spellings[0]) {
        Some("svc") => Ok(Some(Command::Services(scope(words)))),
        Some("ns") => Ok(Some(Command::Namespace(scope(words)))),
        Some("ctx") => Ok(Some(Command::Context(words.next().map(str::to_owned)))),
        Some("at") => match words_after(text) {
            time if time.is_empty() => Err(BadCommand::Usage(Usage::At)),
            time => Ok(Some(Command::At(time))),
        },
        Some("events") => events(words_after(text).as_str()).map(|of| Some(Command::Events(of))),
        Some("who") => match words.next() {
            Some(asked) => Ok(Some(Command::Who(asked.to_owned()))),
            None => Err(BadCommand::Usage(Usage::Who)),
        },
        Some("trace") => trace(words_after(text)).map(Some),
        Some(_) => Ok(Some(Command::Filter(words_after(text)))),
        None => {
            let edits = |candidate: &&str| strsim::levenshtein(name, candidate);
            // Of three letters one may be wrong.
            let near = names().min_by_key(edits).filter(|near| edits(near) <= name.chars().count().div_ceil(3));
            Err(BadCommand::Unknown(name.to_owned(), near))
        }
    }
}

/// `web.shop:80 from shop/cart-7f`
fn trace(words: String) -> Result<Command, BadCommand> {
    let mut words = words.split_whitespace();
    let usage = || BadCommand::Usage(Usage::Trace);
    let name = words.next().ok_or_else(usage)?;
    let client = match (words.next(), words.next(), words.next()) {
        (None, ..) => None,
        (Some("from"), Some(client), None) => Some(client.to_owned()),
        (Some(_), ..) => return Err(usage()),
    };
    Ok(Command::Trace(name.to_owned(), client))
}

/// `svc/web`, `pod shop/web-1`, `node/n1`; nothing: everything.
fn events(words: &str) -> Result<Option<EventsOf>, BadCommand> {
    if words.is_empty() {
        return Ok(None);
    }
    let usage = || BadCommand::Usage(Usage::Events);
    let (kind, rest) = words.split_once(['/', ' ']).ok_or_else(usage)?;
    let kind = match kind.to_ascii_lowercase().as_str() {
        "svc" | "service" | "services" => EventsKind::Service,
        "pod" | "pods" | "po" => EventsKind::Pod,
        "node" | "nodes" | "no" => EventsKind::Node,
        _ => return Err(usage()),
    };
    let (namespace, name) = match rest.trim().split_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name),
        None => (None, rest.trim()),
    };
    if name.is_empty() || name.contains('/') {
        return Err(usage());
    }
    Ok(Some(EventsOf { kind, namespace, name: name.to_owned() }))
}

fn words_after(text: &str) -> String {
    text.trim().split_once(char::is_whitespace).map(|(_, rest)| rest.trim().to_owned()).unwrap_or_default()
}

/// What could follow: complete texts, best first.
pub fn completions(text: &str, namespaces: &[String], contexts: &[String]) -> Vec<String> {
    match text.split_once(char::is_whitespace) {
        None => names().filter(|name| name.starts_with(text) && *name != text).map(str::to_owned).collect(),
        Some((name, rest)) => {
            let known = COMMANDS.iter().find(|(spellings, _)| spellings.contains(&name));
            let (candidates, several) = match known.map(|(_, usage)| *usage) {
                Some("[NAMESPACE…]") => (namespaces, true),
                Some("[CONTEXT]") => (contexts, false),
                Some(_) | None => return Vec::new(),
            };
            // Of several names the last one is completed.
            let start = if several { rest.rfind([' ', ',']).map_or(0, |at| at + 1) } else { 0 };
            let (before, rest) = (rest[..start].trim_start(), rest[start..].trim_start());
            let all = (several && before.is_empty()).then_some("all");
            let named = |name: &str| before.split([' ', ',']).any(|word| word == name);
            let fits = candidates.iter().map(String::as_str).chain(all);
            let fits = fits.filter(|candidate| candidate.starts_with(rest) && *candidate != rest && !named(candidate));
            fits.map(|candidate| format!("{name} {before}{candidate}")).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubectls_and_k9s_spellings_are_understood() {
        assert_eq!(parse("ns shop"), Ok(Some(Command::Namespace(Some(Scope::one("shop"))))));
        assert_eq!(parse("ns shop data,web"), Ok(Some(Command::Namespace(Some(Scope::of(["data", "shop", "web"]))))));
        assert_eq!(parse("svc all"), Ok(Some(Command::Services(Some(Scope::All)))));
        assert_eq!(parse(" q! "), Ok(Some(Command::Act(Action::Quit))));
        assert_eq!(parse("filter web 10.2"), Ok(Some(Command::Filter("web 10.2".into()))));
        assert_eq!(parse("slices"), Ok(Some(Command::Act(Action::Slices))));
        assert_eq!(parse(""), Ok(None));
    }

    #[test]
    fn a_time_line_is_asked_for_as_kubectl_names_things() {
        let of = |kind, namespace: Option<&str>, name: &str| {
            let namespace = namespace.map(str::to_owned);
            Ok(Some(Command::Events(Some(EventsOf { kind, namespace, name: name.to_owned() }))))
        };
        assert_eq!(parse("events svc/web"), of(EventsKind::Service, None, "web"));
        assert_eq!(parse("events pod shop/web-1"), of(EventsKind::Pod, Some("shop"), "web-1"));
        assert_eq!(parse("timeline node/n1"), of(EventsKind::Node, None, "n1"));
        assert_eq!(parse("events"), Ok(Some(Command::Events(None))));
        assert!(parse("events web").is_err() && parse("who").is_err());
    }

    #[test]
    fn an_unknown_command_names_one_that_is_near() {
        let near = |typed: &str, near| assert_eq!(parse(typed), Err(BadCommand::Unknown(typed.to_owned(), near)));
        near("ctz", Some("ctx"));
        near("recrod", Some("record"));
        near("bogus", None);
    }

    #[test]
    fn a_time_must_be_told() {
        assert_eq!(parse("at"), Err(BadCommand::Usage(Usage::At)));
        assert_eq!(parse("at  -5m"), Ok(Some(Command::At("-5m".into()))));
    }

    #[test]
    fn no_name_means_two_things() {
        let mut names: Vec<&str> = names().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    #[test]
    fn names_are_completed() {
        let namespaces = ["shop".to_owned(), "default".to_owned()];
        assert_eq!(completions("ns sh", &namespaces, &[]), ["ns shop"]);
        assert_eq!(completions("ns default,s", &namespaces, &[]), ["ns default,shop"]);
        assert_eq!(completions("ns shop ", &namespaces, &[]), ["ns shop default"]);
        assert_eq!(completions("ns a", &namespaces, &[]), ["ns all"]);
        assert_eq!(completions("na", &[], &[]), ["namespace", "namespaces"]);
        assert_eq!(completions("nonsense x", &namespaces, &[]), Vec::<String>::new());
    }
}
