//! A queue: what was put in first comes out first.

use super::digest::Digest;
use super::pages;
use crate::protocol::TypedService;
use crate::protocol::pages::{PagedMap, Tree};
use serde::{Deserialize, Serialize};

/// Numbers in line.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// By how many were put in before them.
    waiting: PagedMap<u64, u64>,
    put_in: u64,
    taken_out: u64,
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
                self.waiting.insert(self.put_in, value);
                self.put_in += 1;
                Reply::Done
            }
            Operation::Dequeue => {
                let taken = self.waiting.remove(&self.taken_out);
                self.taken_out += u64::from(taken.is_some());
                Reply::Taken(taken)
            }
        }
    }

    fn digest(&self) -> Option<u64> {
        let mut digest = Digest::default();
        for number in self.taken_out..self.put_in {
            digest.add(self.waiting.get(&number).copied().unwrap_or_default());
        }
        Some(digest.finish())
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        let ends = pages::page_of(&(self.taken_out, self.put_in));
        Some(Tree::branch([ends, self.waiting.seal()]))
    }

    fn restore(&mut self, state: &Tree) -> bool {
        let [ends, waiting] = state.below() else { return false };
        let (Some((taken_out, put_in)), Some(waiting)) =
            (pages::value_of::<(u64, u64)>(ends), PagedMap::unseal(waiting))
        else {
            return false;
        };
        let count = put_in.checked_sub(taken_out).and_then(|count| usize::try_from(count).ok());
        let is_whole = count == Some(waiting.len())
            && (taken_out..put_in).all(|number| waiting.get(&number).is_some());
        if is_whole {
            *self = Self { waiting, put_in, taken_out };
        }
        is_whole
    }
}
