//! podpath against a real control plane: `cargo test --features real-cluster --test cluster`.
//!
//! `PODPATH_CLUSTER_VERSION` chooses the Kubernetes version: 1.37 (the default), 1.34, 1.33.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod harness;
mod observer;
#[path = "../program/pty.rs"]
#[expect(dead_code, unreachable_pub, reason = "the tests of the program use more of it")]
mod pty;
#[expect(dead_code, reason = "tests open the shop, the playground lives in it")]
mod shop;
mod worlds;

mod churn;
mod dns;
mod proxy;
mod rights;
mod truth;
