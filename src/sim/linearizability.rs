//! Linearizability of the clients' history, by the checker; the log's order is offered to it.

use super::history::{self, History};
use super::scenario::ServiceKind;
use super::violation::Code;
use super::workload::Asked;
use crate::checker::models::{counter, kv, queue, register};
use crate::checker::{Limits, Model, Operation, Outcome, Verdict, check, has_order};
use crate::protocol::ClientId;
use crate::protocol::service::Codec;
use crate::services::{self, Postcard};
use bytes::Bytes;
use std::collections::BTreeMap;

/// What the checker says.
#[derive(Clone, Debug)]
pub enum Judgement {
    /// There is an order that explains everything, and the log's is one.
    Explained,
    /// The checker's limits were reached before it knew.
    Undecided(String),
    /// Something is wrong.
    Wrong {
        /// What kind of violation.
        code: Code,
        /// What, in a sentence.
        message: String,
        /// The operations that matter, a line each.
        details: Vec<String>,
    },
}

/// Judges a history, given the operations that were executed in the order of the log.
#[must_use]
pub fn judge(service: ServiceKind, history: &History, order: &[usize]) -> Judgement {
    match service {
        ServiceKind::Register => judge_by(&register::Register, history, order, register_view),
        ServiceKind::Kv => judge_by(&kv::Kv, history, order, kv_view),
        ServiceKind::Counter => judge_by(&counter::Counter, history, order, counter_view),
        ServiceKind::Queue => judge_by(&queue::Queue, history, order, queue_view),
    }
}

/// What was asked, and what was answered if anything was, as a model takes it. Nothing when
/// the answer makes no sense at all.
type View<M> =
    fn(&Asked, Option<&Bytes>) -> Option<(<M as Model>::Input, Option<<M as Model>::Output>)>;

fn judge_by<M: Model>(model: &M, history: &History, order: &[usize], view: View<M>) -> Judgement {
    let mut clients: BTreeMap<ClientId, (u64, bool)> = BTreeMap::new();
    let mut count = 0;
    let mut operations = Vec::with_capacity(history.operations().len());
    for operation in history.operations() {
        // A client that was refused goes on, though its request may still be executed: to the
        // checker it is another client from there on.
        let (client, was_answered) = clients.entry(operation.client).or_insert((0, false));
        if !*was_answered {
            count += 1;
            *client = count;
        }
        *was_answered = operation.answered.is_some();
        let client = *client;
        match translate::<M>(operation, client, view) {
            Some(translated) => operations.push(translated),
            None => {
                return Judgement::Wrong {
                    code: Code::Reply,
                    message: format!(
                        "the answer to {}/{} can't be read",
                        operation.client, operation.request_number
                    ),
                    details: Vec::new(),
                };
            }
        }
    }
    let history = crate::checker::History { operations };
    match check(model, &history, Some(order), Limits::steps(STEPS_MAX)) {
        Verdict::Linearizable => second_opinion(model, &history),
        Verdict::OrderRejected(rejection) => Judgement::Wrong {
            code: Code::Order,
            message: format!("the order of the log is not what the clients saw: {rejection}"),
            details: Vec::new(),
        },
        Verdict::Violation(explanation) => Judgement::Wrong {
            code: Code::Linearizability,
            message: format!(
                "no order explains what the clients saw ({} of {} operations matter)",
                explanation.operations.len(),
                history.operations.len()
            ),
            details: explanation.lines,
        },
        Verdict::Unknown { steps, .. } => Judgement::Undecided(format!(
            "the search for an order was given up after {steps} steps"
        )),
        Verdict::Malformed(malformed) => Judgement::Wrong {
            code: Code::Reply,
            message: format!("the clients' history is none: {malformed}"),
            details: Vec::new(),
        },
    }
}

/// An operation as a person would write it, with its answer where there is one that can be read.
#[must_use]
pub fn in_words(operation: &history::Operation) -> String {
    fn words<M: Model>(model: &M, operation: &history::Operation, view: View<M>) -> String {
        let reply = operation.answered.as_ref().map(|(_, reply)| reply);
        match view(&operation.asked, reply).or_else(|| view(&operation.asked, None)) {
            Some((input, output)) => model.describe(&input, output.as_ref()),
            None => "an operation of another service".to_owned(),
        }
    }
    match operation.asked {
        Asked::Register(_) => words(&register::Register, operation, register_view),
        Asked::Kv(_) => words(&kv::Kv, operation, kv_view),
        Asked::Counter(_) => words(&counter::Counter, operation, counter_view),
        Asked::Queue(_) => words(&queue::Queue, operation, queue_view),
    }
}

/// Nobody may find that there is no order where one was proven: two ways that share nothing but
/// the model guard against a mistake in either.
fn second_opinion<M: Model>(
    model: &M,
    history: &crate::checker::History<M::Input, M::Output>,
) -> Judgement {
    let count = u64::try_from(history.operations.len()).unwrap_or(u64::MAX);
    let limits = Limits::steps(count.saturating_mul(SECOND_OPINION_STEPS));
    match has_order(model, history, limits) {
        Some(true) | None => Judgement::Explained,
        Some(false) => Judgement::Wrong {
            code: Code::Linearizability,
            message: "the checker contradicts itself: it has verified the order of the log, and \
                      finds none"
                .to_owned(),
            details: Vec::new(),
        },
    }
}

fn translate<M: Model>(
    operation: &history::Operation,
    client: u64,
    view: View<M>,
) -> Option<Operation<M::Input, M::Output>> {
    let answer = operation.answered.as_ref();
    let (input, output) = view(&operation.asked, answer.map(|(_, reply)| reply))?;
    let outcome = match (answer, output) {
        (Some((at, _)), Some(output)) => Outcome::Returned { at: at.0, output },
        _ => Outcome::Unknown,
    };
    Some(Operation { client, input, invoked: operation.invoked.0, outcome })
}

fn register_view(
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

fn kv_view(asked: &Asked, reply: Option<&Bytes>) -> Option<(kv::Input, Option<kv::Output>)> {
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

fn counter_view(asked: &Asked, reply: Option<&Bytes>) -> Option<(counter::Input, Option<u64>)> {
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

fn queue_view(
    asked: &Asked,
    reply: Option<&Bytes>,
) -> Option<(queue::Input, Option<queue::Output>)> {
    use services::queue::{Operation, Reply};
    let Asked::Queue(operation) = asked else {
        return None;
    };
    let input = match *operation {
        Operation::Enqueue(value) => queue::Input::Enqueue(value),
        Operation::Dequeue => queue::Input::Dequeue,
    };
    let output = answered(reply)?.map(|reply| match reply {
        Reply::Done => queue::Output::Done,
        Reply::Taken(value) => queue::Output::Taken(value),
    });
    Some((input, output))
}

/// The reply in the service's own terms, if there is one; nothing at all if it can't be read.
fn answered<R: serde::de::DeserializeOwned>(reply: Option<&Bytes>) -> Option<Option<R>> {
    match reply {
        None => Some(None),
        Some(reply) => Postcard::decode(reply).map(Some),
    }
}

/// After so many steps a search without the log's help is given up.
const STEPS_MAX: u64 = 5_000_000;

/// The second opinion is worth so many steps an operation.
const SECOND_OPINION_STEPS: u64 = 8;
