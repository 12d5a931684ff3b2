//! What is known of a history and a guarantee weaker than linearizability.

use crate::checker::Malformed;

/// Whether a history keeps to a guarantee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weak {
    /// It does: an order shows it.
    Holds,
    /// It does not.
    Violation {
        /// The operations that already contradict it, by index, in the order in which they were
        /// invoked. Whatever came of the others, it is broken.
        operations: Vec<usize>,
        /// Why, in a few sentences.
        because: Vec<String>,
    },
    /// The limits were reached before it was known.
    Unknown {
        /// How many steps it took.
        steps: u64,
    },
    /// It is no history.
    Malformed(Malformed),
}
