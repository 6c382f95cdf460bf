//! What lies over the home tree: pages with a question each. They stack; `esc` takes one off.
//!
//! A page holds its question and what it found; `State` works the answer out anew when the cluster changes. To add a
//! page: a file here with its entries, a variant of [`Page`], its words in `view/pages`.

mod listing;
mod sheet;
#[cfg(test)]
mod tests;
mod trace;
mod why;

pub use listing::Listing;
pub use sheet::{Entry, EntryId, Sheet, SheetLine, Shown};
pub use trace::{Part, TraceBody, TracePage};
pub use why::{WhyBody, WhyPage, WhyTopic};

use self::listing::{Move, Moves};
use super::{Action, Drawing, Effect, State};
use crate::model::{ConfigName, Key, Kind, Text, Time};
use crate::outline::{Body, Node};
use crate::store::Store;
use crate::trace::{AskedPort, Client, Question};

/// A page over the home tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// The home tree again, gone to from a page: `esc` comes back to that.
    Tree,
    /// Why a Service or pod is as it is.
    Why(Box<WhyPage>),
    /// How a name resolves to pods.
    Trace(Box<TracePage>),
}

impl Page {
    fn moves(&mut self) -> Option<&mut dyn Moves> {
        match self {
            Self::Tree => None,
            Self::Why(page) => Some(&mut page.listing),
            Self::Trace(page) => Some(&mut page.listing),
        }
    }

    /// Works its answer out anew.
    fn refresh(&mut self, store: &Store, now: Time, height: usize) {
        match self {
            Self::Tree => {}
            Self::Why(page) => page.refresh(store, now, height),
            Self::Trace(page) => page.refresh(store, now, height),
        }
    }

    /// What is copied from the line under the cursor.
    fn copy(&self) -> Option<String> {
        match self {
            Self::Tree => None,
            Self::Why(page) => page.copy(),
            Self::Trace(page) => page.copy(),
        }
    }

    /// The line of the home tree that the entry under the cursor is about, if it is about one.
    fn leads_to(&self) -> Option<Node> {
        match self {
            Self::Tree => None,
            Self::Why(page) => page.leads_to(),
            Self::Trace(page) => page.leads_to(),
        }
    }
}

impl State {
    /// The page on top; `None` where that is the home tree.
    pub fn page_on_top(&self) -> Option<&Page> {
        self.pages.last().filter(|page| **page != Page::Tree)
    }

    /// Puts a page on top.
    pub(super) fn open_page(&mut self, mut page: Page) {
        self.detail_scroll = 0;
        let (now, height) = (self.now, self.page());
        page.refresh(&self.store, now, height);
        self.pages.push(page);
        self.refresh_pages();
    }

