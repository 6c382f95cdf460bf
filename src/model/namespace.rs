//! A Namespace.

use super::Meta;

/// core/v1 Namespace
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespace {
    /// Name, identity, labels.
    pub meta: Meta,
    /// `status.phase` is `Terminating`.
    pub terminating: bool,
}
