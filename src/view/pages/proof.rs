//! A piece of evidence in words.

use crate::trace::{Evidence, Source};

/// Which object: `pod web-1`.
pub fn object(source: &Source) -> String {
    match source {
        Source::Object(kind, key) => format!("{} {}", kind.singular(), key.name),
        Source::All(kind, namespace) if namespace.is_empty() => format!("all {}", kind.resource()),
        Source::All(kind, namespace) => format!("all {} of {namespace}", kind.resource()),
    }
}

/// What stands there.
pub fn value(evidence: &Evidence) -> String {
    match (&evidence.value, evidence.path.is_empty()) {
        (Some(value), _) if value.is_empty() => "\"\"".to_owned(),
        (Some(value), _) => value.clone(),
        (None, true) => "does not exist".to_owned(),
        (None, false) => "not set".to_owned(),
    }
}
