//! Reconfiguration (§7): others become the members of the group, one epoch after the other.
//!
//! Deviation (epochs-by-execution): in §7.1.1 a replica enters the epoch that STARTEPOCH tells it
//! of. Here who is a member follows from the operations that are executed: the one that began the
//! epoch is among them. So a replica enters an epoch by executing its way there, and in no other
//! way; what comes from a later epoch only tells it that there is something to fetch.

use super::super::configuration::{Configuration, Membership, ReplicaSet};
use super::super::log::{Entry, EntryKind};
use super::super::mark::Mark;
use super::super::message::{Commit, GetState, Header, LogPart, Message, NewEpoch, Peer};
use super::super::message::{MessageKind, RefusalReason, Why};
use super::super::numbers::{ClientId, EpochNumber, Nonce, OpNumber, ReplicaNumber, ViewNumber};
use super::super::output::{Outbox, Timer};
use super::super::refused::Refused;
use super::super::service::Service;
use super::Replica;
use super::status::{Role, Status};

/// A replica that is no member of the group of its epoch.
#[derive(Clone, Debug, Hash)]
pub(super) enum Outsider {
    /// It follows what is committed, and may become a member (§7.5).
    Standby {
        /// Whom it asks.
        source: ReplicaNumber,
        /// Where it has lost its memory: what was in the log of the group when it came back.
        lost: Option<Lost>,
    },
    /// It was a member of the epoch before, and sees to it that the new members get what they need
    /// (§7.1.2).
    Replaced {
        /// Who has told that it takes part.
        confirmed: ReplicaSet,
    },
}

/// What a replica that has lost its memory knows of the time before.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Lost {
    /// Whatever made it a member in an earlier life is not behind this operation.
    pub(super) up_to: OpNumber,
    /// By which it asked.
    pub(super) nonce: Nonce,
}

/// The members that a request names, a byte each; those of the witnesses that are among them are
/// its witnesses.
pub(super) fn read_members(
    operation: &[u8],
    witnesses: ReplicaSet,
) -> Result<Configuration, RefusalReason> {
    let mut members = ReplicaSet::EMPTY;
    for &number in operation {
        let replica = ReplicaNumber(number);
        if number >= super::super::configuration::REPLICAS_MAX {
            return Err(RefusalReason::NoSuchGroup);
        }
        if members.contains(replica) {
            return Err(RefusalReason::NamedTwice);
        }
        members.insert(replica);
    }
    let configuration = Configuration::of(members).ok_or(RefusalReason::NoSuchGroup)?;
    if configuration.replicas() < MEMBERS_MIN {
        return Err(RefusalReason::TooFew);
    }
    let witnesses = witnesses.in_both(members);
    configuration.with_witnesses(witnesses).ok_or(RefusalReason::TooManyWitnesses)
}

/// Whether a replica is among the members that a request names.
pub(super) fn is_among(replica: ReplicaNumber, operation: &[u8]) -> bool {
    operation.contains(&replica.0)
}

/// A smaller group would survive nobody's failure (§7.1).
const MEMBERS_MIN: u8 = 3;

