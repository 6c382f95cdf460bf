//! What can be typed after `:`; with k9s's and kubectl's spellings.

use super::Scope;
use crate::store::distance;

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
    /// Keys and marks.
    Help,
    /// Leave.
    Quit,
}

/// The names of commands with their other spellings; the first is the one that is told.
pub const COMMANDS: &[(&[&str], &str)] = &[
    (&["svc", "services", "service"], "svc [NAMESPACE]"),
    (&["ns", "namespace", "namespaces"], "ns [NAMESPACE]"),
    (&["ctx", "context", "contexts"], "ctx [CONTEXT]"),
    (&["filter"], "filter WORDS"),
    (&["help", "h"], "help"),
    (&["q", "quit", "q!", "exit"], "q"),
];

fn scope(name: &str) -> Scope {
    match name {
        "all" | "-A" | "*" => Scope::All,
        name => Scope::Namespace(name.to_owned()),
    }
}

/// Reads a command.
///
/// # Errors
/// The word that is none, and the nearest that is.
pub(super) fn parse(text: &str) -> Result<Option<Command>, String> {
    let mut words = text.split_whitespace();
    let Some(name) = words.next() else { return Ok(None) };
    let argument = words.next();
    let Some((spellings, _)) = COMMANDS.iter().find(|(spellings, _)| spellings.contains(&name)) else {
        let all = COMMANDS.iter().flat_map(|(spellings, _)| *spellings);
        let nearest = all.min_by_key(|candidate| distance(name, candidate)).copied().unwrap_or_default();
        return Err(format!("no command {name:?}; did you mean :{nearest}?"));
    };
    Ok(Some(match spellings[0] {
        "svc" => Command::Services(argument.map(scope)),
        "ns" => Command::Namespace(argument.map(scope)),
        "ctx" => Command::Context(argument.map(str::to_owned)),
        "filter" => Command::Filter(text.trim().strip_prefix("filter").unwrap_or_default().trim().to_owned()),
        "help" => Command::Help,
        _ => Command::Quit,
    }))
}

/// What could follow: complete texts, best first.
pub fn completions(text: &str, namespaces: &[String], contexts: &[String]) -> Vec<String> {
    match text.split_once(char::is_whitespace) {
        None => {
            let names = COMMANDS.iter().flat_map(|(spellings, _)| *spellings);
            names.filter(|name| name.starts_with(text) && **name != text).map(|name| (*name).to_owned()).collect()
        }
        Some((name, rest)) => {
            let candidates = match name {
                "svc" | "services" | "ns" | "namespace" => namespaces,
                "ctx" | "context" => contexts,
                _ => return Vec::new(),
            };
            let rest = rest.trim_start();
            let fits = candidates.iter().filter(|candidate| candidate.starts_with(rest) && *candidate != rest);
            fits.map(|candidate| format!("{name} {candidate}")).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubectls_and_k9s_spellings_are_understood() {
        assert_eq!(parse("ns shop"), Ok(Some(Command::Namespace(Some(Scope::Namespace("shop".into()))))));
        assert_eq!(parse("svc all"), Ok(Some(Command::Services(Some(Scope::All)))));
        assert_eq!(parse(" q! "), Ok(Some(Command::Quit)));
        assert_eq!(parse("filter web 10.2"), Ok(Some(Command::Filter("web 10.2".into()))));
        assert_eq!(parse(""), Ok(None));
    }

    #[test]
    fn an_unknown_command_names_the_nearest() {
        assert_eq!(parse("ctz"), Err("no command \"ctz\"; did you mean :ctx?".into()));
    }

    #[test]
    fn names_are_completed() {
        let namespaces = ["shop".to_owned(), "default".to_owned()];
        assert_eq!(completions("ns sh", &namespaces, &[]), ["ns shop"]);
        assert!(completions("na", &[], &[]).contains(&"namespace".to_owned()));
    }
}
