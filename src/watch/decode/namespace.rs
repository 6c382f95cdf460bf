//! A Namespace on the wire.

use serde::Deserialize;

use super::text::Str;
use super::{DecodeError, meta};
use crate::model::{Interner, Namespace};

#[derive(Debug, Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(borrow, default)]
    pub(super) metadata: meta::Wire<'a>,
    status: Option<Status<'a>>,
}

#[derive(Debug, Deserialize)]
struct Status<'a> {
    #[serde(borrow)]
    phase: Option<Str<'a>>,
}

impl Wire<'_> {
    pub(super) fn project(&self, interner: &mut Interner) -> Result<Namespace, DecodeError> {
        let phase = self.status.as_ref().and_then(|status| status.phase.as_ref());
        let terminating = phase.is_some_and(|phase| phase.as_str() == "Terminating");
        Ok(Namespace { meta: self.metadata.project(interner)?, terminating })
    }
}
