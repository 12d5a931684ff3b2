//! One replica (§4, figure 2): its state, and the one way in and out.

mod checkpoint;
mod gate;
mod invariants;
mod lease;
mod normal;
mod page_transfer;
mod predictions;
mod reads;
mod reconfiguration;
mod recovery;
mod restart;
mod state;
mod state_transfer;
mod status;
mod stretch;
mod view_change;
mod witness;

pub use status::StatusKind;

use super::checkpoint::Checkpoint;
use super::client_table::ClientTable;
use super::configuration::{Configuration, Membership, REPLICAS_MAX, ReplicaSet};
use super::durable::{Lacking, Ticket, Written};
use super::log::{Entry, Log};
use super::message::{CrashVector, Header, Message, Peer};
use super::numbers::{Incarnation, LocalTime, Nonce, OpNumber, ReplicaNumber, ViewNumber};
use super::output::{Outbox, Timer};
use super::service::Service;
use super::settings::{InvalidSetting, Reads, Settings};
use page_transfer::Fetch;
use reconfiguration::Outsider;
use state_transfer::{Salvage, Transfer};
use status::{Role, Status};
use std::collections::VecDeque;

/// A replica of Viewstamped Replication, sans-I/O.
///
/// Everything happens in [`Replica::step`]: an input goes in, outputs come out. The replica
/// knows no clock, no randomness, no network and no thread.
#[derive(Clone, Debug)]
pub struct Replica<S> {
    settings: Settings,
    number: ReplicaNumber,
    status: Status,
    /// The view it is in, or on its way to; its epoch is that of the membership.
    view: ViewNumber,
    /// The latest view in which its status was normal: it tells which log is newer.
    last_normal_view: ViewNumber,
    /// Who is in the group of its epoch.
    membership: Membership,
    /// Who was in the group after what is executed.
    executed: Membership,
    log: Log,
    /// The last operation known to be committed; all up to it are executed, or, at a witness,
    /// passed over.
    commit_number: OpNumber,
    client_table: ClientTable,
    /// The latest states that are kept, the newest last (§5.1).
    checkpoints: VecDeque<Checkpoint>,
    /// Who wants the view after this one, itself perhaps among them.
    votes: ReplicaSet,
    /// What is being fetched from others.
    transfer: Option<Transfer>,
    /// What is left of fetches that came to nothing.
    salvage: Salvage,
    /// A checkpoint that is being fetched from others.
    fetch: Option<Fetch>,
    /// The last operation of the latest checkpoint of another's that it went on from.
    installed: OpNumber,
    /// Where there are witnesses: up to where nobody needs a log any more (§6.1).
    spent: OpNumber,
    /// The latest life of each replica; its own among them.
    crash_vector: CrashVector,
    /// What is on its disk, or on the way there, in a durable group.
    written: Written,
    /// What its disk has lost of the log of the last normal view.
    lacking: Option<Lacking>,
    /// What its host's clock shows.
    now: LocalTime,
    /// When it was last told what is committed, and had executed all that.
    current_at: LocalTime,
    /// Until when it has promised to start no other view (§6.3.1).
    promised_until: LocalTime,
    service: S,
}

/// What goes into a replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A message arrived.
    Message(Message),
    /// A timer went off.
    Timer(Timer),
    /// That write and all before it are on the disk.
    Durable(Ticket),
}

/// What tells one life of a replica from another. Both numbers come from the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Larger than in every earlier life of this replica, whose lives are counted from 0: a
    /// counter that survives the crash, or a clock that never goes back.
    pub incarnation: Incarnation,
    /// Fresh, so that answers to an earlier life are not taken for answers to this one (§4.3).
    pub nonce: Nonce,
    /// What the host's clock shows as it begins.
    pub now: LocalTime,
    /// It waits to become a member where it is none; else it shuts down then (§7).
    pub joins: bool,
}

impl<S: Service> Replica<S> {
    /// A member of a new group, in its first life.
    ///
    /// # Errors
    /// When a setting is zero that must not be, or the service can't do what is asked for.
    ///
    /// # Panics
    /// When the configuration has no such replica.
    pub fn start(
        settings: Settings,
        number: ReplicaNumber,
        service: S,
        out: &mut Outbox,
    ) -> Result<Self, InvalidSetting> {
        assert!(settings.configuration.contains(number), "the group has no such replica");
        let mut replica = Self::new(settings, number, service)?;
        if replica.is_primary_of(ViewNumber(0)) {
            replica.become_primary(out);
        } else {
            replica.become_backup(out);
        }
        replica.write_down(0, out);
        replica.assert_invariants();
        Ok(replica)
    }

