//! Recovery (§4.3): a replica that lost its memory gets it back before it takes part again.

use super::super::configuration::Membership;
use super::super::log::EntryKind;
use super::super::mark::Mark;
use super::super::message::{Header, Peer, RecoveryResponse};
use super::super::numbers::{Nonce, OpNumber, ReplicaNumber};
use super::super::output::{Outbox, Timer};
use super::super::refused::Refused;
use super::super::service::Service;
use super::Replica;
use super::reconfiguration::{Lost, is_among};
use super::status::{Recovering, Status};

impl<S: Service> Replica<S> {
    /// ⟨RECOVERY i, x⟩, §4.3 step 1, again and again until it has recovered.
    pub(super) fn on_recovery_resend_timer(&mut self, out: &mut Outbox) {
        let Status::Recovering(recovering) = &self.status else {
            return;
        };
        let recovery =
            Peer::Recovery { nonce: recovering.nonce, after: recovering.staged.reached() };
        let known = recovering.membership.configuration.set().and(self.known_replicas());
        out.broadcast(known.without(self.number), self.peer(recovery));
        out.set_timer(Timer::RecoveryResend, self.settings.timeouts.resend);
    }

    /// ⟨RECOVERY i, x⟩, §4.3 step 2.
    ///
    /// Deviation (recovering-primary): a backup that hears this from its own primary wants
    /// another view at once; the paper lets it wait for its timer.
    pub(super) fn on_recovery(
        &mut self,
        from: ReplicaNumber,
        nonce: Nonce,
        after: OpNumber,
        out: &mut Outbox,
    ) {
        let log = self.is_primary().then(|| self.part_behind(after, from, out));
        let response = RecoveryResponse {
            nonce,
            log,
            membership: self.membership,
            crash_vector: self.crash_vector,
        };
        out.send(from, self.peer(Peer::RecoveryResponse(Box::new(response))));
        if from == self.primary_of(self.view) {
            out.mark(Mark::PrimaryRecovering);
            self.vote_for_next_view(out);
        }
    }

    /// ⟨RECOVERYRESPONSE v, x, l, n, k, j⟩, §4.3 step 3.
    pub(super) fn on_recovery_response(
        &mut self,
        header: Header,
        response: &RecoveryResponse,
        out: &mut Outbox,
    ) {
        let told = response.membership;
        let leader = told.configuration.primary(header.view);
        let Status::Recovering(recovering) = &mut self.status else {
            return;
        };
        if response.nonce != recovering.nonce {
            out.mark(Mark::WrongNonce);
            out.refuse(Refused::WrongNonce);
            return;
        }
        let mut asks_others = false;
        let best_before = recovering.best_view();
        let view = &mut recovering.views[header.from.index()];
        if view.is_some_and(|answered| answered > header.view) {
            out.refuse(Refused::Duplicate);
            return;
        }
        *view = Some(header.view);
        if told.epoch > recovering.membership.epoch {
            // It goes by what is said in the latest epoch that anybody tells of.
            recovering.membership = told;
            out.mark(Mark::RecoveryLearnsEpoch);
            asks_others = true;
        }
        if best_before.is_some_and(|best| best < header.view) {
            out.mark(Mark::RecoveredAcrossViews);
            // What was committed in the earlier view is in this one's log too.
            recovering.target = None;
            recovering.staged.end_with(recovering.committed);
        }
        let mut compacted = None;
        if let Some(log) = &response.log
            && header.from == leader
            && recovering.best_view() == Some(header.view)
        {
            let reached = recovering.staged.reached();
            compacted = log.compacted;
            if log.after <= reached {
                recovering.staged.extend(log.after, &log.entries);
                recovering.target = Some(log.op_number);
                recovering.committed = recovering.committed.max(log.commit_number);
            }
            let after = recovering.staged.reached();
            // A copy of an answer adds nothing, and begets no other question.
            if reached < after && after < log.op_number {
                out.mark(Mark::RecoveryInParts);
                let nonce = recovering.nonce;
                out.send(leader, self.peer(Peer::Recovery { nonce, after }));
            }
        }
        if asks_others {
            self.on_recovery_resend_timer(out);
        }
        self.note_crash_vector(&response.crash_vector, out);
        match compacted {
            Some(checkpoint) => self.want_checkpoint(checkpoint, header.from, out),
            None => self.finish_recovery_if_complete(out),
        }
    }

    /// Complete with a quorum's answers, and all of the log of the latest view's primary.
    ///
    /// Deviation (recovery-between-epochs): §4.3 and §7 do not look at each other. Where that log
    /// ends in what may have begun an epoch, the replica may have been a member of it, and led it,
    /// in the life that it has forgotten. Those who answer have not heard of the epoch, and can't
    /// tell: it goes on asking until they know whether that is committed.
    fn finish_recovery_if_complete(&mut self, out: &mut Outbox) {
        let number = self.number;
        let Status::Recovering(recovering) = &mut self.status else {
            return;
        };
        let membership = recovering.membership;
        let group = membership.configuration;
        let is_member = group.contains(number);
        let nonce = recovering.nonce;
        let (Some(view), Some(op_number)) = (recovering.best_view(), recovering.target) else {
            return;
        };
        if recovering.answers() < group.quorum() {
            return;
        }
        if !is_member && !recovering.joins {
            out.mark(Mark::RemovedWhileAway);
            self.membership = membership;
            self.replace_log_after(self.commit_number, []);
            let lost = Some(Lost { up_to: op_number, nonce });
            self.become_shut_down(lost, out);
            return;
        }
        if recovering.staged.reached() < op_number {
            return;
        }
        let commit_number = recovering.committed;
        if is_member
            && op_number > commit_number
            && let Some(last) = recovering.staged.last()
            && last.kind == EntryKind::Reconfiguration
            && last.view.epoch() == membership.epoch
            && is_among(number, &last.operation)
        {
            out.mark(Mark::RecoveryAwaitsEpoch);
            return;
        }
        let entries = std::mem::take(&mut recovering.staged);
        let mut entries = entries.into_entries_behind(self.commit_number);
        out.mark(Mark::Recovered);
        if is_member {
            self.follow(view, entries, commit_number, out);
            return;
        }
        let committed = commit_number.since(self.commit_number);
        entries.truncate(usize::try_from(committed).unwrap_or(usize::MAX));
        self.replace_log_after(self.commit_number, entries);
        self.execute_up_to(self.op_number(), out);
        let lost = Some(Lost { up_to: op_number, nonce });
        self.become_standby(group.primary(view), lost, out);
    }
}

impl Recovering {
    /// The latest view that anybody answered from.
    fn best_view(&self) -> Option<super::ViewNumber> {
        self.views.iter().flatten().copied().max()
    }

    /// How many members of the latest epoch have answered from that.
    fn answers(&self) -> u8 {
        let Membership { epoch, configuration, .. } = self.membership;
        let is_of_epoch = |member: &ReplicaNumber| {
            self.views[member.index()].is_some_and(|view| view.epoch() == epoch)
        };
        let answers = configuration.members().filter(is_of_epoch).count();
        u8::try_from(answers).unwrap_or(u8::MAX)
    }
}
