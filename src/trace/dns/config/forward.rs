//! The `forward` plugin: who is asked what the cluster does not know (R2.5).

use super::{count, texts, zones};
use crate::model::Text;
use crate::trace::dns::Name;
use crate::trace::dns::corefile::{CorefileError, Directive, Fault};

/// One `forward` plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// Names within go out …
    pub from: Name,
    /// … but for those within these.
    pub except: Vec<Name>,
    /// Addresses, names, or a `resolv.conf` on the node.
    pub to: Vec<Text>,
}

impl Forward {
    /// Whether it takes a question.
    pub fn takes(&self, name: &Name) -> bool {
        name.within(&self.from) && !self.except.iter().any(|except| name.within(except))
    }
}

pub(super) fn read(directive: &Directive) -> Result<Forward, CorefileError> {
    let [from, to @ ..] = directive.args.as_slice() else { return count(&directive.name) };
    if to.is_empty() {
        return count(&directive.name);
    }
    let Some(from) = zones(std::slice::from_ref(from)).into_iter().next() else {
        return super::fault(from, Fault::BadZone(from.text.clone()));
    };
    let mut except = Vec::new();
    for line in &directive.body {
        if let [property, args @ ..] = line.as_slice()
            && property.text == "except"
        {
            except.extend(zones(args));
        }
    }
    Ok(Forward { from, except, to: texts(to) })
}