    /// A replica that is no member yet, in its first life: it follows what is committed, and takes
    /// part once a reconfiguration makes it a member (§7.5). The configuration of its settings says
    /// whom it asks; it need not be of the latest epoch.
    ///
    /// # Errors
    /// When a setting is zero that must not be, or the service can't do what is asked for.
    ///
    /// # Panics
    /// When no group has such a replica, or there is nobody else to ask.
    pub fn join(
        settings: Settings,
        number: ReplicaNumber,
        service: S,
        out: &mut Outbox,
    ) -> Result<Self, InvalidSetting> {
        let mut replica = Self::new(settings, number, service)?;
        let first = replica.known_replicas().iter().next().expect("somebody to ask");
        replica.become_standby(first, None, out);
        replica.write_down(0, out);
        replica.assert_invariants();
        Ok(replica)
    }

    /// A member that lost its memory and gets it back from the others (§4.3). The configuration of
    /// its settings says whom it asks; who is a member now, the others tell.
    ///
    /// # Errors
    /// When a setting is zero that must not be, or the service can't do what is asked for.
    ///
    /// # Panics
    /// When the configuration has no such replica.
    pub fn recover(
        settings: Settings,
        number: ReplicaNumber,
        life: Life,
        service: S,
        out: &mut Outbox,
    ) -> Result<Self, InvalidSetting> {
        let mut replica = Self::new(settings, number, service)?;
        // It does not know what it had promised.
        replica.now = life.now;
        replica.promise();
        replica.crash_vector.0[number.index()] = life.incarnation;
        replica.become_recovering(life.nonce, life.joins, out);
        replica.assert_invariants();
        Ok(replica)
    }

    fn new(
        settings: Settings,
        number: ReplicaNumber,
        mut service: S,
    ) -> Result<Self, InvalidSetting> {
        settings.validate()?;
        if settings.checkpoints.is_some() && service.checkpoint().is_none() {
            return Err(InvalidSetting::NoCheckpoints);
        }
        if settings.reads != Reads::ThroughTheLog && !service.reads() {
            return Err(InvalidSetting::NoReads);
        }
        settings.predictions.check(service.predicts())?;
        assert!(number.0 < REPLICAS_MAX, "no group has such a replica");
        Ok(Self {
            settings,
            number,
            // Replaced before anybody sees it: both constructors end in a `become_*`.
            status: Status::ShutDown { lost: None },
            view: ViewNumber(0),
            last_normal_view: ViewNumber(0),
            membership: Membership::first(settings.configuration),
            executed: Membership::first(settings.configuration),
            log: Log::default(),
            commit_number: OpNumber(0),
            client_table: ClientTable::new(settings.bounds.clients_max),
            checkpoints: VecDeque::new(),
            votes: ReplicaSet::EMPTY,
            transfer: None,
            salvage: Salvage::default(),
            fetch: None,
            installed: OpNumber(0),
            spent: OpNumber(0),
            crash_vector: CrashVector::default(),
            written: Written::default(),
            lacking: None,
            now: LocalTime(0),
            current_at: LocalTime(0),
            promised_until: LocalTime(0),
            service,
        })
    }

    /// Tells what the host's clock shows: to be told before each step, where reads are answered
    /// beside the log, or where something is predicted.
    pub fn tell_time(&mut self, now: LocalTime) {
        self.now = self.now.max(now);
    }

    /// Takes one input and says what is to be done about it.
    pub fn step(&mut self, input: Input, out: &mut Outbox) {
        let first = out.len();
        match input {
            Input::Message(Message::Register(register)) => self.on_register(register, out),
            Input::Message(Message::Request(request)) => self.on_request(request, out),
            Input::Message(Message::Read(read)) => self.on_read(read, out),
            Input::Message(Message::Peer(header, peer)) => self.on_peer(header, peer, out),
            Input::Message(
                Message::Registered(_)
                | Message::Reply(_)
                | Message::Refusal(_)
                | Message::Answer(_)
                | Message::NewEpoch(_),
            ) => {
                out.refuse(super::refused::Refused::NotForReplicas);
            }
            Input::Timer(timer) => self.on_timer(timer, out),
            Input::Durable(ticket) => self.on_durable(ticket, out),
        }
        self.write_down(first, out);
        self.assert_invariants();
    }

