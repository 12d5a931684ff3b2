//! Searching an order, for any model: depth first and breadth first, in turns.
//!
//! Either alone is lost on some histories: the first where it goes far with a mistake made early,
//! the second where very many places are possible at one time. They take turns of steps, never
//! of seconds, so that a verdict can be repeated; who ends first has it.

mod breadth;
mod depth;
mod goals;
mod mask;
mod memory;
mod states;
mod timeline;

use super::history::History;
use super::in_time::InTime;
use super::index::position;
use super::model::Model;
use super::parts::Parts;
use super::{Limits, numbers};
use breadth::Breadth;
use depth::Depth;
use std::collections::BTreeSet;
use timeline::Timeline;

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
    /// A limit was reached before it was known.
    Unknown {
        /// After so many steps.
        steps: u64,
        /// In how many places at once the history may have been, as far as was seen.
        places: usize,
    },
}

/// Searches an order of a history's operations, whatever the model's shape is.
pub fn search<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    limits: Limits,
) -> Found {
    let parts = Parts::of(model, history, &InTime::of(history));
    let mut effort = Effort::new(limits);
    for part in parts.iter() {
        if let Some(stuck) = effort.search(model, history, part) {
            return Found::None { stuck };
        }
    }
    effort.found()
}

/// What searches of several parts have taken, and may take.
pub(super) struct Effort {
    limits: Limits,
    steps: u64,
    /// Where a part was given up: how wide it was.
    given_up: Option<usize>,
}

impl Effort {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, steps: 0, given_up: None }
    }

    /// Searches an order of one part. Tells an operation that can't be placed, if there is none.
    pub(super) fn search<M: Model>(
        &mut self,
        model: &M,
        history: &History<M::Input, M::Output>,
        part: &[u32],
    ) -> Option<usize> {
        if self.steps >= self.limits.steps {
            self.given_up = self.given_up.max(Some(0));
            return None;
        }
        let timeline = Timeline::new(model, history, part, model.initial());
        match race(&timeline, self.limits, &mut self.steps) {
            Raced::Ended(Ended::Order) => None,
            Raced::Ended(Ended::None { stuck }) => {
                Some(position(timeline.entries[position(stuck)].index))
            }
            Raced::GivenUp { places } => {
                // Another part may be a violation all the same.
                self.given_up = self.given_up.max(Some(places));
                None
            }
        }
    }

    /// What was found where nothing was wrong.
    pub(super) fn found(self) -> Found {
        match self.given_up {
            None => Found::Order,
            Some(places) => Found::Unknown { steps: self.steps, places },
        }
    }
}

/// The operations among which a contradiction lies.
pub(super) struct Stretch<S> {
    /// In the order of their invocations.
    pub(super) operations: Vec<usize>,
    /// The return at which there was no place left to be at. What is later does not matter.
    pub(super) last_return: u64,
    /// What was held before all of them, and what had been asked by then; nothing where that is
    /// what was held at first.
    pub(super) from: Option<(S, Vec<usize>)>,
}

impl<S: Clone + Eq + core::hash::Hash> Stretch<S> {
    /// The stretch of a part for which there is no order; all of it where that is not found.
    pub(super) fn of<M: Model<State = S>>(
        model: &M,
        history: &History<M::Input, M::Output>,
        part: &[u32],
        limits: Limits,
    ) -> Self {
        let timeline = Timeline::new(model, history, part, model.initial());
        let mut breadth = Breadth::new(&timeline);
        let mut left = limits.steps;
        let mut ended = None;
        while ended.is_none() && left > 0 && within(&limits, breadth.bytes()) {
            let mut turn = left.min(TURN);
            left -= turn;
            ended = breadth.run(&timeline, &mut turn);
        }
        let Some(Ended::None { stuck }) = ended else {
            let operations = part.iter().map(|&index| position(index)).collect();
            return Self { operations, last_return: u64::MAX, from: None };
        };
        let index = |own: u32| position(timeline.entries[position(own)].index);
        let last_return = history.operations[index(stuck)].returned().unwrap_or(u64::MAX);
        // What had happened at the last moment of which that is known, and where that stands.
        let only = breadth.into_only();
        let has_happened = |own: u32| {
            only.as_ref().is_some_and(|only| match timeline.is_unknown(own) {
                true => only.used.has(timeline.place_of(own)),
                false => {
                    timeline.rank(own) < only.rank
                        || (timeline.is_open(own, only.rank)
                            && only.open.has(position(timeline.entries[position(own)].slot)))
                }
            })
        };
        let all = 0..u32::try_from(timeline.entries.len()).expect("fewer than 2^32");
        let happened: BTreeSet<usize> = all.filter(|&own| has_happened(own)).map(index).collect();
        let matters = |index: &usize| {
            history.operations[*index].invoked <= last_return && !happened.contains(index)
        };
        let operations = part.iter().map(|&index| position(index)).filter(matters).collect();
        let asked_before = |only: &breadth::Only<S>| {
            let returned = |own: u32| history.operations[index(own)].returned();
            let moment = returned(timeline.returns[position(only.rank)]);
            let is_asked = |index: &usize| Some(history.operations[*index].invoked) <= moment;
            part.iter().map(|&index| position(index)).filter(is_asked).collect()
        };
        let from = only.map(|only| (only.state.clone(), asked_before(&only)));
        Self { operations, last_return, from }
    }
}

