//! Lists over everything: help to read, contexts and namespaces to choose from.

use super::{Effect, Key, KeyCode, Scope, State};

/// A list over everything, to choose from or to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Keys, marks and words; how far it is scrolled.
    Help(u16),
    /// Contexts of the kubeconfig.
    Contexts(Choice),
    /// Namespaces.
    Namespaces(Choice),
}

/// A choice from a list, narrowed by typing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What was typed.
    pub typed: String,
    /// Which of the names that fit is chosen.
    pub at: usize,
    /// Names to take together, where several may be taken.
    pub marked: Vec<String>,
}

/// Lines of help that can be scrolled past, at most; `ui` stops at the last screenful.
const DEEPEST: u16 = 300;

impl Choice {
    /// The names that fit what was typed, best first; among equals in their own order.
    pub fn fitting<'a>(&self, names: &'a [String]) -> Vec<&'a str> {
        let mut fitting: Vec<(u32, &str)> =
            names.iter().filter_map(|name| Some((distance(name, &self.typed)?, name.as_str()))).collect();
        fitting.sort_by_key(|(distance, _)| *distance);
        fitting.into_iter().map(|(_, name)| name).collect()
    }

    fn step(&mut self, down: isize, names: &[String]) {
        let last = self.fitting(names).len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(down).min(last);
    }

    /// Marks the name under the cursor, or takes its mark away; what was typed has done its work.
    fn mark(&mut self, names: &[String]) {
        let Some(name) = self.fitting(names).get(self.at).map(|name| (*name).to_owned()) else { return };
        match self.marked.iter().position(|marked| *marked == name) {
            Some(at) => drop(self.marked.remove(at)),
            None => self.marked.push(name.clone()),
        }
        self.typed.clear();
        self.at = names.iter().position(|other| *other == name).unwrap_or(0);
    }

    /// Takes a key; the name, once one is chosen.
    fn key(&mut self, key: Key, names: &[String]) -> Option<String> {
        match (key.code, key.ctrl) {
            (KeyCode::Down, _) | (KeyCode::Char('n'), true) => self.step(1, names),
            (KeyCode::Tab, _) => self.step(if key.shift { -1 } else { 1 }, names),
            (KeyCode::Up, _) | (KeyCode::Char('p'), true) => self.step(-1, names),
            (KeyCode::PageDown, _) => self.step(10, names),
            (KeyCode::PageUp, _) => self.step(-10, names),
            (KeyCode::Home, _) => self.at = 0,
            (KeyCode::End, _) => self.step(isize::MAX, names),
            (KeyCode::Enter, _) => return self.fitting(names).get(self.at).map(|name| (*name).to_owned()),
            (KeyCode::Backspace, _) => {
                self.typed.pop();
                self.at = 0;
            }
            (KeyCode::Char('u'), true) => {
                self.typed.clear();
                self.at = 0;
            }
            (KeyCode::Char(character), false) => {
                self.typed.push(character);
                self.at = 0;
            }
            (KeyCode::Char(_) | KeyCode::Esc | KeyCode::Delete | KeyCode::Left | KeyCode::Right | KeyCode::F(_), _) => {
            }
        }
        None
    }
}

/// How far a name is from what was typed: 0 where it begins so, then by where it has it, then by the gaps between its
/// letters; `None` where the letters are not all there in order.
fn distance(name: &str, typed: &str) -> Option<u32> {
    let (name, typed) = (name.to_lowercase(), typed.to_lowercase());
    if let Some(at) = name.find(&typed) {
        return Some(u32::try_from(at).unwrap_or(999).min(999));
    }
    let mut letters = name.char_indices();
    let mut first = None;
    let mut last = 0;
    for wanted in typed.chars() {
        let (at, _) = letters.find(|(_, letter)| *letter == wanted)?;
        first.get_or_insert(at);
        last = at;
    }
    Some(1_000 + u32::try_from(last - first.unwrap_or(last)).unwrap_or(1_000))
}

