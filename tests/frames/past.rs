//! The shop over two minutes: looked back at, frozen, compared, and as a time line.

use podpath::app::{Key, KeyCode, Message, State, update};
use podpath::delta::{Delta, Step};
use podpath::model::Uid;
use podpath::view::{self, Scene};

use crate::shop::{self, NOW, Size};

/// A name and how the screen looks there.
pub(crate) fn all(size: Size) -> Vec<(&'static str, Scene)> {
    vec![
        ("past_timeline", seen(size, |state| press(state, "e"))),
        ("past_endpoint", seen(size, |state| press(state, "e/p1"))),
        ("past_churn", seen(size, |state| press(state, "E"))),
        ("past_travelled", seen(size, |state| press(state, "<<<"))),
        ("past_frozen", frozen(size)),
        ("past_difference", seen(size, |state| press(state, "<<<<<<<<<<<<<<<<<<<m.D"))),
        ("past_who", seen(size, |state| command(state, "who 10.244.2.3"))),
    ]
}

fn press(state: &mut State, keys: &str) {
    for key in keys.chars() {
        update(state, Message::Key(Key::from(key)));
    }
}

fn command(state: &mut State, words: &str) {
    press(state, ":");
    press(state, words);
    update(state, Message::Key(KeyCode::Enter.into()));
}

fn seen(size: Size, act: impl Fn(&mut State)) -> Scene {
    let mut state = lived(size);
    act(&mut state);
    view::scene(&state)
}

fn frozen(size: Size) -> Scene {
    let mut state = lived(size);
    update(&mut state, Message::Key(Key::ctrl('f')));
    update(&mut state, Message::Deltas(NOW.plus(2_000), vec![cart(&["cart-5f-aa", "cart-5f-bb"])]));
    update(&mut state, Message::Clock(NOW.plus(9_000)));
    view::scene(&state)
}

/// Two minutes of the shop, the cursor on checkout.
fn lived(size: Size) -> State {
    let mut state = shop::state(size);
    state.now = NOW.plus(-130_000);
    let mut hear = |ago: i64, deltas: Vec<Delta>| {
        update(&mut state, Message::Deltas(NOW.plus(-ago), deltas));
    };
    hear(120_000, shop::lists());
    // A probe fails for a while.
    hear(90_000, vec![pod("checkout-6c-p1", "10.244.3.4", "n3", false, 90_000), slices(&["x2", "-p1", "aa"])]);
    hear(70_000, vec![pod("checkout-6c-p1", "10.244.3.4", "n3", true, 70_000), slices(&["x2", "p1", "aa"])]);
    // Nobody of cart is there for a moment.
    hear(60_000, vec![cart(&[])]);
    hear(55_000, vec![cart(&["cart-5f-aa", "cart-5f-bb", "cart-5f-cc"])]);
    // One is replaced.
    let went = podpath::model::Key::new("shop", "checkout-59-aa");
    let gone = Delta::Pod(Step::Deleted(went, Uid::from("pod-checkout-59-aa")));
    hear(30_000, vec![gone, slices(&["x2", "p1"])]);
    hear(12_000, vec![pod("checkout-6c-k9", "10.244.2.9", "n2", true, 12_000)]);
    hear(11_000, vec![slices(&["x2", "p1", "k9"])]);
    update(&mut state, Message::Clock(NOW));
    press(&mut state, "j");
    state
}

fn pod(name: &str, ip: &str, node: &str, ready: bool, ago: i64) -> Delta {
    let mut pod = shop::pod(name, "checkout", ip, node);
    pod.ready = ready;
    pod.ready_since = Some(NOW.plus(-ago));
    if name.ends_with("k9") {
        pod.meta.created = Some(NOW.plus(-ago - 3_000));
    }
    Delta::Pod(Step::Applied(pod))
}

/// The slice of checkout with these endpoints; one with a dash is not ready.
fn slices(names: &[&str]) -> Delta {
    let endpoints: Vec<_> = names
        .iter()
        .map(|name| match *name {
            "x2" => ("checkout-6c-x2", "10.244.1.12", "n1", "a", true),
            "k9" => ("checkout-6c-k9", "10.244.2.9", "n2", "b", true),
            "aa" => ("checkout-59-aa", "10.244.2.3", "n2", "b", true),
            name => ("checkout-6c-p1", "10.244.3.4", "n3", "c", name == "p1"),
        })
        .collect();
    Delta::Slice(Step::Applied(shop::checkout(&endpoints)))
}

fn cart(names: &[&str]) -> Delta {
    let endpoints: Vec<_> = names
        .iter()
        .map(|name| match *name {
            "cart-5f-aa" => ("cart-5f-aa", "10.244.1.20", "n1", "a", true),
            "cart-5f-bb" => ("cart-5f-bb", "10.244.2.21", "n2", "b", true),
            _ => ("cart-5f-cc", "10.244.3.22", "n3", "c", true),
        })
        .collect();
    Delta::Slice(Step::Applied(shop::slice("cart", "cart-abcde", "http", 8080, &endpoints)))
}
