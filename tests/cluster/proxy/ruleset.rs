//! What becomes of a packet under the rules that the kernel holds: `nft -j list ruleset`, read and walked.
//!
//! Expressions that kube-proxy does not write are not guessed at: they end the test.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};

use podpath::model::Cidr;
use serde_json::Value;

/// The first packet of a connection, as it comes to the node or leaves a program on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub source: IpAddr,
    /// The node of the pod that sends it, where a pod does.
    pub sender: Option<String>,
    pub destination: IpAddr,
    /// `tcp`, `udp` or `sctp`
    pub protocol: String,
    pub port: u16,
    /// The addresses of the node: what comes from them comes from a program on it.
    pub node: Vec<IpAddr>,
}

/// Where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// To one of these, `ADDRESS:PORT`; with `masqueraded` after it where the source becomes the node's.
    To(BTreeSet<String>),
    Refused,
    Dropped,
    /// No rule is about it.
    Passed,
}

impl Fate {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::To(_) => "to endpoints",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
            Self::Passed => "passed",
        }
    }
}

/// The tables `kube-proxy` of both families.
pub(super) struct Rules {
    four: Table,
    six: Table,
}

#[derive(Default)]
struct Table {
    chains: HashMap<String, Vec<Value>>,
    maps: HashMap<String, Vec<Value>>,
    sets: HashMap<String, Vec<Value>>,
}

impl Rules {
    pub(super) fn read(listed: &Value) -> Self {
        let mut rules = Self { four: Table::default(), six: Table::default() };
        for object in listed["nftables"].as_array().into_iter().flatten() {
            let Some((kind, object)) = object.as_object().and_then(|object| object.iter().next()) else { continue };
            if object["table"] != "kube-proxy" {
                continue;
            }
            let table = if object["family"] == "ip6" { &mut rules.six } else { &mut rules.four };
            let elements = || object["elem"].as_array().cloned().unwrap_or_default();
            match kind.as_str() {
                "rule" => table.chains.entry(text(&object["chain"])).or_default().push(object["expr"].clone()),
                "map" => drop(table.maps.insert(text(&object["name"]), elements())),
                "set" => drop(table.sets.insert(text(&object["name"]), elements())),
                _ => {}
            }
        }
        rules
    }

    fn table(&self, ip: IpAddr) -> &Table {
        if ip.is_ipv4() { &self.four } else { &self.six }
    }

    /// Whether the rules know a cluster IP.
    pub(super) fn knows(&self, ip: IpAddr) -> bool {
        let known = self.table(ip).sets.get("cluster-ips");
        known.into_iter().flatten().any(|element| is(element, &ip.to_string()))
    }

    /// The ranges of cluster IPs in which nothing else passes. kube-proxy hears of them beside its first sync and writes
    /// them with a full one only: they are there from the start, or after an hour.
    pub(super) fn ranges(&self) -> Vec<Cidr> {
        let chains = [&self.four, &self.six].map(|table| table.chains.get("cluster-ips-check"));
        let rules = chains.into_iter().flatten().flatten().filter_map(Value::as_array);
        let dropping = rules.filter(|rule| rule.iter().any(|part| part.get("drop").is_some()));
        let ranges = dropping.flatten().filter_map(|part| part.pointer("/match/right/prefix"));
        ranges.filter_map(|prefix| Cidr::parse(&format!("{}/{}", text(&prefix["addr"]), prefix["len"]))).collect()
    }

