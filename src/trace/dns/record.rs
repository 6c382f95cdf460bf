//! Questions and records.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::Name;
use crate::model::{Family, Text};

/// What is asked of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueryType {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Ports and the names behind them.
    Srv,
    /// The names of an address.
    Ptr,
    /// What the name is an alias of.
    Cname,
    /// Text.
    Txt,
    /// Name servers.
    Ns,
    /// The zone's head.
    Soa,
    /// Mail servers: none in a cluster.
    Mx,
    /// A copy of the zone (AXFR, IXFR).
    Transfer,
    /// Any other type (HTTPS, CAA, …), of which a cluster has no record.
    Other,
}

impl QueryType {
    /// Reads the usual spelling; what is not known is [`QueryType::Other`].
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "A" => Self::A,
            "AAAA" => Self::Aaaa,
            "SRV" => Self::Srv,
            "PTR" => Self::Ptr,
            "CNAME" => Self::Cname,
            "TXT" => Self::Txt,
            "NS" => Self::Ns,
            "SOA" => Self::Soa,
            "MX" => Self::Mx,
            "AXFR" | "IXFR" => Self::Transfer,
            _ => Self::Other,
        }
    }

    /// The family whose addresses it asks for.
    pub fn family(self) -> Option<Family> {
        match self {
            Self::A => Some(Family::V4),
            Self::Aaaa => Some(Family::V6),
            Self::Srv
            | Self::Ptr
            | Self::Cname
            | Self::Txt
            | Self::Ns
            | Self::Soa
            | Self::Mx
            | Self::Transfer
            | Self::Other => None,
        }
    }
}

impl fmt::Display for QueryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Srv => "SRV",
            Self::Ptr => "PTR",
            Self::Cname => "CNAME",
            Self::Txt => "TXT",
            Self::Ns => "NS",
            Self::Soa => "SOA",
            Self::Mx => "MX",
            Self::Transfer => "AXFR",
            Self::Other => "other",
        })
    }
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// Of which name.
    pub name: Name,
    /// Of which type.
    pub kind: QueryType,
}

impl Question {
    /// A question.
    pub fn new(name: Name, kind: QueryType) -> Self {
        Self { name, kind }
    }
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordData {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// The name is an alias of this one.
    Cname(Name),
    /// Priority is always 0 (§2.5).
    Srv {
        /// 100 divided by the number of entries, at least 1.
        weight: u16,
        /// The Service's port, or the endpoint's.
        port: u16,
        /// Whose address to ask for.
        target: Name,
    },
    /// A name of the address.
    Ptr(Name),
    /// Text.
    Txt(Text),
    /// A name server.
    Ns(Name),
    /// The head of a zone; serial and mailbox are left out.
    Soa {
        /// The primary name server.
        server: Name,
        /// Seconds that "no such name" may be kept.
        minimum: u32,
    },
}

impl RecordData {
    /// The type whose record it is.
    pub fn kind(&self) -> QueryType {
        match self {
            Self::A(_) => QueryType::A,
            Self::Aaaa(_) => QueryType::Aaaa,
            Self::Cname(_) => QueryType::Cname,
            Self::Srv { .. } => QueryType::Srv,
            Self::Ptr(_) => QueryType::Ptr,
            Self::Txt(_) => QueryType::Txt,
            Self::Ns(_) => QueryType::Ns,
            Self::Soa { .. } => QueryType::Soa,
        }
    }
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Record {
    /// Whose record it is.
    pub owner: Name,
    /// What it says.
    pub data: RecordData,
    /// Seconds it may be kept.
    pub ttl: u32,
}

impl fmt::Display for Record {
    /// Owner, type and data as in a zone file, without TTL and class.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.owner, self.data.kind(), self.data)
    }
}

impl fmt::Display for RecordData {
    /// As in a zone file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => write!(f, "{address}"),
            Self::Aaaa(address) => write!(f, "{address}"),
            Self::Cname(name) | Self::Ptr(name) | Self::Ns(name) => write!(f, "{name}"),
            Self::Srv { weight, port, target } => write!(f, "0 {weight} {port} {target}"),
            Self::Txt(text) => write!(f, "{:?}", text.as_str()),
            Self::Soa { server, minimum } => write!(f, "{server} {minimum}"),
        }
    }
}
