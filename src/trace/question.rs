//! What is asked: a name as an application would write it, a port, and where the client stands.

use std::fmt;
use std::net::IpAddr;

use super::client::Wanted;
use crate::model::{Addresses, Key, Port, Protocol, Text};

/// Where the client stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Client {
    /// In this pod.
    Pod(Key),
    /// On this node, outside any pod.
    Node(Text),
    /// In some pod of this namespace with the usual settings, on no node in particular.
    Namespace(Text),
    /// Outside the cluster.
    #[default]
    Outside,
}

/// The port asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedPort {
    /// By number.
    Number(Port),
    /// By the name of a Service port.
    Name(String),
}

/// What is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A name.
    Name(String),
    /// An address, which needs no DNS.
    Address(IpAddr),
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is looked up.
    pub asked: Asked,
    /// The port, if one is named.
    pub port: Option<AskedPort>,
    /// The protocol.
    pub protocol: Protocol,
    /// Which records.
    pub wanted: Wanted,
    /// Where the client stands.
    pub client: Client,
}

/// What is wrong with a text that should be a name with a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadQuestion {
    /// Nothing stands there.
    Empty,
    /// This is no port: neither a number from 1 to 65535 nor a name.
    Port(String),
    /// This is no protocol.
    Protocol(String),
    /// PTR wants an address.
    PtrOfName(String),
}

/// Ports that a URL's scheme implies.
const SCHEMES: [(&str, u16); 8] = [
    ("http", 80),
    ("https", 443),
    ("ws", 80),
    ("wss", 443),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("mysql", 3306),
    ("redis", 6379),
];

impl fmt::Display for BadQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no name in it"),
            Self::Port(text) => write!(f, "{text:?} is no port; write a number from 1 to 65535 or a port's name"),
            Self::Protocol(text) => write!(f, "{text:?} is no protocol; write TCP, UDP or SCTP"),
            Self::PtrOfName(name) => write!(f, "PTR looks an address up, and {name:?} is none"),
        }
    }
}

impl Client {
    /// Reads `shop/cart-7f`, `pod/cart-7f`, `node/n1`, `outside`, or a pod's name in `namespace`.
    pub fn parse(text: &str, namespace: &str) -> Self {
        match text.split_once('/') {
            Some(("node" | "no" | "nodes", name)) => Self::Node(name.into()),
            Some(("pod" | "po" | "pods", name)) => match name.split_once('/') {
                Some((namespace, name)) => Self::Pod(Key::new(namespace, name)),
                None => Self::Pod(Key::new(namespace, name)),
            },
            Some(("ns" | "namespace", name)) => Self::Namespace(name.into()),
            Some((namespace, name)) => Self::Pod(Key::new(namespace, name)),
            None if text == "outside" => Self::Outside,
            None => Self::Pod(Key::new(namespace, text)),
        }
    }

    /// The namespace in which its pods are.
    pub fn namespace(&self) -> Option<&Text> {
        match self {
            Self::Pod(key) => Some(&key.namespace),
            Self::Namespace(name) => Some(name),
            Self::Node(_) | Self::Outside => None,
        }
    }
}

impl fmt::Display for Client {
    /// As [`Client::parse`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pod(key) => write!(f, "{key}"),
            Self::Node(name) => write!(f, "node/{name}"),
            Self::Namespace(name) => write!(f, "ns/{name}"),
            Self::Outside => f.write_str("outside"),
        }
    }
}

impl Question {
    /// Namespaces that its name may mean: each of its labels after the first, up to `svc`.
    pub fn namespaces(&self) -> Vec<Text> {
        match &self.asked {
            Asked::Address(_) => Vec::new(),
            Asked::Name(name) => {
                let labels = name.trim_end_matches('.').split('.').skip(1).take_while(|label| *label != "svc");
                labels.filter(|label| !label.is_empty() && !label.starts_with('_')).take(3).map(Text::from).collect()
            }
        }
    }

    /// A name, its addresses of both families, no port.
    pub fn of_name(name: String, client: Client) -> Self {
        Self { asked: Asked::Name(name), port: None, protocol: Protocol::Tcp, wanted: Wanted::Any, client }
    }

    /// An address, no port.
    pub fn of_address(address: IpAddr, client: Client) -> Self {
        Self { asked: Asked::Address(address), port: None, protocol: Protocol::Tcp, wanted: Wanted::Any, client }
    }