/// At the primary.
impl<S: Service> Replica<S> {
    /// Whether a request for another group can be taken now; what is wrong with it, where not.
    pub(super) fn examine_members(&self, operation: &[u8]) -> Result<(), RefusalReason> {
        read_members(operation, self.settings.witnesses)?;
        let is_waiting = match &self.status {
            Status::Normal(Role::Primary(primary)) => {
                let is_it = |kind| kind == EntryKind::Reconfiguration;
                primary.requests.iter().any(|request| is_it(request.kind))
            }
            Status::Normal(Role::Backup(_))
            | Status::ViewChange(_)
            | Status::Recovering(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => false,
        };
        if is_waiting || self.is_closed() { Err(RefusalReason::Reconfiguring) } else { Ok(()) }
    }

    /// Nothing follows a reconfiguration in the log of its epoch: it has to be the last (§7.1).
    /// Once it is committed, the next epoch goes on.
    pub(super) fn is_closed(&self) -> bool {
        let last = self.op_number();
        let is_it = |entry: &Entry| entry.kind == EntryKind::Reconfiguration;
        last > self.commit_number && self.log.get(last).is_some_and(is_it)
    }

    /// Tells the members of the epoch that it leads that this is over, since it has just counted
    /// that its last operation is committed (§7.1.1). Who comes to know that in any other way says
    /// nothing in its view: what the others hold there may be something else.
    pub(super) fn say_goodbye(&mut self, out: &mut Outbox) {
        let op_number = self.op_number();
        if let Status::Normal(Role::Primary(primary)) = &mut self.status {
            let beat = primary.next_beat(self.now);
            let (commit_number, spent) = (op_number, self.spent);
            let commit = Peer::Commit(Commit { commit_number, op_number, beat, spent });
            out.broadcast(self.others(), self.peer(commit));
        }
    }

    /// Members that have said nothing in this epoch may not know of it.
    pub(super) fn start_epoch_for_the_silent(&mut self, out: &mut Outbox) {
        let Status::Normal(Role::Primary(primary)) = &self.status else {
            return;
        };
        let Membership { configuration, former, .. } = self.membership;
        for added in configuration.set().minus(former.set()).iter() {
            if added != self.number && primary.acknowledged[added.index()] == OpNumber(0) {
                out.mark(Mark::EpochResent);
                out.send(added, self.peer(Peer::StartEpoch(self.membership)));
            }
        }
    }
}

/// From one epoch to the next.
impl<S: Service> Replica<S> {
    /// The epoch that it is in.
    pub(super) const fn epoch(&self) -> EpochNumber {
        self.view.epoch()
    }

    /// An operation that is executed begins an epoch. What the replica is in it is settled once all
    /// is executed that is to be.
    pub(super) fn begin_epoch(&mut self, op_number: OpNumber, entry: &Entry) {
        let executed = self.executed;
        let is_next = op_number > executed.since
            && entry.view.epoch() == executed.epoch
            && executed.epoch.0 + 1 < super::super::numbers::EPOCHS_MAX;
        if let Ok(configuration) = read_members(&entry.operation, self.settings.witnesses)
            && is_next
        {
            self.executed = executed.next((op_number, entry.view), configuration);
            self.note_executed_membership();
        }
    }

    /// A replica that restarts may know of a later epoch than what it has executed again.
    pub(super) const fn note_executed_membership(&mut self) {
        if self.executed.epoch.0 > self.membership.epoch.0 {
            self.membership = self.executed;
        }
    }

    /// Whether an entry that is committed ends the epoch of the own view.
    pub(super) fn leads_out(&self, entry: &Entry) -> bool {
        entry.kind == EntryKind::Reconfiguration && entry.view.epoch() == self.epoch()
    }

    /// Whether what it has executed has led it out of the epoch of its view.
    pub(super) fn has_crossed(&self) -> bool {
        self.membership.epoch > self.epoch()
    }

    /// Takes its place in the epoch that it has come to (§7.1).
    ///
    /// In the first view of it, where nothing was executed since it began; the paper begins with
    /// view-number 0, too, and else two replicas could lead views of one number (§8.3).
    pub(super) fn settle(&mut self, out: &mut Outbox) {
        assert!(self.has_crossed());
        let Membership { since, configuration, .. } = self.membership;
        out.mark(Mark::EpochBegun);
        let first = ViewNumber::first_of(self.membership.epoch);
        if let Status::Transitioning(Outsider::Standby { lost: Some(lost), .. }) = self.status
            && configuration.contains(self.number)
            && since <= lost.up_to
        {
            // It may have been a member in a life that it has forgotten.
            out.mark(Mark::JoinsByRecovery);
            self.become_recovering(lost.nonce, false, out);
            return;
        }
        // What of the earlier epoch was not committed by then never will be.
        self.replace_log_after(self.commit_number, []);
        if !configuration.contains(self.number) {
            self.view = first;
            self.become_outsider(out);
        } else if self.commit_number == since {
            self.view = first;
            if matches!(self.status, Status::Transitioning(_)) {
                out.mark(Mark::JoinedGroup);
            }
            self.become_member(out);
        } else {
            self.become_view_change(first, out);
        }
    }

