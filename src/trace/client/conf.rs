//! A resolv.conf: what it says, and what of it cannot be seen from the API.

use std::net::{IpAddr, Ipv4Addr};

use super::{Cut, Library};
use crate::model::{Addresses, Text};

/// A resolv.conf, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvConf {
    /// `nameserver` lines in order, as written.
    pub servers: Vec<Text>,
    /// The entries of the `search` line in order, trailing dots included.
    pub searches: Vec<Text>,
    /// The entries of the `options` line, for example `ndots:5`. The kubelet writes them in any order.
    pub options: Vec<Text>,
    /// What stands in a file on the node that the API does not show.
    pub unseen: Option<Unseen>,
    /// What the kubelet left out.
    pub cut: Cut,
    /// The kubelet has no cluster DNS address and gave the pod the node's file (event `MissingClusterDNS`).
    pub no_cluster_dns: bool,
    /// The domain that glibc and Go search in where there is no `search` line.
    pub host_domain: HostDomain,
}

/// Which parts of a resolv.conf come from a file on the node, and are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// Which file.
    pub file: NodeFile,
    /// Its servers stand before this one.
    pub servers: Option<usize>,
    /// Its search domains stand before this one.
    pub searches: Option<usize>,
    /// Its options hold where the pod does not set the same one.
    pub options: bool,
}

/// A file on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeFile {
    /// The one that the kubelet's `resolvConf` names.
    ResolvConf,
    /// `/etc/resolv.conf`, which the runtime copies into a pod whose own file would be empty (R1.3).
    Etc,
}

/// The domain part of the name that the kernel of the pod's sandbox has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HostDomain {
    /// Its name has no dot.
    #[default]
    None,
    /// What follows the first dot.
    Known(Text),
    /// A pod on the host network has the node's name, which the API does not show.
    Node,
}

/// A node's file that no pod can be started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadNodeFile {
    /// A `nameserver` without an address.
    NoAddress {
        /// Its line, counted from 1.
        line: usize,
    },
}

impl ResolvConf {
    /// Reads a file as the C libraries do: entries stay as they are.
    pub fn read(text: &str) -> Self {
        let mut conf = Self::default();
        for line in text.split('\n') {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => conf.servers.extend(words.next().map(Text::from)),
                Some("search") => conf.searches = words.map(Text::from).collect(),
                Some("domain") => conf.searches = words.next().map(Text::from).into_iter().collect(),
                Some("options") => words.for_each(|option| set(&mut conf.options, option)),
                Some(_) | None => {}
            }
        }
        conf
    }

    /// Reads a node's file as the kubelet does (`parseResolvConf`): servers add up, of several search lines the last
    /// one counts, each entry loses one trailing dot and a lone dot is dropped, of an option given twice the last
    /// one counts.
    pub fn of_node(text: &str) -> Result<Self, BadNodeFile> {
        let mut conf = Self::default();
        for (at, line) in text.split('\n').enumerate() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    let server = words.next().ok_or(BadNodeFile::NoAddress { line: at + 1 })?;
                    conf.servers.push(server.into());
                }
                Some("search") => {
                    let entries = words.filter(|entry| *entry != ".");
                    conf.searches = entries.map(|entry| entry.strip_suffix('.').unwrap_or(entry).into()).collect();
                }
                Some("options") => words.for_each(|option| set(&mut conf.options, option)),
                Some(_) | None => {}
            }
        }
        Ok(conf)
    }

    /// The addresses that are asked, in order, at most three: the local machine where none is given. `None` stands for
    /// a text that is no address.
    ///
    /// More may stand in a file that is not seen.
    pub fn nameservers(&self) -> Vec<Option<IpAddr>> {
        if self.servers.is_empty() && self.unseen.as_ref().is_none_or(|unseen| unseen.servers.is_none()) {
            return vec![Some(IpAddr::V4(Ipv4Addr::LOCALHOST))];
        }
        self.servers.iter().take(3).map(|server| Addresses::parse_one(server)).collect()
    }

    /// The number after `ndots:`, at most 15; 1 where nothing says otherwise, `None` where only the node's file says.
    pub fn ndots(&self, library: Library) -> Option<usize> {
        match self.number("ndots", library) {
            Some(ndots) => Some(ndots.min(15)),
            None if self.unseen_option("ndots") => None,
            None => Some(1),
        }
    }

    /// The number after `attempts:`, else the 2 of all libraries (R1.13).
    pub(super) fn attempts(&self, library: Library) -> usize {
        self.number("attempts", library).unwrap_or(2).max(1)
    }

    /// The value of an option. Where no number follows, glibc and Go read 0 and musl reads on.
    fn number(&self, name: &str, library: Library) -> Option<usize> {
        let values = self.options.iter().filter_map(|option| option.strip_prefix(name)?.strip_prefix(':'));
        let mut numbers = values.filter_map(|value| {
            let digits = value.bytes().take_while(u8::is_ascii_digit).count();
            match (value[..digits].is_empty(), library) {
                (false, _) => Some(value[..digits].parse().unwrap_or(usize::MAX)),
                (true, Library::Musl) => None,
                (true, Library::Glibc | Library::Go) => Some(0),
            }
        });
        numbers.next_back()
    }

    fn unseen_option(&self, name: &str) -> bool {
        let said = self.options.iter().any(|option| option_name(option) == name);
        !said && self.unseen.as_ref().is_some_and(|unseen| unseen.options)
    }

    /// How long the `search` line is, in characters; 0 without one.
    pub fn search_line(&self) -> usize {
        let entries = self.searches.iter().map(|entry| entry.len() + 1).sum::<usize>();
        if entries == 0 { 0 } else { "search".len() + entries }
    }
}

