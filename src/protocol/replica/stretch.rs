//! A stretch of a log that comes from elsewhere, part by part.

use super::super::log::{Entries, Entry};
use super::super::numbers::OpNumber;

/// The entries that follow an op-number, as far as they have come.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Stretch {
    base: OpNumber,
    entries: Vec<Entry>,
}

impl Stretch {
    /// Nothing yet, of what follows `base`.
    pub(super) const fn behind(base: OpNumber) -> Self {
        Self { base, entries: Vec::new() }
    }

    /// These entries, which follow `base`.
    pub(super) const fn of(base: OpNumber, entries: Vec<Entry>) -> Self {
        Self { base, entries }
    }

    pub(super) const fn base(&self) -> OpNumber {
        self.base
    }

    /// The last operation that has come.
    pub(super) fn reached(&self) -> OpNumber {
        self.base.plus(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))
    }

    /// The entry of the last operation that has come.
    pub(super) fn last(&self) -> Option<&Entry> {
        self.entries.last()
    }

    /// Adds what is new of entries that follow `after`, which is not beyond what has come.
    pub(super) fn extend(&mut self, after: OpNumber, entries: &Entries) {
        let known = count(self.reached().since(after));
        self.entries.extend(entries.iter().skip(known).cloned());
    }

    /// Lets go of what lies behind `last`.
    pub(super) fn end_with(&mut self, last: OpNumber) {
        self.entries.truncate(count(last.since(self.base)));
    }

    /// Lets go of what lies before `base`: a checkpoint stands for it. A stretch that does not
    /// reach so far begins anew there.
    pub(super) fn begin_behind(&mut self, base: OpNumber) {
        if base > self.base {
            let known = count(base.since(self.base)).min(self.entries.len());
            self.entries.drain(..known);
            self.base = base;
        }
    }

    /// What follows `after`; nothing where the stretch begins only behind that.
    pub(super) fn into_entries_behind(mut self, after: OpNumber) -> Vec<Entry> {
        if after < self.base {
            return Vec::new();
        }
        self.begin_behind(after);
        self.entries
    }
}

fn count(entries: u64) -> usize {
    usize::try_from(entries).unwrap_or(usize::MAX)
}
