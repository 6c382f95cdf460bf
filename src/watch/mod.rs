//! The API server's side of the program: connecting, watching, and projecting what comes into deltas.
//!
//! The only module that knows kube. `decode` needs neither kube nor tokio and is built without the feature `live` too.
//! To watch another kind: a wire type in `decode`, a line in [`watch`].

pub mod decode;

#[cfg(feature = "live")]
mod ahead;
#[cfg(feature = "live")]
mod beat;
#[cfg(feature = "live")]
mod client;
#[cfg(feature = "live")]
mod cut;
#[cfg(feature = "live")]
mod error;
#[cfg(feature = "live")]
mod exec;
#[cfg(feature = "live")]
mod get;
#[cfg(feature = "live")]
mod kubeconfig;
#[cfg(feature = "live")]
mod load;
#[cfg(feature = "live")]
mod network;
#[cfg(feature = "live")]
mod outbox;
#[cfg(feature = "live")]
mod pace;
#[cfg(feature = "live")]
mod pieces;
#[cfg(feature = "live")]
mod proxy;
#[cfg(feature = "live")]
mod request;
pub mod selector;
#[cfg(feature = "live")]
mod stream;
#[cfg(feature = "live")]
mod streams;
#[cfg(feature = "live")]
mod talk;
#[cfg(feature = "live")]
mod target;

#[cfg(feature = "live")]
pub use self::{
    error::ConnectError,
    get::Server,
    kubeconfig::{Contexts, Login, contexts},
    streams::{Watching, watch},
    target::{Target, connect},
};
#[cfg(feature = "live")]
pub use crate::model::Scope;
