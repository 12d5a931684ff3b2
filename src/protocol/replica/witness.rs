//! Witnesses (§6.1): members that vote and hold the log, and do not run the service.
//!
//! Deviation (witness-logs): the paper leaves open for how long a witness keeps what it was told.
//! It may be the only one beside a replica that is about to fail who holds an operation that others
//! lack. So its log begins behind what all have executed who run the service: they say so with
//! PREPAREOK, and the primary tells it. In place of a checkpoint it keeps who is in the group. Only
//! where it gets operations that are gone from all logs, and that some may still lack, it keeps a
//! checkpoint of another's, unread, until they do not.
//!
//! Deviation (witnesses-always-vote): in §6.1 they are asked only when somebody who runs the
//! service does not answer. Here they are told everything: nothing has to notice, and what they
//! hold is soon let go.

use super::super::checkpoint::{Checkpoint, CheckpointId};
use super::super::durable::Durability;
use super::super::log::EntryKind;
use super::super::mark::Mark;
use super::super::numbers::{OpNumber, ReplicaNumber};
use super::super::output::Outbox;
use super::super::pages::Tree;
use super::super::service::Service;
use super::Replica;
use super::checkpoint::seal_membership;
use super::status::{Role, Status};

impl<S: Service> Replica<S> {
    /// Goes over an operation that is committed; who is in the group follows from it here, too.
    pub(super) fn pass_over(&mut self) {
        let op_number = self.commit_number.next();
        let entry = self.log.get(op_number).expect("up to the op-number there is no hole");
        if entry.kind == EntryKind::Reconfiguration {
            let entry = entry.clone();
            self.begin_epoch(op_number, &entry);
        }
        self.commit_number = op_number;
    }

    /// What a member says that it has executed (§4.1 step 5).
    pub(super) fn note_executed(&mut self, member: ReplicaNumber, executed: OpNumber) {
        if let Status::Normal(Role::Primary(primary)) = &mut self.status {
            let known = &mut primary.executed[member.index()];
            *known = executed.max(*known);
        }
    }

    /// Up to where all have executed who run the service, as their primary knows.
    pub(super) fn find_spent(&mut self) -> OpNumber {
        let group = self.membership.configuration;
        if let Status::Normal(Role::Primary(primary)) = &self.status
            && !group.witnesses().is_empty()
        {
            let others = group.active().without(self.number);
            let others = others.iter().map(|other| primary.executed[other.index()]);
            let by_all = others.fold(self.executed_for_good(), OpNumber::min);
            self.spent = self.spent.max(by_all);
        }
        self.spent
    }

    /// Whoever runs the service has executed all up to there: a witness need not hold it.
    pub(super) fn note_spent(&mut self, spent: OpNumber, out: &mut Outbox) {
        self.spent = self.spent.max(spent);
        let passed = self.spent.min(self.commit_number);
        let Some(setting) = self.settings.checkpoints.filter(|_| self.is_witness()) else {
            return;
        };
        if passed < self.executed.since {
            return;
        }
        // Now and then, as the others do.
        let start = OpNumber(passed.0 - passed.0 % setting.every);
        let is_state_spent = |newest: &Checkpoint| newest.is_whole() && newest.op_number <= passed;
        if start > self.log.start() || self.checkpoints.back().is_some_and(is_state_spent) {
            out.mark(Mark::WitnessLetGo);
            self.log.begin_behind(start);
            self.checkpoints.clear();
            self.checkpoints.push_back(self.group_checkpoint());
        }
    }

    /// What stands for the operations that are gone from this log, for whoever asks for them;
    /// nothing where that is not here.
    pub(super) fn stands_for_gone(&self, to: ReplicaNumber) -> Option<CheckpointId> {
        if self.settings.witnesses.contains(to) {
            let group = self.group_checkpoint();
            if group.op_number <= self.spent.max(self.executed.since) {
                return Some(group.id());
            }
        }
        self.checkpoints.back().filter(|newest| newest.is_whole()).map(Checkpoint::id)
    }

    /// What a witness needs in place of operations that are gone from this log, where nobody needs
    /// them from a witness.
    pub(super) fn group_checkpoint(&self) -> Checkpoint {
        let op_number = self.log.start().max(self.executed.since);
        Checkpoint { op_number, state: Tree::branch([seal_membership(self.executed)]) }
    }

    /// What it has executed, and will have executed when it starts again. It matters only where
    /// there are witnesses.
    pub(super) fn executed_for_good(&self) -> OpNumber {
        if self.membership.configuration.witnesses().is_empty() {
            return OpNumber(0);
        }
        match self.settings.durability {
            Durability::Memory => self.commit_number,
            Durability::Disk => self.written.committed().min(self.commit_number),
        }
    }
}

impl<S> Replica<S> {
    /// Whether it is a witness, in whatever group it is a member (§6.1).
    #[must_use]
    pub const fn is_witness(&self) -> bool {
        self.settings.witnesses.contains(self.number)
    }
}
