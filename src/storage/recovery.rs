//! What a replica's files say after a crash, or whatever else befell them.

use super::batch::{self, Batch, NoBatch};
use super::decision::{self, Decision, decide, decide_superblock};
use super::journal::{Closed, Journal};
use super::pages::{self, Pages};
use super::superblock::{self, First, NotOurs, Sealed, Superblock};
use super::{FORMAT, File, Files, Identity, SECTOR, Store, offset_of};
use crate::protocol::checkpoint::Checkpoint;
use crate::protocol::durable::Kept;
use crate::protocol::{OpNumber, Ticket};
use bytes::Bytes;
use core::fmt;
use std::collections::{BTreeMap, VecDeque};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// What the replica goes on with; nothing where it never wrote anything.
    pub kept: Option<Kept>,
    /// With which the host goes on writing.
    pub store: Store,
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

/// Why files can't be gone on with. Nothing of them was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which file.
    pub file: File,
    /// Where, from the file's beginning.
    pub offset: u64,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No copy of the superblock can be read, though there was one.
    SuperblockLost,
    /// A batch is damaged that was durable: what it said may have been promised.
    Damaged,
    /// No checkpoint can be read, and the log from before the first is gone.
    CheckpointLost,
    /// A batch is whole, and does not go with those before it.
    Contradictory,
    /// It is of another group or another replica.
    Foreign(Identity),
    /// It was written by a later version.
    LaterFormat(u16),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, byte {}: ", self.file, self.offset)?;
        match &self.why {
            Why::SuperblockLost => f.write_str(
                "no copy of the superblock can be read; give the replica an empty folder, and it \
                 recovers from the others",
            ),
            Why::Damaged => f.write_str(
                "a batch is damaged that was durable; what it said may have been promised. \
                 Bring the file back from a copy, or let the replica recover from the others",
            ),
            Why::CheckpointLost => f.write_str(
                "no checkpoint can be read; give the replica an empty folder, and it recovers \
                 from the others",
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

/// Reads a replica's files.
///
/// A batch that is not whole and was promised to nobody is left out. Anything else that is not
/// whole is told, and nothing is left out silently.
///
/// # Errors
/// When the files are damaged, somebody else's, or of a later version.
pub fn recover(identity: Identity, files: &Files) -> Result<Recovered, Unreadable> {
    let mut found = scan(identity, files)?;
    let Some(superblock) = read_superblock(identity, files)? else {
        let end = if files.values().all(|bytes| is_zero(bytes)) { End::Clean } else { End::Torn };
        // What is left of a beginning that came to nothing must not be taken for this one's.
        let first = First { part: next_part(files), sequence: 1 };
        let superblock = Superblock { first, ..Superblock::default() };
        let journal = Journal::new(identity, first.part);
        let names = files.keys().copied().collect();
        let store = Store::found(journal, next_pages(files), superblock, names);
        return Ok(Recovered { kept: None, store, end });
    };
    found.retain(|_, found| found.part >= superblock.first.part);
    let (checkpoints, pages) = read_checkpoints(files, &superblock)?;
    let (kept, journal, end) = read_journal(identity, files, &superblock, checkpoints, &found)?;
    let names = files.keys().copied().collect();
    let (sequence, checksum) = journal.last();
    let is_sealed = sequence <= superblock.sealed.sequence;
    let mut store = Store::found(journal, pages, superblock, names);
    if !is_sealed {
        // It is sealed before anything is promised that rests on it.
        let (view, last_normal_view) = (kept.view, kept.last_normal_view);
        let op_number = kept.last();
        let sealed = Sealed { sequence, checksum, view, last_normal_view, op_number };
        (store.sealed, store.written) = (None, Some((Ticket(0), sealed)));
    }
    Ok(Recovered { kept: Some(kept), store, end })
}

/// A batch, and where it was found.
struct Found {
    batch: Batch,
    part: u64,
    offset: u64,
}

/// Every whole batch of the journal, by its number.
fn scan(identity: Identity, files: &Files) -> Result<BTreeMap<u64, Found>, Unreadable> {
    let mut found = BTreeMap::new();
    for (&file, bytes) in files {
        let File::Journal(part) = file else { continue };
        let mut at = 0;
        while at < bytes.len() {
            let offset = offset_of(at);
            let unreadable = |why| Err(Unreadable { file, offset, why });
            match batch::decode(identity, &bytes.slice(at..)) {
                Ok(batch) => {
                    at += batch.length;
                    found.insert(batch.sequence, Found { batch, part, offset });
                }
                Err(NoBatch::Foreign(identity)) => return unreadable(Why::Foreign(identity)),
                Err(NoBatch::LaterFormat(format)) => return unreadable(Why::LaterFormat(format)),
                Err(NoBatch::Nothing | NoBatch::Damaged) => at += SECTOR,
            }
        }
    }
    Ok(found)
}

fn read_superblock(identity: Identity, files: &Files) -> Result<Option<Superblock>, Unreadable> {
    let file = File::Superblock;
    let nothing = Bytes::new();
    let bytes = files.get(&file).unwrap_or(&nothing);
    let copies = superblock::read(identity, bytes).map_err(|(offset, why)| {
        let why = match why {
            NotOurs::LaterFormat(format) => Why::LaterFormat(format),
            NotOurs::Foreign(identity) => Why::Foreign(identity),
        };
        Unreadable { file, offset, why }
    })?;
    let is_other = |file: &File| *file != File::Superblock;
    let has_others = files.iter().any(|(file, bytes)| is_other(file) && !is_zero(bytes));
    match decide_superblock(copies.pairs, has_others) {
        decision::Superblock::Fresh => Ok(None),
        decision::Superblock::Use(number) => {
            Ok(copies.found.into_iter().find(|superblock| superblock.number == number))
        }
        decision::Superblock::Lost => Err(Unreadable { file, offset: 0, why: Why::SuperblockLost }),
    }
}

fn read_checkpoints(
    files: &Files,
    superblock: &Superblock,
) -> Result<(Vec<Checkpoint>, Pages), Unreadable> {
    let mut trees: BTreeMap<u64, BTreeMap<u64, _>> = BTreeMap::new();
    let mut checkpoints = Vec::new();
    for &place in &superblock.checkpoints {
        let known = trees.entry(place.part).or_default();
        checkpoints.extend(pages::read(files, place, known));
    }
    if let (Some(place), true) = (superblock.checkpoints.last(), checkpoints.is_empty()) {
        let file = File::Pages(place.part);
        return Err(Unreadable { file, offset: place.offset, why: Why::CheckpointLost });
    }
    let fresh = next_pages(files);
    let pages = match superblock.checkpoints.last() {
        // Only a part that this superblock names is gone on with: another may be torn.
        Some(place) if place.part + 1 == fresh.part() => {
            let length = files.get(&File::Pages(place.part)).map_or(0, Bytes::len);
            let known = trees.remove(&place.part).unwrap_or_default();
            Pages::going_on(place.part, offset_of(length.next_multiple_of(SECTOR)), &known)
        }
        Some(_) | None => fresh,
    };
    Ok((checkpoints, pages))
}

fn read_journal(
    identity: Identity,
    files: &Files,
    superblock: &Superblock,
    checkpoints: Vec<Checkpoint>,
    found: &BTreeMap<u64, Found>,
) -> Result<(Kept, Journal, End), Unreadable> {
    let sealed = superblock.sealed;
    let newest = checkpoints.last().map_or(OpNumber(0), |newest| newest.op_number);
    let mut reading = Reading {
        kept: Kept {
            view: sealed.view,
            last_normal_view: sealed.last_normal_view,
            start: superblock.start,
            ..Kept::default()
        },
        op_number: superblock.start,
        before: superblock.start,
        newest,
    };
    let mut closed: VecDeque<Closed> = VecDeque::new();
    let mut here = superblock.first;
    let mut next = batch::Place { sequence: here.sequence, previous: 0 };
    let mut end = (File::Journal(here.part), 0);
    let latest = found.keys().next_back().copied().unwrap_or(0);
    loop {
        let is_sealed = next.sequence <= sealed.sequence;
        let is_followed = next.sequence < latest;
        let (file, offset) = end;
        let unreadable = |why| Err(Unreadable { file, offset, why });
        let batch = found.get(&next.sequence);
        let state = batch.map_or_else(|| missing(files, end), |_| decision::Batch::Whole);
        match (decide(state, is_sealed, is_followed), batch) {
            (Decision::Take, Some(found)) => {
                let is_first = next.sequence == superblock.first.sequence;
                let is_chained = is_first || found.batch.previous == next.previous;
                if !is_chained || !reading.take(&found.batch) {
                    return unreadable(Why::Contradictory);
                }
                if found.part != here.part {
                    closed.push_back(Closed { first: here, op_number: reading.before });
                    here = First { part: found.part, sequence: next.sequence };
                }
                end = (File::Journal(found.part), found.offset + offset_of(found.batch.length));
                next = batch::Place { sequence: next.sequence + 1, previous: found.batch.checksum };
            }
            (Decision::Lacking | Decision::Take, _) => return unreadable(Why::Damaged),
            (decision @ (Decision::End | Decision::LeaveOut), _) => {
                closed.push_back(Closed { first: here, op_number: reading.op_number });
                let part = next_part(files).max(here.part + 1);
                let op_number = reading.op_number;
                let journal = Journal::behind(identity, next, closed, part, op_number);
                let end = if decision == Decision::End { End::Clean } else { End::Torn };
                return Ok((reading.finish(checkpoints), journal, end));
            }
        }
    }
}

/// A part of the journal that was never written.
fn next_part(files: &Files) -> u64 {
    let parts = files.keys().filter_map(|file| match *file {
        File::Journal(part) => Some(part + 1),
        File::Superblock | File::Pages(_) => None,
    });
    parts.max().unwrap_or(0)
}

/// Pages in a file that was never written.
fn next_pages(files: &Files) -> Pages {
    let parts = files.keys().filter_map(|file| match *file {
        File::Pages(part) => Some(part + 1),
        File::Superblock | File::Journal(_) => None,
    });
    Pages::in_part(parts.max().unwrap_or(0))
}

/// What is in a place where no whole batch is.
fn missing(files: &Files, (file, offset): (File, u64)) -> decision::Batch {
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let is_later = |later: &File| matches!(later, File::Journal(_)) && *later > file;
    let is_empty = files.get(&file).is_none_or(|bytes| is_zero(&bytes[start.min(bytes.len())..]))
        && files.iter().all(|(file, bytes)| !is_later(file) || is_zero(bytes));
    if is_empty { decision::Batch::Nothing } else { decision::Batch::Damaged }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}

/// What has been read so far.
struct Reading {
    kept: Kept,
    op_number: OpNumber,
    /// The op-number before the batch that was taken last.
    before: OpNumber,
    /// The operation of the newest checkpoint.
    newest: OpNumber,
}

impl Reading {
    /// Adds what a batch says; tells whether it goes with what was said before.
    fn take(&mut self, batch: &Batch) -> bool {
        let write = &batch.write;
        let kept = &mut self.kept;
        let is_possible = (write.after <= self.op_number || write.after <= self.newest)
            && write.rests_on <= self.newest
            && write.last_normal_view <= write.view;
        if !is_possible {
            return false;
        }
        self.before = self.op_number;
        if write.after > self.op_number {
            // A checkpoint stands for what is between.
            kept.log.clear();
            kept.start = write.after;
        }
        let behind = write.after.max(kept.start);
        kept.log.truncate(length(behind.since(kept.start)));
        let known = length(behind.since(write.after));
        kept.log.extend(write.entries.iter().skip(known).cloned());
        self.op_number = write.last().max(kept.start);
        kept.view = kept.view.max(write.view);
        kept.last_normal_view = kept.last_normal_view.max(write.last_normal_view);
        kept.commit_number = kept.commit_number.max(write.commit_number);
        kept.rests_on = kept.rests_on.max(write.rests_on);
        true
    }

    fn finish(self, mut checkpoints: Vec<Checkpoint>) -> Kept {
        checkpoints.retain(|checkpoint| checkpoint.op_number >= self.kept.start);
        Kept { checkpoints, ..self.kept }
    }
}

fn length(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
