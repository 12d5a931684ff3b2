//! State transfer (§5.2): a replica that missed something gets it from another.
//!
//! Deviation (cut-after-answer): the paper's replica drops what follows its commit-number and
//! moves to the later view *before* it asks, and so can lose operations that it had
//! acknowledged. Here it keeps its log, its view and its last normal view until the answer is
//! all there, and replaces them together.

use super::super::configuration::{Configuration, Membership, ReplicaSet};
use super::super::log::{Entries, Entry};
use super::super::mark::Mark;
use super::super::message::{GetState, Header, LogPart, NewState, Peer, Why};
use super::super::numbers::{OpNumber, ReplicaNumber, ViewNumber};
use super::super::output::{Outbox, Timer};
use super::super::refused::Refused;
use super::super::service::Service;
use super::Replica;
use super::reconfiguration::Outsider;
use super::status::{Role, Status};
use super::stretch::Stretch;

/// What is being fetched.
#[derive(Clone, Debug, Hash)]
pub(super) struct Transfer {
    /// The view whose log is wanted: the running one, or a later one.
    wanted: ViewNumber,
    /// Whom to ask.
    source: ReplicaNumber,
    /// Who else may know.
    others: ReplicaSet,
    /// For a later view: what came so far, from behind what was committed here when it began. All
    /// logs agree up to there.
    staged: Stretch,
    /// Up to where that is known to be committed.
    committed: OpNumber,
}

/// Committed operations that have come, but whose log is not complete yet.
///
/// What is committed is the same in every later view's log. Without this a replica far behind
/// would begin anew with each view, and a group that needs it would go from view to view.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Salvage(Stretch);

impl Transfer {
    /// A checkpoint stands for what lies before it.
    pub(super) fn begin_behind(&mut self, op_number: OpNumber) {
        self.staged.begin_behind(op_number);
        self.committed = self.committed.max(op_number);
    }
}

impl<S: Service> Replica<S> {
    /// A view is running that this replica missed the start of: asks its sender for the log. Where
    /// it is of a later epoch, the sender may have told who is in that.
    pub(super) fn catch_up(&mut self, header: Header, told: Option<Membership>, out: &mut Outbox) {
        if let Some(told) = told
            && self.holds_beginning(told)
        {
            out.mark(Mark::EpochByOwnLog);
            self.commit_up_to(told.since, out);
            return;
        }
        let told = told.map_or(ReplicaSet::EMPTY, |told| told.configuration.set());
        if let Some(transfer) = self.transfer.as_mut().filter(|t| t.wanted >= header.view) {
            transfer.others = transfer.others.and(told).without(self.number);
            return;
        }
        let is_of_epoch = header.view.epoch() == self.epoch();
        if is_of_epoch && self.is_primary_of(header.view) {
            return;
        }
        self.salvage_transfer();
        let staged = Stretch::of(self.commit_number, self.take_salvage(self.commit_number));
        let committed = staged.reached();
        let mut others = self.known_replicas().and(told).without(self.number);
        others.insert(header.from);
        self.transfer =
            Some(Transfer { wanted: header.view, source: header.from, others, staged, committed });
        self.ask_for_state(out);
    }

    /// Whether the own log holds what began the next epoch, and so all that is committed before it.
    ///
    /// Deviation (epoch-by-own-log): the paper has everybody fetch that from the old group (§7.1).
    /// But whoever of that has executed it may have failed since, and a witness has no log to give.
    fn holds_beginning(&self, told: Membership) -> bool {
        self.log.get(told.since).is_some_and(|entry| entry.view == told.numbered_in)
    }

    /// Operations of the running view are missing. They may just be late: asks in a while.
    pub(super) fn note_lag(&mut self, out: &mut Outbox) {
        if self.transfer.is_none() {
            self.transfer = Some(Transfer {
                wanted: self.view,
                source: self.primary_of(self.view),
                others: self.others(),
                staged: Stretch::behind(self.commit_number),
                committed: OpNumber(0),
            });
            out.set_timer(Timer::TransferResend, self.settings.timeouts.resend / 2);
        }
    }

    /// Asks, or asks somebody else: whom it asked may be down, or behind itself.
    pub(super) fn on_transfer_resend_timer(&mut self, out: &mut Outbox) {
        if matches!(self.status, Status::Transitioning(_)) {
            self.learn_from_the_next(out);
            return;
        }
        self.ask_for_state(out);
        if let Some(transfer) = &mut self.transfer
            && let Some(others) = Configuration::of(transfer.others)
        {
            transfer.source = others.after(transfer.source);
        }
    }

    pub(super) fn ask_for_state(&self, out: &mut Outbox) {
        let Some(transfer) = &self.transfer else {
            return;
        };
        let after = if self.is_running(transfer.wanted) {
            self.op_number()
        } else {
            transfer.staged.reached()
        };
        // Into a later epoch leads what is committed, which also those know who have no view.
        let is_of_epoch = transfer.wanted.epoch() == self.epoch();
        let why = if is_of_epoch { Why::View } else { Why::Learning };
        let request = GetState { wanted: transfer.wanted, after, why };
        out.send(transfer.source, self.peer(Peer::GetState(request)));
        out.set_timer(Timer::TransferResend, self.settings.timeouts.resend);
    }

