//! View changes (§4.2, §5.3): another primary takes over and nothing committed is lost.
//!
//! Deviation (vote-before-increment): in the paper, whoever times out goes to the next view and
//! takes the others along, so that one replica that can send but not hear keeps the group busy
//! for ever. Here STARTVIEWCHANGE for the next view is a vote; a replica goes there when a
//! quorum has voted, or when it hears from one that has gone. The paper's second reason for the
//! STARTVIEWCHANGE round, amnesia, is answered by crash vectors (see `gate.rs`).

use super::super::log::{Entries, Entry};
use super::super::mark::Mark;
use super::super::message::{DoViewChange, GetState, Header, LogPart, Peer, StartView, Why};
use super::super::numbers::{OpNumber, ReplicaNumber, ViewNumber};
use super::super::output::{Outbox, Timer};
use super::super::refused::Refused;
use super::super::service::Service;
use super::Replica;
use super::status::{Choice, Merge, Role, Status};
use super::stretch::Stretch;

/// Leaving a view.
impl<S: Service> Replica<S> {
    /// Says that it wants the next view, and goes there if enough others do (§4.2 step 1).
    pub(super) fn vote_for_next_view(&mut self, out: &mut Outbox) {
        self.votes.insert(self.number);
        out.broadcast(self.others(), self.peer(Peer::StartViewChange { wanted: self.view.next() }));
        self.leave_if_a_quorum_wants(out);
    }

    /// ⟨STARTVIEWCHANGE v, i⟩, §4.2 steps 1 and 2.
    pub(super) fn on_start_view_change(
        &mut self,
        header: Header,
        wanted: ViewNumber,
        out: &mut Outbox,
    ) {
        self.join_view(header.view, out);
        if wanted > self.view {
            if self.votes.count() == 0 {
                let window = self.settings.timeouts.primary_silence * 2;
                out.set_timer(Timer::VotesExpire, window);
            }
            if self.votes.contains(header.from) {
                // Sent again, or a copy: it is one vote.
                out.refuse(Refused::Duplicate);
                return;
            }
            self.votes.insert(header.from);
            self.leave_if_a_quorum_wants(out);
        } else if header.view < self.view {
            self.answer_laggard(header.from, out);
        }
    }

    fn leave_if_a_quorum_wants(&mut self, out: &mut Outbox) {
        if self.votes.count() >= self.membership.configuration.quorum() {
            self.become_view_change(self.view.next(), out);
        }
    }

    /// Goes to a view that somebody is in already: a quorum wanted it.
    fn join_view(&mut self, view: ViewNumber, out: &mut Outbox) {
        if view > self.view {
            out.mark(Mark::Joined);
            self.become_view_change(view, out);
        }
    }

