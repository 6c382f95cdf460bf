//! The `cache` plugin: it gives every reply one TTL, and keeps some of them (§2.2).

use super::{bad, count, number, open, unknown, zones, zones_or};
use crate::trace::dns::Name;
use crate::trace::dns::corefile::{CorefileError, Directive};

/// Bounds for the TTL of one sort of reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// MINTTL
    pub least: u32,
    /// N; wins over `least`.
    pub most: u32,
    /// `disable`: zones of which nothing is kept. Their TTLs are clamped all the same.
    pub not: Vec<Name>,
}

impl Keeping {
    /// The TTL that leaves the server for the lowest TTL in a reply.
    pub fn clamp(&self, lowest: u32) -> u32 {
        lowest.max(self.least).min(self.most)
    }
}

/// One `cache` plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Where it works at all.
    pub zones: Vec<Name>,
    /// Replies with records.
    pub success: Keeping,
    /// NXDOMAIN and NODATA.
    pub denial: Keeping,
    /// Seconds that a SERVFAIL is kept; not in the zones under `disable denial`.
    pub servfail: u32,
}

pub(super) fn read(directive: &Directive, block: &[Name]) -> Result<Cache, CorefileError> {
    let name = &directive.name;
    let keeping = |most: u32| Keeping { least: 5, most, not: Vec::new() };
    let (mut success, mut denial, mut servfail) = (keeping(3600), keeping(1800), 5);
    let mut args = directive.args.as_slice();
    if let [first, rest @ ..] = args
        && (open(first) || first.text.parse::<i64>().is_ok())
    {
        if !open(first) {
            let most = number(name, first, 1..=i64::from(u32::MAX))?;
            (success.most, denial.most) = (most, most);
        }
        args = rest;
    }
    let own = zones_or(args, block);
    for line in &directive.body {
        let [property, args @ ..] = line.as_slice() else { continue };
        if args.iter().any(open) {
            continue;
        }
        match property.text.as_str() {
            which @ ("success" | "denial") => {
                let keeping = if which == "success" { &mut success } else { &mut denial };
                let [capacity, times @ ..] = args else { return count(property) };
                number(property, capacity, i64::MIN..=i64::MAX)?;
                if let [most, times @ ..] = times {
                    keeping.most = number(property, most, 1..=i64::from(u32::MAX))?;
                    if let [least, ..] = times {
                        keeping.least = number(property, least, 0..=i64::from(u32::MAX))?;
                    }
                }
            }
            "disable" => {
                let [which, named @ ..] = args else { return count(property) };
                let not = if named.is_empty() { vec![Name::root()] } else { zones(named) };
                match which.text.as_str() {
                    "success" => success.not = not,
                    "denial" => denial.not = not,
                    _ => return bad(property, which),
                }
            }
            "servfail" => {
                let [duration] = args else { return count(property) };
                let Some(seconds) = seconds(&duration.text) else { return bad(property, duration) };
                if seconds > 300 {
                    return bad(property, duration);
                }
                servfail = seconds;
            }
            "prefetch" | "serve_stale" | "serve_stale_policy" | "keepttl" => {}
            _ => return unknown(name, property),
        }
    }
    Ok(Cache { zones: own, success, denial, servfail })
}

/// Whole seconds of a duration as Go writes it: `5s`, `1m30s`, `0`, `1500ms`.
pub(super) fn seconds(text: &str) -> Option<u32> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text;
    let mut millis = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, factor) =
            [("ms", 1.0), ("us", 0.001), ("µs", 0.001), ("ns", 0.000_001), ("s", 1e3), ("m", 6e4), ("h", 3.6e6)]
                .into_iter()
                .find(|(unit, _)| rest.starts_with(unit))?;
        rest = &rest[unit.len()..];
        millis += number * factor;
    }
    let whole = std::time::Duration::try_from_secs_f64(millis / 1000.0).ok()?.as_secs();
    (!text.is_empty()).then_some(u32::try_from(whole).ok()?)
}
