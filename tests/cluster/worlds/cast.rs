//! The names that worlds are made of: ordinary ones, and those that a parser may trip over.

use super::Dice;
use crate::harness::options::version;

const NAMESPACES: [&str; 8] = ["shop", "data", "svc", "pod", "9", "x-y", "dns", "a"];

const SERVICES: [&str; 26] = [
    "web",
    "web2",
    "api",
    "db",
    "cache",
    "svc",
    "pod",
    "a",
    "h0",
    "9lives",
    "0",
    "1-2-3-4",
    "10-244-0-5",
    "tcp",
    "udp",
    "http",
    "ns",
    "dns",
    "any",
    "dns-version",
    "xn--caf-dma",
    "kubernetes",
    "cluster",
    "local",
    "fd00--1",
    "a-name-of-sixty-three-characters-is-the-longest-there-can-be-xy",
];

/// Labels by which Services select pods.
pub(super) const APPS: [&str; 7] = ["red", "green", "blue", "grey", "pink", "none", "lone"];

/// Names of ports of pods, Services and slices.
pub(super) const PORTS: [&str; 6] = ["http", "https", "dns", "metrics", "a", "grpc-web"];

pub(super) const PROTOCOLS: [&str; 6] = ["TCP", "TCP", "TCP", "TCP", "UDP", "SCTP"];

/// Three namespaces, one of them as ordinary as can be.
pub(super) fn namespaces(dice: &mut Dice) -> Vec<String> {
    let mut names = vec![NAMESPACES[0].to_owned()];
    names.extend(dice.some(&NAMESPACES[1..], 3).into_iter().map(str::to_owned));
    names
}

/// Names of Services, each once. Until 1.34 they had to begin with a letter.
pub(super) fn services(dice: &mut Dice, count: usize) -> Vec<String> {
    let strict = ["1.33", "1.34"].contains(&version().as_str());
    let lettered = |name: &String| name.starts_with(|first: char| first.is_ascii_alphabetic());
    let names = dice.some(&SERVICES, count).into_iter().map(str::to_owned);
    let mut names: Vec<String> = names.filter(|name| !strict || lettered(name)).collect();
    while names.len() < count {
        names.push(format!("s{}", names.len()));
    }
    names
}
