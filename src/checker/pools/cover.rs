//! When something was surely in: the union of open intervals.

use super::{Contradiction, Item, NEVER, Nothing};
use std::collections::BTreeMap;

/// Open intervals that overlap are one; those that only touch are two.
#[derive(Default)]
pub(super) struct Cover(BTreeMap<u64, u64>);

impl Cover {
    /// Adds the moments between two.
    pub(super) fn add(&mut self, (mut start, mut end): (u64, u64)) {
        if start >= end {
            return;
        }
        // From the last one that begins before this one ends, back to where they are apart.
        while let Some((&other_start, &other_end)) = self.0.range(..end).next_back() {
            if other_end <= start {
                break;
            }
            self.0.remove(&other_start);
            start = start.min(other_start);
            end = end.max(other_end);
        }
        self.0.insert(start, end);
    }

    /// Whether all moments from the first to the second, with both, are in it.
    pub(super) fn holds(&self, first: u64, last: u64) -> bool {
        self.0.range(..first).next_back().is_some_and(|(_, &end)| last < end)
    }
}

/// Whether there was a moment for everybody who found nothing.
pub(super) fn judge(items: &[Item], nothings: &[Nothing]) -> Result<(), Contradiction> {
    if nothings.is_empty() {
        return Ok(());
    }
    let mut order: Vec<(u64, u64)> = items.iter().map(Item::surely_in).collect();
    order.sort_unstable();
    let mut cover = Cover::default();
    for surely_in in order {
        cover.add(surely_in);
    }
    match nothings.iter().find(|nothing| cover.holds(nothing.invoked, nothing.returned)) {
        None => Ok(()),
        Some(nothing) => Err(covering(items, nothing.invoked, nothing.returned)),
    }
}

/// A few of the values that are surely in at all moments from the first to the second.
pub(super) fn covering(items: &[Item], first: u64, last: u64) -> Contradiction {
    let mut few = Vec::new();
    // One that holds the first moment, then one that holds the moment where that ends, and on.
    let mut moment = first;
    loop {
        let holds = |item: &&Item| {
            let (start, end) = item.surely_in();
            start < moment && moment < end
        };
        let Some(item) = items.iter().filter(holds).max_by_key(|item| item.take_invoked) else {
            return few;
        };
        few.push(item.value);
        if item.take_invoked == NEVER || item.take_invoked > last {
            return few;
        }
        moment = item.take_invoked;
    }
}

#[cfg(test)]
mod tests {
    use super::Cover;

    #[test]
    fn intervals_that_only_touch_leave_a_moment_between_them() {
        let mut cover = Cover::default();
        for interval in [(1, 3), (5, 5), (3, 6), (8, 9)] {
            cover.add(interval);
        }
        assert!(cover.holds(4, 5) && cover.holds(2, 2) && !cover.holds(2, 4));
        assert!(!cover.holds(3, 3) && !cover.holds(1, 2) && !cover.holds(7, 8));
        cover.add((2, 9));
        assert!(cover.holds(3, 3) && cover.holds(2, 8) && !cover.holds(2, 9));
    }
}
