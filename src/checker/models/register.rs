//! A register: read, write, compare-and-swap; a swap that fails tells the value.

use crate::checker::{Model, Plain, Shape};
use core::slice;

/// A register that holds 0 at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Register;

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Read it.
    Read,
    /// Write that.
    Write(u64),
    /// If it holds the first, write the second.
    CompareAndSwap(u64, u64),
}

/// What it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// It holds that.
    Value(u64),
    /// It was written.
    Done,
    /// It was not, since it holds that.
    Differs(u64),
}

impl Model for Register {
    type State = u64;
    type Input = Input;
    type Output = Output;
    type Key = ();

    fn key(&self, _input: &Input) {}

    fn initial(&self) -> u64 {
        0
    }

    fn step(&self, &held: &u64, input: &Input) -> (u64, Output) {
        match *input {
            Input::Read => (held, Output::Value(held)),
            Input::Write(value) => (value, Output::Done),
            Input::CompareAndSwap(expected, new) => {
                if held == expected {
                    (new, Output::Done)
                } else {
                    (held, Output::Differs(held))
                }
            }
        }
    }

    fn is_read(&self, input: &Input, output: Option<&Output>) -> bool {
        matches!(input, Input::Read) || matches!(output, Some(Output::Differs(_)))
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let asked = match input {
            Input::Read => "read".to_owned(),
            Input::Write(value) => format!("write {value}"),
            Input::CompareAndSwap(expected, new) => format!("swap {expected} for {new}"),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Value(value)) => format!("{asked} = {value}"),
            Some(Output::Differs(value)) => format!("{asked} fails: {value}"),
        }
    }

    fn shape(&self) -> Shape {
        Shape::Register { initial: Some(0) }
    }

    fn plain<'a>(&self, input: &'a Input, output: Option<&'a Output>) -> Plain<'a> {
        match (input, output) {
            (Input::Read, Some(Output::Value(value))) => Plain::Read(slice::from_ref(value)),
            (Input::Read, None) => Plain::Nothing,
            (&Input::Write(value), Some(Output::Done) | None) => Plain::Write(value),
            (&Input::CompareAndSwap(expected, new), Some(Output::Done) | None) => {
                Plain::Swap(expected, new)
            }
            (Input::CompareAndSwap(expected, _), Some(Output::Differs(value)))
                if value != expected =>
            {
                Plain::Read(slice::from_ref(value))
            }
            // No such answer is ever given.
            (_, Some(_)) => Plain::Other,
        }
    }
}
