//! The resolvers that programs are linked with, what they ask and what they hear.

use std::fmt;
use std::net::IpAddr;

/// A resolver. Which one a pod's program uses does not show in the API (R1.10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Library {
    /// GNU libc, from 2.26: Debian, Ubuntu, Red Hat and most others.
    #[default]
    Glibc,
    /// musl, from 1.2.4: Alpine from 3.18.
    Musl,
    /// Go's own, in programs built without cgo.
    Go,
}

impl Library {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Glibc, Self::Musl, Self::Go];
}

impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
            Self::Go => "go",
        })
    }
}

/// The type of one DNS query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Ports and names.
    Srv,
    /// The name of an address.
    Ptr,
}

/// What a program wants to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// Addresses of both families: `getaddrinfo` with `AF_UNSPEC`.
    #[default]
    Any,
    /// IPv4 addresses only.
    V4,
    /// IPv6 addresses only.
    V6,
    /// SRV records.
    Srv,
    /// PTR records.
    Ptr,
}

impl Wanted {
    /// The queries sent for each candidate name, in order.
    pub fn queries(self) -> &'static [Query] {
        match self {
            Self::Any => &[Query::A, Query::Aaaa],
            Self::V4 => &[Query::A],
            Self::V6 => &[Query::Aaaa],
            Self::Srv => &[Query::Srv],
            Self::Ptr => &[Query::Ptr],
        }
    }

    /// A single query of its own, not a search for addresses.
    pub(super) fn is_record(self) -> bool {
        match self {
            Self::Any | Self::V4 | Self::V6 => false,
            Self::Srv | Self::Ptr => true,
        }
    }
}

/// What a resolver makes of the reply to one query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Addresses of the family asked for, perhaps behind an alias.
    Addresses(Vec<IpAddr>),
    /// Records of another type that was asked for.
    Records,
    /// An alias and nothing that it leads to.
    Alias,
    /// The name exists without records of this type.
    NoData,
    /// The name does not exist.
    NxDomain,
    /// The server failed.
    ServFail,
    /// REFUSED, NOTIMP, FORMERR: a server that does not want to answer.
    Refused,
    /// Nothing came.
    Timeout,
    /// It cannot be told from the API, for example because the query is forwarded out of the cluster.
    Unknown,
}

impl Reply {
    /// glibc and musl take it for none.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self, Self::ServFail | Self::Refused | Self::Timeout)
    }
}

/// How a lookup fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// There is no such name: `EAI_NONAME`, in Go "no such host".
    NoName,
    /// The name has no addresses: `EAI_NODATA`.
    NoData,
    /// Try again: `EAI_AGAIN`, in Go a temporary error.
    Again,
    /// It will not get better: `EAI_FAIL`, in Go "server misbehaving".
    Fail,
}
