//! What each client last asked and was answered, so that a retry is never executed again (§4).
//!
//! Deviation (two-slots): the paper keeps one request a client. This table keeps two facts: what
//! was *executed*, which only execution changes, and what is *in flight*, which follows from the
//! log: only a primary needs it, and derives it anew when its view begins. With one slot, an entry
//! that a view change dropped either blocks its client for ever or makes the table forget what
//! came before.
//!
//! The bound is kept at the one place where clients come in: a primary gives no op-number to a
//! request whose client does not fit. A table never refuses what is in the log.

use super::numbers::{ClientId, RequestNumber};
use super::pages::{Paged, PagedMap, Reader, Tree};
use bytes::Bytes;

/// The client table: a row a client, found by an index that is never iterated.
#[derive(Clone, Debug)]
pub struct ClientTable {
    rows: Vec<Row>,
    /// Open addressing; holds a row's index plus one, or zero where it is empty.
    index: Box<[u32]>,
    clients_max: usize,
    /// What was executed, as of the latest checkpoint.
    pages: PagedMap<ClientId, Executed>,
}

#[derive(Clone, Debug)]
struct Row {
    client: ClientId,
    executed: Option<Executed>,
    in_flight: Option<RequestNumber>,
    /// Whether more was executed since the latest checkpoint.
    is_new: bool,
}

/// The latest request of a client that was executed, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// The client's number for it.
    pub request_number: RequestNumber,
    /// What the service returned.
    pub reply: Bytes,
}

impl Paged for Executed {
    fn put(&self, page: &mut Vec<u8>) {
        self.request_number.put(page);
        self.reply.put(page);
    }

    fn take(page: &mut Reader) -> Option<Self> {
        let (request_number, reply) = Paged::take(page)?;
        Some(Self { request_number, reply })
    }
}

/// What a request is to the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen<'table> {
    /// Not seen before: to be given an op-number.
    New,
    /// Given an op-number, or waiting for one: the answer is on its way.
    InFlight,
    /// The latest executed: this is its answer.
    Executed(&'table Bytes),
    /// Older than the latest executed or in flight: the client has its answer.
    Stale,
    /// Its client is not in the table, and there is no room for it.
    Full,
}

impl ClientTable {
    /// An empty table with room for that many clients.
    #[must_use]
    pub fn new(clients_max: usize) -> Self {
        let index = vec![0; 16].into_boxed_slice();
        Self { rows: Vec::new(), index, clients_max, pages: PagedMap::default() }
    }

    /// What was executed, as a part of a checkpoint: the paper's has only the service's state, and
    /// whoever went on from there would execute what was executed before.
    pub fn checkpoint(&mut self) -> Tree {
        for row in self.rows.iter_mut().filter(|row| row.is_new) {
            row.is_new = false;
            if let Some(executed) = &row.executed {
                self.pages.insert(row.client, executed.clone());
            }
        }
        self.pages.seal()
    }

    /// Takes over what was executed up to a checkpoint, and forgets all else.
    pub fn restore(&mut self, pages: PagedMap<ClientId, Executed>) {
        self.rows.clear();
        pages.for_each(|&client, executed| {
            let executed = Some(executed.clone());
            self.rows.push(Row { client, executed, in_flight: None, is_new: false });
        });
        while self.rows.len() * 2 > self.index.len() {
            self.index = vec![0; self.index.len() * 2].into_boxed_slice();
        }
        self.rebuild_index();
        self.pages = pages;
    }

    /// Notes that a request waits for its execution.
    pub fn start(&mut self, client: ClientId, request_number: RequestNumber) {
        let row = self.row_mut(client);
        row.in_flight = Some(request_number);
    }

    /// Notes that a request was executed, with its answer.
    pub fn finish(&mut self, client: ClientId, executed: Executed) {
        let row = self.row_mut(client);
        if row.in_flight.is_some_and(|started| started <= executed.request_number) {
            row.in_flight = None;
        }
        row.executed = Some(executed);
        row.is_new = true;
    }

    /// Forgets what was in flight: the log it followed from was replaced.
    pub fn forget_in_flight(&mut self) {
        self.rows.retain_mut(|row| {
            row.in_flight = None;
            row.executed.is_some()
        });
        self.rebuild_index();
    }

