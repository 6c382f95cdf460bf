//! Where a client stands: its resolv.conf, its /etc/hosts, and what its libc makes of a name (§1).
//!
//! Nothing here knows what a DNS server says: a lookup asks a closure. To add a C library: a variant of [`Library`],
//! its column in `plan` (which names, in which order) and its row in `pair` (when to stop).

mod amplification;
mod conf;
mod hosts;
mod kubelet;
mod library;
mod lookup;
mod name;
mod pair;
mod plan;
#[cfg(test)]
mod tests;

pub use amplification::{Amplification, Fix, amplification};
pub use conf::{BadNodeFile, HostDomain, NodeFile, ResolvConf, Unseen};
pub use hosts::{HostName, HostsAnswer, HostsEntry, HostsSource, NeverStarts, hostname_and_domain, hosts_lookup};
pub use kubelet::{Cut, CutSearch, DnsType, KubeletDns, SearchLimit, dns_type, resolv_conf};
pub use library::{Failure, Library, Query, Reply, Wanted};
pub use lookup::{Conclusion, Doubt, Lookup, Outcome, Step, Supposition, lookup};
pub use name::{BadName, Name};
pub use plan::{Candidate, Origin, Plan, Skip, candidates};
