//! How wide the columns of the table are: a matter of the screen's width only, so that changing contents never move them.

use crate::view::Column;

/// Columns between two columns.
const GAP: u16 = 2;

/// A column that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Which column.
    pub(super) index: usize,
    /// Its own width.
    pub(super) width: u16,
    /// Blanks after it.
    pub(super) gap: u16,
}

/// Which columns fit into `room` and how wide each is. Together they fill it when any of them grows.
pub(super) fn places(columns: &[Column], room: u16) -> Vec<Place> {
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    while needed(columns, &shown, |column| column.min) > u32::from(room) {
        let folds = shown.iter().enumerate().filter(|(_, index)| columns[**index].fold > 0);
        let Some((at, _)) = folds.max_by_key(|(_, index)| columns[**index].fold) else { break };
        shown.remove(at);
    }
    let mut widths: Vec<u16> = shown.iter().map(|index| columns[*index].min).collect();
    let over = needed(columns, &shown, |column| column.min).saturating_sub(u32::from(room));
    for _ in 0..over {
        if let Some(widest) = widths.iter_mut().rev().max() {
            *widest = widest.saturating_sub(1);
        }
    }
    let mut spare = u32::from(room).saturating_sub(needed(columns, &shown, |column| column.min));
    let wants = |index: &usize| u32::from(columns[*index].ideal.saturating_sub(columns[*index].min));
    spare = share(&mut widths, &shown.iter().map(wants).collect::<Vec<_>>(), spare, true);
    share(&mut widths, &shown.iter().map(|index| u32::from(columns[*index].grow)).collect::<Vec<_>>(), spare, false);
    let last = shown.len().saturating_sub(1);
    let mut left = room;
    let mut places = Vec::with_capacity(shown.len());
    for (at, (index, width)) in shown.into_iter().zip(widths).enumerate() {
        let width = width.min(left);
        let gap = if at == last { 0 } else { GAP.min(left - width) };
        left -= width + gap;
        places.push(Place { index, width, gap });
    }
    places
}

fn needed(columns: &[Column], shown: &[usize], width: impl Fn(&Column) -> u16) -> u32 {
    let gaps = u32::from(GAP) * u32::try_from(shown.len().saturating_sub(1)).unwrap_or(u32::MAX);
    shown.iter().map(|index| u32::from(width(&columns[*index]))).sum::<u32>() + gaps
}

/// Deals `spare` out in the ratio of `parts`, to nobody more than his part when `capped`. What is left comes back.
fn share(widths: &mut [u16], parts: &[u32], spare: u32, capped: bool) -> u32 {
    let all: u32 = parts.iter().sum();
    if all == 0 {
        return spare;
    }
    let dealt = if capped { spare.min(all) } else { spare };
    let (mut given, mut before) = (0, 0);
    for (width, part) in widths.iter_mut().zip(parts) {
        given += part;
        let upto = u32::try_from(u64::from(dealt) * u64::from(given) / u64::from(all)).unwrap_or(u32::MAX);
        *width = width.saturating_add(u16::try_from(upto - before).unwrap_or(u16::MAX));
        before = upto;
    }
    spare - dealt
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Align;

    fn column(min: u16, ideal: u16, grow: u16, fold: u8) -> Column {
        Column { title: "C", min, ideal, grow, fold, align: Align::Left }
    }

    fn widths(columns: &[Column], room: u16) -> Vec<(usize, u16)> {
        places(columns, room).iter().map(|place| (place.index, place.width)).collect()
    }

    #[test]
    fn the_highest_fold_number_goes_first_and_zero_never() {
        let columns = [column(10, 10, 0, 0), column(10, 10, 0, 2), column(10, 10, 0, 3)];
        assert_eq!(widths(&columns, 34), [(0, 10), (1, 10), (2, 10)]);
        assert_eq!(widths(&columns, 33), [(0, 10), (1, 10)]);
        assert_eq!(widths(&columns, 21), [(0, 10)]);
        assert_eq!(widths(&columns, 4), [(0, 4)]);
    }

    #[test]
    fn where_nothing_can_be_folded_the_widest_gives_way() {
        let columns = [column(20, 20, 0, 0), column(8, 8, 0, 0), column(4, 4, 0, 0)];
        assert_eq!(widths(&columns, 26), [(0, 10), (1, 8), (2, 4)]);
    }

    #[test]
    fn spare_room_goes_to_the_ideal_first_and_then_by_shares() {
        let columns = [column(4, 8, 1, 0), column(4, 6, 3, 0)];
        assert_eq!(widths(&columns, 13), [(0, 6), (1, 5)]);
        assert_eq!(widths(&columns, 16), [(0, 8), (1, 6)]);
        assert_eq!(widths(&columns, 24), [(0, 10), (1, 12)]);
    }

    proptest::proptest! {
        #[test]
        fn columns_never_take_more_than_the_room(
            columns in proptest::collection::vec((0u16..2000, 0u16..2000, 0u16..9, 0u8..9), 0..12), room: u16,
        ) {
            let columns: Vec<_> = columns.into_iter().map(|(min, ideal, grow, fold)| column(min, ideal, grow, fold)).collect();
            let taken: u32 = places(&columns, room).iter().map(|place| u32::from(place.width) + u32::from(place.gap)).sum();
            proptest::prop_assert!(taken <= u32::from(room));
        }
    }
}