    /// Leads or follows the view that it is in, with the log that it has.
    pub(super) fn become_member(&mut self, out: &mut Outbox) {
        if !self.is_primary_of(self.view) {
            self.become_backup(out);
        } else if self.view.in_epoch() == 0 {
            self.become_primary(out);
            // The others may wait for it.
            self.on_heartbeat_timer(out);
        } else {
            // It can't know what it has said in a view that it led.
            self.become_view_change(self.view.next(), out);
        }
    }
}

/// To others.
impl<S: Service> Replica<S> {
    /// ⟨NEWEPOCH⟩: somebody speaks in an epoch that is over (§7).
    pub(super) fn tell_of_epoch(&self, to: ReplicaNumber, out: &mut Outbox) {
        out.mark(Mark::EpochTold);
        out.send(to, self.peer(Peer::NewEpoch(self.membership)));
    }

    /// ⟨NEWEPOCH⟩ at a replica that recovers: whom else it has to ask.
    pub(super) fn on_new_epoch(&mut self, told: Membership, out: &mut Outbox) {
        match &mut self.status {
            Status::Recovering(recovering) if told.epoch > recovering.membership.epoch => {
                out.mark(Mark::RecoveryLearnsEpoch);
                recovering.membership = told;
                self.on_recovery_resend_timer(out);
            }
            Status::Recovering(_)
            | Status::Normal(_)
            | Status::ViewChange(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => out.refuse(Refused::Duplicate),
        }
    }

    /// Whether a client speaks in this epoch. One of an earlier epoch is told; one of a later epoch
    /// knows more than this replica.
    pub(super) fn is_of_epoch(
        &self,
        client: ClientId,
        epoch: EpochNumber,
        out: &mut Outbox,
    ) -> bool {
        let is_recovering = matches!(self.status, Status::Recovering(_));
        if epoch == self.epoch() && !is_recovering {
            return true;
        }
        if epoch < self.epoch() && !is_recovering {
            out.mark(Mark::ClientToldOfEpoch);
            let is_normal = matches!(self.status, Status::Normal(_));
            let view = if is_normal { self.view } else { ViewNumber::first_of(self.epoch()) };
            let configuration = self.membership.configuration;
            out.reply(client, Message::NewEpoch(NewEpoch { view, configuration }));
            out.refuse(Refused::EarlierEpoch);
        } else {
            out.refuse(Refused::LaterEpoch);
        }
        false
    }

    /// ⟨STARTEPOCH e, n, old, new⟩ of an epoch that it knows: it takes part, or did.
    pub(super) fn on_start_epoch(
        &mut self,
        from: ReplicaNumber,
        wanted: Membership,
        out: &mut Outbox,
    ) {
        let is_in = match &self.status {
            Status::Normal(_) | Status::ViewChange(_) => true,
            Status::Transitioning(_) => self.epoch() > wanted.epoch,
            Status::ShutDown { lost } if self.epoch() < wanted.epoch => {
                let lost = *lost;
                if wanted.configuration.contains(self.number) {
                    out.mark(Mark::Recalled);
                    self.become_standby(from, lost, out);
                }
                return;
            }
            Status::ShutDown { .. } => self.epoch() > wanted.epoch,
            Status::Recovering(_) => false,
        };
        if is_in {
            out.send(from, self.peer(Peer::EpochStarted(self.epoch())));
        } else {
            out.refuse(Refused::WrongStatus);
        }
    }

    /// ⟨EPOCHSTARTED e, i⟩: a replaced replica is not needed any more once a quorum of the new
    /// group has all that was committed before it.
    ///
    /// Deviation (shutdown-by-quorum): §7.1.2 waits for f' + 1 of them, which in even groups is no
    /// quorum. Where there are witnesses, that many have to run the service, too: those have the
    /// state that nobody else may keep.
    pub(super) fn on_epoch_started(
        &mut self,
        from: ReplicaNumber,
        epoch: EpochNumber,
        out: &mut Outbox,
    ) {
        let (own, group) = (self.epoch(), self.membership.configuration);
        let Status::Transitioning(Outsider::Replaced { confirmed }) = &mut self.status else {
            out.refuse(Refused::NotAsked);
            return;
        };
        if epoch == own && group.contains(from) {
            confirmed.insert(from);
        }
        let with_state = confirmed.in_both(group.active()).count();
        let is_kept = confirmed.count() >= group.quorum() && with_state > group.failures();
        if epoch > own || is_kept {
            out.mark(Mark::ShutDown);
            self.become_shut_down(None, out);
        }
    }

    /// A replaced replica tells again who has not said that it takes part (§7.1.2).
    pub(super) fn on_epoch_resend_timer(&mut self, out: &mut Outbox) {
        let Status::Transitioning(Outsider::Replaced { confirmed }) = &self.status else {
            return;
        };
        let silent = self.membership.configuration.set().minus(*confirmed);
        out.broadcast(silent, self.peer(Peer::StartEpoch(self.membership)));
        out.set_timer(Timer::EpochResend, self.settings.timeouts.resend);
    }
}

/// Following without taking part (§7.5).
///
/// Deviation (standby): the paper leaves open how new nodes prepare themselves, and what becomes of
/// one that crashes meanwhile.
impl<S: Service> Replica<S> {
    /// Something of a later epoch has come to a replica that is no member of its own.
    pub(super) fn look_for_epoch(&mut self, header: Header, peer: &Peer, out: &mut Outbox) {
        match &mut self.status {
            Status::Transitioning(Outsider::Standby { source, .. }) => {
                if let Peer::NewEpoch(told) = peer {
                    // Who answers so may have nothing else to give: no question follows at once.
                    *source = told.configuration.after(header.from);
                } else {
                    *source = header.from;
                    self.learn(out);
                }
            }
            Status::Transitioning(Outsider::Replaced { .. }) | Status::ShutDown { .. } => {
                // Members speak to members: it is one again.
                let is_named =
                    peer.membership().is_none_or(|told| told.configuration.contains(self.number));
                let is_called = is_named && peer.kind() != MessageKind::NewEpoch;
                if is_called {
                    let lost =
                        if let Status::ShutDown { lost } = self.status { lost } else { None };
                    out.mark(Mark::Recalled);
                    self.become_standby(header.from, lost, out);
                }
            }
            Status::Normal(_) | Status::ViewChange(_) | Status::Recovering(_) => {}
        }
    }

