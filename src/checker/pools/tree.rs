//! Trees over a list of numbers: the greatest of a stretch, and of a list that is lowered by
//! stretches the places that come to nothing.

/// The greatest number of any stretch.
pub(super) struct Greatest {
    size: usize,
    /// The root is 1; the numbers are the leaves.
    nodes: Vec<u64>,
}

impl Greatest {
    /// Of so many zeros.
    pub(super) fn new(count: usize) -> Self {
        let size = count.next_power_of_two();
        Self { size, nodes: vec![0; size * 2] }
    }

    /// Sets a number.
    pub(super) fn set(&mut self, place: usize, number: u64) {
        let mut node = self.size + place;
        self.nodes[node] = number;
        while node > 1 {
            node /= 2;
            self.nodes[node] = self.nodes[node * 2].max(self.nodes[node * 2 + 1]);
        }
    }

    /// A place in a stretch whose number is at least that, and not 0, if there is one: the place
    /// of the greatest.
    pub(super) fn at_least(&self, first: usize, end: usize, least: u64) -> Option<usize> {
        let (mut left, mut right) = (self.size + first, self.size + end);
        let mut best = 0;
        while left < right {
            if left % 2 == 1 {
                best = self.better(best, left);
                left += 1;
            }
            if right % 2 == 1 {
                right -= 1;
                best = self.better(best, right);
            }
            (left, right) = (left / 2, right / 2);
        }
        if best == 0 || self.nodes[best] < least.max(1) {
            return None;
        }
        while best < self.size {
            let left = best * 2;
            best = if self.nodes[left] == self.nodes[best] { left } else { left + 1 };
        }
        Some(best - self.size)
    }

    fn better(&self, one: usize, other: usize) -> usize {
        if one == 0 || self.nodes[one] < self.nodes[other] { other } else { one }
    }
}

/// How often each place is covered.
pub(super) struct Counts {
    size: usize,
    /// The least below each node, without what was added above it.
    least: Vec<i64>,
    /// What was added to all below a node.
    added: Vec<i64>,
}

impl Counts {
    /// Of so many places that are covered by nobody.
    pub(super) fn new(count: usize) -> Self {
        let size = count.next_power_of_two();
        Self { size, least: vec![0; size * 2], added: vec![0; size * 2] }
    }

    /// Adds to all places of a stretch.
    pub(super) fn add(&mut self, first: usize, end: usize, amount: i64) {
        self.add_below(1, 0..self.size, &(first..end), amount);
    }

    /// Takes the places of a stretch that are covered by nobody out for good, in their order.
    pub(super) fn take_uncovered(&mut self, first: usize, end: usize) -> Vec<usize> {
        let mut found = Vec::new();
        self.take_below(1, 0..self.size, &(first..end), 0, &mut found);
        found
    }

    fn add_below(&mut self, node: usize, own: Stretch, wanted: &Stretch, amount: i64) {
        if own.start >= wanted.end || wanted.start >= own.end {
            return;
        }
        if wanted.start <= own.start && own.end <= wanted.end {
            self.least[node] += amount;
            self.added[node] += amount;
            return;
        }
        let middle = own.start.midpoint(own.end);
        self.add_below(node * 2, own.start..middle, wanted, amount);
        self.add_below(node * 2 + 1, middle..own.end, wanted, amount);
        self.renew(node);
    }

    fn take_below(
        &mut self,
        node: usize,
        own: Stretch,
        wanted: &Stretch,
        above: i64,
        found: &mut Vec<usize>,
    ) {
        let is_apart = own.start >= wanted.end || wanted.start >= own.end;
        if is_apart || self.least[node] + above > 0 {
            return;
        }
        if node >= self.size {
            found.push(own.start);
            self.least[node] = TAKEN_OUT;
            return;
        }
        let above = above + self.added[node];
        let middle = own.start.midpoint(own.end);
        self.take_below(node * 2, own.start..middle, wanted, above, found);
        self.take_below(node * 2 + 1, middle..own.end, wanted, above, found);
        self.renew(node);
    }

    fn renew(&mut self, node: usize) {
        self.least[node] = self.least[node * 2].min(self.least[node * 2 + 1]) + self.added[node];
    }
}

type Stretch = core::ops::Range<usize>;

/// More than anybody ever covers, or uncovers.
const TAKEN_OUT: i64 = 1 << 60;

#[cfg(test)]
mod tests {
    use super::{Counts, Greatest};

    #[test]
    fn the_greatest_of_a_stretch_is_found() {
        let mut tree = Greatest::new(6);
        for (place, number) in [(0, 9), (2, 4), (3, 7), (5, 8)] {
            tree.set(place, number);
        }
        assert_eq!(tree.at_least(1, 5, 5), Some(3));
        assert_eq!(tree.at_least(1, 5, 8), None);
        assert_eq!(tree.at_least(0, 6, 1), Some(0));
        tree.set(0, 0);
        assert_eq!((tree.at_least(0, 6, 1), tree.at_least(0, 2, 0)), (Some(5), None));
    }

    #[test]
    fn places_that_nobody_covers_any_more_are_found_once() {
        let mut counts = Counts::new(8);
        counts.add(0, 8, 1);
        counts.add(2, 5, 1);
        counts.add(1, 7, -1);
        assert_eq!(counts.take_uncovered(0, 8), [1, 5, 6]);
        counts.add(2, 5, -1);
        assert_eq!(counts.take_uncovered(0, 8), [2, 3, 4]);
        assert_eq!(counts.take_uncovered(0, 8), [0; 0]);
    }
}
