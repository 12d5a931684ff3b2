//! Kinds of objects that can be judged without a search, and operations in their terms.

/// What kind of object a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Holds a list of values, mostly one: a register, or a key of a store.
    Register {
        /// The one value at first, or nothing.
        initial: Option<u64>,
    },
    /// What was put first is taken first.
    Queue,
    /// What was put last is taken first.
    Stack,
    /// What is least is taken first.
    PriorityQueue,
    /// Something else.
    Any,
}

/// An operation in the terms of a [`Shape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain<'a> {
    /// Of a register: it was seen to hold these.
    Read(&'a [u64]),
    /// Of a register: it holds that alone.
    Write(u64),
    /// Of a register: it held the first alone, and holds the second alone.
    Swap(u64, u64),
    /// Of a register: it holds that too, behind the rest.
    Append(u64),
    /// Of what things are put in and taken from: that is in.
    Put(u64),
    /// That is out, which was the next.
    Take(u64),
    /// Nothing was in.
    TakeNothing,
    /// Something is out, or nothing was in: nobody knows.
    TakeSomething,
    /// It changes nothing, and nobody was told anything.
    Nothing,
    /// It is none of these.
    Other,
}

impl<'a> Plain<'a> {
    /// Of a register: what it holds alone or last when this has happened, where that is new.
    pub(super) const fn written(self) -> Option<u64> {
        match self {
            Plain::Write(value) | Plain::Swap(_, value) | Plain::Append(value) => Some(value),
            Plain::Read(_)
            | Plain::Put(_)
            | Plain::Take(_)
            | Plain::TakeNothing
            | Plain::TakeSomething
            | Plain::Nothing
            | Plain::Other => None,
        }
    }

    /// Of a register: the values that it was seen to hold; none where it was not looked at.
    pub(super) const fn seen(self) -> &'a [u64] {
        if let Plain::Read(seen) = self { seen } else { &[] }
    }
}
