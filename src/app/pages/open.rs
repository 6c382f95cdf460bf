//! What opens a page: the question that it begins with, from what the cursor is on or from what was typed.

use super::{DifferencePage, Page, TimelinePage, TracePage, WhoPage, WhyTopic};
use crate::app::command::{EventsKind, EventsOf};
use crate::app::{Notice, State};
use crate::churn::Subject;
use crate::model::{ClusterIp, ConfigName, Key, Kind, Text};
use crate::outline::Body;
use crate::trace::{AskedPort, Client, Question};

impl State {
    /// Traces what the cursor of the home tree is on, or what the page on top is about.
    pub(in crate::app) fn trace_current(&mut self) {
        let Some((question, about)) = self.question() else {
            self.notice = Some(Notice::NothingToTrace);
            return;
        };
        self.open_trace(question, about);
    }

    /// Opens the trace of a question; where one is open already, it asks that instead.
    pub(in crate::app) fn open_trace(&mut self, question: Question, about: Option<Key>) {
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
        self.own_up();
    }

    /// What `t` asks: the Service by its name, an endpoint or pod by its address. Of a Service, which it is: its name is
    /// another one for another client.
    fn question(&self) -> Option<(Question, Option<Key>)> {
        match self.page_on_top() {
            Some(Page::Trace(page)) => {
                let mut question = page.question.clone();
                question.client = self.client.clone().unwrap_or(question.client);
                if let Some(key) = &page.about {
                    question.asked = self.by_name(key).asked;
                }
                Some((question, page.about.clone()))
            }
            Some(Page::Why(page)) => match &page.topic {
                WhyTopic::Service(key) => Some((self.by_name(key), Some(key.clone()))),
                WhyTopic::Pod(key) => Some((self.by_address(key)?, None)),
            },
            Some(page @ (Page::Timeline(_) | Page::Churn(_) | Page::Difference(_))) => match page.subject()? {
                Subject::Service(key) | Subject::Row(key, _) => Some((self.by_name(&key), Some(key))),
                Subject::Pod(key, _) => Some((self.by_address(&key)?, None)),
                Subject::Slice(_) | Subject::Node(_) => None,
            },
            Some(Page::Tree | Page::Who(_)) | None => self.question_here(),
        }
    }

    /// A Service by the name that the client would use.
    fn by_name(&self, key: &Key) -> Question {
        let client = self.client_near(&key.namespace);
        let near = client.namespace() == Some(&key.namespace);
        let name = if near { key.name.to_string() } else { format!("{}.{}", key.name, key.namespace) };
        Question::of_name(name, client)
    }

    /// A pod by its address.
    fn by_address(&self, pod: &Key) -> Option<Question> {
        Some(Question::of_address(self.store.pod(pod)?.ips.first()?, self.client_near(&pod.namespace)))
    }

    /// What `t` asks on a line of the home tree.
    fn question_here(&self) -> Option<(Question, Option<Key>)> {
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
        let mut question = self.by_name(key);
        if let Body::Port(at) = &line.body
            && let Some(port) = self.store.service(key).and_then(|held| held.ports.get(*at))
        {
            question.port = Some(AskedPort::Number(port.port));
            question.protocol = port.protocol.clone();
        }
        Some((question, Some(key.clone())))
    }

    /// From now on traces start at this client; one that is open is asked anew.
    pub(in crate::app) fn trace_from(&mut self, client: &str) {
        self.client = Some(Client::parse(client, self.namespace_in_view()));
        self.trace_current();
    }