    fn on_peer(&mut self, header: Header, peer: Peer, out: &mut Outbox) {
        let verdict = self.admit(&header, &peer, out);
        match verdict {
            gate::Verdict::Handle => self.on_admitted(header, peer, out),
            gate::Verdict::CatchUp => {
                out.refuse(super::refused::Refused::LaterView);
                match self.status {
                    Status::Transitioning(_) | Status::ShutDown { .. } => {
                        self.look_for_epoch(header, &peer, out);
                    }
                    Status::Normal(_) | Status::ViewChange(_) | Status::Recovering(_) => {
                        self.catch_up(header, peer.membership(), out);
                    }
                }
            }
            gate::Verdict::Refuse(why) => out.refuse(why),
        }
    }

    fn on_admitted(&mut self, header: Header, peer: Peer, out: &mut Outbox) {
        let from = header.from;
        match peer {
            Peer::Prepare(prepare) => self.on_prepare(prepare, out),
            Peer::PrepareOk { op_number, beat, executed } => {
                self.note_executed(from, executed);
                self.on_prepare_ok(from, op_number, beat, out);
            }
            Peer::Commit(commit) => self.on_commit(commit, out),
            Peer::StartViewChange { wanted } => self.on_start_view_change(header, wanted, out),
            Peer::DoViewChange(vote) => self.on_do_view_change(header, *vote, out),
            Peer::StartView(start) => self.on_start_view(header, &start, out),
            Peer::Recovery { nonce, after } => self.on_recovery(from, nonce, after, out),
            Peer::RecoveryResponse(response) => {
                self.on_recovery_response(header, &response, out);
            }
            Peer::GetState(wanted) => self.on_get_state(from, wanted, out),
            Peer::NewState(part) => self.on_new_state(header, &part, out),
            Peer::GetPages(wanted) => self.on_get_pages(from, &wanted, out),
            Peer::Pages(pages) => self.on_pages(from, &pages, out),
            Peer::StartEpoch(wanted) => self.on_start_epoch(from, wanted, out),
            Peer::EpochStarted(epoch) => self.on_epoch_started(from, epoch, out),
            Peer::NewEpoch(told) => self.on_new_epoch(told, out),
            Peer::Predict(predict) => self.on_predict(from, &predict, out),
            Peer::Prediction(prediction) => self.on_prediction(from, *prediction, out),
        }
    }

    fn on_timer(&mut self, timer: Timer, out: &mut Outbox) {
        match timer {
            Timer::Heartbeat => self.on_heartbeat_timer(out),
            Timer::PrepareResend => self.on_prepare_resend_timer(out),
            Timer::QuorumCheck => self.on_quorum_check_timer(out),
            Timer::PrimarySilence => self.on_primary_silence_timer(out),
            Timer::VotesExpire => self.on_votes_expire_timer(out),
            Timer::ViewChangeResend => self.on_view_change_resend_timer(out),
            Timer::ViewChangeStall => self.on_view_change_stall_timer(out),
            Timer::RecoveryResend => self.on_recovery_resend_timer(out),
            Timer::TransferResend => self.on_transfer_resend_timer(out),
            Timer::PagesResend => self.on_pages_resend_timer(out),
            Timer::PromiseEnds => self.on_promise_ends_timer(out),
            Timer::EpochResend => self.on_epoch_resend_timer(out),
            Timer::PredictResend => self.on_predict_resend_timer(out),
        }
    }
}

/// What can be asked of a replica from outside. None of it changes the replica.
impl<S> Replica<S> {
    /// Its number in the configuration.
    #[must_use]
    pub const fn number(&self) -> ReplicaNumber {
        self.number
    }

    /// The group of its epoch; it is a member of it, or waits for something.
    #[must_use]
    pub const fn configuration(&self) -> Configuration {
        self.membership.configuration
    }

    /// Its epoch, with the group of that and of the one before.
    #[must_use]
    pub const fn membership(&self) -> Membership {
        self.membership
    }

    /// What it is doing.
    #[must_use]
    pub const fn status(&self) -> StatusKind {
        self.status.kind()
    }

