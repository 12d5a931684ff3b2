//! What a replica of a durable group keeps on its disk, and what waits for it.
//!
//! Deviation (durable-groups): the paper's replicas keep nothing. In a durable group a promise
//! leaves its replica only after what it rests on is on the disk, so that it holds across crashes,
//! also of all replicas at once.

use super::checkpoint::{Checkpoint, CheckpointId};
use super::configuration::Membership;
use super::log::{Entries, Entry};
use super::message::CrashVector;
use super::numbers::{OpNumber, ViewNumber};
use super::output::Output;
use std::collections::VecDeque;
use std::sync::Arc;

/// Whether a group survives the crash of all its replicas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Durability {
    /// State is in memory only, and comes back from the others (§4.3): at most f replicas may be
    /// down or recovering at once.
    #[default]
    Memory,
    /// What is acknowledged is on the disk: any replicas may crash at any time.
    Disk,
}

/// Counts a replica's writes: what is told with a ticket waits until that write, and all before it,
/// are durable. The first write has ticket 1; what waits for 0 waits for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What has to be written in one piece: all of it is found after a crash, or nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Write {
    /// The view that the replica is in, or on its way to.
    pub view: ViewNumber,
    /// The latest view in which its status was normal: the log is of that view.
    pub last_normal_view: ViewNumber,
    /// What it knows to be committed; its log reaches that far.
    pub commit_number: OpNumber,
    /// A checkpoint of this operation, or a later one, must be durable before: it stands for
    /// operations that were never written here. 0 where there are none.
    pub rests_on: OpNumber,
    /// The new end of the log stands behind this op-number, in place of what stood there.
    pub after: OpNumber,
    /// The new end of the log, as far as it has no hole.
    pub entries: Entries,
    /// What its disk has lost of the log behind that, if it has.
    pub lacking: Option<Lacking>,
    /// The latest life of each replica that it knows of.
    pub crash_vector: CrashVector,
    /// The group that it knows to be the latest.
    pub membership: Membership,
}

/// What a damaged disk has left of the end of a log: the replica held it, said so, and may be one
/// of those by whom an operation is committed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lacking {
    /// The op-number that the log had.
    pub last: OpNumber,
    /// What the replica knew to be committed: in every later log these are the same.
    pub committed: OpNumber,
    /// The entries that are left, by their op-numbers.
    pub scattered: Scattered,
}

impl Lacking {
    /// The op-number that a log had whose last entry is that one, before a disk lost some of it.
    pub(super) fn claimed(last: OpNumber, lacking: Option<&Self>) -> OpNumber {
        lacking.map_or(last, |lacking| last.max(lacking.last))
    }
}

/// Entries that do not follow each other, in the order of their op-numbers.
pub type Scattered = Arc<[(OpNumber, Entry)]>;

impl Write {
    /// The op-number of the log that ends with this.
    #[must_use]
    pub fn last(&self) -> OpNumber {
        self.after.plus(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))
    }

    /// The op-number that the log had before a disk lost some of it.
    #[must_use]
    pub fn claimed(&self) -> OpNumber {
        Lacking::claimed(self.last(), self.lacking.as_ref())
    }

    /// This write and the one after it in one: who has one disk and many writes keeps one under
    /// way, and makes one of those that come meanwhile.
    #[must_use]
    pub fn and_then(self, next: Self) -> Self {
        if next.after <= self.after || next.after > self.last() {
            // All of it is replaced, by entries or by a checkpoint.
            return next;
        }
        let kept = usize::try_from(next.after.since(self.after)).unwrap_or(usize::MAX);
        let entries = self.entries.iter().take(kept).chain(next.entries.iter()).cloned().collect();
        Self { after: self.after, entries, ..next }
    }
}

/// What was found on the disk of a replica that starts again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kept {
    /// The view that it was in, or on its way to.
    pub view: ViewNumber,
    /// The latest view in which its status was normal.
    pub last_normal_view: ViewNumber,
    /// What it knew to be committed.
    pub commit_number: OpNumber,
    /// Up to where checkpoints stand for operations that were never written here.
    pub rests_on: OpNumber,
    /// Its checkpoints, the oldest first.
    pub checkpoints: Vec<Checkpoint>,
    /// Behind which operation its log begins.
    pub start: OpNumber,
    /// Its log, from there on, as far as it has no hole.
    pub log: Vec<Entry>,
    /// What is lost of the log behind that.
    pub lacking: Option<Lacking>,
    /// Something of it was damaged, whether or not it is missed: what is known now is to be written
    /// again, before what comes after makes it doubtful.
    pub is_damaged: bool,
    /// The latest life of each replica that it knew of.
    pub crash_vector: CrashVector,
    /// The group that it knew to be the latest.
    pub membership: Option<Membership>,
}

