//! Each fault by name: nothing is lost, nothing is made up, nobody asks in a hot loop, and it is told.

use std::time::Duration;

use podpath::churn::Past;
use podpath::delta::{Cause, Delta, Health, Verb};
use podpath::model::{ConfigName, Kind, Time};
use podpath::store::{Known, Store};
use podpath::watch::{Login, Scope, Watching, connect, watch};
use tempfile::TempDir;

use crate::server::protobuf;
use crate::server::state::{Asked, State, line};
use crate::server::world::{self, PODS, SERVICES};
use crate::server::{Fault, Server};

struct Client {
    watching: Watching,
    store: Store,
    heard: Vec<(Kind, Health)>,
    past: Past,
    at: i64,
    _dir: TempDir,
}

impl Client {
    async fn open(server: &Server) -> Self {
        Self::within(server, &Scope::All).await
    }

    async fn within(server: &Server, scope: &Scope) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let login = Login { kubeconfig: Some(server.kubeconfig(dir.path())), ..Login::default() };
        let (_, connected) = connect(&login).await.unwrap();
        let watching = watch(&connected, scope, None);
        Self { watching, store: Store::new(), heard: Vec::new(), past: Past::default(), at: 0, _dir: dir }
    }

    async fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let end = tokio::time::Instant::now() + Duration::from_secs(30);
        while !done(self) {
            let batch = tokio::time::timeout_at(end, self.watching.next()).await;
            let batch = batch.unwrap_or_else(|_| panic!("never: {what}; heard {:?}", self.heard)).unwrap();
            for delta in &batch {
                if let Delta::Health(kind, health) | Delta::HealthIn(kind, _, health) = delta {
                    self.heard.push((*kind, health.clone()));
                }
                if let Delta::Clock(reading) = delta {
                    self.past.measure(Time(self.at), *reading);
                }
            }
            self.at += 1;
            self.store.apply(Time(self.at), batch);
        }
    }

    async fn synced(&mut self) {
        self.until("all is live", |client| {
            Kind::CORE.into_iter().all(|kind| *client.store.health(kind) == Health::Live)
        })
        .await;
    }

    /// Waits for a Service that was put last: everything before it has arrived.
    async fn sees(&mut self, name: &str) {
        self.until(name, |client| client.store.services().any(|service| service.meta.key.name == *name)).await;
    }

    fn told(&self, kind: Kind, said: impl Fn(&Cause) -> bool) -> bool {
        let cause = |health: &Health| match health {
            Health::Stale { fault, .. } | Health::Failing { fault, .. } => Some(fault.cause.clone()),
            Health::Waiting
            | Health::Loading { .. }
            | Health::Live
            | Health::Polling { .. }
            | Health::Forbidden { .. }
            | Health::NotServed
            | Health::NotGiven => None,
        };
        self.heard.iter().any(|(heard, health)| *heard == kind && cause(health).is_some_and(|cause| said(&cause)))
    }
}

/// The same world on a server that knows JSON only, and on one that has protobuf.
fn forms(pods: usize) -> [State; 2] {
    [world::of_pods(pods), world::of_pods(pods).with_protobuf()]
}

