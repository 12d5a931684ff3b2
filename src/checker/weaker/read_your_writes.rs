//! Read your writes: every client sees what it has done itself.

use super::judge::judge;
use super::part::Rule;
use super::verdict::Weak;
use crate::checker::{History, Limits, Model};

/// Whether each client's reads of a key see all that it has done to it before.
///
/// That is: for each key, there is one order of its updates such that
///
/// - an update that returned before another was invoked comes before it, and so does one that the
///   same client did before;
/// - each update gives what was seen of it, and those of unknown outcome are there or not;
/// - each read gives what is there after some prefix of the order: one whose updates were all
///   invoked by the time the read returned, and which has all updates that the same client did
///   before. It may be any such one.
///
/// Whether one read goes back behind another does not matter.
///
/// An order that is `offered` (see [`check`](crate::checker::check)) is believed of updates, when
/// the reads fit in between them; where it does not explain the history, another may.
pub fn read_your_writes<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    offered: Option<&[usize]>,
    limits: Limits,
) -> Weak {
    judge(model, history, Rule::ReadYourWrites, offered, limits)
}
