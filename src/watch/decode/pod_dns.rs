//! core/v1 Pod: what decides how its own processes resolve names.

use serde::Deserialize;

use super::json::{List, Str};
use super::protobuf::{Broken, Slot, Value, entry, message, within};
use crate::model::{DnsConfig, DnsOption, DnsPolicy, HostAlias, Interner, Labels};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawDnsConfig<'a> {
    #[serde(borrow)]
    nameservers: List<Str<'a>>,
    searches: List<Str<'a>>,
    options: List<RawDnsOption<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct RawDnsOption<'a> {
    #[serde(borrow)]
    name: Str<'a>,
    value: Option<Str<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawHostAlias<'a> {
    #[serde(borrow)]
    ip: Str<'a>,
    hostnames: List<Str<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawOs<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawNodeSelector<'a> {
    #[serde(borrow, rename = "kubernetes.io/os")]
    pub(super) os: Str<'a>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawVolume<'a> {
    #[serde(borrow)]
    pub(super) config_map: Option<RawConfigMapVolume<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawConfigMapVolume<'a> {
    #[serde(borrow)]
    pub(super) name: Str<'a>,
}

message!(RawDnsConfig<'a> { 1 => nameservers, 2 => searches, 3 => options });
message!(RawDnsOption<'a> { 1 => name, 2 => value });
message!(RawHostAlias<'a> { 1 => ip, 2 => hostnames });
message!(RawOs<'a> { 1 => name });

impl<'a> Slot<'a> for RawVolume<'a> {
    /// Where JSON has one struct, there are three here: the volume, its source, the reference in that.
    fn fill(&mut self, value: Value<'a>) -> Result<(), Broken> {
        if let Some(config_map) = within(value, &[2, 19])? {
            let name = self.config_map.get_or_insert_default();
            if let Some(value) = within(config_map, &[1, 1])? {
                name.name.fill(value)?;
            }
        }
        Ok(())
    }
}

impl<'a> Slot<'a> for RawNodeSelector<'a> {
    /// A map, of which one entry comes at a time.
    fn fill(&mut self, value: Value<'a>) -> Result<(), Broken> {
        if let Some((_, os)) = entry(value, |key| key == "kubernetes.io/os")? {
            self.os = os;
        }
        Ok(())
    }
}

/// An absent policy is what the API server would have written (R1.1).
pub(super) fn dns_policy(word: &Str<'_>, interner: &mut Interner) -> DnsPolicy {
    match &**word {
        "" | "ClusterFirst" => DnsPolicy::ClusterFirst,
        "ClusterFirstWithHostNet" => DnsPolicy::ClusterFirstWithHostNet,
        "Default" => DnsPolicy::Default,
        "None" => DnsPolicy::None,
        _ => DnsPolicy::Other(word.shared(interner)),
    }
}

/// A pod whose configuration may hold a Corefile.
pub(super) fn serves_dns<'a>(labels: &Labels, mut images: impl Iterator<Item = &'a str>) -> bool {
    labels.get("k8s-app").is_some_and(|app| matches!(&**app, "kube-dns" | "node-local-dns" | "coredns"))
        || images.any(|image| image.contains("coredns"))
}

impl RawDnsConfig<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> DnsConfig {
        DnsConfig {
            nameservers: self.nameservers.iter().map(|server| server.shared(interner)).collect(),
            searches: self.searches.iter().map(|search| search.shared(interner)).collect(),
            options: self
                .options
                .iter()
                .map(|option| DnsOption {
                    name: option.name.shared(interner),
                    value: option.value.as_ref().map(|value| value.shared(interner)),
                })
                .collect(),
        }
    }
}

