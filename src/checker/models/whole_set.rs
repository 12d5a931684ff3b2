//! A set that is read as a whole: add, remove, read.

use crate::checker::Model;
use std::collections::BTreeSet;

/// A set that is empty at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct WholeSet;

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Have that in.
    Add(u64),
    /// Have that out.
    Remove(u64),
    /// What is in?
    Read,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// It was done.
    Done,
    /// These are in.
    Members(BTreeSet<u64>),
}

impl Model for WholeSet {
    type State = BTreeSet<u64>;
    type Input = Input;
    type Output = Output;
    type Key = ();

    fn key(&self, _input: &Input) {}

    fn initial(&self) -> BTreeSet<u64> {
        BTreeSet::new()
    }

    fn step(&self, members: &BTreeSet<u64>, input: &Input) -> (BTreeSet<u64>, Output) {
        let mut after = members.clone();
        match input {
            Input::Add(element) => drop(after.insert(*element)),
            Input::Remove(element) => drop(after.remove(element)),
            Input::Read => return (after, Output::Members(members.clone())),
        }
        (after, Output::Done)
    }

    fn is_read(&self, input: &Input, _output: Option<&Output>) -> bool {
        *input == Input::Read
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let asked = match input {
            Input::Add(element) => format!("add {element}"),
            Input::Remove(element) => format!("remove {element}"),
            Input::Read => "read".to_owned(),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Members(members)) => format!("{asked} = {members:?}"),
        }
    }

    fn heap_bytes(&self, members: &BTreeSet<u64>) -> usize {
        members.len() * 2 * size_of::<u64>()
    }
}
