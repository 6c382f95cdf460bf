//! Lookups played through, for each library.

use Library::{Glibc, Go, Musl};

use super::*;

/// What a server on script knows.
type Zone = &'static [(&'static str, Reply)];

const CLUSTER: &str = "search shop.svc.k8s svc.k8s k8s\nnameserver 10.96.0.10\noptions ndots:5";

fn ip(text: &str) -> Reply {
    Reply::Addresses(vec![text.parse().unwrap()])
}

/// Plays a lookup against a short list of names; all others do not exist.
fn play(name: &str, conf: &str, library: Library, wanted: Wanted, zone: &[(&str, Reply)]) -> Lookup {
    let conf = ResolvConf::read(conf);
    play_with(name, &conf, library, wanted, zone)
}

fn play_with(name: &str, conf: &ResolvConf, library: Library, wanted: Wanted, zone: &[(&str, Reply)]) -> Lookup {
    lookup(&Name::parse(name).unwrap(), conf, library, wanted, |fqdn, _| {
        zone.iter().find(|(known, _)| *known == fqdn).map_or(Reply::NxDomain, |(_, reply)| reply.clone())
    })
}

fn names(lookup: &Lookup) -> Vec<&str> {
    lookup.names().map(|name| &**name).collect()
}

fn failure(lookup: &Lookup) -> Option<Failure> {
    match lookup.outcome() {
        Outcome::Found { .. } => None,
        Outcome::Failed(failure) => Some(*failure),
    }
}

#[test]
fn the_first_name_that_has_addresses_ends_the_lookup() {
    let zone = [("web.svc.k8s.", ip("10.0.0.1")), ("web.", ip("10.0.0.2"))];
    for library in Library::ALL {
        let played = play("web", CLUSTER, library, Wanted::V4, &zone);
        assert_eq!(names(&played), ["web.shop.svc.k8s.", "web.svc.k8s."], "{library}");
        let addresses = vec!["10.0.0.1".parse().unwrap()];
        assert_eq!(played.sure(), Some(&Outcome::Found { step: 1, addresses, complete: true }), "{library}");
        assert_eq!((played.queries, played.wasted), (2, 1), "{library}");
    }
}

#[test]
fn one_family_asks_one_query_a_name() {
    let asked = |wanted| {
        let mut asked = Vec::new();
        let conf = ResolvConf::read("search x\noptions ndots:5");
        lookup(&Name::parse("a").unwrap(), &conf, Glibc, wanted, |fqdn, query| {
            asked.push((fqdn.to_owned(), query));
            Reply::NxDomain
        });
        asked.into_iter().map(|(_, query)| query).collect::<Vec<_>>()
    };
    use Query::{A, Aaaa, Ptr, Srv};
    assert_eq!(asked(Wanted::Any), [A, Aaaa, A, Aaaa]);
    assert_eq!(asked(Wanted::V4), [A, A]);
    assert_eq!(asked(Wanted::V6), [Aaaa, Aaaa]);
    assert_eq!(asked(Wanted::Srv), [Srv, Srv]);
    assert_eq!(asked(Wanted::Ptr), [Ptr, Ptr]);
}

#[test]
fn a_namespace_of_the_same_name_stops_musl_and_not_glibc() {
    // R1.9: `prod` is also a namespace, so `prod.svc.k8s` exists and is empty.
    let zone = [("prod.svc.k8s.", Reply::NoData), ("prod.", ip("192.0.2.1"))];
    let of = |library| play("prod", CLUSTER, library, Wanted::Any, &zone);
    assert_eq!(failure(&of(Musl)), Some(Failure::NoData));
    assert_eq!(names(&of(Musl)).len(), 2);
    for library in [Glibc, Go] {
        assert_eq!(failure(&of(library)), None, "{library}");
        assert_eq!(names(&of(library)).len(), 4, "{library}");
    }
}

#[test]
fn glibc_keeps_the_error_of_the_name_tried_first_else_nodata_else_servfail_else_the_last() {
    use Failure::{Again, NoData, NoName};
    let first = "search x y\noptions ndots:1";
    let later = "search x y\noptions ndots:5";
    let cases: [(&str, Zone, Failure); 9] = [
        (first, &[("a.b.", Reply::ServFail), ("a.b.x.", Reply::NoData)], Again),
        (first, &[("a.b.", Reply::NoData)], NoData),
        (first, &[("a.b.x.", Reply::NoData)], NoName),
        (first, &[("a.b.", Reply::Refused)], Again),
        (later, &[("a.b.x.", Reply::NoData), ("a.b.y.", Reply::ServFail)], NoData),
        (later, &[("a.b.x.", Reply::ServFail)], Again),
        (later, &[("a.b.x.", Reply::ServFail), ("a.b.", Reply::NoData)], Again),
        (later, &[("a.b.", Reply::ServFail)], Again),
        (later, &[], NoName),
    ];
    for (conf, zone, expected) in cases {
        assert_eq!(failure(&play("a.b", conf, Glibc, Wanted::Any, zone)), Some(expected), "{zone:?}");
    }
}

