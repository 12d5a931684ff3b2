//! Why a replica did not act on a message: a word for each reason, and never a panic.

use super::message::RefusalReason;
use core::fmt;

/// Why an input was not acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Refused {
    /// No replica of the group sent it.
    UnknownSender,
    /// The group, or its service, does no such thing; a client was told.
    NotOffered,
    /// The client has seen more than the replica has executed; it was told.
    Behind,
    /// It is of an earlier epoch; its sender was told.
    EarlierEpoch,
    /// It is of a later epoch, of which the replica knows nothing.
    LaterEpoch,
    /// It is no group that there can be next; the client was told.
    WrongGroup,
    /// An earlier life of its sender sent it.
    EarlierLife,
    /// It is of an earlier view.
    EarlierView,
    /// It is of a later view: the replica catches up first.
    LaterView,
    /// Its numbers are further on than any group gets.
    FarFuture,
    /// Its numbers contradict each other.
    Impossible,
    /// The replica's status is not the one for it.
    WrongStatus,
    /// Only a primary takes it.
    NotPrimary,
    /// Only a backup takes it.
    NotBackup,
    /// Replicas do not take such messages.
    NotForReplicas,
    /// The replica has it already.
    Duplicate,
    /// The client was answered something later.
    StaleRequest,
    /// The client table has forgotten the client; it was told.
    Evicted,
    /// The request waits for its execution.
    InFlight,
    /// The bound on waiting requests or bytes is reached; the client was told.
    Bound,
    /// The replica has lost touch with its quorum.
    Abdicated,
    /// Something before it is missing.
    Gap,
    /// It answers nothing that was asked.
    NotAsked,
    /// It answers an earlier recovery.
    WrongNonce,
    /// It is not what the digest says that it should be.
    WrongDigest,
    /// It is the state of another service.
    WrongState,
    /// A witness runs no service, and has no state to answer from (§6.1).
    IsWitness,
    /// It is from before a checkpoint that the replica has fetched since.
    Outrun,
    /// The service can't merge what it predicts; where too little else was predicted, the client
    /// is told.
    WrongPrediction,
    /// It would take back operations that are committed here. In a group of replicas that only
    /// crash, this proves that something went wrong before.
    LosesCommitted,
}

impl Refused {
    /// Every reason, in the order of their numbers.
    pub const ALL: &'static [Self] = &[
        Self::UnknownSender,
        Self::NotOffered,
        Self::Behind,
        Self::EarlierEpoch,
        Self::LaterEpoch,
        Self::WrongGroup,
        Self::EarlierLife,
        Self::EarlierView,
        Self::LaterView,
        Self::FarFuture,
        Self::Impossible,
        Self::WrongStatus,
        Self::NotPrimary,
        Self::NotBackup,
        Self::NotForReplicas,
        Self::Duplicate,
        Self::StaleRequest,
        Self::Evicted,
        Self::InFlight,
        Self::Bound,
        Self::Abdicated,
        Self::Gap,
        Self::NotAsked,
        Self::WrongNonce,
        Self::WrongDigest,
        Self::WrongState,
        Self::IsWitness,
        Self::Outrun,
        Self::WrongPrediction,
        Self::LosesCommitted,
    ];

    /// How it is called in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownSender => "unknown sender",
            Self::NotOffered => "not offered",
            Self::Behind => "behind the client",
            Self::EarlierEpoch => "earlier epoch",
            Self::LaterEpoch => "later epoch",
            Self::WrongGroup => "wrong group",
            Self::EarlierLife => "earlier life",
            Self::EarlierView => "earlier view",
            Self::LaterView => "later view",
            Self::FarFuture => "far future",
            Self::Impossible => "impossible numbers",
            Self::WrongStatus => "wrong status",
            Self::NotPrimary => "not the primary",
            Self::NotBackup => "not a backup",
            Self::NotForReplicas => "not for replicas",
            Self::Duplicate => "duplicate",
            Self::StaleRequest => "stale request",
            Self::Evicted => "client forgotten",
            Self::InFlight => "request in flight",
            Self::Bound => "bound reached",
            Self::Abdicated => "abdicated",
            Self::Gap => "gap",
            Self::NotAsked => "not asked for",
            Self::WrongNonce => "wrong nonce",
            Self::WrongDigest => "wrong digest",
            Self::WrongState => "wrong state",
            Self::IsWitness => "a witness runs no service",
            Self::Outrun => "outrun by a checkpoint",
            Self::WrongPrediction => "a prediction that can't be used",
            Self::LosesCommitted => "would lose committed operations",
        }
    }
}

/// Why a replica did not act on what it refuses its client.
impl From<RefusalReason> for Refused {
    fn from(told: RefusalReason) -> Self {
        match told {
            RefusalReason::Busy | RefusalReason::TooLarge => Self::Bound,
            RefusalReason::Evicted => Self::Evicted,
            RefusalReason::Superseded => Self::StaleRequest,
            RefusalReason::FromTheFuture => Self::Impossible,
            RefusalReason::Behind => Self::Behind,
            RefusalReason::NotOffered | RefusalReason::NoRead => Self::NotOffered,
            RefusalReason::NoSuchGroup
            | RefusalReason::NamedTwice
            | RefusalReason::TooFew
            | RefusalReason::TooManyWitnesses
            | RefusalReason::Reconfiguring => Self::WrongGroup,
            RefusalReason::Unpredictable => Self::WrongPrediction,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
