//! What a replica is doing, with the state that only that needs; every change of it is here.

use super::super::configuration::{Membership, ReplicaSet};
use super::super::log::{Entries, Entry};
use super::super::mark::Mark;
use super::super::message::{DoViewChange, LogPart, Peer, Read, Request};
use super::super::numbers::{Incarnation, LocalTime, Nonce, OpNumber, ReplicaNumber, ViewNumber};
use super::super::output::{Outbox, Timer};
use super::super::service::Service;
use super::Replica;
use super::lease::Sent;
use super::predictions::Round;
use super::reconfiguration::{Lost, Outsider};
use super::state_transfer::Salvage;
use super::stretch::Stretch;
use core::hash::{Hash, Hasher};
use std::collections::VecDeque;

/// A replica's status (figure 2).
#[derive(Clone, Debug, Hash)]
pub(super) enum Status {
    /// It processes requests (§4.1).
    Normal(Role),
    /// It is on its way to the view that it is in (§4.2).
    ViewChange(ViewChange),
    /// It lost its memory and collects it from the others (§4.3).
    Recovering(Recovering),
    /// It is no member of the group of its epoch (§7).
    Transitioning(Outsider),
    /// It was replaced, and is not needed any more (§7.1.2).
    ShutDown {
        /// Where it has lost its memory and learned then that it is no member.
        lost: Option<Lost>,
    },
}

/// What a replica is in its running view.
#[derive(Clone, Debug, Hash)]
pub(super) enum Role {
    Primary(Box<Primary>),
    Backup(Backup),
}

/// The primary of a running view.
#[derive(Clone, Debug)]
pub(super) struct Primary {
    /// Up to where each replica holds the log *of this view*; its own op-number among them.
    /// Acknowledgements are cumulative, since a backup's log is a prefix of this one.
    pub(super) acknowledged: Box<[OpNumber]>,
    /// Up to where each replica has executed for good, as it said.
    pub(super) executed: Box<[OpNumber]>,
    /// The last op-number of each PREPARE that waits for its quorum.
    pub(super) pipeline: VecDeque<OpNumber>,
    /// Requests that wait for a place in the pipeline.
    pub(super) requests: VecDeque<Request>,
    /// Which backups were heard since the last look.
    pub(super) heard: ReplicaSet,
    /// It heard no quorum for too long and leaves the view to others.
    pub(super) has_abdicated: bool,
    /// Counts what it says in the view.
    pub(super) beat: u64,
    /// Up to which of that each replica has answered.
    pub(super) beats: Box<[u64]>,
    /// When it said that, by its own clock.
    pub(super) sent: Sent,
    /// When the view began, by its own clock.
    pub(super) since: LocalTime,
    /// The last operation that the view began with: some of them may have been answered by the
    /// primary before.
    pub(super) settled: OpNumber,
    /// Reads that wait until a quorum has answered something said since.
    pub(super) reads: VecDeque<PendingRead>,
    /// The requests for which the backups are being asked what they predict (§4.4). It ends with
    /// the view.
    pub(super) round: Option<Box<Round>>,
    /// Counts the rounds of the view.
    pub(super) rounds: u64,
}

/// By all but what reads beside the log depend on.
impl Hash for Primary {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { acknowledged, executed, pipeline, requests, heard, has_abdicated, .. } = self;
        (acknowledged, executed, pipeline, requests, heard, has_abdicated).hash(state);
        (self.settled, &self.round, self.rounds).hash(state);
    }
}

/// A read that waits.
#[derive(Clone, Debug, Hash)]
pub(super) struct PendingRead {
    pub(super) read: Read,
    /// Which beat must be answered.
    pub(super) needs: u64,
}

/// A backup of a running view.
#[derive(Clone, Debug, Default)]
pub(super) struct Backup {
    /// The latest heartbeat of the view.
    pub(super) beat: u64,
}

