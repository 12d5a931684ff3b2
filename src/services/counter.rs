//! A counter: a number that can be added to. Executing an addition twice shows at once.

use super::pages;
use crate::protocol::TypedService;
use crate::protocol::pages::Tree;
use serde::{Deserialize, Serialize};

/// A number, 0 at first.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    value: u64,
}

/// What can be asked of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// What is it?
    Get,
    /// Add this. Sums go round at 2^64.
    Add(u64),
}

/// What a counter answers: the value, after the addition if there was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply(pub u64);

impl TypedService for Counter {
    type Operation = Operation;
    type Reply = Reply;

    fn apply(&mut self, operation: Operation) -> Reply {
        if let Operation::Add(amount) = operation {
            self.value = self.value.wrapping_add(amount);
        }
        Reply(self.value)
    }

    fn reads(&self) -> bool {
        true
    }

    fn read(&self, operation: &Operation) -> Option<Reply> {
        matches!(operation, Operation::Get).then_some(Reply(self.value))
    }

    fn digest(&self) -> Option<u64> {
        Some(self.value)
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        Some(pages::page_of(&self.value))
    }

    fn restore(&mut self, state: &Tree) -> bool {
        let value = pages::value_of(state);
        value.is_some_and(|value| {
            self.value = value;
            true
        })
    }
}
