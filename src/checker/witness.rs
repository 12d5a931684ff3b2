//! Verifying an order that somebody offers, in linear time and without trusting anybody.
//!
//! Three things are verified: each operation that returned occurs once and no other twice; none
//! stands behind one that was invoked after it had returned; and the model, taking the order's
//! steps, gives what the clients saw. Together they are the definition of a linearization, so
//! whoever offered the order, accepting it is a proof.

use super::history::{History, Outcome};
use super::index::{Index, position};
use super::model::Model;
use core::fmt;

/// Why an offered order is no linearization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The order names an operation that is not in the history.
    Foreign(usize),
    /// The order has the operation twice.
    Twice(usize),
    /// The operation returned and is not in the order.
    Missing(usize),
    /// The first had returned before the second was invoked, and stands behind it.
    OutOfTime(usize, usize),
    /// The operation returned something else than the model does at its place.
    WrongOutput {
        /// Which operation.
        operation: usize,
        /// What the model returns.
        expected: String,
    },
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(index) => write!(f, "the order names operation {index}, which is none"),
            Self::Twice(index) => write!(f, "operation {index} is in the order twice"),
            Self::Missing(index) => write!(f, "operation {index} returned and is not in the order"),
            Self::OutOfTime(early, late) => write!(
                f,
                "operation {early} had returned before operation {late} was invoked, and comes \
                 after it"
            ),
            Self::WrongOutput { operation, expected } => {
                write!(f, "operation {operation} should have returned: {expected}")
            }
        }
    }
}

/// A model that takes one operation after the other, as they happen.
#[derive(Clone, Debug)]
pub struct Replay<M: Model> {
    keys: Index<M::Key>,
    /// Of each key.
    states: Vec<M::State>,
}

impl<M: Model> Default for Replay<M> {
    fn default() -> Self {
        Self { keys: Index::default(), states: Vec::new() }
    }
}

impl<M: Model> Replay<M> {
    /// The next operation happens. Returns what is answered.
    pub fn step(&mut self, model: &M, input: &M::Input) -> M::Output {
        let (key, is_new) = self.keys.insert(model.key(input));
        if is_new {
            self.states.push(model.initial());
        }
        let state = &mut self.states[position(key)];
        let (after, answer) = model.step(state, input);
        *state = after;
        answer
    }
}

/// Verifies an order.
///
/// # Errors
/// With what is wrong with it.
pub fn verify<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    order: &[usize],
) -> Result<(), Rejection> {
    let mut is_placed = vec![false; history.operations.len()];
    let mut replay = Replay::default();
    // The latest invocation so far, and whose it is.
    let mut latest: Option<(u64, usize)> = None;
    for &index in order {
        let operation = history.operations.get(index).ok_or(Rejection::Foreign(index))?;
        if std::mem::replace(&mut is_placed[index], true) {
            return Err(Rejection::Twice(index));
        }
        if let (Some(returned), Some((invoked, later))) = (operation.returned(), latest)
            && returned < invoked
        {
            return Err(Rejection::OutOfTime(index, later));
        }
        if latest.is_none_or(|(invoked, _)| invoked < operation.invoked) {
            latest = Some((operation.invoked, index));
        }
        let expected = replay.step(model, &operation.input);
        if operation.output().is_some_and(|seen| !model.fits(&expected, seen)) {
            let expected = model.describe(&operation.input, Some(&expected));
            return Err(Rejection::WrongOutput { operation: index, expected });
        }
    }
    for (index, operation) in history.operations.iter().enumerate() {
        if matches!(operation.outcome, Outcome::Returned { .. }) && !is_placed[index] {
            return Err(Rejection::Missing(index));
        }
    }
    Ok(())
}
