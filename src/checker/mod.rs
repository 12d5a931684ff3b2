//! Histories and verdicts: is there an order of the operations that explains what was seen?
//!
//! Nothing here knows where a history comes from. The checker judges any system's.

pub mod explain;
pub mod history;
mod in_time;
mod index;
pub mod mixer;
pub mod model;
pub mod models;
mod parts;
mod pools;
pub mod search;
pub mod shape;
mod values;
pub mod weaker;
pub mod witness;
mod zones;

pub use explain::Explanation;
pub use history::{History, Malformed, Operation, Outcome};
use in_time::InTime;
pub use model::Model;
use parts::Parts;
use search::{Effort, Found};
pub use shape::{Plain, Shape};
pub use witness::Rejection;
use zones::Judged;

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
        /// In how many places at once the history may have been, as far as was seen.
        places: usize,
    },
    /// It is no history.
    Malformed(Malformed),
}

/// What a search may take before it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many steps, each an operation tried in a place.
    pub steps: u64,
    /// About how many bytes of memory, over what the history takes.
    pub bytes: u64,
}

impl Default for Limits {
    /// A hundred million steps, and a gigabyte.
    fn default() -> Self {
        Self { steps: 100_000_000, bytes: 1 << 30 }
    }
}

impl Limits {
    /// So many steps, and the memory that is given where nothing is said.
    #[must_use]
    pub fn steps(steps: u64) -> Self {
        Self { steps, ..Self::default() }
    }
}

/// Judges a history.
///
/// `offered` is an order of operations, by index, that somebody believes in: it is verified in
/// linear time, and believed only then. Without one, or when it is rejected, an order is looked
/// for: without a search where the model's [`Shape`] allows it, else by one, within its limits.
pub fn check<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    offered: Option<&[usize]>,
    limits: Limits,
) -> Verdict {
    let in_time = match history.look_through() {
        Ok(in_time) => in_time,
        Err(malformed) => return Verdict::Malformed(malformed),
    };
    let rejection = match offered.map(|order| witness::verify(model, history, order)) {
        Some(Ok(())) => return Verdict::Linearizable,
        Some(Err(rejection)) => Some(rejection),
        None => None,
    };
    match (judge_alone(model, history, &in_time, limits), rejection) {
        (Verdict::Linearizable, Some(rejection)) => Verdict::OrderRejected(rejection),
        (verdict, _) => verdict,
    }
}

/// Whether a well-formed history has an order, without a word on why it has none; nothing where
/// the limits were reached first.
pub fn has_order<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    limits: Limits,
) -> Option<bool> {
    match look_for_order(model, history, &InTime::of(history), limits) {
        Looked::Found(Found::Order) => Some(true),
        Looked::Found(Found::Unknown { .. }) => None,
        Looked::Found(Found::None { .. }) | Looked::Values(..) | Looked::Stuck(..) => Some(false),
    }
}

/// What was found in the parts of a history.
enum Looked {
    /// In all of them.
    Found(Found),
    /// These values of a part contradict each other.
    Values(Vec<u32>, Vec<Option<u64>>),
    /// That operation of a part could not be placed.
    Stuck(Vec<u32>, usize),
}

/// Looks for an order, without a search where the shape allows it.
fn look_for_order<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    in_time: &InTime,
    limits: Limits,
) -> Looked {
    let shape = model.shape();
    let known = match shape {
        Shape::Register { initial } => zones::judge_all(model, history, in_time, initial),
        Shape::Queue | Shape::Stack | Shape::PriorityQueue | Shape::Any => Vec::new(),
    };
    if !known.is_empty() && known.iter().all(|judged| *judged == Judged::Fits) {
        return Looked::Found(Found::Order);
    }
    for (part, judged) in (0..).zip(&known) {
        if let Judged::Contradicts(values) = judged {
            return Looked::Values(parts::one(model, history, in_time, part), values.clone());
        }
    }
    let parts = Parts::of(model, history, in_time);
    let mut effort = Effort::new(limits);
    let mut known = known.into_iter();
    for part in parts.iter() {
        let judged = match shape {
            Shape::Register { .. } => known.next().unwrap_or(Judged::NotMine),
            Shape::Queue | Shape::Stack | Shape::PriorityQueue => {
                pools::judge(model, history, part, shape)
            }
            Shape::Any => Judged::NotMine,
        };
        match judged {
            Judged::Fits => {}
            Judged::Contradicts(values) => return Looked::Values(part.to_vec(), values),
            Judged::NotMine => {
                if let Some(stuck) = effort.search(model, history, part) {
                    return Looked::Stuck(part.to_vec(), stuck);
                }
            }
        }
    }
    Looked::Found(effort.found())
}

/// Judges a well-formed history by itself.
fn judge_alone<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    in_time: &InTime,
    limits: Limits,
) -> Verdict {
    match look_for_order(model, history, in_time, limits) {
        Looked::Found(Found::Unknown { steps, places }) => Verdict::Unknown { steps, places },
        Looked::Found(Found::Order | Found::None { .. }) => Verdict::Linearizable,
        Looked::Values(part, values) => {
            Verdict::Violation(explain::by_values(model, history, &part, &values))
        }
        Looked::Stuck(part, stuck) => {
            Verdict::Violation(explain::by_search(model, history, &part, stuck))
        }
    }
}

/// The numbers below one, as the indexes of a part.
fn numbers(count: usize) -> Vec<u32> {
    (0..u32::try_from(count).expect("operations are fewer than 2^32")).collect()
}
