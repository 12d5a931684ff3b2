//! Normal operation (§4.1): requests, PREPARE, PREPAREOK, COMMIT, execution.

use super::super::client_table::{Executed, Seen};
use super::super::durable::Durability;
use super::super::log::{Entry, EntryKind};
use super::super::mark::Mark;
use super::super::message::{
    Commit, Message, Peer, Prepare, Refusal, RefusalReason, Register, Registered, Reply, Request,
};
use super::super::numbers::{ClientId, LocalTime, OpNumber, ReplicaNumber, RequestNumber};
use super::super::output::{Outbox, Timer};
use super::super::refused::Refused;
use super::super::service::{Applied, Predicting, Service};
use super::super::settings::{Bounds, Predictions};
use super::Replica;
use super::status::{Primary, Role, Status};
use bytes::Bytes;
use std::collections::VecDeque;

/// At the primary.
impl<S: Service> Replica<S> {
    /// ⟨REGISTER c⟩: a client wants to know what was committed before it asks for anything.
    ///
    /// Deviation (eviction): the paper's replicas remember every client for ever.
    pub(super) fn on_register(&self, register: Register, out: &mut Outbox) {
        let client = register.client;
        if !self.is_of_epoch(client, register.epoch, out) {
            return;
        }
        match &self.status {
            Status::Normal(Role::Primary(primary)) if primary.has_abdicated => {
                out.refuse(Refused::Abdicated);
            }
            Status::Normal(Role::Primary(_)) => {
                let (epoch, view, born) = (self.epoch(), self.view, self.commit_number);
                out.mark(Mark::ClientRegistered);
                let registered = Registered { epoch, view, client, born };
                out.reply(client, Message::Registered(registered));
            }
            Status::Normal(Role::Backup(_))
            | Status::ViewChange(_)
            | Status::Recovering(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => out.refuse(Refused::NotPrimary),
        }
    }

    /// ⟨REQUEST op, c, s⟩, §4.1 steps 1 to 3.
    pub(super) fn on_request(&mut self, request: Request, out: &mut Outbox) {
        if !self.is_of_epoch(request.client, request.epoch, out) {
            return;
        }
        let wrong = match request.kind {
            EntryKind::Operation | EntryKind::CheckEpoch => None,
            EntryKind::Reconfiguration => self.examine_members(&request.operation).err(),
        };
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            // The status matters as much as the number: a primary-to-be has not yet got the log
            // that the request must follow.
            out.refuse(Refused::NotPrimary);
            return;
        };
        let (client, number) = (request.client, request.request_number);
        let refusal = match self.client_table.classify(client, number, request.born) {
            _ if request.born > self.log.op_number() => RefusalReason::FromTheFuture,
            Seen::New if request.operation.len() > self.settings.bounds.operation_bytes_max => {
                RefusalReason::TooLarge
            }
            Seen::New if primary.has_abdicated => {
                out.refuse(Refused::Abdicated);
                return;
            }
            Seen::New if primary.waiting() >= self.settings.bounds.requests_max => {
                out.mark(Mark::Busy);
                RefusalReason::Busy
            }
            Seen::New if let Some(wrong) = wrong => {
                out.mark(Mark::ReconfigurationRefused);
                wrong
            }
            Seen::New => {
                self.client_table.start(client, number);
                primary.requests.push_back(request);
                self.fill_pipeline(out);
                return;
            }
            Seen::Executed(executed) => {
                out.mark(Mark::ReplyFromTable);
                self.reply(client, executed, out);
                return;
            }
            Seen::InFlight => {
                out.refuse(Refused::InFlight);
                return;
            }
            Seen::Stale => RefusalReason::Superseded,
            Seen::Evicted => {
                out.mark(Mark::EvictedAsks);
                RefusalReason::Evicted
            }
        };
        self.refuse_client(client, number, refusal, out);
    }