impl State {
    pub(super) fn key_in_overlay(&mut self, key: Key) -> Vec<Effect> {
        if matches!((key.code, key.ctrl), (KeyCode::Esc, _) | (KeyCode::Char('c'), true)) {
            self.overlay = None;
            return Vec::new();
        }
        let (namespaces, contexts) = (self.scopes(), self.session.contexts.clone());
        match &mut self.overlay {
            None => {}
            Some(Overlay::Help(scroll)) => match key.code {
                KeyCode::Char('j') | KeyCode::Down => *scroll = scroll.saturating_add(1).min(DEEPEST),
                KeyCode::Char('k') | KeyCode::Up => *scroll = scroll.saturating_sub(1),
                KeyCode::PageDown | KeyCode::Char(' ') => *scroll = scroll.saturating_add(10).min(DEEPEST),
                KeyCode::PageUp => *scroll = scroll.saturating_sub(10),
                KeyCode::Home | KeyCode::Char('g') => *scroll = 0,
                KeyCode::End | KeyCode::Char('G') => *scroll = DEEPEST,
                KeyCode::Char(_)
                | KeyCode::Enter
                | KeyCode::Esc
                | KeyCode::Tab
                | KeyCode::Backspace
                | KeyCode::Delete
                | KeyCode::Left
                | KeyCode::Right
                | KeyCode::F(_) => self.overlay = None,
            },
            Some(Overlay::Contexts(choice)) => {
                if let Some(name) = choice.key(key, &contexts) {
                    self.overlay = None;
                    return self.switch_context(name);
                }
            }
            Some(Overlay::Namespaces(choice)) if key == Key::from(' ') => choice.mark(&namespaces),
            Some(Overlay::Namespaces(choice)) => {
                if let Some(name) = choice.key(key, &namespaces) {
                    let marked = std::mem::take(&mut choice.marked);
                    let names = if marked.is_empty() { vec![name] } else { marked };
                    self.overlay = None;
                    let all = names.iter().any(|name| name == ALL);
                    return self.switch_scope(if all { Scope::All } else { Scope::of(names) });
                }
            }
        }
        Vec::new()
    }

    /// What the namespace list offers: all of them first.
    pub fn scopes(&self) -> Vec<String> {
        let mut names = vec![ALL.to_owned()];
        names.extend(self.namespaces());
        names
    }

    /// The wheel over a list.
    pub(super) fn wheel_in_overlay(&mut self, rows: i16) {
        let (namespaces, contexts) = (self.scopes(), self.session.contexts.clone());
        match &mut self.overlay {
            None => {}
            Some(Overlay::Help(scroll)) => *scroll = scroll.saturating_add_signed(rows).min(DEEPEST),
            Some(Overlay::Contexts(choice)) => choice.step(isize::from(rows.signum()), &contexts),
            Some(Overlay::Namespaces(choice)) => choice.step(isize::from(rows.signum()), &namespaces),
        }
    }
}

/// What stands for all namespaces in a list of names; no namespace can be called so.
const ALL: &str = "all namespaces";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Session;
    use crate::model::Time;

    fn fitting(typed: &str) -> Vec<String> {
        let names = ["kube-system", "shop", "shop-staging", "workshop"].map(str::to_owned);
        let choice = Choice { typed: typed.to_owned(), ..Choice::default() };
        choice.fitting(&names).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn names_that_begin_as_typed_come_first_and_letters_may_be_left_out() {
        assert_eq!(fitting("shop"), ["shop", "shop-staging", "workshop"]);
        assert_eq!(fitting("ksys"), ["kube-system"]);
        assert_eq!(fitting("SS"), ["kube-system", "shop-staging"]);
        assert_eq!(fitting("q"), Vec::<String>::new());
    }

    #[test]
    fn several_namespaces_are_marked_and_taken_together() {
        let session = Session { scope: Scope::one("shop"), ..Session::default() };
        let mut state = State::new(session, (80, 24), Time(0));
        state.visited.extend(["data", "web"].map(str::to_owned));
        state.overlay = Some(Overlay::Namespaces(Choice::default()));
        let mut effects = Vec::new();
        for key in ["d", " ", "w", " ", "s", " ", " "].map(|key| Key::from(key.chars().next().unwrap())) {
            effects.extend(state.key_in_overlay(key));
        }
        effects.extend(state.key_in_overlay(KeyCode::Enter.into()));
        assert_eq!(effects, [Effect::SwitchScope(Scope::of(["data", "web"]))]);
        assert_eq!(state.overlay, None);
    }

    #[test]
    fn the_choice_stays_within_what_fits() {
        let names = ["a", "b"].map(str::to_owned);
        let mut choice = Choice::default();
        for _ in 0..5 {
            assert_eq!(choice.key(KeyCode::Down.into(), &names), None);
        }
        assert_eq!(choice.key(KeyCode::Enter.into(), &names), Some("b".to_owned()));
        choice.key(Key::from('x'), &names);
        assert_eq!(choice.key(KeyCode::Enter.into(), &names), None);
    }
}
