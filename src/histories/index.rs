//! Finds things by their hash, in one table that is the same in every process.

/// The numbers of things that lie elsewhere, in the order in which they came: from 0 on.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// Open addressing: a thing's number plus one and its hash, or zeros.
    slots: Vec<(u32, u32)>,
    count: u32,
}

impl Default for Index {
    fn default() -> Self {
        Self { slots: vec![(0, 0); 64], count: 0 }
    }
}

impl Index {
    /// The number of the thing of that hash that `is_it`, if there is one.
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut slot = self.first_slot(hash);
        loop {
            let (stored, tag) = self.slots[slot];
            if stored == 0 {
                return None;
            }
            if tag == hash && is_it(stored - 1) {
                return Some(stored - 1);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// Gives the next number to a thing of that hash, which is not there yet.
    pub(super) fn push(&mut self, hash: u32) -> u32 {
        let number = self.count;
        self.count = self.count.checked_add(1).expect("memory ends long before");
        if self.slots.len() / 4 * 3 < size(self.count) {
            let doubled = vec![(0, 0); self.slots.len() * 2];
            for (stored, tag) in core::mem::replace(&mut self.slots, doubled) {
                if stored != 0 {
                    self.put(stored, tag);
                }
            }
        }
        self.put(self.count, hash);
        number
    }

    fn put(&mut self, stored: u32, hash: u32) {
        let mut slot = self.first_slot(hash);
        while self.slots[slot].0 != 0 {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = (stored, hash);
    }

    fn first_slot(&self, hash: u32) -> usize {
        size(hash) & (self.slots.len() - 1)
    }
}

/// A hash of some bytes, and of what they are.
pub(super) fn hash(what: u8, bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut state = SEED ^ u64::from(what);
    for word in words {
        state = mixed(state, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    // The length too: zeros at the end are not nothing.
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    state = mixed(mixed(state, u64::from_le_bytes(last)), length);
    u32::try_from(state >> 32).expect("32 bits")
}

fn mixed(state: u64, word: u64) -> u64 {
    (state ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31)
}

/// A number as a place in a table.
pub(super) fn size(number: u32) -> usize {
    usize::try_from(number).expect("32 bits fit in an index")
}

const SEED: u64 = 0x243f_6a88_85a3_08d3;

#[cfg(test)]
mod tests {
    use super::{Index, hash, size};

    #[test]
    fn everything_is_found_again_under_its_number() {
        let (mut index, mut things) = (Index::default(), Vec::new());
        for thing in (0..10_000_u64).map(|number| (number * number).to_le_bytes()) {
            let hash = hash(0, &thing);
            assert_eq!(index.find(hash, |number| things[size(number)] == thing), None);
            assert_eq!(Some(index.push(hash)), u32::try_from(things.len()).ok());
            things.push(thing);
        }
        for (number, thing) in (0..).zip(&things) {
            let found = index.find(hash(0, thing), |number| things[size(number)] == *thing);
            assert_eq!(found, Some(number));
        }
    }

    /// One slot for all would still be right, and would take for ever.
    #[test]
    fn hashes_of_what_differs_little_differ() {
        let texts = (0..10_000).map(|number| hash(1, format!("key-{number}").as_bytes()));
        let mut low: Vec<u32> = texts.map(|hash| hash & 0xffff).collect();
        low.sort_unstable();
        low.dedup();
        assert!(low.len() > 8_000, "{}", low.len());
    }
}
