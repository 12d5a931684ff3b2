//! A priority queue: insert and take, the least first.

use crate::checker::{Model, Plain, Shape};

/// A priority queue that is empty at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct PriorityQueue;

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Put that in.
    Insert(u64),
    /// Take the least out.
    Take,
}

/// What it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// It was put in.
    Done,
    /// That came out, or nothing was in.
    Taken(Option<u64>),
}

impl Model for PriorityQueue {
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
            Input::Insert(value) => {
                let mut after = held.clone();
                after.insert(held.partition_point(|&other| other < value), value);
                (after, Output::Done)
            }
            Input::Take => match held.split_first() {
                None => (Vec::new(), Output::Taken(None)),
                Some((&first, rest)) => (rest.to_vec(), Output::Taken(Some(first))),
            },
        }
    }

    fn is_read(&self, _input: &Input, output: Option<&Output>) -> bool {
        matches!(output, Some(Output::Taken(None)))
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let asked = match input {
            Input::Insert(value) => format!("insert {value}"),
            Input::Take => "take".to_owned(),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Taken(None)) => format!("{asked} = nothing"),
            Some(Output::Taken(Some(value))) => format!("{asked} = {value}"),
        }
    }

    fn shape(&self) -> Shape {
        Shape::PriorityQueue
    }

    fn plain<'a>(&self, input: &'a Input, output: Option<&'a Output>) -> Plain<'a> {
        match (input, output) {
            (&Input::Insert(value), Some(Output::Done) | None) => Plain::Put(value),
            (Input::Take, Some(&Output::Taken(Some(value)))) => Plain::Take(value),
            (Input::Take, Some(Output::Taken(None))) => Plain::TakeNothing,
            (Input::Take, None) => Plain::TakeSomething,
            // No such answer is ever given.
            (_, Some(_)) => Plain::Other,
        }
    }

    fn heap_bytes(&self, state: &Vec<u64>) -> usize {
        size_of_val(&state[..])
    }
}
