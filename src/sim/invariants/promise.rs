//! Promises: a replica that said PREPAREOK for an operation holds it until a later view, and
//! is never again in an earlier view than it spoke in (§8.1). Fires at the mistake itself.

use super::super::member::Promises;
use super::super::violation::Code;
use super::{Finding, Glance, Judgement};

/// Compares a replica with what its messages promised in this life.
pub(super) fn check(promises: &Promises, now: &Glance) -> Judgement {
    if now.view < promises.view {
        let message =
            format!("{} is in {} after it spoke in {}", now.number, now.view, promises.view);
        return Err(Finding::new(Code::Promise, "promise", message));
    }
    let Some((view, op_number)) = promises.prepare_ok else {
        return Ok(());
    };
    // With its epoch ends what was not committed in it.
    let is_of_epoch = view.epoch() == now.view.epoch();
    if is_of_epoch && now.last_normal_view <= view && now.claimed < op_number {
        let message = format!(
            "{} acknowledged {op_number} in {view} and holds only {} now",
            now.number, now.claimed
        );
        return Err(Finding::new(Code::Promise, "promise", message));
    }
    Ok(())
}
