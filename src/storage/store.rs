//! What is written when: group commit, seals, checkpoints aside, and files let go.

use super::journal::Journal;
use super::pages::Pages;
use super::superblock::{Place, Sealed, Superblock};
use super::{Chunk, File, Identity};
use crate::protocol::checkpoint::Checkpoint;
use crate::protocol::durable::Write;
use crate::protocol::{OpNumber, Ticket};
use std::collections::BTreeSet;

/// A replica's files, seen from the side that writes them.
///
/// One write of the journal is under way at a time; what comes meanwhile goes into the next one
/// together. Each carries the seal of the one before, or is only that: so a busy replica syncs
/// once a batch, and an idle one twice. Pages of checkpoints are written beside that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    pub(super) journal: Journal,
    pub(super) pages: Pages,
    /// As it was written last, but for what the next one will say anew.
    pub(super) superblock: Superblock,
    /// The operation of the latest checkpoint that a durable superblock names.
    pub(super) named: OpNumber,
    /// What the latest durable superblock needs, and the one before it, which counts if all copies
    /// of the latest rot.
    needs: [Needs; 2],
    /// Every file that there may be.
    pub(super) files: BTreeSet<File>,
    /// There is a superblock: without one nothing else is written, so that files without one are
    /// known to be damaged.
    pub(super) is_begun: bool,
    /// A superblock has to be written, also if there is nothing to seal.
    pub(super) is_stale: bool,
    /// Up to which ticket all is durable; nothing where even what was found at the start is not
    /// sealed yet.
    pub(super) sealed: Option<Ticket>,
    /// Durable, but no superblock says so.
    pub(super) written: Option<(Ticket, Sealed)>,
    /// All that came since the write that is under way began, as one.
    waiting: Option<(Ticket, Write)>,
    under_way: Option<UnderWay>,
    /// What is to be kept next.
    keep: Option<Keep>,
    pages_under_way: Option<(u64, Vec<Place>, OpNumber)>,
    numbers: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct UnderWay {
    number: u64,
    seals: Option<Ticket>,
    batch: Option<(Ticket, Sealed)>,
    /// What its superblock names, if it has one.
    names: Option<Named>,
}

/// What a superblock names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
    /// The operation of the latest checkpoint.
    checkpoint: OpNumber,
    needs: Needs,
}

/// The first parts of the journal and of pages that a superblock needs; by default, all there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Needs {
    journal: u64,
    pages: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Keep {
    checkpoints: Vec<Checkpoint>,
    start: OpNumber,
}

/// What a host has to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Write all of these and sync them; then tell the store by the number. Until then any part of
    /// them may be there after a crash, or not.
    Write {
        /// By which it is told to the store.
        number: u64,
        /// Bytes, and where they go.
        chunks: Vec<Chunk>,
    },
    /// Remove a file: nothing in it is needed. It does no harm if it stays.
    Remove(File),
}

