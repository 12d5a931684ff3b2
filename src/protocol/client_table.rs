//! What each client last asked and was answered, so that a retry is never executed again (§4).
//!
//! Deviation (two-slots): the paper keeps one request a client. This table keeps two facts: what
//! was *executed*, which only execution changes, and what is *in flight*, which follows from the
//! log: only a primary needs it, and derives it anew when its view begins. With one slot, an entry
//! that a view change dropped either blocks its client for ever or makes the table forget what
//! came before.
//!
//! Deviation (eviction): the paper's table grows for ever. This one forgets the client whose latest
//! request is the longest ago, in the order of the log, so that all replicas forget alike. Of those
//! who are forgotten it keeps one number, the horizon: the op-number of the latest request of any
//! of them. A client that is not in the table and registered at the horizon or later has executed
//! nothing yet, or it would be; who registered earlier may have been forgotten, and what it asks
//! may be a late copy of what was executed.

use super::numbers::{ClientId, OpNumber, RequestNumber};
use super::pages::{Paged, PagedMap, Reader, Tree};
use super::recency::Recency;
use bytes::Bytes;
use core::hash::{Hash, Hasher};

/// The client table: a row a client, found by an index that is never iterated.
#[derive(Clone, Debug)]
pub struct ClientTable {
    rows: Vec<Row>,
    /// Open addressing; holds a row's index plus one, or zero where it is empty.
    index: Box<[u32]>,
    /// The rows of which something was executed, by when that was.
    recency: Recency,
    clients_max: usize,
    /// No client that is forgotten has executed anything behind this.
    horizon: OpNumber,
    /// What was executed, as of the latest checkpoint.
    pages: PagedMap<ClientId, Executed>,
}

#[derive(Clone, Debug, Hash)]
struct Row {
    client: ClientId,
    executed: Option<Executed>,
    in_flight: Option<RequestNumber>,
    /// Whether more was executed since the latest checkpoint.
    is_new: bool,
}

/// The latest request of a client that was executed, and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Executed {
    /// The client's number for it.
    pub request_number: RequestNumber,
    /// Its place in the log.
    pub op_number: OpNumber,
    /// What the service returned.
    pub reply: Bytes,
}

/// What a table keeps in a checkpoint.
#[derive(Clone, Debug)]
pub struct Restored {
    pages: PagedMap<ClientId, Executed>,
    horizon: OpNumber,
}

impl Paged for Executed {
    fn put(&self, page: &mut Vec<u8>) {
        self.request_number.put(page);
        self.op_number.put(page);
        self.reply.put(page);
    }

    fn take(page: &mut Reader) -> Option<Self> {
        let request_number = Paged::take(page)?;
        let (op_number, reply) = Paged::take(page)?;
        Some(Self { request_number, op_number, reply })
    }
}

/// What a request is to the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Seen<'table> {
    /// Not seen before: to be given an op-number.
    New,
    /// Given an op-number, or waiting for one: the answer is on its way.
    InFlight,
    /// The latest executed: this is its answer.
    Executed(&'table Executed),
    /// Older than the latest executed or in flight: the client has its answer.
    Stale,
    /// Its client is not in the table, and may have been: it registered before the horizon.
    Evicted,
}

/// By its rows, which tell all that it answers; pages and indexes follow from them.
impl Hash for ClientTable {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.rows, self.horizon).hash(state);
    }
}

impl ClientTable {
    /// An empty table that keeps what was executed for so many clients.
    #[must_use]
    pub fn new(clients_max: usize) -> Self {
        Self {
            rows: Vec::new(),
            index: vec![0; 16].into_boxed_slice(),
            recency: Recency::default(),
            clients_max,
            horizon: OpNumber(0),
            pages: PagedMap::default(),
        }
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
        let mut page = Vec::new();
        self.horizon.put(&mut page);
        Tree::branch([self.pages.seal(), Tree::page(page.into())])
    }

    /// What a checkpoint says of clients; nothing where it says nothing.
    #[must_use]
    pub fn unseal(tree: &Tree) -> Option<Restored> {
        let [pages, horizon] = tree.below() else {
            return None;
        };
        let pages = PagedMap::unseal(pages)?;
        let mut page = Reader::new(horizon.as_page()?.clone());
        let horizon = Paged::take(&mut page)?;
        page.is_empty().then_some(Restored { pages, horizon })
    }

    /// Takes over what was executed up to a checkpoint, and forgets all else.
    pub fn restore(&mut self, restored: Restored) {
        self.rows.clear();
        restored.pages.for_each(|&client, executed| {
            let executed = Some(executed.clone());
            self.rows.push(Row { client, executed, in_flight: None, is_new: false });
        });
        self.rows.sort_by_key(|row| row.executed.as_ref().map(|executed| executed.op_number));
        self.recency.clear();
        (0..self.rows.len()).for_each(|row| self.recency.touch(row));
        while self.rows.len() * 2 > self.index.len() {
            self.index = vec![0; self.index.len() * 2].into_boxed_slice();
        }
        self.rebuild_index();
        (self.pages, self.horizon) = (restored.pages, restored.horizon);
    }

