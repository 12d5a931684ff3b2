//! A key-value store: get, put, compare-and-swap, delete, append; each key by itself.

use crate::checker::{Model, Plain, Shape};
use core::fmt;
use core::slice;

/// A store whose keys hold nothing at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kv;

/// What can be asked of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    /// Which key.
    pub key: u64,
    /// What is asked of it.
    pub action: Action,
}

/// What can be asked of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// What a key holds. One value needs no room of its own, and most have one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Held {
    /// Nothing.
    #[default]
    Nothing,
    /// One value.
    One(u64),
    /// Several: none, or more than one.
    Several(Vec<u64>),
}

impl Held {
    /// The values that are held.
    #[must_use]
    pub fn values(&self) -> &[u64] {
        match self {
            Self::Nothing => &[],
            Self::One(value) => slice::from_ref(value),
            Self::Several(values) => values,
        }
    }

    /// Whether it is not an empty list, which is held by no key, and would look like nothing.
    fn is_told_in_one_way(&self) -> bool {
        !matches!(self, Self::Several(values) if values.len() < 2)
    }

    fn push(&mut self, value: u64) {
        *self = match core::mem::take(self) {
            Self::Nothing => Self::One(value),
            Self::One(first) => Self::Several(vec![first, value]),
            Self::Several(mut values) => {
                values.push(value);
                Self::from(values)
            }
        };
    }
}

impl From<Vec<u64>> for Held {
    fn from(values: Vec<u64>) -> Self {
        if let [value] = values[..] { Self::One(value) } else { Self::Several(values) }
    }
}

impl From<Option<Vec<u64>>> for Held {
    fn from(values: Option<Vec<u64>>) -> Self {
        values.map_or(Self::Nothing, Self::from)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::One(value) => write!(f, "{value}"),
            Self::Several(values) => write!(f, "{values:?}"),
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// It holds that; to a swap: and was not swapped therefore.
    Value(Held),
    /// It was done.
    Done,
}

impl Model for Kv {
    type State = Held;
    type Input = Input;
    type Output = Output;
    type Key = u64;

    fn key(&self, input: &Input) -> u64 {
        input.key
    }

    fn initial(&self) -> Held {
        Held::Nothing
    }

    fn step(&self, held: &Held, input: &Input) -> (Held, Output) {
        match input.action {
            Action::Get => (held.clone(), Output::Value(held.clone())),
            Action::Put(value) => (Held::One(value), Output::Done),
            Action::CompareAndSwap(expected, new) => {
                if *held == Held::One(expected) {
                    (Held::One(new), Output::Done)
                } else {
                    (held.clone(), Output::Value(held.clone()))
                }
            }
            Action::Delete => (Held::Nothing, Output::Done),
            Action::Append(value) => {
                let mut longer = held.clone();
                longer.push(value);
                (longer, Output::Done)
            }
        }
    }

    fn is_read(&self, input: &Input, output: Option<&Output>) -> bool {
        matches!(input.action, Action::Get) || matches!(output, Some(Output::Value(_)))
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
            Some(Output::Value(held)) if matches!(input.action, Action::Get) => {
                format!("{asked} = {held}")
            }
            Some(Output::Value(held)) => format!("{asked} fails: {held}"),
        }
    }

    fn shape(&self) -> Shape {
        Shape::Register { initial: None }
    }

    fn plain<'a>(&self, input: &'a Input, output: Option<&'a Output>) -> Plain<'a> {
        match (&input.action, output) {
            (Action::Get, None) => Plain::Nothing,
            (Action::Get, Some(Output::Value(held))) if held.is_told_in_one_way() => {
                Plain::Read(held.values())
            }
            (&Action::Put(value), Some(Output::Done) | None) => Plain::Write(value),
            (&Action::CompareAndSwap(expected, new), Some(Output::Done) | None) => {
                Plain::Swap(expected, new)
            }
            (Action::CompareAndSwap(expected, _), Some(Output::Value(held)))
                if held.is_told_in_one_way() && held.values() != [*expected] =>
            {
                Plain::Read(held.values())
            }
            (&Action::Append(value), Some(Output::Done) | None) => Plain::Append(value),
            // No such answer is ever given; or it is a deletion, and nothing is held again and
            // again, so it is no distinct value.
            (_, _) => Plain::Other,
        }
    }

    fn held<'a>(&self, held: &'a Held) -> Option<&'a [u64]> {
        Some(held.values())
    }

    fn heap_bytes(&self, held: &Held) -> usize {
        match held {
            Held::Nothing | Held::One(_) => 0,
            Held::Several(values) => size_of_val(&values[..]),
        }
    }
}
