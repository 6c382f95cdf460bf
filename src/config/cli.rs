//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use super::ask::{Endpoints, Trace, Who, Why};
use super::parse::{bytes, duration, size};
use super::past::{Diff, Events, Wait};

const AFTER: &str = "\
Without a command, podpath shows the cluster of the current kubeconfig context; without a terminal it prints the
table of Services and leaves. It only ever reads: the rights it needs are printed by `podpath rbac`.

Exit codes: 0 fine; 1 error; 3 no usable endpoint (endpoints), it fails (trace), nobody has it (who), something is in
the way (why), something differs (diff), it was not so in time (wait); 4 some of the endpoints fail (trace); 5 it cannot
be told (trace, who, why, diff).";

/// Shows, live, how Kubernetes Services become pods.
#[derive(Clone, Debug, Parser)]
#[command(name = "podpath", version, about = "Shows, live, how Kubernetes Services become pods", after_help = AFTER)]
pub struct Cli {
    /// What to do instead of showing the cluster
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Where and as whom to connect
    #[command(flatten)]
    pub login: Login,
    /// How it looks
    #[command(flatten)]
    pub look: Look,
    /// Memory for what has happened: 64MB, 500kB, 1GB; beyond it the oldest is dropped, visibly [default: 64MB]
    #[arg(long, global = true, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<usize>,
    /// Write a tape of the session to this file (.gz compresses)
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

impl Cli {
    /// The command line of this process; called as a kubectl plugin, help says so. Asked for help or version it prints
    /// that and ends the process.
    ///
    /// # Errors
    /// A flag or a word that is not understood, in one line.
    pub fn read() -> Result<Self, UsageError> {
        let as_plugin = std::env::args_os().next().is_some_and(|name| name.to_string_lossy().contains("kubectl-"));
        let command = Self::command();
        let command = if as_plugin { command.bin_name("kubectl podpath") } else { command };
        let read = command.try_get_matches().and_then(|matches| Self::from_arg_matches(&matches));
        read.map_err(|error| if error.use_stderr() { UsageError::of(&error) } else { error.exit() })
    }
}

/// What in a command line is not understood.
#[derive(Debug, thiserror::Error)]
#[error("{0} (--help lists what there is)")]
pub struct UsageError(String);

impl UsageError {
    /// The first paragraph and the tips of what clap says, on one line.
    fn of(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        let mut words = Vec::new();
        for (at, paragraph) in text.split("\n\n").enumerate() {
            let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            match (at, line.strip_prefix("tip: ")) {
                (0, _) => words.push(line.trim_start_matches("error: ").to_owned()),
                // No flag here is meant as a value.
                (_, Some(tip)) if tip.starts_with("to pass ") => {}
                (_, Some(tip)) => words.push(tip.to_owned()),
                (_, None) => {}
            }
        }
        Self(words.join("; "))
    }
}

/// kubectl's flags.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection (as kubectl)")]
pub struct Login {
    /// Path to the kubeconfig [default: $KUBECONFIG, else ~/.kube/config]
    #[arg(long, global = true, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// The kubeconfig context
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// The kubeconfig cluster
    #[arg(long, global = true, value_name = "NAME")]
    pub cluster: Option<String>,
    /// The kubeconfig user
    #[arg(long, global = true, value_name = "NAME")]
    pub user: Option<String>,
    /// The namespaces: several with commas, or given again [default: the context's]
    #[arg(short, long = "namespace", global = true, value_name = "NAME", value_delimiter = ',', action = ArgAction::Append)]
    pub namespaces: Vec<String>,
    /// All namespaces, whatever -n says
    #[arg(short = 'A', long, global = true)]
    pub all_namespaces: bool,
    /// Label selector: only Services that match it, on the screen, in its table and on a tape
    #[arg(short = 'l', long, global = true, value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// User to impersonate
    #[arg(long = "as", global = true, value_name = "USER")]
    pub impersonate: Option<String>,
    /// Group to impersonate; may be repeated
    #[arg(long = "as-group", global = true, value_name = "GROUP", action = ArgAction::Append)]
    pub impersonate_groups: Vec<String>,
    /// Address of the API server
    #[arg(short, long, global = true, value_name = "URL")]
    pub server: Option<String>,
    /// Bearer token
    #[arg(long, global = true, value_name = "TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Do not check the server's certificate
    #[arg(long, global = true)]
    pub insecure_skip_tls_verify: bool,
    /// How long to wait for an answer: 10s, 1m; 0 waits the default 10 s
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
    pub request_timeout: Option<Duration>,
}

impl Login {
    /// The namespaces that are named; as in kubectl, an empty name is none.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(String::as_str).filter(|name| !name.is_empty())
    }
}

