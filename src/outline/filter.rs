//! What is looked for: words that must all be found, in any letter case.
//!
//! `web 10.244` finds what has both, the one perhaps in the Service and the other in a row of it; `!web` leaves out
//! Services that have it. `-l app=web`, or `app=web`, finds Services and rows that have such a label: `-l app`, `app=web`;
//! `-l !app` and `app!=web` leave out those that have it.

use std::fmt::Write;
use std::net::IpAddr;

use crate::model::{ClusterIp, Key, Labels, Service};
use crate::store::{Row, RowId, Store, Word};

/// One word of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// In lower case.
    Has(String),
    /// In lower case.
    Not(String),
    /// As it is.
    Label(String, Want),
    /// Said of labels, and nothing that can be looked for.
    Unread(String),
}

/// What is wanted of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Want {
    Present,
    Absent,
    Is(String),
    IsNot(String),
}

impl Want {
    /// Whether it leaves out instead of finding.
    fn is_veto(&self) -> bool {
        match self {
            Self::Present | Self::Is(_) => false,
            Self::Absent | Self::IsNot(_) => true,
        }
    }

    fn fits(&self, found: Option<&str>) -> bool {
        match self {
            Self::Present => found.is_some(),
            Self::Absent => found.is_none(),
            Self::Is(value) => found == Some(value),
            Self::IsNot(value) => found != Some(value),
        }
    }
}

/// Which terms are met, one bit each.
pub(super) type Met = u64;

/// Terms that count; who types more looks for nothing else.
const MOST: usize = 63;

/// A filter as typed, and what it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

/// Where a filter finds a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// In what the Service itself says: all its rows are shown.
    Whole,
    /// Only with the help of a row: only such rows are shown.
    Inside,
}