impl RawHostAlias<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> HostAlias {
        HostAlias {
            ip: self.ip.shared(interner),
            hostnames: self.hostnames.iter().map(|name| name.shared(interner)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Pod, Second, Time};
    use crate::watch::decode;

    fn read(json: &str) -> Pod {
        decode::pod(json.as_bytes(), &mut Interner::default()).unwrap()
    }

    #[test]
    fn the_common_pod_keeps_nothing_rare() {
        let pod = read(
            r#"{"metadata": {"name": "p"}, "spec": {"dnsPolicy": "ClusterFirst", "os": {"name": "linux"},
            "nodeSelector": {"disk": "ssd"}, "volumes": [{"name": "v", "configMap": {"name": "settings"}}],
            "containers": [{"name": "app", "image": "web"}]}, "status": {"podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]}}"#,
        );
        assert_eq!(pod.rare, None);
        assert_eq!(pod.dns_policy(), &DnsPolicy::ClusterFirst);
        assert_eq!(pod.ip_texts().collect::<Vec<_>>(), ["10.0.0.1", "fd00::1"]);
        assert_eq!(read(r#"{"metadata": {"name": "p"}, "spec": {"dnsConfig": null, "hostAliases": null}}"#).rare, None);
    }

    #[test]
    fn what_a_pod_says_about_names_is_kept() {
        let pod = read(
            r#"{"metadata": {"name": "p"}, "spec": {"dnsPolicy": "Weird", "dnsConfig": {"nameservers": ["1.1.1.1"],
            "searches": ["a.b."], "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}, {"name": "x", "value": ""}]},
            "hostAliases": [{"ip": "10.9.9.9", "hostnames": ["db", "db.local"]}], "hostnameOverride": "n.example",
            "setHostnameAsFQDN": true, "nodeSelector": {"kubernetes.io/os": "windows"}}, "status": {
            "startTime": "2026-01-02T03:04:05Z", "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-02T03:04:04Z"}]}}"#,
        );
        assert_eq!(pod.dns_policy(), &DnsPolicy::Other("Weird".into()));
        let config = pod.dns_config().unwrap();
        assert_eq!(
            (config.nameservers.as_slice(), config.searches.as_slice()),
            (&["1.1.1.1".into()][..], &["a.b.".into()][..])
        );
        let values: Vec<_> = config.options.iter().map(|option| option.value.as_deref()).collect();
        assert_eq!(values, [Some("2"), None, Some("")]);
        assert_eq!(pod.host_aliases()[0].hostnames, ["db", "db.local"]);
        assert_eq!(pod.hostname_override().map(|name| &**name), Some("n.example"));
        assert!(pod.hostname_as_fqdn() && pod.windows());
        let second = |text| Time::parse(text).and_then(Second::of);
        assert_eq!((pod.scheduled, pod.started), (second("2026-01-02T03:04:04Z"), second("2026-01-02T03:04:05Z")));
    }

    #[test]
    fn an_empty_dns_config_is_not_an_absent_one() {
        assert!(read(r#"{"metadata": {"name": "p"}, "spec": {"dnsConfig": {}}}"#).dns_config().is_some());
    }

    #[test]
    fn a_pod_that_is_not_scheduled_has_no_time_of_it() {
        let waiting = r#"{"metadata": {"name": "p"}, "status": {"conditions": [{"type": "PodScheduled", "status": "False", "lastTransitionTime": "2026-01-02T03:04:04Z"}]}}"#;
        assert_eq!(read(waiting).scheduled, None);
    }

    #[test]
    fn odd_spellings_of_addresses_are_kept_as_written() {
        let odd = read(
            r#"{"metadata": {"name": "p"}, "status": {"podIPs": [{"ip": "10.0.0.1"}, {"ip": "no"}, {"ip": "FD00:0::1"}]}}"#,
        );
        assert_eq!(odd.ip_texts().collect::<Vec<_>>(), ["10.0.0.1", "FD00:0::1"]);
        assert_eq!(odd.ips.as_slice().len(), 2);
        for text in ["010.0.0.1", "::ffff:10.0.0.1"] {
            let pod = read(&format!(r#"{{"metadata": {{"name": "p"}}, "status": {{"podIP": "{text}"}}}}"#));
            assert_eq!(pod.ip_texts().collect::<Vec<_>>(), [text]);
            assert_eq!(pod.ips.first().map(|ip| ip.to_string()).as_deref(), Some("10.0.0.1"));
        }
    }

    #[test]
    fn config_maps_are_kept_for_pods_that_serve_dns() {
        let volumes =
            r#""volumes": [{"configMap": {"name": "coredns"}}, {"secret": {}}, {"configMap": {"name": "more"}}]"#;
        let by_label = |app| {
            format!(r#"{{"metadata": {{"name": "p", "labels": {{"k8s-app": "{app}"}}}}, "spec": {{{volumes}}}}}"#)
        };
        for app in ["kube-dns", "node-local-dns", "coredns"] {
            assert_eq!(read(&by_label(app)).rare.unwrap().config_maps, ["coredns", "more"], "{app}");
        }
        assert_eq!(read(&by_label("web")).rare, None);
        let by_image = format!(
            r#"{{"metadata": {{"name": "p"}}, "spec": {{"containers": [{{"image": "reg/coredns/coredns:1"}}], {volumes}}}}}"#
        );
        assert_eq!(read(&by_image).rare.unwrap().config_maps, ["coredns", "more"]);
    }
}
