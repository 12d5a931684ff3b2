//! Several registers at once: reads and writes that are one operation.

use crate::checker::Model;
use std::collections::BTreeMap;

/// Registers that hold nothing at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Transactions;

/// What is done to one register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// What does that one hold?
    Read(u64),
    /// Have the first hold the second.
    Write(u64, u64),
}

impl Model for Transactions {
    type State = BTreeMap<u64, u64>;
    /// One after the other; a read sees what was written before it.
    type Input = Vec<Access>;
    /// What the reads have seen, in their order.
    type Output = Vec<Option<u64>>;
    type Key = ();

    fn key(&self, _input: &Vec<Access>) {}

    fn initial(&self) -> BTreeMap<u64, u64> {
        BTreeMap::new()
    }

    fn step(&self, held: &Self::State, input: &Vec<Access>) -> (Self::State, Self::Output) {
        let (mut after, mut seen) = (held.clone(), Vec::new());
        for access in input {
            match *access {
                Access::Read(key) => seen.push(after.get(&key).copied()),
                Access::Write(key, value) => drop(after.insert(key, value)),
            }
        }
        (after, seen)
    }

    fn is_read(&self, input: &Vec<Access>, _output: Option<&Self::Output>) -> bool {
        input.iter().all(|access| matches!(access, Access::Read(_)))
    }

    fn describe(&self, input: &Vec<Access>, output: Option<&Self::Output>) -> String {
        let mut seen = output.into_iter().flatten();
        let word = |access: &Access| match (*access, output) {
            (Access::Write(key, value), _) => format!("write k{key} = {value}"),
            (Access::Read(key), None) => format!("read k{key} = ?"),
            (Access::Read(key), Some(_)) => match seen.next() {
                Some(Some(value)) => format!("read k{key} = {value}"),
                Some(None) | None => format!("read k{key} = nothing"),
            },
        };
        let words: Vec<String> = input.iter().map(word).collect();
        let end = if output.is_some() { "" } else { " = ?" };
        format!("[{}]{end}", words.join(", "))
    }

    fn heap_bytes(&self, held: &Self::State) -> usize {
        held.len() * 3 * size_of::<u64>()
    }
}
