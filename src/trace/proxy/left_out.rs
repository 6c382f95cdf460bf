//! Endpoints of a Service's slices that never become backends of one of its ports, each with its reason (D59, D72, D77).

use super::endpoints::joins;
use super::{Backend, SliceUnseen, sees};
use crate::model::{Endpoint, Family, Key, Protocol, Slice, SlicePort, Text};

/// Why an endpoint is no backend of the Service port at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// kube-proxy does not read its slice.
    Slice(SliceUnseen),
    /// The slice has no port of this name and protocol; the names it has.
    OtherNames(Vec<Text>),
    /// The slice port of this name has another protocol.
    OtherProtocol(Protocol),
    /// The slice's ports have no name, which not even an unnamed Service port joins.
    PortWithoutName,
    /// The slice port has no number.
    PortWithoutNumber,
    /// It has no address.
    NoAddress,
    /// An endpoint of another entry with the same address and port stands before it (R4.5); the slice of that one.
    Shadowed(Key),
}

/// An endpoint that is no backend.
#[derive(Clone, Debug)]
pub struct LeftOut<'a> {
    /// Its slice.
    pub slice: &'a Slice,
    /// The endpoint.
    pub endpoint: &'a Endpoint,
    /// Why.
    pub why: Outside,
}

/// What keeps all endpoints of a slice away from a Service port.
fn mismatch(slice: &Slice, port: (&Text, &Protocol), family: Family) -> Option<Outside> {
    if let Err(unseen) = sees(slice, family) {
        return Some(Outside::Slice(unseen));
    }
    let joining = |own: &&SlicePort| joins(own, port);
    if slice.ports.iter().filter(joining).any(|own| own.port.is_some()) {
        return None;
    }
    if slice.ports.iter().any(|own| joins(own, port)) {
        return Some(Outside::PortWithoutNumber);
    }
    if let Some(own) = slice.ports.iter().find(|own| own.name.as_ref() == Some(port.0)) {
        return Some(Outside::OtherProtocol(own.protocol.clone()));
    }
    if !slice.ports.is_empty() && slice.ports.iter().all(|own| own.name.is_none()) {
        return Some(Outside::PortWithoutName);
    }
    Some(Outside::OtherNames(slice.ports.iter().filter_map(|own| own.name.clone()).collect()))
}

/// The endpoints in `slices` that are not among `backends`, the backends of the same port, family and slices.
pub fn left_out<'a>(
    slices: impl Iterator<Item = &'a Slice>,
    port: (&Text, &Protocol),
    family: Family,
    backends: &[Backend<'a>],
) -> Vec<LeftOut<'a>> {
    let mut out = Vec::new();
    for slice in slices {
        let whole = mismatch(slice, port, family);
        for endpoint in &slice.endpoints {
            let why = match &whole {
                Some(why) => why.clone(),
                None if endpoint.address().is_none() => Outside::NoAddress,
                None => continue,
            };
            out.push(LeftOut { slice, endpoint, why });
        }
    }
    for backend in backends {
        out.extend(backend.rivals.iter().map(|rival| LeftOut {
            slice: rival.slice,
            endpoint: rival.endpoint,
            why: Outside::Shadowed(backend.slice.meta.key.clone()),
        }));
    }
    out
}
