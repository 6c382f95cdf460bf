//! What proves a step: an object, a field of it, and the value there. And how sure a step is.

use crate::model::{Key, Kind, Text, Time};

/// The object that a piece of evidence is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An object of a kind that is watched.
    Object(Kind, Key),
    /// A kind as a whole: "no such Service".
    All(Kind, Text),
}

/// A field of an object, and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Which object.
    pub source: Source,
    /// Where in it, as kubectl's JSONPath without braces: `.spec.selector`; empty for the object as a whole.
    pub path: String,
    /// What stands there; `None`: nothing.
    pub value: Option<String>,
}

impl Evidence {
    /// A field of an object with its value.
    pub fn field(kind: Kind, key: &Key, path: impl Into<String>, value: impl ToString) -> Self {
        Self { source: Source::Object(kind, key.clone()), path: path.into(), value: Some(value.to_string()) }
    }

    /// A time in a field, to the second as the API writes it.
    pub fn time(kind: Kind, key: &Key, path: impl Into<String>, at: Time) -> Self {
        let text = at.to_string();
        let whole = text.strip_suffix(".000Z").map(|whole| format!("{whole}Z"));
        Self::field(kind, key, path, whole.unwrap_or(text))
    }

    /// A field that an object does not have.
    pub fn no_field(kind: Kind, key: &Key, path: impl Into<String>) -> Self {
        Self { source: Source::Object(kind, key.clone()), path: path.into(), value: None }
    }

    /// An object that does not exist.
    pub fn no_object(kind: Kind, key: &Key) -> Self {
        Self { source: Source::Object(kind, key.clone()), path: String::new(), value: None }
    }

    /// The kubectl line that shows it.
    pub fn kubectl(&self) -> String {
        let evidence = self;
        let namespace =
            |key: &Key| if key.namespace.is_empty() { String::new() } else { format!(" -n {}", key.namespace) };
        match &evidence.source {
            Source::All(kind, name) if name.is_empty() => format!("kubectl get {} -A", kind.resource()),
            Source::All(kind, name) => format!("kubectl get {} -n {name}", kind.resource()),
            Source::Object(kind, key) => {
                let get = format!("kubectl get {} {}{}", kind.singular(), key.name, namespace(key));
                match evidence.path.as_str() {
                    "" => get,
                    path if path.starts_with('.') => format!("{get} -o jsonpath='{{{}}}'", jsonpath(path)),
                    path => match path.strip_prefix("condition ") {
                        Some(condition) => {
                            format!("{get} -o jsonpath='{{.status.conditions[?(@.type==\"{condition}\")]}}'")
                        }
                        None => format!("kubectl describe {} {}{}", kind.singular(), key.name, namespace(key)),
                    },
                }
            }
        }
    }
}

/// A label's key has dots of its own: they are escaped, so that kubectl takes them as part of the key.
fn jsonpath(path: &str) -> String {
    for prefix in [".metadata.labels.", ".metadata.annotations.", ".data."] {
        if let Some(key) = path.strip_prefix(prefix) {
            return format!("{prefix}{}", key.replace('.', "\\."));
        }
    }
    path.to_owned()
}

/// How sure an answer is. Ordered: the worst of several is the greatest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It follows from what the API objects say.
    #[default]
    Exact,
    /// It follows, if something usual holds that cannot be seen.
    Assumed(Assumption),
    /// It cannot be told.
    Unknown(Blind),
}

impl Confidence {
    /// The worse of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether it cannot be told.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

/// What is taken to hold although it cannot be seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumption {
    /// The cluster domain is `cluster.local` (R1.5).
    ClusterDomain(String),
    /// The cluster DNS address is that of the Service found by name or label (R1.5).
    ClusterDns,
    /// The kubelet of the client's node is configured as the cluster's ConfigMap says (R1.5).
    KubeletConfig,
    /// The Corefile is the one that kubeadm writes.
    Corefile,
    /// The Corefile could not be read: line, column.
    CorefileUnread(u32, u32),
    /// The DNS server is CoreDNS of the newest version known.
    DnsServer,
    /// Its resolv.conf is older than the DNS Service (R1.4).
    OldResolvConf,
    /// kube-proxy runs in its default mode with its defaults.
    ProxyDefaults,
    /// Another service proxy than kube-proxy seems to run (R4.3).
    OtherProxy,
    /// A plugin may change the answer (R2.4).
    Plugin(String),
    /// Nobody outside of the cluster has this name, and no search domain that is not visible does.
    NotOutside(String),
    /// kube-proxy is of a release whose rules differ in parts.
    OldProxy,
    /// Rules of kube-proxy may be frozen (R4.23).
    FrozenRules,
    /// ipvs is modelled with less certainty (R4.13).
    Ipvs,
    /// The client's packets meet the service proxy on its own node, with its own address.
    OwnNode,
    /// Objects of a kind that could not be read do not matter.
    Skipped(Kind),
    /// Objects of a kind in namespaces that are not held do not matter.
    Elsewhere(Kind),
    /// The data of a kind is as old as stated (D105).
    Stale(Kind),
}

/// What cannot be known, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blind {
    /// The objects of a kind in a namespace (empty: all) are not known: forbidden, loading, not watched.
    Kind(Kind, Text),
    /// The node's own resolv.conf (D102).
    NodeResolvConf,
    /// The name is answered outside the cluster.
    Forwarded(Vec<String>),
    /// Which node the client is on.
    ClientNode,
    /// Which zone the client's node is in.
    ClientZone,
    /// A plugin decides that is not modelled (§11.2).
    Plugin(String),
    /// Windows pods are not modelled (R1.11).
    Windows,
    /// A NetworkPolicy selects a pod on the way; policies are not evaluated.
    Policy(Key),
    /// The ranges of cluster IPs.
    ServiceCidrs,
    /// kube-proxy runs in a mode that is not modelled.
    ProxyMode,
    /// What stands before it is not known.
    Before,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_shows_the_field_and_nothing_else() {
        let key = Key::new("shop", "web");
        let of = |path: &str| Evidence::field(Kind::Pod, &key, path, "").kubectl();
        assert_eq!(of(""), "kubectl get pod web -n shop");
        assert_eq!(of(".status.phase"), "kubectl get pod web -n shop -o jsonpath='{.status.phase}'");
        assert_eq!(
            of(".metadata.labels.app.kubernetes.io/name"),
            "kubectl get pod web -n shop -o jsonpath='{.metadata.labels.app\\.kubernetes\\.io/name}'"
        );
        assert_eq!(
            of("condition Ready"),
            "kubectl get pod web -n shop -o jsonpath='{.status.conditions[?(@.type==\"Ready\")]}'"
        );
        let node = Evidence::no_object(Kind::Node, &Key::new("", "n1"));
        assert_eq!(node.kubectl(), "kubectl get node n1");
    }
}
