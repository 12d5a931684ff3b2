//! The messages of the paper, and how they print.

use super::checkpoint::CheckpointId;
use super::configuration::{Configuration, Membership, REPLICAS_MAX};
use super::durable::Lacking;
use super::log::{Entries, EntryKind};
use super::numbers::{
    ClientId, EpochNumber, Incarnation, Nonce, OpNumber, ReplicaNumber, RequestNumber, ViewNumber,
};
use super::pages::{Path, Piece};
use bytes::Bytes;
use core::fmt;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything that travels between clients and replicas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A client is to be known.
    Register(Register),
    /// A client may ask.
    Registered(Registered),
    /// A client asks.
    Request(Request),
    /// A replica answers a client.
    Reply(Reply),
    /// A replica will not take a client's request.
    Refusal(Refusal),
    /// A client asks what is so, and changes nothing.
    Read(Read),
    /// A replica answers that.
    Answer(Answer),
    /// A replica tells a client of a later epoch.
    NewEpoch(NewEpoch),
    /// A replica speaks to a replica.
    Peer(Header, Peer),
}

/// A client that has not asked for anything yet wants to.
///
/// Deviation (eviction): not in the paper, whose replicas remember every client for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// The epoch that the client believes in.
    pub epoch: EpochNumber,
    /// Who.
    pub client: ClientId,
}

/// From here on it may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// As new as what was answered to anybody before the read was asked; only the primary can tell
    /// (§6.3.1).
    Latest,
    /// As new as what the client has seen: that operation. Any replica can tell that has executed
    /// it (§6.3.2).
    Behind(OpNumber),
}

/// ⟨ANSWER v, s, n, x⟩, §6.3.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewEpoch {
    /// The replica's view, of the later epoch.
    pub view: ViewNumber,
    /// Its members.
    pub configuration: Configuration,
}

/// A request is not taken, and why. Not in the paper, which has no bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Another reconfiguration is under way.
    Reconfiguring,
    /// What the replicas predict for it does not go together: perhaps their services are of
    /// different versions. It was not executed.
    Unpredictable,
}

/// What each message between replicas opens with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The sender's view, and so its epoch.
    pub view: ViewNumber,
    /// The sender.
    pub from: ReplicaNumber,
    /// Which life of the sender speaks.
    pub incarnation: Incarnation,
}

/// What one replica says to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// ⟨PREPARE v, m, n, k⟩, §4.1 step 3.
    Prepare(Prepare),
    /// ⟨PREPAREOK v, n, i⟩, §4.1 step 4: the sender holds `n` and all before it.
    PrepareOk {
        /// The sender's op-number: `n`.
        op_number: OpNumber,
        /// The latest beat of the view that the sender has heard.
        beat: u64,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepare {
    /// The op-number of the last entry: `n`.
    pub op_number: OpNumber,
    /// The primary's commit-number: `k`.
    pub commit_number: OpNumber,
    /// Counts what the primary says in the view, as a COMMIT does.
    pub beat: u64,
    /// The requests, whose op-numbers end with `op_number`: `m`.
    pub entries: Entries,
}

/// ⟨COMMIT v, k⟩: also the heartbeat of an idle primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The primary's commit-number: `k`.
    pub commit_number: OpNumber,
    /// The primary's op-number, so that a backup sees what it lacks.
    pub op_number: OpNumber,
    /// Counts what the primary says in the view: an old heartbeat must not keep a dead primary
    /// alive, and an answer tells what it answers.
    pub beat: u64,
}

/// ⟨DOVIEWCHANGE v, l, v', n, k, i⟩.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartView {
    /// The end of the new log, with its op-number and commit-number.
    pub log: LogPart,
}

/// ⟨RECOVERYRESPONSE v, x, l, n, k, j⟩.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetState {
    /// The view whose log is wanted: `v`.
    pub wanted: ViewNumber,
    /// What the sender has already: `n'`.
    pub after: OpNumber,
    /// What for.
    pub why: Why,
}

