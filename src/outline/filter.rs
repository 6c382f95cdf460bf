//! What is looked for: words that must all be found, in any letter case.
//!
//! `web 10.244` finds what has both; `!web` what has not; `-l app=web` Services and pods with that label.

use std::collections::BTreeSet;

use crate::model::{ClusterIp, Key, Labels, Pod, Service};
use crate::store::{Row, RowId, Store};

/// One word of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Has(String),
    Not(String),
    Label(String, Option<String>),
}

/// A filter as typed, and what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

/// Services that a filter finds.
#[derive(Clone, Debug, Default)]
pub(super) struct Matched {
    /// By what the Service itself says.
    pub(super) whole: BTreeSet<Key>,
    /// Only by something inside it.
    pub(super) inside: BTreeSet<Key>,
}

impl Filter {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Self {
        let mut terms = Vec::new();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            if word == "-l" {
                for pair in words.next().unwrap_or_default().split(',').filter(|pair| !pair.is_empty()) {
                    let (key, value) = pair.split_once('=').map_or((pair, None), |(key, value)| (key, Some(value)));
                    terms.push(Term::Label(key.to_owned(), value.map(str::to_owned)));
                }
            } else if let Some(word) = word.strip_prefix('!') {
                if !word.is_empty() {
                    terms.push(Term::Not(word.to_lowercase()));
                }
            } else {
                terms.push(Term::Has(word.to_lowercase()));
            }
        }
        Self { text: text.to_owned(), terms }
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether anything is looked for.
    pub fn is_some(&self) -> bool {
        !self.terms.is_empty()
    }

    /// The words to highlight.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|term| match term {
            Term::Has(word) => Some(word.as_str()),
            Term::Not(_) | Term::Label(..) => None,
        })
    }

    fn holds<'a>(&self, texts: &[&'a str], labels: &Labels) -> bool {
        let found = |word: &str| texts.iter().any(|text: &&'a str| contains(text, word));
        self.terms.iter().all(|term| match term {
            Term::Has(word) => found(word),
            Term::Not(word) => !found(word),
            Term::Label(key, value) => {
                labels.get(key).is_some_and(|found| value.as_ref().is_none_or(|value| found.as_str() == value))
            }
        })
    }

    fn service(&self, store: &Store, service: &Service) -> bool {
        let key = &service.meta.key;
        let ips = match &service.cluster_ip {
            ClusterIp::Ips(ips) => ips.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            ClusterIp::Headless => "headless".to_owned(),
            ClusterIp::Absent => String::new(),
        };
        let others = service.external_ips.iter().chain(service.load_balancer.iter().filter_map(|lb| lb.ip.as_ref()));
        let others = others.map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let worst = store.summary(key).worst.map_or("", |word| word.id());
        let alias = service.external_name.as_deref().unwrap_or_default();
        let qualified = format!("{}.{}", key.name, key.namespace);
        let slashed = key.to_string();
        self.holds(&[&slashed, &qualified, &ips, &others, alias, worst], &service.meta.labels)
    }

    fn pod(&self, pod: &Pod) -> bool {
        let ips = pod.ips.as_slice().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let slashed = pod.meta.key.to_string();
        self.holds(&[&slashed, &ips, pod.node.as_deref().unwrap_or_default()], &pod.meta.labels)
    }

    /// Whether a row is found by what it says itself.
    pub fn row(&self, row: &Row) -> bool {
        let ips = row.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let name = match (&row.id, row.pod_key()) {
            (_, Some(key)) => key.to_string(),
            (RowId::Name(name), None) => name.to_string(),
            (RowId::Pod(_) | RowId::Address(_), None) => String::new(),
        };
        let labels = row.target.pod().map(|pod| pod.meta.labels.clone()).unwrap_or_default();
        let node = row.node().map_or("", |node| node.as_str());
        self.holds(&[&ips, &name, node, row.word.as_ref().map_or("", |word| word.id())], &labels)
    }

    /// The Services that are found: by themselves, or by a pod or an endpoint inside.
    pub(super) fn services(&self, store: &Store) -> Matched {
        let mut matched = Matched::default();
        for service in store.services().filter(|service| self.service(store, service)) {
            matched.whole.insert(service.meta.key.clone());
        }
        for key in store.missing_services() {
            if self.holds(&[&key.to_string()], &Labels::default()) {
                matched.whole.insert(key);
            }
        }
        for pod in store.pods().filter(|pod| self.pod(pod)) {
            matched.inside.extend(store.services_selecting(pod));
        }
        // Endpoints that are no pods of the selector: addresses in custom slices.
        for slice in store.slices() {
            let Some(name) = slice.service_name() else { continue };
            let found = slice.endpoints.iter().any(|endpoint| {
                let ips = endpoint.addresses.as_slice().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                let target = endpoint.target.as_deref().map_or("", |target| target.name.as_str());
                self.holds(&[&ips, target, endpoint.node.as_deref().unwrap_or_default()], &Labels::default())
            });
            if found {
                matched.inside.insert(Key { namespace: slice.meta.key.namespace.clone(), name: name.clone() });
            }
        }
        matched.inside.retain(|key| !matched.whole.contains(key));
        if self.terms.iter().any(|term| matches!(term, Term::Not(_))) {
            // "Not" speaks of Services: a pod that lacks the word says nothing.
            matched.inside.clear();
        }
        matched
    }
}

/// Whether `text` contains `word`, which is in lower case already.
fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        let (text, word) = (text.as_bytes(), word.as_bytes());
        return word.is_empty() || text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(word)
}
