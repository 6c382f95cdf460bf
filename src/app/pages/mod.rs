//! What lies over the home tree: pages with a question each. They stack; `esc` takes one off.
//!
//! A page holds its question and what it found; `State` works the answer out anew when the cluster changes. To add a
//! page: a file here with its entries, a variant of [`Page`], its words in `view/pages`.

mod churn;
mod difference;
mod listing;
mod open;
mod sheet;
#[cfg(test)]
mod tests;
mod timeline;
mod trace;
mod who;
mod why;

pub use churn::{ChurnBody, ChurnPage};
pub use difference::{DifferenceBody, DifferencePage};
pub use listing::Listing;
pub use sheet::{Entry, EntryId, Sheet, SheetLine, Shown};
pub use timeline::{Kinds, TimelinePage};
pub use trace::{Part, TraceBody, TracePage};
pub use who::{WhoBody, WhoPage};
pub use why::{WhyBody, WhyPage, WhyTopic};

use self::listing::{Move, Moves};
use super::{Action, Drawing, Effect, Notice, State};
use crate::churn::{Past, Subject};
use crate::model::{Key, Time};
use crate::outline::{Branch, Leaf, Node};
use crate::store::Store;

/// A page over the home tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// The home tree again, gone to from a page: `esc` comes back to that.
    Tree,
    /// Why a Service or pod is as it is.
    Why(Box<WhyPage>),
    /// How a name resolves to pods.
    Trace(Box<TracePage>),
    /// What happened to something.
    Timeline(Box<TimelinePage>),
    /// Which Services are restless.
    Churn(Box<ChurnPage>),
    /// What differs between two moments.
    Difference(Box<DifferencePage>),
    /// Who has an address or a name.
    Who(Box<WhoPage>),
}

/// What pages answer from.
pub(super) struct Ground<'a> {
    /// The cluster at the moment shown.
    pub(super) store: &'a Store,
    /// The cluster as it is.
    pub(super) held: &'a Store,
    /// What has happened.
    pub(super) past: &'a Past,
    /// The moment shown.
    pub(super) now: Time,
    /// How late it is.
    pub(super) present: Time,
    /// The moment shown is not the present.
    pub(super) away: bool,
}

/// Where an entry leads: to a line of the home tree, perhaps at another moment.
pub(super) struct Goal {
    to: Target,
    at: Option<Time>,
}

/// What is gone to; what its line is is told by the moment that is gone to.
pub(super) enum Target {
    /// A line.
    Line(Node),
    /// The line of something that the record knows; else that of something else.
    Of(Subject, Option<Subject>),
}

impl Page {
    /// What stands beside its rows is wide.
    pub fn is_wide(&self) -> bool {
        match self {
            Self::Timeline(_) => true,
            Self::Tree | Self::Why(_) | Self::Trace(_) | Self::Churn(_) | Self::Difference(_) | Self::Who(_) => false,
        }
    }

    fn moves(&mut self) -> Option<&mut dyn Moves> {
        match self {
            Self::Tree => None,
            Self::Why(page) => Some(&mut page.listing),
            Self::Trace(page) => Some(&mut page.listing),
            Self::Timeline(page) => Some(&mut **page),
            Self::Churn(page) => Some(&mut page.listing),
            Self::Difference(page) => Some(&mut page.listing),
            Self::Who(page) => Some(&mut page.listing),
        }
    }

    fn sheet(&self) -> Option<&Sheet> {
        match self {
            Self::Tree => None,
            Self::Why(page) => Some(&page.listing.sheet),
            Self::Trace(page) => Some(&page.listing.sheet),
            Self::Timeline(page) => Some(&page.listing.sheet),
            Self::Churn(page) => Some(&page.listing.sheet),
            Self::Difference(page) => Some(&page.listing.sheet),
            Self::Who(page) => Some(&page.listing.sheet),
        }
    }

    /// Works its answer out anew.
    fn refresh(&mut self, ground: &Ground<'_>, height: usize) {
        match self {
            Self::Tree => {}
            Self::Why(page) => page.refresh(ground.store, ground.now, height),
            Self::Trace(page) => page.refresh(ground.store, ground.now, height),
            Self::Timeline(page) => page.refresh(ground, height),
            Self::Churn(page) => page.refresh(ground, height),
            Self::Difference(page) => page.refresh(ground, height),
            Self::Who(page) => page.refresh(ground, height),
        }
    }