/// What a stretch of a log is fetched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// To take part in a view that runs (§5.2).
    View,
    /// To start the view: its primary asks whose log it has chosen (§5.3).
    ViewChange,
    /// To know what is committed, without taking part: who will be a member once (§7.5).
    Learning,
}

/// ⟨NEWSTATE v, l, n, k⟩.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewState {
    /// The stretch of the log that was asked for.
    pub part: LogPart,
    /// What it was asked for: what is not committed is sent, too, but to who only learns.
    pub why: Why,
}

/// ⟨GETPAGES c, paths⟩: the nodes of a checkpoint's tree that its sender lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetPages {
    /// Of which checkpoint: `c`.
    pub checkpoint: CheckpointId,
    /// Where they are in its tree.
    pub paths: Vec<Path>,
}

/// ⟨PAGES c, pieces⟩.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// Of which checkpoint: `c`.
    pub checkpoint: CheckpointId,
    /// The first of what was asked for; nothing where the sender has no such checkpoint.
    pub pieces: Vec<(Path, Piece)>,
}

/// ⟨PREDICT v, x, m⟩: what does the receiver predict for these requests?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predict {
    /// Counts the rounds of the view: `x`.
    pub round: u64,
    /// The requests: `m`.
    pub requests: Requests,
}

/// Requests on their way: shared, so that sending them to many copies nothing.
pub type Requests = Arc<[Request]>;

/// ⟨PREDICTION v, x, p, i⟩.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// The round that is answered: `x`.
    pub round: u64,
    /// What is predicted for each request of the round: `p`.
    pub predictions: Vec<Bytes>,
}

/// A stretch of a log and what it is a part of.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        self.lacking.as_ref().map_or(self.log.op_number, |lacking| lacking.last)
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrashVector(pub [Incarnation; 16]);

const _: () = assert!(REPLICAS_MAX == 16);

/// What kind of message: what faults, filters and the gate go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageKind {
    /// REQUEST.
    Request,
    /// REPLY.
    Reply,
    /// REFUSAL.
    Refusal,
    /// PREPARE.
    Prepare,
    /// PREPAREOK.
    PrepareOk,
    /// COMMIT.
    Commit,
    /// STARTVIEWCHANGE.
    StartViewChange,
    /// DOVIEWCHANGE.
    DoViewChange,
    /// STARTVIEW.
    StartView,
    /// RECOVERY.
    Recovery,
    /// RECOVERYRESPONSE.
    RecoveryResponse,
    /// GETSTATE.
    GetState,
    /// NEWSTATE.
    NewState,
    /// GETPAGES.
    GetPages,
    /// PAGES.
    Pages,
    /// REGISTER.
    Register,
    /// REGISTERED.
    Registered,
    /// READ.
    Read,
    /// ANSWER.
    Answer,
    /// STARTEPOCH.
    StartEpoch,
    /// EPOCHSTARTED.
    EpochStarted,
    /// NEWEPOCH.
    NewEpoch,
    /// PREDICT.
    Predict,
    /// PREDICTION.
    Prediction,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Request,
        Self::Reply,
        Self::Refusal,
        Self::Prepare,
        Self::PrepareOk,
        Self::Commit,
        Self::StartViewChange,
        Self::DoViewChange,
        Self::StartView,
        Self::Recovery,
        Self::RecoveryResponse,
        Self::GetState,
        Self::NewState,
        Self::GetPages,
        Self::Pages,
        Self::Register,
        Self::Registered,
        Self::Read,
        Self::Answer,
        Self::StartEpoch,
        Self::EpochStarted,
        Self::NewEpoch,
        Self::Predict,
        Self::Prediction,
    ];

    /// Its name in the paper.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Reply => "REPLY",
            Self::Refusal => "REFUSAL",
            Self::Prepare => "PREPARE",
            Self::PrepareOk => "PREPAREOK",
            Self::Commit => "COMMIT",
            Self::StartViewChange => "STARTVIEWCHANGE",
            Self::DoViewChange => "DOVIEWCHANGE",
            Self::StartView => "STARTVIEW",
            Self::Recovery => "RECOVERY",
            Self::RecoveryResponse => "RECOVERYRESPONSE",
            Self::GetState => "GETSTATE",
            Self::NewState => "NEWSTATE",
            Self::GetPages => "GETPAGES",
            Self::Pages => "PAGES",
            Self::Register => "REGISTER",
            Self::Registered => "REGISTERED",
            Self::Read => "READ",
            Self::Answer => "ANSWER",
            Self::StartEpoch => "STARTEPOCH",
            Self::EpochStarted => "EPOCHSTARTED",
            Self::NewEpoch => "NEWEPOCH",
            Self::Predict => "PREDICT",
            Self::Prediction => "PREDICTION",
        }
    }
}

