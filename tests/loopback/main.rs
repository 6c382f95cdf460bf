//! podpath's streams against an API server of our own, with faults on script.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![expect(unreachable_pub, dead_code, reason = "the server is one module for several test programs")]

mod forms;
mod server;

mod streams;