    /// ⟨GETSTATE v, n', i⟩: answered by who is normal in that view; for the merge of a view
    /// change, by who has voted in it. What is committed anybody may know, and a replaced replica
    /// tells, too: all that came before the next epoch.
    pub(super) fn on_get_state(&self, from: ReplicaNumber, asked: GetState, out: &mut Outbox) {
        let has_log = match &self.status {
            Status::Normal(_)
            | Status::ViewChange(_)
            | Status::Transitioning(Outsider::Replaced { .. }) => true,
            Status::Recovering(_)
            | Status::Transitioning(Outsider::Standby { .. })
            | Status::ShutDown { .. } => false,
        };
        let is_answerable = match asked.why {
            Why::View => matches!(self.status, Status::Normal(_)) && asked.wanted == self.view,
            Why::ViewChange => {
                matches!(self.status, Status::ViewChange(_)) && asked.wanted == self.view
            }
            Why::Learning => has_log && asked.after <= self.commit_number,
        };
        if !is_answerable {
            out.refuse(Refused::WrongStatus);
            return;
        }
        if asked.why == Why::View && self.lacking.is_some() {
            // What its disk has left is not the log of the view, and must not be taken for it.
            out.refuse(Refused::Gap);
            return;
        }
        if asked.after > self.op_number() {
            out.refuse(Refused::Gap);
            return;
        }
        // Also when there is nothing to add: the asker may need the view, not the operations.
        let mut part = self.part_behind(asked.after, from, out);
        if asked.after < self.log.start() && part.compacted.is_none() {
            // A witness can't tell what came of the operations that are gone.
            out.refuse(Refused::IsWitness);
            return;
        }
        if asked.why == Why::Learning {
            part = part.up_to(self.commit_number);
        }
        let state = NewState { part, why: asked.why };
        out.send(from, self.peer(Peer::NewState(Box::new(state))));
    }

    /// A part of the log for whoever has what lies before it; where that part is gone, the
    /// checkpoint that stands for it (§5.1).
    pub(super) fn part_behind(
        &self,
        after: OpNumber,
        to: ReplicaNumber,
        out: &mut Outbox,
    ) -> LogPart {
        let is_kept = after >= self.log.start();
        if !is_kept {
            out.mark(Mark::Compacted);
        }
        LogPart {
            after,
            entries: match is_kept {
                true => self.log.after(after, self.settings.bounds.transfer_max),
                false => Entries::default(),
            },
            op_number: self.op_number(),
            commit_number: self.commit_number,
            compacted: if is_kept { None } else { self.stands_for_gone(to) },
        }
    }

    /// ⟨NEWSTATE v, l, n, k⟩.
    pub(super) fn on_new_state(&mut self, header: Header, state: &NewState, out: &mut Outbox) {
        let part = &state.part;
        if state.why == Why::Learning {
            match self.status {
                Status::Normal(_) | Status::ViewChange(_) => self.stage_epoch(header, part, out),
                Status::Recovering(_) | Status::Transitioning(_) | Status::ShutDown { .. } => {
                    self.on_lesson(header, part, out);
                }
            }
        } else if state.why == Why::ViewChange {
            if header.view == self.view {
                self.on_merge_part(header.from, part, out);
            } else {
                out.refuse(Refused::NotAsked);
            }
        } else if header.view.epoch() != self.epoch() {
            // Nobody follows a view into an epoch: what began it is executed.
            out.refuse(Refused::NotAsked);
        } else if self.is_primary_of(header.view) {
            out.refuse(Refused::NotBackup);
        } else if self.is_running(header.view) {
            self.extend_log(header, part, out);
        } else {
            self.stage_later_view(header, part, out);
        }
    }

    /// In the running view a log is only ever extended: what came since GETSTATE stays.
    fn extend_log(&mut self, header: Header, part: &LogPart, out: &mut Outbox) {
        let own = self.op_number();
        if part.after > own {
            out.refuse(Refused::Gap);
            return;
        }
        if let Some(checkpoint) = part.compacted {
            self.want_checkpoint(checkpoint, header.from, out);
            return;
        }
        let missing = Self::skip_known(part.after, &part.entries, own);
        // A copy of an answer adds nothing, and must not beget another question: with every
        // copy doing so, questions and answers would multiply.
        let is_progress = !missing.is_empty();
        for entry in missing {
            out.mark(Mark::TransferSameView);
            self.log.append(entry);
        }
        self.acknowledge(out);
        self.commit_up_to(part.commit_number.min(self.op_number()), out);
        if self.view != header.view {
            return;
        }
        if self.op_number() < part.op_number {
            if !is_progress {
                return;
            }
            out.mark(Mark::TransferInParts);
            if let Some(transfer) = &mut self.transfer {
                transfer.source = header.from;
            }
            self.ask_for_state(out);
        } else {
            self.transfer = None;
            out.cancel_timer(Timer::TransferResend);
        }
    }

