//! What a journal's bytes say after a crash, or whatever else befell them.

use super::batch::{self, Batch, NoBatch};
use super::{FORMAT, Identity, Journal, SECTOR};
use crate::protocol::durable::Kept;
use crate::protocol::log::Entry;
use bytes::Bytes;
use core::fmt;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// What the replica goes on with; nothing where it never wrote anything.
    pub kept: Option<Kept>,
    /// Where the next batch goes.
    pub journal: Journal,
    /// How the journal ended.
    pub end: End,
}

/// How a journal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Behind a batch, or with nothing at all.
    Clean,
    /// With a batch that was being written when the crash came. Nobody was promised anything by it.
    Torn,
}

/// Why a journal can't be gone on with. Nothing of it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where, from the journal's beginning.
    pub offset: u64,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong with a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A batch is damaged, and others follow: what it said may have been promised.
    Damaged,
    /// A batch is whole, and does not go with those before it.
    Contradictory,
    /// It is of another group or another replica.
    Foreign(Identity),
    /// It was written by a later version.
    LaterFormat(u16),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "journal, byte {}: ", self.offset)?;
        match &self.why {
            Why::Damaged => f.write_str(
                "a batch is damaged and others follow it; what it said may have been promised. \
                 Bring the file back from a copy, or let the replica recover from the others",
            ),
            Why::Contradictory => f.write_str(
                "a batch does not go with those before it; the file was put together from several",
            ),
            Why::Foreign(found) => write!(
                f,
                "written by replica {} of group {}; give each replica a folder of its own",
                found.replica, found.group
            ),
            Why::LaterFormat(format) => write!(
                f,
                "format {format}, and this version reads {FORMAT}; use the version that wrote it"
            ),
        }
    }
}

impl core::error::Error for Unreadable {}

/// Reads a journal from its first byte on.
///
/// A batch that is not whole at the very end was being written when the crash came, and is left
/// out. Anywhere else it is damage, and nothing is left out silently.
///
/// # Errors
/// When the journal is damaged, somebody else's, or of a later version.
pub fn recover(identity: Identity, bytes: &Bytes) -> Result<Recovered, Unreadable> {
    let mut journal = Journal::new(identity);
    let mut kept = None;
    loop {
        let offset = journal.offset();
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let rest = bytes.slice(start..);
        let unreadable = |why| Err(Unreadable { offset, why });
        match batch::decode(identity, journal.next(), &rest) {
            Ok(batch) => {
                if !take(&mut kept, &batch) {
                    return unreadable(Why::Contradictory);
                }
                journal.advance(batch.length, batch.checksum);
            }
            Err(NoBatch::Foreign(found)) => return unreadable(Why::Foreign(found)),
            Err(NoBatch::LaterFormat(format)) => return unreadable(Why::LaterFormat(format)),
            Err(NoBatch::Nothing | NoBatch::Damaged | NoBatch::Stale) => {
                if is_followed(&journal, &rest) {
                    return unreadable(Why::Damaged);
                }
                let is_clean = rest.iter().all(|&byte| byte == 0);
                let end = if is_clean { End::Clean } else { End::Torn };
                return Ok(Recovered { kept, journal, end });
            }
        }
    }
}

/// Whether a batch that belongs behind the missing one is found anywhere in the rest. A batch is
/// written when all before it are durable, so the missing one was.
fn is_followed(journal: &Journal, rest: &Bytes) -> bool {
    let starts = (0..rest.len()).step_by(SECTOR);
    let mut starts = starts.into_iter();
    starts.any(|start| {
        batch::decode_any(journal.identity(), &rest.slice(start..))
            .is_ok_and(|batch| batch.sequence > journal.next().sequence)
    })
}

/// Adds what a batch says; tells whether it goes with what was said before.
fn take(kept: &mut Option<Kept>, batch: &Batch) -> bool {
    let write = &batch.write;
    let kept = kept.get_or_insert_with(Kept::default);
    let length = |log: &Vec<Entry>| u64::try_from(log.len()).unwrap_or(u64::MAX);
    let is_possible = write.after.0 <= length(&kept.log)
        && write.after >= kept.commit_number
        && write.view >= kept.view
        && write.last_normal_view >= kept.last_normal_view
        && write.last_normal_view <= write.view;
    if !is_possible {
        return false;
    }
    kept.log.truncate(usize::try_from(write.after.0).unwrap_or(usize::MAX));
    kept.log.extend(write.entries.iter().cloned());
    kept.view = write.view;
    kept.last_normal_view = write.last_normal_view;
    kept.commit_number = write.commit_number;
    write.commit_number.0 <= length(&kept.log)
}
