//! What things are put in and taken from: a queue, a stack, a priority queue. They differ in
//! what is taken next, and in nothing else.

use crate::checker::{Model, Plain, Shape};

/// A pool that is empty at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pool {
    /// What was put in first is taken first.
    Queue,
    /// What was put in last is taken first.
    Stack,
    /// The least is taken first.
    PriorityQueue,
}

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Put that in.
    Put(u64),
    /// Take the next out.
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

impl Pool {
    /// How putting in and taking out are called.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Queue => ("enqueue", "dequeue"),
            Self::Stack => ("push", "pop"),
            Self::PriorityQueue => ("insert", "take"),
        }
    }

    /// Where among what is held a value goes; the first is taken next.
    fn place_for(self, value: u64, held: &[u64]) -> usize {
        match self {
            Self::Queue => held.len(),
            Self::Stack => 0,
            Self::PriorityQueue => held.partition_point(|&other| other < value),
        }
    }
}

impl Model for Pool {
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
            Input::Put(value) => {
                let mut after = held.clone();
                after.insert(self.place_for(value, held), value);
                (after, Output::Done)
            }
            Input::Take => match held.split_first() {
                None => (Vec::new(), Output::Taken(None)),
                Some((&next, rest)) => (rest.to_vec(), Output::Taken(Some(next))),
            },
        }
    }

    fn is_read(&self, _input: &Input, output: Option<&Output>) -> bool {
        matches!(output, Some(Output::Taken(None)))
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let (put, take) = self.words();
        let asked = match input {
            Input::Put(value) => format!("{put} {value}"),
            Input::Take => take.to_owned(),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Taken(None)) => format!("{asked} = nothing"),
            Some(Output::Taken(Some(value))) => format!("{asked} = {value}"),
        }
    }

    fn shape(&self) -> Shape {
        match self {
            Self::Queue => Shape::Queue,
            Self::Stack => Shape::Stack,
            Self::PriorityQueue => Shape::PriorityQueue,
        }
    }

    fn plain<'a>(&self, input: &'a Input, output: Option<&'a Output>) -> Plain<'a> {
        match (input, output) {
            (&Input::Put(value), Some(Output::Done) | None) => Plain::Put(value),
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