impl Filter {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Self {
        let mut terms = Vec::new();
        let mut words = text.split_whitespace().peekable();
        while let Some(word) = words.next() {
            if word == "-l" {
                let pairs = words.next().unwrap_or_default();
                if let Some(operator) = words.next_if(|word| matches!(*word, "in" | "notin")) {
                    let values = words.next().unwrap_or_default();
                    terms.push(Term::Unread(format!("{pairs} {operator} {values}")));
                } else {
                    terms.extend(pairs.split(',').filter(|pair| !pair.is_empty()).map(label));
                }
            } else if let Some((key, value)) = word.strip_prefix('!').and_then(|word| word.split_once('=')) {
                terms.push(label(&format!("{key}!={value}")));
            } else if let Some(word) = word.strip_prefix('!') {
                terms.extend((!word.is_empty()).then(|| Term::Not(word.to_lowercase())));
            } else if word.contains('=') {
                terms.push(label(word));
            } else {
                terms.push(Term::Has(word.to_lowercase()));
            }
        }
        terms.truncate(MOST);
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
            Term::Not(_) | Term::Label(..) | Term::Unread(_) => None,
        })
    }

    /// What cannot be read and finds nothing.
    pub fn unread(&self) -> Option<&str> {
        self.terms.iter().find_map(|term| match term {
            Term::Unread(text) => Some(text.as_str()),
            Term::Has(_) | Term::Not(_) | Term::Label(..) => None,
        })
    }

    /// All terms.
    pub(super) fn all(&self) -> Met {
        (1 << self.terms.len()) - 1
    }

    /// Whether labels are looked at.
    pub(super) fn by_label(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Label(..)))
    }

    /// Whether there are several terms.
    pub(super) fn several(&self) -> bool {
        self.terms.len() > 1
    }

    /// The terms that may be part of a reason's word.
    pub(super) fn in_words(&self) -> Met {
        let words = Word::all();
        self.terms.iter().enumerate().fold(0, |met, (at, term)| match term {
            Term::Has(word) => met | u64::from(words.iter().any(|known| contains(known.id(), word))) << at,
            Term::Not(_) | Term::Label(..) | Term::Unread(_) => met,
        })
    }

    /// The terms met by texts and labels; what leaves out is never met here.
    fn met(&self, so_far: Met, mut found: impl FnMut(&str) -> bool, labels: Option<&Labels>) -> Met {
        let mut met = so_far;
        for (at, term) in self.terms.iter().enumerate().filter(|(at, _)| so_far & (1 << at) == 0) {
            let yes = match term {
                Term::Has(word) => found(word),
                Term::Not(_) | Term::Unread(_) => false,
                Term::Label(key, want) => {
                    !want.is_veto()
                        && labels.is_some_and(|labels| want.fits(labels.get(key).map(|value| value.as_str())))
                }
            };
            met |= u64::from(yes) << at;
        }
        met
    }

    /// The terms met by a Service itself; `None` where it has a word that it must not have.
    pub(super) fn service(&self, key: &Key, service: Option<&Service>) -> Option<Met> {
        let said = Said { key, service };
        let forbidden = self.terms.iter().any(|term| match term {
            Term::Not(word) => said.has(word),
            Term::Label(key, want) => {
                let labels = service.map(|service| &service.meta.labels);
                want.is_veto() && !want.fits(labels.and_then(|labels| labels.get(key)).map(|value| value.as_str()))
            }
            Term::Has(_) | Term::Unread(_) => false,
        });
        if forbidden {
            return None;
        }
        let mut met = self.met(0, |word| said.has(word), service.map(|service| &service.meta.labels));
        for (at, term) in self.terms.iter().enumerate() {
            met |= u64::from(matches!(term, Term::Not(_))) << at;
        }
        Some(met)
    }

    /// The terms met by an entry of a slice, beyond those that its Service meets.
    pub(super) fn entry(&self, so_far: Met, entry: &Entry<'_>) -> Met {
        self.met(so_far, |word| entry.has(word), None)
    }

    /// The terms met by a row, beyond those that its Service meets.
    pub(super) fn row(&self, so_far: Met, row: &Row) -> Met {
        let id = row.word.as_ref().map_or("", Word::id);
        let labels = row.target.pod().map(|pod| &pod.meta.labels);
        let entry = Entry::of_row(row);
        let met = self.met(so_far, |word| contains(id, word) || entry.has(word), labels);
        met | self.let_pass(labels)
    }

    /// The terms that leave out nothing with these labels.
    fn let_pass(&self, labels: Option<&Labels>) -> Met {
        self.terms.iter().enumerate().fold(0, |met, (at, term)| match term {
            Term::Label(key, want) => {
                let found = labels.and_then(|labels| labels.get(key)).map(|value| value.as_str());
                met | u64::from(want.is_veto() && want.fits(found)) << at
            }
            Term::Has(_) | Term::Not(_) | Term::Unread(_) => met,
        })
    }

    /// Where a Service is found that met so much by itself and has these rows: by one of them, without any by itself.
    pub(super) fn among(&self, met: Met, rows: &[Row]) -> Option<Found> {
        if rows.is_empty() {
            return (met | self.let_pass(None) == self.all()).then_some(Found::Whole);
        }
        rows.iter().any(|row| self.row(met, row) == self.all()).then_some(Found::Inside)
    }

    /// Whether a row is shown below its Service.
    pub(super) fn shows(&self, service: Option<Met>, row: &Row) -> bool {
        service.is_some_and(|met| self.row(met, row) == self.all())
    }

    /// Where one Service is found, from its rows themselves.
    pub(super) fn find(&self, store: &Store, key: &Key) -> Option<Found> {
        let met = self.service(key, store.service(key).map(AsRef::as_ref))?;
        if met == self.all() {
            return Some(Found::Whole);
        }
        self.among(met, &store.rows(key))
    }
}

