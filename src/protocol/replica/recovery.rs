//! Recovery (§4.3): a replica that lost its memory gets it back before it takes part again.

use super::super::mark::Mark;
use super::super::message::{Header, Peer, RecoveryResponse};
use super::super::numbers::{Nonce, OpNumber, ReplicaNumber};
use super::super::output::{Outbox, Timer};
use super::super::refused::Refused;
use super::super::service::Service;
use super::Replica;
use super::status::{Recovering, Status};

impl<S: Service> Replica<S> {
    /// ⟨RECOVERY i, x⟩, §4.3 step 1, again and again until it has recovered.
    pub(super) fn on_recovery_resend_timer(&mut self, out: &mut Outbox) {
        let Status::Recovering(recovering) = &self.status else {
            return;
        };
        let recovery =
            Peer::Recovery { nonce: recovering.nonce, after: recovering.staged.reached() };
        out.broadcast(self.peer(recovery));
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
        let log = self.is_primary().then(|| self.part_behind(after, out));
        let response = RecoveryResponse { nonce, log, crash_vector: self.crash_vector };
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
        let leader = self.primary_of(header.view);
        let Status::Recovering(recovering) = &mut self.status else {
            return;
        };
        if response.nonce != recovering.nonce {
            out.mark(Mark::WrongNonce);
            out.refuse(Refused::WrongNonce);
            return;
        }
        let best_before = recovering.best_view();
        let view = &mut recovering.views[header.from.index()];
        if view.is_some_and(|answered| answered > header.view) {
            out.refuse(Refused::Duplicate);
            return;
        }
        *view = Some(header.view);
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
        self.note_crash_vector(&response.crash_vector, out);
        match compacted {
            Some(checkpoint) => self.want_checkpoint(checkpoint, header.from, out),
            None => self.finish_recovery_if_complete(out),
        }
    }

    /// Complete with a quorum's answers, and all of the log of the latest view's primary.
    fn finish_recovery_if_complete(&mut self, out: &mut Outbox) {
        let quorum = usize::from(self.settings.configuration.quorum());
        let Status::Recovering(recovering) = &mut self.status else {
            return;
        };
        let answers = recovering.views.iter().flatten().count();
        let (Some(view), Some(op_number)) = (recovering.best_view(), recovering.target) else {
            return;
        };
        if answers < quorum || recovering.staged.reached() < op_number {
            return;
        }
        let commit_number = recovering.committed;
        let entries = std::mem::take(&mut recovering.staged);
        let entries = entries.into_entries_behind(self.commit_number);
        out.mark(Mark::Recovered);
        self.follow(view, entries, commit_number, out);
    }
}

impl Recovering {
    /// The latest view that anybody answered from.
    fn best_view(&self) -> Option<super::ViewNumber> {
        self.views.iter().flatten().copied().max()
    }
}
