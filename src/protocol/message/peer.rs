//! What replicas say to each other.

use super::client::Request;
use super::kind::MessageKind;
use crate::protocol::checkpoint::CheckpointId;
use crate::protocol::configuration::{Membership, REPLICAS_MAX};
use crate::protocol::durable::Lacking;
use crate::protocol::log::Entries;
use crate::protocol::numbers::{
    EpochNumber, Incarnation, Nonce, OpNumber, ReplicaNumber, ViewNumber,
};
use crate::protocol::pages::{Path, Piece};
use bytes::Bytes;
use core::fmt;
use std::sync::Arc;

/// What each message between replicas opens with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// The sender's view, and so its epoch.
    pub view: ViewNumber,
    /// The sender.
    pub from: ReplicaNumber,
    /// Which life of the sender speaks.
    pub incarnation: Incarnation,
}

/// What one replica says to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// ⟨PREPARE v, m, n, k⟩, §4.1 step 3.
    Prepare(Prepare),
    /// ⟨PREPAREOK v, n, i⟩, §4.1 step 4: the sender holds `n` and all before it.
    PrepareOk {
        /// The sender's op-number: `n`.
        op_number: OpNumber,
        /// The latest beat of the view that the sender has heard.
        beat: u64,
        /// Where there are witnesses (§6.1): what the sender has executed for good, also if it is
        /// started again.
        executed: OpNumber,
    },
    /// ⟨COMMIT v, k⟩, §4.1 step 6.
    Commit(Commit),
    /// ⟨STARTVIEWCHANGE v, i⟩, §4.2 step 1.
    StartViewChange {
        /// The view that the sender wants: its own, or the next one: `v`.
        wanted: ViewNumber,
    },
    /// ⟨DOVIEWCHANGE v, l, v', n, k, i⟩, §4.2 step 2.
    DoViewChange(Box<DoViewChange>),
    /// ⟨STARTVIEW v, l, n, k⟩, §4.2 step 4.
    StartView(Box<StartView>),
    /// ⟨RECOVERY i, x⟩, §4.3 step 1.
    Recovery {
        /// Names the attempt: `x`.
        nonce: Nonce,
        /// How much of the log the sender has got already.
        after: OpNumber,
    },
    /// ⟨RECOVERYRESPONSE v, x, l, n, k, j⟩, §4.3 step 2.
    RecoveryResponse(Box<RecoveryResponse>),
    /// ⟨GETSTATE v, n', i⟩, §5.2.
    GetState(GetState),
    /// ⟨NEWSTATE v, l, n, k⟩, §5.2.
    NewState(Box<NewState>),
    /// Some of a checkpoint is asked for, §5.1. The paper gives the message no name.
    GetPages(Box<GetPages>),
    /// Some of a checkpoint.
    Pages(Box<Pages>),
    /// ⟨STARTEPOCH e, n, old, new⟩, §7.1: to members that may not know it.
    StartEpoch(Membership),
    /// ⟨EPOCHSTARTED e, i⟩, §7.1: its sender takes part in that epoch, or did.
    EpochStarted(EpochNumber),
    /// ⟨NEWEPOCH e, n, old, new⟩, §7: to a replica of an earlier epoch.
    NewEpoch(Membership),
    /// ⟨PREDICT v, x, m⟩, §4.4. The paper gives the messages no names.
    Predict(Box<Predict>),
    /// ⟨PREDICTION v, x, p, i⟩, §4.4.
    Prediction(Box<Prediction>),
}

/// ⟨PREPARE v, m, n, k⟩ for one request or a batch of them (§6.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prepare {
    /// The op-number of the last entry: `n`.
    pub op_number: OpNumber,
    /// The primary's commit-number: `k`.
    pub commit_number: OpNumber,
    /// Counts what the primary says in the view, as a COMMIT does.
    pub beat: u64,
    /// Where there are witnesses (§6.1): what all have executed who run the service. Nobody needs
    /// it in a log any more.
    pub spent: OpNumber,
    /// The requests, whose op-numbers end with `op_number`: `m`.
    pub entries: Entries,
}

/// ⟨COMMIT v, k⟩: also the heartbeat of an idle primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commit {
    /// The primary's commit-number: `k`.
    pub commit_number: OpNumber,
    /// The primary's op-number, so that a backup sees what it lacks.
    pub op_number: OpNumber,
    /// Counts what the primary says in the view: an old heartbeat must not keep a dead primary
    /// alive, and an answer tells what it answers.
    pub beat: u64,
    /// As in a PREPARE.
    pub spent: OpNumber,
}

/// ⟨DOVIEWCHANGE v, l, v', n, k, i⟩.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DoViewChange {
    /// The latest view in which the sender's status was normal: `v'`.
    pub last_normal_view: ViewNumber,
    /// The end of the sender's log, with its op-number and commit-number: `l`, `n`, `k`.
    pub log: LogPart,
    /// What the sender held of the log of that view behind this, and its disk has lost: it may be
    /// one of those by whom that is committed, and does not know.
    pub lacking: Option<Lacking>,
    /// The latest life of each replica that the sender knows of.
    pub crash_vector: CrashVector,
}

