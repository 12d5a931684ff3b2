//! Recovery (§4.3): a replica that lost its memory gets it back before it takes part again.

use super::super::mark::Mark;
use super::super::message::{Header, LogPart, Peer, RecoveryResponse};
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
        let recovery = Peer::Recovery { nonce: recovering.nonce, after: recovering.reached() };
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
        let log = self.is_primary().then(|| LogPart {
            after,
            entries: self.log.after(after, self.settings.bounds.transfer_max),
            op_number: self.op_number(),
            commit_number: self.commit_number,
        });
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
            let count = usize::try_from(recovering.committed.0).unwrap_or(usize::MAX);
            recovering.staged.truncate(count);
        }
        if let Some(log) = &response.log
            && header.from == leader
            && recovering.best_view() == Some(header.view)
        {
            let reached = recovering.reached();
            if log.after <= reached {
                let entries = Self::skip_known(log.after, &log.entries, reached);
                recovering.staged.extend(entries);
                recovering.target = Some(log.op_number);
                recovering.committed = recovering.committed.max(log.commit_number);
            }
            let after = recovering.reached();
            // A copy of an answer adds nothing, and begets no other question.
            if reached < after && after < log.op_number {
                out.mark(Mark::RecoveryInParts);
                let nonce = recovering.nonce;
                out.send(leader, self.peer(Peer::Recovery { nonce, after }));
            }
        }
        self.note_crash_vector(&response.crash_vector, out);
        self.finish_recovery_if_complete(out);
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
        if answers < quorum || recovering.reached() < op_number {
            return;
        }
        let commit_number = recovering.committed;
        let entries = std::mem::take(&mut recovering.staged);
        out.mark(Mark::Recovered);
        self.follow(view, entries, commit_number, out);
    }
}

impl Recovering {
    /// The latest view that anybody answered from.
    fn best_view(&self) -> Option<super::ViewNumber> {
        self.views.iter().flatten().copied().max()
    }

    /// The last operation that has come.
    fn reached(&self) -> OpNumber {
        OpNumber(u64::try_from(self.staged.len()).unwrap_or(u64::MAX))
    }
}