impl Kept {
    /// The op-number of its log.
    #[must_use]
    pub fn last(&self) -> OpNumber {
        self.start.plus(u64::try_from(self.log.len()).unwrap_or(u64::MAX))
    }

    /// The op-number that its log had before its disk lost some of it.
    #[must_use]
    pub fn claimed(&self) -> OpNumber {
        Lacking::claimed(self.last(), self.lacking.as_ref())
    }
}

/// What a replica knows of its writes.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Written {
    /// The latest write.
    latest: Ticket,
    /// The latest write of a view: whoever leads a view may speak in it only from then on.
    latest_view: Ticket,
    /// The view and the last normal view, as they were written last.
    views: Option<(ViewNumber, ViewNumber)>,
    /// The lives of all replicas, as they were written last.
    crash_vector: CrashVector,
    durable: Ticket,
    /// How often the log had been cut when it was written last.
    cuts: u64,
    /// The op-number of the log as it was written last.
    op_number: OpNumber,
    /// Up to where checkpoints stand for operations that were never written.
    rests_on: OpNumber,
    /// The latest checkpoint that is to be kept.
    checkpoint: Option<CheckpointId>,
    /// For a primary: up to where the log is held once a write is durable.
    own: VecDeque<(Ticket, OpNumber)>,
    /// What is known to be committed once a write is durable.
    known: VecDeque<(Ticket, OpNumber)>,
    /// What is known to be committed by what is durable.
    committed: OpNumber,
}

impl Written {
    /// As it was found on the disk: all of it is durable.
    pub(super) fn found(kept: &Kept) -> Self {
        let views = Some((kept.view, kept.last_normal_view));
        let checkpoint = kept.checkpoints.last().map(Checkpoint::id);
        let (op_number, rests_on) = (kept.last(), kept.rests_on);
        let (crash_vector, committed) = (kept.crash_vector, kept.commit_number);
        Self { views, crash_vector, op_number, rests_on, checkpoint, committed, ..Self::default() }
    }

    /// Nothing that is on the disk is relied on any more.
    pub(super) const fn distrust(&mut self) {
        self.views = None;
        self.op_number = OpNumber(0);
    }

    /// Whether another checkpoint is the latest since this was asked last.
    pub(super) fn note_checkpoint(&mut self, newest: Option<&Checkpoint>) -> bool {
        let newest = newest.map(Checkpoint::id);
        std::mem::replace(&mut self.checkpoint, newest) != newest
    }

    /// Up to where checkpoints stand for operations that were never written, when the log that was
    /// written last is `unchanged` up to there and gone on with from behind `after`, and the latest
    /// checkpoint of another replica is the one `installed`; and whether that is new.
    ///
    /// What was cut is on the disk still, up to `after`: who went on with that before a
    /// checkpoint stands for what came in its place would execute what the group never did.
    pub(super) fn rests_on(
        &mut self,
        unchanged: OpNumber,
        after: OpNumber,
        installed: OpNumber,
    ) -> (OpNumber, bool) {
        let is_skipped = after > unchanged.min(self.op_number);
        let skipped = if is_skipped { after } else { OpNumber(0) };
        let rests_on = self.rests_on.max(installed).max(skipped);
        (rests_on, std::mem::replace(&mut self.rests_on, rests_on) != rests_on)
    }

    /// Whether the log was cut since this was asked last.
    pub(super) fn note_cuts(&mut self, cuts: u64) -> bool {
        std::mem::replace(&mut self.cuts, cuts) != cuts
    }

    /// Whether the lives of others were written as they are; from now on they are.
    pub(super) fn note_lives(&mut self, crash_vector: CrashVector) -> bool {
        std::mem::replace(&mut self.crash_vector, crash_vector) == crash_vector
    }

    /// Whether views were written as they are.
    pub(super) fn has_views(&self, view: ViewNumber, last_normal_view: ViewNumber) -> bool {
        self.views == Some((view, last_normal_view))
    }

