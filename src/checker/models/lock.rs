//! A lock: acquire and release, by an owner.

use crate::checker::Model;

/// A lock that nobody holds at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lock;

/// What can be asked of it, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// That one wants to hold it.
    Acquire(u64),
    /// That one does not want to hold it any more.
    Release(u64),
}

/// What it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// It was done.
    Done,
    /// It was not: somebody holds it, or the one who releases it does not.
    Refused,
}

impl Model for Lock {
    type State = Option<u64>;
    type Input = Input;
    type Output = Output;
    type Key = ();

    fn key(&self, _input: &Input) {}

    fn initial(&self) -> Option<u64> {
        None
    }

    fn step(&self, &holder: &Option<u64>, input: &Input) -> (Option<u64>, Output) {
        match (*input, holder) {
            (Input::Acquire(owner), None) => (Some(owner), Output::Done),
            (Input::Release(owner), Some(holder)) if owner == holder => (None, Output::Done),
            (Input::Acquire(_) | Input::Release(_), holder) => (holder, Output::Refused),
        }
    }

    fn is_read(&self, _input: &Input, output: Option<&Output>) -> bool {
        output == Some(&Output::Refused)
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let asked = match input {
            Input::Acquire(owner) => format!("acquire by {owner}"),
            Input::Release(owner) => format!("release by {owner}"),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Refused) => format!("{asked} refused"),
        }
    }
}
