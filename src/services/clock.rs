//! A clock that never goes back: it is stamped with times that were predicted (§4.4).

use super::pages;
use crate::protocol::pages::Tree;
use crate::protocol::service::{Predicting, Predicts};
use crate::protocol::{ReplicaNumber, TypedService};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The latest time that was given out, 0 at first.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    last: u64,
}

/// What can be asked of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// What time is it? Nobody was given that time before, nor a later one.
    Stamp,
    /// Which time was given out last?
    Last,
}

/// What a clock answers: a time, in nanoseconds of whatever hosts count by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply(pub u64);

impl TypedService for Clock {
    type Operation = Operation;
    type Reply = Reply;

    /// Without a prediction the next time is the least that there can be.
    fn apply(&mut self, operation: Operation) -> Reply {
        self.apply_predicted(operation, &Bytes::new())
    }

    fn apply_predicted(&mut self, operation: Operation, prediction: &Bytes) -> Reply {
        if operation == Operation::Stamp {
            // A new primary's clock may be behind that of the one before it.
            let predicted = number_of(prediction).unwrap_or_default();
            self.last = predicted.max(self.last.saturating_add(1));
        }
        Reply(self.last)
    }

    fn predicts(&self) -> Predicts {
        Predicts::Merged
    }

    fn predict(&mut self, request: Predicting, operation: &Operation) -> Bytes {
        match operation {
            Operation::Stamp => bytes_of(request.now.0),
            Operation::Last => Bytes::new(),
        }
    }

    fn can_merge(&self, prediction: &Bytes) -> bool {
        prediction.is_empty() || number_of(prediction).is_some()
    }

    /// The median: as long as most clocks are right, it lies between two that are.
    fn merge(
        &mut self,
        operation: &Operation,
        predictions: &[(ReplicaNumber, Bytes)],
    ) -> Option<Bytes> {
        if *operation == Operation::Last {
            return Some(Bytes::new());
        }
        let times = predictions.iter().map(|(_, prediction)| number_of(prediction));
        let mut times: Vec<u64> = times.collect::<Option<_>>()?;
        times.sort_unstable();
        let middle = times.len().checked_sub(1)? / 2;
        Some(bytes_of(times[middle]))
    }

    fn reads(&self) -> bool {
        true
    }

    fn read(&self, operation: &Operation) -> Option<Reply> {
        matches!(operation, Operation::Last).then_some(Reply(self.last))
    }

    fn digest(&self) -> Option<u64> {
        Some(self.last)
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        Some(pages::page_of(&self.last))
    }

    fn restore(&mut self, state: &Tree) -> bool {
        let last = pages::value_of(state);
        last.is_some_and(|last| {
            self.last = last;
            true
        })
    }
}

/// A number as a prediction.
pub(super) fn bytes_of(number: u64) -> Bytes {
    Bytes::copy_from_slice(&number.to_le_bytes())
}

/// The number of a prediction; nothing where it is none.
#[must_use]
pub fn number_of(prediction: &Bytes) -> Option<u64> {
    Some(u64::from_le_bytes(prediction.as_ref().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Clock, Operation, ReplicaNumber, Reply, TypedService, bytes_of};

    #[test]
    fn a_clock_never_goes_back() {
        let mut clock = Clock::default();
        let mut stamp = |time| clock.apply_predicted(Operation::Stamp, &bytes_of(time));
        assert_eq!([50, 20, 60].map(&mut stamp), [50, 51, 60].map(Reply));
        assert_eq!([u64::MAX, 1].map(&mut stamp), [u64::MAX; 2].map(Reply));
        let mut clock = Clock::default();
        let odd = Bytes::from_static(b"soon");
        assert_eq!(clock.apply_predicted(Operation::Stamp, &odd), Reply(1));
        assert_eq!(clock.apply(Operation::Last), Reply(1));
    }

    #[test]
    fn the_median_is_of_those_who_were_asked() {
        let check = |times: &[u64], expected: Option<u64>| {
            let numbered = (0..).map(ReplicaNumber).zip(times.iter().copied().map(bytes_of));
            let predictions: Vec<_> = numbered.collect();
            let merged = Clock::default().merge(&Operation::Stamp, &predictions);
            assert_eq!(merged, expected.map(bytes_of));
        };
        check(&[7], Some(7));
        check(&[9, 4], Some(4));
        check(&[9, 1_000, 4], Some(9));
        check(&[], None);
        let odd = [(ReplicaNumber(0), Bytes::from_static(b"soon"))];
        assert_eq!(Clock::default().merge(&Operation::Stamp, &odd), None);
        assert!(!Clock::default().can_merge(&odd[0].1));
    }
}