    /// Prepares what waits, as far as the pipeline has room (§4.1 step 3, §6.2). Where the backups
    /// have a say in what requests are executed with, they are asked first (§4.4).
    pub(super) fn fill_pipeline(&mut self, out: &mut Outbox) {
        let bounds = self.settings.bounds;
        loop {
            let is_closed = self.is_closed();
            let Status::Normal(Role::Primary(primary)) = &mut self.status else {
                return;
            };
            if primary.requests.is_empty() || primary.round.is_some() {
                return;
            }
            if is_closed {
                out.mark(Mark::Closed);
                return;
            }
            if primary.pipeline.len() >= bounds.pipeline_max {
                out.mark(Mark::PipelineFull);
                return;
            }
            let count = count_together(&primary.requests, bounds);
            let most = bounds.batch_max.min(bounds.requests_max);
            let worth = self.settings.batching.worthwhile(primary.pipeline.len(), most);
            if count == primary.requests.len() && count < worth {
                out.mark(Mark::BatchAwaited);
                return;
            }
            let is_predicted = primary.requests.front().is_some_and(is_operation);
            if self.settings.predictions == Predictions::Merged && is_predicted {
                if primary.has_abdicated {
                    return;
                }
                self.begin_round(count, out);
                continue;
            }
            let after = self.log.op_number();
            for request in primary.requests.drain(..count) {
                let Request { client, request_number, kind, operation, .. } = request;
                let (view, now) = (self.view, self.now);
                let prediction = match (self.settings.predictions, kind) {
                    (Predictions::ByPrimary, EntryKind::Operation) => {
                        let predicting = Predicting { client, request_number, view, now };
                        self.service.predict(predicting, &operation)
                    }
                    (Predictions::ByPrimary | Predictions::Off | Predictions::Merged, _) => {
                        Bytes::new()
                    }
                };
                let entry = Entry { view, client, request_number, kind, operation, prediction };
                self.log.append(entry);
            }
            self.prepare_behind(after, out);
        }
    }

    /// Prepares what was put into the log behind that operation (§4.1 step 3).
    pub(super) fn prepare_behind(&mut self, after: OpNumber, out: &mut Outbox) {
        let spent = self.find_spent();
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        let op_number = self.log.op_number();
        let count = op_number.since(after);
        if count > 1 {
            out.mark(Mark::Batch);
        }
        if primary.pipeline.is_empty() {
            out.set_timer(Timer::PrepareResend, self.settings.timeouts.resend);
        }
        primary.pipeline.push_back(op_number);
        if self.settings.durability == Durability::Memory {
            primary.acknowledged[self.number.index()] = op_number;
        }
        if self.membership.configuration.quorum() > 1 {
            let beat = primary.next_beat(self.now);
            let entries = self.log.after(after, usize::try_from(count).unwrap_or(usize::MAX));
            let commit_number = self.commit_number;
            let prepare = Prepare { op_number, commit_number, beat, spent, entries };
            out.broadcast(self.others(), self.peer(Peer::Prepare(prepare)));
            out.set_timer(Timer::Heartbeat, self.settings.timeouts.heartbeat);
        }
        self.commit_what_a_quorum_holds(out);
    }

