//! Random worlds: Services of every type, pods in every state, slices of every writer, put through a real API server.
//!
//! A seed makes the same objects on every machine; addresses and identities are the server's choice. `PODPATH_SEED` replays
//! one seed, `PODPATH_WORLDS` asks for more than one world. To add a shape: its branch in the file of its kind.

mod cast;
mod dice;
mod nodes;
mod pods;
mod put;
mod services;
mod slices;

pub(crate) use dice::Dice;
pub(crate) use nodes::addresses;
pub(crate) use put::{put, versions};

use serde_json::{Value, json};

/// What is done to the cluster, in this order; within a step the order does not matter.
pub(crate) struct World {
    pub seed: u64,
    pub namespaces: Vec<String>,
    /// Namespaces and nodes.
    pub ground: Vec<Value>,
    pub objects: Vec<Value>,
    /// The path of an object and its status.
    pub statuses: Vec<(String, Value)>,
    /// What happens after the controllers have seen all that.
    pub later: Vec<Event>,
}

/// What happens to an object.
pub(crate) enum Event {
    Patch(String, Value),
    /// Whatever has no kubelet or has a finalizer stays `Terminating`.
    Delete(String),
}

impl World {
    /// The world of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        let dice = &mut Dice::new(seed);
        let services = 9 + dice.below(7);
        let namespaces: Vec<String> = cast::namespaces(dice);
        let mut world =
            Self { seed, namespaces, ground: Vec::new(), objects: Vec::new(), statuses: Vec::new(), later: Vec::new() };
        nodes::add(&mut world);
        for namespace in world.namespaces.clone() {
            world.ground.push(json!({"apiVersion": "v1", "kind": "Namespace",
                "metadata": {"name": namespace, "labels": {"team": dice.pick(&["a", "b"])}}}));
            let names = services::add(&mut world, dice, &namespace, services);
            pods::add(&mut world, dice, &namespace, &names);
            slices::add(&mut world, dice, &namespace, &names);
        }
        world
    }
}

/// The seed of the short run.
const USUAL: u64 = 7;

/// The seeds to run: `PODPATH_SEED` alone, else as many new ones as `PODPATH_WORLDS` says, else always the same one: a run
/// that decides whether a change lands must not depend on the day.
pub(crate) fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    if let Some(seed) = number("PODPATH_SEED") {
        return vec![seed];
    }
    let Some(count) = number("PODPATH_WORLDS") else { return vec![USUAL] };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let first = now.as_secs() % 1_000_000;
    (0..count).map(|at| first + at).collect()
}
