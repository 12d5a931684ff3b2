//! Validity: what is executed is what a client asked for, with the same bytes.

use super::super::service::Execution;
use super::super::violation::Code;
use super::{Canon, Finding, Judgement};

/// Looks for who asked for an operation that is executed for the first time.
pub(super) fn check(canon: &Canon, execution: &Execution) -> Judgement {
    let applied = execution.applied;
    match canon.asked(applied.client, applied.request_number) {
        Some(asked) if asked == execution.operation => Ok(()),
        asked => {
            let how = if asked.is_some() { "with another operation" } else { "by nobody" };
            let message = format!(
                "{}/{} was executed at {} and asked for {how}",
                applied.client, applied.request_number, applied.op_number
            );
            Err(Finding::new(Code::Invented, "validity", message))
        }
    }
}