    /// What this request is to the table.
    #[must_use]
    pub fn classify(&self, client: ClientId, request_number: RequestNumber) -> Seen<'_> {
        let Some(row) = self.find(client) else {
            return if self.rows.len() < self.clients_max { Seen::New } else { Seen::Full };
        };
        if let Some(started) = row.in_flight {
            if request_number == started {
                return Seen::InFlight;
            }
            if request_number < started {
                return Seen::Stale;
            }
        }
        match &row.executed {
            Some(executed) if request_number < executed.request_number => Seen::Stale,
            Some(executed) if request_number == executed.request_number => {
                Seen::Executed(&executed.reply)
            }
            Some(_) | None => Seen::New,
        }
    }

    /// The latest executed request of a client.
    #[must_use]
    pub fn executed(&self, client: ClientId) -> Option<&Executed> {
        self.find(client)?.executed.as_ref()
    }

    /// How many clients have a row.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no client has a row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn find(&self, client: ClientId) -> Option<&Row> {
        let mask = self.index.len() - 1;
        let mut slot = hash(client) & mask;
        loop {
            let row = usize::try_from(self.index[slot]).ok()?.checked_sub(1)?;
            if self.rows[row].client == client {
                return Some(&self.rows[row]);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn row_mut(&mut self, client: ClientId) -> &mut Row {
        let mask = self.index.len() - 1;
        let mut slot = hash(client) & mask;
        loop {
            let stored = usize::try_from(self.index[slot]).expect("an index of 32 bits");
            match stored.checked_sub(1) {
                Some(row) if self.rows[row].client == client => return &mut self.rows[row],
                Some(_) => slot = (slot + 1) & mask,
                None => break,
            }
        }
        self.rows.push(Row { client, executed: None, in_flight: None, is_new: false });
        if self.rows.len() * 2 > self.index.len() {
            self.index = vec![0; self.index.len() * 2].into_boxed_slice();
            self.rebuild_index();
        } else {
            self.index[slot] = u32::try_from(self.rows.len()).expect("nobody has 2^32 clients");
        }
        self.rows.last_mut().expect("pushed above")
    }

    fn rebuild_index(&mut self) {
        self.index.fill(0);
        let mask = self.index.len() - 1;
        for (row, number) in self.rows.iter().zip(1..) {
            let mut slot = hash(row.client) & mask;
            while self.index[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.index[slot] = number;
        }
    }
}

/// Spreads ids over the index; ids made by counting spread as well as random ones.
fn hash(client: ClientId) -> usize {
    let (high, low) = client.0.as_u64_pair();
    let mixed = (high ^ low.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 33).expect("31 bits")
}

#[cfg(test)]
mod tests {
    use super::{ClientId, ClientTable, Executed, PagedMap, RequestNumber, Seen};
    use bytes::Bytes;

    fn executed(number: u64) -> Executed {
        Executed { request_number: RequestNumber(number), reply: Bytes::from(number.to_string()) }
    }

    #[test]
    fn a_retry_of_what_is_in_flight_waits() {
        let mut table = ClientTable::new(4);
        let client = ClientId::from_number(7);
        table.start(client, RequestNumber(1));
        assert_eq!(table.classify(client, RequestNumber(1)), Seen::InFlight);
        assert_eq!(table.classify(client, RequestNumber(2)), Seen::New);
    }

    #[test]
    fn an_executed_request_is_answered_from_the_table_and_an_older_one_not_at_all() {
        let mut table = ClientTable::new(4);
        let client = ClientId::from_number(7);
        table.finish(client, executed(2));
        let answer = Bytes::from_static(b"2");
        assert_eq!(table.classify(client, RequestNumber(2)), Seen::Executed(&answer));
        assert_eq!(table.classify(client, RequestNumber(1)), Seen::Stale);
    }

    #[test]
    fn what_was_executed_outlives_an_entry_that_a_view_change_dropped() {
        let mut table = ClientTable::new(4);
        let client = ClientId::from_number(7);
        table.finish(client, executed(1));
        table.start(client, RequestNumber(2));
        table.forget_in_flight();
        assert_eq!(table.classify(client, RequestNumber(2)), Seen::New);
        let answer = Bytes::from_static(b"1");
        assert_eq!(table.classify(client, RequestNumber(1)), Seen::Executed(&answer));
    }

    #[test]
    fn finishing_an_earlier_request_keeps_the_later_one_in_flight() {
        let mut table = ClientTable::new(4);
        let client = ClientId::from_number(7);
        table.start(client, RequestNumber(2));
        table.finish(client, executed(1));
        assert_eq!(table.classify(client, RequestNumber(2)), Seen::InFlight);
    }

    #[test]
    fn a_checkpoint_knows_what_was_executed_and_nothing_else() {
        let mut table = ClientTable::new(100);
        for number in 0..40 {
            table.finish(ClientId::from_number(number), executed(1));
            table.start(ClientId::from_number(number + 20), RequestNumber(2));
        }
        let first = table.checkpoint();
        table.finish(ClientId::from_number(7), executed(2));
        let second = table.checkpoint();
        assert!(first != second);
        let mut other = ClientTable::new(100);
        other.start(ClientId::from_number(99), RequestNumber(1));
        other.restore(PagedMap::unseal(&second).expect("a table's"));
        assert_eq!((other.len(), other.checkpoint()), (40, second));
        let answer = Bytes::from_static(b"2");
        let client = ClientId::from_number(7);
        assert_eq!(other.classify(client, RequestNumber(2)), Seen::Executed(&answer));
        assert_eq!(other.classify(ClientId::from_number(39), RequestNumber(2)), Seen::New);
        other.finish(client, executed(3));
        table.finish(client, executed(3));
        assert_eq!(other.checkpoint(), table.checkpoint(), "both go on alike");
    }

    #[test]
    fn a_full_table_has_no_room_for_a_new_client_until_one_is_forgotten() {
        let mut table = ClientTable::new(40);
        for number in 0..40 {
            table.start(ClientId::from_number(number), RequestNumber(1));
        }
        assert_eq!(table.classify(ClientId::from_number(40), RequestNumber(1)), Seen::Full);
        table.finish(ClientId::from_number(3), executed(1));
        table.forget_in_flight();
        assert_eq!(table.len(), 1);
        assert_eq!(table.classify(ClientId::from_number(40), RequestNumber(1)), Seen::New);
    }
}
