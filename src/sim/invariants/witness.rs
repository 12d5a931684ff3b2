//! Witnesses (§6.1): whatever one has let go of, all have executed who run the service and have a
//! say. It leads no view, and executes nothing.

use super::super::service::Execution;
use super::super::violation::Code;
use super::{Finding, Glance, Judgement};
use crate::protocol::Replica;

/// Compares what witnesses have let go of with what the others have executed.
pub(super) fn check(glances: &[Option<Glance>]) -> Judgement {
    let members = || glances.iter().flatten().filter(|glance| glance.takes_part());
    for witness in members().filter(|glance| glance.is_witness) {
        if witness.is_primary {
            let message = format!("witness {} leads {}", witness.number, witness.view);
            return Err(Finding::new(Code::Primary, "witness", message));
        }
        let lacks = |other: &&Glance| {
            let is_of_group = other.view.epoch() == witness.view.epoch();
            is_of_group && !other.is_witness && other.commit_number < witness.gone
        };
        if let Some(other) = members().find(lacks) {
            let message = format!(
                "witness {} has let go of its log up to {}, and {} has executed only {}",
                witness.number, witness.gone, other.number, other.commit_number
            );
            return Err(Finding::new(Code::Lost, "witness", message));
        }
    }
    Ok(())
}

/// Nothing is executed at a witness.
pub(super) fn check_execution<S>(replica: &Replica<S>, execution: &Execution) -> Judgement {
    if replica.is_witness() {
        let (number, op_number) = (replica.number(), execution.applied.op_number);
        let message = format!("witness {number} executed {op_number}");
        return Err(Finding::new(Code::State, "witness", message));
    }
    Ok(())
}
