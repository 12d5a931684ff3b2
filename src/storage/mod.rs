//! What a durable group's replica keeps, as bytes in files: encoded, decoded, recovered. Nothing
//! here opens a file: the host carries bytes to where they are kept, and brings them back.
//!
//! | file | what |
//! |---|---|
//! | superblock | views, how far the journal is durable, which checkpoints count; in two pairs |
//! | journal *n* | batches of log entries, appended; let go when a checkpoint stands for them |
//! | pages *n* | pages of checkpoints, each once, appended; written anew when most is garbage |
//!
//! A batch is promised to nobody before a superblock says that it is durable: so a batch that is
//! not whole was either never promised, and is left out, or it is *damaged*, and is never left out
//! silently.

mod batch;
mod codec;
mod damage;
mod decision;
mod journal;
mod pages;
mod recovery;
mod store;
mod superblock;

pub use damage::{Damage, Damaged};
pub use decision::{Batch, Decision, Superblock, decide, decide_superblock};
pub use recovery::{Recovered, Stretch, Unreadable, Why, begin_anew, recover, stretches};
pub use store::{Command, Store};

use crate::protocol::ReplicaNumber;
use bytes::Bytes;
use core::fmt;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Whose files they are: it stands in every record, so that nobody goes on with somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The group, by an id that no other group has.
    pub group: Uuid,
    /// The replica.
    pub replica: ReplicaNumber,
}

/// One of a replica's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    /// What must never be lost.
    Superblock,
    /// A part of the journal.
    Journal(u64),
    /// Pages of checkpoints.
    Pages(u64),
}

impl File {
    /// A number for it, by which a host that has no names finds it again.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::Superblock => 0,
            Self::Journal(part) => 1 + part * 2,
            Self::Pages(part) => 2 + part * 2,
        }
    }

    /// The file of that number.
    #[must_use]
    pub const fn of_number(number: u64) -> Self {
        match number {
            0 => Self::Superblock,
            odd if odd % 2 == 1 => Self::Journal(odd / 2),
            even => Self::Pages(even / 2 - 1),
        }
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Superblock => f.write_str("superblock"),
            Self::Journal(part) => write!(f, "journal-{part}"),
            Self::Pages(part) => write!(f, "pages-{part}"),
        }
    }
}

/// A replica's files as they were found.
pub type Files = BTreeMap<File, Bytes>;

/// Bytes and where they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// In which file.
    pub file: File,
    /// From the file's beginning; the beginning of a sector.
    pub offset: u64,
    /// Whole sectors.
    pub bytes: Vec<u8>,
}

/// The version of the format, which stands in every record.
pub const FORMAT: u16 = 4;

/// What a disk writes all of or nothing of. A record begins where one begins, so that a torn write
/// of one damages no other.
pub const SECTOR: usize = 512;

/// Bytes of a file as an offset.
fn offset_of(length: usize) -> u64 {
    u64::try_from(length).expect("a length fits in 64 bits")
}

#[cfg(test)]
mod tests {
    use super::File;

    #[test]
    fn a_file_is_found_again_by_its_number() {
        for number in 0..9 {
            assert_eq!(File::of_number(number).number(), number);
        }
        assert_eq!(File::of_number(5).to_string(), "journal-2");
    }
}
