//! Hosts that cheat: broken systems that the simulator must see through, or it sees nothing.
//!
//! The replica's code stays as it is. What is broken is how it is hosted, in ways that amount
//! to well-known mistakes of such systems. Whoever wants to see what a failure looks like asks
//! for one: `[cluster] sabotage = "answers-too-soon"`.

use crate::protocol::Durability;

/// How a host cheats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// It acknowledges its own PREPAREs in the name of everybody: the primary commits and
    /// answers before anybody else holds the operation.
    AnswersTooSoon,
    /// It restarts a replica that lost its memory as a new member, without recovery.
    ForgetsToRecover,
    /// It swallows the timers by which messages are sent again.
    NeverResends,
    /// It swallows what others send to bring its replica up to date.
    NeverCatchesUp,
    /// It gives a client the answer to another of its requests.
    AnswersWrongly,
    /// Its service returns something that depends on the replica.
    DiffersByReplica,
    /// It says PREPAREOK for more than its replica holds.
    PromisesTooMuch,
    /// It sends what its replica promises without waiting for the disk.
    SpeaksBeforeItsDisk,
    /// It restarts a replica with an empty disk, as if it had never been there.
    LosesItsDisk,
    /// It goes on as if a write had been durable that has failed.
    TrustsAFailedSync,
}

impl Sabotage {
    /// Every way.
    pub const ALL: [Self; 10] = [
        Self::AnswersTooSoon,
        Self::ForgetsToRecover,
        Self::NeverResends,
        Self::NeverCatchesUp,
        Self::AnswersWrongly,
        Self::DiffersByReplica,
        Self::PromisesTooMuch,
        Self::SpeaksBeforeItsDisk,
        Self::LosesItsDisk,
        Self::TrustsAFailedSync,
    ];

    /// Whether the group must have disks for it, or must have none.
    #[must_use]
    pub const fn durability(self) -> Option<Durability> {
        match self {
            Self::SpeaksBeforeItsDisk | Self::LosesItsDisk | Self::TrustsAFailedSync => {
                Some(Durability::Disk)
            }
            Self::ForgetsToRecover => Some(Durability::Memory),
            Self::AnswersTooSoon
            | Self::NeverResends
            | Self::NeverCatchesUp
            | Self::AnswersWrongly
            | Self::DiffersByReplica
            | Self::PromisesTooMuch => None,
        }
    }

    /// As it is written in scenarios and on command lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AnswersTooSoon => "answers-too-soon",
            Self::ForgetsToRecover => "forgets-to-recover",
            Self::NeverResends => "never-resends",
            Self::NeverCatchesUp => "never-catches-up",
            Self::AnswersWrongly => "answers-wrongly",
            Self::DiffersByReplica => "differs-by-replica",
            Self::PromisesTooMuch => "promises-too-much",
            Self::SpeaksBeforeItsDisk => "speaks-before-its-disk",
            Self::LosesItsDisk => "loses-its-disk",
            Self::TrustsAFailedSync => "trusts-a-failed-sync",
        }
    }

    /// What is broken, in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnswersTooSoon => "a primary that answers before a quorum holds the operation",
            Self::ForgetsToRecover => "a replica that restarts empty and takes part at once",
            Self::NeverResends => "a group that never sends anything again",
            Self::NeverCatchesUp => "a replica that lags and is never brought up to date",
            Self::AnswersWrongly => "a primary that mixes up its answers",
            Self::DiffersByReplica => "a service that is not deterministic",
            Self::PromisesTooMuch => "a backup that acknowledges what it does not hold",
            Self::SpeaksBeforeItsDisk => "a replica whose promises do not wait for its disk",
            Self::LosesItsDisk => "a replica whose disk is empty when it restarts",
            Self::TrustsAFailedSync => "a replica that goes on after a write that failed",
        }
    }

    /// Who must catch it: an invariant that sees it only by luck does not count.
    #[must_use]
    pub const fn judges(self) -> &'static [&'static str] {
        match self {
            Self::AnswersTooSoon => &["quorum-log"],
            Self::ForgetsToRecover => &["quorum-log", "one-primary", "log-matching"],
            Self::NeverResends | Self::NeverCatchesUp => &["liveness"],
            Self::AnswersWrongly => &["reply"],
            Self::DiffersByReplica => &["agreement"],
            Self::PromisesTooMuch
            | Self::SpeaksBeforeItsDisk
            | Self::LosesItsDisk
            | Self::TrustsAFailedSync => &["promise"],
        }
    }

    /// The sabotage of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sabotage| sabotage.word() == word)
    }

    /// All words, as a message lists them.
    #[must_use]
    pub fn words() -> String {
        Self::ALL.map(Self::word).join(", ")
    }
}
