//! Lists that grow and start over: what was seen of them tells what to try first.
//!
//! Who saw a list saw the order of all that is in it. So a search that has to choose between
//! operations takes the one that makes what is held the beginning of the next list that was seen;
//! and where that list starts over, what nobody saw goes first, since it is gone right after. That
//! is no more than a guess: all the other ways are tried, too, where it was wrong.

use super::memory::Place;
use super::states::States;
use super::timeline::Timeline;
use crate::checker::index::{Index, position};
use crate::checker::model::Model;

/// What was seen, and when.
#[derive(Default)]
pub(super) struct Goals {
    /// For each return the next one from there on that saw a list; empty where nobody saw one of
    /// several values.
    next: Vec<u32>,
    /// Of each operation whether somebody may have seen what it wrote.
    is_seen: Vec<bool>,
}

impl Goals {
    pub(super) fn of<M: Model>(timeline: &Timeline<'_, M>) -> Self {
        if timeline.returns.iter().all(|&own| list(timeline, own).len() < 2) {
            return Self::default();
        }
        let writers = Writers::of(timeline);
        let mut next = None;
        let mut goals = Self { next: Vec::new(), is_seen: vec![false; timeline.entries.len()] };
        for &own in timeline.returns.iter().rev() {
            let list = list(timeline, own);
            next = if list.is_empty() { next } else { Some(own) };
            goals.next.push(next.unwrap_or(own));
            // Whatever returned before the list was begun is not of it.
            let first = list.first().map_or(&[][..], |first| writers.of_value(*first));
            let begun = first.iter().map(|&own| timeline.invoked_at(own)).min().unwrap_or(0);
            for &writer in list.iter().flat_map(|value| writers.of_value(*value)) {
                let may_be = timeline.returned_at(writer).is_none_or(|at| at >= begun);
                goals.is_seen[position(writer)] |= may_be;
            }
        }
        goals.next.reverse();
        goals
    }
}

/// Who wrote which value.
struct Writers {
    values: Index<u64>,
    of: Vec<Vec<u32>>,
}

impl Writers {
    fn of<M: Model>(timeline: &Timeline<'_, M>) -> Self {
        let mut writers = Self { values: Index::default(), of: Vec::new() };
        for (own, entry) in (0..).zip(&timeline.entries) {
            let plain = timeline.model.plain(entry.input, entry.output);
            if let Some(value) = plain.written() {
                let (number, is_new) = writers.values.insert(value);
                if is_new {
                    writers.of.push(Vec::new());
                }
                writers.of[position(number)].push(own);
            }
        }
        writers
    }

    fn of_value(&self, value: u64) -> &[u32] {
        self.values.find(&value).map_or(&[], |number| &self.of[position(number)])
    }
}

/// What to try first at a place.
pub(super) struct Guide<'history> {
    /// The list that was seen next.
    goal: &'history [u64],
    /// Whether what is held can't become that list by growing.
    starts_over: bool,
}

/// The more an operation promises, the sooner it is tried.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Promise {
    None,
    /// What is held is the beginning of what was seen then.
    Leads,
    /// Nobody saw it, and what is held then is soon gone.
    Vanishes,
}

impl<'history> Guide<'history> {
    /// Nothing where there are no lists.
    pub(super) fn new<M: Model>(
        timeline: &Timeline<'history, M>,
        states: &States<M>,
        place: &Place,
        open: impl Iterator<Item = u32>,
    ) -> Option<Self> {
        let next = list(timeline, *timeline.goals.next.get(position(place.rank))?);
        let held = timeline.model.held(states.get(place.state))?;
        if next.starts_with(held) {
            return Some(Self { goal: next, starts_over: false });
        }
        // Who returns later may have seen what was there before the list started over.
        let grown = |goal: &&[u64]| goal.len() > held.len() && goal.starts_with(held);
        let later = open.map(|own| list(timeline, own)).find(grown);
        Some(Self { goal: later.unwrap_or(next), starts_over: later.is_none() })
    }

    pub(super) fn promise<M: Model>(
        &self,
        timeline: &Timeline<'history, M>,
        states: &mut States<M>,
        state: u32,
        own: u32,
    ) -> Promise {
        if self.starts_over && !timeline.goals.is_seen[position(own)] {
            return Promise::Vanishes;
        }
        let after = states.after(timeline, state, own);
        let held = after.and_then(|after| timeline.model.held(states.get(after)));
        let leads = held.is_some_and(|held| !held.is_empty() && self.goal.starts_with(held));
        if leads { Promise::Leads } else { Promise::None }
    }
}

/// The list of values that an operation saw; nothing in it where it saw none.
fn list<'history, M: Model>(timeline: &Timeline<'history, M>, own: u32) -> &'history [u64] {
    let entry = &timeline.entries[position(own)];
    timeline.model.plain(entry.input, entry.output).seen()
}