    /// ⟨PREPAREOK v, n, i⟩, §4.1 step 5.
    pub(super) fn on_prepare_ok(
        &mut self,
        from: ReplicaNumber,
        op_number: OpNumber,
        beat: u64,
        out: &mut Outbox,
    ) {
        let own = self.op_number();
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            out.refuse(Refused::NotPrimary);
            return;
        };
        if op_number > own || beat > primary.beat {
            // Nobody holds more of this view's log than its primary, nor has heard more.
            out.refuse(Refused::Impossible);
            return;
        }
        primary.heard.insert(from);
        let answered = &mut primary.beats[from.index()];
        *answered = beat.max(*answered);
        let acknowledged = &mut primary.acknowledged[from.index()];
        *acknowledged = op_number.max(*acknowledged);
        if op_number > self.commit_number {
            self.commit_what_a_quorum_holds(out);
        }
        self.resume_if_heard(out);
        self.fill_pipeline(out);
        self.answer_sure_reads(out);
    }

    /// Commits as far as a quorum holds the log of this view (§4.1 step 5).
    pub(super) fn commit_what_a_quorum_holds(&mut self, out: &mut Outbox) {
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        let quorum = self.membership.configuration.quorum();
        let committed = held_by(&primary.acknowledged, quorum);
        if committed <= self.commit_number {
            return;
        }
        if self.is_closed() && committed == self.op_number() {
            self.say_goodbye(out);
        }
        self.commit_up_to(committed, out);
        self.shorten_pipeline(out);
    }

    /// What is committed waits for no quorum any more.
    pub(super) fn shorten_pipeline(&mut self, out: &mut Outbox) {
        let committed = self.commit_number;
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        while primary.pipeline.front().is_some_and(|&last| last <= committed) {
            primary.pipeline.pop_front();
        }
        if primary.pipeline.is_empty() {
            out.cancel_timer(Timer::PrepareResend);
        }
    }

    /// An idle primary shows that it lives, and what is committed (§4.1 step 6).
    pub(super) fn on_heartbeat_timer(&mut self, out: &mut Outbox) {
        let (commit_number, op_number) = (self.commit_number, self.op_number());
        let spent = self.find_spent();
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        out.set_timer(Timer::Heartbeat, self.settings.timeouts.heartbeat);
        if !primary.has_abdicated && self.membership.configuration.quorum() > 1 {
            let beat = primary.next_beat(self.now);
            let commit = Commit { commit_number, op_number, beat, spent };
            out.broadcast(self.others(), self.peer(Peer::Commit(commit)));
            if self.membership.since > OpNumber(0) {
                self.start_epoch_for_the_silent(out);
            }
        }
    }

    /// Sends what some backups have not acknowledged to them again.
    ///
    /// Deviation (everything-resent): the paper leaves retransmission out; without it one lost
    /// message stalls a group.
    pub(super) fn on_prepare_resend_timer(&mut self, out: &mut Outbox) {
        let (op_number, commit_number) = (self.op_number(), self.commit_number);
        let spent = self.find_spent();
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        if op_number == commit_number {
            return;
        }
        out.set_timer(Timer::PrepareResend, self.settings.timeouts.resend);
        if primary.has_abdicated {
            return;
        }
        out.mark(Mark::PrepareResent);
        let beat = primary.next_beat(self.now);
        let held = primary.acknowledged.clone();
        let entries = self.log.after(commit_number, usize::MAX);
        let prepare = Prepare { op_number, commit_number, beat, spent, entries };
        let message = self.peer(Peer::Prepare(prepare));
        for backup in self.membership.configuration.members() {
            if backup != self.number && held[backup.index()] < op_number {
                out.send(backup, message.clone());
            }
        }
    }

    /// A primary that a quorum does not answer leaves the view to others.
    ///
    /// Deviation (abdication): the paper's primary leads for ever, also one that can send but
    /// not hear, and then nothing is committed and nobody takes over.
    pub(super) fn on_quorum_check_timer(&mut self, out: &mut Outbox) {
        let quorum = self.membership.configuration.quorum();
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        out.set_timer(Timer::QuorumCheck, self.settings.timeouts.primary_silence);
        let is_heard = primary.heard.count() + 1 >= quorum;
        primary.heard = super::ReplicaSet::EMPTY;
        if is_heard {
            return;
        }
        if !primary.has_abdicated {
            primary.has_abdicated = true;
            primary.drop_round(out);
            out.mark(Mark::Abdicated);
        }
        self.vote_for_next_view(out);
    }

    /// A quorum answers again: the view goes on, if the others have not left it.
    fn resume_if_heard(&mut self, out: &mut Outbox) {
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        let quorum = self.membership.configuration.quorum();
        if !primary.has_abdicated || primary.heard.count() + 1 < quorum {
            return;
        }
        primary.has_abdicated = false;
        self.votes.remove(self.number);
        out.mark(Mark::Resumed);
        self.on_heartbeat_timer(out);
    }
}

