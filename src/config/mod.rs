//! What the user asked for: flags as kubectl spells them, environment, and the configuration file, merged in one place.
//!
//! Nothing is done here; errors are one line each.

mod ask;
mod cli;
mod file;
mod named;
mod parse;
mod past;

pub use ask::{Endpoints, Libc, Output, PlainOutput, RecordType, Source, Trace, TraceOutput, Who, Why};
pub use cli::{Cli, Color, Command, Form, Login, Look, Print, Record, Replay, UsageError};
pub use file::{ConfigError, Settings, path, read};
pub use named::{Subject, Target};
pub use parse::{Compare, Condition, size};
pub use past::{Diff, Events, Wait};
