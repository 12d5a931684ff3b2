//! A key-value store: each key holds a list of numbers, mostly of one.

use super::digest::Digest;
use crate::protocol::TypedService;
use crate::protocol::pages::{PagedMap, Tree};
use serde::{Deserialize, Serialize};

/// What each key holds; keys that hold nothing are missing.
#[derive(Clone, Debug, Default)]
pub struct Kv {
    values: PagedMap<u16, Vec<u64>>,
}

/// What can be asked of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// What does the key hold?
    Get(u16),
    /// Let the key hold this alone.
    Put(u16, u64),
    /// If the key holds the first alone, let it hold the second alone.
    CompareAndSwap(u16, u64, u64),
    /// Let the key hold nothing.
    Delete(u16),
    /// Let the key hold this too, behind what it holds.
    Append(u16, u64),
}

/// What a store answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// The key holds this, or nothing.
    Value(Option<Vec<u64>>),
    /// It was put, swapped, deleted or appended.
    Done,
    /// It was not swapped, since the key holds this.
    Differs(Option<Vec<u64>>),
}

impl TypedService for Kv {
    type Operation = Operation;
    type Reply = Reply;

    fn apply(&mut self, operation: Operation) -> Reply {
        match operation {
            Operation::Get(key) => return Reply::Value(self.values.get(&key).cloned()),
            Operation::Put(key, value) => {
                self.values.insert(key, vec![value]);
            }
            Operation::CompareAndSwap(key, expected, new) => {
                let held = self.values.get(&key);
                if held.is_none_or(|held| held[..] != [expected]) {
                    return Reply::Differs(held.cloned());
                }
                self.values.insert(key, vec![new]);
            }
            Operation::Delete(key) => {
                self.values.remove(&key);
            }
            Operation::Append(key, value) => match self.values.get_mut(&key) {
                Some(held) => held.push(value),
                None => {
                    self.values.insert(key, vec![value]);
                }
            },
        }
        Reply::Done
    }

    fn reads(&self) -> bool {
        true
    }

    fn read(&self, operation: &Operation) -> Option<Reply> {
        match operation {
            Operation::Get(key) => Some(Reply::Value(self.values.get(key).cloned())),
            Operation::Put(..)
            | Operation::CompareAndSwap(..)
            | Operation::Delete(_)
            | Operation::Append(..) => None,
        }
    }

    fn digest(&self) -> Option<u64> {
        let mut digest = Digest::default();
        self.values.for_each(|&key, values| {
            digest.add(u64::from(key));
            digest.add(u64::try_from(values.len()).unwrap_or(u64::MAX));
            for &value in values {
                digest.add(value);
            }
        });
        Some(digest.finish())
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        Some(self.values.seal())
    }

    fn restore(&mut self, state: &Tree) -> bool {
        let values = PagedMap::unseal(state);
        values.is_some_and(|values| {
            self.values = values;
            true
        })
    }
}
