//! What can be asked for, in any kind of object.

use core::fmt;

/// What an operation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// What does it hold? Of a set: what is in it?
    Read,
    /// Hold that.
    Write,
    /// If it holds the first, hold the second.
    Cas,
    /// What does it hold?
    Get,
    /// Hold that.
    Put,
    /// Hold nothing.
    Delete,
    /// Hold that too, behind the rest.
    Append,
    /// Be more by that; of a set: have that.
    Add,
    /// Not have that any more.
    Remove,
    /// Is that in it?
    Contains,
    /// Put that at the end.
    Enqueue,
    /// Take the first.
    Dequeue,
    /// Put that on top.
    Push,
    /// Take what is on top.
    Pop,
    /// Put that in.
    Insert,
    /// Take the least.
    Take,
    /// Have the lock.
    Acquire,
    /// Have it no more.
    Release,
    /// Several reads and writes at once.
    Txn,
    /// Give out a time that is later than all before.
    Stamp,
    /// Draw a number.
    Draw,
    /// What was given out or drawn last?
    Last,
}

impl Function {
    /// All of them, in their order.
    pub const ALL: [Self; 22] = [
        Self::Read,
        Self::Write,
        Self::Cas,
        Self::Get,
        Self::Put,
        Self::Delete,
        Self::Append,
        Self::Add,
        Self::Remove,
        Self::Contains,
        Self::Enqueue,
        Self::Dequeue,
        Self::Push,
        Self::Pop,
        Self::Insert,
        Self::Take,
        Self::Acquire,
        Self::Release,
        Self::Txn,
        Self::Stamp,
        Self::Draw,
        Self::Last,
    ];

    /// The function of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        // A million events ask this: the compiler looks at a match by its length first.
        Some(match name {
            "read" => Self::Read,
            "write" => Self::Write,
            "cas" => Self::Cas,
            "get" => Self::Get,
            "put" => Self::Put,
            "delete" => Self::Delete,
            "append" => Self::Append,
            "add" => Self::Add,
            "remove" => Self::Remove,
            "contains" => Self::Contains,
            "enqueue" => Self::Enqueue,
            "dequeue" => Self::Dequeue,
            "push" => Self::Push,
            "pop" => Self::Pop,
            "insert" => Self::Insert,
            "take" => Self::Take,
            "acquire" => Self::Acquire,
            "release" => Self::Release,
            "txn" => Self::Txn,
            "stamp" => Self::Stamp,
            "draw" => Self::Draw,
            "last" => Self::Last,
            _ => return None,
        })
    }

    /// Its place among all.
    pub(super) fn index(self) -> usize {
        Self::ALL.into_iter().position(|function| function == self).unwrap_or(0)
    }

    /// How it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Cas => "cas",
            Self::Get => "get",
            Self::Put => "put",
            Self::Delete => "delete",
            Self::Append => "append",
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Contains => "contains",
            Self::Enqueue => "enqueue",
            Self::Dequeue => "dequeue",
            Self::Push => "push",
            Self::Pop => "pop",
            Self::Insert => "insert",
            Self::Take => "take",
            Self::Acquire => "acquire",
            Self::Release => "release",
            Self::Txn => "txn",
            Self::Stamp => "stamp",
            Self::Draw => "draw",
            Self::Last => "last",
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Function;

    #[test]
    fn a_function_is_found_by_its_name() {
        for function in Function::ALL {
            assert_eq!(Function::of(function.name()), Some(function));
            assert_eq!(Function::ALL[function.index()], function);
        }
    }
}
