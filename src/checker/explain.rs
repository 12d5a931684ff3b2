//! Explaining a violation: the few operations that already contradict each other.
//!
//! Operations are never just left out: that could make a contradiction where there was none, a
//! read of a value that nobody has written any more. Instead what is known of them is given up,
//! as if their clients had never heard of the outcome. Whatever is still contradictory then was
//! so before, and for fewer reasons.

use super::history::{History, Outcome};
use super::model::Model;
use super::search::{Found, search};

/// Why a history cannot be explained by any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The operations that matter, by index, in the order in which they were invoked.
    pub operations: Vec<usize>,
    /// One of them that the search that got furthest could not place.
    pub stuck: usize,
    /// The operations that matter, a line each.
    pub lines: Vec<String>,
}

/// Finds a small reason for a violation.
pub fn explain<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    stuck: usize,
    steps_max: u64,
) -> Explanation {
    let key = model.key(&history.operations[stuck].input);
    let mut reason = Reason { model, history, known: Vec::new(), stuck, steps_max };
    reason.known = history
        .operations
        .iter()
        .map(|operation| operation.returned().is_some() && model.key(&operation.input) == key)
        .collect();
    reason.forget_all_it_can();
    let mut operations: Vec<usize> =
        (0..history.operations.len()).filter(|&index| reason.known[index]).collect();
    operations.sort_by_key(|&index| history.operations[index].invoked);
    let lines = operations.iter().map(|&index| describe(model, history, index)).collect();
    Explanation { operations, stuck: reason.stuck, lines }
}

/// An operation in a line: who, from when to when, what.
pub fn describe<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    index: usize,
) -> String {
    let operation = &history.operations[index];
    let what = model.describe(&operation.input, operation.output());
    let returned = operation.returned().map_or("...".to_owned(), |at| at.to_string());
    format!("client {} {} to {returned}: {what}", operation.client, operation.invoked)
}

struct Reason<'history, M: Model> {
    model: &'history M,
    history: &'history History<M::Input, M::Output>,
    /// Whether the outcome of each operation is still taken for known.
    known: Vec<bool>,
    stuck: usize,
    steps_max: u64,
}

impl<M: Model> Reason<'_, M> {
    /// Forgets outcomes in ever smaller groups, as long as the contradiction stays.
    fn forget_all_it_can(&mut self) {
        let mut group = self.known.iter().filter(|known| **known).count().div_ceil(2);
        while group > 0 {
            let mut at = 0;
            loop {
                // The latest first: what comes after the contradiction does not matter.
                let mut known: Vec<usize> =
                    (0..self.known.len()).filter(|&index| self.known[index]).collect();
                known.sort_by_key(|&i| core::cmp::Reverse(self.history.operations[i].returned()));
                let some: Vec<usize> = known.iter().copied().skip(at).take(group).collect();
                if some.is_empty() {
                    break;
                }
                if !self.forget(&some) {
                    at += group;
                }
            }
            group = if group == 1 { 0 } else { group.div_ceil(2) };
        }
    }

    /// Forgets some outcomes, if what is left is still contradictory. Tells whether it was.
    fn forget(&mut self, some: &[usize]) -> bool {
        for &index in some {
            self.known[index] = false;
        }
        let weaker = self.weaker_history();
        if let Found::None { stuck } = search(self.model, &weaker, self.steps_max) {
            self.stuck = stuck;
            return true;
        }
        for &index in some {
            self.known[index] = true;
        }
        false
    }

    fn weaker_history(&self) -> History<M::Input, M::Output> {
        let mut weaker = self.history.clone();
        for (operation, &known) in weaker.operations.iter_mut().zip(&self.known) {
            if !known {
                operation.outcome = Outcome::Unknown;
            }
        }
        weaker
    }
}
