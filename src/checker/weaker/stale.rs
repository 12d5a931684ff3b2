//! Bounded staleness: a read may be old, but not older than that.

use super::explain::no_order;
use super::verdict::Weak;
use crate::checker::{Explanation, History, Limits, Model, Operation, Verdict, check};

/// Whether no read is older than a time `by`, in the unit of the history.
///
/// That is: the history is linearizable once each read is taken to have been invoked that much
/// earlier. So a read may return what was true at some moment between then and its return.
pub fn stale_by<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    by: u64,
    limits: Limits,
) -> Weak {
    if let Err(malformed) = history.well_formed() {
        return Weak::Malformed(malformed);
    }
    // Reads that begin earlier overlap what their clients did before. A client's own order is in
    // the times already, so each operation may be a client of its own.
    let earlier = |(client, operation): (u64, &Operation<M::Input, M::Output>)| {
        let is_read = model.is_read(&operation.input, operation.output());
        let moved = if is_read { by } else { 0 };
        let invoked = operation.invoked.saturating_sub(moved);
        Operation { client, invoked, ..operation.clone() }
    };
    let operations = (0..).zip(&history.operations).map(earlier).collect();
    match check(model, &History { operations }, None, limits) {
        Verdict::Linearizable | Verdict::OrderRejected(_) => Weak::Holds,
        Verdict::Violation(Explanation { operations, mut because, .. }) => {
            if because.is_empty() {
                because.push(no_order(operations.len()));
            }
            because.push(format!("each read is let be older by {by}: that is not enough"));
            Weak::Violation { operations, because }
        }
        Verdict::Unknown { steps, .. } => Weak::Unknown { steps },
        Verdict::Malformed(malformed) => Weak::Malformed(malformed),
    }
}
