//! Disks that are damaged or hindered, and how much of it the group survives.

use super::{Director, Undo};
use crate::protocol::durable::Kept;
use crate::protocol::{Durability, OpNumber, ReplicaNumber};
use crate::sim::disk::Hindrance;
use crate::sim::harm::{self, Harm};
use crate::sim::kernel::Kernel;
use crate::sim::member::Member;
use crate::sim::node::ProcessId;
use crate::sim::scenario::Scenario;
use std::collections::BTreeMap;

impl Director {
    /// Stops a replica and lets its disk fail, unless the group could not survive that.
    pub(super) fn damage(
        &mut self,
        scenario: &Scenario,
        kernel: &mut Kernel<Member>,
        id: ProcessId,
        how: Harm,
        op_number: Option<OpNumber>,
    ) -> Option<Option<Undo>> {
        let number = ReplicaNumber(u8::try_from(id.0).ok()?);
        if self.durability == Durability::Memory || !self.configuration.contains(number) {
            return None;
        }
        if scenario.reconfigures() || !scenario.cluster.witnesses.is_empty() {
            // Which disks a group can do without is not reckoned for groups that change, nor where
            // some keep no state.
            self.withheld += 1;
            return None;
        }
        let identity = harm::identity_of(scenario.seed, number);
        // It stops, and finds out when it starts again: nobody reads a disk that is written.
        self.crash(kernel, id);
        let before = kernel.disk(id).files().clone();
        let mut after = before.clone();
        if !how.strike(identity, &mut after, op_number, &mut self.chance) {
            return Some(Some(Undo::Restart(id)));
        }
        if !self.survives(scenario, kernel, id, &before, &after) {
            self.withheld += 1;
            return Some(Some(Undo::Restart(id)));
        }
        if how == Harm::Replaced {
            self.replaced.insert(number);
        }
        if how.is_passing() {
            self.misread.insert(id, after);
        } else {
            // What would have been misread is not there any more.
            self.misread.remove(&id);
            kernel.set_files(id, after);
        }
        Some(Some(Undo::Restart(id)))
    }

    /// Whether the contract holds when a disk is like that: each operation that is lost there has a
    /// copy on another one, or nobody else ever held it; and no more than f replicas have lost
    /// all.
    fn survives(
        &mut self,
        scenario: &Scenario,
        kernel: &Kernel<Member>,
        id: ProcessId,
        before: &BTreeMap<u64, Vec<u8>>,
        after: &BTreeMap<u64, Vec<u8>>,
    ) -> bool {
        let replicas = u16::from(self.replicas);
        if (0..replicas).map(ProcessId).any(|other| other != id && self.is_mistaken(kernel, other))
        {
            // What is on that disk says nothing about what its replica has.
            return false;
        }
        let found = |id: ProcessId, files: &BTreeMap<u64, Vec<u8>>| {
            let number = ReplicaNumber(u8::try_from(id.0).unwrap_or(0));
            harm::found(harm::identity_of(scenario.seed, number), files)
        };
        let Some(before) = found(id, before) else {
            // It has nothing to lose.
            return false;
        };
        let after = found(id, after);
        let promises = match kernel.node(id) {
            Some(Member::Replica(host)) => host.promises,
            Some(Member::Client(_)) | None => self.promises[id.index()],
        };
        match &after {
            Some(after) => {
                // What was promised, and not even that is known any more: more than one failure.
                let forgets = after.view < promises.view
                    || after.view < before.view
                    || after.last_normal_view < before.last_normal_view
                    || harm::claimed(after) < harm::claimed(&before)
                    || promises.prepare_ok.is_some_and(|(view, op_number)| {
                        after.last_normal_view <= view && harm::claimed(after) < op_number
                    });
                if forgets {
                    return false;
                }
            }
            None if self.lost.count() > 0 => return false,
            None => {}
        }
        let lost = harm::lost(&before, after.as_ref());
        if self.lost.count() > 0 && !lost.is_empty() {
            // Who is gone for ever can't tell what it held.
            return false;
        }
        let others: Vec<Option<Kept>> = (0..replicas)
            .map(ProcessId)
            .filter(|&other| other != id)
            .map(|other| found(other, kernel.disk(other).files()))
            .collect();
        let failed = others.iter().filter(|other| other.is_none()).count();
        if after.is_none() && failed + 1 > usize::from(self.configuration.failures()) {
            return false;
        }
        // What is lost here has a copy there, or was never there.
        let is_safe = lost.iter().all(|&op_number| {
            let has = |other: &Kept| harm::has(other, op_number, &before);
            let held = |other: &Kept| harm::claimed(other) >= op_number;
            others.iter().flatten().any(has) || !others.iter().flatten().any(held)
        });
        // What anybody lacks then can be had from somebody, or so many know that it was never there
        // that a view change can leave it out.
        let quorum = self.configuration.quorum();
        let enough = usize::from(self.configuration.replicas() - quorum) + 1;
        let all: Vec<&Kept> = others.iter().chain([&after]).flatten().collect();
        let can_be_told = |who: &Kept, op_number: OpNumber| {
            let never = all.iter().filter(|other| harm::claimed(other) < op_number).count();
            all.iter().any(|other| harm::has(other, op_number, who)) || never >= enough
        };
        is_safe
            && all.iter().all(|who| {
                harm::lost(who, Some(who)).iter().all(|&op_number| can_be_told(who, op_number))
            })
    }

    /// Whether a replica lacks, or will lack, what is on its disk, since it was misread.
    fn is_mistaken(&self, kernel: &Kernel<Member>, id: ProcessId) -> bool {
        self.misread.contains_key(&id)
            || match kernel.node(id) {
                Some(Member::Replica(host)) => {
                    host.has_misread && host.replica.claimed() > host.replica.op_number()
                }
                Some(Member::Client(_)) | None => false,
            }
    }

    /// A disk is as it was, but for what else hinders it; a process that stopped for it goes on.
    pub(super) fn unhinder(
        &mut self,
        scenario: &Scenario,
        kernel: &mut Kernel<Member>,
        id: ProcessId,
    ) {
        kernel.unhinder_disk(id);
        for hindrance in self.hindrances(id) {
            // A sync fails once.
            if hindrance != Hindrance::FailedSync {
                kernel.hinder_disk(id, hindrance);
            }
        }
        if self.stopped.remove(&id) && kernel.node(id).is_none() {
            self.start(scenario, kernel, id);
        }
    }

    fn hindrances(&self, id: ProcessId) -> Vec<Hindrance> {
        let of = |undo: &Undo| match undo {
            Undo::Unhinder(whose, hindrance) if *whose == id => Some(*hindrance),
            Undo::Restart(_)
            | Undo::Resume(_)
            | Undo::Mend(_)
            | Undo::EndBurst
            | Undo::Unhinder(..)
            | Undo::Flap { .. } => None,
        };
        self.under_way.iter().flatten().filter_map(of).collect()
    }

    /// A process has stopped, since its disk failed. It starts again when what hindered the disk is
    /// over.
    pub fn on_stopped(&mut self, scenario: &Scenario, kernel: &mut Kernel<Member>, id: ProcessId) {
        self.has_stopped = true;
        self.crash(kernel, id);
        if self.hindrances(id).is_empty() {
            self.start(scenario, kernel, id);
        } else {
            self.stopped.insert(id);
        }
    }
}
