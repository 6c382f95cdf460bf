//! core/v1 ConfigMap: the one text that is read of it.

use serde::Deserialize;

use super::DecodeError;
use super::json::Texts;
use super::meta::RawMeta;
use super::protobuf::message;
use crate::model::{ConfigMap, ConfigName, ConfigText, Interner};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawConfigMap<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    pub(super) data: Texts<'a>,
}

message!(RawConfigMap<'a> { 1 => metadata, 2 => data });

impl RawConfigMap<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<ConfigMap, DecodeError> {
        let meta = self.metadata.project(interner)?;
        let text = ConfigName::parse(&meta.key.name).and_then(|name| self.data.get(name.key()));
        let text = match text {
            None => ConfigText::Absent,
            Some(text) if text.len() > ConfigText::MOST => ConfigText::TooLong(text.len()),
            Some(text) => ConfigText::Text((**text).into()),
        };
        Ok(ConfigMap { meta, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> ConfigMap {
        super::super::config_map(json.as_bytes(), &mut Interner::default()).unwrap()
    }

    #[test]
    fn only_the_text_that_we_read_is_kept() {
        let map = read(
            r#"{"metadata":{"name":"coredns","namespace":"kube-system"},"data":{"Corefile":".:53 {\n}\n","secret":"x","n":{}}}"#,
        );
        assert_eq!(map.text, ConfigText::Text(".:53 {\n}\n".into()));
        assert_eq!(read(r#"{"metadata":{"name":"other"},"data":{"Corefile":"x"}}"#).text, ConfigText::Absent);
        assert_eq!(read(r#"{"metadata":{"name":"coredns"},"data":null}"#).text, ConfigText::Absent);
    }

    #[test]
    fn a_text_beyond_all_bounds_is_not_read_and_said_to_be_so() {
        let long = "x".repeat(ConfigText::MOST + 1);
        let map = read(&format!(r#"{{"metadata":{{"name":"coredns"}},"data":{{"Corefile":"{long}"}}}}"#));
        assert_eq!((&map.text, map.text()), (&ConfigText::TooLong(ConfigText::MOST + 1), None));
    }
}