/// What an option is called.
fn option_name(option: &str) -> &str {
    option.split_once(':').map_or(option, |(name, _)| name)
}

/// Replaces the option of the same name, or adds it.
fn set(options: &mut Vec<Text>, option: &str) {
    match options.iter_mut().find(|known| option_name(known) == option_name(option)) {
        Some(known) => *known = option.into(),
        None => options.push(option.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[Text]) -> Vec<&str> {
        texts.iter().map(|text| &**text).collect()
    }

    #[test]
    fn the_kubelet_reads_a_nodes_file_line_by_line() {
        type Lists = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);
        let cases: &[(&str, Lists)] = &[
            ("", (&[], &[], &[])),
            (" \n\n", (&[], &[], &[])),
            ("# nameserver 1.2.3.4", (&[], &[], &[])),
            ("  # search a\n;search b", (&[], &[], &[])),
            ("nameserver 1.2.3.4", (&["1.2.3.4"], &[], &[])),
            (" \tnameserver\t1.2.3.4 rest", (&["1.2.3.4"], &[], &[])),
            (
                "nameserver 1.2.3.4\nnameserver 5.6.7.8\nnameserver 1.2.3.4",
                (&["1.2.3.4", "5.6.7.8", "1.2.3.4"], &[], &[]),
            ),
            ("nameserver\u{a0}x", (&["x"], &[], &[])),
            ("Nameserver 1.2.3.4", (&[], &[], &[])),
            ("search foo", (&[], &["foo"], &[])),
            ("search foo bar bat.com", (&[], &["foo", "bar", "bat.com"], &[])),
            ("search foo\nsearch bar", (&[], &["bar"], &[])),
            ("search foo\nsearch", (&[], &[], &[])),
            ("search foo. bar.. . ..", (&[], &["foo", "bar.", "."], &[])),
            ("searching foo", (&[], &[], &[])),
            ("domain foo", (&[], &[], &[])),
            ("options ndots:5 attempts:2", (&[], &[], &["ndots:5", "attempts:2"])),
            ("options ndots:1 ndots:3", (&[], &[], &["ndots:3"])),
            ("options ndots:1 rotate\noptions ndots:3 edns0", (&[], &[], &["ndots:3", "rotate", "edns0"])),
            ("options ndots ndots:", (&[], &[], &["ndots:"])),
            ("nameserver 1.2.3.4\nsearch foo\noptions rotate\n", (&["1.2.3.4"], &["foo"], &["rotate"])),
        ];
        for (text, (servers, searches, options)) in cases {
            let conf = ResolvConf::of_node(text).unwrap();
            assert_eq!(texts(&conf.servers), *servers, "{text:?}");
            assert_eq!(texts(&conf.searches), *searches, "{text:?}");
            assert_eq!(texts(&conf.options), *options, "{text:?}");
        }
    }

    #[test]
    fn a_nameserver_without_an_address_stops_the_kubelet() {
        assert_eq!(ResolvConf::of_node("search a\nnameserver \n"), Err(BadNodeFile::NoAddress { line: 2 }));
        assert!(ResolvConf::read("nameserver \n").servers.is_empty());
    }

    #[test]
    fn a_library_reads_entries_as_they_stand() {
        let conf = ResolvConf::read("domain x\nsearch a.b. . c\noptions ndots:2\noptions ndots:3");
        assert_eq!(texts(&conf.searches), ["a.b.", ".", "c"]);
        assert_eq!(texts(&conf.options), ["ndots:3"]);
        assert_eq!(texts(&ResolvConf::read("search a\ndomain b c").searches), ["b"]);
        assert_eq!(conf.search_line(), "search a.b. . c".len());
        assert_eq!(ResolvConf::default().search_line(), 0);
    }

    #[test]
    fn ndots_is_one_unless_said_and_fifteen_at_most() {
        use Library::{Glibc, Go, Musl};
        let cases = [
            ("", [1, 1, 1]),
            ("options ndots:0", [0, 0, 0]),
            ("options ndots:5", [5, 5, 5]),
            ("options ndots:15", [15, 15, 15]),
            ("options ndots:16", [15, 15, 15]),
            ("options ndots:99999999999999999999999", [15, 15, 15]),
            ("options ndots:3x", [3, 3, 3]),
            ("options ndots", [1, 1, 1]),
            ("options ndots:", [0, 1, 0]),
            ("options ndots:x", [0, 1, 0]),
            ("options ndotsx:4", [1, 1, 1]),
        ];
        for (text, expected) in cases {
            let conf = ResolvConf::read(text);
            assert_eq!([Glibc, Musl, Go].map(|library| conf.ndots(library)), expected.map(Some), "{text}");
        }
    }

    #[test]
    fn an_option_that_only_the_node_may_set_is_not_guessed() {
        let unseen = Unseen { file: NodeFile::ResolvConf, servers: None, searches: None, options: true };
        let mut conf = ResolvConf { unseen: Some(unseen), ..ResolvConf::default() };
        assert_eq!(conf.ndots(Library::Glibc), None);
        conf.options = vec!["ndots".into()];
        assert_eq!(conf.ndots(Library::Glibc), Some(1));
        conf.options = vec!["ndots:4".into()];
        assert_eq!(conf.ndots(Library::Glibc), Some(4));
    }

    #[test]
    fn three_servers_are_asked_and_the_local_machine_where_there_is_none() {
        let conf = ResolvConf::read("nameserver 1.1.1.1\nnameserver x\nnameserver fd00::1\nnameserver 4.4.4.4");
        let parsed = |text: &str| Some(text.parse().unwrap());
        assert_eq!(conf.nameservers(), [parsed("1.1.1.1"), None, parsed("fd00::1")]);
        assert_eq!(ResolvConf::default().nameservers(), [parsed("127.0.0.1")]);
        let unseen = Unseen { file: NodeFile::Etc, servers: Some(0), searches: Some(0), options: true };
        assert_eq!(ResolvConf { unseen: Some(unseen), ..ResolvConf::default() }.nameservers(), []);
    }
}
