//! networking.k8s.io/v1 ServiceCIDR

use serde::Deserialize;

use super::DecodeError;
use super::json::{List, Str};
use super::meta::RawMeta;
use super::protobuf::message;
use crate::model::{Cidr, Interner, ServiceCidr};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawServiceCidr<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    pub(super) spec: Option<RawSpec<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct RawSpec<'a> {
    #[serde(borrow)]
    cidrs: List<Str<'a>>,
}

message!(RawServiceCidr<'a> { 1 => metadata, 2 => spec });
message!(RawSpec<'a> { 1 => cidrs });

impl RawServiceCidr<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<ServiceCidr, DecodeError> {
        let cidrs = self.spec.as_ref().map(|spec| &*spec.cidrs).unwrap_or_default();
        Ok(ServiceCidr {
            meta: self.metadata.project(interner)?,
            cidrs: cidrs.iter().filter_map(|text| Cidr::parse(text)).collect(),
        })
    }
}
