//! What a Corefile says, with types: server blocks and their plugins in the order in which they are asked (R2.4).
//!
//! `plugins` holds that order and which plugins matter at all; each modelled plugin has a file. To add one: its file,
//! its variant in [`Step`], and its word in `block`.

mod block;
mod cache;
mod forward;
mod hosts;
mod kubernetes;
mod plugins;
mod rewrite;
mod zone;

pub use block::{Block, Listen, Opaque, Step};
pub use cache::{Cache, Keeping};
pub use forward::Forward;
pub(super) use hosts::lines as host_lines;
pub use hosts::{HostLine, Hosts, HostsFile};
pub use kubernetes::{Kubernetes, PodMode};
pub use rewrite::{NameMatch, RenameRule, RewriteRule};

use super::Name;
use super::corefile::{Corefile, CorefileError, Fault, Surroundings, Token, Unresolved, parse};
use crate::model::Text;

/// A Corefile with types.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Its server blocks in the order of the file.
    pub blocks: Vec<Block>,
    /// What could not be put in place, and may change answers.
    pub unresolved: Vec<Unresolved>,
}

impl Config {
    /// Reads the text of a Corefile.
    ///
    /// # Errors
    /// Where CoreDNS would not start with it.
    pub fn read(text: &str, around: &Surroundings) -> Result<Self, CorefileError> {
        Self::of(&parse(text, around)?, around)
    }

    fn of(file: &Corefile, around: &Surroundings) -> Result<Self, CorefileError> {
        let blocks = file.blocks.iter().map(|block| block::read(block, around)).collect::<Result<Vec<_>, _>>()?;
        let mut seen = Vec::new();
        for (block, read) in file.blocks.iter().zip(&blocks) {
            for listen in &read.listens {
                // Blocks with a `view` may share a zone.
                if seen.contains(&listen) && !read.view {
                    return fault(&block.keys[0], Fault::ZoneTwice(listen.zone.as_str().into()));
                }
                seen.push(listen);
            }
        }
        Ok(Self { blocks, unresolved: file.unresolved.clone() })
    }

    /// What kubeadm writes, for clusters whose Corefile cannot be read.
    pub fn kubeadm(domain: &Name) -> Self {
        let text = KUBEADM.replace("DOMAIN", domain.as_str());
        Self::read(&text, &Surroundings::default()).unwrap_or(Self { blocks: Vec::new(), unresolved: Vec::new() })
    }

    /// The `kubernetes` plugins that pods reach.
    pub fn kubernetes(&self) -> impl Iterator<Item = &Kubernetes> {
        let reached = self.blocks.iter().filter(|block| block.listens.iter().any(Listen::plain));
        reached.flat_map(|block| &block.steps).filter_map(|step| match step {
            Step::Kubernetes(kubernetes) => Some(&**kubernetes),
            Step::Rewrite(_) | Step::Cache(_) | Step::Hosts(_) | Step::Forward(_) | Step::Opaque(_) => None,
        })
    }

    /// The cluster's domain as the Corefile has it: the first zone that is no reverse one (R1.5).
    pub fn domain(&self) -> Option<&Name> {
        let zones = self.kubernetes().flat_map(|kubernetes| &kubernetes.zones);
        zones.into_iter().find(|zone| !zone.as_str().ends_with(".arpa.") && zone.as_str() != ".")
    }
}

const KUBEADM: &str = "\
.:53 {
    errors
    health
    ready
    kubernetes DOMAIN in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30 {
        disable success DOMAIN
        disable denial DOMAIN
    }
    loop
    reload
    loadbalance
}
";

/// The longest of several zones that a name is in.
pub(super) fn longest<'a>(zones: &'a [Name], name: &Name) -> Option<&'a Name> {
    zones.iter().filter(|zone| name.within(zone)).max_by_key(|zone| zone.as_str().len())
}

fn fault<T>(at: &Token, fault: Fault) -> Result<T, CorefileError> {
    Err(CorefileError { at: at.at.clone(), fault })
}

/// A fault of a property or plugin that has the wrong number of arguments.
fn count<T>(of: &Token) -> Result<T, CorefileError> {
    fault(of, Fault::ArgumentCount { of: of.text.clone() })
}

/// A fault of an argument.
fn bad<T>(of: &Token, argument: &Token) -> Result<T, CorefileError> {
    fault(argument, Fault::BadArgument { of: of.text.clone(), argument: argument.text.clone() })
}

fn unknown<T>(plugin: &Token, property: &Token) -> Result<T, CorefileError> {
    fault(property, Fault::UnknownProperty { plugin: plugin.text.clone(), property: property.text.clone() })
}

/// Whether a word holds a variable that is not known: what it says is then left at the default.
fn open(token: &Token) -> bool {
    token.text.contains("{$") || token.text.contains("{%")
}

/// A number among the arguments of `of`.
fn number(of: &Token, argument: &Token, range: std::ops::RangeInclusive<i64>) -> Result<u32, CorefileError> {
    match argument.text.parse::<i64>() {
        Ok(number) if range.contains(&number) => Ok(u32::try_from(number).unwrap_or(u32::MAX)),
        Ok(_) | Err(_) => bad(of, argument),
    }
}

/// The zones that arguments name; what is no zone is left out, as CoreDNS does.
fn zones(arguments: &[Token]) -> Vec<Name> {
    arguments.iter().flat_map(|argument| zone::expand(&argument.text).unwrap_or_default()).collect()
}

/// The same, or the block's zones where there is no argument.
fn zones_or(arguments: &[Token], block: &[Name]) -> Vec<Name> {
    if arguments.is_empty() { block.to_vec() } else { zones(arguments) }
}

/// `fallthrough [ZONE…]`: without zones everything.
fn fallthrough(arguments: &[Token]) -> Vec<Name> {
    if arguments.is_empty() { vec![Name::root()] } else { zones(arguments) }
}

/// All the texts of some words.
fn texts(tokens: &[Token]) -> Vec<Text> {
    tokens.iter().map(|token| token.text.clone()).collect()
}
