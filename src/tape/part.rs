//! Small parts of objects on tape.

use serde::{Deserialize, Serialize};

use crate::model::{self, Interner, Text, Time, Uid};

/// Leaves a default out of the line.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

pub(super) fn text(text: &str, interner: &mut Interner) -> Text {
    interner.text(text)
}

pub(super) fn some(value: Option<&Text>) -> Option<String> {
    value.map(ToString::to_string)
}

pub(super) fn shared(value: Option<String>, interner: &mut Interner) -> Option<Text> {
    value.map(|value| interner.text(&value))
}

pub(super) fn texts_out(texts: &[Text]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

pub(super) fn texts_in(texts: &[String], interner: &mut Interner) -> Vec<Text> {
    texts.iter().map(|text| interner.text(text)).collect()
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Meta {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    namespace: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    uid: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<(String, String, String)>,
}

pub(super) fn labels_out(labels: &model::Labels) -> Vec<(String, String)> {
    labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

pub(super) fn labels_in(labels: Vec<(String, String)>, interner: &mut Interner) -> model::Labels {
    let labels = model::Labels::new(
        labels.into_iter().map(|(key, value)| (interner.text(&key), interner.text(&value))).collect::<Vec<_>>(),
    );
    interner.labels(labels)
}

impl From<&model::Meta> for Meta {
    fn from(meta: &model::Meta) -> Self {
        Self {
            namespace: meta.key.namespace.to_string(),
            name: meta.key.name.to_string(),
            uid: meta.uid.to_string(),
            labels: labels_out(&meta.labels),
            created: meta.created.map(|time| time.0),
            deleted: meta.deleted.map(|time| time.0),
            owner: meta.owner.as_ref().map(|o| (o.kind.to_string(), o.name.to_string(), o.uid.to_string())),
        }
    }
}

impl Meta {
    pub(super) fn read(self, interner: &mut Interner) -> model::Meta {
        model::Meta {
            key: model::Key { namespace: interner.text(&self.namespace), name: self.name.into() },
            uid: Uid::from(self.uid.as_str()),
            labels: labels_in(self.labels, interner),
            created: self.created.map(Time),
            deleted: self.deleted.map(Time),
            owner: self.owner.map(|(kind, name, uid)| {
                let (kind, name) = (interner.text(&kind), interner.text(&name));
                interner.owner(model::Owner { kind, name, uid: Uid::from(uid.as_str()) })
            }),
        }
    }
}

pub(super) fn protocol_out(protocol: &model::Protocol) -> String {
    if *protocol == model::Protocol::Tcp { String::new() } else { protocol.to_string() }
}

pub(super) fn ips_out(ips: &[std::net::IpAddr]) -> Vec<std::net::IpAddr> {
    ips.to_vec()
}
