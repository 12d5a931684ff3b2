//! The event queue: by virtual time, then by insertion; events lie in a slab and do not move.

use super::time::Moment;
use core::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is going to happen, in the order in which it will.
#[derive(Clone, Debug)]
pub struct Queue<E> {
    heap: BinaryHeap<Reverse<Key>>,
    slab: Vec<Option<E>>,
    free: Vec<u32>,
    inserted: u64,
}

/// Ties are broken by insertion, so that the order never depends on the heap's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: Moment,
    insertion: u64,
    slot: u32,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), slab: Vec::new(), free: Vec::new(), inserted: 0 }
    }
}

impl<E> Queue<E> {
    /// Puts an event in.
    ///
    /// # Panics
    /// With more than 2^32 events at once.
    pub fn push(&mut self, at: Moment, event: E) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slab[index(slot)] = Some(event);
                slot
            }
            None => {
                self.slab.push(Some(event));
                u32::try_from(self.slab.len() - 1).expect("fewer than 2^32 events")
            }
        };
        self.heap.push(Reverse(Key { at, insertion: self.inserted, slot }));
        self.inserted += 1;
    }

    /// Takes the next event out.
    ///
    /// # Panics
    /// Never: each key has its event.
    // As a call it would copy each event once more on its way.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<(Moment, E)> {
        let Reverse(key) = self.heap.pop()?;
        let event = self.slab[index(key.slot)].take().expect("a key has an event");
        self.free.push(key.slot);
        Some((key.at, event))
    }

    /// When the next event is.
    #[must_use]
    pub fn next_at(&self) -> Option<Moment> {
        self.heap.peek().map(|Reverse(key)| key.at)
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is going to happen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

fn index(slot: u32) -> usize {
    usize::try_from(slot).expect("32 bits fit in an index")
}
