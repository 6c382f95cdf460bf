//! Real answers of the real components, replayed: `cargo test --release vectors -- --nocapture`.
//!
//! `PODPATH_VECTORS` names another folder with files of the same names.

#![expect(clippy::unwrap_used, reason = "a vector that cannot be read fails its test")]

mod coredns;
mod coredns_rules;
mod files;
mod kubelet;
mod kubeproxy;
mod reconcile;
mod search;
