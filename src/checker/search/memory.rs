//! Where a search has been.

use super::mask::Mask;
use crate::checker::index::{Index, position};

/// Where a search is: what is placed, and the state it has led to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// All operations that returned before the return of this rank are placed, and its own is not.
    pub(super) rank: u32,
    /// The slots of those that are placed and open then.
    pub(super) open: Mask,
    pub(super) state: u32,
}

/// Sets of unknown operations that were used, each with its number.
pub(super) struct Uses(Index<Mask>, usize);

impl Uses {
    pub(super) fn new() -> Self {
        let mut sets = Index::default();
        sets.insert(Mask::default());
        Self(sets, 0)
    }

    pub(super) fn get(&self, number: u32) -> &Mask {
        self.0.get(number)
    }

    /// The set of that number and one more.
    pub(super) fn with(&mut self, number: u32, one: usize) -> u32 {
        let mut set = self.0.get(number).clone();
        set.insert(one);
        let heap = set.heap_bytes();
        let (number, is_new) = self.0.insert(set);
        if is_new {
            self.1 += heap;
        }
        number
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.bytes() + self.1
    }
}

/// The places where a search has been, and by the use of which unknown operations. Whoever used
/// fewer has all the ways to go on of whoever used more.
#[derive(Default)]
pub(super) struct Memory {
    places: Index<Place>,
    /// Of each place the first use in the list; none where nothing was used.
    first: Vec<u32>,
    /// A use, and the next one of the same place.
    uses: Vec<(u32, u32)>,
}

impl Memory {
    /// Remembers a place, unless it is as good as one that is known.
    pub(super) fn is_new(&mut self, place: Place, used: u32, uses: &Uses) -> bool {
        let (number, is_new) = self.places.insert(place);
        if is_new {
            self.first.push(NONE);
        } else {
            let mut other = self.first[position(number)];
            // Where there is no list, nothing was used.
            if other == NONE {
                return false;
            }
            while other != NONE {
                let (known, next) = self.uses[position(other)];
                if uses.get(known).is_within(uses.get(used)) {
                    return false;
                }
                other = next;
            }
        }
        let first = &mut self.first[position(number)];
        if used == NOTHING_USED {
            *first = NONE;
        } else {
            let before = *first;
            *first = u32::try_from(self.uses.len()).expect("memory ends long before");
            self.uses.push((used, before));
        }
        true
    }

    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.first.clear();
        self.uses.clear();
    }

    pub(super) fn bytes(&self) -> usize {
        self.places.bytes()
            + self.first.capacity() * size_of::<u32>()
            + self.uses.capacity() * size_of::<(u32, u32)>()
    }
}

/// The number of the set of nothing.
pub(super) const NOTHING_USED: u32 = 0;

const NONE: u32 = u32::MAX;
