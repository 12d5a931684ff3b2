//! Log, client table and event queue against the simplest things that do the same.

use bytes::Bytes;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use vsr::protocol::client_table::{ClientTable, Executed, Seen};
use vsr::protocol::log::{Entry, EntryKind, Log};
use vsr::protocol::{ClientId, OpNumber, RequestNumber, ViewNumber};
use vsr::sim::queue::Queue;
use vsr::sim::time::Moment;

fn entry(number: u64) -> Entry {
    Entry {
        view: ViewNumber(0),
        client: ClientId::from_number(1),
        request_number: RequestNumber(number),
        kind: EntryKind::Operation,
        operation: Bytes::new(),
        prediction: Bytes::new(),
    }
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Append,
    Cut(u64),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![4 => Just(Change::Append), 1 => (0..30_u64).prop_map(Change::Cut)];
    proptest::collection::vec(change, 0..60)
}

/// A client table as one would write it without a thought for speed.
#[derive(Default)]
struct PlainTable {
    /// By client: the request, and its place in the log.
    executed: BTreeMap<u32, (u64, u64)>,
    horizon: u64,
    in_flight: BTreeMap<u32, u64>,
}

#[derive(Clone, Copy, Debug)]
enum Use {
    Start(u32, u64),
    Finish(u32, u64),
    Forget,
}

fn uses() -> impl Strategy<Value = Vec<Use>> {
    let client = 0..CLIENTS;
    let one = prop_oneof![
        4 => (client.clone(), 1..6_u64).prop_map(|(client, number)| Use::Start(client, number)),
        4 => (client, 1..6_u64).prop_map(|(client, number)| Use::Finish(client, number)),
        1 => Just(Use::Forget),
    ];
    proptest::collection::vec(one, 0..80)
}

const CLIENTS: u32 = 12;

/// Rows of the table.
const ROOM: usize = 6;

impl PlainTable {
    fn apply(&mut self, step: Use, op_number: u64) {
        match step {
            Use::Start(client, number) => {
                self.in_flight.insert(client, number);
            }
            Use::Finish(client, number) => {
                if self.in_flight.get(&client).is_some_and(|&started| started <= number) {
                    self.in_flight.remove(&client);
                }
                self.executed.insert(client, (number, op_number));
                if self.executed.len() > ROOM {
                    let oldest = self.executed.iter().min_by_key(|(_, (_, op_number))| *op_number);
                    let (&client, &(_, horizon)) = oldest.expect("it has a row");
                    self.executed.remove(&client);
                    self.horizon = horizon;
                }
            }
            Use::Forget => self.in_flight.clear(),
        }
    }

    /// In words: what the real table calls it, and where it was executed if it was.
    fn classify(&self, client: u32, number: u64, born: u64) -> (&'static str, Option<u64>) {
        let started = self.in_flight.get(&client).copied();
        let executed = self.executed.get(&client).copied();
        match (started, executed) {
            (Some(started), _) if number == started => ("in flight", None),
            (Some(started), _) if number < started => ("stale", None),
            (_, Some((last, _))) if number < last => ("stale", None),
            (_, Some((last, op_number))) if number == last => ("executed", Some(op_number)),
            (None, None) if born < self.horizon => ("evicted", None),
            _ => ("new", None),
        }
    }
}

fn in_words(seen: &Seen<'_>) -> (&'static str, Option<u64>) {
    match seen {
        Seen::New => ("new", None),
        Seen::InFlight => ("in flight", None),
        Seen::Stale => ("stale", None),
        Seen::Evicted => ("evicted", None),
        Seen::Executed(executed) => ("executed", Some(executed.op_number.0)),
    }
}

proptest! {
    #[test]
    fn a_log_is_a_list_that_counts_from_one(changes in changes()) {
        let mut log = Log::default();
        let mut list: Vec<u64> = Vec::new();
        for (change, number) in changes.into_iter().zip(1..) {
            match change {
                Change::Append => {
                    log.append(entry(number));
                    list.push(number);
                }
                Change::Cut(last) => {
                    log.truncate_after(OpNumber(last));
                    list.truncate(usize::try_from(last).expect("small"));
                }
            }
            let length = u64::try_from(list.len()).expect("small");
            prop_assert_eq!(log.op_number(), OpNumber(length));
            prop_assert_eq!(log.get(OpNumber(0)), None);
            for op_number in 1..=length + 1 {
                let index = usize::try_from(op_number).expect("small") - 1;
                let found = log.get(OpNumber(op_number)).map(|entry| entry.request_number.0);
                prop_assert_eq!(found, list.get(index).copied());
            }
        }
    }

    #[test]
    fn a_stretch_of_a_log_is_the_same_stretch_of_the_list(
        length in 0..20_u64, after in 0..25_u64, count in 0..25_usize,
    ) {
        let mut log = Log::default();
        for number in 1..=length {
            log.append(entry(number));
        }
        let stretch: Vec<u64> =
            log.after(OpNumber(after), count).iter().map(|entry| entry.request_number.0).collect();
        let expected: Vec<u64> = (after + 1..=length).take(count).collect();
        prop_assert_eq!(stretch, expected);
    }

    #[test]
    fn a_client_table_remembers_what_a_plain_one_does(uses in uses()) {
        let mut table = ClientTable::new(ROOM);
        let mut plain = PlainTable::default();
        for (step, op_number) in uses.into_iter().zip(1_u64..) {
            plain.apply(step, op_number);
            match step {
                Use::Start(client, number) => {
                    table.start(ClientId::from_number(client), RequestNumber(number));
                }
                Use::Finish(client, number) => {
                    let executed = Executed {
                        request_number: RequestNumber(number),
                        op_number: OpNumber(op_number),
                        reply: Bytes::new(),
                    };
                    table.finish(ClientId::from_number(client), executed);
                }
                Use::Forget => table.forget_in_flight(),
            }
            for client in 0..CLIENTS {
                for (number, born) in (1..7).zip([0, op_number / 2, op_number].iter().cycle()) {
                    let id = ClientId::from_number(client);
                    let seen = table.classify(id, RequestNumber(number), OpNumber(*born));
                    prop_assert_eq!(in_words(&seen), plain.classify(client, number, *born));
                }
            }
        }
    }

    // Events are put in between others that are taken out, so that places are used again.
    #[test]
    fn events_come_by_time_and_then_in_the_order_in_which_they_were_put_in(
        steps in proptest::collection::vec(proptest::option::weighted(0.6, 0..20_u64), 0..100),
    ) {
        let mut queue = Queue::default();
        let mut plain = BTreeSet::new();
        for (number, step) in steps.into_iter().enumerate() {
            if let Some(at) = step {
                queue.push(Moment(at), number);
                plain.insert((Moment(at), number));
            } else {
                prop_assert_eq!(queue.next_at(), plain.first().map(|&(at, _)| at));
                prop_assert_eq!(queue.pop(), plain.pop_first());
            }
            prop_assert_eq!(queue.len(), plain.len());
        }
        while let Some(first) = plain.pop_first() {
            prop_assert_eq!(queue.pop(), Some(first));
        }
        prop_assert!(queue.is_empty());
    }
}
