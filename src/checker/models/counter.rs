//! A counter: add and get; both tell the value after them.

use crate::checker::Model;

/// A counter that is 0 at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter;

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// What is it?
    Get,
    /// Add that.
    Add(u64),
}

impl Model for Counter {
    type State = u64;
    type Input = Input;
    type Output = u64;
    type Key = ();

    fn key(&self, _input: &Input) {}

    fn initial(&self) -> u64 {
        0
    }

    fn step(&self, &held: &u64, input: &Input) -> (u64, u64) {
        let after = match *input {
            Input::Get => held,
            Input::Add(amount) => held.wrapping_add(amount),
        };
        (after, after)
    }

    fn is_read(&self, input: &Input, _output: Option<&u64>) -> bool {
        matches!(input, Input::Get)
    }

    fn describe(&self, input: &Input, output: Option<&u64>) -> String {
        let asked = match input {
            Input::Get => "get".to_owned(),
            Input::Add(amount) => format!("add {amount}"),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(value) => format!("{asked} = {value}"),
        }
    }
}