impl Message {
    /// Whether it says what its sender holds or will not do: not to be taken back. A primary that
    /// prepares or commits speaks for its view, and not for its disk; so does who predicts.
    #[must_use]
    pub const fn is_promise(&self) -> bool {
        !matches!(
            self.kind(),
            MessageKind::Prepare
                | MessageKind::Commit
                | MessageKind::Predict
                | MessageKind::Prediction
        )
    }

    /// What kind of message this is.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        match self {
            Self::Register(_) => MessageKind::Register,
            Self::Registered(_) => MessageKind::Registered,
            Self::Request(_) => MessageKind::Request,
            Self::Reply(_) => MessageKind::Reply,
            Self::Refusal(_) => MessageKind::Refusal,
            Self::Read(_) => MessageKind::Read,
            Self::Answer(_) => MessageKind::Answer,
            Self::NewEpoch(_) => MessageKind::NewEpoch,
            Self::Peer(_, peer) => peer.kind(),
        }
    }
}

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

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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
            Self::Reconfiguring => "another reconfiguration is under way",
            Self::Unpredictable => "the replicas' predictions do not fit together",
        })
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

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind())?;
        match self {
            Self::Register(m) => write!(f, " {}", m.client),
            Self::Registered(m) => write!(f, " {} {} {}", m.view, m.client, m.born),
            Self::Request(m) => {
                let what = match m.kind {
                    EntryKind::Operation => "",
                    EntryKind::Reconfiguration => " RECONFIGURATION",
                    EntryKind::CheckEpoch => " CHECKEPOCH",
                };
                write!(f, " {} {}{what}", m.client, m.request_number)
            }
            Self::Reply(m) => write!(f, " {} {} {}", m.view, m.client, m.request_number),
            Self::Refusal(m) => {
                write!(f, " {} {} {}: {}", m.view, m.client, m.request_number, m.reason)
            }
            Self::Read(m) => {
                write!(f, " {} {}", m.client, m.request_number)?;
                match m.freshness {
                    Freshness::Latest => Ok(()),
                    Freshness::Behind(seen) => write!(f, " seen {seen}"),
                }
            }
            Self::Answer(m) => {
                write!(f, " {} {} {} {}", m.view, m.client, m.request_number, m.op_number)
            }
            Self::NewEpoch(m) => write!(f, " {} {}", m.view, m.configuration.set()),
            Self::Peer(header, peer) => {
                write!(f, " {}", header.view)?;
                peer.fmt_body(f)?;
                if header.incarnation > Incarnation(0) {
                    write!(f, " {}", header.incarnation)?;
                }
                Ok(())
            }
        }
    }
}

impl Peer {
    fn fmt_body(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prepare(m) => {
                write!(f, " {} {}", m.op_number, K(m.commit_number))?;
                for entry in m.entries.iter() {
                    write!(f, " {}/{}", entry.client, entry.request_number)?;
                }
                Ok(())
            }
            Self::PrepareOk { op_number, .. } => write!(f, " {op_number}"),
            Self::Commit(m) => write!(f, " {} {}", K(m.commit_number), m.op_number),
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
                write!(f, " {} since {} {}", m.epoch, m.since, m.configuration.set())
            }
            Self::EpochStarted(epoch) => write!(f, " {epoch}"),
        }
    }
}
