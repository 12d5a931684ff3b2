//! Breadth first: all places that a history can have come to, from return to return.
//!
//! At each return the places are kept at which its operation is placed. Others get there by
//! placing open operations until it is; no more than that, so an operation is placed no sooner
//! than somebody needs it.

use super::Ended;
use super::mask::Mask;
use super::memory::{Memory, NOTHING_USED, Place, Uses};
use super::states::States;
use super::timeline::{Timeline, Window};
use crate::checker::index::position;
use crate::checker::model::Model;

/// A search that can be stopped and goes on.
pub(super) struct Breadth<M: Model> {
    states: States<M>,
    uses: Uses,
    window: Window,
    /// Those that are open, each with its slot: who looks and who changes something.
    reads: Vec<(u32, usize)>,
    updates: Vec<(u32, usize)>,
    /// Of this return.
    rank: u32,
    /// The places at which its operation is not placed yet.
    work: Vec<(Place, u32)>,
    been: Memory,
    /// The places at which it is.
    done: Vec<(Place, u32)>,
    done_before: Memory,
    /// The most places there ever were.
    widest: usize,
    /// The last return before which there was one place only.
    only: Option<Only<M::State>>,
    is_begun: bool,
}

/// A moment at which it was known what was held, and what was placed.
pub(super) struct Only<S> {
    /// Right before the return of that rank.
    pub(super) rank: u32,
    /// The slots of those that were open then and placed.
    pub(super) open: Mask,
    /// Those of unknown outcome that were used.
    pub(super) used: Mask,
    pub(super) state: S,
}

impl<M: Model> Breadth<M> {
    pub(super) fn new(timeline: &Timeline<'_, M>) -> Self {
        let start = Place { rank: 0, open: Mask::default(), state: 0 };
        Self {
            states: States::new(timeline.initial.clone()),
            uses: Uses::new(),
            window: Window::new(timeline),
            reads: Vec::new(),
            updates: Vec::new(),
            rank: 0,
            work: Vec::new(),
            been: Memory::default(),
            done: vec![(start, NOTHING_USED)],
            done_before: Memory::default(),
            widest: 1,
            only: None,
            is_begun: false,
        }
    }

    /// Goes on for so many steps, and takes them off. Nothing when they were not enough.
    pub(super) fn run(&mut self, timeline: &Timeline<'_, M>, steps: &mut u64) -> Option<Ended> {
        loop {
            while let Some((place, used)) = self.work.pop() {
                if *steps == 0 {
                    self.work.push((place, used));
                    return None;
                }
                self.go_on(timeline, &place, used, steps);
            }
            self.widest = self.widest.max(self.done.len());
            if self.done.is_empty() {
                return Some(Ended::None { stuck: timeline.returns[position(self.rank)] });
            }
            if self.is_begun {
                self.rank += 1;
            }
            self.is_begun = true;
            if position(self.rank) == timeline.returns.len() {
                return Some(Ended::Order);
            }
            self.begin_return(timeline);
        }
    }

    /// Sorts the places by whether the next operation to return is placed.
    fn begin_return(&mut self, timeline: &Timeline<'_, M>) {
        self.note_only();
        self.window.move_to(timeline, self.rank);
        self.reads.clear();
        self.updates.clear();
        for own in self.window.open() {
            let entry = &timeline.entries[position(own)];
            let list = if entry.is_read { &mut self.reads } else { &mut self.updates };
            list.push((own, position(entry.slot)));
        }
        self.been.clear();
        self.done_before.clear();
        if self.states.len() > STATES_KEPT + 4 * self.done.len() {
            let numbers = self.done.iter_mut().map(|(place, _)| &mut place.state);
            self.states.keep(timeline.model, numbers);
        }
        for (place, used) in core::mem::take(&mut self.done) {
            self.add(timeline, place, used);
        }
    }

    fn note_only(&mut self) {
        if let [(place, used)] = &self.done[..]
            && self.rank > 0
        {
            self.only = Some(Only {
                rank: self.rank,
                open: place.open.clone(),
                used: self.uses.get(*used).clone(),
                state: self.states.get(place.state).clone(),
            });
        }
    }

    /// Adds a place to those of this return, with all reads placed that fit there: they can only
    /// be in the way later.
    fn add(&mut self, timeline: &Timeline<'_, M>, mut place: Place, used: u32) {
        for &(own, slot) in &self.reads {
            if !place.open.has(slot)
                && self.states.after(timeline, place.state, own) == Some(place.state)
            {
                place.open.insert(slot);
            }
        }
        let own = timeline.returns[position(self.rank)];
        let slot = position(timeline.entries[position(own)].slot);
        if place.open.has(slot) {
            place.open.remove(slot);
            if self.done_before.is_new(place.clone(), used, &self.uses) {
                self.done.push((place, used));
            }
        } else if self.been.is_new(place.clone(), used, &self.uses) {
            self.work.push((place, used));
        }
    }

    /// Places one more open operation, in all ways.
    fn go_on(&mut self, timeline: &Timeline<'_, M>, place: &Place, used: u32, steps: &mut u64) {
        let updates = core::mem::take(&mut self.updates);
        for &(own, slot) in updates.iter().filter(|(_, slot)| !place.open.has(*slot)) {
            *steps = steps.saturating_sub(1);
            if let Some(state) = self.states.after(timeline, place.state, own) {
                let mut next = place.clone();
                next.state = state;
                next.open.insert(slot);
                self.add(timeline, next, used);
            }
        }
        self.updates = updates;
        let unknown: Vec<u32> = timeline.unknown(self.rank, self.uses.get(used)).collect();
        for own in unknown {
            *steps = steps.saturating_sub(1);
            let state = self.states.after(timeline, place.state, own);
            if let Some(state) = state.filter(|&state| state != place.state) {
                let next = Place { state, ..place.clone() };
                let used = self.uses.with(used, timeline.place_of(own));
                self.add(timeline, next, used);
            }
        }
        // A place from which nobody can go on costs a step, too.
        *steps = steps.saturating_sub(1);
    }

    /// The most places that there ever were at one return.
    pub(super) fn widest(&self) -> usize {
        self.widest.max(self.work.len() + self.done.len())
    }

    /// The last return before which there was one place only.
    pub(super) fn into_only(self) -> Option<Only<M::State>> {
        self.only
    }

    pub(super) fn bytes(&self) -> usize {
        let places = self.work.capacity() + self.done.capacity();
        self.states.bytes()
            + self.uses.bytes()
            + self.been.bytes()
            + self.done_before.bytes()
            + places * size_of::<(Place, u32)>()
    }
}

/// States that nobody is in any more are forgotten when there are more than so many.
const STATES_KEPT: usize = 1 << 12;
