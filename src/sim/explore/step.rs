//! One thing that happens outside of time.

use crate::sim::node::{ProcessId, TimerId};

/// Which message it is: by its receiver and sender, the how-manieth between them it is, and in
/// which turn it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sim) struct Letter {
    pub(in crate::sim) to: ProcessId,
    pub(in crate::sim) from: ProcessId,
    pub(in crate::sim) nth: u32,
    pub(in crate::sim) sent: u32,
}

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Step {
    /// A message arrives.
    Arrive(Letter),
    /// A message arrives, and a copy of it is late.
    ArriveAndStay(Letter),
    /// A message is late: it arrives some other time, or never.
    PutAside(Letter),
    /// A timer goes off.
    Expire(ProcessId, TimerId),
    /// A replica hears nothing: what is on its way to it, or sent to it from now on, does not
    /// arrive by itself.
    Deafen(ProcessId),
    /// It hears again.
    Hear(ProcessId),
    /// A replica loses its memory; what it has sent is late.
    Crash(ProcessId),
    /// It starts again.
    Restart(ProcessId),
    /// The administrator is told what the scenario's fault of that place tells it.
    Order(usize),
}

impl Step {
    /// Whose state it changes, if it changes any.
    pub(in crate::sim) const fn process(self) -> Option<ProcessId> {
        match self {
            Self::Arrive(letter) | Self::ArriveAndStay(letter) => Some(letter.to),
            Self::Expire(id, _) | Self::Crash(id) | Self::Restart(id) => Some(id),
            Self::PutAside(_) | Self::Deafen(_) | Self::Hear(_) | Self::Order(_) => None,
        }
    }

    /// Whether it is something that a process notices.
    pub(in crate::sim) const fn takes_a_turn(self) -> bool {
        match self {
            Self::PutAside(_) | Self::Deafen(_) | Self::Hear(_) => false,
            Self::Arrive(_)
            | Self::ArriveAndStay(_)
            | Self::Expire(..)
            | Self::Crash(_)
            | Self::Restart(_)
            | Self::Order(_) => true,
        }
    }
}
