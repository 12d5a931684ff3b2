//! The clients' history as JSON lines, which `vsr-sim check` reads: `src/histories/json.rs` says
//! how they are written.

use crate::protocol::service::Codec;
use crate::services::{Postcard, clock, counter, kv, lottery, queue, register};
use crate::sim::history::Operation;
use crate::sim::scenario::ServiceKind;
use crate::sim::workload::{Asked, How};
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What clients asked and what they were told, an event in each line, in the order of the times.
///
/// Without reads that may be old: who reads this looks for an order in which nothing is.
#[must_use]
pub fn lines(service: ServiceKind, operations: &[Operation]) -> String {
    let initial = match service {
        ServiceKind::Register | ServiceKind::Counter => json!(0),
        ServiceKind::Kv | ServiceKind::Queue | ServiceKind::Clock | ServiceKind::Lottery => {
            Value::Null
        }
    };
    let header = json!({ "type": "history", "v": 1, "model": service.name(), "initial": initial });
    let mut processes: BTreeMap<_, (usize, u64)> = BTreeMap::new();
    let mut events: BTreeMap<(u64, Turn, usize), Value> = BTreeMap::new();
    let is_new = |(_, operation): &(usize, &Operation)| !matches!(operation.how, How::At(_));
    for (index, operation) in operations.iter().enumerate().filter(is_new) {
        let next = processes.len();
        let (process, busy_until) = processes.entry(operation.client).or_insert((next, 0));
        let invoked = operation.invoked.0;
        let turn = if *busy_until == invoked { Turn::AsksAtOnce } else { Turn::Asks };
        let event = event(*process, operation);
        let done = |word, at: u64, told| {
            let mut done = event.clone();
            (done["type"], done["time"], done["value"]) = (json!(word), json!(at), told);
            done
        };
        match &operation.answered {
            Some((at, reply)) => {
                let told = told(&operation.asked, reply);
                events.insert((at.0, Turn::Learns, index), done("ok", at.0, told));
                *busy_until = at.0;
            }
            None => {
                // Its client asks no more, or gave it up before it asked again.
                let mut later = operations[index + 1..].iter();
                if let Some(again) = later.find(|later| later.client == operation.client) {
                    let at = again.invoked.0;
                    events.insert((at, Turn::Learns, index), done("info", at, Value::Null));
                    *busy_until = at;
                }
            }
        }
        events.insert((invoked, turn, index), event);
    }
    let events = core::iter::once(header).chain(events.into_values());
    events.map(|event| format!("{event}\n")).collect()
}

/// In which order things stand that happen in one moment: operations that touch are concurrent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Asks,
    Learns,
    /// Right after it has learned of the one before.
    AsksAtOnce,
}

fn event(process: usize, operation: &Operation) -> Value {
    let (f, key, value) = asked(operation);
    let time = operation.invoked.0;
    let mut event = json!({ "process": process, "type": "invoke", "f": f, "time": time });
    event["value"] = value;
    if let Some(key) = key {
        event["key"] = json!(key);
    }
    event
}

/// The function, the key and what is given with it.
fn asked(operation: &Operation) -> (&'static str, Option<u16>, Value) {
    // It is not for the service to decide, and so as good as asked for.
    let predicted = || clock::number_of(&operation.prediction).map_or(Value::Null, Value::from);
    match operation.asked {
        Asked::Register(operation) => match operation {
            register::Operation::Read => ("read", None, Value::Null),
            register::Operation::Write(value) => ("write", None, json!(value)),
            register::Operation::CompareAndSwap(old, new) => ("cas", None, json!([old, new])),
        },
        Asked::Kv(operation) => match operation {
            kv::Operation::Get(key) => ("get", Some(key), Value::Null),
            kv::Operation::Put(key, value) => ("put", Some(key), json!(value)),
            kv::Operation::CompareAndSwap(key, old, new) => ("cas", Some(key), json!([old, new])),
            kv::Operation::Delete(key) => ("delete", Some(key), Value::Null),
            kv::Operation::Append(key, value) => ("append", Some(key), json!(value)),
        },
        Asked::Counter(operation) => match operation {
            counter::Operation::Get => ("get", None, Value::Null),
            counter::Operation::Add(amount) => ("add", None, json!(amount)),
        },
        Asked::Queue(operation) => match operation {
            queue::Operation::Enqueue(value) => ("enqueue", None, json!(value)),
            queue::Operation::Dequeue => ("dequeue", None, Value::Null),
        },
        Asked::Clock(operation) => match operation {
            clock::Operation::Stamp => ("stamp", None, predicted()),
            clock::Operation::Last => ("last", None, Value::Null),
        },
        Asked::Lottery(operation) => match operation {
            lottery::Operation::Draw => ("draw", None, predicted()),
            lottery::Operation::Last => ("last", None, Value::Null),
        },
    }
}

/// What came back; a text that no model understands where it can't be read.
fn told(asked: &Asked, reply: &Bytes) -> Value {
    let odd = || json!("an answer that can't be read");
    match asked {
        Asked::Register(_) => Postcard::decode(reply).map_or_else(odd, |reply| match reply {
            register::Reply::Value(value) => json!(value),
            register::Reply::Done => Value::Null,
            register::Reply::Differs(value) => json!({ "current": value }),
        }),
        Asked::Kv(_) => Postcard::decode(reply).map_or_else(odd, |reply| match reply {
            kv::Reply::Value(held) => self::held(held.as_deref()),
            kv::Reply::Done => Value::Null,
            kv::Reply::Differs(held) => json!({ "current": self::held(held.as_deref()) }),
        }),
        Asked::Counter(_) => {
            Postcard::decode(reply).map_or_else(odd, |counter::Reply(value)| json!(value))
        }
        Asked::Queue(_) => Postcard::decode(reply).map_or_else(odd, |reply| match reply {
            queue::Reply::Done => Value::Null,
            queue::Reply::Taken(value) => json!(value),
        }),
        Asked::Clock(_) => {
            Postcard::decode(reply).map_or_else(odd, |clock::Reply(time)| json!(time))
        }
        Asked::Lottery(_) => Postcard::decode(reply)
            .map_or_else(odd, |lottery::Reply { draws, number }| json!([draws, number])),
    }
}

fn held(values: Option<&[u64]>) -> Value {
    match values {
        None => Value::Null,
        Some([value]) => json!(value),
        Some(values) => json!(values),
    }
}