    /// Tells a replica of an earlier view, or one that missed STARTVIEW, where the group is.
    fn answer_laggard(&mut self, laggard: ReplicaNumber, out: &mut Outbox) {
        match &self.status {
            Status::Normal(Role::Primary(_)) => {
                out.mark(Mark::StartViewResent);
                let start = self.start_view_after(self.commit_number);
                out.send(laggard, start);
            }
            Status::ViewChange(_) => {
                out.send(laggard, self.peer(Peer::StartViewChange { wanted: self.view }));
            }
            Status::Normal(Role::Backup(_))
            | Status::Recovering(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => {
                out.refuse(Refused::EarlierView);
            }
        }
    }

    /// A backup hears nothing from its primary (§4.2 step 1).
    pub(super) fn on_primary_silence_timer(&mut self, out: &mut Outbox) {
        if matches!(self.status, Status::Normal(Role::Backup(_))) {
            out.set_timer(Timer::PrimarySilence, self.settings.timeouts.primary_silence);
            self.vote_for_next_view(out);
        }
    }

    /// Votes are for a moment: one of an hour ago must not unseat a primary.
    pub(super) fn on_votes_expire_timer(&mut self, _out: &mut Outbox) {
        let own = self.votes.contains(self.number);
        self.votes = super::ReplicaSet::EMPTY;
        if own {
            self.votes.insert(self.number);
        }
    }

    /// Nobody has started the view: perhaps its primary can't (§4.2, last paragraph).
    pub(super) fn on_view_change_stall_timer(&mut self, out: &mut Outbox) {
        if matches!(self.status, Status::ViewChange(_)) {
            out.mark(Mark::ViewChangeStalled);
            out.set_timer(Timer::ViewChangeStall, self.settings.timeouts.view_change);
            self.vote_for_next_view(out);
        }
    }

    /// Messages of a view change are sent until the view has started.
    pub(super) fn on_view_change_resend_timer(&mut self, out: &mut Outbox) {
        let Status::ViewChange(change) = &self.status else {
            return;
        };
        out.set_timer(Timer::ViewChangeResend, self.settings.timeouts.resend);
        if let Some(merge) = &change.merge {
            self.ask_for_merge(merge.choice.source, out);
            return;
        }
        out.broadcast(self.others(), self.peer(Peer::StartViewChange { wanted: self.view }));
        self.vote_for_log(out);
    }
}

/// Starting a view.
impl<S: Service> Replica<S> {
    /// Tells the primary-to-be what its log is (§4.2 step 2).
    ///
    /// Not while it has promised a primary not to (§6.3.1).
    pub(super) fn vote_for_log(&mut self, out: &mut Outbox) {
        if self.is_bound(out) {
            return;
        }
        let vote = DoViewChange {
            last_normal_view: self.last_normal_view,
            log: self.log_part(self.commit_number),
            lacking: self.lacking.clone(),
            crash_vector: self.crash_vector,
        };
        if self.is_primary_of(self.view) {
            // Straight into the collection: the way to itself must not lose it.
            let incarnation = self.incarnation();
            let number = self.number.index();
            let Status::ViewChange(change) = &mut self.status else {
                return;
            };
            change.collected[number] = Some((incarnation, vote));
        } else {
            let message = self.peer(Peer::DoViewChange(Box::new(vote)));
            out.send(self.primary_of(self.view), message);
        }
    }

    /// ⟨DOVIEWCHANGE v, l, v', n, k, i⟩, §4.2 step 3.
    pub(super) fn on_do_view_change(
        &mut self,
        header: Header,
        vote: DoViewChange,
        out: &mut Outbox,
    ) {
        self.join_view(header.view, out);
        if header.view < self.view || !matches!(self.status, Status::ViewChange(_)) {
            self.answer_laggard(header.from, out);
            return;
        }
        if !self.is_primary_of(self.view) {
            out.refuse(Refused::NotPrimary);
            return;
        }
        if vote.last_normal_view >= header.view {
            out.refuse(Refused::Impossible);
            return;
        }
        // First what it knows of crashes: that may unmask a vote collected before.
        self.note_crash_vector(&vote.crash_vector, out);
        let Status::ViewChange(change) = &mut self.status else {
            return;
        };
        let place = &mut change.collected[header.from.index()];
        let is_copy = place.as_ref().is_some_and(|(incarnation, known)| {
            *incarnation == header.incarnation && known.log.op_number == vote.log.op_number
        });
        if is_copy {
            // It is one vote. In one life a log does not change on the way to a view.
            out.refuse(Refused::Duplicate);
        } else {
            *place = Some((header.incarnation, vote));
        }
        self.start_view_if_a_quorum_voted(out);
    }

    /// Takes the log that a quorum's votes call for, if it is all here (§4.2 step 3).
    pub(super) fn start_view_if_a_quorum_voted(&mut self, out: &mut Outbox) {
        if self.is_merging() {
            // The choice is made; another vote does not change it.
            return;
        }
        let Some(choice) = self.choose_log(out) else {
            return;
        };
        if choice.op_number() < choice.commit_number {
            out.refuse(Refused::LosesCommitted);
            return;
        }
        if choice.op_number() < self.commit_number {
            out.refuse(self.why_short(choice.op_number()));
            return;
        }
        if choice.is_mixed {
            out.mark(Mark::MixedLastNormalViews);
        }
        // In its last normal view a log is a prefix of its primary's. Of logs of different
        // views only what is committed is sure to be the same.
        let is_same_view = choice.last_normal_view == self.last_normal_view;
        let kept = if is_same_view { self.op_number() } else { self.commit_number };
        let kept = kept.min(choice.op_number());
        if choice.source != self.number {
            out.mark(Mark::ForeignLog);
            if self.settings.witnesses.contains(choice.source) {
                out.mark(Mark::WitnessLog);
            }
        }
        if choice.log.after <= kept {
            let mut entries = Stretch::behind(choice.log.after);
            entries.extend(choice.log.after, &choice.log.entries);
            entries.extend(choice.log.op_number, &choice.extra.clone().into());
            self.start_view(&choice, kept, entries.into_entries_behind(kept), out);
            return;
        }
        out.mark(Mark::MergeFetch);
        let mut staged = Stretch::of(kept, self.take_salvage(kept));
        staged.end_with(choice.log.after);
        self.go_on_with_merge(Merge { choice, kept, staged }, out);
    }

