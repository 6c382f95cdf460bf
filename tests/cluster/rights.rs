//! Users with fewer rights see what they may, and are told what they may not.

use std::time::Duration;

use podpath::delta::{Health, Verb};
use podpath::model::{Key, Kind};
use podpath::watch::Scope;

use crate::harness::{Cluster, Options, User};
use crate::observer::Observer;
use crate::pty::Pty;
use crate::shop;

fn decided(this: &Observer) -> bool {
    Kind::CORE.into_iter().all(|kind| {
        !matches!(this.store.health(kind), Health::Waiting | Health::Loading { .. } | Health::Failing { .. })
    })
}

fn open(cluster: &Cluster, user: User, arguments: &[&str]) -> Pty {
    Pty::open((160, 50), arguments, &[("KUBECONFIG", cluster.kubeconfig_of(user).to_str().unwrap())])
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_sees_what_it_may_and_is_told_the_rest() {
    let cluster = Cluster::start(Options::default()).await;
    shop::open(&cluster).await;
    let patience = Duration::from_secs(20);

    // The role that podpath prints is enough for everything.
    let mut own = Observer::open(&cluster.kubeconfig_of(User::Podpath), Scope::All).await;
    own.synced().await;
    own.converges(cluster.api(), "connecting with podpath's own role").await;
    let needed = || Kind::ALL.into_iter().filter(|kind| kind.on_demand());
    own.watching.need(&needed().collect::<Vec<_>>());
    let known = |this: &Observer| {
        needed().all(|kind| this.store.complete(kind) || this.store.health(kind) == &Health::NotServed)
    };
    assert!(own.until(patience, known).await, "{:?}", own.health);
    assert!(needed().all(|kind| matches!(own.store.health(kind), Health::Live | Health::NotServed)));

    // The same for a namespace that only explains.
    let mut own = Observer::open(&cluster.kubeconfig_of(User::Podpath), Scope::one("shop")).await;
    own.watching.support(&"default".into());
    own.synced().await;
    let api = |this: &Observer| this.store.service(&Key::new("default", "kubernetes")).is_some();
    assert!(own.until(patience, api).await && own.store.complete_in(Kind::Slice, &"default".into()));
    assert_eq!(own.store.count(Kind::Service), 11, "Services of the shop alone");

    // One namespace: namespaced kinds are live, cluster-wide ones forbidden.
    let mut shop_only = Observer::open(&cluster.kubeconfig_of(User::ShopOnly), Scope::one("shop")).await;
    assert!(shop_only.until(patience, decided).await);
    for kind in Kind::CORE {
        let health = shop_only.store.health(kind);
        if kind.namespaced() {
            assert_eq!(*health, Health::Live, "{kind:?}");
        } else {
            assert!(matches!(health, Health::Forbidden { verb: Verb::List, namespace: None }), "{kind:?} {health:?}");
        }
    }
    assert_eq!(shop_only.store.count(Kind::Service), 11, "Services of the shop");
    let mut screen = open(&cluster, User::ShopOnly, &["-n", "shop"]);
    screen.shows("forbidden: list nodes");
    screen.shows("checkout");

    // No right to watch: listed at an interval, and said.
    let mut lister = Observer::open(&cluster.kubeconfig_of(User::Lister), Scope::All).await;
    assert!(lister.until(patience, decided).await);
    for kind in Kind::CORE {
        assert!(
            matches!(lister.store.health(kind), Health::Polling { .. }),
            "{kind:?} {:?}",
            lister.store.health(kind)
        );
    }
    lister.converges(cluster.api(), "polling").await;
    let mut screen = open(&cluster, User::Lister, &["-n", "shop"]);
    screen.shows("no watch right");
    screen.shows("checkout");

    // No right at all: forbidden is not none.
    let mut nobody = Observer::open(&cluster.kubeconfig_of(User::Nobody), Scope::All).await;
    assert!(nobody.until(patience, decided).await);
    assert!(Kind::CORE.into_iter().all(|kind| matches!(nobody.store.health(kind), Health::Forbidden { .. })));
    let mut screen = open(&cluster, User::Nobody, &["-A"]);
    screen
        .says("forbidden, not none", |text| text.contains("forbidden: list services") && !text.contains("no Services"));
    screen.press("q");
}
