//! A pod's own view of names, on tape.

use serde::{Deserialize, Serialize};

use super::part::{shared, some, text, texts_in, texts_out};
use crate::model::{DnsConfig, DnsOption, DnsPolicy, Interner};

/// The API's word; empty for `ClusterFirst`, which needs no place.
pub(super) fn policy_out(policy: &DnsPolicy) -> String {
    let word = match policy {
        DnsPolicy::ClusterFirst => "",
        DnsPolicy::ClusterFirstWithHostNet => "ClusterFirstWithHostNet",
        DnsPolicy::Default => "Default",
        DnsPolicy::None => "None",
        DnsPolicy::Other(word) => word,
    };
    word.to_owned()
}

pub(super) fn policy_in(word: &str, interner: &mut Interner) -> DnsPolicy {
    match word {
        "" => DnsPolicy::ClusterFirst,
        "ClusterFirstWithHostNet" => DnsPolicy::ClusterFirstWithHostNet,
        "Default" => DnsPolicy::Default,
        "None" => DnsPolicy::None,
        other => DnsPolicy::Other(text(other, interner)),
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Config {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    nameservers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    searches: Vec<String>,
    /// name, value
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<(String, Option<String>)>,
}

impl From<&DnsConfig> for Config {
    fn from(config: &DnsConfig) -> Self {
        let options = config.options.iter();
        Self {
            nameservers: texts_out(&config.nameservers),
            searches: texts_out(&config.searches),
            options: options.map(|option| (option.name.to_string(), some(option.value.as_ref()))).collect(),
        }
    }
}

impl Config {
    pub(super) fn read(self, interner: &mut Interner) -> DnsConfig {
        let options = self.options.into_iter();
        DnsConfig {
            options: options
                .map(|(name, value)| DnsOption { name: text(&name, interner), value: shared(value, interner) })
                .collect(),
            nameservers: texts_in(&self.nameservers, interner),
            searches: texts_in(&self.searches, interner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::object::OnTape;
    use super::super::pod::Pod as Wire;
    use super::*;
    use crate::model::{HostAlias, Pod, PodRare, Second, Time};

    #[test]
    fn a_pods_view_of_names_comes_back_from_a_tape() {
        for dns_policy in [
            DnsPolicy::ClusterFirst,
            DnsPolicy::ClusterFirstWithHostNet,
            DnsPolicy::Default,
            DnsPolicy::None,
            DnsPolicy::Other("Weird".into()),
        ] {
            let config = DnsConfig {
                nameservers: vec!["1.1.1.1".into()],
                searches: vec!["a.b.".into()],
                options: vec![
                    DnsOption { name: "ndots".into(), value: Some("2".into()) },
                    DnsOption { name: "edns0".into(), value: None },
                ],
            };
            let rare = PodRare {
                dns_policy,
                dns_config: Some(Box::new(config)),
                host_aliases: vec![HostAlias {
                    ip: "10.9.9.9".into(),
                    hostnames: vec!["db".into(), "db.local".into()],
                }],
                hostname_override: Some("n.example".into()),
                hostname_as_fqdn: true,
                windows: true,
                ip_texts: vec!["010.0.0.1".into()],
                config_maps: vec!["coredns".into()],
                grace_seconds: Some(30),
                ..PodRare::default()
            };
            let pod = Pod {
                scheduled: Second::of(Time(1_700_000_000_000)),
                started: Second::of(Time(1_700_000_001_000)),
                rare: Some(Box::new(rare)),
                ..Pod::default()
            };
            let line = serde_json::to_string(&pod.write()).unwrap();
            let wire: Wire = serde_json::from_str(&line).unwrap();
            assert_eq!(Pod::read(wire, &mut Interner::default()), pod, "{line}");
        }
    }

    #[test]
    fn a_tape_from_before_these_fields_is_read() {
        let wire: Wire = serde_json::from_str(r#"{"meta": {"name": "p"}, "rare": {"host_network": true}}"#).unwrap();
        let pod = Pod::read(wire, &mut Interner::default());
        assert!(pod.host_network() && pod.scheduled.is_none() && pod.dns_config().is_none());
        assert_eq!(serde_json::to_string(&Pod::default().write()).unwrap(), r#"{"meta":{"name":""}}"#);
    }
}