impl Hash for Backup {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// On the way to a view.
#[derive(Clone, Debug, Hash)]
pub(super) struct ViewChange {
    /// What each replica said, with the life in which it said it; only the primary-to-be
    /// collects them.
    pub(super) collected: Box<[Option<(Incarnation, DoViewChange)>]>,
    /// The chosen log's missing stretch, while it is fetched (§5.3).
    pub(super) merge: Option<Merge>,
}

/// A new primary's search for the entries between its log and the suffix it has chosen.
#[derive(Clone, Debug, Hash)]
pub(super) struct Merge {
    /// The log that was chosen.
    pub(super) choice: Choice,
    /// The last of its own operations that the chosen log holds too.
    pub(super) kept: OpNumber,
    /// What came so far, from behind `kept` on.
    pub(super) staged: Stretch,
}

/// The log that a new view starts with, as chosen from what a quorum said.
#[derive(Clone, Debug, Hash)]
pub(super) struct Choice {
    /// Whose log it is.
    pub(super) source: ReplicaNumber,
    pub(super) last_normal_view: ViewNumber,
    pub(super) log: LogPart,
    /// What follows it, from those who have lost what is before.
    pub(super) extra: Vec<Entry>,
    /// The largest commit-number that anybody knew.
    pub(super) commit_number: OpNumber,
    /// The smallest, so that STARTVIEW reaches down to everybody's log.
    pub(super) commit_min: OpNumber,
    /// Whether the votes came from different last normal views.
    pub(super) is_mixed: bool,
}

impl Choice {
    /// The op-number of the log that the view starts with.
    pub(super) fn op_number(&self) -> OpNumber {
        self.log.op_number.plus(u64::try_from(self.extra.len()).unwrap_or(u64::MAX))
    }
}

/// Collecting what was lost.
#[derive(Clone, Debug, Hash)]
pub(super) struct Recovering {
    /// Names the attempt.
    pub(super) nonce: Nonce,
    /// It stays, where it is no member.
    pub(super) joins: bool,
    /// The latest group that anybody has told of.
    pub(super) membership: Membership,
    /// The view that each replica answered from.
    pub(super) views: [Option<ViewNumber>; 16],
    /// The log so far, of the primary of the latest of those views; from behind a checkpoint on,
    /// where there is one.
    pub(super) staged: Stretch,
    /// How long that log was when its primary last answered.
    pub(super) target: Option<OpNumber>,
    /// Up to where the log is known to be committed.
    pub(super) committed: OpNumber,
}

impl Recovering {
    /// From nothing but what is executed already.
    fn new(nonce: Nonce, joins: bool, membership: Membership, executed: OpNumber) -> Self {
        let views = [None; 16];
        let staged = Stretch::behind(executed);
        Self { nonce, joins, membership, views, staged, target: None, committed: executed }
    }
}

/// The status as far as others need to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusKind {
    /// Processing requests.
    Normal,
    /// On the way to a view.
    ViewChange,
    /// Collecting the lost memory.
    Recovering,
    /// No member of the group.
    Transitioning,
    /// Replaced, and not needed any more.
    ShutDown,
}

impl StatusKind {
    /// Every status.
    pub const ALL: [Self; 5] =
        [Self::Normal, Self::ViewChange, Self::Recovering, Self::Transitioning, Self::ShutDown];

    /// Its name in the paper.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::ViewChange => "view-change",
            Self::Recovering => "recovering",
            Self::Transitioning => "transitioning",
            Self::ShutDown => "shut-down",
        }
    }
}

impl Status {
    pub(super) const fn kind(&self) -> StatusKind {
        match self {
            Self::Normal(_) => StatusKind::Normal,
            Self::ViewChange(_) => StatusKind::ViewChange,
            Self::Recovering(_) => StatusKind::Recovering,
            Self::Transitioning(_) => StatusKind::Transitioning,
            Self::ShutDown { .. } => StatusKind::ShutDown,
        }
    }
}