    /// Reads `web`, `web.shop:80`, `web:http`, `db:53/UDP`, `10.244.1.7:8080`, `[fd00::1]:80`, `http://web.shop/path`,
    /// `_http._tcp.web`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, client: Client) -> Result<Self, BadQuestion> {
        let text = text.trim();
        let (scheme_port, text) = match text.split_once("://") {
            Some((scheme, rest)) => {
                let known = SCHEMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(scheme));
                let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
                (known.map(|(_, port)| AskedPort::Number(Port(*port))), host)
            }
            None => (None, text),
        };
        let (text, protocol) = match text.rsplit_once('/') {
            Some((rest, word)) => (rest, protocol(word)?),
            None => (text, Protocol::Tcp),
        };
        let (name, port) = split_port(text);
        let port = port.map(parse_port).transpose()?;
        if name.is_empty() {
            return Err(BadQuestion::Empty);
        }
        let asked = match Addresses::parse_one(name) {
            Some(address) => Asked::Address(address),
            None => Asked::Name(name.to_owned()),
        };
        let service_record =
            name.starts_with('_') && name.split('.').nth(1).is_some_and(|label| label.starts_with('_'));
        let wanted = if service_record { Wanted::Srv } else { Wanted::Any };
        Ok(Self { asked, port: port.or(scheme_port), protocol, wanted, client })
    }

    /// The same question with other records.
    ///
    /// # Errors
    /// PTR of a name.
    pub fn wanting(mut self, wanted: Wanted) -> Result<Self, BadQuestion> {
        if let (Wanted::Ptr, Asked::Name(name)) = (wanted, &self.asked) {
            return Err(BadQuestion::PtrOfName(name.clone()));
        }
        self.wanted = wanted;
        Ok(self)
    }
}

fn protocol(word: &str) -> Result<Protocol, BadQuestion> {
    let known = Protocol::from(word.to_ascii_uppercase().as_str());
    if matches!(known, Protocol::Other(_)) { Err(BadQuestion::Protocol(word.to_owned())) } else { Ok(known) }
}

/// Name and port text. An IPv6 address may stand in brackets; one without has no port.
fn split_port(text: &str) -> (&str, Option<&str>) {
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (address, rest.strip_prefix(':'));
    }
    match text.split_once(':') {
        Some((name, port)) if !port.contains(':') => (name, Some(port)),
        Some(_) | None => (text, None),
    }
}

fn parse_port(text: &str) -> Result<AskedPort, BadQuestion> {
    let name = |text: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        !text.is_empty()
            && text.len() <= 63
            && text.bytes().all(fits)
            && !text.bytes().all(|byte| byte.is_ascii_digit())
    };
    match text.parse::<u16>() {
        Ok(number) if number != 0 => Ok(AskedPort::Number(Port(number))),
        Ok(_) | Err(_) if name(text) => Ok(AskedPort::Name(text.to_owned())),
        Ok(_) | Err(_) => Err(BadQuestion::Port(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespaces_that_a_name_may_mean_are_its_labels_before_svc() {
        let of = |name: &str| {
            let question = Question::parse(name, Client::Outside).unwrap();
            question.namespaces().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of("web"), "");
        assert_eq!(of("web.shop:80"), "shop");
        assert_eq!(of("db-0.db.data.svc.cluster.local."), "db data");
        assert_eq!(of("_http._tcp.web.shop.svc"), "web shop");
        assert_eq!(of("10.0.0.1"), "");
    }

    fn ask(text: &str) -> Question {
        Question::parse(text, Client::Outside).unwrap()
    }

    fn name(text: &str) -> Asked {
        Asked::Name(text.to_owned())
    }

    #[test]
    fn a_name_is_read_as_applications_write_it() {
        let number = |port| Some(AskedPort::Number(Port(port)));
        let cases = [
            ("web", name("web"), None),
            ("web.shop:80", name("web.shop"), number(80)),
            ("web:http", name("web"), Some(AskedPort::Name("http".into()))),
            ("db-0.db.data.svc", name("db-0.db.data.svc"), None),
            ("10.244.1.7:8080", Asked::Address("10.244.1.7".parse().unwrap()), number(8080)),
            ("[fd00::1]:80", Asked::Address("fd00::1".parse().unwrap()), number(80)),
            ("fd00::1", Asked::Address("fd00::1".parse().unwrap()), None),
            ("http://web.shop/cart?x=1", name("web.shop"), number(80)),
            ("https://user@web.shop:8443/", name("web.shop"), number(8443)),
            ("web.shop.svc.cluster.local.", name("web.shop.svc.cluster.local."), None),
        ];
        for (text, asked, port) in cases {
            let question = ask(text);
            assert_eq!((question.asked, question.port), (asked, port), "{text}");
        }
        assert_eq!(ask("dns:53/udp").protocol, Protocol::Udp);
        assert_eq!(ask("_http._tcp.web").wanted, Wanted::Srv);
        assert_eq!(ask("_web").wanted, Wanted::Any);
    }

    #[test]
    fn what_is_no_question_is_said() {
        let cases = [
            ("", BadQuestion::Empty),
            (":80", BadQuestion::Empty),
            ("web:", BadQuestion::Port(String::new())),
            ("web:0", BadQuestion::Port("0".into())),
            ("web:70000", BadQuestion::Port("70000".into())),
            ("web:80/quic", BadQuestion::Protocol("quic".into())),
        ];
        for (text, expected) in cases {
            assert_eq!(Question::parse(text, Client::Outside), Err(expected), "{text}");
        }
        assert!(ask("web").wanting(Wanted::Ptr).is_err());
        assert!(ask("10.0.0.1").wanting(Wanted::Ptr).is_ok());
    }
}
