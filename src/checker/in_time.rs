//! Operations in the order of their invocations. Whoever records a history has mostly written it
//! down so, and it is long: looked at once, not by each who wants to know.

use super::history::History;
use super::index::position;

/// The order of the invocations of a history.
pub(super) struct InTime {
    count: u32,
    /// Nothing where the history has that order.
    sorted: Option<Vec<u32>>,
}

impl InTime {
    /// Of a history that has the order, with so many operations.
    pub(super) fn as_told(count: usize) -> Self {
        let count = u32::try_from(count).expect("operations are fewer than 2^32");
        Self { count, sorted: None }
    }

    pub(super) fn of<I, O>(history: &History<I, O>) -> Self {
        let operations = &history.operations;
        let mut in_time = Self::as_told(operations.len());
        if !operations.is_sorted_by_key(|operation| operation.invoked) {
            let mut sorted: Vec<u32> = (0..in_time.count).collect();
            sorted.sort_by_key(|&index| operations[position(index)].invoked);
            in_time.sorted = Some(sorted);
        }
        in_time
    }

    /// The operations by index.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..self.count)
            .map(|place| self.sorted.as_ref().map_or(place, |sorted| sorted[position(place)]))
    }
}
