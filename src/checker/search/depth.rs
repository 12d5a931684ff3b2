//! Depth first, remembering where it has been: Wing and Gong's search with Lowe's memory.
//!
//! A place is told by the first return whose operation is not placed yet, by which of the
//! operations that are open then are placed, and by the state; so it stays small however long
//! the history is.

use super::Ended;
use super::goals::Guide;
use super::mask::Mask;
use super::memory::{Memory, NOTHING_USED, Place, Uses};
use super::states::States;
use super::timeline::{Timeline, Window};
use crate::checker::index::position;
use crate::checker::model::Model;

/// A search that can be stopped and goes on.
pub(super) struct Depth<M: Model> {
    states: States<M>,
    memory: Memory,
    uses: Uses,
    window: Window,
    path: Vec<Step>,
    /// The ways to go on that were not tried, of all steps.
    ways: Vec<u32>,
    next: Option<(Place, u32, Option<u32>)>,
    /// How many operations that returned were placed at most, and which could not be placed then.
    furthest: Option<(usize, u32)>,
    /// The path to there, where somebody wants to know.
    reached: Option<Vec<u32>>,
}

/// A place on the path to here.
struct Step {
    place: Place,
    used: u32,
    /// The operation that led to it.
    by: Option<u32>,
    /// Its ways are those from here on, up to those of the next step.
    ways: usize,
}

impl<M: Model> Depth<M> {
    pub(super) fn new(timeline: &Timeline<'_, M>, keeps_order: bool) -> Self {
        let start = Place { rank: 0, open: Mask::default(), state: 0 };
        Self {
            states: States::new(timeline.initial.clone()),
            memory: Memory::default(),
            uses: Uses::new(),
            window: Window::new(timeline),
            path: Vec::new(),
            ways: Vec::new(),
            next: Some((start, NOTHING_USED, None)),
            furthest: None,
            reached: keeps_order.then(Vec::new),
        }
    }

    /// Goes on for so many steps, and takes them off. Nothing when they were not enough.
    pub(super) fn run(&mut self, timeline: &Timeline<'_, M>, steps: &mut u64) -> Option<Ended> {
        loop {
            if let Some((place, used, by)) = self.next.take()
                && self.memory.is_new(place.clone(), used, &self.uses)
            {
                let is_end = position(place.rank) == timeline.returns.len();
                self.path.push(Step { place, used, by, ways: self.ways.len() });
                if is_end {
                    return Some(Ended::Order);
                }
                self.add_ways(timeline);
            }
            let Some(step) = self.path.last() else {
                return Some(Ended::None { stuck: self.furthest.map_or(0, |(_, stuck)| stuck) });
            };
            if self.ways.len() == step.ways {
                self.path.pop();
                continue;
            }
            if *steps == 0 {
                return None;
            }
            *steps -= 1;
            if let Some(own) = self.ways.pop() {
                self.next = self.follow(timeline, own);
            }
        }
    }

    /// Adds the operations that can come next, the best last.
    fn add_ways(&mut self, timeline: &Timeline<'_, M>) {
        let Some(Step { place, used, .. }) = self.path.last() else { return };
        let entry = |own: u32| &timeline.entries[position(own)];
        self.window.move_to(timeline, place.rank);
        let placed = position(place.rank) + place.open.count();
        if self.furthest.is_none_or(|(most, _)| placed > most) {
            self.furthest = Some((placed, timeline.returns[position(place.rank)]));
            if let Some(reached) = &mut self.reached {
                *reached = self.path.iter().filter_map(|step| step.by).collect();
            }
        }
        let first = self.ways.len();
        for own in self.window.open().filter(|&own| !place.open.has(position(entry(own).slot))) {
            // A read that fits can only be in the way later.
            if entry(own).is_read
                && self.states.after(timeline, place.state, own) == Some(place.state)
            {
                self.ways.truncate(first);
                self.ways.push(own);
                return;
            }
            self.ways.push(own);
        }
        // What leads to what was seen is tried first, then what returned first; and what may not
        // have happened at all, last.
        let guide = Guide::new(timeline, &self.states, place, self.ways[first..].iter().copied());
        let (states, state) = (&mut self.states, place.state);
        self.ways[first..].sort_by_cached_key(|&own| {
            let promise = guide.as_ref().map(|guide| guide.promise(timeline, states, state, own));
            (promise, core::cmp::Reverse(timeline.rank(own)))
        });
        let returned = self.ways.len() - first;
        self.ways.extend(timeline.unknown(place.rank, self.uses.get(*used)));
        self.ways[first..].rotate_left(returned);
    }

    fn follow(
        &mut self,
        timeline: &Timeline<'_, M>,
        own: u32,
    ) -> Option<(Place, u32, Option<u32>)> {
        let Step { place, used, .. } = self.path.last()?;
        let state = self.states.after(timeline, place.state, own)?;
        let (mut place, used) = (place.clone(), *used);
        if timeline.is_unknown(own) {
            if state == place.state {
                return None;
            }
            place.state = state;
            let used = self.uses.with(used, timeline.place_of(own));
            return Some((place, used, Some(own)));
        }
        place.state = state;
        timeline.place(&mut place, own);
        Some((place, used, Some(own)))
    }

    /// The longest order that was reached, where it was kept.
    pub(super) fn into_reached(self) -> Vec<u32> {
        self.reached.unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        self.states.bytes()
            + self.memory.bytes()
            + self.uses.bytes()
            + self.path.capacity() * size_of::<Step>()
            + self.ways.capacity() * size_of::<u32>()
    }
}
