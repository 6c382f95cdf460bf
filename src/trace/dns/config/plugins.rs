//! Which plugins there are, in the order in which they are asked, whatever the order of the file (R2.4).

/// What a plugin that is not modelled can do to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It takes no part in answers: a block with nothing else refuses.
    None,
    /// Answers pass it unchanged, as far as names and records go.
    Passes,
    /// It may answer itself or change answers, for names within the zones that its arguments give.
    May(Zones),
}

/// Where the zones of a plugin stand among its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zones {
    /// From this argument on; none there means those of the block.
    From(usize),
    /// All but the last argument.
    ButLast,
    /// The first only.
    First,
    /// It knows its zones itself.
    Fixed(&'static [&'static str]),
    /// Everything that comes to it.
    All,
}

use Effect::{May, None, Passes};

/// What `local` answers.
const LOCAL: &[&str] = &["localhost", "0.in-addr.arpa", "127.in-addr.arpa", "255.in-addr.arpa", "ip6.arpa"];

/// The plugins of CoreDNS 1.15.0 in order, and what those that are not modelled can do.
pub(super) const ORDER: &[(&str, Effect)] = &[
    ("root", None),
    ("metadata", Passes),
    ("geoip", Passes),
    ("cancel", Passes),
    ("proxyproto", None),
    ("quic", None),
    ("grpc_server", None),
    ("https", None),
    ("https3", None),
    ("timeouts", None),
    ("multisocket", None),
    ("reload", None),
    ("nsid", Passes),
    ("bufsize", Passes),
    ("bind", None),
    ("debug", None),
    ("trace", Passes),
    ("ready", None),
    ("health", None),
    ("pprof", None),
    ("shed", Passes),
    ("prometheus", Passes),
    ("errors", Passes),
    ("log", Passes),
    ("dnstap", Passes),
    ("local", May(Zones::Fixed(LOCAL))),
    ("dns64", May(Zones::All)),
    ("siit", May(Zones::All)),
    ("any", Passes),
    ("chaos", Passes),
    ("loadbalance", Passes),
    ("tsig", Passes),
    ("rewrite", May(Zones::All)),
    ("autopath", May(Zones::ButLast)),
    ("acl", May(Zones::From(0))),
    ("cache", Passes),
    ("header", Passes),
    ("dnssec", Passes),
    ("tls", None),
    ("minimal", Passes),
    ("template", May(Zones::From(2))),
    ("transfer", Passes),
    ("dynupdate", May(Zones::From(0))),
    ("hosts", May(Zones::From(1))),
    ("route53", May(Zones::All)),
    ("azure", May(Zones::All)),
    ("clouddns", May(Zones::All)),
    ("k8s_external", May(Zones::From(0))),
    ("kubernetes", May(Zones::From(0))),
    ("file", May(Zones::From(1))),
    ("auto", May(Zones::From(0))),
    ("secondary", May(Zones::From(0))),
    ("etcd", May(Zones::From(0))),
    ("loop", Passes),
    ("forward", May(Zones::First)),
    ("grpc", May(Zones::First)),
    ("erratic", May(Zones::From(0))),
    ("whoami", May(Zones::All)),
    ("on", None),
    ("sign", None),
    ("view", None),
    ("nomad", May(Zones::From(0))),
];

/// A plugin's place among the others and what it can do; `None` where CoreDNS as released has no such plugin.
pub(super) fn place(name: &str) -> Option<(usize, Effect)> {
    let at = ORDER.iter().position(|(known, _)| *known == name)?;
    Some((at, ORDER[at].1))
}
