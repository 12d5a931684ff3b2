//! A key-value store: get, put, compare-and-swap, delete, append; each key by itself.

use crate::checker::Model;

/// A store whose keys hold nothing at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kv;

/// What can be asked of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// Which key.
    pub key: u64,
    /// What is asked of it.
    pub action: Action,
}

/// What can be asked of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// What does it hold?
    Get,
    /// Hold that alone.
    Put(u64),
    /// If it holds the first alone, hold the second alone.
    CompareAndSwap(u64, u64),
    /// Hold nothing.
    Delete,
    /// Hold that too, behind the rest.
    Append(u64),
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// It holds that, or nothing.
    Value(Option<Vec<u64>>),
    /// It was done.
    Done,
    /// It was not swapped, since the key holds that.
    Differs(Option<Vec<u64>>),
}

impl Model for Kv {
    type State = Option<Vec<u64>>;
    type Input = Input;
    type Output = Output;
    type Key = u64;

    fn key(&self, input: &Input) -> u64 {
        input.key
    }

    fn initial(&self) -> Self::State {
        None
    }

    fn step(&self, held: &Self::State, input: &Input) -> (Self::State, Output) {
        match input.action {
            Action::Get => (held.clone(), Output::Value(held.clone())),
            Action::Put(value) => (Some(vec![value]), Output::Done),
            Action::CompareAndSwap(expected, new) => {
                if held.as_deref() == Some(&[expected]) {
                    (Some(vec![new]), Output::Done)
                } else {
                    (held.clone(), Output::Differs(held.clone()))
                }
            }
            Action::Delete => (None, Output::Done),
            Action::Append(value) => {
                let mut list = held.clone().unwrap_or_default();
                list.push(value);
                (Some(list), Output::Done)
            }
        }
    }

    fn is_read(&self, input: &Input, output: Option<&Output>) -> bool {
        matches!(input.action, Action::Get) || matches!(output, Some(Output::Differs(_)))
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let key = input.key;
        let asked = match input.action {
            Action::Get => format!("get k{key}"),
            Action::Put(value) => format!("put k{key} = {value}"),
            Action::CompareAndSwap(expected, new) => format!("swap k{key} {expected} for {new}"),
            Action::Delete => format!("delete k{key}"),
            Action::Append(value) => format!("append k{key} {value}"),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Value(held)) => format!("{asked} = {}", list(held.as_deref())),
            Some(Output::Differs(held)) => format!("{asked} fails: {}", list(held.as_deref())),
        }
    }
}

fn list(held: Option<&[u64]>) -> String {
    match held {
        None => "nothing".to_owned(),
        Some([value]) => value.to_string(),
        Some(values) => format!("{values:?}"),
    }
}
