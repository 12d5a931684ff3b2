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
    /// Kept between steps, so that a step need not make one.
    positions: Vec<usize>,
    /// How many operations were placed at most, and which could not be placed then.
    furthest: (usize, usize),
}

/// Where a search is.
#[derive(PartialEq, Eq, Hash)]
struct Place<S> {
    /// All operations that returned, up to here, are placed.
    base: usize,
    /// Those placed from the base on.
    above: Mask,
    /// Those of unknown outcome that are placed.
    unknown: Mask,
    state: S,
}

/// A place on the path to here.
struct Step {
    /// Where it lies in the memory.
    place: usize,
    /// The ways to go on from it that were not tried are those from here on, up to those of the
    /// next step.
    ways: usize,
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
        Self {
            model,
            history,
            returned,
            unknown,
            memory: Memory::default(),
            positions: Vec::new(),
            furthest,
        }
    }

    fn search(&mut self, steps_max: u64, steps: &mut u64) -> Found {
        let mut next = Some(Place {
            base: 0,
            above: Mask::default(),
            unknown: Mask::default(),
            state: self.model.initial(),
        });
        let mut stack: Vec<Step> = Vec::new();
        let mut ways = Vec::new();
        loop {
            if let Some(place) = next.take().and_then(|place| self.memory.insert(place)) {
                stack.push(Step { place, ways: ways.len() });
                self.add_ways(place, &mut ways);
            }
            let Some(step) = stack.last() else {
                return Found::None { stuck: self.furthest.1 };
            };
            if self.memory.places[step.place].base == self.returned.len() {
                return Found::Order;
            }
            if ways.len() == step.ways {
                stack.pop();
                continue;
            }
            *steps += 1;
            if *steps > steps_max {
                return Found::Unknown { steps: *steps };
            }
            if let Some(way) = ways.pop() {
                next = self.follow(&self.memory.places[step.place], way);
            }
        }
    }

    /// Adds the operations that can come next, the best last: those invoked before any operation
    /// that is not placed yet has returned.
    fn add_ways(&mut self, place: usize, all: &mut Vec<Way>) {
        let place = &self.memory.places[place];
        let ways = &mut self.positions;
        ways.clear();
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
        // A read that fits can only be in the way later.
        let read = ways.iter().copied().find(|position| {
            let operation = operation_of(position);
            let output = operation.output();
            self.model.is_read(&operation.input, output)
                && output.is_some_and(|seen| {
                    let (_, answer) = self.model.step(&place.state, &operation.input);
                    self.model.fits(&answer, seen)
                })
        });
        if let Some(position) = read {
            all.push(Way::Returned(position));
            return;
        }
        // What returned first is tried first.
        ways.sort_by_key(|position| core::cmp::Reverse(operation_of(position).returned()));
        let unknown = (0..self.unknown.len()).filter(|&position| {
            let operation = &self.history.operations[self.unknown[position]];
            operation.invoked <= deadline && !place.has_unknown(position)
        });
        // What may not have happened at all is tried last.
        all.extend(unknown.map(Way::Unknown));
        all.extend(ways.iter().copied().map(Way::Returned));
    }

    fn follow(&self, place: &Place<M::State>, way: Way) -> Option<Place<M::State>> {
        match way {
            Way::Returned(position) => {
                let operation = &self.history.operations[self.returned[position]];
                let (state, answer) = self.model.step(&place.state, &operation.input);
                if !operation.output().is_some_and(|seen| self.model.fits(&answer, seen)) {
                    return None;
                }
                let mut next = place.with(state);
                next.place_returned(position);
                Some(next)
            }
            Way::Unknown(position) => {
                let operation = &self.history.operations[self.unknown[position]];
                let (state, _) = self.model.step(&place.state, &operation.input);
                if state == place.state {
                    return None;
                }
                let mut next = place.with(state);
                next.unknown.insert(position);
                Some(next)
            }
        }
    }
}

impl<S> Place<S> {
    /// The same operations placed, and another state.
    fn with(&self, state: S) -> Self {
        Self { base: self.base, above: self.above.clone(), unknown: self.unknown.clone(), state }
    }

    fn has_returned(&self, position: usize) -> bool {
        self.above.has(position - self.base)
    }

    fn has_unknown(&self, position: usize) -> bool {
        self.unknown.has(position)
    }

    fn count(&self) -> usize {
        self.base + self.above.count()
    }

