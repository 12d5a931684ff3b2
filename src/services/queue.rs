//! A queue: what was put in first comes out first.

use super::digest::Digest;
use crate::protocol::TypedService;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Numbers in line.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    waiting: VecDeque<u64>,
}

/// What can be asked of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Put this at the end.
    Enqueue(u64),
    /// Take out the first.
    Dequeue,
}

/// What a queue answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// It was put in.
    Done,
    /// This came out, or nothing, since nothing was in.
    Taken(Option<u64>),
}

impl TypedService for Queue {
    type Operation = Operation;
    type Reply = Reply;

    fn apply(&mut self, operation: Operation) -> Reply {
        match operation {
            Operation::Enqueue(value) => {
                self.waiting.push_back(value);
                Reply::Done
            }
            Operation::Dequeue => Reply::Taken(self.waiting.pop_front()),
        }
    }

    fn digest(&self) -> Option<u64> {
        let mut digest = Digest::default();
        for &value in &self.waiting {
            digest.add(value);
        }
        Some(digest.finish())
    }
}
