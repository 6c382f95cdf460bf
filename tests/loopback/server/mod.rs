//! An API server of our own on loopback, for what a real one will not do on command: exact timing, a hundred thousand
//! pre-encoded pods, faults on script. It answers only what podpath asks for, and remembers what was asked.

mod answer;
mod fault;
pub mod protobuf;
mod serve;
pub mod state;
pub mod world;

pub use fault::Fault;
pub use serve::Server;