    /// Counts a write of a log that then ends with `op_number`.
    pub(super) fn note(&mut self, write: &Write, op_number: OpNumber) -> Ticket {
        self.latest = Ticket(self.latest.0 + 1);
        if !self.has_views(write.view, write.last_normal_view) {
            self.latest_view = self.latest;
            self.views = Some((write.view, write.last_normal_view));
            // What an earlier view's log held says nothing of this one's.
            self.own.clear();
        }
        self.op_number = op_number;
        self.own.push_back((self.latest, op_number));
        self.known.push_back((self.latest, write.commit_number));
        self.latest
    }

    /// Up to where the own log is held, now that a write is durable; nothing when that is not new.
    pub(super) fn note_durable(&mut self, ticket: Ticket) -> Option<OpNumber> {
        self.durable = ticket;
        let mut held = None;
        while let Some(&(written, op_number)) = self.own.front()
            && written <= ticket
        {
            held = Some(op_number);
            self.own.pop_front();
        }
        while let Some(&(written, committed)) = self.known.front()
            && written <= ticket
        {
            self.committed = committed;
            self.known.pop_front();
        }
        held
    }

    /// What a replica that starts again with what is durable knows to be committed.
    pub(super) const fn committed(&self) -> OpNumber {
        self.committed
    }

    /// Whether its views are on the disk as it is in them.
    pub(super) fn is_view_durable(&self) -> bool {
        self.latest_view <= self.durable
    }

    /// Lets outputs wait for what they rest on.
    pub(super) fn stamp<'out>(&self, outputs: impl Iterator<Item = &'out mut Output>) {
        for output in outputs {
            if let Output::Send(_, message, waits_for) | Output::Broadcast(_, message, waits_for) =
                output
            {
                // A primary's own write goes on while its backups write theirs.
                let is_promise = message.is_promise();
                *waits_for = if is_promise { self.latest } else { self.latest_view };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CrashVector, Entry, Membership, OpNumber, ViewNumber, Write, Written};
    use crate::protocol::log::EntryKind;
    use crate::protocol::{ClientId, Configuration, RequestNumber};
    use bytes::Bytes;

    fn write(after: u64, numbers: &[u64]) -> Write {
        let entry = |&number: &u64| Entry {
            view: ViewNumber(0),
            client: ClientId::from_number(1),
            request_number: RequestNumber(number),
            kind: EntryKind::Operation,
            operation: Bytes::new(),
            prediction: Bytes::new(),
        };
        Write {
            view: ViewNumber(0),
            last_normal_view: ViewNumber(0),
            commit_number: OpNumber(0),
            rests_on: OpNumber(0),
            after: OpNumber(after),
            entries: numbers.iter().map(entry).collect(),
            lacking: None,
            crash_vector: CrashVector::default(),
            membership: Membership::first(Configuration::new(3).expect("a group")),
        }
    }

    #[test]
    fn two_writes_in_one_say_what_they_say_one_after_the_other() {
        let (first, grown) = (write(2, &[3, 4]), write(4, &[5]));
        assert_eq!(first.clone().and_then(grown), write(2, &[3, 4, 5]));
        assert_eq!(first.clone().and_then(write(3, &[14])), write(2, &[3, 14]));
        assert_eq!(first.clone().and_then(write(2, &[13])), write(2, &[13]));
        assert_eq!(first.clone().and_then(write(1, &[])), write(1, &[]));
        assert_eq!(first.clone().and_then(write(9, &[10])), write(9, &[10]));
        assert_eq!(first.and_then(write(4, &[])), write(2, &[3, 4]));
    }

    #[test]
    fn what_was_never_written_rests_on_a_checkpoint() {
        let written = || Written { op_number: OpNumber(8), ..Written::default() };
        let rests_on = |unchanged, after, installed| {
            written().rests_on(OpNumber(unchanged), OpNumber(after), OpNumber(installed))
        };
        assert_eq!(rests_on(8, 8, 0), (OpNumber(0), false));
        assert_eq!(rests_on(4, 4, 0), (OpNumber(0), false), "all that changed is written");
        assert_eq!(rests_on(4, 6, 0), (OpNumber(6), true), "two that changed are gone");
        assert_eq!(rests_on(8, 12, 0), (OpNumber(12), true), "four never came");
        assert_eq!(rests_on(8, 12, 16), (OpNumber(16), true));
    }
}
