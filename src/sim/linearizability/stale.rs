//! Reads that may be old (§6.3.2): each was true where it says that it stands, and no client went
//! back.

use super::Judgement;
use super::view::View;
use crate::checker::weaker::{Guarantee, Weak};
use crate::checker::witness::Replay;
use crate::checker::{History, Limits, Model, Outcome};
use crate::protocol::OpNumber;
use crate::sim::time::Moment;
use crate::sim::violation::Code;
use crate::sim::workload::Asked;
use bytes::Bytes;

/// A read that was answered by a replica that may have lagged behind.
#[derive(Clone, Debug)]
pub(super) struct StaleRead {
    /// Which operation of the history.
    pub(super) index: usize,
    /// The last operation that the answer knows of, by its own word.
    pub(super) known: OpNumber,
    pub(super) at: Moment,
    pub(super) asked: Asked,
    pub(super) reply: Bytes,
}

/// Judges such reads in a history in which they are open: by the order of the log, in which each
/// has its place, and by the checker, which knows of no places.
pub(super) fn judge<M: Model>(
    model: &M,
    view: View<M>,
    history: &History<M::Input, M::Output>,
    order: &[(OpNumber, usize)],
    reads: &[StaleRead],
) -> Judgement {
    if reads.is_empty() {
        return Judgement::Explained;
    }
    let wrong = |message: String, details| Judgement::Wrong { code: Code::Stale, message, details };
    let mut whole = History { operations: history.operations.clone() };
    let mut by_place: Vec<&StaleRead> = reads.iter().collect();
    by_place.sort_by_key(|read| read.known);
    let mut replay = Replay::<M>::default();
    let mut log = order.iter().peekable();
    for read in by_place {
        while let Some((_, index)) = log.next_if(|(op_number, _)| *op_number <= read.known) {
            replay.step(model, &history.operations[*index].input);
        }
        let input = &history.operations[read.index].input;
        let expected = replay.step(model, input);
        let Some((_, Some(output))) = view(&read.asked, Some(&read.reply)) else {
            return wrong(
                "the answer to a read beside the log can't be read".to_owned(),
                Vec::new(),
            );
        };
        if !model.fits(&expected, &output) {
            let (said, is) =
                (model.describe(input, Some(&output)), model.describe(input, Some(&expected)));
            let message = format!("after {} operations it is {is}, and not {said}", read.known.0);
            return wrong(message, Vec::new());
        }
        whole.operations[read.index].outcome = Outcome::Returned { at: read.at.0, output };
    }
    let order: Vec<usize> = order.iter().map(|(_, index)| *index).collect();
    for guarantee in [Guarantee::MonotonicReads, Guarantee::ReadYourWrites] {
        if let Weak::Violation { operations, because } =
            guarantee.judge(model, &whole, Some(&order), Limits::steps(STEPS_MAX))
        {
            let message =
                format!("{guarantee} does not hold ({} operations matter)", operations.len());
            return wrong(message, because);
        }
    }
    Judgement::Explained
}

/// After so many steps the checker is not asked any more: the order of the log has been.
const STEPS_MAX: u64 = 200_000;
