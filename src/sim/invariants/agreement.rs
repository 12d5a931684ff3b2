//! Agreement: whatever is executed at an op-number anywhere is the same everywhere, gives the
//! same reply and the same state (§8; Lamport's "at most one value is chosen").

use super::super::service::Execution;
use super::super::violation::Code;
use super::{Canon, Finding};
use crate::protocol::{Replica, ViewNumber};

/// Compares an execution with the canonical one. Tells whether it is the first of its op-number.
pub(super) fn check<S>(
    canon: &Canon,
    replica: &Replica<S>,
    execution: &Execution,
) -> Result<bool, Finding> {
    let applied = execution.applied;
    let (number, op_number) = (replica.number(), applied.op_number);
    let Some(canonical) = canon.get(op_number) else {
        if op_number != canon.len().next() {
            let message = format!(
                "{number} executed {op_number} though the group has executed only {}",
                canon.len()
            );
            return Err(Finding::new(Code::Agreement, "agreement", message));
        }
        let view = applied.view;
        let latest = canon.last().map_or(ViewNumber(0), |canonical| canonical.entry_view);
        if view < latest || view > replica.view() {
            let message = format!(
                "{number} executed {op_number} with an entry of {view} after one of {latest}, \
                 in {}",
                replica.view()
            );
            return Err(Finding::new(Code::Agreement, "agreement", message));
        }
        // What is executed first is what all others are compared with: by the log alone.
        if replica.entry(op_number).is_some_and(|held| held.prediction != execution.prediction) {
            let message =
                format!("{number} executed {op_number} with another prediction than its log's");
            return Err(Finding::new(Code::Agreement, "agreement", message));
        }
        return Ok(true);
    };
    let is_same = canonical.client == applied.client
        && canonical.request_number == applied.request_number
        && canonical.operation == execution.operation;
    if !is_same {
        let message = format!(
            "{number} executed {}/{} at {op_number}, where the group had executed {}/{}",
            applied.client, applied.request_number, canonical.client, canonical.request_number
        );
        return Err(Finding::new(Code::Agreement, "agreement", message));
    }
    if canonical.prediction != execution.prediction {
        let message =
            format!("{number} executed {op_number} with another prediction than the first");
        return Err(Finding::new(Code::Agreement, "agreement", message));
    }
    if canonical.reply != execution.reply || canonical.state != execution.state {
        let what = if canonical.reply == execution.reply { "state" } else { "reply" };
        let message = format!("{number} came to another {what} at {op_number} than the first");
        return Err(Finding::new(Code::State, "agreement", message));
    }
    Ok(false)
}
