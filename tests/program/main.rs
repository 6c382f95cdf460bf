//! The built program from outside: its screen in a PTY, its answers and errors as text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![expect(unreachable_pub, dead_code, reason = "the server is one module for several test programs")]

mod answers;
mod errors;
mod login;
mod past;
mod pictures;
mod pty;
mod readme;
mod schema;
mod screen;
#[path = "../loopback/server/mod.rs"]
mod server;
mod traces;
