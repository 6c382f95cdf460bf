//! The `hosts` plugin: addresses by name from a file and from lines of the Corefile (R2.4).

use std::net::IpAddr;

use super::{bad, count, fallthrough, fault, number, open, unknown, zones_or};
use crate::model::Text;
use crate::trace::dns::Name;
use crate::trace::dns::corefile::{CorefileError, Directive, Fault, Surroundings};
use crate::trace::dns::name::address;

/// Where a field of a hosts file is cut off.
const LONGEST_FIELD: usize = 1024;

/// One address and its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLine {
    /// The address.
    pub address: IpAddr,
    /// Its names; `*.x` stands for one label more.
    pub names: Vec<Name>,
}

/// The file beside the inline lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostsFile {
    /// `/etc/hosts` of the CoreDNS pod, which the kubelet writes (R1.6).
    OfThePod,
    /// A file that is at hand.
    Read(Vec<HostLine>),
    /// A file that is not.
    Unseen(Text),
}

/// One `hosts` plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// Names outside of these are not listed and not answered, PTR aside.
    pub zones: Vec<Name>,
    /// The file.
    pub file: HostsFile,
    /// The lines in the Corefile.
    pub inline: Vec<HostLine>,
    /// `ttl`, in seconds.
    pub ttl: u32,
    /// Not `no_reverse`.
    pub reverse: bool,
    /// Zones whose unlisted names the next plugin is asked for.
    pub fallthrough: Vec<Name>,
    /// `fallthrough_unsupported`: so are other types of listed ones.
    pub pass_other_types: bool,
}

/// The lines of a hosts file: an address, then names; `#` begins a comment.
pub(in crate::trace::dns) fn lines(text: &str) -> Vec<HostLine> {
    text.lines()
        .filter_map(|line| host_line(line.split('#').next().unwrap_or_default().split_ascii_whitespace()))
        .collect()
}

fn host_line<'a>(mut fields: impl Iterator<Item = &'a str>) -> Option<HostLine> {
    let first = fields.next()?;
    let address = address(first.split('%').next().unwrap_or(first))?;
    let names = fields.filter(|field| field.len() <= LONGEST_FIELD).filter_map(|field| Name::new(field).ok()).collect();
    Some(HostLine { address, names })
}

pub(super) fn read(directive: &Directive, block: &[Name], around: &Surroundings) -> Result<Hosts, CorefileError> {
    let name = &directive.name;
    let (file, zones) = match directive.args.as_slice() {
        [] => (HostsFile::OfThePod, &[][..]),
        [path, zones @ ..] if path.text == "/etc/hosts" => (HostsFile::OfThePod, zones),
        [path, zones @ ..] => (
            around.file(&path.text).map_or(HostsFile::Unseen(path.text.clone()), |text| HostsFile::Read(lines(text))),
            zones,
        ),
    };
    let mut hosts = Hosts {
        zones: zones_or(zones, block),
        file,
        inline: Vec::new(),
        ttl: 3600,
        reverse: true,
        fallthrough: Vec::new(),
        pass_other_types: false,
    };
    for line in &directive.body {
        let [property, args @ ..] = line.as_slice() else { continue };
        match property.text.as_str() {
            "fallthrough" => hosts.fallthrough = fallthrough(args),
            "fallthrough_unsupported" if args.is_empty() => hosts.pass_other_types = true,
            "fallthrough_unsupported" => return count(property),
            "no_reverse" => hosts.reverse = false,
            "ttl" => match args {
                [] => return count(property),
                [ttl, ..] if open(ttl) => {}
                [ttl, ..] => hosts.ttl = number(property, ttl, 1..=65_535)?,
            },
            "reload" => {
                let [duration] = args else { return count(property) };
                if !open(duration) && super::cache::seconds(&duration.text).is_none() {
                    return bad(property, duration);
                }
            }
            // Lines after `fallthrough` are no lines any more.
            _ if !hosts.fallthrough.is_empty() => return unknown(name, property),
            _ => hosts.inline.extend(host_line(line.iter().map(|token| token.text.as_str()))),
        }
    }
    if hosts.pass_other_types && hosts.fallthrough.is_empty() {
        return fault(name, Fault::Needs("fallthrough_unsupported", "fallthrough"));
    }
    Ok(hosts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_address_and_its_names() {
        let long = "x".repeat(1025);
        let text = format!("10.0.0.1 a.example B # c\n\nnonsense d\nfd00::1%eth0\te {long} f\n::ffff:10.0.0.2 g\n");
        let read: Vec<String> = lines(&text).iter().map(|line| format!("{} {:?}", line.address, line.names)).collect();
        assert_eq!(read, ["10.0.0.1 [\"a.example.\", \"b.\"]", "fd00::1 [\"e.\", \"f.\"]", "10.0.0.2 [\"g.\"]"]);
    }
}
