//! The ranges that cluster IPs come from.

use super::{Cidr, Meta};

/// networking.k8s.io/v1 ServiceCIDR
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceCidr {
    /// Name, identity, labels.
    pub meta: Meta,
    /// `spec.cidrs`: one or two, of different families.
    pub cidrs: Vec<Cidr>,
}
