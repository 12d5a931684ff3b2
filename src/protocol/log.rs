//! The log: the requests that got an op-number, in that order (§4, figure 2).

use super::numbers::{ClientId, OpNumber, RequestNumber, ViewNumber};
use bytes::Bytes;
use core::hash::{Hash, Hasher};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// A request and its place in history.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The view whose primary gave it its op-number. It says nothing about which log is newer:
    /// that is the last normal view's business (§4.2 step 3).
    pub view: ViewNumber,
    /// Who asked.
    pub client: ClientId,
    /// The client's number for it.
    pub request_number: RequestNumber,
    /// Whose business it is.
    pub kind: EntryKind,
    /// What is to be done, in the service's encoding; the members of the next group, a byte each,
    /// where that is what it is about.
    pub operation: Bytes,
    /// What it is executed with, whoever executes it and when (§4.4); nothing where the service
    /// predicts nothing.
    pub prediction: Bytes,
}

/// Whose business a request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EntryKind {
    /// The service's: it executes an operation.
    #[default]
    Operation,
    /// The group's: others are its members from there on (§7.1).
    Reconfiguration,
    /// Nobody's: it shows that the group of an epoch is at work (§7.3).
    CheckEpoch,
}

impl EntryKind {
    /// Every kind, in the order of their numbers on disks.
    pub const ALL: [Self; 3] = [Self::Operation, Self::Reconfiguration, Self::CheckEpoch];
}

/// A stretch of a log on its way: shared, so that sending it to many copies nothing.
pub type Entries = Arc<[Entry]>;

/// The entries behind a checkpoint, or from the first on where there is none, without a hole.
///
/// Kept in chunks of one size: growing moves no entry, and no allocation is so large that the
/// system has to be asked for it.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// All full but the last, and none empty.
    chunks: VecDeque<Vec<Entry>>,
    /// Behind which op-number the first chunk begins.
    origin: OpNumber,
    /// Behind which op-number the log begins: that is in the first chunk, or at its beginning.
    start: OpNumber,
    op_number: OpNumber,
    cuts: u64,
    /// Behind which entry it has stayed as it was since somebody asked.
    unchanged: OpNumber,
    /// A chunk that was let go, to be filled again.
    spare: Option<Vec<Entry>>,
}

/// By its entries and where they stand: how they are kept, and how they came there, is its own
/// business.
impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.start, self.op_number).hash(state);
        let mut next = self.start.next();
        while let Some(entry) = self.get(next) {
            entry.hash(state);
            next = next.next();
        }
    }
}

impl Log {
    /// Puts an entry at the end and returns its op-number.
    pub fn append(&mut self, entry: Entry) -> OpNumber {
        if self.op_number.since(self.origin).is_multiple_of(CHUNK) {
            let room = usize::try_from(CHUNK).expect("a small number");
            let chunk = self.spare.take().unwrap_or_else(|| Vec::with_capacity(room));
            self.chunks.push_back(chunk);
        }
        if let Some(chunk) = self.chunks.back_mut() {
            chunk.push(entry);
            self.op_number = self.op_number.next();
        }
        self.op_number
    }

    /// Drops every entry after `last`.
    ///
    /// # Panics
    /// When the log begins only behind that.
    pub fn truncate_after(&mut self, last: OpNumber) {
        assert!(last >= self.start, "what is in a checkpoint is not cut off");
        if last < self.op_number {
            self.op_number = last;
            self.unchanged = self.unchanged.min(last);
            let kept = last.since(self.origin);
            self.chunks.truncate(to_index(kept.div_ceil(CHUNK)));
            if let (Some(chunk), rest @ 1..) = (self.chunks.back_mut(), kept % CHUNK) {
                chunk.truncate(to_index(rest));
            }
            self.cuts += 1;
        }
    }

    /// Lets go of the entries up to there: a checkpoint stands for them. A log that does not
    /// reach so far is empty then, and goes on from there.
    pub fn begin_behind(&mut self, start: OpNumber) {
        self.start = start.max(self.start);
        if self.op_number <= start {
            self.chunks.clear();
            (self.origin, self.op_number) = (start, start);
        }
        while self.chunks.len() > 1 && self.start.since(self.origin) >= CHUNK {
            self.spare = self.chunks.pop_front().map(|mut chunk| {
                chunk.clear();
                chunk
            });
            self.origin = self.origin.plus(CHUNK);
        }
    }

    /// Behind which op-number it begins.
    #[must_use]
    pub const fn start(&self) -> OpNumber {
        self.start
    }

    /// The op-number of the last entry, or that behind which it begins.
    #[must_use]
    pub const fn op_number(&self) -> OpNumber {
        self.op_number
    }

    /// Behind which entry it has changed since this was asked last; the last entry, if it has not.
    /// What changed behind that may be gone since: the log may begin later.
    pub const fn take_unchanged(&mut self) -> OpNumber {
        std::mem::replace(&mut self.unchanged, self.op_number)
    }

    /// All of it counts as changed.
    pub const fn touch(&mut self) {
        self.unchanged = self.start;
    }

    /// How often entries were dropped from its end. Who watches a log need not look at what
    /// stayed.
    #[must_use]
    pub const fn cuts(&self) -> u64 {
        self.cuts
    }

    /// The entry with that op-number, where there is one.
    #[must_use]
    pub fn get(&self, op_number: OpNumber) -> Option<&Entry> {
        if op_number <= self.start || op_number > self.op_number {
            return None;
        }
        let index = op_number.since(self.origin) - 1;
        self.chunks.get(to_index(index / CHUNK))?.get(to_index(index % CHUNK))
    }

