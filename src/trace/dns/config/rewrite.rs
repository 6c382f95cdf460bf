//! The `rewrite` plugin: names that are asked under another name (R2.4). What else it can do is opaque.

use super::{bad, count};
use crate::model::Text;
use crate::trace::dns::corefile::{CorefileError, Directive, Token};

/// How a name is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameMatch {
    /// The whole name.
    Exact,
    /// The start of its text.
    Prefix,
    /// The end of its text, wherever labels begin.
    Suffix,
    /// Anywhere, and everywhere.
    Substring,
}

/// `rewrite [continue] name exact|prefix|suffix|substring FROM TO [answer auto]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenameRule {
    /// How a name is recognised.
    pub matching: NameMatch,
    /// What is replaced, in lower case with a last dot.
    pub from: Text,
    /// By what.
    pub to: Text,
    /// Names in the answer are turned back.
    pub turn_back: bool,
    /// The rules after this one are tried too.
    pub continues: bool,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RewriteRule {
    /// A change of the name that is asked.
    Rename(RenameRule),
    /// Anything else; it may change this answer.
    Opaque(Text),
}

pub(super) fn read(directive: &Directive) -> Result<RewriteRule, CorefileError> {
    let mut words: Vec<&Token> = directive.args.iter().collect();
    if words.len() < 2 {
        // As CoreDNS: the rule may stand in the braces.
        words.extend(directive.body.iter().flatten());
    }
    let lower = |at: usize| words.get(at).map(|word| word.text.to_ascii_lowercase());
    let (continues, at) = match lower(0).as_deref() {
        Some("continue") => (true, 1),
        Some("stop") => (false, 1),
        Some(_) => (false, 0),
        None => return count(&directive.name),
    };
    match lower(at).as_deref() {
        Some("name") => rename(&directive.name, &words[at + 1..], continues),
        Some(kind @ ("class" | "type" | "edns0" | "ttl" | "cname" | "rcode")) => Ok(RewriteRule::Opaque(kind.into())),
        Some(_) => bad(&directive.name, words[at]),
        None => count(&directive.name),
    }
}

fn rename(of: &Token, words: &[&Token], continues: bool) -> Result<RewriteRule, CorefileError> {
    let absolute = |word: &Token| {
        let text = word.text.to_ascii_lowercase();
        Text::from(if text.ends_with('.') { text } else { text + "." })
    };
    let (matching, from, to, rest) = match words {
        [from, to] => (NameMatch::Exact, from, to, &[][..]),
        [kind, from, to, rest @ ..] => match kind.text.to_ascii_lowercase().as_str() {
            "exact" => (NameMatch::Exact, from, to, rest),
            "prefix" => (NameMatch::Prefix, from, to, rest),
            "suffix" => (NameMatch::Suffix, from, to, rest),
            "substring" => (NameMatch::Substring, from, to, rest),
            "regex" => return Ok(RewriteRule::Opaque("name regex".into())),
            _ => return bad(of, kind),
        },
        _ => return count(of),
    };
    let turn_back = match rest {
        [] => matching == NameMatch::Exact,
        [answer, auto] if answer.text == "answer" && auto.text == "auto" => true,
        _ => return Ok(RewriteRule::Opaque("name answer".into())),
    };
    Ok(RewriteRule::Rename(RenameRule { matching, from: absolute(from), to: absolute(to), turn_back, continues }))
}

impl RenameRule {
    /// The name that is asked instead, where the rule fits.
    pub fn apply(&self, name: &str) -> Option<String> {
        let (from, to) = (self.from.as_str(), self.to.as_str());
        match self.matching {
            NameMatch::Exact => (name == from).then(|| to.to_owned()),
            NameMatch::Prefix => name.strip_prefix(from).map(|rest| format!("{to}{rest}")),
            NameMatch::Suffix => name.strip_suffix(from).map(|rest| format!("{rest}{to}")),
            NameMatch::Substring => name.contains(from).then(|| name.replace(from, to)),
        }
    }
}
