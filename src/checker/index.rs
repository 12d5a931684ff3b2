//! Numbers for things, the first is 0: equal things have one number. The same in every process,
//! and no order of it decides anything.

use super::mixer::Mixer;
use core::hash::{Hash, Hasher};

/// Things that were seen, each with its number.
#[derive(Clone, Debug)]
pub(super) struct Index<T> {
    things: Vec<T>,
    /// Open addressing: a thing's number plus one and a part of its hash, or zeros.
    slots: Vec<(u32, u32)>,
}

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self { things: Vec::new(), slots: vec![(0, 0); SLOTS_MIN] }
    }
}

impl<T: Eq + Hash> Index<T> {
    /// One that need not grow before it has so many things.
    pub(super) fn with_capacity(count: usize) -> Self {
        let slots = (count * 2).next_power_of_two().max(SLOTS_MIN);
        Self { things: Vec::with_capacity(count), slots: vec![(0, 0); slots] }
    }

    /// The number of a thing, and whether it was not seen before.
    pub(super) fn insert(&mut self, thing: T) -> (u32, bool) {
        let hash = hash_of(&thing);
        let slot = match self.look(hash, &thing) {
            Ok(number) => return (number, false),
            Err(slot) => slot,
        };
        self.things.push(thing);
        let count = u32::try_from(self.things.len()).expect("memory ends long before");
        self.slots[slot] = (count, hash);
        if self.things.len() * 2 > self.slots.len() {
            self.grow();
        }
        (count - 1, true)
    }

    /// The number of a thing that was seen.
    pub(super) fn find(&self, thing: &T) -> Option<u32> {
        self.look(hash_of(thing), thing).ok()
    }

    /// The thing of a number.
    pub(super) fn get(&self, number: u32) -> &T {
        &self.things[position(number)]
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.things.len()
    }

    /// How many bytes it takes, without what the things have elsewhere.
    pub(super) fn bytes(&self) -> usize {
        self.things.capacity() * size_of::<T>() + self.slots.len() * size_of::<(u32, u32)>()
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        if self.things.len() * 16 < self.slots.len() {
            // What was once large is not cleaned again and again.
            self.slots.truncate((self.slots.len() / 4).max(SLOTS_MIN));
        }
        self.things.clear();
        self.slots.fill((0, 0));
    }

    /// The number of a thing, or the slot where it would be.
    fn look(&self, hash: u32, thing: &T) -> Result<u32, usize> {
        let mut slot = self.first_slot(hash);
        loop {
            let (stored, tag) = self.slots[slot];
            if stored == 0 {
                return Err(slot);
            }
            // Compared whole: what only looks alike must not be taken for it.
            if tag == hash && self.things[position(stored - 1)] == *thing {
                return Ok(stored - 1);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn grow(&mut self) {
        let doubled = vec![(0, 0); self.slots.len() * 2];
        for entry in core::mem::replace(&mut self.slots, doubled) {
            if entry.0 != 0 {
                let mut slot = self.first_slot(entry.1);
                while self.slots[slot].0 != 0 {
                    slot = (slot + 1) & (self.slots.len() - 1);
                }
                self.slots[slot] = entry;
            }
        }
    }
}

impl<T> Index<T> {
    fn first_slot(&self, hash: u32) -> usize {
        position(hash) & (self.slots.len() - 1)
    }
}

/// A number as a place in a list.
pub(super) fn position(number: u32) -> usize {
    usize::try_from(number).expect("32 bits fit in an index")
}

fn hash_of<T: Hash>(thing: &T) -> u32 {
    let mut mixer = Mixer::default();
    thing.hash(&mut mixer);
    u32::try_from(mixer.finish() >> 32).expect("32 bits")
}

const SLOTS_MIN: usize = 8;

#[cfg(test)]
mod tests {
    use super::Index;

    #[test]
    fn equal_things_have_one_number() {
        let mut index = Index::default();
        for round in 0..2 {
            for thing in 0..1_000_u64 {
                let (number, is_new) = index.insert(thing * 7919);
                assert_eq!((u64::from(number), is_new), (thing, round == 0));
            }
        }
        assert_eq!(index.find(&7919), Some(1));
        assert_eq!((index.find(&3), *index.get(2), index.len()), (None, 15838, 1000));
        for _ in 0..9 {
            index.clear();
        }
        assert_eq!((index.find(&7919), index.insert(5)), (None, (0, true)));
    }
}
