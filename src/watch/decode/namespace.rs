//! core/v1 Namespace

use serde::Deserialize;

use super::DecodeError;
use super::json::Str;
use super::meta::RawMeta;
use super::protobuf::message;
use crate::model::{Interner, Namespace};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawNamespace<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    pub(super) status: Option<RawStatus<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawStatus<'a> {
    #[serde(borrow)]
    pub(super) phase: Str<'a>,
}

message!(RawNamespace<'a> { 1 => metadata, 3 => status });
message!(RawStatus<'a> { 1 => phase });

impl RawNamespace<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Namespace, DecodeError> {
        Ok(Namespace {
            meta: self.metadata.project(interner)?,
            terminating: self.status.as_ref().is_some_and(|status| &*status.phase == "Terminating"),
        })
    }
}
