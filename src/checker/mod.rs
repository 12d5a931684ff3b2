//! Histories and verdicts: is there an order of the operations that explains what was seen?
//!
//! Nothing here knows where a history comes from. The checker judges any system's.

pub mod explain;
pub mod history;
pub mod model;
pub mod models;
pub mod search;
pub mod witness;

pub use explain::Explanation;
pub use history::{History, Malformed, Operation, Outcome};
pub use model::Model;
pub use witness::Rejection;

/// What is known of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An order explains it.
    Linearizable,
    /// An order explains it, but not the one that was offered. For a service that is replicated
    /// by a log this is a finding of its own: the log's order is what happened.
    OrderRejected(Rejection),
    /// No order explains it.
    Violation(Explanation),
    /// The search's limit was reached before it ended.
    Unknown {
        /// How many steps it took.
        steps: u64,
    },
    /// It is no history.
    Malformed(Malformed),
}

/// Judges a history.
///
/// `offered` is an order of operations, by index, that somebody believes in: it is verified in
/// linear time, and believed only then. Without one, or when it is rejected, the search looks
/// for an order, in at most `steps_max` steps.
pub fn check<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    offered: Option<&[usize]>,
    steps_max: u64,
) -> Verdict {
    if let Err(malformed) = history.well_formed() {
        return Verdict::Malformed(malformed);
    }
    let rejection = match offered.map(|order| witness::verify(model, history, order)) {
        Some(Ok(())) => return Verdict::Linearizable,
        Some(Err(rejection)) => Some(rejection),
        None => None,
    };
    match search::search(model, history, steps_max) {
        search::Found::Order => match rejection {
            Some(rejection) => Verdict::OrderRejected(rejection),
            None => Verdict::Linearizable,
        },
        search::Found::None { stuck } => {
            let steps_max = steps_max.min(EXPLAIN_STEPS_MAX);
            Verdict::Violation(explain::explain(model, history, stuck, steps_max))
        }
        search::Found::Unknown { steps } => Verdict::Unknown { steps },
    }
}

/// Each step of an explanation is a search of its own: one that takes longer is not worth it.
const EXPLAIN_STEPS_MAX: u64 = 100_000;
