//! A replica's journal as its host keeps it: one write under way, one that waits, and messages that
//! wait for both.

use super::node::{ProcessId, Wire};
use crate::protocol::durable::Write;
use crate::protocol::{Message, Ticket};
use crate::storage::Journal;

/// What a host keeps for a replica of a durable group.
#[derive(Debug)]
pub struct Store {
    journal: Journal,
    durable: Ticket,
    under_way: Option<Ticket>,
    /// All that came since the write that is under way began, as one.
    waiting: Option<(Ticket, Write)>,
    parked: Vec<(Ticket, ProcessId, Message)>,
}

impl Store {
    /// Goes on behind what a journal holds.
    #[must_use]
    pub const fn new(journal: Journal) -> Self {
        Self { journal, durable: Ticket(0), under_way: None, waiting: None, parked: Vec::new() }
    }

    /// Takes a write; it begins with [`Store::go_on`].
    pub fn write(&mut self, ticket: Ticket, write: Write) {
        let write = match self.waiting.take() {
            Some((_, before)) => before.and_then(write),
            None => write,
        };
        self.waiting = Some((ticket, write));
    }

    /// Begins the next write, if there is one and none is under way.
    pub fn go_on(&mut self, wire: &mut Wire<Message>) {
        if self.under_way.is_some() {
            return;
        }
        if let Some((ticket, write)) = self.waiting.take() {
            let chunk = self.journal.append(&write);
            wire.write(ticket.0, chunk.offset, chunk.bytes);
            self.under_way = Some(ticket);
        }
    }

    /// Whether what waits for that write need not wait any more.
    #[must_use]
    pub fn is_durable(&self, ticket: Ticket) -> bool {
        ticket <= self.durable
    }

    /// Keeps a message until that write is durable.
    pub fn park(&mut self, ticket: Ticket, to: ProcessId, message: Message) {
        self.parked.push((ticket, to, message));
    }

    /// A write is durable; returns the messages that waited for it, in the order in which they
    /// came.
    pub fn finish(&mut self, ticket: Ticket) -> Vec<(ProcessId, Message)> {
        self.durable = ticket;
        self.under_way = None;
        let is_free = |parked: &mut (Ticket, ProcessId, Message)| parked.0 <= ticket;
        self.parked.extract_if(.., is_free).map(|(_, to, message)| (to, message)).collect()
    }
}