    /// At most `count_max` entries that follow `after`.
    ///
    /// # Panics
    /// When the log begins only behind that.
    #[must_use]
    pub fn after(&self, after: OpNumber, count_max: usize) -> Entries {
        assert!(after >= self.start, "what is in a checkpoint is in no log");
        let first = after.min(self.op_number);
        let count = u64::try_from(count_max).unwrap_or(u64::MAX);
        let last = first.plus(count.min(self.op_number.since(first)));
        (first.0..last.0).map(|before| self.at(OpNumber(before)).clone()).collect()
    }

    fn at(&self, before: OpNumber) -> &Entry {
        let index = before.since(self.origin);
        &self.chunks[to_index(index / CHUNK)][to_index(index % CHUNK)]
    }
}

fn to_index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Entries in a chunk.
const CHUNK: u64 = 256;

#[cfg(test)]
mod tests {
    use super::{Entry, EntryKind, Log, to_index};
    use crate::protocol::numbers::{ClientId, OpNumber, RequestNumber, ViewNumber};
    use bytes::Bytes;

    fn log_of(count: u64) -> Log {
        let mut log = Log::default();
        for number in 1..=count {
            let appended = log.append(Entry {
                view: ViewNumber(0),
                client: ClientId::from_number(1),
                request_number: RequestNumber(number),
                kind: EntryKind::Operation,
                operation: Bytes::new(),
                prediction: Bytes::new(),
            });
            assert_eq!(appended, OpNumber(number));
        }
        log
    }

    #[test]
    fn op_numbers_start_at_one() {
        let log = log_of(2);
        assert_eq!(log.get(OpNumber(0)), None);
        assert_eq!(log.get(OpNumber(1)).map(|e| e.request_number), Some(RequestNumber(1)));
        assert_eq!(log.get(OpNumber(3)), None);
    }

    #[test]
    fn a_cut_keeps_what_is_up_to_it() {
        let mut log = log_of(5);
        log.truncate_after(OpNumber(3));
        assert_eq!(log.op_number(), OpNumber(3));
        log.truncate_after(OpNumber(9));
        assert_eq!(log.op_number(), OpNumber(3));
    }

    #[test]
    fn a_log_is_cut_and_grows_on_at_any_place() {
        for kept in [0, 1, 255, 256, 257, 511, 512, 600] {
            let mut log = log_of(600);
            log.truncate_after(OpNumber(kept));
            assert_eq!(log.op_number(), OpNumber(kept));
            assert_eq!(log.get(OpNumber(kept + 1)), None);
            let entry = log_of(1).get(OpNumber(1)).cloned().expect("it has one");
            assert_eq!(log.append(entry), OpNumber(kept + 1));
            assert!(log.get(OpNumber(kept + 1)).is_some());
            let count = u64::try_from(log.after(OpNumber(0), usize::MAX).len());
            assert_eq!(count, Ok(log.op_number().0));
        }
    }

    #[test]
    fn a_stretch_is_bounded_on_both_sides() {
        let log = log_of(5);
        assert_eq!(log.after(OpNumber(2), 2).len(), 2);
        assert_eq!(log.after(OpNumber(4), 9).len(), 1);
        assert_eq!(log.after(OpNumber(u64::MAX), 9).len(), 0);
    }

    #[test]
    fn what_a_checkpoint_stands_for_is_let_go_exactly() {
        for start in [0, 1, 255, 256, 257, 511, 512, 599, 600] {
            let mut log = log_of(600);
            let _ = log.take_unchanged();
            log.begin_behind(OpNumber(start));
            assert_eq!((log.start(), log.op_number()), (OpNumber(start), OpNumber(600)));
            assert_eq!(log.get(OpNumber(start)), None);
            for number in start + 1..=600 {
                let entry = log.get(OpNumber(number)).expect("it is kept");
                assert_eq!(entry.request_number, RequestNumber(number));
            }
            assert_eq!(log.after(OpNumber(start), usize::MAX).len(), to_index(600 - start));
            assert!(log.chunks.len() <= 3 - to_index(start.min(599) / 256));
            log.append(log_of(1).get(OpNumber(1)).cloned().expect("it has one"));
            assert_eq!(log.take_unchanged(), OpNumber(600));
            log.truncate_after(OpNumber(start));
            assert_eq!((log.start(), log.op_number()), (OpNumber(start), OpNumber(start)));
        }
    }

    #[test]
    fn what_has_changed_stays_so_when_it_is_let_go() {
        let mut log = log_of(9);
        let _ = log.take_unchanged();
        log.truncate_after(OpNumber(4));
        for number in 5..=9 {
            let entry = log_of(1).get(OpNumber(1)).cloned().expect("it has one");
            assert_eq!(log.append(entry), OpNumber(number));
        }
        log.begin_behind(OpNumber(7));
        assert_eq!(log.take_unchanged(), OpNumber(4));
        assert_eq!(log.take_unchanged(), OpNumber(9));
    }

    #[test]
    fn a_log_that_does_not_reach_a_checkpoint_goes_on_behind_it() {
        let mut log = log_of(300);
        log.begin_behind(OpNumber(1000));
        assert_eq!((log.start(), log.op_number()), (OpNumber(1000), OpNumber(1000)));
        assert!(log.after(OpNumber(1000), 5).is_empty());
        let entry = log_of(1).get(OpNumber(1)).cloned().expect("it has one");
        for number in 1001..=1600 {
            assert_eq!(log.append(entry.clone()), OpNumber(number));
        }
        assert!(log.get(OpNumber(1001)).is_some() && log.get(OpNumber(1600)).is_some());
        log.begin_behind(OpNumber(7));
        assert_eq!(log.start(), OpNumber(1000), "it does not come back");
    }
}
