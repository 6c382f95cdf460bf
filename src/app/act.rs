//! What each action does.

use super::away::Direction;
use super::{
    Action, Choice, Effect, Notice, Overlay, Page, Playback, Prompt, PromptKind, Recording, Scope, State, WhyPage,
};
use crate::outline::{Line, Node};

/// Speeds of a replay.
const SPEEDS: [u16; 7] = [1, 2, 4, 8, 15, 30, 60];
/// How far one key seeks.
const SEEK: std::time::Duration = std::time::Duration::from_secs(5);
/// Lines that the details can be scrolled by, at most; `ui` stops at the last screenful.
const DEEPEST: u16 = 500;

fn faster(speed: u16) -> u16 {
    SPEEDS.into_iter().find(|next| *next > speed).unwrap_or(SPEEDS[SPEEDS.len() - 1])
}

fn slower(speed: u16) -> u16 {
    SPEEDS.into_iter().rev().find(|next| *next < speed).unwrap_or(SPEEDS[0])
}

impl State {
    pub(super) fn act(&mut self, action: Action) -> Vec<Effect> {
        if let Some(effects) = self.act_on_page(action) {
            return effects;
        }
        let page = isize::try_from(self.page()).unwrap_or(1);
        match action {
            Action::Up => self.step(-1),
            Action::Down => self.step(1),
            Action::PageUp => self.scroll(-page),
            Action::PageDown => self.scroll(page),
            Action::First => self.go(0),
            Action::Last => self.go(usize::MAX),
            Action::PreviousService => self.neighbour(false),
            Action::NextService => self.neighbour(true),
            Action::PreviousFault => self.fault(false),
            Action::NextFault => self.fault(true),
            Action::Open => match self.current().and_then(|line| line.open) {
                Some(false) => self.toggle(Some(true)),
                Some(true) => self.step(1),
                None => {}
            },
            Action::Close => match self.current() {
                Some(line) if line.open == Some(true) => self.toggle(Some(false)),
                Some(line) => self.go_to(&line.node.parent()),
                None => {}
            },
            Action::Toggle => self.toggle(None),
            Action::OpenAll => {
                self.outline.open_all();
                self.refresh(&[]);
            }
            Action::CloseAll => {
                if let Some(node) = &self.cursor {
                    self.cursor = Some(Node::service(node.service.clone()));
                }
                self.outline.close_all();
                self.refresh(&[]);
            }
            Action::Detail => {
                self.detail = !self.detail;
                self.follow();
            }
            Action::Explain => {
                self.explain = !self.explain;
                self.detail |= self.explain;
                self.follow();
            }
            Action::DetailDown => self.detail_scroll = self.detail_scroll.saturating_add(3).min(DEEPEST),
            Action::DetailUp => self.detail_scroll = self.detail_scroll.saturating_sub(3),
            Action::Slices => {
                self.outline.show_slices(!self.outline.slices());
                self.refresh(&[]);
            }
            Action::Faults => self.show_faults_only(!self.outline.faults_only()),
            Action::Filter => {
                let before = if self.has_filter() { self.page_filter() } else { self.outline.filter().text() };
                self.filter_before = before.to_owned();
                self.prompt = Some(Prompt::new(PromptKind::Filter, &self.filter_before));
            }
            Action::Command => self.prompt = Some(Prompt::new(PromptKind::Command, "")),
            Action::Help => self.overlay = Some(Overlay::Help(0)),
            Action::Contexts => self.choose_context(),
            Action::Namespaces => self.choose_namespace(),
            Action::AllNamespaces => return self.switch_scope(Scope::All),
            Action::Visited(number) => return self.visit(number),
            Action::Copy => return self.copy(Line::name),
            Action::CopyNamespace => return self.copy(|line| line.node.service.namespace.to_string()),
            Action::CopyMermaid | Action::CopyDot => {
                self.notice = Some(Notice::PathOfATrace);
            }
            Action::Retry => {
                self.outline.touch();
                self.refresh(&[]);
                if self.playback.is_none() {
                    self.notice = Some(Notice::Retrying);
                    return vec![Effect::RetryNow];
                }
            }
            Action::Trace => self.trace_current(),
            Action::TraceFrom => self.overlay = Some(Overlay::Clients(Choice::default())),
            Action::Why => {
                if let Some(topic) = self.topic() {
                    self.open_page(Page::Why(Box::new(WhyPage::new(topic))));
                }
            }
            Action::Timeline => self.open_timeline(),
            Action::Kinds => self.notice = Some(Notice::KindsOfATimeline),
            Action::Churn => self.open_page(Page::Churn(Box::default())),
            Action::Who => self.who_is_here(),
            Action::ScrubBack => return self.scrub(Direction::Back, false),
            Action::ScrubOn => return self.scrub(Direction::On, false),
            Action::StrideBack => return self.scrub(Direction::Back, true),
            Action::StrideOn => return self.scrub(Direction::On, true),
            Action::PreviousChange => return self.hop(Direction::Back),
            Action::NextChange => return self.hop(Direction::On),
            Action::Present => return self.come_back(),
            Action::Freeze => return self.freeze(),
            Action::MarkMoment => self.mark_moment(),
            Action::Difference => self.open_difference(),
            Action::Record if self.playback.is_some() => self.notice = Some(Notice::IsRecording),
            Action::Record => return vec![Effect::ToggleRecording],
            // A frozen screen stands where the tape stands.
            Action::Pause if self.away.as_ref().is_some_and(|away| away.frozen) => return self.come_back(),
            Action::Pause => return self.play(|_| Effect::TogglePause),
            Action::Faster => return self.play(|playback| Effect::Speed(faster(playback.speed))),
            Action::Slower => return self.play(|playback| Effect::Speed(slower(playback.speed))),
            Action::SeekBack => return self.play(|playback| Effect::Seek(playback.at.saturating_sub(SEEK))),
            Action::SeekOn => {
                return self.play(|playback| Effect::Seek(playback.at.saturating_add(SEEK).min(playback.length)));
            }
            Action::Redraw => return vec![Effect::Redraw],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Back => self.back(),
            Action::Refuse => self.notice = Some(Notice::ReadOnly),
            Action::Quit => return vec![Effect::Quit],
        }
        Vec::new()
    }