/// ⟨STARTVIEW v, l, n, k⟩.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StartView {
    /// The end of the new log, with its op-number and commit-number.
    pub log: LogPart,
}

/// ⟨RECOVERYRESPONSE v, x, l, n, k, j⟩.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecoveryResponse {
    /// The attempt that is answered: `x`.
    pub nonce: Nonce,
    /// A part of the log; only the primary of its view sends one: `l`, `n`, `k`.
    pub log: Option<LogPart>,
    /// The group of the sender's epoch, for whoever knows of no such epoch yet.
    pub membership: Membership,
    /// The latest life of each replica that the sender knows of.
    pub crash_vector: CrashVector,
}

/// ⟨GETSTATE v, n', i⟩.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GetState {
    /// The view whose log is wanted: `v`.
    pub wanted: ViewNumber,
    /// What the sender has already: `n'`.
    pub after: OpNumber,
    /// What for.
    pub why: Why,
}

/// What a stretch of a log is fetched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// To take part in a view that runs (§5.2).
    View,
    /// To start the view: its primary asks whose log it has chosen (§5.3).
    ViewChange,
    /// To know what is committed, without taking part: who will be a member once (§7.5).
    Learning,
}

/// ⟨NEWSTATE v, l, n, k⟩.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NewState {
    /// The stretch of the log that was asked for.
    pub part: LogPart,
    /// What it was asked for: what is not committed is sent, too, but to who only learns.
    pub why: Why,
}

/// ⟨GETPAGES c, paths⟩: the nodes of a checkpoint's tree that its sender lacks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GetPages {
    /// Of which checkpoint: `c`.
    pub checkpoint: CheckpointId,
    /// Where they are in its tree.
    pub paths: Vec<Path>,
}

/// ⟨PAGES c, pieces⟩.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pages {
    /// Of which checkpoint: `c`.
    pub checkpoint: CheckpointId,
    /// The first of what was asked for; nothing where the sender has no such checkpoint.
    pub pieces: Vec<(Path, Piece)>,
}

/// ⟨PREDICT v, x, m⟩: what does the receiver predict for these requests?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Predict {
    /// Counts the rounds of the view: `x`.
    pub round: u64,
    /// The requests: `m`.
    pub requests: Requests,
}

/// Requests on their way: shared, so that sending them to many copies nothing.
pub type Requests = Arc<[Request]>;

/// ⟨PREDICTION v, x, p, i⟩.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prediction {
    /// The round that is answered: `x`.
    pub round: u64,
    /// What is predicted for each request of the round: `p`.
    pub predictions: Vec<Bytes>,
}

/// A stretch of a log and what it is a part of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogPart {
    /// The stretch begins behind this op-number.
    pub after: OpNumber,
    /// The stretch.
    pub entries: Entries,
    /// The op-number of the whole log: `n`. The stretch may end before it.
    pub op_number: OpNumber,
    /// The sender's commit-number: `k`.
    pub commit_number: OpNumber,
    /// The sender has let the stretch go: this checkpoint stands for it, and for more.
    pub compacted: Option<CheckpointId>,
}

impl DoViewChange {
    /// The op-number of the log that the sender held in its last normal view.
    #[must_use]
    pub fn claimed(&self) -> OpNumber {
        Lacking::claimed(self.log.op_number, self.lacking.as_ref())
    }
}

impl LogPart {
    /// The op-number of the last entry in the stretch.
    #[must_use]
    pub fn last(&self) -> OpNumber {
        self.after.plus(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))
    }

    /// No more of it than what is committed: what is behind that says nothing to who only learns.
    #[must_use]
    pub fn up_to(mut self, committed: OpNumber) -> Self {
        let count = usize::try_from(committed.since(self.after)).unwrap_or(usize::MAX);
        if count < self.entries.len() {
            self.entries = self.entries.iter().take(count).cloned().collect();
        }
        self.op_number = self.op_number.min(committed);
        self
    }

    /// Whether the numbers can all be true at once.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let is_compacted = |checkpoint: CheckpointId| {
            self.entries.is_empty()
                && self.after < checkpoint.op_number
                && checkpoint.op_number <= self.commit_number
        };
        self.last() <= self.op_number.max(self.after)
            && self.commit_number <= self.op_number
            && self.compacted.is_none_or(is_compacted)
    }
}

/// The latest life of each replica that somebody knows of, by replica-number.
///
/// Deviation (crash-vectors): not in the paper, whose recovery loses committed operations when
/// messages outlive the lives of their senders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CrashVector(pub [Incarnation; 16]);

const _: () = assert!(REPLICAS_MAX == 16);