    /// What leads into a later epoch is put aside until it is all there: the own log may be
    /// promised until its epoch is over. Then it goes on as what it executes has it.
    fn stage_epoch(&mut self, header: Header, part: &LogPart, out: &mut Outbox) {
        let own = self.epoch();
        let is_wanted = |wanted: ViewNumber| wanted.epoch() > own && header.view.epoch() > own;
        let Some(transfer) = self.stage(header.from, part, is_wanted, out) else {
            return;
        };
        transfer.committed = transfer.staged.reached();
        if transfer.staged.reached() < part.op_number {
            if !part.entries.is_empty() {
                out.mark(Mark::TransferInParts);
                transfer.source = header.from;
                self.ask_for_state(out);
            }
            return;
        }
        let Some(transfer) = self.transfer.take() else {
            return;
        };
        let entries = transfer.staged.clone().into_entries_behind(self.commit_number);
        if !entries.iter().any(|entry| self.leads_out(entry)) {
            // Who told of the epoch has not executed again what began it: the own log is promised
            // until somebody tells of that.
            self.salvage(transfer.staged, transfer.committed);
            out.refuse(Refused::Behind);
            return;
        }
        out.mark(Mark::TransferLaterView);
        let mut entries = entries.into_iter();
        self.note_dropped(self.commit_number, entries.as_slice(), out);
        self.replace_log_after(self.commit_number, []);
        while !self.has_crossed()
            && let Some(entry) = entries.next()
        {
            self.log.append(entry);
            self.execute_up_to(self.op_number(), out);
        }
        if self.has_crossed() {
            self.settle(out);
        }
    }

    /// Puts a part aside that is asked for, and follows what has come; nothing where it does not,
    /// or a checkpoint stands for it.
    fn stage(
        &mut self,
        from: ReplicaNumber,
        part: &LogPart,
        is_wanted: impl Fn(ViewNumber) -> bool,
        out: &mut Outbox,
    ) -> Option<&mut Transfer> {
        let follows = |t: &Transfer| is_wanted(t.wanted) && t.staged.reached() == part.after;
        if !self.transfer.as_ref().is_some_and(follows) {
            out.refuse(Refused::NotAsked);
            return None;
        }
        if let Some(checkpoint) = part.compacted {
            self.want_checkpoint(checkpoint, from, out);
            return None;
        }
        let transfer = self.transfer.as_mut()?;
        transfer.staged.extend(part.after, &part.entries);
        Some(transfer)
    }

    /// Parts of a later view's log are put aside until it is complete.
    fn stage_later_view(&mut self, header: Header, part: &LogPart, out: &mut Outbox) {
        let is_wanted = |wanted| wanted == header.view;
        let Some(transfer) = self.stage(header.from, part, is_wanted, out) else {
            return;
        };
        transfer.committed = transfer.committed.max(part.commit_number);
        if transfer.staged.reached() < part.op_number && !part.entries.is_empty() {
            out.mark(Mark::TransferInParts);
            transfer.source = header.from;
            self.ask_for_state(out);
            return;
        }
        if transfer.staged.reached() < self.commit_number {
            self.transfer = None;
            out.refuse(Refused::LosesCommitted);
            return;
        }
        let Some(transfer) = self.transfer.take() else {
            return;
        };
        // What it committed meanwhile in its own view is in the later view's log too.
        let entries = transfer.staged.into_entries_behind(self.commit_number);
        out.mark(Mark::TransferLaterView);
        self.follow(header.view, entries, part.commit_number, out);
    }

    /// Up to where what is committed has come, whether or not it is executed.
    pub(super) fn committed_reach(&self) -> OpNumber {
        let fetched = self
            .transfer
            .as_ref()
            .map_or(OpNumber(0), |transfer| transfer.staged.reached().min(transfer.committed));
        self.salvage.0.reached().max(fetched).max(self.commit_number)
    }

    /// Keeps what is committed of a transfer or merge that comes to nothing.
    pub(super) fn salvage_transfer(&mut self) {
        if let Some(transfer) = self.transfer.take() {
            self.salvage(transfer.staged, transfer.committed);
        }
    }

    /// Keeps entries as far as they are committed.
    pub(super) fn salvage(&mut self, mut entries: Stretch, committed: OpNumber) {
        entries.end_with(committed);
        if entries.reached() > self.salvage.0.reached() {
            self.salvage = Salvage(entries);
        }
    }

    /// What was kept, from behind `after` on.
    pub(super) fn take_salvage(&mut self, after: OpNumber) -> Vec<Entry> {
        std::mem::take(&mut self.salvage).0.into_entries_behind(after)
    }

    /// The later view whose log is being fetched.
    pub(super) fn awaited_view(&self) -> Option<ViewNumber> {
        self.transfer.as_ref().map(|transfer| transfer.wanted).filter(|&view| view > self.view)
    }

    /// Whether that view is the replica's own and has started for it.
    fn is_running(&self, view: ViewNumber) -> bool {
        let is_normal = match self.status {
            Status::Normal(Role::Primary(_) | Role::Backup(_)) => true,
            Status::ViewChange(_)
            | Status::Recovering(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => false,
        };
        is_normal && view == self.view
    }
}
