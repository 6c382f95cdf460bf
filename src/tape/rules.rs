//! On tape: what decides how names and addresses are treated, beside Services.

use serde::{Deserialize, Serialize};

use super::object::OnTape;
use super::part::{Meta, is_default, labels_in, labels_out};
use crate::model::{self, Cidr, ConfigText, Interner, LabelSelector, Operator, Requirement};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConfigMap {
    meta: Meta,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    too_long: Option<usize>,
}

impl OnTape for model::ConfigMap {
    type Wire = ConfigMap;
    fn write(&self) -> ConfigMap {
        let (text, too_long) = match &self.text {
            ConfigText::Absent => (None, None),
            ConfigText::Text(text) => (Some(text.to_string()), None),
            ConfigText::TooLong(bytes) => (None, Some(*bytes)),
        };
        ConfigMap { meta: (&self.meta).into(), text, too_long }
    }
    fn read(wire: ConfigMap, interner: &mut Interner) -> Self {
        let text = match (wire.text, wire.too_long) {
            (Some(text), _) => ConfigText::Text(text.into()),
            (None, Some(bytes)) => ConfigText::TooLong(bytes),
            (None, None) => ConfigText::Absent,
        };
        Self { meta: wire.meta.read(interner), text }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct NetworkPolicy {
    meta: Meta,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pods: Vec<(String, String)>,
    /// Key, operator, values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    expressions: Vec<(String, String, Vec<String>)>,
    #[serde(default, skip_serializing_if = "is_default")]
    ingress: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    egress: Option<u32>,
}

impl OnTape for model::NetworkPolicy {
    type Wire = NetworkPolicy;
    fn write(&self) -> NetworkPolicy {
        let expression = |requirement: &Requirement| {
            let values = requirement.values.iter().map(ToString::to_string).collect();
            (requirement.key.to_string(), requirement.operator.word().to_owned(), values)
        };
        NetworkPolicy {
            meta: (&self.meta).into(),
            pods: labels_out(&self.pods.pairs),
            expressions: self.pods.expressions.iter().map(expression).collect(),
            ingress: self.ingress,
            egress: self.egress,
        }
    }
    fn read(wire: NetworkPolicy, interner: &mut Interner) -> Self {
        let expressions = wire.expressions.into_iter().filter_map(|(key, operator, values)| {
            let values = values.iter().map(|value| interner.text(value)).collect();
            Some(Requirement { key: interner.text(&key), operator: Operator::parse(&operator)?, values })
        });
        let expressions = expressions.collect();
        Self {
            meta: wire.meta.read(interner),
            pods: LabelSelector { pairs: labels_in(wire.pods, interner), expressions },
            ingress: wire.ingress,
            egress: wire.egress,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ServiceCidr {
    meta: Meta,
    #[serde(default)]
    cidrs: Vec<String>,
}

impl OnTape for model::ServiceCidr {
    type Wire = ServiceCidr;
    fn write(&self) -> ServiceCidr {
        ServiceCidr { meta: (&self.meta).into(), cidrs: self.cidrs.iter().map(ToString::to_string).collect() }
    }
    fn read(wire: ServiceCidr, interner: &mut Interner) -> Self {
        let cidrs = wire.cidrs.iter().filter_map(|text| Cidr::parse(text)).collect();
        Self { meta: wire.meta.read(interner), cidrs }
    }
}