    /// Asks for what was committed since.
    pub(super) fn learn(&self, out: &mut Outbox) {
        let Status::Transitioning(Outsider::Standby { source, .. }) = &self.status else {
            return;
        };
        let (wanted, after) = (self.view, self.commit_number);
        let request = GetState { wanted, after, why: Why::Learning };
        out.send(*source, self.peer(Peer::GetState(request)));
        out.set_timer(Timer::TransferResend, self.settings.timeouts.resend);
    }

    /// Asks again, and somebody else.
    pub(super) fn learn_from_the_next(&mut self, out: &mut Outbox) {
        let known = self.known_replicas();
        let Status::Transitioning(Outsider::Standby { source, .. }) = &mut self.status else {
            return;
        };
        if let Some(next) = Configuration::of(known).map(|known| known.after(*source)) {
            *source = next;
        }
        self.learn(out);
    }

    /// Everybody who was or is a member, as far as it knows, but itself.
    pub(super) fn known_replicas(&self) -> ReplicaSet {
        let Membership { configuration, former, .. } = self.membership;
        let asked = self.settings.configuration.set();
        configuration.set().and(former.set()).and(asked).without(self.number)
    }

    /// Operations that are committed, for a replica that only follows.
    pub(super) fn on_lesson(&mut self, header: Header, part: &LogPart, out: &mut Outbox) {
        let own = self.commit_number;
        if !matches!(self.status, Status::Transitioning(Outsider::Standby { .. })) {
            out.refuse(Refused::NotAsked);
            return;
        }
        if let Some(checkpoint) = part.compacted {
            self.want_checkpoint(checkpoint, header.from, out);
            return;
        }
        if part.after > own || part.last() <= own {
            out.refuse(Refused::NotAsked);
            return;
        }
        out.mark(Mark::Lesson);
        let committed = part.commit_number;
        for entry in Self::skip_known(part.after, &part.entries, own) {
            if self.op_number() == committed || self.has_crossed() {
                // What follows is of an epoch in which it may have a say.
                break;
            }
            self.log.append(entry);
            self.execute_up_to(self.op_number(), out);
        }
        if self.has_crossed() {
            self.settle(out);
        } else if self.op_number() < part.op_number {
            self.learn(out);
        }
    }
}