    fn show_faults_only(&mut self, only: bool) {
        self.outline.show_faults_only(only);
        self.refresh(&[]);
    }

    /// Something is left out of the home tree.
    pub(super) fn narrowed(&self) -> bool {
        self.outline.filter().is_some() || self.outline.faults_only()
    }

    fn back(&mut self) {
        if self.outline.filter().is_some() {
            self.look_for("");
        } else if self.outline.faults_only() {
            self.show_faults_only(false);
        } else if matches!(self.recording, Recording::Failed { .. }) {
            self.recording = Recording::Off;
        } else if let Some(node) = self.cursor.clone().filter(|node| !node.is_service()) {
            self.go_to(&node.parent());
        }
    }

    fn fault(&mut self, forward: bool) {
        match self.outline.fault_beside(self.world(), self.at, forward) {
            Some(at) => self.go(at),
            None => self.notice = Some(Notice::NoOtherFault),
        }
    }

    fn visit(&mut self, number: u8) -> Vec<Effect> {
        let at = usize::from(number).saturating_sub(1);
        match self.visited.get(at).cloned() {
            Some(name) => self.switch_scope(Scope::one(name)),
            // In a recording no other is ever visited.
            None if self.playback.is_some() => self.switch_scope(Scope::All),
            None => {
                self.notice = Some(Notice::FreeDigit(number));
                Vec::new()
            }
        }
    }

    fn play(&mut self, effect: impl Fn(&Playback) -> Effect) -> Vec<Effect> {
        if self.playback.is_none() {
            self.notice = Some(Notice::NotPlayed);
        } else if self.away.is_some() {
            // Whatever it would do could not be seen.
            self.notice = Some(Notice::LooksBack);
            return Vec::new();
        }
        self.playback.as_ref().map(effect).into_iter().collect()
    }

    fn copy(&mut self, what: impl Fn(&Line) -> String) -> Vec<Effect> {
        let Some(text) = self.current().map(|line| what(&line)).filter(|text| !text.is_empty()) else {
            return Vec::new();
        };
        self.notice = Some(Notice::Copied(text.clone()));
        vec![Effect::Copy(text)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_end_where_they_end() {
        assert_eq!([faster(1), faster(5), faster(60)], [2, 8, 60]);
        assert_eq!([slower(60), slower(5), slower(1)], [30, 4, 1]);
    }
}