/// At a backup.
impl<S: Service> Replica<S> {
    /// ⟨PREPARE v, m, n, k⟩, §4.1 step 4: taken in order only, so that a log has no holes.
    pub(super) fn on_prepare(&mut self, prepare: Prepare, out: &mut Outbox) {
        if self.is_primary() {
            out.refuse(Refused::NotBackup);
            return;
        }
        self.hear(prepare.beat);
        let count = u64::try_from(prepare.entries.len()).unwrap_or(u64::MAX);
        let before = OpNumber(prepare.op_number.0 - count);
        let own = self.op_number();
        if before > own {
            out.mark(Mark::Gap);
            out.refuse(Refused::Gap);
            self.note_lag(out);
            return;
        }
        if prepare.op_number > own {
            let known = usize::try_from(own.since(before)).unwrap_or(usize::MAX);
            for entry in prepare.entries.iter().skip(known) {
                self.log.append(entry.clone());
            }
            self.note_primary_alive(out);
        } else {
            // One that it has already: the first answer may be lost.
            out.mark(Mark::DuplicatePrepare);
        }
        self.acknowledge(out);
        self.commit_up_to(prepare.commit_number.min(self.op_number()), out);
        self.note_current(prepare.commit_number);
        self.note_spent(prepare.spent, out);
    }

    /// ⟨COMMIT v, k⟩, §4.1 step 7.
    ///
    /// Deviation (heartbeat-answered): a backup answers with PREPAREOK, so that a primary knows
    /// whether it is heard and hears, also when nothing is prepared.
    pub(super) fn on_commit(&mut self, commit: Commit, out: &mut Outbox) {
        let own = self.op_number();
        if self.is_primary() {
            out.refuse(Refused::NotBackup);
            return;
        }
        if self.hear(commit.beat) {
            self.note_primary_alive(out);
        } else {
            // A copy that was long under way says nothing about the primary now.
            out.mark(Mark::StaleHeartbeat);
        }
        self.acknowledge(out);
        // What lies beyond the log is not committed here before it is in the log.
        self.commit_up_to(commit.commit_number.min(own), out);
        self.note_current(commit.commit_number);
        self.note_spent(commit.spent, out);
        if commit.op_number > own {
            self.note_lag(out);
        }
    }

    /// The primary has said something of its view. Whether it is new: a copy that was long under
    /// way says nothing about the primary now.
    fn hear(&mut self, beat: u64) -> bool {
        let Status::Normal(Role::Backup(backup)) = &mut self.status else {
            return false;
        };
        if beat <= backup.beat {
            return false;
        }
        backup.beat = beat;
        self.promise();
        true
    }

    /// All that the primary knew to be committed may be executed.
    fn note_current(&mut self, commit_number: OpNumber) {
        if self.commit_number >= commit_number {
            self.current_at = self.now;
        }
    }

    pub(super) fn acknowledge(&self, out: &mut Outbox) {
        let beat = match &self.status {
            Status::Normal(Role::Backup(backup)) => backup.beat,
            Status::Normal(Role::Primary(_))
            | Status::ViewChange(_)
            | Status::Recovering(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => 0,
        };
        let executed = self.executed_for_good();
        let ok = Peer::PrepareOk { op_number: self.op_number(), beat, executed };
        out.send(self.primary_of(self.view), self.peer(ok));
    }

    fn note_primary_alive(&mut self, out: &mut Outbox) {
        self.votes.remove(self.number);
        out.set_timer(Timer::PrimarySilence, self.settings.timeouts.primary_silence);
    }
}

/// At both.
impl<S: Service> Replica<S> {
    /// Executes up to there, and goes on in a later epoch if that is where it leads (§7.1).
    pub(super) fn commit_up_to(&mut self, committed: OpNumber, out: &mut Outbox) {
        self.execute_up_to(committed, out);
        if self.has_crossed() {
            self.settle(out);
        }
    }

