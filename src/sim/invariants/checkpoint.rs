//! Checkpoints of the same operation are the same, byte for byte, at every replica (§5.1), and
//! none is ahead of what is committed. Those of witnesses that tell of the group alone are compared
//! with each other (§6.1).

use super::super::random::mix;
use super::super::service::digest_of;
use super::super::violation::Code;
use super::{Canon, Finding, Judgement};
use crate::protocol::{OpNumber, Replica};
use std::collections::BTreeMap;

/// The bytes of each checkpoint, as the first replica showed them.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Checkpoints {
    seen: BTreeMap<(OpNumber, bool), u64>,
}

impl Checkpoints {
    /// Judges a replica's latest checkpoint. Its pages are read, and its own digests not believed.
    pub(super) fn check<S>(&mut self, canon: &Canon, replica: &Replica<S>) -> Judgement {
        let Some(newest) = replica.checkpoints().next_back() else {
            return Ok(());
        };
        let (number, op_number) = (replica.number(), newest.op_number);
        if op_number > canon.len() {
            let message = format!(
                "{number} has a checkpoint of {op_number} though the group has executed only {}",
                canon.len()
            );
            return Err(Finding::new(Code::State, "checkpoint", message));
        }
        let mut bytes = 0;
        newest.state.pages(|path, page| {
            let place = path
                .steps()
                .fold(1_u64, |place, step| mix(place ^ u64::try_from(step).unwrap_or(u64::MAX)));
            bytes = mix(bytes ^ place) ^ digest_of(page);
        });
        let first = *self.seen.entry((op_number, newest.is_whole())).or_insert(bytes);
        if first == bytes {
            return Ok(());
        }
        let message = format!("{number} has another checkpoint of {op_number} than the first");
        Err(Finding::new(Code::State, "checkpoint", message))
    }
}
