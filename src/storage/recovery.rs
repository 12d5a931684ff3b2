//! What a replica's files say after a crash, or whatever else befell them.

use super::batch::{self, Batch, NoBatch};
use super::damage::{Damage, Damaged};
use super::decision::{self, Decision, decide, decide_superblock};
use super::journal::{Closed, Journal};
use super::pages::{self, Pages};
use super::superblock::{self, First, NotOurs, Sealed, Superblock};
use super::{FORMAT, File, Files, Identity, SECTOR, Store, offset_of};
use crate::protocol::checkpoint::Checkpoint;
use crate::protocol::configuration::Membership;
use crate::protocol::durable::{Kept, Lacking};
use crate::protocol::log::Entry;
use crate::protocol::{OpNumber, Ticket, ViewNumber};
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
    /// What is damaged, and what is done about it.
    pub damage: Vec<Damage>,
    /// The replica has lost its disk before, and must recover from the others.
    pub must_recover: bool,
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
    /// No checkpoint can be read, and the log from before the first is gone.
    CheckpointLost,
    /// A batch is whole, and does not go with those before it.
    Contradictory,
    /// It is of another group or another replica.
    Foreign(Identity),
    /// It was written by a later version.
    LaterFormat(u16),
}

impl From<NotOurs> for Why {
    fn from(why: NotOurs) -> Self {
        match why {
            NotOurs::LaterFormat(format) => Self::LaterFormat(format),
            NotOurs::Foreign(identity) => Self::Foreign(identity),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, byte {}: ", self.file, self.offset)?;
        match &self.why {
            Why::SuperblockLost => f.write_str(
                "no copy of the superblock can be read; give the replica an empty folder, and it \
                 recovers from the others",
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
/// A batch that is not whole and was promised to nobody is left out. What was promised and is not
/// whole is told as lacking: the replica takes part as one who does not know, until it has it
/// again from the others. Nothing is left out silently.
///
/// # Errors
/// When what must never be lost is, or the files are somebody else's, or of a later version. Then
/// a replica can only recover from the others, as one whose disk was replaced.
pub fn recover(identity: Identity, files: &Files) -> Result<Recovered, Unreadable> {
    let (mut found, mut damage) = (scan(identity, files)?, Vec::new());
    let Some(superblock) = read_superblock(identity, files, &mut damage)? else {
        if !files.values().all(|bytes| is_zero(bytes)) {
            damage = vec![Damage { file: File::Superblock, offset: 0, what: Damaged::Torn }];
        }
        // What is left of a beginning that came to nothing must not be taken for this one's.
        let first = First { part: next_part(files), sequence: 1 };
        let superblock = Superblock { first, ..Superblock::default() };
        let journal = Journal::new(identity, first.part);
        let names = files.keys().copied().collect();
        let store = Store::found(journal, next_pages(files), superblock, names);
        return Ok(Recovered { kept: None, store, damage, must_recover: false });
    };
    if superblock.is_recovering {
        let journal = Journal::new(identity, next_part(files));
        let names = files.keys().copied().collect();
        let store = Store::found(journal, next_pages(files), superblock, names);
        return Ok(Recovered { kept: None, store, damage, must_recover: true });
    }
    found.retain(|_, found| found.part >= superblock.first.part);
    let (checkpoints, pages) = read_checkpoints(identity, files, &superblock, &mut damage)?;
    let (kept, journal) =
        read_journal(identity, files, &superblock, checkpoints, &found, &mut damage)?;
    let names = files.keys().copied().collect();
    let (sequence, checksum) = journal.last();
    let is_sealed = sequence <= superblock.sealed.sequence;
    let mut store = Store::found(journal, pages, superblock, names);
    if !is_sealed {
        // It is sealed before anything is promised that rests on it.
        let sealed = Sealed {
            sequence,
            checksum,
            view: kept.view,
            last_normal_view: kept.last_normal_view,
            op_number: kept.claimed(),
            crash_vector: kept.crash_vector,
            membership: kept.membership,
        };
        (store.sealed, store.written) = (None, Some((Ticket(0), sealed)));
    }
    Ok(Recovered { kept: Some(kept), store, damage, must_recover: false })
}

/// With which a replica goes on writing whose disk was replaced, or can't be used. Until it has
/// recovered from the others, what it writes says that it must; what is there is removed when that
/// is durable, and the superblock behind it.
#[must_use]
pub fn begin_anew(identity: Identity, files: &Files) -> Store {
    let first = First { part: next_part(files), sequence: 1 };
    let copies = files.get(&File::Superblock).map(|bytes| superblock::read(identity, bytes));
    let found = copies.and_then(Result::ok).unwrap_or_default().found;
    let number = found.iter().map(|superblock| superblock.number).max().unwrap_or(0);
    let superblock = Superblock { number, first, is_recovering: true, ..Superblock::default() };
    let journal = Journal::new(identity, first.part);
    let names = files.keys().copied().collect();
    let mut store = Store::found(journal, next_pages(files), superblock, names);
    (store.is_begun, store.is_stale) = (false, true);
    store
}

/// A batch of the journal, seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The file that it is in.
    pub file: File,
    /// Where, from the file's beginning.
    pub offset: u64,
    /// Bytes that it takes.
    pub length: usize,
    /// Its entries follow this operation.
    pub after: OpNumber,
    /// The last of its entries, if it has any.
    pub last: OpNumber,
}

/// The whole batches of a journal, in their order: for whoever wants to look into it.
#[must_use]
pub fn stretches(identity: Identity, files: &Files) -> Vec<Stretch> {
    let found = scan(identity, files).unwrap_or_default();
    let stretch = |found: Found| Stretch {
        file: File::Journal(found.part),
        offset: found.offset,
        length: found.batch.length,
        after: found.batch.write.after,
        last: found.batch.write.last(),
    };
    found.into_values().map(stretch).collect()
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

fn read_superblock(
    identity: Identity,
    files: &Files,
    damage: &mut Vec<Damage>,
) -> Result<Option<Superblock>, Unreadable> {
    let file = File::Superblock;
    let nothing = Bytes::new();
    let bytes = files.get(&file).unwrap_or(&nothing);
    let copies = superblock::read(identity, bytes).map_err(|(offset, why)| {
        let why = why.into();
        Unreadable { file, offset, why }
    })?;
    damage.extend(copies.damaged().map(|offset| Damage { file, offset, what: Damaged::Copy }));
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
    identity: Identity,
    files: &Files,
    superblock: &Superblock,
    damage: &mut Vec<Damage>,
) -> Result<(Vec<Checkpoint>, Pages), Unreadable> {
    let mut trees: BTreeMap<u64, BTreeMap<u64, _>> = BTreeMap::new();
    let mut checkpoints = Vec::new();
    for (&file, bytes) in files.iter().filter(|(file, _)| matches!(file, File::Pages(_))) {
        pages::check_header(identity, bytes).map_err(|why| Unreadable {
            file,
            offset: 0,
            why: why.into(),
        })?;
    }
    for &place in &superblock.checkpoints {
        let known = trees.entry(place.part).or_default();
        match pages::read(files, place, known) {
            Some(checkpoint) => checkpoints.push(checkpoint),
            None => damage.push(Damage {
                file: File::Pages(place.part),
                offset: place.offset,
                what: Damaged::Checkpoint(place.id.op_number),
            }),
        }
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
    damage: &mut Vec<Damage>,
) -> Result<(Kept, Journal), Unreadable> {
    let sealed = superblock.sealed;
    let newest = checkpoints.last().map_or(OpNumber(0), |newest| newest.op_number);
    let mut reading = Reading::behind(superblock.start, newest);
    let mut closed: VecDeque<Closed> = VecDeque::new();
    let mut here = superblock.first;
    let mut next = batch::Place { sequence: here.sequence, previous: 0 };
    let mut end = (File::Journal(here.part), 0);
    let mut is_chained = false;
    let latest = found.keys().next_back().copied().unwrap_or(0).max(sealed.sequence);
    loop {
        let is_sealed = next.sequence <= sealed.sequence;
        let is_followed = next.sequence < latest;
        let batch = found.get(&next.sequence);
        let state = match batch {
            Some(found) if (File::Journal(found.part), found.offset) == end => {
                decision::Batch::Whole
            }
            // A new part begins, or its write was misdirected.
            Some(_) => decision::Batch::Elsewhere,
            None => missing(files, found, end),
        };
        match (decide(state, is_sealed, is_followed), batch) {
            (Decision::Take, Some(found)) => {
                if is_chained && found.batch.previous != next.previous
                    || !reading.take(&found.batch)
                {
                    let (file, offset) = (File::Journal(found.part), found.offset);
                    return Err(Unreadable { file, offset, why: Why::Contradictory });
                }
                if found.part != here.part {
                    closed.push_back(Closed { first: here, op_number: reading.before });
                    here = First { part: found.part, sequence: next.sequence };
                }
                end = (File::Journal(found.part), found.offset + offset_of(found.batch.length));
                next = batch::Place { sequence: next.sequence + 1, previous: found.batch.checksum };
                is_chained = true;
            }
            (Decision::Lacking | Decision::Take, _) => {
                damage.push(Damage { file: end.0, offset: end.1, what: Damaged::Batch(state) });
                // What comes after it tells what it can have said.
                match found.range(next.sequence..).next() {
                    Some((&sequence, found)) => {
                        let write = &found.batch.write;
                        reading.lose(write.last_normal_view, write.after);
                        next = batch::Place { sequence, previous: 0 };
                    }
                    None => {
                        reading.lose(sealed.last_normal_view, sealed.op_number);
                        let sequence = sealed.sequence + 1;
                        next = batch::Place { sequence, previous: sealed.checksum };
                    }
                }
                is_chained = false;
            }
            (decision @ (Decision::End | Decision::LeaveOut), _) => {
                closed.push_back(Closed { first: here, op_number: reading.op_number });
                let part = next_part(files).max(here.part + 1);
                let op_number = reading.op_number;
                let journal = Journal::behind(identity, next, closed, part, op_number);
                let is_told = damage.last().is_some_and(|last| (last.file, last.offset) == end);
                if decision == Decision::LeaveOut && !is_told {
                    damage.push(Damage { file: end.0, offset: end.1, what: Damaged::Torn });
                }
                return Ok((reading.finish(superblock, checkpoints), journal));
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
fn missing(
    files: &Files,
    found: &BTreeMap<u64, Found>,
    (file, offset): (File, u64),
) -> decision::Batch {
    if found.values().any(|found| (File::Journal(found.part), found.offset) == (file, offset)) {
        return decision::Batch::Stale;
    }
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
    /// Behind which operation the log begins.
    start: OpNumber,
    /// The log from there on; nothing where an entry is lost.
    log: Vec<Option<Entry>>,
    /// The op-number before the batch that was taken last.
    before: OpNumber,
    op_number: OpNumber,
    /// The operation of the newest checkpoint.
    newest: OpNumber,
    view: ViewNumber,
    last_normal_view: ViewNumber,
    commit_number: OpNumber,
    rests_on: OpNumber,
    membership: Option<Membership>,
    is_damaged: bool,
}

impl Reading {
    fn behind(start: OpNumber, newest: OpNumber) -> Self {
        Self {
            start,
            log: Vec::new(),
            before: start,
            op_number: start,
            newest,
            view: ViewNumber(0),
            last_normal_view: ViewNumber(0),
            commit_number: OpNumber(0),
            rests_on: OpNumber(0),
            membership: None,
            is_damaged: false,
        }
    }

    /// Adds what a batch says; tells whether it goes with what was said before.
    fn take(&mut self, batch: &Batch) -> bool {
        let write = &batch.write;
        let is_possible = (write.after <= self.op_number || write.after <= self.newest)
            && write.rests_on <= self.newest
            && write.view >= self.view
            && write.last_normal_view >= self.last_normal_view
            && write.last_normal_view <= write.view;
        if !is_possible {
            return false;
        }
        self.before = self.op_number;
        if write.after > self.op_number {
            // A checkpoint stands for what is between.
            self.log.clear();
            self.start = write.after;
        }
        let behind = write.after.max(self.start);
        self.log.truncate(length(behind.since(self.start)));
        let known = length(behind.since(write.after));
        self.log.extend(write.entries.iter().skip(known).cloned().map(Some));
        self.op_number = write.last().max(self.start);
        if let Some(lacking) = &write.lacking {
            self.extend_to(lacking.last);
            for (op_number, entry) in lacking.scattered.iter() {
                if let Some(index) = op_number.0.checked_sub(self.start.0 + 1)
                    && let Some(place) = self.log.get_mut(length(index))
                {
                    *place = Some(entry.clone());
                }
            }
        }
        self.view = write.view;
        self.membership = Some(write.membership);
        self.last_normal_view = write.last_normal_view;
        self.commit_number = self.commit_number.max(write.commit_number);
        self.rests_on = self.rests_on.max(write.rests_on);
        true
    }

    /// Batches are missing, and behind them the log was of that view, and had that op-number when
    /// the next one was written.
    fn lose(&mut self, last_normal_view: ViewNumber, op_number: OpNumber) {
        self.is_damaged = true;
        if last_normal_view != self.last_normal_view {
            // Within a view a log only grows. Here any of it may have been replaced, but for what
            // was committed.
            let committed = length(self.commit_number.since(self.start)).min(self.log.len());
            for entry in &mut self.log[committed..] {
                *entry = None;
            }
        }
        self.log.truncate(length(op_number.since(self.start)));
        self.op_number = self.op_number.min(op_number).max(self.start);
        self.extend_to(op_number);
    }

    /// Up to there the log reached, and its entries are not known.
    fn extend_to(&mut self, op_number: OpNumber) {
        self.op_number = self.op_number.max(op_number);
        self.log.resize(length(self.op_number.since(self.start)), None);
    }

    fn finish(mut self, superblock: &Superblock, mut checkpoints: Vec<Checkpoint>) -> Kept {
        // A checkpoint stands for what is lost before it.
        let before = length(self.newest.since(self.start)).min(self.log.len());
        if let Some(lost) = self.log[..before].iter().rposition(Option::is_none) {
            self.log.drain(..=lost);
            self.start = self.start.plus(u64::try_from(lost).unwrap_or(u64::MAX)).next();
        }
        checkpoints.retain(|checkpoint| checkpoint.op_number >= self.start);
        let whole = self.log.iter().position(Option::is_none).unwrap_or(self.log.len());
        let rest = self.log.split_off(whole);
        let first = self.start.plus(u64::try_from(whole).unwrap_or(u64::MAX)).next();
        let scattered = rest.into_iter().enumerate().filter_map(|(index, entry)| {
            Some((first.plus(u64::try_from(index).unwrap_or(u64::MAX)), entry?))
        });
        let is_lacking = first <= self.op_number;
        let scattered = scattered.collect();
        Kept {
            view: self.view.max(superblock.sealed.view),
            last_normal_view: self.last_normal_view.max(superblock.sealed.last_normal_view),
            commit_number: self.commit_number,
            rests_on: self.rests_on,
            checkpoints,
            start: self.start,
            log: self.log.into_iter().flatten().collect(),
            lacking: is_lacking.then_some(Lacking {
                last: self.op_number,
                committed: self.commit_number,
                scattered,
            }),
            is_damaged: self.is_damaged,
            crash_vector: superblock.sealed.crash_vector,
            membership: latest(self.membership, superblock.sealed.membership),
        }
    }
}

/// Of two groups that of the later epoch.
fn latest(one: Option<Membership>, other: Option<Membership>) -> Option<Membership> {
    one.into_iter().chain(other).max_by_key(|membership| membership.epoch)
}

fn length(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