fn label(text: &str) -> Term {
    let (key, want) = match (text.strip_prefix('!'), text.split_once("!="), text.split_once('=')) {
        (Some(key), _, _) => (key, Want::Absent),
        (None, Some((key, value)), _) => (key, Want::IsNot(value.to_owned())),
        (None, None, Some((key, value))) => match value.strip_prefix('=').unwrap_or(value) {
            // Not typed yet.
            "" => (key, Want::Present),
            value => (key, Want::Is(value.to_owned())),
        },
        (None, None, None) => (text, Want::Present),
    };
    let is_part = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    let readable = match &want {
        Want::Present | Want::Absent => true,
        Want::Is(value) | Want::IsNot(value) => is_part(value),
    };
    if readable && is_part(key) && !key.is_empty() {
        Term::Label(key.to_owned(), want)
    } else {
        Term::Unread(text.to_owned())
    }
}

/// What a Service says of itself. Nothing is put together before a word asks for it: this runs for every Service of a
/// cluster, at every key.
struct Said<'a> {
    key: &'a Key,
    service: Option<&'a Service>,
}

impl Said<'_> {
    fn has(&self, word: &str) -> bool {
        let Key { namespace, name } = self.key;
        contains(name, word)
            || contains(namespace, word)
            || (word.contains('/') && contains(&format!("{namespace}/{name}"), word))
            || (word.contains('.') && contains(&format!("{name}.{namespace}"), word))
            || self.service.is_some_and(|service| in_service(service, word))
    }
}

fn in_service(service: &Service, word: &str) -> bool {
    let own = match &service.cluster_ip {
        ClusterIp::Ips(ips) => ips.as_slice(),
        ClusterIp::Headless if contains("headless", word) => return true,
        ClusterIp::Headless | ClusterIp::Absent => &[],
    };
    let balancer = || service.load_balancer.iter();
    let mut addresses =
        own.iter().chain(&service.external_ips).chain(balancer().filter_map(|ingress| ingress.ip.as_ref()));
    let hosts = balancer().filter_map(|ingress| ingress.hostname.as_deref()).chain(service.external_name.as_deref());
    let mut names = hosts.chain(service.ports.iter().map(|port| &*port.name));
    (may_be_address(word) && addresses.any(|ip| contains_address(ip, word))) || names.any(|name| contains(name, word))
}

/// What is looked at of an entry in a slice, or of a row.
pub(super) struct Entry<'a> {
    pub(super) addresses: &'a [IpAddr],
    /// Names in a slice of address type FQDN.
    pub(super) name: Option<&'a str>,
    /// Namespace and name of the object behind it.
    pub(super) object: Option<(&'a str, &'a str)>,
    pub(super) node: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn of_row(row: &'a Row) -> Self {
        let object = match &row.target {
            crate::store::Target::Pod(pod) => Some((pod.meta.key.namespace.as_str(), pod.meta.key.name.as_str())),
            crate::store::Target::Unseen(target) | crate::store::Target::Foreign(target) => {
                Some((target.namespace.as_str(), target.name.as_str()))
            }
            crate::store::Target::Nobody => None,
        };
        let name = match &row.id {
            RowId::Name(name) => Some(name.as_str()),
            RowId::Pod(_) | RowId::Address(_) => None,
        };
        let node = row.members.iter().find_map(|member| member.node.as_deref());
        let node = node.or_else(|| row.target.pod().and_then(|pod| pod.node.as_deref()));
        Self { addresses: &row.addresses, name, object, node }
    }

    fn has(&self, word: &str) -> bool {
        let in_object = |(namespace, name): &(&str, &str)| {
            contains(name, word) || (word.contains('/') && contains(&format!("{namespace}/{name}"), word))
        };
        self.object.as_ref().is_some_and(in_object)
            || self.node.is_some_and(|node| contains(node, word))
            || self.name.is_some_and(|name| contains(name, word))
            || (may_be_address(word) && self.addresses.iter().any(|ip| contains_address(ip, word)))
    }
}

fn may_be_address(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.' || byte == b':')
}