#[test]
fn a_refusal_sends_glibc_to_the_bare_name_at_once() {
    for reply in [Reply::Refused, Reply::Timeout] {
        let played = play("a", "search x y .\noptions ndots:5", Glibc, Wanted::Any, &[("a.x.", reply.clone())]);
        assert_eq!(names(&played), ["a.x.", "a."], "{reply:?}");
        assert_eq!(failure(&played), Some(Failure::NoName));
        // Tried before, it is not tried again.
        let played = play("a.b", "search x y\noptions ndots:1", Glibc, Wanted::Any, &[("a.b.x.", reply)]);
        assert_eq!(names(&played), ["a.b.", "a.b.x."]);
        assert_eq!(failure(&played), Some(Failure::NoName));
    }
    // Refused first, the name as typed does not keep the search from going on.
    let played = play("a.b", "search x y\noptions ndots:1", Glibc, Wanted::Any, &[("a.b.", Reply::Refused)]);
    assert_eq!(names(&played), ["a.b.", "a.b.x.", "a.b.y."]);
    // The root is the bare name: it is not asked for once more.
    let played = play("a", "search . y z\noptions ndots:5", Glibc, Wanted::Any, &[("a.y.", Reply::Refused)]);
    assert_eq!(names(&played), ["a.", "a.y."]);
    assert_eq!(failure(&played), Some(Failure::Again));
}

#[test]
fn a_name_too_long_for_a_query_ends_the_search_of_glibc_only() {
    let long = [["a".repeat(63).as_str(); 3].join("."), "a".repeat(57)].join(".");
    let conf = "search wxyz y\noptions ndots:5";
    let asked = |library| play(&long, conf, library, Wanted::Any, &[]).names().count();
    assert_eq!(asked(Glibc), 1);
    assert_eq!((asked(Musl), asked(Go)), (2, 2));
    let refused = [(&*format!("{long}."), Reply::NxDomain)];
    assert_eq!(failure(&play(&long, conf, Glibc, Wanted::Any, &refused)), Some(Failure::NoName));
    assert_eq!(failure(&play("a", "search a..b .\noptions ndots:5", Glibc, Wanted::Any, &[])), Some(Failure::NoName));
}

#[test]
fn go_prefers_the_failure_of_the_name_as_typed() {
    use Failure::{Again, Fail, NoName};
    let cases: [(&str, Zone, Failure); 4] = [
        ("a", &[("a.x.", Reply::Refused), ("a.y.", Reply::ServFail)], NoName),
        ("a", &[("a.", Reply::ServFail)], Again),
        ("a", &[("a.", Reply::Refused)], Fail),
        ("a.", &[("a.", Reply::Refused)], Fail),
    ];
    for (name, zone, expected) in cases {
        let played = play(name, "search x y\noptions ndots:5", Go, Wanted::Any, zone);
        assert_eq!(failure(&played), Some(expected), "{name} {zone:?}");
    }
    let zone = [("a.x.", Reply::Refused), ("a.y.", Reply::ServFail)];
    let record = play("a", "search x y\noptions ndots:5", Go, Wanted::Srv, &zone);
    assert_eq!(failure(&record), Some(NoName));
    let first = play("a.b", "search x y\noptions ndots:1", Go, Wanted::Any, &[("a.b.x.", Reply::Refused)]);
    assert_eq!(failure(&first), Some(NoName));
}

#[test]
fn an_unknown_reply_makes_the_rest_conditional() {
    let zone = [("web.svc.k8s.", Reply::Unknown), ("web.k8s.", ip("10.0.0.1"))];
    for library in Library::ALL {
        let played = play("web", CLUSTER, library, Wanted::Any, &zone);
        let doubt = Doubt { step: 1, supposed: Supposition::NxDomain };
        assert_eq!(played.doubts, [doubt], "{library}");
        assert!(matches!(&played.conclusion, Conclusion::If(first, Outcome::Found { step: 2, .. }) if *first == doubt));
        assert_eq!(played.sure(), None);
        // What was decided before it is sure.
        let zone = [("web.shop.svc.k8s.", ip("10.0.0.1")), ("web.svc.k8s.", Reply::Unknown)];
        assert!(play("web", CLUSTER, library, Wanted::Any, &zone).sure().is_some(), "{library}");
    }
    let last = play("web", CLUSTER, Glibc, Wanted::Any, &[("web.", Reply::Unknown)]);
    assert_eq!(last.conclusion, Conclusion::If(last.doubts[0], Outcome::Failed(Failure::NoName)));
    let go = play("web", CLUSTER, Go, Wanted::Any, &[("web.shop.svc.k8s.", Reply::Refused), ("web.", Reply::Unknown)]);
    assert_eq!(failure(&go), Some(Failure::NoName));
}

