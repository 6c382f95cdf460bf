//! Objects as they are named on a command line: `svc/web`, `pod web-1`, `node/n1`, or a bare name.

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A Service by its name.
    Service(String),
    /// A pod by its name.
    Pod(String),
    /// A node by its name.
    Node(String),
    /// Whatever is called so: a Service first.
    Named(String),
}

/// Where a namespace goes.
const NAMESPACE: &str = "a namespace as -n NAMESPACE";

impl Subject {
    /// `svc/web`, `svc web`, `pod/web-1`, `po web-1`, `node/n1`, `web`. `wanted` are the forms that the command understands.
    ///
    /// # Errors
    /// It names something else.
    fn parse(words: &[String], wanted: &str) -> Result<Self, String> {
        let (kind, name) = match words {
            [one] => one.split_once('/').map_or((None, one.as_str()), |(kind, name)| (Some(kind), name)),
            [kind, name] => (Some(kind.as_str()), name.as_str()),
            _ => (None, ""),
        };
        let several = words.len() > 1 && words.iter().any(|word| word.contains('/'));
        if several || words.len() > 2 {
            return Err(format!("cannot read {:?}; write {wanted}, one at a time, {NAMESPACE}", words.join(" ")));
        }
        if name.is_empty() || name.contains('/') || name.contains(char::is_whitespace) {
            return Err(format!("{name:?} is no name; write {wanted}, {NAMESPACE}"));
        }
        let name = name.to_owned();
        let Some(kind) = kind else { return Ok(Self::Named(name)) };
        match kind.to_ascii_lowercase().as_str() {
            "svc" | "service" | "services" | "svcs" => Ok(Self::Service(name)),
            "pod" | "pods" | "po" => Ok(Self::Pod(name)),
            "node" | "nodes" | "no" => Ok(Self::Node(name)),
            _ => Err(format!("cannot read {:?}; write {wanted}, one at a time, {NAMESPACE}", words.join(" "))),
        }
    }

    /// What `why` is asked of.
    ///
    /// # Errors
    /// It is neither Service nor pod.
    pub(super) fn of_why(words: &[String]) -> Result<Self, String> {
        match Self::parse(words, "svc/NAME or pod/NAME")? {
            Self::Node(name) => Err(format!(
                "why is told of Services and pods; podpath events node/{name} tells what happened to a node"
            )),
            subject @ (Self::Service(_) | Self::Pod(_) | Self::Named(_)) => Ok(subject),
        }
    }

    /// What `events` are asked of, if of anything.
    ///
    /// # Errors
    /// It is no Service, pod or node.
    pub(super) fn of_events(words: &[String]) -> Result<Option<Self>, String> {
        if words.is_empty() { Ok(None) } else { Self::parse(words, "svc/NAME, pod/NAME or node/NAME").map(Some) }
    }
}

/// A Service as it is named on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub service: String,
}

impl Target {
    /// `svc/web`, `services/web`, `svc web`, `web`
    ///
    /// # Errors
    /// It names something else.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        match Subject::parse(words, "svc/NAME")? {
            Subject::Service(service) | Subject::Named(service) => Ok(Self { service }),
            Subject::Pod(name) => Err(format!(
                "a Service is meant here, not a pod; write svc/NAME; podpath why pod/{name} names the Services of a pod"
            )),
            Subject::Node(_) => Err("a Service is meant here, not a node; write svc/NAME".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn kubectls_spellings_of_a_service_are_understood() {
        let parse = |text: &str| Target::parse(&words(text));
        for text in ["svc/web", "service/web", "services/web", "svc web", "Service web", "web"] {
            assert_eq!(parse(text), Ok(Target { service: "web".into() }), "{text}");
        }
        for text in ["pod/web", "node/web", "svc/", "svc/a/b", "deploy web", ""] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_bare_name_and_each_kind_are_understood_where_they_make_sense() {
        let events = |text: &str| Subject::of_events(&words(text));
        assert_eq!(events("web"), Ok(Some(Subject::Named("web".into()))));
        assert_eq!(events("po web-1"), Ok(Some(Subject::Pod("web-1".into()))));
        assert_eq!(events("node/n1"), Ok(Some(Subject::Node("n1".into()))));
        assert_eq!(Subject::of_events(&[]), Ok(None));
        let why = |text: &str| Subject::of_why(&words(text));
        assert_eq!(why("web"), Ok(Subject::Named("web".into())));
        assert!(why("node/n1").is_err_and(|why| why.contains("podpath events node/n1")));
        assert!(why("shop/web").is_err_and(|why| why.contains("-n NAMESPACE")));
    }
}