fn contains_address(ip: &IpAddr, word: &str) -> bool {
    // An address takes at most 45 bytes; no allocation, for this runs for every endpoint of a cluster.
    struct Buffer {
        bytes: [u8; 48],
        length: usize,
    }
    impl Write for Buffer {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            let end = self.length + text.len();
            self.bytes.get_mut(self.length..end).ok_or(std::fmt::Error)?.copy_from_slice(text.as_bytes());
            self.length = end;
            Ok(())
        }
    }
    let mut buffer = Buffer { bytes: [0; 48], length: 0 };
    let written = match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            decimal(&mut buffer.bytes, &mut buffer.length, [a, b, c, d]);
            Ok(())
        }
        IpAddr::V6(_) => write!(buffer, "{ip}"),
    };
    written.is_ok() && find(&buffer.bytes[..buffer.length], word.as_bytes())
}

/// Writes four numbers with dots between; four times as fast as the formatting machinery.
fn decimal(bytes: &mut [u8; 48], length: &mut usize, octets: [u8; 4]) {
    let mut put = |byte: u8| {
        bytes[*length] = byte;
        *length += 1;
    };
    for (at, octet) in octets.into_iter().enumerate() {
        if at > 0 {
            put(b'.');
        }
        if octet >= 100 {
            put(b'0' + octet / 100);
        }
        if octet >= 10 {
            put(b'0' + octet / 10 % 10);
        }
        put(b'0' + octet % 10);
    }
}

/// Whether `text` contains `word`, which is in lower case already.
fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        return find(text.as_bytes(), word.as_bytes());
    }
    text.to_lowercase().contains(word)
}

/// Whether ASCII text contains an ASCII word, in any letter case; short texts, so nothing is prepared.
fn find(text: &[u8], word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else { return true };
    let Some(last) = text.len().checked_sub(word.len()) else { return false };
    (0..=last)
        .any(|at| text[at].to_ascii_lowercase() == *first && text[at + 1..at + word.len()].eq_ignore_ascii_case(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_as_it_is_meant() {
        let filter = Filter::parse("Web -l app=web,tier,!x,a==b,c!=d !old n=1 !m=2 !");
        assert_eq!(
            filter.terms,
            [
                Term::Has("web".into()),
                Term::Label("app".into(), Want::Is("web".into())),
                Term::Label("tier".into(), Want::Present),
                Term::Label("x".into(), Want::Absent),
                Term::Label("a".into(), Want::Is("b".into())),
                Term::Label("c".into(), Want::IsNot("d".into())),
                Term::Not("old".into()),
                Term::Label("n".into(), Want::Is("1".into())),
                Term::Label("m".into(), Want::IsNot("2".into())),
            ]
        );
        assert_eq!(filter.unread(), None);
        for bad in ["-l a=b=c", "-l a(b", "=b", "-l app in (a,b)", "!a=b=c"] {
            assert!(Filter::parse(bad).unread().is_some(), "{bad}");
        }
        assert_eq!(Filter::parse("(no").unread(), None);
        assert_eq!(filter.words().collect::<Vec<_>>(), ["web"]);
        assert!(!Filter::parse("  ").is_some());
    }

    #[test]
    fn addresses_are_found_by_any_part() {
        for ip in ["10.244.100.7", "255.9.0.10", "fd00:10:244::1f"] {
            let ip: IpAddr = ip.parse().unwrap();
            let text = ip.to_string();
            for start in 0..text.len() {
                for end in start + 1..=text.len() {
                    assert!(contains_address(&ip, &text[start..end]), "{}", &text[start..end]);
                }
            }
            assert!(!contains_address(&ip, "11.2"));
        }
    }

    #[test]
    fn letter_case_does_not_matter() {
        assert!(contains("NOT-READY", "not-r"));
        assert!(contains("ÄPFEL", "äp"));
        assert!(!contains("ab", "abc"));
    }
}
