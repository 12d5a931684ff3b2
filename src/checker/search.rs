//! Searching an order, for any model: depth first, remembering where it has been.
//!
//! The algorithm is Wing and Gong's with Lowe's memory of configurations. Each key is searched
//! alone. A configuration is the operations already placed and the state they led to; placed
//! operations are a base, below which all are placed, and a mask above it, so that it stays
//! small however long the history is. Operations of unknown outcome have a mask of their own:
//! they would hold the base back.

use super::history::History;
use super::model::Model;
use core::hash::{Hash, Hasher};
use std::collections::BTreeMap;

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is an order.
    Order,
    /// There is none.
    None {
        /// The operation that the search that got furthest could not place.
        stuck: usize,
    },
    /// The limit was reached before it was known.
    Unknown {
        /// After so many steps.
        steps: u64,
    },
}

/// Searches an order of a history's operations.
pub fn search<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    steps_max: u64,
) -> Found {
    let mut parts: BTreeMap<M::Key, Vec<usize>> = BTreeMap::new();
    for (index, operation) in history.operations.iter().enumerate() {
        parts.entry(model.key(&operation.input)).or_default().push(index);
    }
    let mut steps = 0;
    let mut is_unknown = false;
    for indexes in parts.into_values() {
        let mut part = Part::new(model, history, indexes);
        match part.search(steps_max, &mut steps) {
            Found::Order => {}
            Found::None { stuck } => return Found::None { stuck },
            // Another part may be a violation all the same.
            Found::Unknown { .. } => is_unknown = true,
        }
    }
    if is_unknown { Found::Unknown { steps } } else { Found::Order }
}

/// The operations of one key.
struct Part<'history, M: Model> {
    model: &'history M,
    history: &'history History<M::Input, M::Output>,
    /// Operations that returned, by the time they were invoked.
    returned: Vec<usize>,
    /// Operations of unknown outcome that may matter, by the time they were invoked.
    unknown: Vec<usize>,
    memory: Memory<M::State>,
    /// How many operations were placed at most, and which could not be placed then.
    furthest: (usize, usize),
}

/// Where a search is.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place<S> {
    /// All operations that returned, up to here, are placed.
    base: usize,
    /// Those placed from the base on; the last word is never empty.
    above: Vec<u64>,
    /// Those of unknown outcome that are placed.
    unknown: Vec<u64>,
    state: S,
}

/// A place and the ways to go on from it.
struct Step<S> {
    place: Place<S>,
    ways: Vec<Way>,
}

#[derive(Clone, Copy)]
enum Way {
    Returned(usize),
    Unknown(usize),
}

impl<'history, M: Model> Part<'history, M> {
    fn new(
        model: &'history M,
        history: &'history History<M::Input, M::Output>,
        mut indexes: Vec<usize>,
    ) -> Self {
        indexes.sort_by_key(|&index| history.operations[index].invoked);
        let has_returned = |&index: &usize| history.operations[index].returned().is_some();
        let (returned, mut unknown): (Vec<_>, Vec<_>) = indexes.into_iter().partition(has_returned);
        // A look of unknown outcome changes nothing and was seen by nobody.
        unknown.retain(|&index| !model.is_read(&history.operations[index].input, None));
        let furthest = (0, returned.first().copied().unwrap_or(0));
        Self { model, history, returned, unknown, memory: Memory::default(), furthest }
    }

    fn search(&mut self, steps_max: u64, steps: &mut u64) -> Found {
        let start =
            Place { base: 0, above: Vec::new(), unknown: Vec::new(), state: self.model.initial() };
        let ways = self.ways(&start);
        let mut stack = vec![Step { place: start, ways }];
        loop {
            let Some(step) = stack.last_mut() else {
                return Found::None { stuck: self.furthest.1 };
            };
            if step.place.base == self.returned.len() {
                return Found::Order;
            }
            let Some(way) = step.ways.pop() else {
                stack.pop();
                continue;
            };
            *steps += 1;
            if *steps > steps_max {
                return Found::Unknown { steps: *steps };
            }
            let place = &stack.last().expect("matched above").place;
            if let Some(next) = self.follow(place, way)
                && self.memory.insert(&next)
            {
                let ways = self.ways(&next);
                stack.push(Step { place: next, ways });
            }
        }
    }

