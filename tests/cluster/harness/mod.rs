//! A real control plane on loopback: etcd, kube-apiserver, the controllers, the scheduler, and kwok for the kubelets.
//!
//! It is gone when it is dropped, also after a panic, and when the process that started it dies in any way.

mod api;
pub(crate) mod namespace;
pub(crate) mod options;
pub(crate) mod ports;
pub(crate) mod process;
mod start;
mod users;

pub(crate) use api::Api;
pub(crate) use options::Options;
pub(crate) use start::Cluster;
pub(crate) use users::User;