impl<S: Service> Replica<S> {
    /// Leads the view that it is in, with the log that it has.
    pub(super) fn become_primary(&mut self, out: &mut Outbox) {
        assert!(self.is_primary_of(self.view));
        let mut acknowledged = self.one_each(OpNumber(0));
        acknowledged[self.number.index()] = self.held_at_once();
        let mut pipeline = VecDeque::new();
        if self.op_number() > self.commit_number {
            pipeline.push_back(self.op_number());
        }
        self.enter_normal(out);
        self.rebuild_in_flight();
        self.status = Status::Normal(Role::Primary(Box::new(Primary {
            acknowledged,
            executed: self.one_each(OpNumber(0)),
            pipeline,
            requests: VecDeque::new(),
            heard: ReplicaSet::EMPTY,
            has_abdicated: false,
            beat: 0,
            beats: self.one_each(0),
            sent: Sent::default(),
            since: self.now,
            settled: self.op_number(),
            reads: VecDeque::new(),
            round: None,
            rounds: 0,
        })));
        let timeouts = self.settings.timeouts;
        out.set_timer(Timer::Heartbeat, timeouts.heartbeat);
        if self.op_number() > self.commit_number {
            out.set_timer(Timer::PrepareResend, timeouts.resend);
        }
        if self.membership.configuration.quorum() > 1 {
            out.set_timer(Timer::QuorumCheck, timeouts.primary_silence);
        }
    }

    /// Follows the primary of the view that it is in, with the log that it has.
    pub(super) fn become_backup(&mut self, out: &mut Outbox) {
        assert!(!self.is_primary_of(self.view));
        self.enter_normal(out);
        self.status = Status::Normal(Role::Backup(Backup::default()));
        out.set_timer(Timer::PrimarySilence, self.settings.timeouts.primary_silence);
    }

    /// Sets out for a later view: nothing of an earlier one is accepted from here on.
    pub(super) fn become_view_change(&mut self, view: ViewNumber, out: &mut Outbox) {
        assert!(view > self.view);
        self.view = view;
        self.resume_view_change(out);
    }

    /// Is on the way to the view that it is in, which has not started for it.
    pub(super) fn resume_view_change(&mut self, out: &mut Outbox) {
        let view = self.view;
        self.leave_status(out);
        let collected = self.one_each(None);
        self.status = Status::ViewChange(ViewChange { collected, merge: None });
        let timeouts = self.settings.timeouts;
        out.set_timer(Timer::ViewChangeResend, timeouts.resend);
        out.set_timer(Timer::ViewChangeStall, timeouts.view_change);
        out.broadcast(self.others(), self.peer(Peer::StartViewChange { wanted: view }));
        self.vote_for_log(out);
        if self.membership.configuration.quorum() == 1 {
            // There is nobody else to wait for.
            self.start_view_if_a_quorum_voted(out);
        }
    }

    /// Starts a life without memory, or finds out that it is about to lead one.
    pub(super) fn become_recovering(&mut self, nonce: Nonce, joins: bool, out: &mut Outbox) {
        self.leave_status(out);
        let (membership, executed) = (self.membership, self.commit_number);
        self.status = Status::Recovering(Recovering::new(nonce, joins, membership, executed));
        self.on_recovery_resend_timer(out);
    }

    /// Is no member of the epoch that it is in: it was replaced, or waits to become one.
    pub(super) fn become_outsider(&mut self, out: &mut Outbox) {
        assert!(!self.membership.configuration.contains(self.number));
        if let Status::Transitioning(Outsider::Standby { source, lost }) = self.status {
            self.become_standby(source, lost, out);
        } else if self.membership.former.contains(self.number) {
            self.last_normal_view = self.view;
            self.leave_status(out);
            let confirmed = ReplicaSet::EMPTY;
            self.status = Status::Transitioning(Outsider::Replaced { confirmed });
            self.on_epoch_resend_timer(out);
        } else {
            let known = self.known_replicas().iter().next();
            self.become_standby(known.unwrap_or(self.number), None, out);
        }
    }