    /// The operations that can come next, the best last: those invoked before any operation
    /// that is not placed yet has returned.
    fn ways(&mut self, place: &Place<M::State>) -> Vec<Way> {
        let mut ways = Vec::new();
        let mut deadline = u64::MAX;
        let mut first = None;
        for position in place.base..self.returned.len() {
            let operation = &self.history.operations[self.returned[position]];
            if operation.invoked > deadline {
                break;
            }
            if !place.has_returned(position) {
                ways.push(position);
                let returned = operation.returned().unwrap_or(u64::MAX);
                if returned < deadline {
                    deadline = returned;
                    first = Some(self.returned[position]);
                }
            }
        }
        let placed = place.count();
        if let Some(first) = first
            && placed >= self.furthest.0
        {
            self.furthest = (placed, first);
        }
        let operation_of = |position: &usize| &self.history.operations[self.returned[*position]];
        ways.retain(|position| operation_of(position).invoked <= deadline);
        // A read that fits can only be in the way later.
        let read = ways.iter().copied().find(|position| {
            let operation = operation_of(position);
            let output = operation.output();
            self.model.is_read(&operation.input, output)
                && output == Some(&self.model.step(&place.state, &operation.input).1)
        });
        if let Some(position) = read {
            return vec![Way::Returned(position)];
        }
        // What returned first is tried first.
        ways.sort_by_key(|position| core::cmp::Reverse(operation_of(position).returned()));
        let unknown = (0..self.unknown.len()).filter(|&position| {
            let operation = &self.history.operations[self.unknown[position]];
            operation.invoked <= deadline && !place.has_unknown(position)
        });
        // What may not have happened at all is tried last.
        unknown.map(Way::Unknown).chain(ways.into_iter().map(Way::Returned)).collect()
    }

    fn follow(&self, place: &Place<M::State>, way: Way) -> Option<Place<M::State>> {
        match way {
            Way::Returned(position) => {
                let operation = &self.history.operations[self.returned[position]];
                let (state, output) = self.model.step(&place.state, &operation.input);
                if operation.output() != Some(&output) {
                    return None;
                }
                let mut next = Place { state, ..place.clone() };
                next.place_returned(position);
                Some(next)
            }
            Way::Unknown(position) => {
                let operation = &self.history.operations[self.unknown[position]];
                let (state, _) = self.model.step(&place.state, &operation.input);
                if state == place.state {
                    return None;
                }
                let mut next = Place { state, ..place.clone() };
                set(&mut next.unknown, position);
                Some(next)
            }
        }
    }
}

impl<S> Place<S> {
    fn has_returned(&self, position: usize) -> bool {
        get(&self.above, position - self.base)
    }

    fn has_unknown(&self, position: usize) -> bool {
        get(&self.unknown, position)
    }

    fn count(&self) -> usize {
        let above: u32 = self.above.iter().map(|word| word.count_ones()).sum();
        self.base + usize::try_from(above).unwrap_or(usize::MAX)
    }

    fn place_returned(&mut self, position: usize) {
        set(&mut self.above, position - self.base);
        while self.above.first().is_some_and(|word| word & 1 != 0) {
            self.base += 1;
            shift(&mut self.above);
        }
    }
}

fn get(mask: &[u64], bit: usize) -> bool {
    mask.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 != 0)
}

fn set(mask: &mut Vec<u64>, bit: usize) {
    if mask.len() <= bit / 64 {
        mask.resize(bit / 64 + 1, 0);
    }
    mask[bit / 64] |= 1 << (bit % 64);
}

/// Takes the lowest bit out, and the last word when nothing is left in it.
fn shift(mask: &mut Vec<u64>) {
    let mut carry = 0;
    for word in mask.iter_mut().rev() {
        let low = *word & 1;
        *word = *word >> 1 | carry << 63;
        carry = low;
    }
    while mask.last() == Some(&0) {
        mask.pop();
    }
}

/// The places where a search has been. Compared whole: a place that only looks like another
/// must not be taken for it, or a violation would be found that is none.
struct Memory<S> {
    buckets: Vec<Vec<Place<S>>>,
    count: usize,
}

impl<S> Default for Memory<S> {
    fn default() -> Self {
        Self { buckets: Vec::new(), count: 0 }
    }
}

impl<S: Clone + Eq + Hash> Memory<S> {
    /// Remembers a place. Tells whether it is a new one.
    fn insert(&mut self, place: &Place<S>) -> bool {
        if self.count >= self.buckets.len() {
            let size = (self.buckets.len() * 2).max(64);
            let old = std::mem::replace(&mut self.buckets, vec![Vec::new(); size]);
            for place in old.into_iter().flatten() {
                let bucket = self.bucket(&place);
                self.buckets[bucket].push(place);
            }
        }
        let bucket = self.bucket(place);
        if self.buckets[bucket].contains(place) {
            return false;
        }
        self.buckets[bucket].push(place.clone());
        self.count += 1;
        true
    }

    fn bucket(&self, place: &Place<S>) -> usize {
        let mut mixer = Mixer(0x243f_6a88_85a3_08d3);
        place.hash(&mut mixer);
        let mask = u64::try_from(self.buckets.len() - 1).unwrap_or(u64::MAX);
        usize::try_from(mixer.finish() & mask).unwrap_or(0)
    }
}

/// A hasher that is the same in every process.
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(u64::try_from(value).unwrap_or(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::{get, set, shift};

    #[test]
    fn a_mask_moves_down_across_words() {
        let mut mask = Vec::new();
        for bit in [0, 63, 64, 130] {
            set(&mut mask, bit);
        }
        shift(&mut mask);
        for bit in 0..140 {
            assert_eq!(get(&mask, bit), [62, 63, 129].contains(&bit), "{bit}");
        }
        shift(&mut mask);
        assert_eq!(mask.len(), 3);
        shift(&mut mask);
        for _ in 0..126 {
            shift(&mut mask);
        }
        assert_eq!(mask, [2]);
    }
}
