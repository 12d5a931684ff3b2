//! Durable groups: what a step has changed is written down, and a replica that starts again goes on
//! with what it finds.
//!
//! Deviation (durable-groups): the paper's replicas have no disk (§4.3 recovers from the others,
//! which ends when all of them crash at once). No handler knows of writes: what a step has changed
//! is found when it is over, and all that it sends waits for that.

use super::super::durable::{Durability, Kept, Ticket, Write, Written};
use super::super::mark::Mark;
use super::super::numbers::{LocalTime, OpNumber, ReplicaNumber};
use super::super::output::Outbox;
use super::super::service::Service;
use super::super::settings::{InvalidSetting, Settings};
use super::Replica;
use super::reconfiguration::Outsider;
use super::status::{Role, Status};

impl<S: Service> Replica<S> {
    /// A member of a durable group that starts again, with what its disk has kept.
    ///
    /// Its promises hold: it is in the view that it was in, with the log that it had. Only a
    /// primary does not go on as such: it may have sent what was not yet on its disk. `now` is what
    /// the host's clock shows.
    ///
    /// # Errors
    /// When a setting is zero that must not be, or the service can't do what is asked for.
    ///
    /// # Panics
    /// When the configuration has no such replica, the group is not durable, or what was kept is
    /// none of a replica.
    pub fn restart(
        settings: Settings,
        number: ReplicaNumber,
        kept: Kept,
        now: LocalTime,
        service: S,
        out: &mut Outbox,
    ) -> Result<Self, InvalidSetting> {
        assert!(settings.durability == Durability::Disk, "only a durable group's disks are kept");
        assert!(kept.last_normal_view <= kept.view, "no replica kept that");
        let mut replica = Self::new(settings, number, service)?;
        (replica.view, replica.last_normal_view) = (kept.view, kept.last_normal_view);
        if let Some(membership) = kept.membership {
            assert!(membership.epoch == kept.view.epoch(), "a view is one of its group's epoch");
            replica.membership = membership;
        }
        replica.written = Written::found(&kept);
        // Of others is what stands for operations that it never wrote.
        let newest = kept.checkpoints.last().map_or(OpNumber(0), |newest| newest.op_number);
        replica.installed = if newest > kept.last() { newest } else { kept.rests_on };
        // It does not know what it had promised.
        replica.now = now;
        replica.promise();
        replica.log.begin_behind(kept.start);
        for entry in kept.log {
            replica.log.append(entry);
        }
        if let Some(newest) = kept.checkpoints.last() {
            assert!(replica.take_over(newest), "it was written by the same service");
            replica.checkpoints = kept.checkpoints.into();
            let start = replica.log.start();
            replica.checkpoints.retain(|checkpoint| checkpoint.op_number >= start);
        }
        replica.lacking = kept.lacking.filter(|lacking| lacking.last > replica.log.op_number());
        if replica.lacking.is_some() {
            out.mark(Mark::RestartedLacking);
        }
        replica.crash_vector = kept.crash_vector;
        let _ = replica.log.take_unchanged();
        if kept.is_damaged {
            replica.log.touch();
            replica.written.distrust();
        }
        let known = kept.commit_number.max(replica.commit_number);
        replica.commit_up_to(known.min(replica.op_number()), out);
        if replica.view != kept.view {
            // It has executed its way into another epoch, and has its place there. In that it has
            // said nothing: else its disk would know.
        } else if !replica.membership.configuration.contains(number) {
            replica.become_outsider(out);
        } else if kept.view > kept.last_normal_view {
            replica.resume_view_change(out);
        } else if replica.is_primary_of(kept.view) {
            out.mark(Mark::PrimaryRestarted);
            replica.become_view_change(kept.view.next(), out);
        } else {
            replica.become_backup(out);
        }
        replica.write_down(0, out);
        replica.assert_invariants();
        Ok(replica)
    }

    /// Writes what a step has changed, and lets what it sends wait for that: `first` is the first
    /// of its outputs.
    pub(super) fn write_down(&mut self, first: usize, out: &mut Outbox) {
        let has_lost = match &self.status {
            Status::Recovering(_) | Status::ShutDown { lost: Some(_) } => true,
            Status::Transitioning(Outsider::Standby { lost, .. }) => lost.is_some(),
            Status::Normal(_)
            | Status::ViewChange(_)
            | Status::Transitioning(Outsider::Replaced { .. })
            | Status::ShutDown { lost: None } => false,
        };
        if self.settings.durability == Durability::Memory || has_lost {
            // Who has nothing yet has nothing to write down.
            return;
        }
        self.fill_from_what_is_left(out);
        let cuts = self.log.cuts();
        let unchanged = self.log.take_unchanged();
        let after = unchanged.max(self.log.start());
        let op_number = self.op_number();
        let is_cut = self.written.note_cuts(cuts);
        if self.written.note_checkpoint(self.checkpoints.back()) {
            out.keep(self.checkpoints.iter().cloned().collect(), self.log.start());
        }
        let (rests_on, rests_anew) = self.written.rests_on(unchanged, after, self.installed);
        if !self.written.note_lives(self.crash_vector)
            || rests_anew
            || after < op_number
            || is_cut
            || !self.written.has_views(self.view, self.last_normal_view)
        {
            let write = Write {
                view: self.view,
                last_normal_view: self.last_normal_view,
                commit_number: self.known_committed(),
                rests_on,
                after,
                entries: self.log.after(after, usize::MAX),
                lacking: self.lacking.clone(),
                crash_vector: self.crash_vector,
                membership: self.membership,
            };
            let ticket = self.written.note(&write, op_number);
            out.write(ticket, write);
        }
        self.written.stamp(out.since(first));
    }

    /// What it knows to be committed, whether or not it has it.
    fn known_committed(&self) -> OpNumber {
        let lost = self.lacking.as_ref().map_or(OpNumber(0), |lacking| lacking.committed);
        self.commit_number.max(lost)
    }

    /// Takes what a damaged disk has left, as far as it follows what has come from others: within a
    /// view there is but one log.
    fn fill_from_what_is_left(&mut self, out: &mut Outbox) {
        let Some(lacking) = &mut self.lacking else {
            return;
        };
        for (op_number, entry) in lacking.scattered.iter() {
            if *op_number == self.log.op_number().next() {
                self.log.append(entry.clone());
            }
        }
        let reached = self.log.op_number();
        if reached >= lacking.last {
            out.mark(Mark::Repaired);
            self.lacking = None;
        } else if lacking.scattered.first().is_some_and(|(first, _)| *first <= reached) {
            // What is in the log is not behind it any more.
            let behind = lacking.scattered.iter().filter(|(op_number, _)| *op_number > reached);
            lacking.scattered = behind.cloned().collect();
        }
    }

    /// A primary counts itself among those who hold its log from here on.
    pub(super) fn on_durable(&mut self, ticket: Ticket, out: &mut Outbox) {
        let Some(held) = self.written.note_durable(ticket) else {
            return;
        };
        if let Status::Normal(Role::Primary(primary)) = &mut self.status {
            let own = &mut primary.acknowledged[self.number.index()];
            *own = held.max(*own);
            self.commit_what_a_quorum_holds(out);
            self.fill_pipeline(out);
            self.answer_sure_reads(out);
        }
    }

    /// Up to where a primary holds its log before anything is written: all of it where nothing has
    /// to be.
    pub(super) fn held_at_once(&self) -> OpNumber {
        match self.settings.durability {
            Durability::Memory => self.op_number(),
            Durability::Disk => OpNumber(0),
        }
    }
}
