//! A batch of deltas becomes a list of changes: objects one by one, union-table rows by their net effect.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::index::Index;
use super::table::Single;
use super::{Cause, Change, Edit, Pair, Row, RowEdit, RowId, Store};
use crate::delta::{Delta, Health, Purpose, Step};
use crate::model::{
    ConfigMap, ConfigName, Key, Kind, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Set, Slice, Text,
    Time, Uid,
};

/// While the first lists arrive, summaries are brought up to date this often, in milliseconds: as long as a frame lasts
/// then.
const SETTLE_EVERY: u64 = 250;

/// Tables of so many Services keep their room for the next ones, and of no more rows than that: the allocator holds
/// nothing so large at hand, and each event needs two.
const SPARE: usize = 32;
const SPARE_ROWS: usize = 32;

/// What is gathered while one batch is applied.
#[derive(Default)]
struct Batch {
    changes: Vec<Change>,
    /// Rows as they were before the batch, of each Service that it touches.
    before: BTreeMap<Key, Vec<Row>>,
    /// Why the rows change: live wins over relist, relist over load.
    cause: Option<Cause>,
    touched: Set<Key>,
}

impl Batch {
    fn note(&mut self, cause: Cause, edit: Edit) {
        self.cause = Some(match (self.cause, cause) {
            (Some(Cause::Live), _) | (_, Cause::Live) => Cause::Live,
            (Some(Cause::Relist), _) | (_, Cause::Relist) => Cause::Relist,
            (None | Some(Cause::Load), Cause::Load) => Cause::Load,
        });
        self.changes.push(Change { cause, edit });
    }
}

impl Store {
    /// Applies a batch received at `at`. Object edits come in the order of the batch, then one edit for each row that is
    /// not what it was before the batch. Row edits are left out until the first lists are complete.
    pub fn apply(&mut self, at: Time, deltas: impl IntoIterator<Item = Delta>) -> Vec<Change> {
        let mut batch = Batch::default();
        for delta in deltas {
            match delta {
                Delta::Service(step) => self.step(&mut batch, Kind::Service, step),
                Delta::Slice(step) => self.step(&mut batch, Kind::Slice, step),
                Delta::Pod(step) => self.step(&mut batch, Kind::Pod, step),
                Delta::Node(step) => self.step(&mut batch, Kind::Node, step),
                Delta::Namespace(step) => self.step(&mut batch, Kind::Namespace, step),
                Delta::NetworkPolicy(step) => self.step(&mut batch, Kind::NetworkPolicy, step),
                Delta::ServiceCidr(step) => self.step(&mut batch, Kind::ServiceCidr, step),
                Delta::Config(name, step) => self.config_step(&mut batch, name, step),
                Delta::Watching(namespace, purpose) => self.watch(namespace, purpose),
                Delta::Health(kind, health) => self.hear(&mut batch, kind, None, health),
                Delta::HealthIn(kind, namespace, health) => self.hear(&mut batch, kind, Some(namespace), health),
                Delta::Clock(_) => {}
                Delta::Skipped(kind, skipped) => self.knowledge[kind.index()].skip(skipped),
            }
        }
        self.finish(at, batch)
    }

    /// What was watched for its own sake stays so.
    fn watch(&mut self, namespace: Text, purpose: Purpose) {
        self.watched
            .entry(namespace)
            .and_modify(|held| {
                if purpose == Purpose::Shown {
                    *held = purpose
                }
            })
            .or_insert(purpose);
        for kind in Kind::ALL {
            self.judge(kind);
        }
    }

    fn judge(&mut self, kind: Kind) {
        let shown = self.watched.iter().filter(|(_, purpose)| **purpose == Purpose::Shown).map(|(name, _)| name);
        self.knowledge[kind.index()].judge(shown);
    }

    fn hear(&mut self, batch: &mut Batch, kind: Kind, namespace: Option<Text>, health: Health) {
        let complete = |store: &Self| match &namespace {
            Some(name) => store.complete_in(kind, name),
            None => store.complete(kind),
        };
        let was = complete(self);
        self.knowledge[kind.index()].hear(namespace.as_ref(), health);
        self.judge(kind);
        // What is missing means something else now: every row may have another word.
        if was != complete(self) && matches!(kind, Kind::Pod | Kind::Slice | Kind::Node) {
            batch.touched.extend(self.services.iter().map(|service| service.meta.key.clone()));
            batch.touched.extend(self.missing_services());
        }
    }

