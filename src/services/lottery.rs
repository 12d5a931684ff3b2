//! A lottery: its draws are random, and predicted before they are drawn (§4.4).

use super::clock::{bytes_of, number_of};
use super::digest::Digest;
use super::pages;
use crate::protocol::pages::Tree;
use crate::protocol::service::{Predicting, Predicts};
use crate::protocol::{ReplicaNumber, TypedService};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The latest draw, and how many there were.
#[derive(Clone, Debug)]
pub struct Lottery {
    /// Where this replica's draws come from: not a part of the state.
    seed: u64,
    draws: u64,
    number: u64,
}

/// What can be asked of a lottery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Draw a number.
    Draw,
    /// Which one was drawn last?
    Last,
}

/// What a lottery answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// How many draws there were.
    pub draws: u64,
    /// What was drawn last; 0 where nothing was.
    pub number: u64,
}

impl Lottery {
    /// A lottery of which nothing was drawn. The seed comes from the host: random, and another one
    /// at each replica, so that whoever does not go by the log draws something else.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, draws: 0, number: 0 }
    }
}

impl TypedService for Lottery {
    type Operation = Operation;
    type Reply = Reply;

    /// Without a prediction nothing is random.
    fn apply(&mut self, operation: Operation) -> Reply {
        self.apply_predicted(operation, &Bytes::new())
    }

    fn apply_predicted(&mut self, operation: Operation, prediction: &Bytes) -> Reply {
        if operation == Operation::Draw {
            self.draws += 1;
            self.number = number_of(prediction).unwrap_or_default();
        }
        Reply { draws: self.draws, number: self.number }
    }

    fn predicts(&self) -> Predicts {
        Predicts::Merged
    }

    fn predict(&mut self, request: Predicting, operation: &Operation) -> Bytes {
        if *operation == Operation::Last {
            return Bytes::new();
        }
        let (high, low) = request.client.0.as_u64_pair();
        let mut digest = Digest::default();
        [self.seed, high, low, request.request_number.0, request.view.0]
            .into_iter()
            .for_each(|value| digest.add(value));
        bytes_of(digest.finish() >> 32)
    }

    fn can_merge(&self, prediction: &Bytes) -> bool {
        prediction.is_empty() || number_of(prediction).is_some()
    }

    /// All have a say, so that the primary does not draw alone.
    fn merge(
        &mut self,
        operation: &Operation,
        predictions: &[(ReplicaNumber, Bytes)],
    ) -> Option<Bytes> {
        if *operation == Operation::Last {
            return Some(Bytes::new());
        }
        let mut digest = Digest::default();
        for (_, prediction) in predictions {
            digest.add(number_of(prediction)?);
        }
        Some(bytes_of(digest.finish() >> 32))
    }

    fn reads(&self) -> bool {
        true
    }

    fn read(&self, operation: &Operation) -> Option<Reply> {
        let (draws, number) = (self.draws, self.number);
        matches!(operation, Operation::Last).then_some(Reply { draws, number })
    }

    fn digest(&self) -> Option<u64> {
        let mut digest = Digest::default();
        digest.add(self.draws);
        digest.add(self.number);
        Some(digest.finish())
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        Some(pages::page_of(&(self.draws, self.number)))
    }

    fn restore(&mut self, state: &Tree) -> bool {
        let drawn = pages::value_of::<(u64, u64)>(state);
        drawn.is_some_and(|drawn| {
            (self.draws, self.number) = drawn;
            true
        })
    }
}
