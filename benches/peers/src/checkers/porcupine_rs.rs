//! `porcupine-rs`: a write of unknown outcome ends at the end of time.

use super::Check;
use crate::histories::{Action, Generated};
use porcupine_rs::model::{Model, Operation};
use std::collections::BTreeMap;

/// Registers, by their keys.
#[derive(Clone, Debug)]
struct Registers;

impl Model for Registers {
    type State = u64;
    type Op = (u64, Action);
    type Metadata = ();

    fn partition_operations(history: &[Operation<Self>]) -> Vec<Vec<Operation<Self>>> {
        let mut keys: BTreeMap<u64, Vec<Operation<Self>>> = BTreeMap::new();
        for operation in history {
            keys.entry(operation.op.0).or_default().push(operation.clone());
        }
        keys.into_values().collect()
    }

    fn init() -> u64 {
        0
    }

    fn step(held: &u64, (_, action): &(u64, Action)) -> (bool, u64) {
        match *action {
            Action::Read(seen) => (seen == *held, *held),
            Action::Write(value) => (true, value),
        }
    }
}

pub(super) fn prepare(generated: &Generated) -> Check {
    let time = |rank: u64| i64::try_from(rank).expect("a history ends before");
    let operations: Vec<Operation<Registers>> = generated
        .steps
        .iter()
        .map(|step| Operation {
            client_id: u32::try_from(step.client).ok(),
            call_time: time(step.invoked),
            return_time: step.returned.map_or(i64::MAX, time),
            op: (step.key, step.action),
            metadata: None,
        })
        .collect();
    Box::new(move || porcupine_rs::check_operations(&operations))
}
