//! The end of a journal, where the next batch goes, and its parts.

use super::batch;
use super::superblock::First;
use super::{Chunk, File, Identity, offset_of};
use crate::protocol::OpNumber;
use crate::protocol::durable::Write;
use std::collections::VecDeque;

/// Knows where the next batch goes, what stands before it, and which parts are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Journal {
    identity: Identity,
    next: batch::Place,
    /// The part that is written now.
    part: u64,
    offset: u64,
    /// With which batch it begins.
    begins: u64,
    /// The parts before it that are needed, the oldest first.
    closed: VecDeque<Closed>,
    /// The op-number of the log as it was written last.
    op_number: OpNumber,
}

/// A part that is not written any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) first: First,
    /// The op-number of the log at its end. What of it the log still holds is not behind that.
    pub(super) op_number: OpNumber,
}

impl Journal {
    /// An empty one.
    pub(super) const fn new(identity: Identity, part: u64) -> Self {
        let next = batch::Place { sequence: 1, previous: 0 };
        Self {
            identity,
            next,
            part,
            offset: 0,
            begins: 1,
            closed: VecDeque::new(),
            op_number: OpNumber(0),
        }
    }

    /// One that goes on in a new part behind these.
    pub(super) fn behind(
        identity: Identity,
        next: batch::Place,
        closed: VecDeque<Closed>,
        part: u64,
        op_number: OpNumber,
    ) -> Self {
        Self { identity, next, part, offset: 0, begins: next.sequence, closed, op_number }
    }

    /// Encodes a batch, which goes behind all others.
    pub(super) fn append(&mut self, write: &Write) -> Chunk {
        let (bytes, checksum) = batch::encode(self.identity, self.next, write);
        let (file, offset) = (File::Journal(self.part), self.offset);
        self.offset += offset_of(bytes.len());
        self.next = batch::Place { sequence: self.next.sequence + 1, previous: checksum };
        self.op_number = write.last();
        Chunk { file, offset, bytes }
    }

    /// The next batch begins a new part.
    pub(super) fn begin_part(&mut self) {
        if self.offset > 0 {
            let first = First { part: self.part, sequence: self.begins };
            self.closed.push_back(Closed { first, op_number: self.op_number });
            self.part += 1;
            (self.offset, self.begins) = (0, self.next.sequence);
        }
    }

    /// Lets go of the parts that a log which begins there does not need; tells with which it begins
    /// now.
    pub(super) fn begin_behind(&mut self, start: OpNumber) -> First {
        // What was written later may be shorter, and what is behind it older.
        while self.closed.front().is_some_and(|part| part.op_number <= start) {
            self.closed.pop_front();
        }
        let here = First { part: self.part, sequence: self.begins };
        self.closed.front().map_or(here, |part| part.first)
    }

    pub(super) const fn identity(&self) -> Identity {
        self.identity
    }

    /// The batch that was encoded last, and its checksum.
    pub(super) const fn last(&self) -> (u64, u32) {
        (self.next.sequence - 1, self.next.previous)
    }
}
