//! A stack: push and pop, last in, first out.

use crate::checker::{Model, Plain, Shape};

/// A stack that is empty at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stack;

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Put that on top.
    Push(u64),
    /// Take the top one off.
    Pop,
}

/// What it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// It was put in.
    Done,
    /// That came out, or nothing was in.
    Taken(Option<u64>),
}

impl Model for Stack {
    type State = Vec<u64>;
    type Input = Input;
    type Output = Output;
    type Key = ();

    fn key(&self, _input: &Input) {}

    fn initial(&self) -> Vec<u64> {
        Vec::new()
    }

    fn step(&self, held: &Vec<u64>, input: &Input) -> (Vec<u64>, Output) {
        match *input {
            Input::Push(value) => {
                let mut after = held.clone();
                after.push(value);
                (after, Output::Done)
            }
            Input::Pop => match held.split_last() {
                None => (Vec::new(), Output::Taken(None)),
                Some((&top, rest)) => (rest.to_vec(), Output::Taken(Some(top))),
            },
        }
    }

    fn is_read(&self, _input: &Input, output: Option<&Output>) -> bool {
        matches!(output, Some(Output::Taken(None)))
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let asked = match input {
            Input::Push(value) => format!("push {value}"),
            Input::Pop => "pop".to_owned(),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Taken(None)) => format!("{asked} = nothing"),
            Some(Output::Taken(Some(value))) => format!("{asked} = {value}"),
        }
    }

    fn shape(&self) -> Shape {
        Shape::Stack
    }

    fn plain<'a>(&self, input: &'a Input, output: Option<&'a Output>) -> Plain<'a> {
        match (input, output) {
            (&Input::Push(value), Some(Output::Done) | None) => Plain::Put(value),
            (Input::Pop, Some(&Output::Taken(Some(value)))) => Plain::Take(value),
            (Input::Pop, Some(Output::Taken(None))) => Plain::TakeNothing,
            (Input::Pop, None) => Plain::TakeSomething,
            // No such answer is ever given.
            (_, Some(_)) => Plain::Other,
        }
    }

    fn heap_bytes(&self, state: &Vec<u64>) -> usize {
        size_of_val(&state[..])
    }
}