    /// What is copied from the line under the cursor.
    fn copy(&self, ground: &Ground<'_>) -> Option<String> {
        match self {
            Self::Tree => None,
            Self::Why(page) => page.copy(),
            Self::Trace(page) => page.copy(),
            Self::Timeline(page) => page.copy(ground),
            Self::Churn(page) => page.copy(),
            Self::Difference(page) => page.copy(),
            Self::Who(page) => page.copy(),
        }
    }

    /// Where the entry under the cursor leads, if it leads anywhere.
    fn goal(&self, ground: &Ground<'_>) -> Option<Goal> {
        let here = |node| Goal { to: Target::Line(node), at: None };
        match self {
            Self::Tree => None,
            Self::Why(page) => page.leads_to().map(here),
            Self::Trace(page) => page.leads_to(ground.store).map(here),
            Self::Timeline(page) => page.goal(ground),
            Self::Churn(page) => page.goal(ground),
            Self::Difference(page) => page.goal(),
            Self::Who(page) => page.goal(),
        }
    }

    /// What the page, or its line under the cursor, is about.
    pub(super) fn subject(&self) -> Option<Subject> {
        match self {
            Self::Tree | Self::Trace(_) | Self::Who(_) => None,
            Self::Why(page) => match &page.topic {
                WhyTopic::Service(key) => Some(Subject::Service(key.clone())),
                WhyTopic::Pod(_) => None,
            },
            Self::Timeline(page) => page.topic.clone(),
            Self::Churn(page) => page.subject(),
            Self::Difference(page) => page.subject(),
        }
    }
}

/// What changes only the home tree: on a page it would do so unseen.
fn of_the_tree(action: Action) -> bool {
    matches!(
        action,
        Action::OpenAll
            | Action::CloseAll
            | Action::Slices
            | Action::Faults
            | Action::Filter
            | Action::PreviousService
            | Action::NextService
            | Action::PreviousFault
            | Action::NextFault
            | Action::CopyNamespace
            | Action::Explain
    )
}

/// Whether a name has all the words; `!word` must not be in it.
fn named(name: &str, filter: &str) -> bool {
    let name = name.to_lowercase();
    filter.to_lowercase().split_whitespace().all(|word| match word.strip_prefix('!') {
        Some(not) if !not.is_empty() => !name.contains(not),
        Some(_) | None => name.contains(word),
    })
}

/// The line of the home tree that shows something; a Service has several only where it has several ports.
fn node_of(store: &Store, subject: &Subject) -> Option<Node> {
    match subject {
        Subject::Service(key) => Some(Node::service(key.clone())),
        Subject::Row(service, id) => {
            let ports = store.service(service).map_or(0, |held| held.ports.len());
            let branch = if ports > 1 { Branch::Port(0) } else { Branch::None };
            Some(Node { service: service.clone(), branch, row: Some(id.clone()), leaf: Leaf::None })
        }
        Subject::Slice(key) => {
            let service = store.slice(key)?.service_name()?.clone();
            Some(Node::service(Key { namespace: key.namespace.clone(), name: service }))
        }
        Subject::Pod(key, uid) => {
            let service = store.services_of(store.pod(key)?).into_iter().next()?;
            node_of(store, &Subject::Row(service, crate::store::RowId::Pod(uid.clone())))
        }
        Subject::Node(_) => None,
    }
}

impl State {
    /// The page on top; `None` where that is the home tree.
    pub fn page_on_top(&self) -> Option<&Page> {
        self.pages.last().filter(|page| **page != Page::Tree)
    }

