//! What is recorded of a run when somebody wants to look.

use super::network::Fate;
use super::node::{ProcessId, TimerId};
use super::time::{Moment, Span};

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Record<M> {
    /// When.
    pub at: Moment,
    /// The number of the event that it is, or that it happened in.
    pub event: u64,
    /// What.
    pub what: What<M>,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum What<M> {
    /// A message was sent.
    Sent {
        /// By whom.
        from: ProcessId,
        /// To whom.
        to: ProcessId,
        /// The how-manieth message of that link, from 1.
        nth: u64,
        /// What.
        message: M,
        /// What becomes of it.
        fate: Fate,
    },
    /// A message arrived.
    Arrived {
        /// From whom.
        from: ProcessId,
        /// At whom.
        to: ProcessId,
        /// What.
        message: M,
    },
    /// A message arrived at a process that was down.
    NobodyHome {
        /// From whom.
        from: ProcessId,
        /// For whom.
        to: ProcessId,
        /// What.
        message: M,
    },
    /// A timer went off.
    Expired {
        /// Whose.
        process: ProcessId,
        /// Which.
        timer: TimerId,
    },
    /// A write of a process is durable.
    Durable {
        /// Whose.
        process: ProcessId,
        /// The number that its process gave it.
        write: u64,
    },
    /// A write of a process has failed.
    WriteFailed {
        /// Whose.
        process: ProcessId,
        /// The number that its process gave it.
        write: u64,
    },
    /// A process started.
    Started(ProcessId),
    /// A process said something about itself.
    Said(ProcessId, String),
    /// A process crashed.
    Crashed(ProcessId),
    /// A process was stopped.
    Paused(ProcessId),
    /// A process went on.
    Resumed(ProcessId),
    /// A process's clock was put forward.
    ClockJumped(ProcessId, Span),
    /// The fault of that index struck.
    Struck(usize),
    /// The fault of that index ended.
    Ended(usize),
    /// All faults that can end did.
    Healed,
}

impl<M> What<M> {
    /// At whom it happened; nothing where it is about the network.
    #[must_use]
    pub const fn process(&self) -> Option<ProcessId> {
        match self {
            Self::Sent { from, .. } => Some(*from),
            Self::Arrived { to, .. } | Self::NobodyHome { to, .. } => Some(*to),
            Self::Expired { process, .. }
            | Self::Durable { process, .. }
            | Self::WriteFailed { process, .. }
            | Self::Said(process, _)
            | Self::Started(process)
            | Self::Crashed(process)
            | Self::Paused(process)
            | Self::Resumed(process)
            | Self::ClockJumped(process, _) => Some(*process),
            Self::Struck(_) | Self::Ended(_) | Self::Healed => None,
        }
    }

    /// The message that it is about, if it is about one.
    #[must_use]
    pub const fn message(&self) -> Option<&M> {
        match self {
            Self::Sent { message, .. }
            | Self::Arrived { message, .. }
            | Self::NobodyHome { message, .. } => Some(message),
            Self::Expired { .. }
            | Self::Durable { .. }
            | Self::WriteFailed { .. }
            | Self::Started(_)
            | Self::Said(..)
            | Self::Crashed(_)
            | Self::Paused(_)
            | Self::Resumed(_)
            | Self::ClockJumped(..)
            | Self::Struck(_)
            | Self::Ended(_)
            | Self::Healed => None,
        }
    }
}
