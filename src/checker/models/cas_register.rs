//! A register whose clients are told less than it knows: that a swap failed, and not what it holds;
//! or of a read that it was answered, and not what.

use crate::checker::{Model, Plain, Shape};
use core::slice;

/// A register of values that are known by numbers.
#[derive(Clone, Copy, Debug)]
pub struct CasRegister {
    /// What it holds at first.
    pub initial: u64,
}

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
    /// It holds something: nobody told what.
    Something,
    /// It was written.
    Done,
    /// It was not, since it holds something else.
    Differs,
}

impl Model for CasRegister {
    type State = u64;
    type Input = Input;
    type Output = Output;
    type Key = ();

    fn key(&self, _input: &Input) {}

    fn initial(&self) -> u64 {
        self.initial
    }

    fn step(&self, &held: &u64, input: &Input) -> (u64, Output) {
        match *input {
            Input::Read => (held, Output::Value(held)),
            Input::Write(value) => (value, Output::Done),
            Input::CompareAndSwap(expected, new) if held == expected => (new, Output::Done),
            Input::CompareAndSwap(..) => (held, Output::Differs),
        }
    }

    fn fits(&self, answer: &Output, seen: &Output) -> bool {
        answer == seen || matches!((answer, seen), (Output::Value(_), Output::Something))
    }

    fn is_read(&self, input: &Input, output: Option<&Output>) -> bool {
        matches!(input, Input::Read) || matches!(output, Some(Output::Differs))
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let asked = match input {
            Input::Read => "read".to_owned(),
            Input::Write(value) => format!("write {value}"),
            Input::CompareAndSwap(expected, new) => format!("swap {expected} for {new}"),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done | Output::Something) => format!("{asked} ok"),
            Some(Output::Value(value)) => format!("{asked} = {value}"),
            Some(Output::Differs) => format!("{asked} fails"),
        }
    }

    fn shape(&self) -> Shape {
        Shape::Register { initial: Some(self.initial) }
    }

    fn plain<'a>(&self, input: &'a Input, output: Option<&'a Output>) -> Plain<'a> {
        match (input, output) {
            (Input::Read, Some(Output::Value(value))) => Plain::Read(slice::from_ref(value)),
            (Input::Read, Some(Output::Something) | None) => Plain::Nothing,
            (&Input::Write(value), Some(Output::Done) | None) => Plain::Write(value),
            (&Input::CompareAndSwap(expected, new), Some(Output::Done) | None) => {
                Plain::Swap(expected, new)
            }
            // A swap that failed has seen anything but what it expected; the rest is no answer.
            (_, Some(_)) => Plain::Other,
        }
    }
}
