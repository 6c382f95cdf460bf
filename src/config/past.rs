//! What scripts ask of the past and of the future: `events`, `diff`, `wait`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::ask::{PlainOutput, Source};
use super::named::{Subject, Target};
use super::parse::{Condition, condition, duration};

const EVENTS: &str = "\
With -w it follows the cluster until interrupted. With --tape it tells all that is on the recording, up to --at. Without
either there is only what objects still tell of themselves: when they were created, scheduled, Ready or deleted, by the
server's clock.

TIME is when it was heard, by our clock; SERVER is what the object itself says, by the server's. A cause may become known
later, within a minute: with -w such a line comes once more, as `explained`.

Exit codes: 0 fine, also when interrupted; 1 error.";

/// `podpath events`
#[derive(Clone, Debug, Args)]
#[command(after_help = EVENTS)]
pub struct Events {
    /// svc/NAME with its pods, pod/NAME, node/NAME, or NAME [default: everything]
    #[arg(value_name = "KIND/NAME", num_args = 1..=2)]
    pub what: Vec<String>,
    /// Follow the cluster until interrupted
    #[arg(short, long)]
    pub watch: bool,
    /// Only what happened this long before the end, or since a moment: 10m, 14:03, RFC 3339
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = PlainOutput::Text)]
    pub output: PlainOutput,
    /// Where the answer comes from
    #[command(flatten)]
    pub source: Source,
}

const DIFF: &str =
    "Exit codes: 0 nothing differs; 3 something does; 5 nothing that is known differs, and not all is known; 1 error.";

/// `podpath diff`
#[derive(Clone, Debug, Args)]
#[command(after_help = DIFF)]
pub struct Diff {
    /// svc/NAME, or svc NAME, or NAME: only this Service [default: all]
    #[arg(value_name = "SERVICE", num_args = 1..=2)]
    pub service: Vec<String>,
    /// The recording
    #[arg(long, value_name = "FILE")]
    pub tape: PathBuf,
    /// The earlier moment: 42s, 00:42, 14:03, -5m before the end, or RFC 3339 [default: its beginning]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// The later moment [default: its end]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub to: Option<String>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = PlainOutput::Text)]
    pub output: PlainOutput,
    /// Other commands ask about one moment; here it is refused with what to write instead.
    #[arg(long, hide = true, value_name = "TIME", allow_hyphen_values = true)]
    pub at: Option<String>,
}

const WAIT: &str = "\
Conditions: ready=3, ready>=3, ready>0 (usable endpoints, as in the READY column), endpoints=0, endpoints>0 (entries in
slices, ready or not), exists, gone (the Service). A Service that does not exist meets none but gone; what is not known
for sure (stale, forbidden, not yet listed) meets none at all.

Exit codes: 0 it is so; 3 it was not so within the time; 1 error.";

/// `podpath wait`
#[derive(Clone, Debug, Args)]
#[command(after_help = WAIT)]
pub struct Wait {
    /// svc/NAME, or svc NAME, or NAME
    #[arg(value_name = "SERVICE", required = true, num_args = 1..=2)]
    pub service: Vec<String>,
    /// What to wait for: ready=3, ready>=3, endpoints>0, endpoints=0, exists, gone
    #[arg(long = "for", value_name = "CONDITION", value_parser = condition)]
    pub condition: Condition,
    /// How long; 0 looks once
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "60s", allow_hyphen_values = true)]
    pub timeout: Duration,
}

impl Events {
    /// The object that is meant, if one is.
    ///
    /// # Errors
    /// What was written is none.
    pub fn subject(&self) -> Result<Option<Subject>, String> {
        Subject::of_events(&self.what)
    }
}

impl Diff {
    /// The Service that is meant, if one is.
    ///
    /// # Errors
    /// What was written is none.
    pub fn target(&self) -> Result<Option<Target>, String> {
        if self.service.is_empty() { Ok(None) } else { Target::parse(&self.service).map(Some) }
    }
}

impl Wait {
    /// The Service that is meant.
    ///
    /// # Errors
    /// What was written is none.
    pub fn target(&self) -> Result<Target, String> {
        Target::parse(&self.service)
    }
}