    fn step<T: Joined>(&mut self, batch: &mut Batch, kind: Kind, step: Step<T>) {
        let knowledge = &mut self.knowledge[kind.index()];
        let cause = match &step {
            Step::Applied(object) => knowledge.cause(&object.meta().key.namespace),
            Step::Deleted(key, _) => knowledge.cause(&key.namespace),
            Step::Listed(_) => knowledge.listed(None),
            Step::ListedIn(namespace, _) => knowledge.listed(Some(namespace)),
        };
        let singles = T::table(self).singles(step);
        self.singles(batch, cause, singles);
    }

    /// The one object of a name is all that a list holds: the others are kinds of their own.
    fn config_step(&mut self, batch: &mut Batch, name: ConfigName, step: Step<ConfigMap>) {
        let key = Key::new(ConfigName::NAMESPACE, name.as_str());
        let knowledge = &mut self.knowledge[Kind::Config(name).index()];
        let (cause, single) = match step {
            Step::Applied(object) => (knowledge.cause(&key.namespace), Single::Put(object)),
            Step::Deleted(_, uid) => (knowledge.cause(&key.namespace), Single::Remove(key.clone(), uid)),
            Step::Listed(objects) | Step::ListedIn(_, objects) => {
                let found = objects.into_iter().find(|object| object.meta.key == key);
                let gone = || Single::Remove(key.clone(), Uid::default());
                (knowledge.listed(None), found.map_or_else(gone, Single::Put))
            }
        };
        // A server that does not know the field selector sends others too.
        let ours = match &single {
            Single::Put(object) => object.meta.key == key,
            Single::Remove(..) => true,
        };
        self.singles(batch, cause, ours.then_some(single).into_iter().collect());
    }

    fn singles<T: Joined>(&mut self, batch: &mut Batch, cause: Cause, singles: Vec<Single<T>>) {
        let parts: Vec<_> = singles.iter().map(Single::parts).collect();
        for service in T::touches_together(self, &parts) {
            self.remember(batch, service);
        }
        for single in singles {
            let (key, coming) = single.parts();
            let touched = T::touches(self, key, coming);
            for service in &touched {
                self.remember(batch, service.clone());
            }
            let pair = match single {
                Single::Put(object) => T::table(self).put(object),
                Single::Remove(key, uid) => T::table(self).remove(&key, &uid),
            };
            if let Some(pair) = pair {
                T::join(self, &pair, &touched);
                batch.note(cause, T::edit(pair));
            }
        }
    }

    fn remember(&mut self, batch: &mut Batch, service: Key) {
        if !self.loading() && !batch.before.contains_key(&service) {
            let room = self.spare.pop().unwrap_or_default();
            batch.before.insert(service.clone(), self.rows_in(&service, room));
        }
        batch.touched.insert(service);
    }

    fn loading(&self) -> bool {
        [Kind::Service, Kind::Slice, Kind::Pod].into_iter().any(|kind| self.arriving(kind))
    }

    fn finish(&mut self, at: Time, batch: Batch) -> Vec<Change> {
        let Batch { mut changes, before, cause, touched } = batch;
        let cause = cause.unwrap_or(Cause::Live);
        self.unsettled.extend(touched);
        for (service, mut old) in before {
            let room = self.spare.pop().unwrap_or_default();
            let mut new = self.rows_in(&service, room);
            self.sum_up(&service, &new);
            self.unsettled.remove(&service);
            changes.extend(
                row_edits(&service, &old, &new)
                    .into_iter()
                    .map(|edit| Change { cause, edit: Edit::Row(Box::new(edit)) }),
            );
            for rows in [&mut old, &mut new] {
                rows.clear();
                if self.spare.len() < SPARE && rows.capacity() <= SPARE_ROWS {
                    self.spare.push(std::mem::take(rows));
                }
            }
        }
        if self.loading() && at.since(self.settled_at) >= SETTLE_EVERY {
            self.settled_at = at;
            self.settle();
        }
        changes
    }