/// The longest order of a history of one part, from a state on, and the operation that could not
/// be placed behind it.
pub(super) fn furthest<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    initial: M::State,
    limits: Limits,
) -> (Vec<usize>, Option<usize>) {
    let timeline = Timeline::new(model, history, &numbers(history.operations.len()), initial);
    let mut depth = Depth::new(&timeline, true);
    let mut left = limits.steps;
    let ended = depth.run(&timeline, &mut left);
    let place = |own: u32| position(timeline.entries[position(own)].index);
    let stuck = match ended {
        Some(Ended::None { stuck }) => Some(place(stuck)),
        Some(Ended::Order) | None => None,
    };
    (depth.into_reached().into_iter().map(place).collect(), stuck)
}

/// Whether it is known that a history of one part has no order, from a state on. What returns
/// later than the last return that matters need not be in an order.
pub(super) fn is_contradictory<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    initial: M::State,
    last_return: u64,
    limits: Limits,
) -> bool {
    let part = numbers(history.operations.len());
    let timeline = Timeline::up_to(last_return, model, history, &part, initial);
    matches!(race(&timeline, limits, &mut 0), Raced::Ended(Ended::None { .. }))
}

/// How a search of a part ended.
enum Ended {
    Order,
    None { stuck: u32 },
}

enum Raced {
    Ended(Ended),
    GivenUp { places: usize },
}

/// Both searches in turns, until one ends or neither may go on.
fn race<M: Model>(timeline: &Timeline<'_, M>, limits: Limits, steps: &mut u64) -> Raced {
    let (mut depth, mut breadth) = (Some(Depth::new(timeline, false)), None);
    let mut is_breadth_lost = false;
    let mut places = 0;
    // Enough for a history that is told in its order; longer each time.
    let mut turn = TURN + u64::try_from(timeline.returns.len() / 4).unwrap_or(u64::MAX / 8);
    loop {
        if let Some(search) = &mut depth {
            if let Some(ended) = take_turn(turn, limits, steps, |left| search.run(timeline, left)) {
                return Raced::Ended(ended);
            }
            if !within(&limits, timeline.bytes() + search.bytes()) {
                depth = None;
            }
        }
        if !is_breadth_lost {
            let search = breadth.get_or_insert_with(|| Breadth::new(timeline));
            let turn = turn.saturating_mul(BREADTH);
            if let Some(ended) = take_turn(turn, limits, steps, |left| search.run(timeline, left)) {
                return Raced::Ended(ended);
            }
            places = places.max(search.widest());
            if !within(&limits, timeline.bytes() + search.bytes()) {
                (breadth, is_breadth_lost) = (None, true);
            }
        }
        if *steps >= limits.steps || (depth.is_none() && is_breadth_lost) {
            return Raced::GivenUp { places };
        }
        turn = turn.saturating_add(turn / 2);
    }
}

fn within(limits: &Limits, bytes: usize) -> bool {
    u64::try_from(bytes).is_ok_and(|bytes| bytes <= limits.bytes)
}

fn take_turn(
    turn: u64,
    limits: Limits,
    steps: &mut u64,
    run: impl FnOnce(&mut u64) -> Option<Ended>,
) -> Option<Ended> {
    let granted = turn.min(limits.steps.saturating_sub(*steps));
    let mut left = granted;
    let ended = run(&mut left);
    *steps += granted - left;
    ended
}

/// So much longer are the turns of the second: where the first is right it soon is, and where it
/// is lost it only takes memory.
const BREADTH: u64 = 16;

/// The least steps of a turn.
const TURN: u64 = 4_096;
