//! Monotonic reads: no client ever sees time go back.

use super::judge::judge;
use super::part::Rule;
use super::verdict::Weak;
use crate::checker::{History, Limits, Model};

/// Whether no client's reads of a key ever go back.
///
/// That is: for each key, there is one order of its updates such that
///
/// - an update that returned before another was invoked comes before it, and so does one that the
///   same client did before;
/// - each update gives what was seen of it, and those of unknown outcome are there or not;
/// - each read gives what is there after some prefix of the order: one whose updates were all
///   invoked by the time the read returned. It may be any earlier one;
/// - of two reads of one client, the later one's prefix is not the shorter one.
///
/// Whether a client sees its own writes does not matter.
///
/// An order that is `offered` (see [`check`](crate::checker::check)) is believed of updates, when
/// the reads fit in between them; where it does not explain the history, another may.
pub fn monotonic_reads<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    offered: Option<&[usize]>,
    limits: Limits,
) -> Weak {
    judge(model, history, Rule::MonotonicReads, offered, limits)
}