    /// Whether Services have no summary at hand, each of which is worked out whenever it is asked for. They are best
    /// settled in an idle moment, except while lists arrive: then most would be touched again.
    pub fn unsettled(&self) -> bool {
        !self.unsettled.is_empty() && !self.loading()
    }

    /// Brings all summaries up to date.
    pub fn settle(&mut self) {
        self.settle_some(usize::MAX);
    }

    /// Brings summaries up to date until so many rows have been looked at.
    pub fn settle_some(&mut self, mut rows: usize) {
        while rows > 0
            && let Some(key) = self.unsettled.pop_first()
        {
            let all = self.rows(&key);
            self.sum_up(&key, &all);
            rows = rows.saturating_sub(1 + all.len());
        }
    }

    /// Keeps the numbers of a Service that has these rows.
    fn sum_up(&mut self, key: &Key, rows: &[Row]) {
        let exists = self.services.get(key).is_some() || self.index.slices(key).next().is_some();
        if exists {
            let summary = Arc::new(self.summarize(key, rows));
            self.summaries.insert(key.clone(), summary);
        } else {
            self.summaries.remove(key);
        }
    }
}

/// Rows that are not the same before and after, by identity.
fn row_edits(service: &Key, old: &[Row], new: &[Row]) -> Vec<RowEdit> {
    let edit = |old: Option<&Row>, new: Option<&Row>| {
        (old != new).then(|| RowEdit { service: service.clone(), old: old.cloned(), new: new.cloned() })
    };
    let in_place = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.id == new.id);
    let mut edits: Vec<RowEdit> = if in_place {
        old.iter().zip(new).filter_map(|(old, new)| edit(Some(old), Some(new))).collect()
    } else {
        let mut sides: BTreeMap<&RowId, (Option<&Row>, Option<&Row>)> = BTreeMap::new();
        for row in old {
            sides.entry(&row.id).or_default().0 = Some(row);
        }
        for row in new {
            sides.entry(&row.id).or_default().1 = Some(row);
        }
        sides.into_values().filter_map(|(old, new)| edit(old, new)).collect()
    };
    edits.sort_by(|a, b| a.id().cmp(&b.id()));
    edits
}

/// A kind that takes part in joins.
pub(super) trait Joined: super::Object + Clone + Sized {
    fn table(store: &mut Store) -> &mut super::table::Table<Self>;
    /// Services whose rows may differ once this name stands for this object, or for nothing.
    fn touches(store: &Store, key: &Key, coming: Option<&Self>) -> Vec<Key>;
    /// Further ones, which are dear to find for each by itself.
    fn touches_together(_: &Store, _: &[(&Key, Option<&Self>)]) -> Vec<Key> {
        Vec::new()
    }
    /// Brings the indexes up to date, once the object has its place. It touched these Services.
    fn join(store: &mut Store, pair: &Pair<Self>, touched: &[Key]);
    fn edit(pair: Pair<Self>) -> Edit;
}

impl Joined for Service {
    fn table(store: &mut Store) -> &mut super::table::Table<Self> {
        &mut store.services
    }

    fn touches(_: &Store, key: &Key, _: Option<&Self>) -> Vec<Key> {
        vec![key.clone()]
    }

    fn join(store: &mut Store, pair: &Pair<Self>, _: &[Key]) {
        if let Some(old) = &pair.old {
            store.index.drop_service(old);
        }
        if let Some(new) = &pair.new {
            store.index.add_service(new, &store.pods);
        }
    }

    fn edit(pair: Pair<Self>) -> Edit {
        Edit::Service(pair)
    }
}

impl Joined for Slice {
    fn table(store: &mut Store) -> &mut super::table::Table<Self> {
        &mut store.slices
    }

    fn touches(store: &Store, key: &Key, coming: Option<&Self>) -> Vec<Key> {
        let held = store.slices.get(key).and_then(|slice| slice.service());
        held.into_iter().chain(coming.and_then(Slice::service)).collect()
    }