impl Peer {
    /// The group that it tells of, if it does.
    #[must_use]
    pub const fn membership(&self) -> Option<Membership> {
        match self {
            Self::StartEpoch(membership) | Self::NewEpoch(membership) => Some(*membership),
            Self::Prepare(_)
            | Self::PrepareOk { .. }
            | Self::Commit(_)
            | Self::StartViewChange { .. }
            | Self::DoViewChange(_)
            | Self::StartView(_)
            | Self::Recovery { .. }
            | Self::RecoveryResponse(_)
            | Self::GetState(_)
            | Self::NewState(_)
            | Self::GetPages(_)
            | Self::Pages(_)
            | Self::EpochStarted(_)
            | Self::Predict(_)
            | Self::Prediction(_) => None,
        }
    }

    /// What kind of message this is.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::Prepare(_) => MessageKind::Prepare,
            Self::PrepareOk { .. } => MessageKind::PrepareOk,
            Self::Commit(_) => MessageKind::Commit,
            Self::StartViewChange { .. } => MessageKind::StartViewChange,
            Self::DoViewChange(_) => MessageKind::DoViewChange,
            Self::StartView(_) => MessageKind::StartView,
            Self::Recovery { .. } => MessageKind::Recovery,
            Self::RecoveryResponse(_) => MessageKind::RecoveryResponse,
            Self::GetState(_) => MessageKind::GetState,
            Self::NewState(_) => MessageKind::NewState,
            Self::GetPages(_) => MessageKind::GetPages,
            Self::Pages(_) => MessageKind::Pages,
            Self::StartEpoch(_) => MessageKind::StartEpoch,
            Self::EpochStarted(_) => MessageKind::EpochStarted,
            Self::NewEpoch(_) => MessageKind::NewEpoch,
            Self::Predict(_) => MessageKind::Predict,
            Self::Prediction(_) => MessageKind::Prediction,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::View => "",
            Self::ViewChange => " for the view change",
            Self::Learning => " to learn",
        })
    }
}

/// A commit-number prints as `k`, though its type is that of every op-number.
struct K(OpNumber);

impl fmt::Display for K {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "k{}", self.0.0)
    }
}

/// What nobody needs in a log any more; nothing where there are no witnesses.
struct Spent(OpNumber);

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > OpNumber(0) { write!(f, " spent {}", self.0) } else { Ok(()) }
    }
}

impl fmt::Display for LogPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.op_number, K(self.commit_number))?;
        if !self.entries.is_empty() {
            write!(f, " [{}..{}]", self.after.next(), self.last())?;
        }
        if let Some(checkpoint) = self.compacted {
            write!(f, " {checkpoint}")?;
        }
        Ok(())
    }
}

impl Peer {
    /// What comes behind its kind and its view.
    pub(super) fn fmt_body(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prepare(m) => {
                write!(f, " {} {}{}", m.op_number, K(m.commit_number), Spent(m.spent))?;
                for entry in m.entries.iter() {
                    write!(f, " {}/{}", entry.client, entry.request_number)?;
                }
                Ok(())
            }
            Self::PrepareOk { op_number, executed, .. } => {
                write!(f, " {op_number}")?;
                if *executed > OpNumber(0) { write!(f, " executed {executed}") } else { Ok(()) }
            }
            Self::Commit(m) => {
                write!(f, " {} {}{}", K(m.commit_number), m.op_number, Spent(m.spent))
            }
            Self::StartViewChange { wanted } => write!(f, " wants {wanted}"),
            Self::DoViewChange(m) => {
                write!(f, " last normal {} {}", m.last_normal_view, m.log)?;
                match &m.lacking {
                    Some(lacking) => write!(f, " lacking up to {}", lacking.last),
                    None => Ok(()),
                }
            }
            Self::StartView(m) => write!(f, " {}", m.log),
            Self::Recovery { nonce, after } => write!(f, " {nonce} after {after}"),
            Self::RecoveryResponse(m) => match &m.log {
                Some(log) => write!(f, " {} {log}", m.nonce),
                None => write!(f, " {}", m.nonce),
            },
            Self::GetState(m) => {
                write!(f, " of {} after {}{}", m.wanted, m.after, m.why)
            }
            Self::NewState(m) => {
                write!(f, " {}{}", m.part, m.why)
            }
            Self::GetPages(m) => {
                write!(f, " {}:", m.checkpoint)?;
                m.paths.iter().try_for_each(|path| write!(f, " {path}"))
            }
            Self::Predict(m) => {
                write!(f, " x{}", m.round)?;
                let mut requests = m.requests.iter();
                requests.try_for_each(|m| write!(f, " {}/{}", m.client, m.request_number))
            }
            Self::Prediction(m) => write!(f, " x{} of {}", m.round, m.predictions.len()),
            Self::Pages(m) => {
                write!(f, " {}:", m.checkpoint)?;
                m.pieces.iter().try_for_each(|(path, _)| write!(f, " {path}"))
            }
            Self::StartEpoch(m) | Self::NewEpoch(m) => {
                write!(f, " {} since {} {}", m.epoch, m.since, m.configuration)
            }
            Self::EpochStarted(epoch) => write!(f, " {epoch}"),
        }
    }
}