fn put_service(server: &Server, name: &str) {
    server.put(SERVICES, ("team-00", name), &world::service("team-00", name, "x"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_costs_one_stream_for_each_kind() {
    let forms = forms(200).into_iter().zip(["application/json", "application/vnd.kubernetes.protobuf;stream=watch"]);
    for (world, form) in forms {
        let server = Server::start(world).await;
        let mut client = Client::open(&server).await;
        client.synced().await;
        assert_eq!(
            (client.store.count(Kind::Pod), client.store.count(Kind::Service), client.store.count(Kind::Slice)),
            (200, 20, 20)
        );
        let asked = server.asked();
        assert_eq!(asked.len(), 5, "{asked:?}");
        assert!(asked.iter().all(|request| request.method == "GET"));
        assert!(asked.iter().all(|request| request.form == form), "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_clock_is_wrong_is_found_out_by_the_dates_of_its_answers() {
    let server = Server::start(world::of_pods(20)).await;
    for (ahead, until) in [(0, 0), (90, 90_000), (-3_600, -3_600_000)] {
        server.ahead(ahead);
        let mut client = Client::open(&server).await;
        client.synced().await;
        let skew = client.past.ledger.skew().expect("every answer has a date").millis;
        assert!((skew - until).abs() <= 1_000, "{ahead} s ahead, measured {skew} ms");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_namespaces_have_a_stream_each_and_stand_alone() {
    let server = Server::start(world::of_pods(200)).await;
    server.fault("/api/v1/namespaces/team-02/pods", Fault::api(403, "Forbidden"), u32::MAX);
    let mut client = Client::within(&server, &Scope::of(["team-01", "team-02"])).await;
    client
        .until("all is decided", |client| {
            matches!(client.store.health(Kind::Pod), Health::Forbidden { .. })
                && Kind::CORE.into_iter().filter(|kind| *kind != Kind::Pod).all(|kind| client.store.complete(kind))
        })
        .await;
    assert_eq!((client.store.count(Kind::Pod), client.store.count(Kind::Service)), (10, 2));
    assert!(client.store.complete_in(Kind::Pod, &"team-01".into()));
    assert!(!client.store.complete_in(Kind::Pod, &"team-02".into()));
    put_service(&server, "elsewhere");
    client.watching.support(&"team-00".into());
    client.watching.support(&"team-00".into());
    client.sees("elsewhere").await;
    client.until("it is known", |client| client.store.complete_in(Kind::Pod, &"team-00".into())).await;
    assert_eq!((client.store.count(Kind::Pod), client.store.pods().count()), (10, 20));
    let asked = server.asked();
    let streams = asked.iter().filter(|request| request.target.contains("/namespaces/team-00/pods?watch")).count();
    assert_eq!(streams, 1);
    assert!(asked.iter().all(|request| !request.target.starts_with("/api/v1/pods")), "{asked:?}");
}

const CONFIGS: &str = "/api/v1/configmaps";

fn put_corefile(server: &Server, name: &str, text: &str) {
    let json = format!(
        r#"{{"metadata":{{"name":"{name}","namespace":"kube-system","uid":"{name}","resourceVersion":"0"}},"data":{{"Corefile":"{text}"}}}}"#
    );
    server.put(CONFIGS, ("kube-system", name), &json);
}

fn corefile(client: &Client) -> Option<&str> {
    client.store.config(ConfigName::Coredns)?.text().map(|text| text.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_needed_only_by_some_answers_is_read_when_asked_for_and_stays_live() {
    let server = Server::start(world::of_pods(30)).await;
    put_corefile(&server, "coredns", "one");
    put_corefile(&server, "other", "x");
    let mut client = Client::open(&server).await;
    client.synced().await;
    assert_eq!(server.asked().len(), 5, "nobody asked for more");
    let wanted = [Kind::Config(ConfigName::Coredns), Kind::NetworkPolicy, Kind::ServiceCidr];
    client.watching.need(&wanted);
    client.watching.need(&wanted);
    client.until("it is loading", |client| client.store.known_all(wanted[0]) == Known::Loading(0)).await;
    client.until("all is known", |client| wanted.iter().all(|kind| client.store.complete(*kind))).await;
    assert_eq!((corefile(&client), server.asked().len()), (Some("one"), 8));
    put_corefile(&server, "other", "y");
    put_corefile(&server, "coredns", "two");
    client.until("it has changed", |client| corefile(client) == Some("two")).await;
    server.delete(CONFIGS, ("kube-system", "coredns"));
    client.until("it is gone", |client| corefile(client).is_none()).await;
    assert!(client.store.complete(wanted[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_map_that_may_only_be_got_is_polled() {
    let server = Server::start(world::of_pods(30)).await;
    server.fault("configmaps?", Fault::api(403, "Forbidden"), u32::MAX);
    put_corefile(&server, "coredns", "one");
    let mut client = Client::open(&server).await;
    let (dns, proxy) = (Kind::Config(ConfigName::Coredns), Kind::Config(ConfigName::KubeProxy));
    client.watching.need(&[dns, proxy]);
    client.until("both are polled", |client| client.store.complete(dns) && client.store.complete(proxy)).await;
    assert!(matches!(client.store.health(dns), Health::Polling { .. }));
    assert_eq!((corefile(&client), client.store.config(ConfigName::KubeProxy)), (Some("one"), None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_config_map_that_may_not_be_read_at_all_is_forbidden_by_name() {
    let server = Server::start(world::of_pods(30)).await;
    server.fault("configmaps", Fault::api(403, "Forbidden"), u32::MAX);
    let mut client = Client::open(&server).await;
    let dns = Kind::Config(ConfigName::Coredns);
    client.watching.need(&[dns]);
    let forbidden = Health::Forbidden { verb: Verb::Get, namespace: Some("kube-system".into()) };
    client.until("it is forbidden", |client| *client.store.health(dns) == forbidden).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_watch_lists_is_listed_in_pages_and_watched() {
    for world in forms(1_200) {
        let server = Server::start(world).await;
        server.without_watch_list();
        let mut client = Client::open(&server).await;
        client.synced().await;
        assert_eq!(client.store.count(Kind::Pod), 1_200);
        put_service(&server, "later");
        client.sees("later").await;
        let pages = server.asked().iter().filter(|request| request.target.starts_with("/api/v1/pods?limit")).count();
        assert_eq!(pages, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_is_cut_is_told_and_taken_up_without_a_list() {
    for world in forms(50) {
        let server = Server::start(world).await;
        let mut client = Client::open(&server).await;
        client.synced().await;
        server.cut();
        put_service(&server, "while-away");
        client.sees("while-away").await;
        client.synced().await;
        assert!(client.told(Kind::Service, |cause| *cause == Cause::Closed), "{:?}", client.heard);
        let lists = server.asked().iter().filter(|request| request.target.contains("sendInitialEvents")).count();
        assert_eq!(lists, 5, "a version that is still known needs no list");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn history_that_is_gone_is_listed_anew_as_one_difference() {
    for world in forms(50) {
        let server = Server::start(world).await;
        let mut client = Client::open(&server).await;
        client.synced().await;
        server.compact();
        server.delete(PODS, ("team-00", "web-00000-6c9f7d-000001"));
        server.compact();
        server.cut();
        put_service(&server, "after");
        client.sees("after").await;
        client.until("the pod is gone", |client| client.store.count(Kind::Pod) == 49).await;
        client.synced().await;
        assert!(client.told(Kind::Pod, |cause| *cause == Cause::Expired), "{:?}", client.heard);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_are_told_and_outlived() {
    for world in forms(30) {
        let server = Server::start(world).await;
        for (code, reason) in [(500, "InternalError"), (503, "ServiceUnavailable"), (429, "TooManyRequests")] {
            server.fault("/api/v1/pods", Fault::api(code, reason), 1);
        }
        server.fault("/api/v1/services", Fault::Status(502, "<html>Bad Gateway</html>".into(), None), 1);
        let mut client = Client::open(&server).await;
        client.synced().await;
        assert_eq!(client.store.count(Kind::Pod), 30);
        assert!(client.told(Kind::Pod, |cause| matches!(cause, Cause::Status(500, _))), "{:?}", client.heard);
        assert!(client.told(Kind::Pod, |cause| *cause == Cause::Throttled));
        assert!(client.told(Kind::Service, |cause| matches!(cause, Cause::Status(502, _))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_cut_at_any_byte_ends_whole() {
    for offset in [0, 1, 9, 500, 7_000, 30_000, 60_000] {
        for world in forms(30) {
            let server = Server::start(world).await;
            server.fault("/api/v1/pods", Fault::CutAfter(offset), 2);
            let mut client = Client::open(&server).await;
            client.synced().await;
            assert_eq!(client.store.count(Kind::Pod), 30, "cut after {offset} bytes");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_cannot_be_read_costs_only_itself() {
    let odd = r#"{"metadata":{"name":"odd","namespace":"team-00","resourceVersion":"0"},"spec":{"containers":"none"}}"#;
    // The same with `spec.containers` as a number.
    let enveloped = |object: &[u8]| [b"k8s\0\x12", &[object.len() as u8][..], object].concat();
    let odd_message = enveloped(b"\x0a\x11\x0a\x03odd\x1a\x07team-00\x32\x010\x12\x02\x10\x01");
    for (world, event) in
        forms(30).into_iter().zip([line("ADDED", odd.as_bytes()), protobuf::event("ADDED", &odd_message)])
    {
        let server = Server::start(world).await;
        server.fault("/api/v1/pods", Fault::Bytes(event), 1);
        let mut client = Client::open(&server).await;
        client.synced().await;
        assert_eq!(client.store.count(Kind::Pod), 30);
        assert_eq!(client.store.skips(Kind::Pod).count, 1);
        let named = client.store.skips(Kind::Pod).latest.back().and_then(|skipped| skipped.key.clone());
        assert_eq!(named.map(|key| key.to_string()), Some("team-00/odd".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_cannot_be_read_is_found_out_by_a_list() {
    for (world, is_protobuf) in forms(30).into_iter().zip([false, true]) {
        let server = Server::start(world).await;
        let mut client = Client::open(&server).await;
        client.synced().await;
        let event = match is_protobuf {
            true => protobuf::event("DELETED", b"k8s\0\x12\x03\x0a\x01\x08"),
            false => line("DELETED", br#"{"metadata":{"name":5}}"#),
        };
        server.fault("/api/v1/pods", Fault::Bytes(event), 1);
        server.cut();
        client.until("it is told", |client| client.store.skips(Kind::Pod).count == 1).await;
        client
            .until("lists again", |client| client.told(Kind::Pod, |cause| matches!(cause, Cause::Malformed(_))))
            .await;
        client.synced().await;
        let list = |request: &&Asked| {
            request.target.starts_with("/api/v1/pods?") && request.target.contains("sendInitialEvents")
        };
        assert_eq!(server.asked().iter().filter(list).count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_events_are_a_fault_and_nothing_is_lost() {
    let told = |said: fn(&Cause) -> bool| move |client: &Client| client.told(Kind::Pod, said);
    let skipped = |client: &Client| client.store.skips(Kind::Pod).count == 1;
    let (gone, failed) = (br#"{"code":410,"reason":"Expired"}"#, br#"{"code":500,"reason":"InternalError"}"#);
    type Said<'a> = &'a dyn Fn(&Client) -> bool;
    let (malformed, expired) =
        (told(|cause| matches!(cause, Cause::Malformed(_))), told(|cause| *cause == Cause::Expired));
    let status = told(|cause| matches!(cause, Cause::Status(..)));
    let cases: [(&str, Vec<u8>, Vec<u8>, Said<'_>); 5] = [
        ("an unknown type", line("PARTY", b"{}"), protobuf::event("PARTY", b""), &skipped),
        ("no event", b"not json\n".to_vec(), b"\0\0\0\x02\x0a\x09".to_vec(), &malformed),
        (
            "an error that says nothing",
            line("ERROR", b"{}"),
            protobuf::event("ERROR", &protobuf::status(b"{}")),
            &malformed,
        ),
        ("an error", line("ERROR", failed), protobuf::event("ERROR", &protobuf::status(failed)), &status),
        ("history is gone", line("ERROR", gone), protobuf::event("ERROR", &protobuf::status(gone)), &expired),
    ];
    for (what, line, frame, said) in cases {
        for (world, event) in forms(30).into_iter().zip([line, frame]) {
            let server = Server::start(world).await;
            server.fault("/api/v1/pods", Fault::Bytes(event), 1);
            let mut client = Client::open(&server).await;
            client.synced().await;
            assert_eq!(client.store.count(Kind::Pod), 30, "{what}");
            assert!(said(&client), "{what}: {:?}", client.heard);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_is_answered_and_closed_at_once_is_not_asked_in_a_hot_loop() {
    let server = Server::start(world::of_pods(30)).await;
    server.fault("/api/v1/nodes", Fault::CutAfter(0), u32::MAX);
    let mut client = Client::open(&server).await;
    let end = tokio::time::Instant::now() + Duration::from_secs(5);
    client.until("five seconds", |_| tokio::time::Instant::now() >= end).await;
    let asked = server.asked().iter().filter(|request| request.target.starts_with("/api/v1/nodes")).count();
    assert!((2..=12).contains(&asked), "{asked} requests in five seconds");
    assert!(!matches!(client.store.health(Kind::Node), Health::Live));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_may_not_watch_is_served_by_lists() {
    let server = Server::start(world::of_pods(30)).await;
    server.fault("watch=1", Fault::api(403, "Forbidden"), u32::MAX);
    let mut client = Client::open(&server).await;
    client
        .until("polling", |client| {
            Kind::CORE.into_iter().all(|kind| matches!(client.store.health(kind), Health::Polling { .. }))
        })
        .await;
    assert_eq!(client.store.count(Kind::Pod), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_stalls_is_told_while_other_kinds_go_on() {
    let server = Server::start(world::of_pods(30)).await;
    server.fault("/api/v1/pods", Fault::Stall(Duration::from_secs(60)), 1);
    let mut client = Client::open(&server).await;
    client
        .until("the stall is told", |client| client.told(Kind::Pod, |cause| matches!(cause, Cause::Stalled(_))))
        .await;
    assert_eq!(*client.store.health(Kind::Service), Health::Live);
    client.synced().await;
    assert_eq!(client.store.count(Kind::Pod), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_its_end_mark_is_never_called_complete() {
    let server = Server::start(world::of_pods(30)).await;
    server.fault("/api/v1/pods", Fault::NoEndMark, 1);
    let mut client = Client::open(&server).await;
    client.until("services are live", |client| *client.store.health(Kind::Service) == Health::Live).await;
    client.until("all pods came", |client| client.store.count(Kind::Pod) == 30).await;
    assert!(!client.store.complete(Kind::Pod));
    client.synced().await;
}