    /// Notes that a request waits for its execution.
    pub fn start(&mut self, client: ClientId, request_number: RequestNumber) {
        let row = self.row_of(client);
        self.rows[row].in_flight = Some(request_number);
    }

    /// Notes that a request was executed, with its answer. Who has to be forgotten for that is
    /// returned.
    pub fn finish(&mut self, client: ClientId, executed: Executed) -> Option<ClientId> {
        let place = self.row_of(client);
        let row = &mut self.rows[place];
        if row.in_flight.is_some_and(|started| started <= executed.request_number) {
            row.in_flight = None;
        }
        row.executed = Some(executed);
        row.is_new = true;
        self.recency.touch(place);
        if self.recency.len() > self.clients_max { self.evict() } else { None }
    }

    /// Forgets the client whose latest request is the longest ago.
    fn evict(&mut self) -> Option<ClientId> {
        let place = self.recency.oldest()?;
        let row = &mut self.rows[place];
        let (client, forgotten) = (row.client, row.executed.take()?);
        self.horizon = self.horizon.max(forgotten.op_number);
        self.pages.remove(&client);
        self.recency.remove(place);
        if row.in_flight.is_none() {
            self.remove_row(place);
        }
        Some(client)
    }

    /// Notes that a request that was started gets no op-number.
    pub fn forget_started(&mut self, client: ClientId, request_number: RequestNumber) {
        let place = self.row_of(client);
        let row = &mut self.rows[place];
        row.in_flight.take_if(|started| *started == request_number);
        if row.in_flight.is_none() && row.executed.is_none() {
            self.remove_row(place);
        }
    }

    /// Forgets what was in flight: the log it followed from was replaced.
    pub fn forget_in_flight(&mut self) {
        for place in (0..self.rows.len()).rev() {
            self.rows[place].in_flight = None;
            if self.rows[place].executed.is_none() {
                self.remove_row(place);
            }
        }
    }

