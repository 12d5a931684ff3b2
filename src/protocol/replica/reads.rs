//! Reads that are in no log (§6.3): at the primary, once it is sure that it leads; at any replica,
//! as far as that one is.
//!
//! A primary is sure that it leads when a quorum has answered a message that it sent after it was
//! asked, or as long as it holds a lease (`lease.rs`).
//!
//! Deviation (reads-behind-the-view): §6.3.1 does not say what a new primary may read. It answers
//! only when all that its view began with is executed: some of it may have been answered by the one
//! before.

use super::super::mark::Mark;
use super::super::message::{Answer, Freshness, Message, Read, RefusalReason};
use super::super::numbers::OpNumber;
use super::super::output::Outbox;
use super::super::refused::Refused;
use super::super::service::Service;
use super::super::settings::Reads;
use super::Replica;
use super::status::{PendingRead, Role, Status};
use bytes::Bytes;
use core::time::Duration;

impl<S: Service> Replica<S> {
    /// ⟨READ q, c, s⟩, §6.3.
    pub(super) fn on_read(&mut self, read: Read, out: &mut Outbox) {
        if !self.is_of_epoch(read.client, read.epoch, out) {
            // It was told.
        } else if self.is_witness() {
            out.refuse(Refused::IsWitness);
        } else if !self.service.reads() {
            self.refuse_read(&read, RefusalReason::NotOffered, out);
        } else {
            match read.freshness {
                Freshness::Latest => self.on_read_of_latest(read, out),
                Freshness::Behind(seen) => self.on_stale_read(&read, seen, out),
            }
        }
    }

    /// At a replica that may lag behind (§6.3.2): as long as the client has seen nothing later.
    fn on_stale_read(&self, read: &Read, seen: OpNumber, out: &mut Outbox) {
        if !matches!(self.status, Status::Normal(_)) {
            out.refuse(Refused::WrongStatus);
        } else if seen > self.op_number().plus(super::gate::FAR) {
            self.refuse_read(read, RefusalReason::FromTheFuture, out);
        } else if seen > self.commit_number {
            out.mark(Mark::StaleReadBehind);
            self.refuse_read(read, RefusalReason::Behind, out);
        } else {
            out.mark(Mark::StaleRead);
            self.answer(read, out);
        }
    }

    /// At the primary (§6.3.1).
    fn on_read_of_latest(&mut self, read: Read, out: &mut Outbox) {
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            out.refuse(Refused::NotPrimary);
            return;
        };
        if self.settings.reads == Reads::ThroughTheLog {
            self.refuse_read(&read, RefusalReason::NotOffered, out);
            return;
        }
        if primary.has_abdicated {
            out.refuse(Refused::Abdicated);
            return;
        }
        if self.commit_number >= primary.settled && self.holds_lease() {
            out.mark(Mark::LeaseRead);
            self.answer(&read, out);
            return;
        }
        let Status::Normal(Role::Primary(primary)) = &mut self.status else {
            return;
        };
        if primary.reads.len() >= self.settings.bounds.requests_max {
            out.mark(Mark::Busy);
            self.refuse_read(&read, RefusalReason::Busy, out);
            return;
        }
        // What was sent before it was asked proves nothing.
        let needs = primary.beat + 1;
        primary.reads.push_back(PendingRead { read, needs });
        self.begin_round_if_due(out);
        self.answer_sure_reads(out);
    }

    /// Reads that come while others wait for a round wait for the next one, all together.
    fn begin_round_if_due(&mut self, out: &mut Outbox) {
        if let Status::Normal(Role::Primary(primary)) = &self.status
            && primary.reads.front().is_some_and(|first| first.needs > primary.beat)
        {
            self.on_heartbeat_timer(out);
        }
    }

    /// Answers the reads that a quorum has confirmed since they came.
    pub(super) fn answer_sure_reads(&mut self, out: &mut Outbox) {
        if !self.has_reads() {
            return;
        }
        let confirmed = self.confirmed_beat();
        loop {
            let Status::Normal(Role::Primary(primary)) = &mut self.status else {
                return;
            };
            let Some(first) = primary.reads.front() else {
                return;
            };
            if first.needs > confirmed || primary.has_abdicated {
                self.begin_round_if_due(out);
                return;
            }
            if self.commit_number < primary.settled {
                out.mark(Mark::ReadWaits);
                return;
            }
            let Some(PendingRead { read, .. }) = primary.reads.pop_front() else {
                return;
            };
            out.mark(Mark::QuorumRead);
            self.answer(&read, out);
        }
    }

    /// The latest of its beats that a quorum has answered, itself among them.
    fn confirmed_beat(&self) -> u64 {
        let Status::Normal(Role::Primary(primary)) = &self.status else {
            return 0;
        };
        let needed = self.membership.configuration.quorum() - 1;
        if needed == 0 {
            return u64::MAX;
        }
        let others = || {
            let members = self.membership.configuration.members();
            members.filter(|&other| other != self.number).map(|other| primary.beats[other.index()])
        };
        let is_answered =
            |beat: &u64| others().filter(|other| other >= beat).count() >= usize::from(needed);
        others().filter(is_answered).max().unwrap_or(0)
    }

    fn has_reads(&self) -> bool {
        matches!(&self.status, Status::Normal(Role::Primary(primary)) if !primary.reads.is_empty())
    }

    fn answer(&self, read: &Read, out: &mut Outbox) {
        let Some(result) = self.service.read(&read.query) else {
            self.refuse_read(read, RefusalReason::NoRead, out);
            return;
        };
        out.reply(read.client, Message::Answer(self.answer_of(read, result)));
    }

    /// Deviation (reads-executed): §6.3.2 returns the commit-number, which may be further on than
    /// what the answer rests on.
    fn answer_of(&self, read: &Read, result: Bytes) -> Answer {
        let (epoch, view, op_number) = (self.epoch(), self.view, self.commit_number);
        let Read { client, request_number, .. } = *read;
        Answer { epoch, view, client, request_number, op_number, age: self.age(), result }
    }

    /// How old its state is at most, apart from what is under way to it: how long ago, by its own
    /// clock, it was told by its primary what is committed, or knew that it is the primary.
    fn age(&self) -> Duration {
        let since = match &self.status {
            Status::Normal(Role::Primary(primary)) => {
                if self.membership.configuration.quorum() == 1 {
                    return Duration::ZERO;
                }
                primary.sent.when(self.confirmed_beat()).unwrap_or(primary.since)
            }
            Status::Normal(Role::Backup(_))
            | Status::ViewChange(_)
            | Status::Recovering(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => self.current_at,
        };
        self.now.since(since)
    }

    fn refuse_read(&self, read: &Read, reason: RefusalReason, out: &mut Outbox) {
        self.refuse_client(read.client, read.request_number, reason, out);
    }
}