    /// The best log of those that a quorum reported: the latest last normal view wins, then the
    /// longest. Never the view of the last entry: that rebuilds figure 8 of the Raft paper.
    ///
    /// Deviation (who-does-not-know): the paper's disks lose nothing. Here a replica may have held
    /// operations that its disk has lost. Such an operation is taken from any other log of that
    /// view; it is left out only if so many never held it that no quorum did; and else nobody can
    /// tell, and more votes are waited for.
    fn choose_log(&self, out: &mut Outbox) -> Option<Choice> {
        let Status::ViewChange(change) = &self.status else {
            return None;
        };
        let quorum = self.membership.configuration.quorum();
        let collected = || {
            self.membership.configuration.members().filter_map(|replica| {
                let (_, vote) = change.collected[replica.index()].as_ref()?;
                Some((replica, vote))
            })
        };
        if collected().count() < usize::from(quorum) {
            return None;
        }
        // Its own among equals, so that nothing needs to be fetched.
        let rank = |(replica, vote): &(ReplicaNumber, &DoViewChange)| {
            (vote.last_normal_view, vote.log.op_number, *replica == self.number)
        };
        let (mut source, best) = collected().max_by_key(rank)?;
        let last_normal_view = best.last_normal_view;
        let mut log = best.log.clone();
        let of_that_view =
            || collected().filter(|(_, vote)| vote.last_normal_view == last_normal_view);
        let claimed = of_that_view().map(|(_, vote)| vote.claimed()).max()?;
        let (knower, knows) = collected().max_by_key(|(_, vote)| vote.log.commit_number)?;
        let commit_number = knows.log.commit_number;
        if commit_number > log.op_number && claimed >= commit_number {
            // Whoever committed it has it, of whatever view its log is.
            source = knower;
            let (entries, op_number) = (Entries::default(), commit_number);
            log = LogPart { after: op_number, entries, op_number, ..log };
        }
        let mut extra = Vec::new();
        let mut op_number = log.op_number.next();
        while op_number <= claimed {
            let left = |(_, vote): (ReplicaNumber, &DoViewChange)| {
                let lacking = vote.lacking.as_ref()?;
                let is_it =
                    vote.last_normal_view == last_normal_view || op_number <= lacking.committed;
                let scattered = is_it.then_some(&lacking.scattered)?;
                let at = scattered.binary_search_by_key(&op_number, |(number, _)| *number).ok()?;
                Some(scattered[at].1.clone())
            };
            if let Some(entry) = collected().find_map(left) {
                extra.push(entry);
                op_number = op_number.next();
                continue;
            }
            let replicas = usize::from(self.membership.configuration.replicas());
            let never = collected().filter(|(_, vote)| vote.claimed() < op_number).count();
            if never > replicas - usize::from(quorum) {
                out.mark(Mark::NeverHeld);
                break;
            }
            out.mark(Mark::NobodyKnows);
            return None;
        }
        Some(Choice {
            source,
            last_normal_view,
            log,
            extra,
            commit_number,
            commit_min: collected().map(|(_, vote)| vote.log.commit_number).min()?,
            is_mixed: collected().any(|(_, vote)| vote.last_normal_view != last_normal_view),
        })
    }