    fn join(store: &mut Store, pair: &Pair<Self>, _: &[Key]) {
        if pair.both().is_some_and(|(old, new)| Index::refer_alike(old, new)) {
            return;
        }
        if let Some(old) = &pair.old {
            store.index.drop_slice(old);
        }
        if let Some(new) = &pair.new {
            let bound = new.service().is_some_and(|service| store.services.get(&service).is_some());
            store.index.add_slice(new, bound);
        }
    }

    fn edit(pair: Pair<Self>) -> Edit {
        Edit::Slice(pair)
    }
}

impl Joined for Pod {
    fn table(store: &mut Store) -> &mut super::table::Table<Self> {
        &mut store.pods
    }

    fn touches(store: &Store, key: &Key, coming: Option<&Self>) -> Vec<Key> {
        let concerned = |pod: &Pod| {
            let mut keys = store.services_selecting(pod);
            keys.extend(store.index.holders(pod).cloned());
            keys
        };
        let held = store.pods.get(key).map(Arc::as_ref);
        // A new version under the same labels and addresses concerns the same Services.
        let alike = held.zip(coming).is_some_and(|(held, coming)| Index::placed_alike(held, coming));
        let mut keys: Vec<Key> = held.map(concerned).unwrap_or_default();
        keys.extend(coming.filter(|_| !alike).map(concerned).unwrap_or_default());
        keys.sort();
        keys.dedup();
        keys
    }

    fn join(store: &mut Store, pair: &Pair<Self>, touched: &[Key]) {
        let alike = pair.both().is_some_and(|(old, new)| Index::placed_alike(old, new));
        if let Some(new) = pair.new.as_ref().filter(|_| alike) {
            store.index.renew_pod(new, touched);
            return;
        }
        // Whatever selects either version is among those that it touched.
        let selecting = |store: &Store, pod: &Pod| -> Vec<Key> {
            touched.iter().filter(|service| store.selects(service, pod)).cloned().collect()
        };
        if let Some(old) = &pair.old {
            let services = selecting(store, old);
            store.index.drop_pod(old, &services);
        }
        if let Some(new) = &pair.new {
            let services = selecting(store, new);
            store.index.add_pod(new, &services);
        }
    }

    fn edit(pair: Pair<Self>) -> Edit {
        Edit::Pod(pair)
    }
}

impl Joined for Node {
    fn table(store: &mut Store) -> &mut super::table::Table<Self> {
        &mut store.nodes
    }

    fn touches(_: &Store, _: &Key, _: Option<&Self>) -> Vec<Key> {
        Vec::new()
    }

    /// Only whether a node exists decides membership; only the pods on it are concerned. No index leads to them: it would
    /// cost every pod memory, and a look at all of them serves all nodes of a list.
    fn touches_together(store: &Store, coming: &[(&Key, Option<&Self>)]) -> Vec<Key> {
        let appears = coming.iter().filter(|(key, coming)| store.nodes.get(key).is_some() != coming.is_some());
        let names: HashSet<&Text> = appears.map(|(key, _)| &key.name).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let on_them = store.pods.iter().filter(|pod| pod.node.as_ref().is_some_and(|name| names.contains(name)));
        let mut keys: Vec<Key> = on_them.flat_map(|pod| store.services_selecting(pod)).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    fn join(_: &mut Store, _: &Pair<Self>, _: &[Key]) {}

    fn edit(pair: Pair<Self>) -> Edit {
        Edit::Node(pair)
    }
}

/// Kinds that no union table is made of.
macro_rules! apart {
    ($($model:ident $table:ident $edit:ident),*) => { $(
        impl Joined for $model {
            fn table(store: &mut Store) -> &mut super::table::Table<Self> {
                &mut store.$table
            }

            fn touches(_: &Store, _: &Key, _: Option<&Self>) -> Vec<Key> {
                Vec::new()
            }

            fn join(_: &mut Store, _: &Pair<Self>, _: &[Key]) {}

            fn edit(pair: Pair<Self>) -> Edit {
                Edit::$edit(pair)
            }
        }
    )* };
}
apart!(
    Namespace namespaces Namespace,
    NetworkPolicy policies NetworkPolicy,
    ServiceCidr cidrs ServiceCidr,
    ConfigMap configs Config
);