#[test]
fn addresses_beside_an_unknown_reply_are_sure_but_not_all() {
    let conf = ResolvConf::read(CLUSTER);
    let half = |lost: Reply, library| {
        lookup(&Name::parse("web").unwrap(), &conf, library, Wanted::Any, |_, query| match query {
            Query::A => ip("10.0.0.1"),
            Query::Aaaa | Query::Srv | Query::Ptr => lost.clone(),
        })
    };
    for library in [Glibc, Go] {
        for lost in [Reply::Unknown, Reply::ServFail] {
            let played = half(lost, library);
            assert!(matches!(played.sure(), Some(Outcome::Found { step: 0, complete: false, .. })), "{library}");
        }
        assert!(matches!(half(Reply::NoData, library).sure(), Some(Outcome::Found { complete: true, .. })));
    }
    assert_eq!(half(Reply::Unknown, Musl).doubts[0].step, 0);
}

#[test]
fn unseen_search_domains_and_options_are_doubts() {
    let unseen = |searches, options| Unseen { file: NodeFile::ResolvConf, servers: None, searches, options };
    let read = ResolvConf::read(CLUSTER);
    let conf = ResolvConf { unseen: Some(unseen(Some(3), false)), ..read };
    for library in Library::ALL {
        let played = play_with("web", &conf, library, Wanted::Any, &[("web.k8s.", ip("10.0.0.1"))]);
        assert!(played.sure().is_some(), "{library}");
        assert_eq!(played.line_assumed, library == Musl);
        let played = play_with("web", &conf, library, Wanted::Any, &[("web.", ip("10.0.0.1"))]);
        assert_eq!(played.doubts, [Doubt { step: 3, supposed: Supposition::NotInUnseen }], "{library}");
        assert_eq!(played.steps[3], Step::Unseen);

        assert_eq!((played.queries, played.wasted), (8, 6), "{library}");
    }
    let conf = ResolvConf { unseen: Some(unseen(Some(0), true)), ..ResolvConf::default() };
    let played = play_with("a.b", &conf, Glibc, Wanted::Any, &[("a.b.", ip("10.0.0.1"))]);
    assert_eq!(played.doubts, [Doubt { step: 0, supposed: Supposition::Ndots1 }]);
    assert_eq!(names(&played), ["a.b."]);
}

#[test]
fn a_failing_server_is_asked_again() {
    let servers = "nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nnameserver 4.4.4.4\n";
    let sent = |conf: &str, library, reply: Reply| play("a.", conf, library, Wanted::Any, &[("a.", reply)]).queries;
    let cases: [(&str, Reply, [usize; 3]); 9] = [
        ("", ip("10.0.0.1"), [2, 2, 2]),
        ("", Reply::NxDomain, [2, 2, 2]),
        (servers, ip("10.0.0.1"), [2, 6, 2]),
        ("options attempts:1", Reply::ServFail, [2, 6, 2]),
        ("options attempts:1", Reply::Refused, [2, 2, 2]),
        ("", Reply::ServFail, [4, 12, 4]),
        ("", Reply::Timeout, [4, 4, 4]),
        ("options attempts:0", Reply::Timeout, [2, 2, 2]),
        (servers, Reply::Timeout, [12, 12, 12]),
    ];
    for (conf, reply, expected) in cases {
        let told = [Glibc, Musl, Go].map(|library| sent(conf, library, reply.clone()));
        assert_eq!(told, expected, "{conf:?} {reply:?}");
    }
}

#[test]
fn one_failing_query_of_two_is_repeated_as_each_library_does() {
    let conf = ResolvConf::default();
    let sent = |library, wanted, aaaa: Reply| {
        let ask = |_: &str, query| if query == Query::A { Reply::NxDomain } else { aaaa.clone() };
        lookup(&Name::parse("a.").unwrap(), &conf, library, wanted, ask).queries
    };
    // Two attempts; musl has two repetitions for each query, and one failing query uses them all up.
    assert_eq!([Glibc, Musl, Go].map(|library| sent(library, Wanted::Any, Reply::ServFail)), [2, 11, 3]);
    assert_eq!([Glibc, Musl, Go].map(|library| sent(library, Wanted::Any, Reply::Timeout)), [2, 3, 3]);
    assert_eq!([Glibc, Musl, Go].map(|library| sent(library, Wanted::V6, Reply::ServFail)), [2, 6, 2]);
}

#[test]
fn the_first_doubt_is_the_one_a_conclusion_names() {
    let zone = [("web.shop.svc.k8s.", Reply::Unknown), ("web.svc.k8s.", Reply::Unknown)];
    let played = play("web", CLUSTER, Glibc, Wanted::Any, &zone);
    assert_eq!(played.doubts.iter().map(|doubt| doubt.step).collect::<Vec<_>>(), [0, 1]);
    assert!(matches!(played.conclusion, Conclusion::If(Doubt { step: 0, .. }, _)));
}