    /// Leads from here on (§4.2 steps 3 and 4).
    fn start_view(
        &mut self,
        choice: &Choice,
        kept: OpNumber,
        entries: Vec<Entry>,
        out: &mut Outbox,
    ) {
        self.note_dropped(kept, &entries, out);
        if choice.op_number() > choice.commit_number {
            out.mark(Mark::SuffixKept);
        }
        self.replace_log_after(kept, entries);
        self.note_kept_predictions(choice.commit_number, out);
        self.become_primary(out);
        out.mark(Mark::ViewStarted);
        let view = self.view;
        if self.is_closed() {
            out.mark(Mark::ReconfigurationKept);
        }
        self.commit_up_to(choice.commit_number, out);
        if self.view != view {
            // The view ends with what it began with: another epoch follows.
            return;
        }
        let transfer_max = u64::try_from(self.settings.bounds.transfer_max).unwrap_or(u64::MAX);
        // What is not committed is in it in any case: to fetch that in parts may take longer than
        // the view lasts, and then nothing of it stays.
        let floor = OpNumber(self.op_number().0.saturating_sub(transfer_max));
        let floor = floor.min(self.commit_number);
        let start = self.start_view_after(choice.commit_min.max(floor).max(self.log.start()));
        out.broadcast(self.others(), start);
        self.shorten_pipeline(out);
    }

    /// ⟨STARTVIEW v, l, n, k⟩, with the log from behind `after` on.
    fn start_view_after(&self, after: OpNumber) -> super::Message {
        self.peer(Peer::StartView(Box::new(StartView { log: self.log_part(after) })))
    }

    /// ⟨STARTVIEW v, l, n, k⟩, §4.2 step 5.
    pub(super) fn on_start_view(&mut self, header: Header, start: &StartView, out: &mut Outbox) {
        let log = &start.log;
        if self.is_primary_of(header.view) {
            out.refuse(Refused::NotBackup);
        } else if log.op_number < self.commit_number {
            out.refuse(self.why_short(log.op_number));
        } else if log.after > self.committed_reach() {
            out.mark(Mark::StartViewBeyond);
            self.catch_up(header, None, out);
        } else if log.after > self.commit_number {
            // What lies between has come already, for a view that came to nothing.
            self.salvage_transfer();
            let between = self.take_salvage(self.commit_number);
            let mut staged = Stretch::of(self.commit_number, between);
            staged.end_with(log.after);
            staged.extend(log.after, &log.entries);
            let entries = staged.into_entries_behind(self.commit_number);
            self.follow(header.view, entries, log.commit_number, out);
        } else {
            let entries = Self::skip_known(log.after, &log.entries, self.commit_number);
            self.follow(header.view, entries, log.commit_number, out);
        }
    }

    /// Why a log up to there, which lacks what is committed here, is not taken. Somebody's
    /// checkpoint may be further on than a message that was long under way; else the operations
    /// are lost.
    fn why_short(&self, op_number: OpNumber) -> Refused {
        if op_number < self.installed { Refused::Outrun } else { Refused::LosesCommitted }
    }

    /// Follows a view that runs, with its log from behind the own commit-number on.
    ///
    /// The log, the view it belongs to and the last normal view change together, and only here
    /// and in `become_primary`.
    pub(super) fn follow(
        &mut self,
        view: ViewNumber,
        entries: Vec<Entry>,
        commit_number: OpNumber,
        out: &mut Outbox,
    ) {
        self.note_dropped(self.commit_number, &entries, out);
        self.replace_log_after(self.commit_number, entries);
        if view.epoch() > self.membership.epoch {
            // The way there is among what is committed.
            self.execute_up_to(commit_number.min(self.op_number()), out);
            if self.membership.epoch != view.epoch() {
                self.replace_log_after(self.commit_number, []);
                if self.has_crossed() {
                    self.settle(out);
                }
                return;
            }
            out.mark(Mark::EpochBegun);
        }
        if !self.membership.configuration.contains(self.number) {
            self.replace_log_after(self.commit_number, []);
            self.view = ViewNumber::first_of(view.epoch());
            self.become_outsider(out);
            return;
        }
        self.view = view;
        self.become_member(out);
        if self.is_primary() || !matches!(self.status, Status::Normal(_)) {
            return;
        }
        self.acknowledge(out);
        self.commit_up_to(commit_number.min(self.op_number()), out);
    }

