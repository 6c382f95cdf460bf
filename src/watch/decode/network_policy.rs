//! networking.k8s.io/v1 NetworkPolicy

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::DecodeError;
use super::json::{List, Pairs, Str};
use super::meta::{RawMeta, labels};
use super::protobuf::message;
use crate::model::{Interner, LabelSelector, NetworkPolicy, Operator, Requirement};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawPolicy<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    pub(super) spec: Option<RawSpec<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawSpec<'a> {
    #[serde(borrow)]
    pod_selector: Option<RawSelector<'a>>,
    policy_types: List<Str<'a>>,
    ingress: List<IgnoredAny>,
    egress: List<IgnoredAny>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawSelector<'a> {
    #[serde(borrow)]
    match_labels: Pairs<'a>,
    match_expressions: List<RawRequirement<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct RawRequirement<'a> {
    #[serde(borrow)]
    key: Str<'a>,
    operator: Str<'a>,
    values: List<Str<'a>>,
}

message!(RawPolicy<'a> { 1 => metadata, 2 => spec });
message!(RawSpec<'a> { 1 => pod_selector, 2 => ingress, 3 => egress, 4 => policy_types });
message!(RawSelector<'a> { 1 => match_labels, 2 => match_expressions });
message!(RawRequirement<'a> { 1 => key, 2 => operator, 3 => values });

impl RawSelector<'_> {
    /// An operator that we do not know costs the object: what it selects cannot be told.
    fn project(&self, interner: &mut Interner) -> Result<LabelSelector, DecodeError> {
        let expression = |raw: &RawRequirement<'_>, interner: &mut Interner| {
            let operator = Operator::parse(&raw.operator);
            Ok(Requirement {
                key: raw.key.shared(interner),
                operator: operator.ok_or_else(|| DecodeError::Operator(raw.operator.chars().take(40).collect()))?,
                values: raw.values.iter().map(|value| value.shared(interner)).collect(),
            })
        };
        let expressions = self.match_expressions.iter().map(|raw| expression(raw, interner));
        let expressions = expressions.collect::<Result<_, DecodeError>>()?;
        Ok(LabelSelector { pairs: labels(&self.match_labels, interner), expressions })
    }
}

impl RawPolicy<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<NetworkPolicy, DecodeError> {
        let meta = self.metadata.project(interner)?;
        let Some(spec) = &self.spec else { return Ok(NetworkPolicy { meta, ..NetworkPolicy::default() }) };
        // A server fills policyTypes in; a file may leave it out (R7.1).
        let named = |word: &str| spec.policy_types.iter().any(|kind| &**kind == word);
        let (ingress, egress) = match spec.policy_types.is_empty() {
            true => (true, !spec.egress.is_empty()),
            false => (named("Ingress"), named("Egress")),
        };
        let rules = |list: &List<IgnoredAny>| u32::try_from(list.len()).unwrap_or(u32::MAX);
        Ok(NetworkPolicy {
            meta,
            pods: match &spec.pod_selector {
                Some(selector) => selector.project(interner)?,
                None => LabelSelector::default(),
            },
            ingress: ingress.then(|| rules(&spec.ingress)),
            egress: egress.then(|| rules(&spec.egress)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(spec: &str) -> Result<NetworkPolicy, DecodeError> {
        let json = format!(r#"{{"metadata":{{"name":"p","namespace":"shop"}},"spec":{spec}}}"#);
        super::super::network_policy(json.as_bytes(), &mut Interner::default())
    }

    #[test]
    fn which_directions_it_speaks_of_follows_the_servers_defaults() {
        let cases = [
            (r#"{"podSelector":{},"ingress":[]}"#, (Some(0), None)),
            (r#"{"podSelector":{},"egress":[{}]}"#, (Some(0), Some(1))),
            (r#"{"policyTypes":["Egress"],"ingress":[{}]}"#, (None, Some(0))),
            (r#"{"policyTypes":["Ingress","Egress"],"ingress":[{},{}],"egress":null}"#, (Some(2), Some(0))),
        ];
        for (spec, expected) in cases {
            let policy = read(spec).unwrap();
            assert_eq!((policy.ingress, policy.egress), expected, "{spec}");
        }
    }

    #[test]
    fn its_selector_is_read_whole_or_not_at_all() {
        let policy = read(
            r#"{"podSelector":{"matchLabels":{"app":"web"},"matchExpressions":[{"key":"tier","operator":"NotIn","values":["db"]}]}}"#,
        )
        .unwrap();
        assert!(policy.pods.matches(&[("app", "web")].into_iter().collect()));
        assert!(!policy.pods.matches(&[("app", "web"), ("tier", "db")].into_iter().collect()));
        assert!(read(r#"{"podSelector":{"matchExpressions":[{"key":"a","operator":"Gt","values":["1"]}]}}"#).is_err());
    }
}
