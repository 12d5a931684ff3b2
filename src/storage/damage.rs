//! What was found to be damaged, for whoever looks after the machine: a disk that damages one
//! record damages more.

use super::File;
use super::decision::Batch;
use crate::protocol::OpNumber;
use core::fmt;

/// Something that is not as it was written, with which a replica goes on all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// In which file.
    pub file: File,
    /// Where, from the file's beginning.
    pub offset: u64,
    /// What.
    pub what: Damaged,
}

/// What is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damaged {
    /// A copy of the superblock.
    Copy,
    /// The checkpoint of that operation.
    Checkpoint(OpNumber),
    /// A batch that was durable, and may have been promised: that was found in its place.
    Batch(Batch),
    /// Something that was being written when the crash came.
    Torn,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, byte {}: ", self.file, self.offset)?;
        match self.what {
            Damaged::Copy => f.write_str("a copy is damaged; another one is used"),
            Damaged::Checkpoint(op_number) => {
                write!(f, "the checkpoint of {op_number} is damaged; an older one is used")
            }
            Damaged::Batch(found) => {
                f.write_str(match found {
                    Batch::Whole | Batch::Elsewhere => "a record does not belong there",
                    Batch::Nothing => "a record is missing",
                    Batch::Damaged => "a record is damaged",
                    Batch::Stale => "an earlier record is where a later one was written",
                })?;
                f.write_str(" and may have been promised; the other replicas are asked for it")
            }
            Damaged::Torn => f.write_str(
                "what was being written in a crash is not whole; nobody was promised anything \
                 by it, and it is left out",
            ),
        }
    }
}