    /// Executes up to there, in the order of the log; a primary replies (§4.1 steps 5 and 7).
    pub(super) fn execute_up_to(&mut self, committed: OpNumber, out: &mut Outbox) {
        assert!(committed <= self.op_number(), "only what is in the log is executed");
        while self.commit_number < committed {
            if self.is_witness() {
                self.pass_over();
                continue;
            }
            let op_number = self.commit_number.next();
            let entry = self.log.get(op_number).expect("up to the op-number there is no hole");
            let (client, request_number) = (entry.client, entry.request_number);
            let applied = Applied { op_number, view: entry.view, client, request_number };
            let (operation, prediction) = (&entry.operation, &entry.prediction);
            let reply = match entry.kind {
                EntryKind::Operation => {
                    self.service.apply_predicted(applied, operation, prediction)
                }
                EntryKind::Reconfiguration | EntryKind::CheckEpoch => {
                    self.service.pass(applied, operation);
                    Bytes::new()
                }
            };
            if entry.kind == EntryKind::Reconfiguration {
                let entry = entry.clone();
                self.begin_epoch(op_number, &entry);
            }
            self.commit_number = op_number;
            let executed = Executed { request_number, op_number, reply };
            if self.is_primary() {
                self.reply(client, &executed, out);
            }
            if self.client_table.finish(client, executed).is_some() {
                out.mark(Mark::ClientEvicted);
            }
            self.take_checkpoint_if_due(out);
        }
    }

    fn reply(&self, client: ClientId, executed: &Executed, out: &mut Outbox) {
        let (epoch, view) = (self.epoch(), self.view);
        let Executed { request_number, op_number, reply: ref result } = *executed;
        let result = result.clone();
        let reply = Reply { epoch, view, client, request_number, op_number, result };
        out.reply(client, Message::Reply(reply));
    }

    /// Tells a client that what it asks is not taken, and why.
    pub(super) fn refuse_client(
        &self,
        client: ClientId,
        request_number: RequestNumber,
        reason: RefusalReason,
        out: &mut Outbox,
    ) {
        out.refuse(reason.into());
        let refusal = Refusal { view: self.view, client, request_number, reason };
        out.reply(client, Message::Refusal(refusal));
    }
}

/// How many of the requests that wait may go in one PREPARE: operations together, and what is the
/// group's own business alone; nothing may follow a reconfiguration in its epoch (§7.1).
fn count_together(requests: &VecDeque<Request>, bounds: Bounds) -> usize {
    let mut left = bounds.operation_bytes_max;
    let fits = |request: &&Request| match left.checked_sub(request.operation.len()) {
        Some(rest) if is_operation(request) => {
            left = rest;
            true
        }
        Some(_) | None => false,
    };
    requests.iter().take(bounds.batch_max).take_while(fits).count().max(1)
}

fn is_operation(request: &Request) -> bool {
    request.kind == EntryKind::Operation
}

/// The last op-number that so many replicas hold.
fn held_by(acknowledged: &[OpNumber], quorum: u8) -> OpNumber {
    let mut best = OpNumber(0);
    for &candidate in acknowledged {
        let holders = acknowledged.iter().filter(|&&held| held >= candidate).count();
        if candidate > best && holders >= usize::from(quorum) {
            best = candidate;
        }
    }
    best
}

impl Primary {
    /// Counts what is said in the view, and notes when.
    pub(super) fn next_beat(&mut self, now: LocalTime) -> u64 {
        self.beat += 1;
        self.sent.note(self.beat, now);
        self.beat
    }
}

#[cfg(test)]
mod tests {
    use super::{OpNumber, held_by};

    #[test]
    fn a_quorum_holds_what_its_slowest_member_holds() {
        let acknowledged = [9, 4, 7, 0, 5].map(OpNumber);
        assert_eq!(held_by(&acknowledged, 1), OpNumber(9));
        assert_eq!(held_by(&acknowledged, 3), OpNumber(5));
        assert_eq!(held_by(&acknowledged, 5), OpNumber(0));
    }
}
