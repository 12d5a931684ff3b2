//! The numbers of the paper, each with a type of its own, so that one cannot stand for another.

use core::fmt;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares a number that counts upwards from zero.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize,
            Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The number after this one.
            ///
            /// # Panics
            /// When there is none, which takes 2^64 steps: what comes from outside is bounded
            /// by the gate long before.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0 + 1)
            }

            /// The number before this one, or zero.
            #[must_use]
            pub const fn previous(self) -> Self {
                Self(self.0.saturating_sub(1))
            }
        }

    };
}

/// Lets a number print as its letter in the paper.
macro_rules! letter {
    ($($name:ident, $letter:literal)*) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        })*
    };
}

number! {
    /// Which replica leads: the group moves through a sequence of views (§3), in each epoch from
    /// the first one on (§7.1).
    ///
    /// Deviation (views-of-epochs): the paper's view-numbers begin anew with each epoch, and a view
    /// is told by two numbers. Here the epoch-number stands in front of the view's, in one number:
    /// so whoever compares views compares epochs first, and nobody can forget to.
    ViewNumber
}
number! {
    /// A request's place in the log, from 1 on; 0 stands before the first (§4.1).
    ///
    /// A commit-number is an op-number too: that of the last committed operation.
    OpNumber
}
number! {
    /// A client's count of its own requests, from 1 on (§4).
    RequestNumber
}
number! {
    /// Which configuration of the group: grows with each reconfiguration (§7).
    EpochNumber
}
number! {
    /// Which life of a replica: grows with each restart. Not in the paper: see `docs/protocol.md`.
    Incarnation
}

letter! {
    OpNumber, "n"
    RequestNumber, "s"
    EpochNumber, "e"
    Incarnation, "i"
}

impl ViewNumber {
    /// The first view of an epoch.
    ///
    /// # Panics
    /// When there are no so many epochs: the gate lets none of them through.
    #[must_use]
    pub const fn first_of(epoch: EpochNumber) -> Self {
        assert!(epoch.0 < EPOCHS_MAX);
        Self(epoch.0 << VIEW_BITS)
    }

    /// The epoch that it is a view of.
    #[must_use]
    pub const fn epoch(self) -> EpochNumber {
        EpochNumber(self.0 >> VIEW_BITS)
    }

    /// The how-manieth view of its epoch it is, from 0 on.
    #[must_use]
    pub const fn in_epoch(self) -> u64 {
        self.0 & ((1 << VIEW_BITS) - 1)
    }
}

/// How much of a view-number tells views of one epoch apart.
const VIEW_BITS: u32 = 48;

/// No group gets so many epochs.
pub const EPOCHS_MAX: u64 = 1 << (64 - VIEW_BITS);

impl fmt::Display for ViewNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epoch() {
            EpochNumber(0) => write!(f, "v{}", self.in_epoch()),
            epoch => write!(f, "{epoch}v{}", self.in_epoch()),
        }
    }
}

impl OpNumber {
    /// How many operations lie after `earlier` up to this one; zero when none do.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The op-number `count` places further on, or the last there is.
    #[must_use]
    pub const fn plus(self, count: u64) -> Self {
        Self(self.0.saturating_add(count))
    }
}

/// A replica's index in the sorted configuration: the paper's `i` (§4).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ReplicaNumber(pub u8);

impl ReplicaNumber {
    /// As an index into a vector that holds one element a replica.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Display for ReplicaNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}

/// A client's name, never used by another client nor by a later life of this one (§4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub Uuid);

impl ClientId {
    /// The id that is `number`, for conversations where ids are written by hand.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        Self(Uuid::from_u128(u128::from(number)))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0.as_u128();
        match u32::try_from(value) {
            Ok(number) => write!(f, "c{number}"),
            Err(_) => write!(f, "c-{:08x}", value >> 96),
        }
    }
}

/// Names one attempt to recover, so that answers to an earlier one are not taken for it (§4.3).
///
/// Comes from the host: at least 128 random bits, or a counter that survives the crash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nonce(pub u128);

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "x{:04x}", self.0 & 0xffff)
    }
}

/// What a host's clock shows: nanoseconds since some moment of its own. It never goes back and
/// never jumps; what two of them show of one span differs by no more than the group is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(pub u64);

impl LocalTime {
    /// How long before this that was; nothing where it was not before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The moment that long after this.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(nanos))
    }
}
