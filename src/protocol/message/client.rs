//! What clients and replicas say to each other.

use crate::protocol::configuration::Configuration;
use crate::protocol::log::EntryKind;
use crate::protocol::numbers::{ClientId, EpochNumber, OpNumber, RequestNumber, ViewNumber};
use bytes::Bytes;
use core::fmt;
use core::time::Duration;

/// A client that has not asked for anything yet wants to.
///
/// Deviation (eviction): not in the paper, whose replicas remember every client for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Register {
    /// The epoch that the client believes in.
    pub epoch: EpochNumber,
    /// Who.
    pub client: ClientId,
}

/// From here on it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Registered {
    /// The replica's epoch.
    pub epoch: EpochNumber,
    /// The replica's view, in which it is normal.
    pub view: ViewNumber,
    /// Who registered.
    pub client: ClientId,
    /// What was committed by then: the client has executed nothing up to there.
    pub born: OpNumber,
}

/// ⟨REQUEST op, c, s⟩, §4.1 step 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// The epoch that the client believes in.
    pub epoch: EpochNumber,
    /// Who asks: `c`.
    pub client: ClientId,
    /// The client's number for it: `s`.
    pub request_number: RequestNumber,
    /// What was committed when the client registered: whether it can have been forgotten.
    pub born: OpNumber,
    /// Whose business it is: ⟨RECONFIGURATION⟩ and ⟨CHECKEPOCH⟩ are requests, too (§7).
    pub kind: EntryKind,
    /// What is asked: `op`; the members of the next group, a byte each, where that is asked.
    pub operation: Bytes,
}

/// ⟨REPLY v, s, x⟩, §4.1 step 5.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reply {
    /// The replica's epoch.
    pub epoch: EpochNumber,
    /// The replica's view, in which it is normal: `v`.
    pub view: ViewNumber,
    /// Whose request is answered.
    pub client: ClientId,
    /// The client's number for it: `s`.
    pub request_number: RequestNumber,
    /// The place of the request in the log.
    pub op_number: OpNumber,
    /// What the service returned: `x`.
    pub result: Bytes,
}

/// ⟨READ q, c, s⟩, §6.3: it gets no place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Read {
    /// The epoch that the client believes in.
    pub epoch: EpochNumber,
    /// Who asks: `c`.
    pub client: ClientId,
    /// The client's number for it: `s`.
    pub request_number: RequestNumber,
    /// How new the answer must be.
    pub freshness: Freshness,
    /// What is asked: `q`.
    pub query: Bytes,
}

/// How new the answer to a read must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// As new as what was answered to anybody before the read was asked; only the primary can tell
    /// (§6.3.1).
    Latest,
    /// As new as what the client has seen: that operation. Any replica can tell that has executed
    /// it (§6.3.2).
    Behind(OpNumber),
}

/// ⟨ANSWER v, s, n, x⟩, §6.3.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The replica's epoch.
    pub epoch: EpochNumber,
    /// The replica's view, in which it is normal: `v`.
    pub view: ViewNumber,
    /// Whose read is answered.
    pub client: ClientId,
    /// The client's number for it: `s`.
    pub request_number: RequestNumber,
    /// The last operation that the answer knows of: `n`. The paper returns a commit-number; it
    /// must be what is executed, or the client takes for seen what it has not.
    pub op_number: OpNumber,
    /// How old the answer can be, apart from what was under way to the replica: how long ago, by
    /// its own clock, it was told by its primary what is committed.
    pub age: Duration,
    /// What the service says: `x`.
    pub result: Bytes,
}

/// ⟨NEWEPOCH e, c⟩, §7: to whoever believes in an earlier epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NewEpoch {
    /// The replica's view, of the later epoch.
    pub view: ViewNumber,
    /// Its members.
    pub configuration: Configuration,
}

/// A request is not taken, and why. Not in the paper, which has no bounds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// The replica's view, in which it is normal.
    pub view: ViewNumber,
    /// Whose request is refused.
    pub client: ClientId,
    /// The client's number for it.
    pub request_number: RequestNumber,
    /// Why.
    pub reason: RefusalReason,
}

/// Why a request is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalReason {
    /// Too many requests wait: ask again later.
    Busy,
    /// The client table has forgotten the client, and what it asked: perhaps it was executed. It
    /// may register under another id.
    Evicted,
    /// The operation is larger than the group allows.
    TooLarge,
    /// A later request of that id was taken: it is somebody else's, too.
    Superseded,
    /// The client refers to an operation that does not exist yet.
    FromTheFuture,
    /// The replica has not executed what the client has seen: ask another one, or again later.
    Behind,
    /// The group, or its service, has no such reads.
    NotOffered,
    /// What is asked is no read: it has to go through the log.
    NoRead,
    /// The next group has a member that there can't be, or nobody.
    NoSuchGroup,
    /// The next group names a member twice.
    NamedTwice,
    /// The next group would have fewer than three members, and survive nobody's failure.
    TooFew,
    /// Of the next group so few would run the service that all of them can be those who fail.
    TooManyWitnesses,
    /// Another reconfiguration is under way.
    Reconfiguring,
    /// What the replicas predict for it does not go together: perhaps their services are of
    /// different versions. It was not executed.
    Unpredictable,
}

impl RefusalReason {
    /// Whether asking again would change nothing.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Busy | Self::Behind => false,
            Self::Evicted
            | Self::TooLarge
            | Self::Superseded
            | Self::FromTheFuture
            | Self::NotOffered
            | Self::NoRead
            | Self::NoSuchGroup
            | Self::NamedTwice
            | Self::TooFew
            | Self::TooManyWitnesses
            | Self::Reconfiguring
            | Self::Unpredictable => true,
        }
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "busy",
            Self::Evicted => "client forgotten",
            Self::TooLarge => "operation too large",
            Self::Superseded => "a later request of that id was taken",
            Self::FromTheFuture => "it refers to an operation that does not exist yet",
            Self::Behind => "this replica is not so far yet",
            Self::NotOffered => "no such reads here",
            Self::NoRead => "it is no read",
            Self::NoSuchGroup => "no such group",
            Self::NamedTwice => "a group has each member once",
            Self::TooFew => "a group needs three members",
            Self::TooManyWitnesses => "too few members would run the service",
            Self::Reconfiguring => "another reconfiguration is under way",
            Self::Unpredictable => "the replicas' predictions do not fit together",
        })
    }
}
