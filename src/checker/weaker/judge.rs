//! From a history and a rule to a verdict: the order that is offered, then no search, then one.

use super::distinct;
use super::explain::explain;
use super::offered;
use super::part::{Part, Rule};
use super::search;
use super::verdict::Weak;
use crate::checker::{History, Limits, Model};
use std::collections::BTreeMap;

/// Judges each key alone.
pub(super) fn judge<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    rule: Rule,
    offered: Option<&[usize]>,
    limits: Limits,
) -> Weak {
    if let Err(malformed) = history.well_formed() {
        return Weak::Malformed(malformed);
    }
    let mut keys: BTreeMap<M::Key, Vec<usize>> = BTreeMap::new();
    for (index, operation) in history.operations.iter().enumerate() {
        keys.entry(model.key(&operation.input)).or_default().push(index);
    }
    let places = offered.and_then(|order| offered::places(history.operations.len(), order));
    let mut steps = 0;
    let mut is_unknown = false;
    for indexes in keys.into_values() {
        let part = Part::new(model, history, rule, &indexes, |_| true);
        if places.as_ref().is_some_and(|places| offered::explains(&part, places, limits.bytes)) {
            continue;
        }
        match judge_part(&part, limits, &mut steps) {
            Found::Order => {}
            Found::None { suspects } => {
                let suspects: Vec<usize> =
                    suspects.into_iter().map(|member| part.members[member].index).collect();
                return explain(model, history, rule, &indexes, &suspects);
            }
            // Another key may be a violation all the same.
            Found::Unknown => is_unknown = true,
        }
    }
    if is_unknown { Weak::Unknown { steps } } else { Weak::Holds }
}

/// Whether there is an order of one key's operations.
pub(super) enum Found {
    /// There is one.
    Order,
    /// There is none.
    None {
        /// Members that may already contradict each other: where to look for the reason first.
        suspects: Vec<usize>,
    },
    /// The limits were reached.
    Unknown,
}

/// Judges one key. `steps` are those that were taken so far.
pub(super) fn judge_part<M: Model>(part: &Part<'_, M>, limits: Limits, steps: &mut u64) -> Found {
    match distinct::judge(part) {
        Some(Ok(())) => Found::Order,
        Some(Err(suspects)) => Found::None { suspects },
        None => search::search(part, limits, steps),
    }
}
