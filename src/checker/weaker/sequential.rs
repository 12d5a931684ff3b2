//! Sequential consistency: everybody's own order, and no clock.

use super::judge::judge;
use super::part::Rule;
use super::verdict::Weak;
use crate::checker::{History, Limits, Model};

/// Whether each key is sequentially consistent: there is an order of its operations which keeps
/// that of each client, and gives what was seen. (Lamport, "How to make a multiprocessor computer
/// that correctly executes multiprocess programs".)
///
/// Real time does not matter: all reads of a client may be as old as they like, as long as they
/// never go back. An operation of unknown outcome happened at any time after the ones that its
/// client did before it, or not at all. Each key is judged alone, so this says less than
/// sequential consistency of the whole.
///
/// An order that is `offered` (see [`check`](crate::checker::check)) is believed of updates, when
/// the reads fit in between them; where it does not explain the history, another may.
pub fn sequential<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    offered: Option<&[usize]>,
    limits: Limits,
) -> Weak {
    judge(model, history, Rule::Sequential, offered, limits)
}
