//! What the user asked for: flags as kubectl spells them, environment, and the configuration file, merged in one place.
//!
//! Nothing is done here; errors are one line each.

mod cli;
mod file;
mod parse;

pub use cli::{Cli, Color, Command, Endpoints, Form, Login, Look, Output, Print, Record, Replay, UsageError};
pub use file::{ConfigError, Settings, path, read};
pub use parse::{Target, clock, size};
