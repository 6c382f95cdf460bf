//! The path of a trace as a graph, written as Mermaid or DOT: client → resolver → Service → endpoints with shares → pods.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::trace::path::{Owner, Share, Trace, Verdict, Way};
use crate::trace::{Asked, AskedPort};
use crate::view;
use crate::view::escape::safe;

/// Endpoints of one way that are drawn.
const MOST: usize = 24;

/// What a node of the graph is.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Client,
    Server,
    Service,
    Endpoint,
    Pod,
    /// Where it ends without reaching anything.
    End,
}

#[derive(Default)]
struct Graph {
    nodes: Vec<(Shape, Vec<String>)>,
    /// From, to, what stands on it, and whether nothing goes that way.
    edges: Vec<(usize, usize, String, bool)>,
    /// Pods that are drawn already.
    pods: BTreeMap<String, usize>,
}

impl Graph {
    fn node(&mut self, shape: Shape, lines: impl IntoIterator<Item = String>) -> usize {
        let lines = lines.into_iter().filter(|line| !line.is_empty()).map(|line| safe(&line).into_owned());
        self.nodes.push((shape, lines.collect()));
        self.nodes.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, label: impl Into<String>, idle: bool) {
        self.edges.push((from, to, safe(&label.into()).into_owned(), idle));
    }

    fn of(trace: &Trace) -> Self {
        let mut graph = Self::default();
        let stands = trace.place().map(|place| join(place.node.iter().chain(&place.zone))).unwrap_or_default();
        let client = graph.node(Shape::Client, [view::client(&trace.question.client), stands]);
        graph.resolver(trace, client);
        let mut last = client;
        for owner in owners(trace) {
            let next = graph.node(Shape::Service, [view::step_owner(owner)]);
            graph.edge(last, next, if last == client { port(trace) } else { String::new() }, false);
            last = next;
        }
        for way in trace.ways() {
            graph.way(way, last);
        }
        if let Verdict::Fails(_) | Verdict::Undecided(_) = trace.verdict {
            let end = graph.node(Shape::End, [view::answer(trace)]);
            graph.edge(last, end, "", true);
        }
        graph
    }

    fn resolver(&mut self, trace: &Trace, client: usize) {
        let Some(found) = trace.resolver() else { return };
        let first = found.servers.first();
        let name = first.and_then(|server| server.service.as_ref()).map(ToString::to_string).unwrap_or_default();
        let address = first.map_or("the machine's own resolver".to_owned(), |server| server.address.to_string());
        let server = self.node(Shape::Server, ["DNS".to_owned(), name, address]);
        let asked = match &trace.question.asked {
            Asked::Name(name) => format!("{name}?"),
            Asked::Address(address) => format!("{address}?"),
        };
        self.edge(client, server, asked, false);
        if let Some(run) = trace.runs().first() {
            let told = match &run.outcome {
                Ok(addresses) if run.supposed.is_none() && !addresses.is_empty() => few(addresses),
                Ok(_) | Err(_) if matches!(trace.verdict, Verdict::Undecided(_)) => "not known".to_owned(),
                Ok(_) | Err(_) => view::outcome(run),
            };
            self.edge(server, client, told, false);
        }
    }

    fn way(&mut self, way: &Way, from: usize) {
        for share in way.shares.iter().take(MOST) {
            self.share(share, from);
        }
        if way.shares.len() > MOST {
            let more = self.node(Shape::Endpoint, [format!("{} more endpoints", way.shares.len() - MOST)]);
            self.edge(from, more, "", true);
        }
        if let (Some(lost), true) = (view::lost(&way.fate), way.shares.iter().all(|share| share.one_in.is_none())) {
            let end = self.node(Shape::End, [way.to.to_string(), lost.to_owned()]);
            self.edge(from, end, "", true);
        }
    }

    fn share(&mut self, share: &Share, from: usize) {
        let idle = share.one_in.is_none();
        let place = join(share.node.iter().chain(&share.zone));
        let endpoint = self.node(Shape::Endpoint, [share.to.to_string(), place]);
        let label =
            if idle { format!("{}: {}", view::portion(share), view::choice(&share.why)) } else { view::portion(share) };
        self.edge(from, endpoint, label, idle);
        if let Some(key) = &share.pod {
            let name = key.to_string();
            let pod = match self.pods.get(&name) {
                Some(pod) => *pod,
                None => {
                    let doubt = if share.doubtful { "not ready, or gone" } else { "" };
                    let pod = self.node(Shape::Pod, [key.name.to_string(), doubt.to_owned()]);
                    self.pods.insert(name, pod);
                    pod
                }
            };
            self.edge(endpoint, pod, "", idle);
        }
    }
}

fn join<T: ToString>(items: impl Iterator<Item = T>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

fn few<T: ToString>(items: &[T]) -> String {
    let more = items.len().saturating_sub(3);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", join(items.iter().take(3).map(ToString::to_string)))
}

fn owners(trace: &Trace) -> Vec<&Owner> {
    // Aliases and the Service: pods that are dialled themselves are drawn as endpoints.
    let drawn = |owner: &&Owner| !matches!(owner, Owner::Pod(_));
    trace.owners().iter().filter(drawn).collect()
}

fn port(trace: &Trace) -> String {
    match &trace.question.port {
        None => String::new(),
        Some(AskedPort::Number(port)) => format!(":{port}/{}", trace.question.protocol),
        Some(AskedPort::Name(name)) => format!(":{name}"),
    }
}

/// A Mermaid flow chart.
pub fn mermaid(trace: &Trace) -> String {
    let graph = Graph::of(trace);
    let words =
        |text: &str| text.replace('&', "#amp;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;");
    let mut out = "flowchart LR\n".to_owned();
    for (at, (shape, lines)) in graph.nodes.iter().enumerate() {
        let (open, close) = match shape {
            Shape::Client => ("([", "])"),
            Shape::Server => ("[(", ")]"),
            Shape::Service => ("{{", "}}"),
            Shape::Endpoint => ("[", "]"),
            Shape::Pod => ("(", ")"),
            Shape::End => ("[/", "/]"),
        };
        let lines: Vec<String> = lines.iter().map(|line| words(line)).collect();
        let _ = writeln!(out, "  n{at}{open}\"{}\"{close}", lines.join("<br>"));
    }
    for (from, to, label, idle) in &graph.edges {
        let arrow = if *idle { "-.->" } else { "-->" };
        let label = if label.is_empty() { String::new() } else { format!("|\"{}\"|", words(label)) };
        let _ = writeln!(out, "  n{from} {arrow}{label} n{to}");
    }
    out
}

/// A Graphviz graph.
pub fn dot(trace: &Trace) -> String {
    let graph = Graph::of(trace);
    let words = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut out =
        "digraph path {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n"
            .to_owned();
    for (at, (shape, lines)) in graph.nodes.iter().enumerate() {
        let shape = match shape {
            Shape::Client => "oval",
            Shape::Server => "cylinder",
            Shape::Service => "hexagon",
            Shape::Endpoint => "box",
            Shape::Pod => "box, style=rounded",
            Shape::End => "octagon",
        };
        let lines: Vec<String> = lines.iter().map(|line| words(line)).collect();
        let _ = writeln!(out, "  n{at} [shape={shape}, label=\"{}\"];", lines.join("\\n"));
    }
    for (from, to, label, idle) in &graph.edges {
        let style = if *idle { ", style=dashed" } else { "" };
        let _ = writeln!(out, "  n{from} -> n{to} [label=\"{}\"{style}];", words(label));
    }
    out + "}\n"
}
