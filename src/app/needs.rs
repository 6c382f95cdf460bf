//! What answers need beside what is always watched; asked for until the source has heard it.

use std::collections::BTreeSet;

use super::{Effect, Scope, State};
use crate::model::{Kind, Text};

/// What answers on the screen need. It stays over a change of context: the new source is asked for the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Kinds that are not always read.
    pub kinds: BTreeSet<Kind>,
    /// Namespaces that explain what is shown; nothing more where all are watched.
    pub namespaces: BTreeSet<Text>,
}

impl State {
    /// What is needed and has not been asked for.
    pub(super) fn ask(&self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let kinds: Vec<Kind> = self.needs.kinds.iter().copied().filter(|kind| !self.present().asked(*kind)).collect();
        if !kinds.is_empty() {
            effects.push(Effect::Need(kinds));
        }
        if self.session.scope != Scope::All && self.playback.is_none() {
            let watched = |namespace: &Text| self.present().watched().any(|(name, _)| name == namespace);
            let missing = self.needs.namespaces.iter().filter(|name| !self.session.scope.holds(name) && !watched(name));
            effects.extend(missing.cloned().map(Effect::Support));
        }
        effects
    }
}
