//! A filter over the whole cluster: what each key that is typed costs.
//!
//! Services are asked first, then the entries of slices as they lie in memory; rows are joined only where an answer
//! needs them. The result is the one that [`Filter::find`] gives for each Service.

use super::filter::{Entry, Filter, Found, Met};
use crate::model::{AddressType, Key, Kind, Map, Slice};
use crate::store::Store;

impl Filter {
    /// Where each of `keys`, which ascend but for those without a Service, is found; those that are not found are left out.
    pub(super) fn search(&self, store: &Store, keys: &[Key]) -> Map<Key, Found> {
        let all = self.all();
        let mut found: Vec<(Key, Found)> = Vec::new();
        // Services that are found if one of their entries is.
        let mut open: Map<&Key, Met> = Map::default();
        let in_words = self.in_words();
        let joined = self.by_label() || !store.complete(Kind::Slice);
        // Both ascend, so that each Service costs one step and no look-up.
        let mut services = store.services().map(AsRef::as_ref).peekable();
        for key in keys {
            while services.next_if(|service| service.meta.key < *key).is_some() {}
            let service = services.next_if(|service| service.meta.key == *key);
            let Some(met) = self.service(key, service) else { continue };
            if met == all {
                found.push((key.clone(), Found::Whole));
                continue;
            }
            let summary = store.summary(key);
            let worded = summary.worst.is_some() && in_words & !met != 0;
            if joined || worded || summary.beyond_slices || (summary.merged && self.several()) {
                found.extend(self.among(met, &store.rows(key)).map(|place| (key.clone(), place)));
                continue;
            }
            open.insert(key, met);
        }
        if !open.is_empty() {
            for slice in store.slices() {
                let Some(key) = slice.service() else { continue };
                let Some(met) = open.get(&key) else { continue };
                if self.in_slice(*met, slice) {
                    open.remove(&key);
                    found.push((key, Found::Inside));
                }
            }
        }
        found.into_iter().collect()
    }

    fn in_slice(&self, met: Met, slice: &Slice) -> bool {
        let by_address = matches!(slice.address_type, AddressType::Ipv4 | AddressType::Ipv6);
        let own = slice.meta.key.namespace.as_str();
        slice.endpoints.iter().any(|endpoint| {
            if by_address && endpoint.addresses.is_empty() {
                return false;
            }
            let object = endpoint.target.as_deref().map(|target| {
                let namespace = if target.namespace.is_empty() { own } else { target.namespace.as_str() };
                (namespace, target.name.as_str())
            });
            let node = endpoint.node.as_deref();
            if by_address {
                let entry = Entry { addresses: endpoint.addresses.as_slice(), name: None, object, node };
                return self.entry(met, &entry) == self.all();
            }
            endpoint.names().iter().any(|name| {
                let entry = Entry { addresses: &[], name: Some(name), object: None, node };
                self.entry(met, &entry) == self.all()
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterIp, IpMode, LoadBalancerIngress, Service, ServiceKind, Time};
    use crate::store::tests::delta::{Delta, Step};
    use crate::store::tests::{endpoint, ip, live, node, pod, service, slice};

    /// Services of all sorts, and slices that name one that is not there.
    fn world() -> Store {
        let named = |kind, name: &str| Service { kind, ..service(name, &[("app", name)]) };
        let ingress = LoadBalancerIngress { ip: None, hostname: Some("lb.Example".into()), ip_mode: IpMode::Vip };
        let services = vec![
            service("web", &[("app", "web")]),
            Service { cluster_ip: ClusterIp::Headless, ..named(ServiceKind::ClusterIp, "db") },
            Service { external_name: Some("db.example.com".into()), ..named(ServiceKind::ExternalName, "out") },
            Service {
                external_ips: vec![ip(77)],
                load_balancer: vec![ingress],
                ..named(ServiceKind::LoadBalancer, "edge")
            },
            service("lonely", &[("app", "nobody")]),
        ];
        let slices = vec![
            slice("web-1", "web", true, vec![endpoint(1, Some(("web-a", "u1")), true, false)]),
            slice("web-2", "web", false, vec![endpoint(9, None, true, false)]),
            slice("db-1", "db", true, vec![endpoint(2, Some(("db-0", "u2")), false, true)]),
            slice("gone-1", "gone", true, vec![endpoint(3, Some(("gone-0", "u3")), true, false)]),
        ];
        let mut leaving = pod("db-0", "u2", "db", 2);
        leaving.meta.deleted = Some(Time(0));
        let pods = vec![pod("web-a", "u1", "web", 1), pod("web-b", "u4", "web", 4), leaving];
        let mut deltas = vec![
            Delta::Service(Step::Listed(services)),
            Delta::Slice(Step::Listed(slices)),
            Delta::Pod(Step::Listed(pods)),
            Delta::Node(Step::Listed(vec![node("n1")])),
        ];
        deltas.extend(live());
        let mut store = Store::new();
        store.apply(Time(0), deltas);
        store
    }

    #[test]
    fn a_search_finds_what_each_service_by_itself_says() {
        let store = world();
        let mut keys: Vec<Key> = store.services().map(|service| service.meta.key.clone()).collect();
        keys.extend(store.missing_services());
        keys.sort();
        let cases = [
            ("web", 1),
            ("shop/", 6),
            ("web.shop", 1),
            ("shop", 6),
            ("headless", 1),
            ("db", 2),
            ("db.example", 1),
            ("LB.example", 1),
            ("10.0.0.77", 1),
            ("10.0.0.200", 4),
            ("10.0.0.3", 1),
            ("10.0.0.9", 1),
            ("http", 5),
            ("n1", 2),
            ("lag", 1),
            ("stale", 1),
            ("terminating", 1),
            ("app=web", 1),
            ("web-b", 1),
            ("shop !web", 5),
            ("web 10.0.0.1", 1),
            ("nothing-like-it", 0),
            // Of web the entry without a pod is left.
            ("app!=web", 6),
            ("-l !app", 5),
            ("app!=db", 5),
            ("!app=db", 5),
            ("db app!=web", 2),
            ("-l app=db,app!=db", 0),
            ("-l app(", 0),
        ];
        for (text, services) in cases {
            let filter = Filter::parse(text);
            let found = filter.search(&store, &keys);
            for key in &keys {
                assert_eq!(found.get(key).copied(), filter.find(&store, key), "{text:?} in {key}");
            }
            assert_eq!(
                found.len(),
                services,
                "{text:?}: {:?}",
                found.keys().map(ToString::to_string).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn what_leaves_out_leaves_out_rows_too() {
        let store = world();
        let key = Key::new("shop", "web");
        let shown = |text: &str| {
            let filter = Filter::parse(text);
            let own = filter.service(&key, store.service(&key).map(AsRef::as_ref));
            store.rows(&key).iter().filter(|row| filter.shows(own, row)).count()
        };
        assert_eq!((shown("web"), shown("app!=web"), shown("-l app"), shown("-l !app")), (3, 1, 2, 1));
    }
}