    /// Whether it has forgotten what it may have promised in an earlier life, and cannot tell yet
    /// that it did not: it recovers, or will have to if it becomes a member (§4.3, §7).
    #[must_use]
    pub const fn has_lost_memory(&self) -> bool {
        match &self.status {
            Status::Recovering(_) => true,
            Status::ShutDown { lost } | Status::Transitioning(Outsider::Standby { lost, .. }) => {
                lost.is_some()
            }
            Status::Normal(_)
            | Status::ViewChange(_)
            | Status::Transitioning(Outsider::Replaced { .. }) => false,
        }
    }

    /// Whether it leads its view, and the view has started.
    #[must_use]
    pub const fn is_primary(&self) -> bool {
        matches!(self.status, Status::Normal(Role::Primary(_)))
    }

    /// The view it is in, or on its way to.
    #[must_use]
    pub const fn view(&self) -> ViewNumber {
        self.view
    }

    /// The latest view in which its status was normal.
    #[must_use]
    pub const fn last_normal_view(&self) -> ViewNumber {
        self.last_normal_view
    }

    /// Behind which operation its log begins: a checkpoint stands for what was before.
    #[must_use]
    pub const fn log_start(&self) -> OpNumber {
        self.log.start()
    }

    /// The checkpoints that it keeps, the oldest first.
    #[must_use]
    pub fn checkpoints(&self) -> impl DoubleEndedIterator<Item = &Checkpoint> {
        self.checkpoints.iter()
    }

    /// The number of the last operation in its log.
    #[must_use]
    pub const fn op_number(&self) -> OpNumber {
        self.log.op_number()
    }

    /// The number of the last operation that it held in its last normal view: larger than that of
    /// the last in its log where its disk has lost some of it.
    #[must_use]
    pub fn claimed(&self) -> OpNumber {
        Lacking::claimed(self.op_number(), self.lacking.as_ref())
    }

    /// The number of the last operation that it knows to be committed.
    #[must_use]
    pub const fn commit_number(&self) -> OpNumber {
        self.commit_number
    }

    /// Which of its lives this is.
    #[must_use]
    pub fn incarnation(&self) -> Incarnation {
        self.crash_vector.0[self.number.index()]
    }

    /// The latest life of a replica that it knows of.
    ///
    /// # Panics
    /// When there can be no such replica.
    #[must_use]
    pub fn known_incarnation(&self, replica: ReplicaNumber) -> Incarnation {
        self.crash_vector.0[replica.index()]
    }

    /// An entry of its log.
    #[must_use]
    pub fn entry(&self, op_number: OpNumber) -> Option<&Entry> {
        self.log.get(op_number)
    }

    /// How often entries of its log were dropped.
    #[must_use]
    pub const fn log_cuts(&self) -> u64 {
        self.log.cuts()
    }

    /// The service that it replicates, for a host that wants to look into it. What is changed
    /// by other means than operations differs from what the other replicas have.
    pub const fn service_mut(&mut self) -> &mut S {
        &mut self.service
    }

    /// The service that it replicates.
    #[must_use]
    pub const fn service(&self) -> &S {
        &self.service
    }

    /// Whether its disk knows of the view that it is in: until then nobody hears of it. Always,
    /// where nothing is written.
    #[must_use]
    pub fn is_view_durable(&self) -> bool {
        self.written.is_view_durable()
    }

    /// No client that its client table has forgotten has executed anything behind this operation.
    #[must_use]
    pub const fn horizon(&self) -> OpNumber {
        self.client_table.horizon()
    }

    /// How many clients its client table holds.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.client_table.len()
    }

    /// Whether it was replaced, and waits until the new group has what it needs (§7.1.2).
    #[must_use]
    pub const fn is_replaced(&self) -> bool {
        matches!(self.status, Status::Transitioning(Outsider::Replaced { .. }))
    }

    fn is_primary_of(&self, view: ViewNumber) -> bool {
        self.primary_of(view) == self.number
    }

    fn primary_of(&self, view: ViewNumber) -> ReplicaNumber {
        self.membership.configuration.primary(view)
    }

    /// The other members.
    const fn others(&self) -> ReplicaSet {
        self.membership.configuration.set().without(self.number)
    }

    /// Opens a message that speaks for this replica as it is now.
    fn peer(&self, body: Peer) -> Message {
        let header = Header { view: self.view, from: self.number, incarnation: self.incarnation() };
        Message::Peer(header, body)
    }
}
