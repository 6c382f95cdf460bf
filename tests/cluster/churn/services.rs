//! What is done to a Service: another selector, deleted and made again.

use podpath::churn::{Event, Subject, Why};
use podpath::model::{Key, Selector};
use serde_json::json;

use super::audit::Audit;
use super::field::{Field, deployment, service};

pub(super) async fn selector(field: &mut Field) {
    field.shop("selector", "b", 2).await;
    let api = field.api();
    api.apply(&deployment("selector", "other", "b", 3)).await;
    field
        .sees("the others are ready", |eyes| {
            let pods = eyes.store.pods().filter(|pod| pod.meta.key.namespace == *"selector");
            pods.filter(|pod| pod.ready).count() == 5
        })
        .await;
    let change = json!({"spec": {"selector": {"app": "other"}}});
    api.patch("/api/v1/namespaces/selector/services/web", &change).await;
    field.serves("selector", 3).await;
}

pub(super) fn selector_is_told(field: &Field, audit: &Audit) {
    let selector = |app| Selector([("app", app)].into_iter().collect());
    let edited = Why::SelectorEdited(Box::new((selector("web"), selector("other"))));
    for (name, uid, _) in audit.pods("selector") {
        if name.starts_with("other") {
            // Whether the Service or the slice was heard first.
            let joined = field.one(&uid, "joined");
            assert_eq!(joined.why, edited, "{name}\n{}", field.told("selector"));
            // It had been ready for long: the slice is not late.
            assert_eq!(joined.lag, None);
        } else {
            assert_eq!(field.one(&uid, "left").why, edited, "{name}\n{}", field.told("selector"));
            assert_eq!(field.one(&uid, "joined").why.id(), "scale");
        }
    }
    let told = field.causes("selector", |entry| entry.event == Event::Selector);
    assert_eq!(told, ["edited"]);
}

pub(super) async fn made_again(field: &mut Field) {
    field.shop("again", "b", 2).await;
    let api = field.api();
    let before = field.eyes.store.service(&Key::new("again", "web")).unwrap().meta.uid.clone();
    api.delete("/api/v1/namespaces/again/services/web", None).await;
    api.apply(&service("again", "web")).await;
    field
        .sees("the slices of the new one alone", |eyes| {
            let key = Key::new("again", "web");
            let new = eyes.store.service(&key).is_some_and(|service| service.meta.uid != before);
            let slices = eyes.store.slices().filter(|slice| slice.meta.key.namespace == *"again");
            let owner = |slice: &podpath::model::Slice| slice.meta.owner.clone().map(|owner| owner.uid.clone());
            let mut owners = slices.map(|slice| owner(slice));
            new && owners.all(|owner| owner.is_none_or(|owner| owner != before))
        })
        .await;
    field.serves("again", 2).await;
}

pub(super) fn made_again_is_told(field: &Field, audit: &Audit) {
    // The deletion may be seen, or only that another has the name.
    let (gone, made) = (["service-deleted", "replaced"], ["service-created", "replaced"]);
    for (name, uid, _) in audit.pods("again") {
        let why = |event: &str| field.of(&uid, event).iter().map(|entry| entry.why.id()).collect::<Vec<_>>();
        let (joined, left) = (why("joined"), why("left"));
        if let [left] = left.as_slice() {
            assert_eq!(joined[0], "scale", "{name}\n{}", field.told("again"));
            assert!(joined.len() == 2 && made.contains(&joined[1]) && gone.contains(left), "{joined:?}, {left:?}");
        } else {
            // The new slice came before the old one went: it was in service all the time.
            assert_eq!((joined.as_slice(), left.len()), (&["scale"][..], 0), "{name}\n{}", field.told("again"));
        }
    }
    let of = |what: fn(&Subject) -> bool| field.entries("again").filter(move |entry| what(&entry.on));
    let told: Vec<_> =
        of(|on| matches!(on, Subject::Service(_))).map(|entry| (entry.event.id(), entry.why.id())).collect();
    let seen = [("came", "service-created"), ("went", "service-deleted"), ("came", "service-created")];
    assert!(told == seen || told == [("came", "service-created"), ("replaced", "replaced")], "{told:?}");
    let mut slices: Vec<_> =
        of(|on| matches!(on, Subject::Slice(_))).map(|entry| (entry.event.id(), entry.why.id())).collect();
    slices.sort_unstable();
    assert_eq!(slices.iter().map(|(event, _)| *event).collect::<Vec<_>>(), ["came", "came", "went"]);
    assert!(slices.iter().all(|(_, why)| gone.contains(why) || made.contains(why)), "{slices:?}");
}
