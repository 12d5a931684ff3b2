//! An explanation in words.

use crate::checker::history::{History, Operation};
use crate::checker::model::Model;

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

/// The order that got furthest.
pub(super) struct Reached<'order, S> {
    pub(super) order: &'order [usize],
    /// How the moment before it is called.
    pub(super) at_first: &'static str,
    /// What was held then.
    pub(super) initial: S,
}

/// Why an operation cannot be placed, and between which others.
pub(super) fn because<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    kept: &[usize],
    stuck: usize,
    Reached { order, at_first, initial }: Reached<'_, M::State>,
) -> Vec<String> {
    let Some(operation) = history.operations.get(stuck) else { return Vec::new() };
    let name = |place: usize| name(model, &history.operations[place]);
    let mut sentences = Vec::new();
    // What would have been answered there.
    let mut state = initial;
    for &place in order {
        state = model.step(&state, &history.operations[place].input).0;
    }
    let (_, answer) = model.step(&state, &operation.input);
    let there = match order {
        [] => at_first.to_owned(),
        [.., last] => format!("after {}", name(*last)),
    };
    let seen = model.describe(&operation.input, operation.output());
    let expected = model.describe(&operation.input, Some(&answer));
    if seen == expected {
        sentences.push(format!("{there}, {} comes too late for others", name(stuck)));
    } else {
        sentences.push(format!("{there}, the answer is `{expected}`, and not `{seen}`"));
    }
    let others = || kept.iter().copied().filter(|&other| other != stuck);
    let earlier = others()
        .filter(|&other| returned(history, other).is_some_and(|at| at < operation.invoked))
        .max_by_key(|&other| returned(history, other));
    if let Some(other) = earlier {
        sentences.push(format!(
            "it can come no earlier: {} had returned before it was invoked",
            name(other)
        ));
    }
    let later = others()
        .filter(|&other| {
            operation.returned().is_some_and(|at| at < history.operations[other].invoked)
        })
        .min_by_key(|&other| history.operations[other].invoked);
    if let Some(other) = later {
        sentences.push(format!(
            "it can come no later: {} was invoked after it had returned",
            name(other)
        ));
    }
    sentences
}

fn returned<I, O>(history: &History<I, O>, place: usize) -> Option<u64> {
    history.operations[place].returned()
}

fn name<M: Model>(model: &M, operation: &Operation<M::Input, M::Output>) -> String {
    format!("`{}`", model.describe(&operation.input, operation.output()))
}
