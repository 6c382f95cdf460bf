//! What `rewrite` does: the name that is asked instead, and the way back in the answer (R2.4).

use super::config::{NameMatch, RewriteRule};
use super::reply::Doubt;
use super::{Name, Record, RecordData};
use crate::model::Text;

/// How names in an answer are turned back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TurnBack {
    /// The name itself, and names below it.
    Name {
        /// As it was asked.
        from: Name,
        /// As the client knows it.
        to: Name,
    },
    /// The end of a name's text.
    Suffix {
        /// As it was asked.
        from: Text,
        /// As the client knows it.
        to: Text,
    },
}

/// Applies rules in order to a name. What is not modelled is a doubt.
///
/// # Errors
/// Where a rule makes something that is no name.
pub(super) fn rewrite(
    rules: &[RewriteRule],
    name: &Name,
    back: &mut Vec<TurnBack>,
    doubts: &mut Vec<Doubt>,
) -> Result<Name, ()> {
    let mut asked = name.clone();
    for rule in rules {
        let rule = match rule {
            RewriteRule::Rename(rule) => rule,
            RewriteRule::Opaque(kind) => {
                doubts.push(Doubt::Rewrite(kind.clone()));
                continue;
            }
        };
        let Some(changed) = rule.apply(asked.as_str()) else { continue };
        let changed = Name::new(&changed).map_err(|_| ())?;
        if rule.turn_back {
            back.push(match rule.matching {
                NameMatch::Suffix => TurnBack::Suffix { from: rule.to.clone(), to: rule.from.clone() },
                NameMatch::Exact | NameMatch::Prefix | NameMatch::Substring => {
                    TurnBack::Name { from: changed.clone(), to: asked }
                }
            });
        }
        asked = changed;
        if !rule.continues {
            break;
        }
    }
    Ok(asked)
}

impl TurnBack {
    /// Turns the names of a record back.
    pub(super) fn record(&self, record: &mut Record) {
        record.owner = self.name(&record.owner);
        match &mut record.data {
            RecordData::Cname(name) | RecordData::Ptr(name) | RecordData::Ns(name) => *name = self.name(name),
            RecordData::Srv { target, .. } => *target = self.name(target),
            RecordData::A(_) | RecordData::Aaaa(_) | RecordData::Txt(_) | RecordData::Soa { .. } => {}
        }
    }

    fn name(&self, name: &Name) -> Name {
        let turned = match self {
            Self::Name { from, to } => match name.below(from) {
                Some("") => Ok(to.clone()),
                Some(left) => to.child(left),
                None => return name.clone(),
            },
            Self::Suffix { from, to } => match name.as_str().strip_suffix(from.as_str()) {
                Some(left) => Name::new(&format!("{left}{to}")),
                None => return name.clone(),
            },
        };
        turned.unwrap_or_else(|_| name.clone())
    }
}
