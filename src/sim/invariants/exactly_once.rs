//! Exactly once: a request is executed at one op-number at most (§4.1; the client table's duty).

use super::super::service::Execution;
use super::super::violation::Code;
use super::{Canon, Finding, Judgement};

/// Looks whether an operation that is executed for the first time was executed before.
pub(super) fn check(canon: &Canon, execution: &Execution) -> Judgement {
    let applied = execution.applied;
    let Some(before) = canon.executed_at(applied.client, applied.request_number) else {
        return Ok(());
    };
    let message = format!(
        "request {}/{} was executed at {before} and again at {}",
        applied.client, applied.request_number, applied.op_number
    );
    Err(Finding::new(Code::Duplicate, "exactly-once", message))
}
