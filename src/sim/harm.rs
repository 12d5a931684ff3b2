//! What befalls the files of a durable replica beside a crash, and what of it the contract allows.

use super::random::Stream;
use crate::protocol::durable::Kept;
use crate::protocol::{OpNumber, ReplicaNumber};
use crate::storage::{self, File, Files, Identity, SECTOR, Stretch};
use bytes::Bytes;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A way in which a disk fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// A bit is another one.
    Rot,
    /// A sector can't be read any more.
    Unreadable,
    /// A write was acknowledged, and is not there.
    LostWrite,
    /// A write went to another place, over what was there.
    MisdirectedWrite,
    /// What is read comes from another place, once.
    MisdirectedRead,
    /// Nothing is there any more: the disk is a new one.
    Replaced,
}

impl Harm {
    /// Every way.
    pub const ALL: [Self; 6] = [
        Self::Rot,
        Self::Unreadable,
        Self::LostWrite,
        Self::MisdirectedWrite,
        Self::Replaced,
        Self::MisdirectedRead,
    ];

    /// How it is called in a scenario file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rot => "rot",
            Self::Unreadable => "unreadable",
            Self::LostWrite => "lost-write",
            Self::MisdirectedWrite => "misdirected-write",
            Self::MisdirectedRead => "misdirected-read",
            Self::Replaced => "replaced",
        }
    }

    /// Whether it is over when the files were read once.
    pub(super) const fn is_passing(self) -> bool {
        matches!(self, Self::MisdirectedRead)
    }

    /// Does it to a replica's files: to what holds that operation, or to any part. Tells whether
    /// there was something to do it to.
    pub(super) fn strike(
        self,
        identity: Identity,
        files: &mut BTreeMap<u64, Vec<u8>>,
        op_number: Option<OpNumber>,
        chance: &mut Stream,
    ) -> bool {
        if self == Self::Replaced {
            files.clear();
            return true;
        }
        let batches = storage::stretches(identity, &bytes_of(files));
        let holds = |batch: &&Stretch| op_number.is_none_or(|n| batch.after < n && n <= batch.last);
        let batches_there: Vec<&Stretch> = batches.iter().filter(holds).collect();
        let journal = match (op_number, batches_there.last()) {
            (Some(_), Some(latest)) => Some(*latest),
            (Some(_), None) => return false,
            (None, Some(_)) => Some(chance.choose(&batches_there)),
            (None, None) => None,
        };
        match self {
            Self::Rot | Self::Unreadable => {
                let place = match journal {
                    // Now and then it is not the journal.
                    Some(batch) if op_number.is_some() || chance.between(0, 3) > 0 => {
                        Some((batch.file.number(), batch.offset))
                    }
                    Some(_) | None => any_sector(files, chance),
                };
                let Some((file, offset)) = place else { return false };
                let Some(content) = files.get_mut(&file) else { return false };
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(content.len());
                let end = content.len().min(start + SECTOR);
                if start == end {
                    return false;
                }
                if self == Self::Unreadable {
                    content[start..end].fill(0);
                } else {
                    let last = u64::try_from((end - start) * 8 - 1).unwrap_or(0);
                    let bit = usize::try_from(chance.between(0, last)).unwrap_or(0);
                    content[start + bit / 8] ^= 1 << (bit % 8);
                }
                true
            }
            Self::LostWrite | Self::MisdirectedWrite => {
                let Some(batch) = journal else { return false };
                let written = take(files, batch);
                if self == Self::MisdirectedWrite {
                    let other = chance.choose(&batches);
                    put(files, other.file.number(), other.offset, &written);
                }
                true
            }
            Self::MisdirectedRead => {
                let Some(batch) = journal else { return false };
                let other = chance.choose(&batches);
                let read = copy(files, &other);
                put(files, batch.file.number(), batch.offset, &read);
                other.offset != batch.offset || other.file != batch.file
            }
            Self::Replaced => true,
        }
    }
}

/// Takes a batch's bytes out of its file.
fn take(files: &mut BTreeMap<u64, Vec<u8>>, batch: &Stretch) -> Vec<u8> {
    let taken = copy(files, batch);
    put(files, batch.file.number(), batch.offset, &vec![0; taken.len()]);
    taken
}

/// A batch's bytes.
fn copy(files: &BTreeMap<u64, Vec<u8>>, batch: &Stretch) -> Vec<u8> {
    let Some(content) = files.get(&batch.file.number()) else {
        return Vec::new();
    };
    let start = usize::try_from(batch.offset).unwrap_or(usize::MAX).min(content.len());
    let end = content.len().min(start + batch.length);
    content[start..end].to_vec()
}

fn put(files: &mut BTreeMap<u64, Vec<u8>>, file: u64, offset: u64, bytes: &[u8]) {
    let content = files.entry(file).or_default();
    let start = usize::try_from(offset).unwrap_or(0);
    content.resize(content.len().max(start + bytes.len()), 0);
    content[start..start + bytes.len()].copy_from_slice(bytes);
}

fn any_sector(files: &BTreeMap<u64, Vec<u8>>, chance: &mut Stream) -> Option<(u64, u64)> {
    let names: Vec<u64> = files.iter().filter(|(_, c)| !c.is_empty()).map(|(&n, _)| n).collect();
    if names.is_empty() {
        return None;
    }
    let file = chance.choose(&names);
    let sectors = u64::try_from(files.get(&file)?.len().div_ceil(SECTOR)).ok()?;
    let sector = u64::try_from(SECTOR).ok()?;
    Some((file, chance.between(0, sectors - 1) * sector))
}

/// What stands in every record of a replica's files.
pub(super) fn identity_of(seed: u64, replica: ReplicaNumber) -> Identity {
    Identity { group: Uuid::from_u128(u128::from(seed)), replica }
}

/// The files of a simulated disk, as storage reads them.
pub(super) fn bytes_of(files: &BTreeMap<u64, Vec<u8>>) -> Files {
    let files = files.iter();
    files.map(|(&n, content)| (File::of_number(n), Bytes::copy_from_slice(content))).collect()
}

/// What a replica would find if it restarted now; nothing where it would have to recover.
pub(super) fn found(identity: Identity, files: &BTreeMap<u64, Vec<u8>>) -> Option<Kept> {
    storage::recover(identity, &bytes_of(files)).ok()?.kept
}

/// The op-number that a replica says it held.
pub(super) fn claimed(kept: &Kept) -> OpNumber {
    kept.lacking.as_ref().map_or_else(|| kept.last(), |lacking| lacking.last)
}

/// Whether a replica has an operation of a log of that view, or one that is committed.
pub(super) fn has(kept: &Kept, op_number: OpNumber, of: &Kept) -> bool {
    let is_left = |n: OpNumber| {
        kept.lacking.as_ref().is_some_and(|lost| lost.scattered.iter().any(|(at, _)| *at == n))
    };
    let is_there = op_number <= kept.last() || is_left(op_number);
    let is_same = kept.last_normal_view == of.last_normal_view || op_number <= kept.commit_number;
    let is_kept = kept.checkpoints.last().is_some_and(|newest| op_number <= newest.op_number);
    is_there && is_same || is_kept
}

/// What is lost between what was there and what is left.
pub(super) fn lost(before: &Kept, after: Option<&Kept>) -> Vec<OpNumber> {
    let last = claimed(before).max(after.map_or(OpNumber(0), claimed));
    let is_lost = |&n: &OpNumber| after.is_none_or(|after| !has(after, n, after));
    (1..=last.0).map(OpNumber).filter(is_lost).collect()
}
