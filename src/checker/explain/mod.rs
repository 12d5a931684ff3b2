//! Explaining a violation: the few operations that already contradict each other, and why.
//!
//! Operations are not just left out, since that could make a contradiction where there was none:
//! a read of a value that nobody has written any more. Instead what is known of them is given
//! up, as if their clients had never heard of the outcome. Whatever is still contradictory then
//! was so before, and for fewer reasons. Where values are put in and taken out, all of a value
//! may be left out: the others can be in the same order without it.

mod few;
mod values;
mod words;

use super::Limits;
use super::history::{History, Outcome};
use super::index::position;
use super::model::Model;
use super::search::{Stretch, furthest, is_contradictory};
use super::shape::Shape;
use few::{few, few_reads};
pub use words::describe;

/// Why a history cannot be explained by any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The operations that matter, by index, in the order in which they were invoked.
    pub operations: Vec<usize>,
    /// What became of the others, so that these alone contradict each other.
    pub others: Others,
    /// The one of them that could not be placed in the order that got furthest.
    pub stuck: usize,
    /// That order; there may be others in it, of which it is enough that they may have happened.
    pub reached: Vec<usize>,
    /// Why that one cannot be placed, and between which others; a sentence each.
    pub because: Vec<String>,
    /// Where it matters what was held before all of these.
    pub held: Option<Held>,
    /// The operations that matter, a line each.
    pub lines: Vec<String>,
}

/// What is known before the operations that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What was held then: that follows from all that had been asked by then.
    pub state: String,
    /// The operations that had been asked by then, by index.
    pub after: Vec<usize>,
}

/// What is enough to know of the operations that do not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// That they were asked: whatever came of them.
    Forgotten,
    /// Nothing: of their values there is no trace.
    LeftOut,
}

/// Explains what these values of a part say without a search.
pub(super) fn by_values<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    part: &[u32],
    values: &[Option<u64>],
) -> Explanation {
    let small = match model.shape() {
        Shape::Register { .. } => values::of_a_register(model, history, part, values),
        Shape::Queue | Shape::Stack | Shape::PriorityQueue | Shape::Any => {
            values::of_a_pool(model, history, part, values)
        }
    };
    small.explain(model, history, model.initial(), None)
}

/// Explains what a search has found in a part.
pub(super) fn by_search<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    part: &[u32],
    stuck: usize,
) -> Explanation {
    let Stretch { operations, last_return, from } = Stretch::of(model, history, part, EXPLAIN);
    let (initial, held) = match from {
        Some((state, after)) => {
            let held = Held { state: format!("{state:?}"), after };
            (state, Some(held))
        }
        None => (model.initial(), None),
    };
    let mut small = Small::of(history, operations);
    let count = small.history.operations.len();
    let is_enough = |kept: &[usize]| {
        is_contradictory(model, &small.only(kept), initial.clone(), last_return, EXPLAIN_ONE)
    };
    let all: Vec<usize> = (0..count).collect();
    let is_read = |place: usize| {
        let operation = &small.history.operations[place];
        model.is_read(&operation.input, operation.output())
    };
    let kept = is_enough(&all).then(|| few_reads(count, is_read, is_enough));
    if let Some(kept) = kept {
        small.kept = kept;
    } else {
        // It was too long to look at: nothing is known but where it ended.
        small.kept = small.places.iter().position(|&place| place == stuck).into_iter().collect();
        return small.explain(model, history, initial, held);
    }
    if held.is_none() {
        // All of the part again: what comes later may have been before them.
        let kept = small.kept.iter().map(|&place| small.places[place]).collect::<Vec<_>>();
        small = Small::of(history, places(part, |_| true));
        small.kept =
            (0..small.places.len()).filter(|&at| kept.contains(&small.places[at])).collect();
        small.keep_fewer(model, &initial);
    }
    small.explain(model, history, initial, held)
}

/// Some operations of a history, on their own.
struct Small<I, O> {
    /// Where each stands in the whole.
    places: Vec<usize>,
    history: History<I, O>,
    /// Those of them that matter.
    kept: Vec<usize>,
    others: Others,
}

impl<I: Clone, O: Clone> Small<I, O> {
    fn of(history: &History<I, O>, places: Vec<usize>) -> Self {
        let operations = places.iter().map(|&place| history.operations[place].clone()).collect();
        Self {
            places,
            history: History { operations },
            kept: Vec::new(),
            others: Others::Forgotten,
        }
    }

    /// Keeps fewer of those that are kept, if that is enough for a search.
    fn keep_fewer<M: Model<Input = I, Output = O>>(&mut self, model: &M, initial: &M::State) {
        let some = |some: &[usize]| some.iter().map(|&number| self.kept[number]).collect();
        let is_enough = |numbers: &[usize]| {
            let some: Vec<usize> = some(numbers);
            is_contradictory(model, &self.only(&some), initial.clone(), u64::MAX, EXPLAIN_ONE)
        };
        self.kept = some(&few(self.kept.len(), is_enough));
    }

    /// As if nobody knew what came of any but these.
    fn only(&self, kept: &[usize]) -> History<I, O> {
        let mut weaker = self.history.clone();
        let mut kept = kept.iter().copied().peekable();
        for (place, operation) in weaker.operations.iter_mut().enumerate() {
            if kept.next_if_eq(&place).is_none() {
                operation.outcome = Outcome::Unknown;
            }
        }
        weaker
    }

    /// Puts it in words, from a state on.
    fn explain<M: Model<Input = I, Output = O>>(
        self,
        model: &M,
        whole: &History<I, O>,
        initial: M::State,
        held: Option<Held>,
    ) -> Explanation {
        let weaker = match self.others {
            Others::Forgotten => self.only(&self.kept),
            Others::LeftOut => self.history.clone(),
        };
        let (order, stuck) = furthest(model, &weaker, initial.clone(), EXPLAIN);
        let stuck = stuck.or_else(|| self.kept.last().copied()).unwrap_or(0);
        let at_first = if held.is_some() { "then" } else { "at first" };
        let reached = words::Reached { order: &order, at_first, initial };
        let because = words::because(model, &self.history, &self.kept, stuck, reached);
        let place = |number: &usize| self.places[*number];
        let mut operations: Vec<usize> = self.kept.iter().map(place).collect();
        operations.sort_by_key(|&index| (whole.operations[index].invoked, index));
        let lines = operations.iter().map(|&index| describe(model, whole, index)).collect();
        Explanation {
            operations,
            others: self.others,
            stuck: place(&stuck),
            reached: order.iter().map(place).collect(),
            because,
            held,
            lines,
        }
    }
}

/// The operations of a part that matter at all, as indexes.
fn places(part: &[u32], matters: impl Fn(usize) -> bool) -> Vec<usize> {
    part.iter().map(|&index| position(index)).filter(|&index| matters(index)).collect()
}

/// What it is worth to find the stretch that matters, and the order that gets furthest.
const EXPLAIN: Limits = Limits { steps: 20_000_000, bytes: 1 << 30 };

/// What it is worth to find out whether an operation matters.
const EXPLAIN_ONE: Limits = Limits { steps: 100_000, bytes: 1 << 28 };