    /// Works the page on top out anew.
    pub(super) fn refresh_pages(&mut self) {
        let (now, height) = (self.now, self.page());
        if let Some(page) = self.pages.last_mut() {
            page.refresh(&self.store, now, height);
        }
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
        if action == Action::Back {
            self.pages.pop();
            self.detail_scroll = 0;
            self.refresh_pages();
        } else if action == Action::Copy {
            let text = self.page_on_top().and_then(Page::copy);
            self.notice = text.as_ref().map(|text| format!("copied {text}"));
            return Some(text.map(Effect::Copy).into_iter().collect());
        } else if let (Action::CopyMermaid | Action::CopyDot, Some(Page::Trace(page))) = (action, self.page_on_top()) {
            let drawing = if action == Action::CopyDot { Drawing::Dot } else { Drawing::Mermaid };
            let path = page.answer.as_ref().ok().cloned();
            self.notice = Some(match path {
                Some(_) => format!("copied the path as {drawing}"),
                None => "there is no path to copy".to_owned(),
            });
            return Some(path.map(|path| Effect::CopyPath(drawing, Box::new(path))).into_iter().collect());
        } else if let (Action::Toggle, Some(node)) = (action, self.pages.last().and_then(Page::leads_to)) {
            self.pages.push(Page::Tree);
            self.show_in_tree(&node);
        } else {
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

    fn page_cursor(&self) -> Option<EntryId> {
        match self.page_on_top()? {
            Page::Tree => None,
            Page::Why(page) => page.listing.sheet.cursor.clone(),
            Page::Trace(page) => page.listing.sheet.cursor.clone(),
        }
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
            Page::Tree => None,
            Page::Why(page) => page.until().filter(|until| *until > self.now),
            Page::Trace(page) => page.deadline(self.now),
        }
    }

    /// Works the page on top out anew where time alone may have made its answer another one.
    pub(super) fn lapse_pages(&mut self) {
        let until = match self.page_on_top() {
            Some(Page::Trace(page)) => page.until(),
            Some(Page::Why(page)) => page.until(),
            Some(Page::Tree) | None => None,
        };
        if until.is_some_and(|until| until <= self.now) {
            self.refresh_pages();
        }
    }

    /// Traces what the cursor of the home tree is on, or what the page on top is about.
    pub(super) fn trace_current(&mut self) {
        let Some((question, about)) = self.question() else {
            self.notice = Some("nothing to trace here; :trace NAME traces a name".to_owned());
            return;
        };
        self.open_trace(question, about);
    }

    /// Opens the trace of a question; where one is open already, it asks that instead.
    pub(super) fn open_trace(&mut self, question: Question, about: Option<Key>) {
        if matches!(self.page_on_top(), Some(Page::Trace(_))) {
            self.pages.pop();
        }
        self.needs.kinds.extend(Kind::ALL.into_iter().filter(|kind| !Kind::CORE.contains(kind)));
        self.needs.namespaces.insert(ConfigName::NAMESPACE.into());
        self.needs.namespaces.extend(question.client.namespace().cloned());
        // A label of a name of the world outside is no namespace.
        let known = self.store.complete(Kind::Namespace);
        let real = |name: &Text| !known || self.store.namespace(name).is_some();
        self.needs.namespaces.extend(question.namespaces().into_iter().filter(real));
        self.open_page(Page::Trace(Box::new(TracePage::new(question, about))));
    }

    /// What `t` asks: the Service by its name, an endpoint or pod by its address. Of a Service, which it is: its name is
    /// another one for another client.
    fn question(&self) -> Option<(Question, Option<Key>)> {
        let service = |key: &Key| {
            let client = self.client.clone().unwrap_or_else(|| Client::Namespace(key.namespace.clone()));
            let near = client.namespace() == Some(&key.namespace);
            let name = if near { key.name.to_string() } else { format!("{}.{}", key.name, key.namespace) };
            Question::of_name(name, client)
        };
        match self.page_on_top() {
            Some(Page::Trace(page)) => {
                let mut question = page.question.clone();
                question.client = self.client.clone().unwrap_or(question.client);
                if let Some(key) = &page.about {
                    question.asked = service(key).asked;
                }
                return Some((question, page.about.clone()));
            }
            Some(Page::Why(page)) => match &page.topic {
                WhyTopic::Service(key) => return Some((service(key), Some(key.clone()))),
                WhyTopic::Pod(key) => {
                    let address = self.store.pod(key)?.ips.first()?;
                    return Some((Question::of_address(address, self.client_near(&key.namespace)), None));
                }
            },
            Some(Page::Tree) | None => {}
        }
        let line = self.current()?;
        let key = &line.node.service;
        let address = match &line.body {
            Body::Row { row, .. } => row.addresses.first().copied(),
            Body::Pod(pod) | Body::Container(pod, _) => pod.ips.first(),
            Body::Service(_) | Body::Gone(..) | Body::Ghost | Body::Port(_) | Body::Slice(_) | Body::Unbound => None,
        };
        if let Some(address) = address {
            let port = match &line.body {
                Body::Row { row, .. } => row.ports.iter().find_map(|port| port.port),
                Body::Pod(_) | Body::Container(..) | Body::Service(_) => None,
                Body::Gone(..) | Body::Ghost | Body::Port(_) | Body::Slice(_) | Body::Unbound => None,
            };
            let question = Question::of_address(address, self.client_near(&key.namespace));
            return Some((Question { port: port.map(AskedPort::Number), ..question }, None));
        }
        if key.name.is_empty() {
            return None;
        }
        let mut question = service(key);
        if let Body::Port(at) = &line.body
            && let Some(port) = self.store.service(key).and_then(|held| held.ports.get(*at))
        {
            question.port = Some(AskedPort::Number(port.port));
            question.protocol = port.protocol.clone();
        }
        Some((question, Some(key.clone())))
    }

    /// From now on traces start at this client; one that is open is asked anew.
    pub(super) fn trace_from(&mut self, client: &str) {
        self.client = Some(Client::parse(client, self.namespace_in_view()));
        self.trace_current();
    }

    /// Traces a name that was typed.
    pub(super) fn trace_named(&mut self, name: &str, client: Option<&str>) {
        let namespace = Text::from(self.namespace_in_view());
        let client = match client {
            Some(client) => {
                let client = Client::parse(client, &namespace);
                self.client = Some(client.clone());
                client
            }
            None => self.client_near(&namespace),
        };
        match Question::parse(name, client) {
            Ok(question) => self.open_trace(question, None),
            Err(bad) => self.notice = Some(format!("{name:?} is no name to trace: {bad}")),
        }
    }

    /// The namespace of the cursor's line, else of the scope, else `default`.
    fn namespace_in_view(&self) -> &str {
        let of_line = self.cursor.as_ref().map(|node| node.service.namespace.as_str());
        of_line.filter(|name| !name.is_empty()).unwrap_or("default")
    }

    /// The client of the session, else a pod of a namespace.
    pub(super) fn client_near(&self, namespace: &Text) -> Client {
        self.client.clone().unwrap_or_else(|| Client::Namespace(namespace.clone()))
    }

    /// What the cursor of the home tree asks about: its pod where it is on one, else its Service.
    pub(super) fn topic(&self) -> Option<WhyTopic> {
        let line = self.current()?;
        match &line.body {
            Body::Row { row, .. } => row.pod_key().map(WhyTopic::Pod),
            Body::Pod(pod) | Body::Container(pod, _) => Some(WhyTopic::Pod(pod.meta.key.clone())),
            Body::Service(_) | Body::Gone(..) | Body::Ghost | Body::Port(_) | Body::Slice(_) | Body::Unbound => None,
        }
        .or_else(|| (!line.node.service.name.is_empty()).then(|| WhyTopic::Service(line.node.service.clone())))
    }
}