    /// Follows what is committed, and asks that replica first.
    pub(super) fn become_standby(
        &mut self,
        source: ReplicaNumber,
        lost: Option<Lost>,
        out: &mut Outbox,
    ) {
        self.view = ViewNumber::first_of(self.membership.epoch);
        self.last_normal_view = self.view;
        self.leave_status(out);
        self.status = Status::Transitioning(Outsider::Standby { source, lost });
        self.learn(out);
    }

    /// Takes no part any more.
    pub(super) fn become_shut_down(&mut self, lost: Option<Lost>, out: &mut Outbox) {
        self.view = ViewNumber::first_of(self.membership.epoch);
        self.last_normal_view = self.view;
        self.leave_status(out);
        self.status = Status::ShutDown { lost };
    }

    /// What primary and backup have in common. The log and its view belong together from here
    /// on: nothing may come between this and the replacement of the log.
    fn enter_normal(&mut self, out: &mut Outbox) {
        if self.last_normal_view < self.view {
            // The log is that of another view now, and whole.
            self.lacking = None;
        }
        self.last_normal_view = self.view;
        self.leave_status(out);
        // The log is whole now.
        self.salvage = Salvage::default();
    }

    fn leave_status(&mut self, out: &mut Outbox) {
        self.votes = ReplicaSet::EMPTY;
        if let Status::Normal(Role::Primary(primary)) = &self.status
            && primary.round.is_some()
        {
            out.mark(Mark::PredictDropped);
        }
        self.salvage_transfer();
        self.drop_merge();
        let timers: &[Timer] = match self.status {
            Status::Normal(Role::Primary(_)) => {
                &[Timer::Heartbeat, Timer::PrepareResend, Timer::QuorumCheck, Timer::PredictResend]
            }
            Status::Normal(Role::Backup(_)) => &[Timer::PrimarySilence],
            Status::ViewChange(_) => &[Timer::ViewChangeResend, Timer::ViewChangeStall],
            Status::Recovering(_) => &[Timer::RecoveryResend],
            Status::Transitioning(_) => &[Timer::EpochResend],
            Status::ShutDown { .. } => &[],
        };
        for &timer in timers {
            out.cancel_timer(timer);
        }
        out.cancel_timer(Timer::VotesExpire);
        out.cancel_timer(Timer::TransferResend);
        out.cancel_timer(Timer::PromiseEnds);
    }

    /// Derives from the log what is in flight. Only a primary is asked about it, so it is kept
    /// only there, and begins with the log that the view begins with.
    fn rebuild_in_flight(&mut self) {
        self.client_table.forget_in_flight();
        let mut op_number = self.commit_number.next();
        while let Some(entry) = self.log.get(op_number) {
            self.client_table.start(entry.client, entry.request_number);
            op_number = op_number.next();
        }
    }

    /// Replaces what follows `kept` by these entries.
    pub(super) fn replace_log_after(
        &mut self,
        kept: OpNumber,
        entries: impl IntoIterator<Item = Entry>,
    ) {
        assert!(kept >= self.commit_number, "what is committed is never replaced");
        self.log.truncate_after(kept);
        for entry in entries {
            self.log.append(entry);
        }
        assert!(self.op_number() >= self.commit_number);
    }

    /// The part of the entries that lies behind `after`, where they begin behind `begin`.
    pub(super) fn skip_known(begin: OpNumber, entries: &Entries, after: OpNumber) -> Vec<Entry> {
        let known = usize::try_from(after.since(begin)).unwrap_or(usize::MAX);
        entries.iter().skip(known).cloned().collect()
    }

    /// One for each number up to the last member's.
    pub(super) fn one_each<T: Clone>(&self, value: T) -> Box<[T]> {
        let last = self.membership.configuration.members().last();
        vec![value; last.map_or(0, ReplicaNumber::index) + 1].into_boxed_slice()
    }
}