    fn place_returned(&mut self, position: usize) {
        self.above.insert(position - self.base);
        while self.above.has(0) {
            self.base += 1;
            self.above.shift();
        }
    }
}

/// A set of small numbers. Up to 64 it needs no allocation, and a search makes a great many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Mask {
    first: u64,
    /// The words after the first; the last one is never empty.
    rest: Vec<u64>,
}

impl Mask {
    fn has(&self, bit: usize) -> bool {
        let word = match (bit / 64).checked_sub(1) {
            None => self.first,
            Some(index) => self.rest.get(index).copied().unwrap_or(0),
        };
        word >> (bit % 64) & 1 != 0
    }

    fn insert(&mut self, bit: usize) {
        let word = match (bit / 64).checked_sub(1) {
            None => &mut self.first,
            Some(index) => {
                if self.rest.len() <= index {
                    self.rest.resize(index + 1, 0);
                }
                &mut self.rest[index]
            }
        };
        *word |= 1 << (bit % 64);
    }

    fn count(&self) -> usize {
        let rest: u32 = self.rest.iter().map(|word| word.count_ones()).sum();
        usize::try_from(self.first.count_ones() + rest).unwrap_or(usize::MAX)
    }

    /// Takes the lowest bit out; all others move down by one.
    fn shift(&mut self) {
        let mut carry = 0;
        for word in self.rest.iter_mut().rev().chain([&mut self.first]) {
            let low = *word & 1;
            *word = *word >> 1 | carry << 63;
            carry = low;
        }
        while self.rest.last() == Some(&0) {
            self.rest.pop();
        }
    }
}

/// The places where a search has been. Compared whole: a place that only looks like another
/// must not be taken for it, or a violation would be found that is none.
struct Memory<S> {
    places: Vec<Place<S>>,
    /// Open addressing: a place's index plus one and a part of its hash, or zeros.
    slots: Vec<(u32, u32)>,
}

impl<S> Default for Memory<S> {
    fn default() -> Self {
        Self { places: Vec::new(), slots: vec![(0, 0); 64] }
    }
}

impl<S: Eq + Hash> Memory<S> {
    /// Remembers a place and says where, if it is a new one.
    fn insert(&mut self, place: Place<S>) -> Option<usize> {
        let hash = hash_of(&place);
        let mut slot = self.first_slot(hash);
        while self.slots[slot].0 != 0 {
            let (stored, tag) = self.slots[slot];
            if tag == hash && self.places[index(stored)] == place {
                return None;
            }
            slot = (slot + 1) % self.slots.len();
        }
        self.places.push(place);
        let count = self.places.len();
        self.slots[slot] = (u32::try_from(count).expect("memory ends long before"), hash);
        if count * 2 > self.slots.len() {
            self.grow();
        }
        Some(count - 1)
    }

    fn grow(&mut self) {
        let doubled = vec![(0, 0); self.slots.len() * 2];
        for entry in std::mem::replace(&mut self.slots, doubled) {
            if entry.0 != 0 {
                let mut slot = self.first_slot(entry.1);
                while self.slots[slot].0 != 0 {
                    slot = (slot + 1) % self.slots.len();
                }
                self.slots[slot] = entry;
            }
        }
    }

    fn first_slot(&self, hash: u32) -> usize {
        usize::try_from(hash).unwrap_or(0) % self.slots.len()
    }
}

/// The index that a slot stands for.
fn index(stored: u32) -> usize {
    usize::try_from(stored - 1).expect("32 bits fit in an index")
}

fn hash_of<S: Hash>(place: &Place<S>) -> u32 {
    let mut mixer = Mixer(0x243f_6a88_85a3_08d3);
    place.hash(&mut mixer);
    u32::try_from(mixer.finish() >> 32).expect("32 bits")
}

/// A hasher that is the same in every process.
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 << 32
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
    use super::Mask;

    #[test]
    fn a_mask_moves_down_across_words() {
        let mut mask = Mask::default();
        for bit in [0, 63, 64, 130] {
            mask.insert(bit);
        }
        assert_eq!(mask.count(), 4);
        mask.shift();
        for bit in 0..140 {
            assert_eq!(mask.has(bit), [62, 63, 129].contains(&bit), "{bit}");
        }
        mask.shift();
        assert_eq!(mask.rest.len(), 2);
        mask.shift();
        for _ in 0..126 {
            mask.shift();
        }
        assert_eq!(mask, Mask { first: 2, rest: Vec::new() });
    }
}
