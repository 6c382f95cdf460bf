//! What a label left of a Service nearly is (D20, D22): only for people, never for an answer.

use super::Plugin;
use crate::model::{Endpoint, Key, Service};
use crate::trace::dns::name::undashed;
use crate::trace::dns::reply::NearEndpoint;

impl Plugin<'_> {
    /// The endpoint or pod that the label most likely means.
    pub(super) fn near(&self, service: &Service, endpoints: &[&Endpoint], label: &str) -> Option<NearEndpoint> {
        let address = undashed(label);
        for endpoint in endpoints.iter().filter(|endpoint| self.served(endpoint)) {
            let holds = address.is_some_and(|address| endpoint.addresses.as_slice().contains(&address));
            if let Some(text) = endpoint.texts().first().filter(|_| holds) {
                return Some(NearEndpoint::PublishedAs(self.hostname(endpoint, text).into()));
            }
        }
        for endpoint in endpoints.iter().filter(|endpoint| !self.served(endpoint)) {
            if endpoint.texts().iter().any(|text| self.hostname(endpoint, text).eq_ignore_ascii_case(label)) {
                return Some(NearEndpoint::NotReady);
            }
        }
        let key = &service.meta.key;
        let pod = self.cluster.store.pod(&Key::new(key.namespace.clone(), label))?;
        Some(NearEndpoint::PodWithoutName {
            pod: pod.meta.key.clone(),
            hostname: pod.hostname().cloned(),
            subdomain: pod.subdomain().cloned(),
        })
    }
}
