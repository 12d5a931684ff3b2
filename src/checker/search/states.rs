//! The states that a search has come to, by numbers, and what becomes of each by each operation.

use super::timeline::{Entry, Timeline};
use crate::checker::index::{Index, position};
use crate::checker::model::Model;

/// States, each with its number.
pub(super) struct States<M: Model> {
    states: Index<M::State>,
    /// About how many bytes they have on the heap.
    heap: usize,
    /// A state and an operation that was tried in it.
    tried: Index<(u32, u32)>,
    /// What came of it: the state's number plus one, or 0 where something else would have been
    /// answered.
    after: Vec<u32>,
}

impl<M: Model> States<M> {
    /// With the first one, whose number is 0.
    pub(super) fn new(initial: M::State) -> Self {
        let mut states = Index::default();
        states.insert(initial);
        Self { states, heap: 0, tried: Index::default(), after: Vec::new() }
    }

    /// The state after an operation, if it can be answered in this one as it was.
    pub(super) fn after(
        &mut self,
        timeline: &Timeline<'_, M>,
        state: u32,
        own: u32,
    ) -> Option<u32> {
        if self.tried.len() > TRIED_MAX {
            self.tried.clear();
            self.after.clear();
        }
        let (number, is_new) = self.tried.insert((state, own));
        if is_new {
            let after = self.step(timeline.model, state, &timeline.entries[position(own)]);
            self.after.push(after.map_or(0, |after| after + 1));
        }
        self.after[position(number)].checked_sub(1)
    }

    fn step(&mut self, model: &M, state: u32, entry: &Entry<'_, M>) -> Option<u32> {
        let (after, answer) = model.step(self.states.get(state), entry.input);
        if !entry.output.is_none_or(|seen| model.fits(&answer, seen)) {
            return None;
        }
        let heap = model.heap_bytes(&after);
        let (number, is_new) = self.states.insert(after);
        if is_new {
            self.heap += heap;
        }
        Some(number)
    }

    pub(super) fn get(&self, number: u32) -> &M::State {
        self.states.get(number)
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.states.bytes()
            + self.heap
            + self.tried.bytes()
            + self.after.capacity() * size_of::<u32>()
    }

    /// Keeps but some states, which get new numbers.
    pub(super) fn keep<'numbers>(
        &mut self,
        model: &M,
        numbers: impl Iterator<Item = &'numbers mut u32>,
    ) {
        let before = core::mem::take(&mut self.states);
        self.tried.clear();
        self.after.clear();
        self.heap = 0;
        for number in numbers {
            let state = before.get(*number);
            let (renewed, is_new) = self.states.insert(state.clone());
            if is_new {
                self.heap += model.heap_bytes(state);
            }
            *number = renewed;
        }
    }
}

/// So many are remembered; it is only to save time.
const TRIED_MAX: usize = 1 << 16;