    pub(super) fn fate(&self, packet: &Packet) -> Fate {
        let own = |ip: &IpAddr| packet.node.contains(ip);
        let hooks: &[&str] = match (own(&packet.source), own(&packet.destination)) {
            // What the node sends to itself goes out and comes in.
            (true, true) => &["filter-output-pre-dnat", "nat-output", "filter-output", "filter-input"],
            (true, false) => &["filter-output-pre-dnat", "nat-output", "filter-output"],
            (false, true) => &["filter-prerouting-pre-dnat", "nat-prerouting", "filter-input"],
            (false, false) => &["filter-prerouting-pre-dnat", "nat-prerouting", "filter-forward"],
        };
        let walk = Walk { table: self.table(packet.destination), packet, marked: Cell::new(false) };
        hooks.iter().find_map(|hook| walk.chain(hook)).unwrap_or(Fate::Passed)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An element of a set or a key of a map, without its comment.
fn bare(element: &Value) -> &Value {
    element.pointer("/elem/val").unwrap_or(element)
}

/// Whether an element, an address, a range of addresses or several parts, is this value.
fn is(element: &Value, value: &str) -> bool {
    let element = bare(element);
    if let Some(parts) = element["concat"].as_array() {
        return parts.iter().map(plain).collect::<Vec<_>>().join(" ") == value;
    }
    if let Some(prefix) = element.get("prefix") {
        let (first, length) = (text(&prefix["addr"]), prefix["len"].as_u64().expect("a length"));
        return within(value, &first, length);
    }
    plain(element) == value
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn within(ip: &str, first: &str, length: u64) -> bool {
    let bits = |text: &str| match text.parse::<IpAddr>().expect("an address") {
        IpAddr::V4(ip) => u128::from(ip.to_bits()) << 96,
        IpAddr::V6(ip) => ip.to_bits(),
    };
    let differing = (bits(ip) ^ bits(first)).leading_zeros();
    u64::from(differing) >= length
}

/// One packet on its way.
struct Walk<'a> {
    table: &'a Table,
    packet: &'a Packet,
    /// Marked, so that its source is rewritten in the end.
    marked: Cell<bool>,
}

impl Walk<'_> {
    /// The fate that a chain decides; none where the packet leaves it as it came.
    fn chain(&self, name: &str) -> Option<Fate> {
        self.table.chains.get(name).into_iter().flatten().find_map(|rule| self.rule(rule))
    }

    fn rule(&self, rule: &Value) -> Option<Fate> {
        for expression in rule.as_array().into_iter().flatten() {
            let (kind, body) = expression.as_object().and_then(|object| object.iter().next()).expect("an expression");
            let fate = match kind.as_str() {
                "match" if self.matches(body) => None,
                "match" => return None,
                "vmap" => self.by_map(body),
                "mangle" => {
                    self.marked.set(body.pointer("/value/|").is_some());
                    None
                }
                // Whom a client comes back to.
                "set" => None,
                "dnat" => Some(Fate::To(self.destinations(body))),
                _ => self.verdict(expression),
            };
            if fate.is_some() {
                return fate;
            }
        }
        None
    }

    fn verdict(&self, verdict: &Value) -> Option<Fate> {
        let (kind, body) = verdict.as_object().and_then(|object| object.iter().next()).expect("a verdict");
        match kind.as_str() {
            "goto" | "jump" => self.chain(&text(&body["target"])),
            "drop" => Some(Fate::Dropped),
            "reject" => Some(Fate::Refused),
            _ => panic!("a rule with {verdict}"),
        }
    }

    /// A map from a packet's fields to a verdict, or from a random number to one.
    fn by_map(&self, body: &Value) -> Option<Fate> {
        let named = body["data"].as_str().map(|name| self.table.maps.get(name.trim_start_matches('@')));
        let entries = named.map_or(body["data"]["set"].as_array(), |entries| entries);
        let mut entries = entries.into_iter().flatten();
        if body["key"].get("numgen").is_none() {
            let key = field(&body["key"], self.packet);
            return entries.find(|entry| is(&entry[0], &key)).and_then(|entry| self.verdict(&entry[1]));
        }
        let mut all = BTreeSet::new();
        for entry in entries {
            match self.verdict(&entry[1]) {
                Some(Fate::To(some)) => all.extend(some),
                other => panic!("one of several endpoints leads to {other:?}"),
            }
        }
        Some(Fate::To(all))
    }

    fn matches(&self, body: &Value) -> bool {
        let left = &body["left"];
        // Every packet here is new.
        if left["ct"]["key"] == "state" {
            return body["right"] == "new";
        }
        let value = field(left, self.packet);
        let right = &body["right"];
        let found = match right.as_str().and_then(|name| name.strip_prefix('@')) {
            Some(set) => self.table.sets.get(set).into_iter().flatten().any(|element| is(element, &value)),
            None => match right["set"].as_array() {
                Some(set) => set.iter().any(|element| is(element, &value)),
                None => is(right, &value),
            },
        };
        match body["op"].as_str() {
            Some("==") => found,
            Some("!=") => !found,
            _ => panic!("a rule that compares with {}", body["op"]),
        }
    }

    /// One address and port, or several by a random number.
    fn destinations(&self, body: &Value) -> BTreeSet<String> {
        match body.pointer("/addr/map/data/set").and_then(Value::as_array) {
            Some(all) => {
                all.iter().map(|entry| self.destination(&entry[1]["concat"][0], &entry[1]["concat"][1])).collect()
            }
            None => BTreeSet::from([self.destination(&body["addr"], &body["port"])]),
        }
    }

    fn destination(&self, ip: &Value, port: &Value) -> String {
        let ip: IpAddr = plain(ip).parse().expect("an address");
        let port = u16::try_from(port.as_u64().expect("a port")).expect("a port");
        let source = self.packet.source;
        let hairpin = format!("{source} {ip} {} {port}", self.packet.protocol);
        let hairpins = self.table.sets.get("hairpin-connections");
        let back = hairpins.into_iter().flatten().any(|element| is(element, &hairpin));
        let suffix = if self.marked.get() || back { " masqueraded" } else { "" };
        format!("{}{suffix}", SocketAddr::new(ip, port))
    }
}

/// What an expression reads from a packet.
fn field(expression: &Value, packet: &Packet) -> String {
    if let Some(parts) = expression["concat"].as_array() {
        return parts.iter().map(|part| field(part, packet)).collect::<Vec<_>>().join(" ");
    }
    let payload = expression.pointer("/payload/field").and_then(Value::as_str);
    match (payload, expression.pointer("/meta/key").and_then(Value::as_str)) {
        (Some("saddr"), _) => packet.source.to_string(),
        (Some("daddr"), _) => packet.destination.to_string(),
        (Some("dport"), _) => packet.port.to_string(),
        (None, Some("l4proto")) => packet.protocol.clone(),
        (None, None) if expression["fib"]["result"] == "type" => {
            let from = expression["fib"]["flags"].as_array().is_some_and(|flags| flags.contains(&Value::from("saddr")));
            let local = packet.node.contains(if from { &packet.source } else { &packet.destination });
            if local { "local" } else { "unicast" }.to_owned()
        }
        _ => panic!("a rule that looks at {expression}"),
    }
}
