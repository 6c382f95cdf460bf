//! What scripts ask: `endpoints`, `trace`, `who`, `why`, and where the answer comes from.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::named::{Subject, Target};

/// Where an answer comes from, if not from the cluster.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Source (without these: the cluster)")]
pub struct Source {
    /// Answer from a recording
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    pub tape: Option<PathBuf>,
    /// At this time of the recording: 42s, 00:42, 14:03, -5m before its end, or RFC 3339 [default: its end]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub at: Option<String>,
    /// Answer from API objects in a file, as kubectl get -o yaml or -o json prints them; - is standard input; may be repeated
    #[arg(short = 'f', long = "filename", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

impl Source {
    /// The cluster is asked.
    pub fn live(&self) -> bool {
        self.tape.is_none() && self.files.is_empty()
    }
}

/// `podpath endpoints`
#[derive(Clone, Debug, Args)]
pub struct Endpoints {
    /// svc/NAME, or svc NAME, or NAME
    #[arg(value_name = "SERVICE", required = true, num_args = 1..=2)]
    pub service: Vec<String>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub output: Output,
    /// Then print a line for each change
    #[arg(short, long)]
    pub watch: bool,
    /// Where the answer comes from
    #[command(flatten)]
    pub source: Source,
}

impl Endpoints {
    /// The Service that is meant.
    ///
    /// # Errors
    /// What was written is none.
    pub fn target(&self) -> Result<Target, String> {
        Target::parse(&self.service)
    }
}

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// A table.
    #[default]
    #[value(alias = "text")]
    Table,
    /// A table with every column.
    Wide,
    /// JSON, see assets/endpoints.schema.json.
    Json,
}

const TRACE: &str = "\
Exit codes: 0 every endpoint that this client may get can be reached, as far as was checked; 3 it fails;
4 intermittent: some of the endpoints fail; 5 it cannot be told; 1 error.";

/// `podpath trace`
#[derive(Clone, Debug, Args)]
#[command(after_help = TRACE)]
pub struct Trace {
    /// A name as applications write it, with a port: web, web.shop:80, web:http, svc/web, 10.244.1.7:8080, dns:53/UDP
    #[arg(value_name = "NAME[:PORT]")]
    pub name: String,
    /// Where the client stands: NAMESPACE/POD, POD (or how only its name begins), node/NODE, outside [default: any pod of
    /// the namespace]
    #[arg(long, value_name = "CLIENT")]
    pub from: Option<String>,
    /// Which records are looked up [default: addresses of both families]
    #[arg(long = "type", value_name = "TYPE", value_enum, ignore_case = true)]
    pub kind: Option<RecordType>,
    /// The resolver library of the client [default: all, where they differ]
    #[arg(long, value_name = "LIBRARY", value_enum)]
    pub libc: Option<Libc>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = TraceOutput::Text)]
    pub output: TraceOutput,
    /// Where the answer comes from
    #[command(flatten)]
    pub source: Source,
}

/// A record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RecordType {
    /// IPv4 addresses
    #[value(name = "A")]
    A,
    /// IPv6 addresses
    #[value(name = "AAAA")]
    Aaaa,
    /// Ports and names
    #[value(name = "SRV")]
    Srv,
    /// The name of an address
    #[value(name = "PTR")]
    Ptr,
}

/// A resolver library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Libc {
    /// GNU libc: Debian, Ubuntu, Red Hat and most others
    Glibc,
    /// musl: Alpine
    Musl,
    /// Go's own
    Go,
}

/// How a trace is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TraceOutput {
    /// Steps and findings
    Text,
    /// Every query, endpoint and proof too
    Wide,
    /// JSON, see assets/trace.schema.json
    Json,
    /// The path as a Mermaid flow chart
    Mermaid,
    /// The path as a Graphviz graph
    Dot,
}

/// How other answers are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlainOutput {
    /// Lines for people
    Text,
    /// JSON, see assets/
    Json,
}

const WHO: &str =
    "Exit codes: 0 somebody has it; 3 nobody has it; 5 nobody that is known, and not all is known; 1 error.";

/// `podpath who`
#[derive(Clone, Debug, Args)]
#[command(after_help = WHO)]
pub struct Who {
    /// An address, or the name of an object: 10.244.1.7, web, shop/web, svc/web, pod/web-1, node/n1
    #[arg(value_name = "IP|NAME", required = true, num_args = 1..=2)]
    pub what: Vec<String>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = PlainOutput::Text)]
    pub output: PlainOutput,
    /// Where the answer comes from
    #[command(flatten)]
    pub source: Source,
}

impl Who {
    /// What was written, in one word: `svc web` is `svc/web`.
    pub fn asked(&self) -> String {
        self.what.join("/").trim().to_owned()
    }
}

const WHY: &str = "Exit codes: 0 nothing stands in the way; 3 something does; 5 it cannot be told; 1 error.";

/// `podpath why`
#[derive(Clone, Debug, Args)]
#[command(after_help = WHY)]
pub struct Why {
    /// svc/NAME, pod/NAME, or NAME: the Service that is called so, else the pod
    #[arg(value_name = "KIND/NAME", required = true, num_args = 1..=2)]
    pub what: Vec<String>,
    /// How to print
    #[arg(short, long, value_enum, default_value_t = PlainOutput::Text)]
    pub output: PlainOutput,
    /// Where the answer comes from
    #[command(flatten)]
    pub source: Source,
}

impl Why {
    /// The object that is meant.
    ///
    /// # Errors
    /// What was written is none.
    pub fn subject(&self) -> Result<Subject, String> {
        Subject::of_why(&self.what)
    }
}
