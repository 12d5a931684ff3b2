//! A history: operations with the times between which they must have happened.

use super::in_time::InTime;
use super::index::position;
use super::values::Values;
use core::fmt;

/// Operations as their clients saw them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History<I, O> {
    /// In any order.
    pub operations: Vec<Operation<I, O>>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation<I, O> {
    /// Who asked. A client asks one thing at a time; one that gave up goes on as another.
    pub client: u64,
    /// What was asked.
    pub input: I,
    /// When, in any unit.
    pub invoked: u64,
    /// What came of it.
    pub outcome: Outcome<O>,
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<O> {
    /// It returned.
    Returned {
        /// When. Operations that touch are concurrent: intervals are closed.
        at: u64,
        /// What.
        output: O,
    },
    /// Nobody knows: it may have happened at any time after it was invoked, or not at all.
    Unknown,
}

/// Why a list of operations is no history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The operation of that index returned before it was invoked.
    ReturnsBeforeInvoked(usize),
    /// The client of that operation had another one open.
    TwoAtOnce(usize),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReturnsBeforeInvoked(index) => {
                write!(f, "operation {index} returns before it is invoked")
            }
            Self::TwoAtOnce(index) => {
                write!(f, "operation {index} begins while its client waits for another")
            }
        }
    }
}

impl core::error::Error for Malformed {}

impl<I, O> Operation<I, O> {
    /// When it returned, if that is known.
    #[must_use]
    pub const fn returned(&self) -> Option<u64> {
        match &self.outcome {
            Outcome::Returned { at, .. } => Some(*at),
            Outcome::Unknown => None,
        }
    }

    /// What it returned, if that is known.
    #[must_use]
    pub const fn output(&self) -> Option<&O> {
        match &self.outcome {
            Outcome::Returned { output, .. } => Some(output),
            Outcome::Unknown => None,
        }
    }
}

impl<I, O> History<I, O> {
    /// Whether this can be a history at all.
    ///
    /// # Errors
    /// With the first operation that cannot be.
    pub fn well_formed(&self) -> Result<(), Malformed> {
        self.look_through().map(drop)
    }

    /// The same, with the order of the invocations.
    pub(super) fn look_through(&self) -> Result<InTime, Malformed> {
        let (mut busy, mut latest) = (Busy::default(), 0);
        for (index, operation) in self.operations.iter().enumerate() {
            if operation.invoked < latest {
                return self.look_through_in(InTime::of(self));
            }
            latest = operation.invoked;
            busy.take(index, operation)?;
        }
        Ok(InTime::as_told(self.operations.len()))
    }

    fn look_through_in(&self, in_time: InTime) -> Result<InTime, Malformed> {
        let mut busy = Busy::default();
        for index in in_time.iter().map(position) {
            busy.take(index, &self.operations[index])?;
        }
        Ok(in_time)
    }
}

/// Until when each client is busy; for ever when its operation's outcome is unknown.
#[derive(Default)]
struct Busy {
    clients: Values,
    until: Vec<u64>,
}

impl Busy {
    /// Takes the operation that is invoked next.
    fn take<I, O>(&mut self, index: usize, operation: &Operation<I, O>) -> Result<(), Malformed> {
        let until = operation.returned().unwrap_or(u64::MAX);
        if until < operation.invoked {
            return Err(Malformed::ReturnsBeforeInvoked(index));
        }
        let (client, is_new) = self.clients.insert(operation.client);
        if is_new {
            self.until.push(0);
        }
        let before = core::mem::replace(&mut self.until[position(client)], until);
        if before > operation.invoked { Err(Malformed::TwoAtOnce(index)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{History, Malformed, Operation, Outcome};

    fn history(operations: &[(u64, u64, Option<u64>)]) -> History<(), ()> {
        let operation = |&(client, invoked, returned): &(u64, u64, Option<u64>)| Operation {
            client,
            input: (),
            invoked,
            outcome: match returned {
                Some(at) => Outcome::Returned { at, output: () },
                None => Outcome::Unknown,
            },
        };
        History { operations: operations.iter().map(operation).collect() }
    }

    #[test]
    fn a_client_does_one_thing_at_a_time() {
        assert_eq!(history(&[(1, 0, Some(5)), (1, 5, Some(9))]).well_formed(), Ok(()));
        let twice = history(&[(1, 0, Some(5)), (1, 4, Some(9))]);
        assert_eq!(twice.well_formed(), Err(Malformed::TwoAtOnce(1)));
        let after_unknown = history(&[(1, 0, None), (1, 4, Some(9))]);
        assert_eq!(after_unknown.well_formed(), Err(Malformed::TwoAtOnce(1)));
    }

    #[test]
    fn nothing_returns_before_it_is_invoked() {
        let wrong = history(&[(1, 7, Some(5))]);
        assert_eq!(wrong.well_formed(), Err(Malformed::ReturnsBeforeInvoked(0)));
    }
}
