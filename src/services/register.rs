//! A register: one number that can be read, written, and compared and swapped.

use super::pages;
use crate::protocol::TypedService;
use crate::protocol::pages::Tree;
use serde::{Deserialize, Serialize};

/// One number, 0 at first.
#[derive(Clone, Debug, Default)]
pub struct Register {
    value: u64,
}

/// What can be asked of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// What is it?
    Read,
    /// Let it be this.
    Write(u64),
    /// If it is the first, let it be the second.
    CompareAndSwap(u64, u64),
}

/// What a register answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// It is this.
    Value(u64),
    /// It was written, or swapped.
    Done,
    /// It was not swapped, since it is this.
    Differs(u64),
}

impl TypedService for Register {
    type Operation = Operation;
    type Reply = Reply;

    fn apply(&mut self, operation: Operation) -> Reply {
        match operation {
            Operation::Read => Reply::Value(self.value),
            Operation::Write(value) => {
                self.value = value;
                Reply::Done
            }
            Operation::CompareAndSwap(expected, new) if self.value == expected => {
                self.value = new;
                Reply::Done
            }
            Operation::CompareAndSwap(..) => Reply::Differs(self.value),
        }
    }

    fn reads(&self) -> bool {
        true
    }

    fn read(&self, operation: &Operation) -> Option<Reply> {
        matches!(operation, Operation::Read).then_some(Reply::Value(self.value))
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
