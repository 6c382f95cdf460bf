//! A slice as it was, told by what it became: a hundred endpoints of which one changed weigh one.

use super::weigh;
use crate::model::{Endpoint, Slice};

/// What leads from the newer version of a slice back to the older.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    /// The older version without its endpoints.
    rest: Slice,
    /// Its endpoints, in order.
    pieces: Box<[Piece]>,
}

#[derive(Clone, Debug)]
enum Piece {
    /// So many endpoints of the newer version, from this one on.
    Same { from: u32, len: u32 },
    /// One that the newer version has not.
    Own(Endpoint),
}

impl Patch {
    /// What leads from `new` to `old`.
    pub(super) fn between(old: &Slice, new: &Slice) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut taken = vec![false; new.endpoints.len()];
        let mut next = 0;
        for endpoint in &old.endpoints {
            let fits = |at: &usize| !taken[*at] && new.endpoints[*at] == *endpoint;
            // Most often the next one, or one a little further on.
            let at = (next..taken.len()).find(fits).or_else(|| (0..next.min(taken.len())).find(fits));
            let Some(at) = at else {
                pieces.push(Piece::Own(endpoint.clone()));
                continue;
            };
            taken[at] = true;
            let place = u32::try_from(at).unwrap_or(u32::MAX);
            match pieces.last_mut() {
                Some(Piece::Same { from, len }) if *from + *len == place => *len += 1,
                Some(Piece::Same { .. } | Piece::Own(_)) | None => pieces.push(Piece::Same { from: place, len: 1 }),
            }
            next = at + 1;
        }
        let Slice { meta, address_type, ports, triggered, endpoints: _ } = old;
        let (meta, address_type, ports) = (meta.clone(), address_type.clone(), ports.clone());
        let rest = Slice { meta, address_type, ports, triggered: *triggered, endpoints: Vec::new() };
        Self { rest, pieces: pieces.into() }
    }

    /// The older version, made of the newer one's endpoints.
    pub(super) fn undo(&self, mut newer: Vec<Endpoint>) -> Slice {
        let mut endpoints = Vec::with_capacity(newer.len());
        for piece in &self.pieces {
            match piece {
                Piece::Same { from, len } => {
                    let same = newer.iter_mut().skip(*from as usize).take(*len as usize);
                    endpoints.extend(same.map(std::mem::take));
                }
                Piece::Own(endpoint) => endpoints.push(endpoint.clone()),
            }
        }
        Slice { endpoints, ..self.rest.clone() }
    }

    pub(super) fn rest(&self) -> &Slice {
        &self.rest
    }

    pub(super) fn pieces_weight(&self) -> usize {
        let owned = |piece: &Piece| match piece {
            Piece::Same { .. } => 0,
            Piece::Own(endpoint) => weigh::endpoint(endpoint),
        };
        size_of_val(&*self.pieces) + 16 + self.pieces.iter().map(owned).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::tests::{endpoint, slice};

    fn any_slice() -> impl Strategy<Value = Slice> {
        let endpoint = (0u8..6, any::<bool>()).prop_map(|(last, ready)| endpoint(last, Some(("p", "u")), ready, false));
        prop::collection::vec(endpoint, 0..12).prop_map(|endpoints| slice("s", "web", true, endpoints))
    }

    proptest! {
        /// Moved, doubled, changed or gone: the older version comes back as it was.
        #[test]
        fn a_patch_leads_back(old in any_slice(), new in any_slice()) {
            prop_assert_eq!(Patch::between(&old, &new).undo(new.endpoints), old);
        }
    }

    #[test]
    fn one_of_a_hundred_endpoints_weighs_one() {
        let all: Vec<Endpoint> = (0..100).map(|last| endpoint(last, Some(("p", "u")), true, false)).collect();
        let mut changed = all.clone();
        let mut last = changed.remove(40);
        last.ready = Some(false);
        changed.push(last);
        let patch = Patch::between(&slice("s", "web", true, all), &slice("s", "web", true, changed));
        assert_eq!(patch.pieces.len(), 3);
    }
}
