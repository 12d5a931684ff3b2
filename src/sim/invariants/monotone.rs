//! Within a life, views and commit-numbers never go back, and a log gets shorter only when it
//! is replaced by that of a later view (§4).

use super::super::violation::Code;
use super::{Finding, Glance, Judgement};

/// Compares a replica with what it was a step before.
pub(super) fn check(before: &Glance, now: &Glance) -> Judgement {
    if before.incarnation != now.incarnation {
        return Ok(());
    }
    let what = if now.view < before.view {
        "view"
    } else if now.last_normal_view < before.last_normal_view {
        "last normal view"
    } else if now.commit_number < before.commit_number {
        "commit-number"
    } else if now.checkpoint < before.checkpoint {
        "checkpoint"
    } else if now.log_start < before.log_start {
        "beginning of the log"
    } else if now.op_number < before.op_number
        && now.last_normal_view == before.last_normal_view
        && now.view.epoch() == before.view.epoch()
    {
        "op-number"
    } else {
        return Ok(());
    };
    let message = format!("the {what} of {} went back: from {before} to {now}", now.number);
    Err(Finding::new(Code::Backwards, "monotone", message))
}