    /// Traces a name that was typed.
    pub(in crate::app) fn trace_named(&mut self, name: &str, client: Option<&str>) {
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
            Err(bad) => self.notice = Some(Notice::BadName(name.to_owned(), bad)),
        }
    }

    /// The namespace of the cursor's line, else of the scope, else `default`.
    fn namespace_in_view(&self) -> &str {
        let of_line = self.cursor.as_ref().map(|node| node.service.namespace.as_str());
        let of_scope = || self.session.scope.single().map(Text::as_str);
        of_line.filter(|name| !name.is_empty()).or_else(of_scope).unwrap_or("default")
    }

    /// The client of the session, else a pod of a namespace.
    pub(in crate::app) fn client_near(&self, namespace: &Text) -> Client {
        self.client.clone().unwrap_or_else(|| Client::Namespace(namespace.clone()))
    }

    /// What the page on top is about, else what the cursor of the home tree asks about: its pod where it is on one, else its Service.
    pub(in crate::app) fn topic(&self) -> Option<WhyTopic> {
        if let Some(page) = self.page_on_top() {
            return match page.subject()? {
                Subject::Service(key) | Subject::Row(key, _) => Some(WhyTopic::Service(key)),
                Subject::Pod(key, _) => Some(WhyTopic::Pod(key)),
                Subject::Slice(_) | Subject::Node(_) => None,
            };
        }
        let line = self.current()?;
        match &line.body {
            Body::Row { row, .. } => row.pod_key().map(WhyTopic::Pod),
            Body::Pod(pod) | Body::Container(pod, _) => Some(WhyTopic::Pod(pod.meta.key.clone())),
            Body::Service(_) | Body::Gone(..) | Body::Ghost | Body::Port(_) | Body::Slice(_) | Body::Unbound => None,
        }
        .or_else(|| (!line.node.service.name.is_empty()).then(|| WhyTopic::Service(line.node.service.clone())))
    }

    /// The time line of what the cursor is on.
    pub(in crate::app) fn open_timeline(&mut self) {
        let Some(subject) = self.subject() else {
            self.notice = Some(Notice::NoTimeline);
            return;
        };
        if matches!(self.page_on_top(), Some(Page::Timeline(page)) if page.topic.as_ref() == Some(&subject)) {
            return;
        }
        self.open_page(Page::Timeline(Box::new(TimelinePage::new(Some(subject)))));
    }

    /// The time line of something that is named, or of everything.
    pub(in crate::app) fn open_events(&mut self, of: Option<EventsOf>) {
        let Some(EventsOf { kind, namespace, name }) = of else {
            return self.open_page(Page::Timeline(Box::new(TimelinePage::new(None))));
        };
        let namespace = namespace.unwrap_or_else(|| self.namespace_in_view().to_owned());
        let key = Key::new(namespace.as_str(), name.as_str());
        let subject = match kind {
            EventsKind::Service => Some(Subject::Service(key.clone())),
            EventsKind::Node => Some(Subject::Node(name.as_str().into())),
            EventsKind::Pod => self.pod_named(&key),
        };
        match subject.filter(|subject| self.is_known(subject)) {
            Some(subject) => self.open_page(Page::Timeline(Box::new(TimelinePage::new(Some(subject))))),
            None => {
                let place = (kind != EventsKind::Node).then_some(namespace);
                self.notice = Some(Notice::Nothing(name, place));
            }
        }
    }

    /// A pod that is there, else the latest of that name that was.
    fn pod_named(&self, key: &Key) -> Option<Subject> {
        if let Some(pod) = self.store.pod(key) {
            return Some(Subject::Pod(key.clone(), pod.meta.uid.clone()));
        }
        let named = |on: &Subject| matches!(on, Subject::Pod(own, _) if own == key);
        self.past.ledger.entries().rev().map(|entry| &entry.on).find(|on| named(on)).cloned()
    }

    fn is_known(&self, subject: &Subject) -> bool {
        let there = match subject {
            Subject::Service(key) => self.store.service(key).is_some() || self.store.slices_of(key).next().is_some(),
            Subject::Node(name) => self.store.node(name).is_some(),
            Subject::Pod(..) | Subject::Slice(_) | Subject::Row(..) => true,
        };
        there || self.past.ledger.of(subject).next().is_some()
    }

    /// Who has the address under the cursor.
    pub(in crate::app) fn who_is_here(&mut self) {
        let line = self.current().filter(|_| self.page_on_top().is_none());
        let address = line.and_then(|line| match &line.body {
            Body::Row { row, .. } => row.addresses.first().copied(),
            Body::Pod(pod) | Body::Container(pod, _) => pod.ips.first(),
            Body::Service(service) => match &service.cluster_ip {
                ClusterIp::Ips(ips) => ips.first().copied(),
                ClusterIp::Headless | ClusterIp::Absent => None,
            },
            Body::Gone(..) | Body::Ghost | Body::Unbound | Body::Port(_) | Body::Slice(_) => None,
        });
        match address {
            Some(address) => self.who(&address.to_string()),
            None => self.notice = Some(Notice::NoAddress),
        }
    }

    /// Who has an address or a name.
    pub(in crate::app) fn who(&mut self, asked: &str) {
        if matches!(self.page_on_top(), Some(Page::Who(_))) {
            self.pages.pop();
        }
        self.open_page(Page::Who(Box::new(WhoPage::new(asked))));
        self.own_up();
    }

    /// With a selector, Services that it leaves out are taken for absent.
    fn own_up(&mut self) {
        if let Some(selector) = &self.session.selector {
            self.notice = Some(Notice::Selected(selector.clone()));
        }
    }

    /// What differs between the marked moment (else the present) and the one on the screen.
    pub(in crate::app) fn open_difference(&mut self) {
        let marked = self.marked.or_else(|| self.away.as_ref().map(|away| away.now));
        let Some(marked) = marked else {
            self.notice = Some(Notice::NoMark);
            return;
        };
        let then = if marked >= self.present_time() {
            Ok(self.present().clone())
        } else {
            self.past.rewind(self.present(), marked)
        };
        match then {
            Ok(then) => self.open_page(Page::Difference(Box::new(DifferencePage::new(marked, then)))),
            Err(_) => self.notice = Some(Notice::MarkForgotten),
        }
    }
}
