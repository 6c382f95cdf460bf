//! podpath: how a Kubernetes Service name becomes pods, live in a terminal.
//!
//! A module imports only from modules above it in this list (`tests/house` holds the table against the code):
//! `model`, `delta`, `store`, `trace`, `churn`, `outline`, `tape`, `app`, `view`, `theme`, `ui`, `config`, `report`,
//! `watch`, `term`, `run`. Everything from `model` to `ui` is synchronous, does no I/O, reads no clock and cannot fail;
//! it builds without the feature `live`.

pub mod app;
pub mod churn;
#[cfg(feature = "live")]
pub mod config;
pub mod delta;
pub mod model;
pub mod outline;
pub mod report;
#[cfg(feature = "live")]
pub mod run;
pub mod store;
pub mod tape;
#[cfg(feature = "live")]
pub mod term;
pub mod theme;
pub mod trace;
pub mod ui;
pub mod view;
pub mod watch;
