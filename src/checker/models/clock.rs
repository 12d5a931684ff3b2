//! A clock: stamp and last. Which time a stamp is asked for is a part of the question, since it is
//! not the clock's to decide: it goes by the log.

use crate::checker::Model;

/// A clock that has given out 0 at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock;

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// Which time was given out last?
    Last,
    /// Give out that time, or the next one where it is not later than the last; the next one, too,
    /// where nobody knows which was predicted.
    Stamp(Option<u64>),
}

impl Model for Clock {
    type State = u64;
    type Input = Input;
    type Output = u64;
    type Key = ();

    fn key(&self, _input: &Input) {}

    fn initial(&self) -> u64 {
        0
    }

    fn step(&self, &last: &u64, input: &Input) -> (u64, u64) {
        let after = match *input {
            Input::Last => last,
            Input::Stamp(predicted) => predicted.unwrap_or_default().max(last.saturating_add(1)),
        };
        (after, after)
    }

    fn is_read(&self, input: &Input, _output: Option<&u64>) -> bool {
        matches!(input, Input::Last)
    }

    fn describe(&self, input: &Input, output: Option<&u64>) -> String {
        let asked = match input {
            Input::Last => "last".to_owned(),
            Input::Stamp(None) => "stamp".to_owned(),
            Input::Stamp(Some(predicted)) => format!("stamp {predicted}"),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(time) => format!("{asked} = {time}"),
        }
    }
}