/// How it looks.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Look")]
pub struct Look {
    /// A bundled theme (dark, light, contrast) or a file
    #[arg(long, global = true, value_name = "THEME", env = "PODPATH_THEME")]
    pub theme: Option<String>,
    /// Colours
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub color: Option<Color>,
    /// ASCII stand-ins for all marks
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Leave wheel and clicks to the terminal; with them selecting text needs shift
    #[arg(long, global = true)]
    pub no_mouse: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// As the terminal and NO_COLOR say.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Print the union table of a Service: pods that it selects and endpoints that it has
    #[command(visible_alias = "ep")]
    Endpoints(Endpoints),
    /// Follow a name from a client to the pods that answer, or to the first step that fails
    Trace(Trace),
    /// Tell whose an address or a name is
    Who(Who),
    /// Tell why a Service has the endpoints that it has, or why a pod is behind a Service or not
    Why(Why),
    /// Tell what changed, why and how fast: live, or from a recording
    Events(Events),
    /// Tell what differs between two moments of a recording
    Diff(Diff),
    /// Wait until a Service has so many endpoints, exists or is gone
    Wait(Wait),
    /// Write a tape of the cluster until interrupted
    Record(Record),
    /// Play a tape, or print one frame of it
    Replay(Replay),
    /// Play the bundled recording of a real cluster; needs no cluster
    Demo(Print),
    /// Print the roles that podpath needs
    Rbac,
}

impl Command {
    /// The name of a command that answers a question: with a selector, what it leaves out would be said not to exist.
    pub fn answers(&self) -> Option<&'static str> {
        match self {
            Self::Endpoints(_) => Some("endpoints"),
            Self::Trace(_) => Some("trace"),
            Self::Who(_) => Some("who"),
            Self::Why(_) => Some("why"),
            Self::Events(_) => Some("events"),
            Self::Diff(_) => Some("diff"),
            Self::Wait(_) => Some("wait"),
            Self::Record(_) | Self::Replay(_) | Self::Demo(_) | Self::Rbac => None,
        }
    }
}

/// `podpath record`
#[derive(Clone, Debug, Args)]
pub struct Record {
    /// The file to write; .gz compresses
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Stop after this time: 90s, 2m
    #[arg(long = "for", value_name = "TIME", value_parser = duration, allow_hyphen_values = true)]
    pub length: Option<Duration>,
}

/// `podpath replay`
#[derive(Clone, Debug, Args)]
pub struct Replay {
    /// The tape
    pub file: PathBuf,
    /// How to show it
    #[command(flatten)]
    pub print: Print,
}

/// How a tape is shown.
#[derive(Clone, Debug, Default, Args)]
pub struct Print {
    /// Begin at this time of the tape: 42s, 00:42, 14:03, -5m before its end, or RFC 3339
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub at: Option<String>,
    /// Times as fast as recorded, 1 to 60
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u16).range(1..=60), default_value_t = 1)]
    pub speed: u16,
    /// Print one frame and leave
    #[arg(long, value_enum)]
    pub print: Option<Form>,
    /// Columns x rows of that frame
    #[arg(long, value_name = "WxH", value_parser = size, default_value = "120x32", requires = "print")]
    pub size: (u16, u16),
    /// Keys to press before it is printed, for example "/web<enter><right>d"
    #[arg(long, value_name = "KEYS", requires = "print")]
    pub keys: Option<String>,
}

/// The form of a printed frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A picture.
    Svg,
    /// Plain text.
    Text,
    /// Text with the terminal's colour sequences.
    Ansi,
}
