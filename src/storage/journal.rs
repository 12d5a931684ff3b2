//! The end of a journal, where the next batch goes.

use super::Identity;
use super::batch::{self, Place};
use crate::protocol::durable::Write;

/// Knows where the next batch goes and what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Journal {
    identity: Identity,
    next: Place,
    offset: u64,
}

/// Bytes and where they go in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// From the file's beginning; the beginning of a sector.
    pub offset: u64,
    /// Whole sectors.
    pub bytes: Vec<u8>,
}

impl Journal {
    /// An empty one.
    #[must_use]
    pub const fn new(identity: Identity) -> Self {
        Self { identity, next: Place { sequence: 1, previous: 0 }, offset: 0 }
    }

    /// Encodes a batch, which goes behind all others. The next one must not be written before
    /// this one is durable.
    pub fn append(&mut self, write: &Write) -> Chunk {
        let (bytes, checksum) = batch::encode(self.identity, self.next, write);
        let offset = self.offset;
        self.advance(bytes.len(), checksum);
        Chunk { offset, bytes }
    }

    /// Where the next batch goes.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) const fn identity(&self) -> Identity {
        self.identity
    }

    pub(super) const fn next(&self) -> Place {
        self.next
    }

    pub(super) fn advance(&mut self, length: usize, checksum: u32) {
        self.offset += u64::try_from(length).expect("a length fits in 64 bits");
        self.next = Place { sequence: self.next.sequence + 1, previous: checksum };
    }
}