impl Store {
    /// That of a replica which has never written anything.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        let pages = Pages::default();
        Self::found(Journal::new(identity, 0), pages, Superblock::default(), BTreeSet::new())
    }

    pub(super) fn found(
        journal: Journal,
        pages: Pages,
        superblock: Superblock,
        files: BTreeSet<File>,
    ) -> Self {
        let named = superblock.checkpoints.last().map_or(OpNumber(0), |place| place.id.op_number);
        Self {
            journal,
            pages,
            named,
            // What the superblock before that one needs is not known.
            needs: [Needs::default(); 2],
            files,
            is_begun: superblock.number > 0,
            is_stale: superblock.number == 0,
            superblock,
            sealed: Some(Ticket(0)),
            written: None,
            waiting: None,
            under_way: None,
            keep: None,
            pages_under_way: None,
            numbers: 0,
        }
    }

    /// Takes a write. It begins with [`Store::go_on`].
    pub fn write(&mut self, ticket: Ticket, write: Write) {
        let write = match self.waiting.take() {
            Some((_, before)) => before.and_then(write),
            None => write,
        };
        self.waiting = Some((ticket, write));
    }

    /// Takes the checkpoints that are to be kept from now on, and behind which operation the log
    /// begins then.
    pub fn keep(&mut self, checkpoints: Vec<Checkpoint>, start: OpNumber) {
        self.keep = Some(Keep { checkpoints, start });
        self.journal.begin_part();
    }

    /// Whether what waits for that write need not wait any more.
    #[must_use]
    pub fn is_durable(&self, ticket: Ticket) -> bool {
        self.sealed.is_some_and(|sealed| ticket <= sealed)
    }

    /// Whether all that was taken is durable: whoever stops now loses nothing.
    #[must_use]
    pub const fn is_written(&self) -> bool {
        self.is_begun
            && !self.is_stale
            && self.waiting.is_none()
            && self.written.is_none()
            && self.under_way.is_none()
            && self.keep.is_none()
            && self.pages_under_way.is_none()
    }

    /// Begins what can begin now.
    pub fn go_on(&mut self, commands: &mut Vec<Command>) {
        if self.is_begun
            && self.pages_under_way.is_none()
            && let Some(keep) = self.keep.take()
        {
            let (chunk, places) = self.pages.write(self.journal.identity(), &keep.checkpoints);
            self.numbers += 1;
            self.files.insert(chunk.file);
            self.pages_under_way = Some((self.numbers, places, keep.start));
            commands.push(Command::Write { number: self.numbers, chunks: vec![chunk] });
        }
        if self.under_way.is_some() {
            return;
        }
        // What rests on a checkpoint of another replica is written when that checkpoint is safe.
        let is_free =
            |(_, write): &mut (Ticket, Write)| self.is_begun && write.rests_on <= self.named;
        let batch = self.waiting.take_if(is_free);
        if batch.is_none() && self.written.is_none() && !self.is_stale {
            return;
        }
        let mut chunks = Vec::new();
        let seals = self.written.take().map(|(ticket, sealed)| {
            self.superblock.sealed = sealed;
            self.superblock.is_recovering = false;
            ticket
        });
        let is_told = std::mem::take(&mut self.is_stale) || seals.is_some();
        let names = is_told.then(|| self.next_superblock(&mut chunks));
        let batch = batch.map(|(ticket, write)| {
            chunks.push(self.journal.append(&write));
            let (sequence, checksum) = self.journal.last();
            let sealed = Sealed {
                sequence,
                checksum,
                view: write.view,
                last_normal_view: write.last_normal_view,
                op_number: write.claimed(),
                crash_vector: write.crash_vector,
                membership: Some(write.membership),
            };
            (ticket, sealed)
        });
        self.files.extend(chunks.iter().map(|chunk| chunk.file));
        self.numbers += 1;
        let number = self.numbers;
        self.under_way = Some(UnderWay { number, seals, batch, names });
        commands.push(Command::Write { number, chunks });
    }

    fn next_superblock(&mut self, chunks: &mut Vec<Chunk>) -> Named {
        self.superblock.number += 1;
        chunks.push(self.superblock.encode(self.journal.identity()));
        let checkpoints = &self.superblock.checkpoints;
        let pages = checkpoints.iter().map(|place| place.part).min();
        Named {
            checkpoint: checkpoints.last().map_or(OpNumber(0), |place| place.id.op_number),
            needs: Needs {
                journal: self.superblock.first.part,
                pages: pages.unwrap_or(self.pages.part()),
            },
        }
    }

    /// A write is durable. Tells up to which ticket all is, where that is new.
    pub fn finish(&mut self, number: u64, commands: &mut Vec<Command>) -> Option<Ticket> {
        if let Some((_, places, start)) = self.pages_under_way.take_if(|(its, ..)| *its == number) {
            self.superblock.checkpoints = places;
            self.superblock.start = start;
            self.superblock.first = self.journal.begin_behind(start);
            self.is_stale = true;
            return None;
        }
        let under_way = self.under_way.take_if(|under_way| under_way.number == number)?;
        self.written = under_way.batch;
        if let Some(named) = under_way.names {
            self.named = named.checkpoint;
            self.needs = [named.needs, self.needs[0]];
            self.is_begun = true;
            self.let_go(commands);
        }
        self.sealed = under_way.seals.or(self.sealed);
        under_way.seals
    }

    /// Lets go of what neither the latest durable superblock needs nor the one before it.
    fn let_go(&mut self, commands: &mut Vec<Command>) {
        let [latest, before] = self.needs;
        let is_needed = |file: &File| match *file {
            File::Superblock => true,
            File::Journal(part) => part >= latest.journal.min(before.journal),
            File::Pages(part) => part >= latest.pages.min(before.pages),
        };
        self.files.retain(|file| {
            let is_needed = is_needed(file);
            if !is_needed {
                commands.push(Command::Remove(*file));
            }
            is_needed
        });
    }
}
