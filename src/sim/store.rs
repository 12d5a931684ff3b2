//! A replica's files as its host keeps them, and the messages that wait for what is written.

use super::disk::DiskPiece;
use super::node::{ProcessId, Wire};
use crate::protocol::checkpoint::Checkpoint;
use crate::protocol::durable::Write;
use crate::protocol::{Message, OpNumber, Ticket};
use crate::storage::{self, Command};

/// What a host keeps for a replica of a durable group.
#[derive(Clone, Debug)]
pub struct Store {
    store: storage::Store,
    parked: Vec<(Ticket, ProcessId, Message)>,
    /// Kept between steps, so that a step allocates nothing for it.
    commands: Vec<Command>,
}

impl Store {
    /// Goes on with what was recovered.
    #[must_use]
    pub const fn new(store: storage::Store) -> Self {
        Self { store, parked: Vec::new(), commands: Vec::new() }
    }

    /// Takes a write; it begins with [`Store::go_on`].
    pub fn write(&mut self, ticket: Ticket, write: Write) {
        self.store.write(ticket, write);
    }

    /// Takes the checkpoints that are to be kept from now on.
    pub fn keep(&mut self, checkpoints: Vec<Checkpoint>, start: OpNumber) {
        self.store.keep(checkpoints, start);
    }

    /// Begins the writes that can begin.
    pub fn go_on(&mut self, wire: &mut Wire<Message>) {
        self.store.go_on(&mut self.commands);
        for command in self.commands.drain(..) {
            match command {
                Command::Write { number, chunks } => {
                    let pieces = chunks.into_iter().map(|chunk| DiskPiece {
                        file: chunk.file.number(),
                        offset: chunk.offset,
                        bytes: chunk.bytes,
                    });
                    wire.write(number, pieces.collect());
                }
                Command::Remove(file) => wire.remove(file.number()),
            }
        }
    }

    /// Whether what waits for that write need not wait any more.
    #[must_use]
    pub fn is_durable(&self, ticket: Ticket) -> bool {
        self.store.is_durable(ticket)
    }

    /// Whether all that was to be written is durable.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.store.is_written()
    }

    /// Keeps a message until that write is durable.
    pub fn park(&mut self, ticket: Ticket, to: ProcessId, message: Message) {
        self.parked.push((ticket, to, message));
    }

    /// What was written under that number is durable; returns up to which ticket all is, where
    /// that is new, and the messages that waited for it, in the order in which they came.
    pub fn finish(&mut self, number: u64) -> Option<(Ticket, Vec<(ProcessId, Message)>)> {
        let ticket = self.store.finish(number, &mut self.commands)?;
        let is_free = |parked: &mut (Ticket, ProcessId, Message)| parked.0 <= ticket;
        let freed = self.parked.extract_if(.., is_free);
        Some((ticket, freed.map(|(_, to, message)| (to, message)).collect()))
    }
}
