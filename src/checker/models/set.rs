//! A set: add, remove, contains; each element by itself.

use crate::checker::Model;

/// A set that is empty at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Set;

/// What can be asked of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    /// Which element.
    pub element: u64,
    /// What is asked of it.
    pub action: Action,
}

/// What can be asked of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Be in.
    Add,
    /// Be out.
    Remove,
    /// Is it in?
    Contains,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// It was added or removed; whether it was not before is not told.
    Done,
    /// It was added or removed, and this says whether that has changed anything.
    Changed(bool),
    /// Whether it is in.
    Is(bool),
}

impl Model for Set {
    type State = bool;
    type Input = Input;
    type Output = Output;
    type Key = u64;

    fn key(&self, input: &Input) -> u64 {
        input.element
    }

    fn initial(&self) -> bool {
        false
    }

    fn step(&self, &is_in: &bool, input: &Input) -> (bool, Output) {
        match input.action {
            Action::Add => (true, Output::Changed(!is_in)),
            Action::Remove => (false, Output::Changed(is_in)),
            Action::Contains => (is_in, Output::Is(is_in)),
        }
    }

    fn fits(&self, answer: &Output, seen: &Output) -> bool {
        answer == seen || matches!((answer, seen), (Output::Changed(_), Output::Done))
    }

    fn is_read(&self, input: &Input, output: Option<&Output>) -> bool {
        input.action == Action::Contains || output == Some(&Output::Changed(false))
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let asked = match input.action {
            Action::Add => format!("add {}", input.element),
            Action::Remove => format!("remove {}", input.element),
            Action::Contains => format!("contains {}", input.element),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Changed(true)) => format!("{asked} changes it"),
            Some(Output::Changed(false)) => format!("{asked} changes nothing"),
            Some(Output::Is(true)) => format!("{asked} = yes"),
            Some(Output::Is(false)) => format!("{asked} = no"),
        }
    }
}
