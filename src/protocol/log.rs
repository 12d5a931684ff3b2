//! The log: the requests that got an op-number, in that order (§4, figure 2).

use super::numbers::{ClientId, OpNumber, RequestNumber, ViewNumber};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A request and its place in history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The view whose primary gave it its op-number. It says nothing about which log is newer:
    /// that is the last normal view's business (§4.2 step 3).
    pub view: ViewNumber,
    /// Who asked.
    pub client: ClientId,
    /// The client's number for it.
    pub request_number: RequestNumber,
    /// What is to be done, in the service's encoding.
    pub operation: Bytes,
}

/// A stretch of a log on its way: shared, so that sending it to many copies nothing.
pub type Entries = Arc<[Entry]>;

/// The entries `n1` to `op_number`, without a hole.
///
/// Kept in chunks of one size: growing moves no entry, and no allocation is so large that the
/// system has to be asked for it.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// All full but the last, and none empty.
    chunks: Vec<Vec<Entry>>,
    len: usize,
    cuts: u64,
    /// Behind how many entries it has stayed since somebody asked.
    unchanged: usize,
}

impl Log {
    /// Puts an entry at the end and returns its op-number.
    pub fn append(&mut self, entry: Entry) -> OpNumber {
        if self.len.is_multiple_of(CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(entry);
            self.len += 1;
        }
        self.op_number()
    }

    /// Drops every entry after `last`.
    pub fn truncate_after(&mut self, last: OpNumber) {
        if last < self.op_number() {
            self.len = position_after(last);
            self.unchanged = self.unchanged.min(self.len);
            self.chunks.truncate(self.len.div_ceil(CHUNK));
            if let (Some(chunk), rest @ 1..) = (self.chunks.last_mut(), self.len % CHUNK) {
                chunk.truncate(rest);
            }
            self.cuts += 1;
        }
    }

    /// The op-number of the last entry, or 0.
    ///
    /// # Panics
    /// Never: a length fits in 64 bits.
    #[must_use]
    pub fn op_number(&self) -> OpNumber {
        OpNumber(u64::try_from(self.len).expect("a length fits in 64 bits"))
    }

    /// Behind which entry it has changed since this was asked last; the last entry, if it has not.
    pub fn take_unchanged(&mut self) -> OpNumber {
        let unchanged = std::mem::replace(&mut self.unchanged, self.len);
        OpNumber(u64::try_from(unchanged).expect("a length fits in 64 bits"))
    }

    /// How often entries were dropped. Who watches a log need not look at what stayed.
    #[must_use]
    pub const fn cuts(&self) -> u64 {
        self.cuts
    }

    /// The entry with that op-number, where there is one.
    #[must_use]
    pub fn get(&self, op_number: OpNumber) -> Option<&Entry> {
        let index = position_after(op_number).checked_sub(1)?;
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// At most `count_max` entries that follow `after`.
    #[must_use]
    pub fn after(&self, after: OpNumber, count_max: usize) -> Entries {
        let first = position_after(after).min(self.len);
        let last = first.saturating_add(count_max).min(self.len);
        (first..last).map(|index| self.chunks[index / CHUNK][index % CHUNK].clone()).collect()
    }
}

/// The index that follows the entry of that op-number: indexes start at 0, op-numbers at 1.
fn position_after(op_number: OpNumber) -> usize {
    usize::try_from(op_number.0).unwrap_or(usize::MAX)
}

/// Entries in a chunk.
const CHUNK: usize = 256;

#[cfg(test)]
mod tests {
    use super::{Entry, Log};
    use crate::protocol::numbers::{ClientId, OpNumber, RequestNumber, ViewNumber};
    use bytes::Bytes;

    fn log_of(count: u64) -> Log {
        let mut log = Log::default();
        for number in 1..=count {
            let appended = log.append(Entry {
                view: ViewNumber(0),
                client: ClientId::from_number(1),
                request_number: RequestNumber(number),
                operation: Bytes::new(),
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
            assert_eq!(log.after(OpNumber(0), usize::MAX).len(), log.len);
        }
    }

    #[test]
    fn a_stretch_is_bounded_on_both_sides() {
        let log = log_of(5);
        assert_eq!(log.after(OpNumber(2), 2).len(), 2);
        assert_eq!(log.after(OpNumber(4), 9).len(), 1);
        assert_eq!(log.after(OpNumber(u64::MAX), 9).len(), 0);
    }
}