    /// Works one page out anew, with everything else at hand.
    fn with_page<T>(&mut self, act: impl FnOnce(&mut Page, &Ground<'_>, usize) -> T) -> Option<T> {
        let height = self.page();
        let ground = Ground {
            store: &self.store,
            held: self.away.as_ref().map_or(&self.store, |away| &away.store),
            past: &self.past,
            now: self.now,
            present: self.away.as_ref().map_or(self.now, |away| away.now),
            away: self.away.is_some(),
        };
        self.pages.last_mut().map(|page| act(page, &ground, height))
    }

    /// Puts a page on top.
    pub(super) fn open_page(&mut self, page: Page) {
        self.detail_scroll = 0;
        // Of one kind the newest is enough: each may hold a whole cluster.
        if self.page_on_top().is_some_and(|top| std::mem::discriminant(top) == std::mem::discriminant(&page)) {
            self.pages.pop();
        }
        self.pages.push(page);
        // The page decides how much room there is for it.
        self.refresh_pages();
        self.refresh_pages();
    }

    /// Works the page on top out anew.
    pub(super) fn refresh_pages(&mut self) {
        self.with_page(Page::refresh);
    }

    /// The moment shown is another one: what differs from the one before is no news of the cluster.
    pub(super) fn rebase_pages(&mut self) {
        for page in &mut self.pages {
            match page {
                Page::Trace(page) => page.rebase(),
                Page::Timeline(page) => page.rebase(),
                Page::Tree | Page::Why(_) | Page::Churn(_) | Page::Difference(_) | Page::Who(_) => {}
            }
        }
    }

    /// Differences from a moment of another source are none.
    pub(super) fn drop_differences(&mut self) {
        self.pages.retain(|page| !matches!(page, Page::Difference(_)));
    }

    /// What an action does on the page on top; `None` where the page has no meaning for it.
    pub(super) fn act_on_page(&mut self, action: Action) -> Option<Vec<Effect>> {
        let height = self.page();
        if action == Action::Back && self.pages.last() == Some(&Page::Tree) && !self.narrowed() {
            self.pages.pop();
            self.refresh_pages();
            return Some(Vec::new());
        }
        self.page_on_top()?;
        if action == Action::Back && !self.page_filter().is_empty() {
            self.look_for_on_page("");
        } else if action == Action::Back {
            self.pages.pop();
            self.detail_scroll = 0;
            self.refresh_pages();
        } else if action == Action::Copy {
            let text = self.with_page(|page, ground, _| page.copy(ground)).flatten();
            self.notice = text.clone().map(Notice::Copied);
            return Some(text.map(Effect::Copy).into_iter().collect());
        } else if let (Action::Kinds, Some(Page::Timeline(page))) = (action, self.pages.last_mut()) {
            page.next_kinds();
            self.refresh_pages();
        } else if let (Action::CopyMermaid | Action::CopyDot, Some(Page::Trace(page))) = (action, self.page_on_top()) {
            let drawing = if action == Action::CopyDot { Drawing::Dot } else { Drawing::Mermaid };
            let path = page.answer.as_ref().ok().cloned();
            self.notice = Some(match path {
                Some(_) => Notice::CopiedPath(drawing),
                None => Notice::NoPath,
            });
            return Some(path.map(|path| Effect::CopyPath(drawing, Box::new(path))).into_iter().collect());
        } else if let (Action::Toggle, Some(goal)) = (action, self.goal()) {
            return Some(self.go_to_goal(&goal));
        } else {
            if of_the_tree(action) && !(action == Action::Filter && self.has_filter()) {
                self.notice = Some(if action == Action::Filter { Notice::NoFilter } else { Notice::OfTheTree });
                return Some(Vec::new());
            }
            let (step, before) = (Move::of(action)?, self.page_cursor());
            self.moves_on_top(|moves| moves.moved(step, height));
            // What is worked out only while it is looked at.
            self.refresh_pages();
            if self.page_cursor() != before {
                self.detail_scroll = 0;
            }
        }
        Some(Vec::new())
    }

    /// The page on top can be filtered.
    pub fn has_filter(&self) -> bool {
        match self.page_on_top() {
            Some(Page::Timeline(_) | Page::Churn(_) | Page::Difference(_)) => true,
            Some(Page::Tree | Page::Why(_) | Page::Trace(_) | Page::Who(_)) | None => false,
        }
    }

    fn goal(&mut self) -> Option<Goal> {
        self.with_page(|page, ground, _| page.goal(ground)).flatten()
    }

    /// The home tree at the line that an entry is about, at the entry's moment; `esc` comes back.
    fn go_to_goal(&mut self, goal: &Goal) -> Vec<Effect> {
        let effects = match goal.at.map(|at| self.go_to_moment(at)) {
            None => Vec::new(),
            Some(Ok(effects)) => effects,
            Some(Err(_)) => {
                self.notice = Some(Notice::MomentForgotten);
                return Vec::new();
            }
        };
        let node = match &goal.to {
            Target::Line(node) => Some(node.clone()),
            Target::Of(subject, other) => {
                node_of(&self.store, subject).or_else(|| node_of(&self.store, other.as_ref()?))
            }
        };
        let Some(node) = node else {
            self.notice = Some(Notice::NoLine);
            return effects;
        };
        let namespace = &node.service.namespace;
        if !self.store.shows(namespace) {
            self.notice = Some(Notice::OnlyExplains(namespace.clone()));
            return effects;
        }
        self.pages.push(Page::Tree);
        self.show_in_tree(&node);
        effects
    }

    /// Moves on the page on top, if there is one.
    pub(super) fn step_on_page(&mut self, rows: isize) -> bool {
        let height = self.page();
        self.moves_on_top(|moves| moves.wheel(rows, height))
    }

    /// What is looked for on the page on top.
    pub fn page_filter(&self) -> &str {
        match self.page_on_top() {
            Some(Page::Timeline(page)) => &page.filter,
            Some(Page::Churn(page)) => &page.filter,
            Some(Page::Difference(page)) => &page.filter,
            Some(Page::Tree | Page::Why(_) | Page::Trace(_) | Page::Who(_)) | None => "",
        }
    }

    /// Looks for something on the page on top; false where it cannot.
    pub(super) fn look_for_on_page(&mut self, text: &str) -> bool {
        let filter = match self.pages.last_mut() {
            Some(Page::Timeline(page)) => &mut page.filter,
            Some(Page::Churn(page)) => &mut page.filter,
            Some(Page::Difference(page)) => &mut page.filter,
            Some(Page::Tree | Page::Why(_) | Page::Trace(_) | Page::Who(_)) | None => return false,
        };
        text.clone_into(filter);
        self.refresh_pages();
        true
    }

    fn page_cursor(&self) -> Option<EntryId> {
        self.page_on_top()?.sheet()?.cursor.clone()
    }

    /// The wheel over a page; false where no page is on top.
    pub(super) fn wheel_on_page(&mut self, rows: i16) -> bool {
        let height = self.page();
        self.moves_on_top(|moves| moves.wheel(isize::from(rows), height))
    }

    /// A click on a page; false where no page is on top.
    pub(super) fn click_on_page(&mut self, x: u16, y: u16) -> bool {
        let (height, row) = (self.page(), self.layout().row_at(x, y));
        self.moves_on_top(|moves| {
            if let Some(row) = row {
                moves.click(row, height);
            }
        })
    }

    /// After the terminal's size changed.
    pub(super) fn fit_pages(&mut self) {
        let height = self.page();
        self.moves_on_top(|moves| moves.fit(height));
    }

    fn moves_on_top(&mut self, act: impl FnOnce(&mut dyn Moves)) -> bool {
        let moves = self.pages.last_mut().and_then(Page::moves);
        let on_top = moves.is_some();
        if let Some(moves) = moves {
            act(moves);
        }
        on_top
    }

    /// Opens the lines above a line of the home tree and goes there.
    fn show_in_tree(&mut self, node: &Node) {
        if !node.is_service() {
            self.outline.set_open(&Node::service(node.service.clone()), true);
        }
        self.refresh(&[]);
        self.go_to(node);
    }

    /// When a mark on the page on top next fades.
    pub(super) fn page_deadline(&self) -> Option<Time> {
        match self.page_on_top()? {
            Page::Tree | Page::Who(_) => None,
            Page::Why(page) => page.until().filter(|until| *until > self.now),
            Page::Trace(page) => page.deadline(self.now),
            // Paces, ages and axes move by themselves.
            Page::Timeline(_) | Page::Churn(_) | Page::Difference(_) => Some(self.now.plus(1_000)),
        }
    }

    /// Works the page on top out anew where time alone may have made its answer another one.
    pub(super) fn lapse_pages(&mut self) {
        let until = match self.page_on_top() {
            Some(Page::Trace(page)) => page.until(),
            Some(Page::Why(page)) => page.until(),
            // Their paces and ages move by themselves.
            Some(Page::Timeline(_) | Page::Churn(_) | Page::Difference(_)) => Some(self.now),
            Some(Page::Tree | Page::Who(_)) | None => None,
        };
        if until.is_some_and(|until| until <= self.now) {
            self.refresh_pages();
        }
    }
}
