//! What clients asked and were answered, in the terms of the checker's models.

use super::super::history::Operation;
use super::super::workload::Asked;
use crate::checker::Model;
use crate::checker::models::pool::{self, Pool};
use crate::checker::models::{clock, counter, kv, lottery, register};
use crate::protocol::service::Codec;
use crate::services::{self, Postcard};
use bytes::Bytes;

/// What was asked, and what was answered if anything was, as a model takes it. Nothing when
/// the answer makes no sense at all.
pub(super) type View<M> =
    fn(&Asked, Option<&Bytes>) -> Option<(<M as Model>::Input, Option<<M as Model>::Output>)>;

/// What was predicted for an operation is a part of what is asked of a model: it is not the
/// model's to decide.
pub(super) type Foretell<M> = fn(&mut <M as Model>::Input, &Bytes);

/// An operation as a person would write it, with its answer where there is one that can be read.
#[must_use]
pub fn in_words(operation: &Operation) -> String {
    fn words<M: Model>(model: &M, operation: &Operation, view: View<M>) -> String {
        let reply = operation.answered.as_ref().map(|(_, reply)| reply);
        match view(&operation.asked, reply).or_else(|| view(&operation.asked, None)) {
            Some((input, output)) => model.describe(&input, output.as_ref()),
            None => "an operation of another service".to_owned(),
        }
    }
    match operation.asked {
        Asked::Register(_) => words(&register::Register, operation, self::register),
        Asked::Kv(_) => words(&kv::Kv, operation, self::kv),
        Asked::Counter(_) => words(&counter::Counter, operation, self::counter),
        Asked::Queue(_) => words(&Pool::Queue, operation, self::queue),
        Asked::Clock(_) => words(&clock::Clock, operation, self::clock),
        Asked::Lottery(_) => words(&lottery::Lottery, operation, self::lottery),
    }
}

pub(super) fn register(
    asked: &Asked,
    reply: Option<&Bytes>,
) -> Option<(register::Input, Option<register::Output>)> {
    use services::register::{Operation, Reply};
    let Asked::Register(operation) = asked else {
        return None;
    };
    let input = match *operation {
        Operation::Read => register::Input::Read,
        Operation::Write(value) => register::Input::Write(value),
        Operation::CompareAndSwap(expected, new) => register::Input::CompareAndSwap(expected, new),
    };
    let output = answered(reply)?.map(|reply| match reply {
        Reply::Value(value) => register::Output::Value(value),
        Reply::Done => register::Output::Done,
        Reply::Differs(value) => register::Output::Differs(value),
    });
    Some((input, output))
}

pub(super) fn kv(asked: &Asked, reply: Option<&Bytes>) -> Option<(kv::Input, Option<kv::Output>)> {
    use services::kv::{Operation, Reply};
    let Asked::Kv(operation) = asked else {
        return None;
    };
    let (key, action) = match *operation {
        Operation::Get(key) => (key, kv::Action::Get),
        Operation::Put(key, value) => (key, kv::Action::Put(value)),
        Operation::CompareAndSwap(key, expected, new) => {
            (key, kv::Action::CompareAndSwap(expected, new))
        }
        Operation::Delete(key) => (key, kv::Action::Delete),
        Operation::Append(key, value) => (key, kv::Action::Append(value)),
    };
    let output = answered(reply)?.map(|reply| match reply {
        Reply::Value(held) | Reply::Differs(held) => kv::Output::Value(held.into()),
        Reply::Done => kv::Output::Done,
    });
    Some((kv::Input { key: u64::from(key), action }, output))
}

pub(super) fn counter(
    asked: &Asked,
    reply: Option<&Bytes>,
) -> Option<(counter::Input, Option<u64>)> {
    use services::counter::{Operation, Reply};
    let Asked::Counter(operation) = asked else {
        return None;
    };
    let input = match *operation {
        Operation::Get => counter::Input::Get,
        Operation::Add(amount) => counter::Input::Add(amount),
    };
    Some((input, answered::<Reply>(reply)?.map(|Reply(value)| value)))
}

pub(super) fn queue(
    asked: &Asked,
    reply: Option<&Bytes>,
) -> Option<(pool::Input, Option<pool::Output>)> {
    use services::queue::{Operation, Reply};
    let Asked::Queue(operation) = asked else {
        return None;
    };
    let input = match *operation {
        Operation::Enqueue(value) => pool::Input::Put(value),
        Operation::Dequeue => pool::Input::Take,
    };
    let output = answered(reply)?.map(|reply| match reply {
        Reply::Done => pool::Output::Done,
        Reply::Taken(value) => pool::Output::Taken(value),
    });
    Some((input, output))
}

pub(super) fn clock(asked: &Asked, reply: Option<&Bytes>) -> Option<(clock::Input, Option<u64>)> {
    use services::clock::{Operation, Reply};
    let Asked::Clock(operation) = asked else {
        return None;
    };
    let input = match *operation {
        Operation::Stamp => clock::Input::Stamp(None),
        Operation::Last => clock::Input::Last,
    };
    Some((input, answered::<Reply>(reply)?.map(|Reply(time)| time)))
}

pub(super) fn foretell_clock(input: &mut clock::Input, prediction: &Bytes) {
    if let clock::Input::Stamp(predicted) = input {
        *predicted = services::clock::number_of(prediction);
    }
}

pub(super) fn lottery(
    asked: &Asked,
    reply: Option<&Bytes>,
) -> Option<(lottery::Input, Option<lottery::Drawn>)> {
    use services::lottery::{Operation, Reply};
    let Asked::Lottery(operation) = asked else {
        return None;
    };
    let input = match *operation {
        Operation::Draw => lottery::Input::Draw(None),
        Operation::Last => lottery::Input::Last,
    };
    let drawn = |Reply { draws, number }| lottery::Drawn { draws, number };
    Some((input, answered::<Reply>(reply)?.map(drawn)))
}

pub(super) fn foretell_lottery(input: &mut lottery::Input, prediction: &Bytes) {
    if let lottery::Input::Draw(predicted) = input {
        *predicted = services::clock::number_of(prediction);
    }
}

/// The reply in the service's own terms, if there is one; nothing at all if it can't be read.
fn answered<R: serde::de::DeserializeOwned>(reply: Option<&Bytes>) -> Option<Option<R>> {
    match reply {
        None => Some(None),
        Some(reply) => Postcard::decode(reply).map(Some),
    }
}
