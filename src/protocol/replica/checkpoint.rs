//! Checkpoints (§5.1): the state now and then, and the log let go behind it.
//!
//! Deviation (what-a-checkpoint-holds): the paper's holds the service's state. This one also holds
//! what was executed for each client, or whoever goes on from it would execute a late copy of a
//! request again; and the group, or whoever goes on from it would not know who is in it.

use super::super::checkpoint::Checkpoint;
use super::super::client_table::ClientTable;
use super::super::configuration::Membership;
use super::super::mark::Mark;
use super::super::numbers::{EpochNumber, OpNumber, ViewNumber};
use super::super::output::{Outbox, Timer};
use super::super::pages::{Paged, Reader, Tree};
use super::super::refused::Refused;
use super::super::service::Service;
use super::Replica;
use super::status::Status;

impl<S: Service> Replica<S> {
    /// Keeps the state after the operation that was just executed, if it is time for that. The
    /// time is in the log, so that all replicas take the same ones.
    pub(super) fn take_checkpoint_if_due(&mut self, out: &mut Outbox) {
        let Some(setting) = self.settings.checkpoints else {
            return;
        };
        let op_number = self.commit_number;
        if !op_number.0.is_multiple_of(setting.every) {
            return;
        }
        let service = self.service.checkpoint().expect("it was asked at the start");
        let clients = self.client_table.checkpoint();
        let state = Tree::branch([service, clients, seal_membership(self.executed)]);
        self.checkpoints.push_back(Checkpoint { op_number, state });
        let kept = u64::try_from(setting.kept).unwrap_or(u64::MAX).saturating_mul(setting.every);
        // Where the last one is that is not kept any more, whether or not it was taken here.
        let start = OpNumber(op_number.0.saturating_sub(kept));
        if start > self.log.start() {
            out.mark(Mark::LogCompacted);
            self.log.begin_behind(start);
        }
        while self.checkpoints.front().is_some_and(|oldest| oldest.op_number <= start) {
            self.checkpoints.pop_front();
        }
    }

    /// Goes on from a checkpoint that others have taken, in place of the operations up to it, which
    /// are committed. What is behind it in the own log stays: it may be promised. So the last
    /// normal view stays too, whatever view the checkpoint was taken in (the paper moves there,
    /// §5.2; its log does not).
    ///
    /// Where it stands for the beginning of another epoch, the replica goes on in that.
    pub(super) fn install(&mut self, checkpoint: Checkpoint, out: &mut Outbox) {
        if !self.take_over(&checkpoint) {
            out.refuse(Refused::WrongState);
            return;
        }
        out.mark(Mark::CheckpointInstalled);
        let op_number = checkpoint.op_number;
        self.installed = op_number;
        self.log.begin_behind(op_number);
        self.checkpoints.clear();
        self.checkpoints.push_back(checkpoint);
        if let Some(transfer) = &mut self.transfer {
            transfer.begin_behind(op_number);
        }
        if self.has_crossed() && !matches!(self.status, Status::Recovering(_)) {
            self.settle(out);
        }
        match &mut self.status {
            Status::Recovering(recovering) => {
                recovering.staged.begin_behind(op_number);
                recovering.committed = recovering.committed.max(op_number);
                self.on_recovery_resend_timer(out);
            }
            Status::ViewChange(_) => {
                self.vote_for_log(out);
                self.go_on_behind(op_number, out);
                self.ask_for_state(out);
            }
            Status::Normal(_) => self.ask_for_state(out),
            Status::Transitioning(_) => self.learn(out),
            Status::ShutDown { .. } => {}
        }
    }

    /// Takes over the state of a checkpoint; nothing has changed where it is none.
    pub(super) fn take_over(&mut self, checkpoint: &Checkpoint) -> bool {
        let Some(membership) = self.take_over_state(&checkpoint.state) else {
            return false;
        };
        self.commit_number = checkpoint.op_number;
        self.executed = membership;
        self.note_executed_membership();
        if self.op_number() < checkpoint.op_number {
            self.log.begin_behind(checkpoint.op_number);
        }
        true
    }

    /// The group that a checkpoint tells of, once the rest of it is taken over: a witness leaves
    /// that unread.
    fn take_over_state(&mut self, state: &Tree) -> Option<Membership> {
        match (state.below(), self.is_witness()) {
            ([group] | [_, _, group], true) => unseal_membership(group),
            ([service, clients, group], false) => {
                let (clients, group) = (ClientTable::unseal(clients)?, unseal_membership(group)?);
                if !self.service.restore(service) {
                    return None;
                }
                self.client_table.restore(clients);
                Some(group)
            }
            _ => None,
        }
    }

    /// Nothing needs to be fetched any more.
    pub(super) fn drop_fetch(&mut self, out: &mut Outbox) {
        if self.fetch.take().is_some() {
            out.cancel_timer(Timer::PagesResend);
        }
    }
}

/// The group as it is after an operation.
pub(super) fn seal_membership(membership: Membership) -> Tree {
    let mut page = Vec::new();
    let (group, former) = membership.bits();
    membership.epoch.0.put(&mut page);
    membership.since.put(&mut page);
    membership.numbered_in.0.put(&mut page);
    u64::from(group).put(&mut page);
    u64::from(former).put(&mut page);
    Tree::page(page.into())
}

/// Nothing where it is none.
fn unseal_membership(tree: &Tree) -> Option<Membership> {
    let mut page = Reader::new(tree.as_page()?.clone());
    let epoch = EpochNumber(Paged::take(&mut page)?);
    let began = (Paged::take(&mut page)?, ViewNumber(Paged::take(&mut page)?));
    let mut group = || u32::try_from(<u64 as Paged>::take(&mut page)?).ok();
    let groups = (group()?, group()?);
    page.is_empty().then(|| Membership::of(epoch, began, groups))?
}

#[cfg(test)]
mod tests {
    use super::{Membership, OpNumber, ViewNumber, seal_membership, unseal_membership};
    use crate::protocol::{Configuration, EpochNumber, ReplicaNumber, ReplicaSet};

    #[test]
    fn what_a_checkpoint_says_of_the_group_is_read_as_it_was_written() {
        let group = |members: &[u8]| -> Configuration {
            let set: ReplicaSet = members.iter().copied().map(ReplicaNumber).collect();
            Configuration::of(set).expect("a group")
        };
        let witnesses = [ReplicaNumber(4)].into_iter().collect();
        let next = group(&[1, 2, 4]).with_witnesses(witnesses).expect("two run the service");
        let membership = Membership {
            epoch: EpochNumber(2),
            since: OpNumber(7),
            numbered_in: ViewNumber::first_of(EpochNumber(1)).next(),
            configuration: next,
            former: group(&[0, 1, 2]),
        };
        assert_eq!(unseal_membership(&seal_membership(membership)), Some(membership));
    }
}