    /// Marks that operations which are in the log are not in the one that replaces it.
    pub(super) fn note_dropped(&self, kept: OpNumber, entries: &[Entry], out: &mut Outbox) {
        let mut op_number = kept.next();
        let mut new = entries.iter();
        while let Some(own) = self.log.get(op_number) {
            let is_kept = new
                .next()
                .is_some_and(|e| e.client == own.client && e.request_number == own.request_number);
            if !is_kept {
                out.mark(Mark::SuffixDropped);
                return;
            }
            op_number = op_number.next();
        }
    }

    fn log_part(&self, after: OpNumber) -> LogPart {
        LogPart {
            after,
            entries: self.log.after(after, usize::MAX),
            op_number: self.op_number(),
            commit_number: self.commit_number,
            compacted: None,
        }
    }
}

/// Fetching what the chosen suffix does not reach down to (§5.3).
impl<S: Service> Replica<S> {
    fn is_merging(&self) -> bool {
        match &self.status {
            Status::ViewChange(change) => change.merge.is_some(),
            Status::Normal(_)
            | Status::Recovering(_)
            | Status::Transitioning(_)
            | Status::ShutDown { .. } => false,
        }
    }

    fn ask_for_merge(&self, source: ReplicaNumber, out: &mut Outbox) {
        let Status::ViewChange(change) = &self.status else {
            return;
        };
        let Some(merge) = &change.merge else { return };
        let request =
            GetState { wanted: self.view, after: merge.staged.reached(), why: Why::ViewChange };
        out.send(source, self.peer(Peer::GetState(request)));
    }

    /// A part of the missing stretch.
    pub(super) fn on_merge_part(&mut self, from: ReplicaNumber, part: &LogPart, out: &mut Outbox) {
        let Status::ViewChange(change) = &mut self.status else {
            out.refuse(Refused::NotAsked);
            return;
        };
        let Some(merge) = &mut change.merge else {
            out.refuse(Refused::NotAsked);
            return;
        };
        if from != merge.choice.source || part.after != merge.staged.reached() {
            out.refuse(Refused::NotAsked);
            return;
        }
        if let Some(checkpoint) = part.compacted {
            self.want_checkpoint(checkpoint, from, out);
            return;
        }
        if part.entries.is_empty() {
            out.refuse(Refused::NotAsked);
            return;
        }
        merge.staged.extend(part.after, &part.entries);
        // What its source has beyond what was chosen of it may be of another view.
        merge.staged.end_with(merge.choice.log.op_number);
        if let Some(merge) = change.merge.take() {
            self.go_on_with_merge(merge, out);
        }
    }

    /// Asks for what is still missing, or starts the view when nothing is.
    fn go_on_with_merge(&mut self, merge: Merge, out: &mut Outbox) {
        let Status::ViewChange(change) = &mut self.status else {
            return;
        };
        let reached = merge.staged.reached();
        if reached < merge.choice.log.after {
            let source = merge.choice.source;
            change.merge = Some(merge);
            self.ask_for_merge(source, out);
            return;
        }
        let Merge { choice, kept, mut staged } = merge;
        staged.extend(choice.log.after, &choice.log.entries);
        staged.extend(choice.log.op_number, &choice.extra.clone().into());
        self.start_view(&choice, kept, staged.into_entries_behind(kept), out);
    }

    /// Goes on with a merge whose first part a checkpoint stands for now.
    pub(super) fn go_on_behind(&mut self, checkpoint: OpNumber, out: &mut Outbox) {
        let Status::ViewChange(change) = &mut self.status else {
            return;
        };
        if let Some(mut merge) = change.merge.take() {
            merge.kept = merge.kept.max(checkpoint);
            merge.staged.begin_behind(merge.kept);
            self.go_on_with_merge(merge, out);
        }
    }

    /// Gives a merge up, but keeps what has come: it was all committed at its source.
    pub(super) fn drop_merge(&mut self) {
        let Status::ViewChange(change) = &mut self.status else {
            return;
        };
        let Some(merge) = change.merge.take() else {
            return;
        };
        let committed = merge.staged.reached();
        let own = usize::try_from(merge.kept.since(self.commit_number)).unwrap_or(usize::MAX);
        let mut entries = self.log.after(self.commit_number, own).to_vec();
        entries.extend(merge.staged.into_entries_behind(merge.kept));
        self.salvage(Stretch::of(self.commit_number, entries), committed);
    }
}