    /// What this request is to the table, of a client that registered after the operation `born`.
    #[must_use]
    pub fn classify(
        &self,
        client: ClientId,
        request_number: RequestNumber,
        born: OpNumber,
    ) -> Seen<'_> {
        let Some(row) = self.find(client) else {
            return if born < self.horizon { Seen::Evicted } else { Seen::New };
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
            Some(executed) if request_number == executed.request_number => Seen::Executed(executed),
            Some(_) | None => Seen::New,
        }
    }

    /// No client that is forgotten has executed anything behind this operation.
    #[must_use]
    pub const fn horizon(&self) -> OpNumber {
        self.horizon
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
        let row = self.row_at(self.slot_of(client))?;
        Some(&self.rows[row])
    }

    /// The slot of a client's row; the one where it would be, if it has none.
    fn slot_of(&self, client: ClientId) -> usize {
        let mask = self.index.len() - 1;
        let mut slot = hash(client) & mask;
        while self.row_at(slot).is_some_and(|row| self.rows[row].client != client) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn row_at(&self, slot: usize) -> Option<usize> {
        usize::try_from(self.index[slot]).ok()?.checked_sub(1)
    }

    /// Where a client's row is; it has one from here on.
    fn row_of(&mut self, client: ClientId) -> usize {
        let slot = self.slot_of(client);
        if let Some(row) = self.row_at(slot) {
            return row;
        }
        self.rows.push(Row { client, executed: None, in_flight: None, is_new: false });
        if self.rows.len() * 2 > self.index.len() {
            self.index = vec![0; self.index.len() * 2].into_boxed_slice();
            self.rebuild_index();
        } else {
            self.index[slot] = stored(self.rows.len() - 1);
        }
        self.rows.len() - 1
    }

    /// Takes a row out; the last one gets its place.
    fn remove_row(&mut self, place: usize) {
        self.empty_slot(self.slot_of(self.rows[place].client));
        let last = self.rows.len() - 1;
        if place != last {
            let moved = self.slot_of(self.rows[last].client);
            self.index[moved] = stored(place);
            self.recency.rename(last, place);
        }
        self.rows.swap_remove(place);
    }

    /// Empties a slot, and lets those behind it that would not be found any more come nearer.
    fn empty_slot(&mut self, mut hole: usize) {
        let mask = self.index.len() - 1;
        let mut slot = (hole + 1) & mask;
        while let Some(row) = self.row_at(slot) {
            let home = hash(self.rows[row].client) & mask;
            if slot.wrapping_sub(home) & mask >= slot.wrapping_sub(hole) & mask {
                self.index[hole] = self.index[slot];
                hole = slot;
            }
            slot = (slot + 1) & mask;
        }
        self.index[hole] = 0;
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

/// A row's place as the index holds it.
fn stored(place: usize) -> u32 {
    u32::try_from(place + 1).expect("nobody has 2^32 clients")
}

/// Spreads ids over the index; ids made by counting spread as well as random ones.
fn hash(client: ClientId) -> usize {
    let (high, low) = client.0.as_u64_pair();
    let mixed = (high ^ low.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(mixed >> 33).expect("31 bits")
}

#[cfg(test)]
mod tests {
    use super::{ClientId, ClientTable, Executed, OpNumber, RequestNumber, Seen};
    use bytes::Bytes;

    fn executed(number: u64) -> Executed {
        executed_at(number, number)
    }

    fn executed_at(op_number: u64, number: u64) -> Executed {
        Executed {
            request_number: RequestNumber(number),
            op_number: OpNumber(op_number),
            reply: Bytes::from(number.to_string()),
        }
    }

    fn seen(table: &ClientTable, client: ClientId, number: u64) -> Seen<'_> {
        table.classify(client, RequestNumber(number), OpNumber(0))
    }

    #[test]
    fn a_retry_of_what_is_in_flight_waits() {
        let mut table = ClientTable::new(4);
        let client = ClientId::from_number(7);
        table.start(client, RequestNumber(1));
        assert_eq!(seen(&table, client, 1), Seen::InFlight);
        assert_eq!(seen(&table, client, 2), Seen::New);
    }

    #[test]
    fn an_executed_request_is_answered_from_the_table_and_an_older_one_not_at_all() {
        let mut table = ClientTable::new(4);
        let client = ClientId::from_number(7);
        table.finish(client, executed(2));
        let answer = executed(2);
        assert_eq!(seen(&table, client, 2), Seen::Executed(&answer));
        assert_eq!(seen(&table, client, 1), Seen::Stale);
    }

    #[test]
    fn what_was_executed_outlives_an_entry_that_a_view_change_dropped() {
        let mut table = ClientTable::new(4);
        let client = ClientId::from_number(7);
        table.finish(client, executed(1));
        table.start(client, RequestNumber(2));
        table.forget_in_flight();
        assert_eq!(seen(&table, client, 2), Seen::New);
        let answer = executed(1);
        assert_eq!(seen(&table, client, 1), Seen::Executed(&answer));
    }

    #[test]
    fn finishing_an_earlier_request_keeps_the_later_one_in_flight() {
        let mut table = ClientTable::new(4);
        let client = ClientId::from_number(7);
        table.start(client, RequestNumber(2));
        table.finish(client, executed(1));
        assert_eq!(seen(&table, client, 2), Seen::InFlight);
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
        other.restore(ClientTable::unseal(&second).expect("a table's"));
        assert_eq!((other.len(), other.checkpoint()), (40, second));
        let answer = executed(2);
        let client = ClientId::from_number(7);
        assert_eq!(seen(&other, client, 2), Seen::Executed(&answer));
        assert_eq!(seen(&other, ClientId::from_number(39), 2), Seen::New);
        other.finish(client, executed(3));
        table.finish(client, executed(3));
        assert_eq!(other.checkpoint(), table.checkpoint(), "both go on alike");
    }

    #[test]
    fn a_full_table_forgets_who_was_served_the_longest_ago() {
        let mut table = ClientTable::new(3);
        let client = ClientId::from_number;
        for (op_number, number) in [(1, 7), (2, 8), (3, 9)] {
            assert_eq!(table.finish(client(number), executed_at(op_number, 1)), None);
        }
        table.finish(client(7), executed_at(4, 2));
        table.start(client(8), RequestNumber(2));
        assert_eq!(table.finish(client(10), executed_at(5, 1)), Some(client(8)));
        assert_eq!(table.horizon(), OpNumber(2));
        assert_eq!(seen(&table, client(8), 2), Seen::InFlight, "it is in the log");
        assert_eq!(table.finish(client(8), executed_at(6, 2)), Some(client(9)));
        assert_eq!((table.horizon(), table.len()), (OpNumber(3), 3));
        let of = |born| table.classify(client(9), RequestNumber(1), OpNumber(born));
        assert_eq!((of(2), of(3)), (Seen::Evicted, Seen::New));
    }

    #[test]
    fn tables_that_go_on_from_a_checkpoint_forget_alike() {
        let mut table = ClientTable::new(20);
        for number in 0..40_u32 {
            let place = number * 7 % 40;
            table.finish(ClientId::from_number(place), executed_at(u64::from(number) + 1, 1));
        }
        let mut other = ClientTable::new(20);
        other.restore(ClientTable::unseal(&table.checkpoint()).expect("a table's"));
        for number in 0..40_u32 {
            let (client, op_number) = (ClientId::from_number(number), u64::from(number) + 41);
            let forgotten = table.finish(client, executed_at(op_number, 2));
            assert_eq!(other.finish(client, executed_at(op_number, 2)), forgotten);
        }
        assert_eq!(other.checkpoint(), table.checkpoint());
    }

    #[test]
    fn rows_that_others_took_the_place_of_are_found() {
        let mut table = ClientTable::new(500);
        for number in 0..500_u32 {
            table.start(ClientId::from_number(number), RequestNumber(1));
            if number % 3 == 0 {
                table.finish(ClientId::from_number(number), executed_at(u64::from(number), 1));
            }
        }
        table.forget_in_flight();
        for number in 0..500_u32 {
            let is_in = table.executed(ClientId::from_number(number)).is_some();
            assert_eq!(is_in, number % 3 == 0, "{number}");
        }
    }
}
