//! What is typed into the prompt, and what a command does.

use super::command::{Command, completions, parse};
use super::prompt::{PromptKind, Typed};
use super::{Choice, Effect, Key, Notice, Overlay, Prompt, Scope, State};
use crate::outline::Filter;

impl State {
    pub(super) fn paste(&mut self, text: &str) {
        if let Some(prompt) = &mut self.prompt {
            prompt.insert(text);
            self.typed();
        }
    }

    pub(super) fn key_in_prompt(&mut self, key: Key) -> Vec<Effect> {
        let Some(prompt) = &mut self.prompt else { return Vec::new() };
        match prompt.key(key) {
            Typed::Same => {}
            Typed::Changed => self.typed(),
            Typed::Line(down) => {
                if !self.step_on_page(down) {
                    self.step(down);
                }
            }
            Typed::Complete => self.complete(),
            Typed::Left => {
                if prompt.kind == PromptKind::Filter {
                    let before = std::mem::take(&mut self.filter_before);
                    self.look_for(&before);
                }
                self.prompt = None;
            }
            Typed::Done => {
                let Prompt { kind, text, .. } = prompt.clone();
                self.prompt = None;
                if kind == PromptKind::Command {
                    return self.command(&text);
                }
            }
        }
        Vec::new()
    }

    /// The text of the prompt is another one: a filter acts at once.
    fn typed(&mut self) {
        if let Some(Prompt { kind: PromptKind::Filter, text, .. }) = self.prompt.clone() {
            self.look_for(&text);
        }
    }

    fn complete(&mut self) {
        let (namespaces, contexts) = (self.namespaces(), self.session.contexts.clone());
        if let Some(prompt) = &mut self.prompt
            && prompt.kind == PromptKind::Command
            && let Some(best) = completions(&prompt.text, &namespaces, &contexts).first()
        {
            *prompt = Prompt::new(PromptKind::Command, best);
        }
    }

    /// Looks for something on the page on top, else in the home tree.
    pub(super) fn look_for(&mut self, text: &str) {
        if self.look_for_on_page(text) {
            return;
        }
        self.outline.look_for(Filter::parse(text));
        self.refresh(&[]);
    }

    fn command(&mut self, text: &str) -> Vec<Effect> {
        match parse(text) {
            Err(bad) => self.notice = Some(Notice::BadCommand(bad)),
            Ok(None) => {}
            Ok(Some(Command::Act(action))) => return self.act(action),
            Ok(Some(Command::Trace(name, client))) => self.trace_named(&name, client.as_deref()),
            Ok(Some(Command::At(text))) => return self.go_to_time(&text),
            Ok(Some(Command::Events(of))) => self.open_events(of),
            Ok(Some(Command::Who(asked))) => self.who(&asked),
            Ok(Some(Command::Filter(text))) => self.look_for(&text),
            Ok(Some(Command::Services(None))) => self.look_for(""),
            Ok(Some(Command::Services(Some(scope)) | Command::Namespace(Some(scope)))) => {
                return self.switch_scope(scope);
            }
            Ok(Some(Command::Namespace(None))) => self.choose_namespace(),
            Ok(Some(Command::Context(None))) => self.choose_context(),
            Ok(Some(Command::Context(Some(name)))) => return self.switch_context(name),
        }
        Vec::new()
    }

    /// Offers namespaces. A recording holds those that it holds.
    pub(super) fn choose_namespace(&mut self) {
        if self.playback.is_some() {
            self.notice = Some(self.holds_only());
        } else {
            self.overlay = Some(Overlay::Namespaces(Choice::default()));
        }
    }

    /// Offers contexts.
    pub(super) fn choose_context(&mut self) {
        if self.playback.is_some() {
            self.notice = Some(Notice::OneCluster);
        } else {
            self.overlay = Some(Overlay::Contexts(Choice::default()));
        }
    }

    fn holds_only(&self) -> Notice {
        Notice::HoldsOnly(self.session.scope.names().to_vec())
    }

    pub(super) fn switch_scope(&mut self, scope: Scope) -> Vec<Effect> {
        if self.playback.is_some() {
            self.notice = Some(self.holds_only());
            return Vec::new();
        }
        if scope == self.session.scope {
            return Vec::new();
        }
        vec![Effect::SwitchScope(scope)]
    }

    pub(super) fn switch_context(&mut self, name: String) -> Vec<Effect> {
        if self.playback.is_some() {
            self.notice = Some(Notice::OneCluster);
            return Vec::new();
        }
        if !self.session.contexts.contains(&name) {
            self.notice = Some(Notice::NoContext { name, known: self.session.contexts.clone() });
            return Vec::new();
        }
        vec![Effect::SwitchContext(name)]
    }
}
