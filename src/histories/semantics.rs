//! What the events of a file mean: others tell less, or drop what did not happen.

use super::operations::{Completion, Recorded};
use super::value::Value;
use super::{Format, Wrong};
use crate::checker::models::{cas_register, counter, kv, queue, text_kv};
use crate::checker::{History, Operation, Outcome};
use std::collections::BTreeMap;

/// Who recorded a history, and so what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semantics {
    /// This project. What failed has not happened, and is left out; a swap that was not done is ok,
    /// and was told `{"current": value}`. Nothing is held at first.
    Ours,
    /// Jepsen's Knossos, on a register that holds 0 at first: what failed is left out, failed swaps
    /// too, and a read of nil may have read anything.
    Knossos,
    /// porcupine's tests of etcd, on a register that holds nothing at first: a swap that failed has
    /// found another value, and a read of nil has found nothing.
    PorcupineEtcd,
    /// porcupine's tests of a store of texts: get, put and append.
    PorcupineKv,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A register: read, write, cas.
    Register,
    /// A store: get, put, cas, delete, append; each key by itself.
    Kv,
    /// A number: get, add.
    Counter,
    /// First in, first out: enqueue, dequeue.
    Queue,
}

impl Semantics {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ours, Self::Knossos, Self::PorcupineEtcd, Self::PorcupineKv];

    /// How they are called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Knossos => "knossos",
            Self::PorcupineEtcd => "porcupine-etcd",
            Self::PorcupineKv => "porcupine-kv",
        }
    }

    /// Those that a history probably has, where nobody says.
    #[must_use]
    pub fn of(format: Format, operations: &[Recorded]) -> Self {
        let has_texts = || {
            operations.iter().all(|operation| {
                matches!(operation.key, Value::Text(_))
                    && matches!(operation.asked, Value::Text(_) | Value::Nil)
            })
        };
        match format {
            Format::Lines => Self::Ours,
            Format::Log => Self::PorcupineEtcd,
            Format::Edn if !operations.is_empty() && has_texts() => Self::PorcupineKv,
            Format::Edn => Self::Knossos,
        }
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Register, Self::Kv, Self::Counter, Self::Queue];

    /// How it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Kv => "kv",
            Self::Counter => "counter",
            Self::Queue => "queue",
        }
    }

    /// The functions that it has.
    #[must_use]
    pub const fn functions(self) -> &'static [&'static str] {
        match self {
            Self::Register => &["read", "write", "cas"],
            Self::Kv => &["get", "put", "cas", "delete", "append"],
            Self::Counter => &["get", "add"],
            Self::Queue => &["enqueue", "dequeue"],
        }
    }

    /// The first one that has all functions of a history.
    ///
    /// # Errors
    /// With an operation that is none of any of them.
    pub fn of(operations: &[Recorded]) -> Result<Self, Wrong> {
        let has_keys = operations.iter().any(|operation| operation.key != Value::Nil);
        let has_all = |kind: &Self| {
            (*kind == Self::Kv || !has_keys)
                && operations.iter().all(|o| kind.functions().contains(&o.function.as_str()))
        };
        // A store without keys is a number, or has one key.
        let found =
            [Self::Register, Self::Counter, Self::Queue, Self::Kv].into_iter().find(has_all);
        found.ok_or_else(|| {
            let known = |o: &&Recorded| {
                !Self::ALL.iter().any(|kind| kind.functions().contains(&o.function.as_str()))
            };
            let (line, why) = match operations.iter().find(known) {
                Some(odd) => {
                    (odd.line, format!("\"{}\" is no function of any model", odd.function))
                }
                None => (
                    operations.first().map_or(1, |first| first.line),
                    "no model has all functions of this history".to_owned(),
                ),
            };
            let models =
                Self::ALL.map(|kind| format!("{} ({})", kind.name(), kind.functions().join(", ")));
            Wrong::at(line, format!("{why}: there are {}", models.join(", ")))
        })
    }
}

/// Numbers for values: a model need not know what they are.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<Value, u64>);

impl Names {
    pub(super) fn number(&mut self, value: &Value) -> u64 {
        if let Some(&number) = self.0.get(value) {
            return number;
        }
        let number = u64::try_from(self.0.len()).unwrap_or(u64::MAX);
        self.0.insert(value.clone(), number);
        number
    }
}

/// Operations as a model takes them, each with its place in what was recorded.
pub(super) struct Translated<I, O> {
    pub(super) history: History<I, O>,
    pub(super) places: Vec<usize>,
}

/// What was seen of an operation.
enum Seen<O> {
    /// That.
    Output(O),
    /// Nobody knows what came of it.
    Unknown,
    /// It has not happened.
    Nothing,
}

fn translate<I, O>(
    recorded: &[Recorded],
    mut one: impl FnMut(&Recorded) -> Result<(I, Seen<O>), Wrong>,
) -> Result<Translated<I, O>, Wrong> {
    let (mut operations, mut places) = (Vec::new(), Vec::new());
    for (place, operation) in recorded.iter().enumerate() {
        let (input, seen) = one(operation)?;
        let outcome = match (seen, &operation.completion) {
            (Seen::Nothing, _) => continue,
            (Seen::Output(output), Completion::Ok { at, .. } | Completion::Fail { at, .. }) => {
                Outcome::Returned { at: *at, output }
            }
            (Seen::Output(_) | Seen::Unknown, _) => Outcome::Unknown,
        };
        let (client, invoked) = (operation.client, operation.invoked);
        operations.push(Operation { client, input, invoked, outcome });
        places.push(place);
    }
    Ok(Translated { history: History { operations }, places })
}

/// What a completion says, where one that says ok is read by `told`, and one that says that it has
/// failed is `failed`.
fn seen<O>(
    operation: &Recorded,
    told: impl FnOnce(&Value) -> Result<O, Wrong>,
    failed: Option<O>,
) -> Result<Seen<O>, Wrong> {
    Ok(match &operation.completion {
        Completion::Ok { line, told: value, .. } => {
            Seen::Output(told(value).map_err(|wrong| Wrong { line: *line, ..wrong })?)
        }
        Completion::Fail { .. } => failed.map_or(Seen::Nothing, Seen::Output),
        Completion::Unknown => Seen::Unknown,
    })
}

fn no_such_function(operation: &Recorded, kind: Kind) -> Wrong {
    let (function, names) = (&operation.function, kind.functions().join(", "));
    Wrong::at(operation.line, format!("\"{function}\": a {} has {names}", kind.name()))
}

fn pair_of(operation: &Recorded) -> Result<[&Value; 2], Wrong> {
    if let Value::List(values) = &operation.asked
        && let [expected, new] = &values[..]
    {
        return Ok([expected, new]);
    }
    let message = format!("a cas is asked with [expected new], and not with {}", operation.asked);
    Err(Wrong::at(operation.line, message))
}

/// The operations of a register.
pub(super) fn register(
    semantics: Semantics,
    recorded: &[Recorded],
    names: &mut Names,
) -> Result<Translated<cas_register::Input, cas_register::Output>, Wrong> {
    use cas_register::{Input, Output};
    translate(recorded, |operation| {
        let line = operation.line;
        match operation.function.as_str() {
            "read" => {
                let told = |value: &Value| {
                    Ok(match (semantics, value) {
                        (Semantics::Knossos, Value::Nil) => Output::Something,
                        (_, value) => Output::Value(names.number(value)),
                    })
                };
                Ok((Input::Read, seen(operation, told, None)?))
            }
            "write" => {
                let input = Input::Write(names.number(&operation.asked));
                Ok((input, seen(operation, |_| Ok(Output::Done), None)?))
            }
            "cas" => {
                let [expected, new] = pair_of(operation)?.map(|value| names.number(value));
                let told = |value: &Value| {
                    Ok(if value.get("current").is_some() { Output::Differs } else { Output::Done })
                };
                let failed = (semantics == Semantics::PorcupineEtcd).then_some(Output::Differs);
                let input = Input::CompareAndSwap(expected, new);
                Ok((input, seen(operation, told, failed)?))
            }
            _ => Err(Wrong { line, ..no_such_function(operation, Kind::Register) }),
        }
    })
}

/// The operations of a store of texts.
pub(super) fn text_kv(
    recorded: &[Recorded],
    names: &mut Names,
) -> Result<Translated<text_kv::Input, text_kv::Output>, Wrong> {
    use text_kv::{Action, Input, Output};
    let text = |line, value: &Value| {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
            .ok_or_else(|| Wrong::at(line, format!("{value} is no text")))
    };
    translate(recorded, |operation| {
        let key = names.number(&operation.key);
        let action = match operation.function.as_str() {
            "get" => Action::Get,
            "put" => Action::Put(text(operation.line, &operation.asked)?),
            "append" => Action::Append(text(operation.line, &operation.asked)?),
            _ => {
                let message = format!("\"{}\": there are get, put, append", operation.function);
                return Err(Wrong::at(operation.line, message));
            }
        };
        let told = |value: &Value| match action {
            Action::Get => Ok(Output::Text(text(operation.line, value)?)),
            Action::Put(_) | Action::Append(_) => Ok(Output::Done),
        };
        let seen = seen(operation, told, None)?;
        Ok((Input { key, action }, seen))
    })
}

/// The operations of a store.
pub(super) fn kv(
    recorded: &[Recorded],
    names: &mut Names,
) -> Result<Translated<kv::Input, kv::Output>, Wrong> {
    use kv::{Action, Input, Output};
    translate(recorded, |operation| {
        let key = names.number(&operation.key);
        let action = match operation.function.as_str() {
            "get" => Action::Get,
            "put" => Action::Put(names.number(&operation.asked)),
            "cas" => {
                let [expected, new] = pair_of(operation)?.map(|value| names.number(value));
                Action::CompareAndSwap(expected, new)
            }
            "delete" => Action::Delete,
            "append" => Action::Append(names.number(&operation.asked)),
            _ => return Err(no_such_function(operation, Kind::Kv)),
        };
        let mut held = |value: &Value| {
            if let Value::List(values) = value {
                return Some(values.iter().map(|value| names.number(value)).collect());
            }
            (*value != Value::Nil).then(|| vec![names.number(value)])
        };
        let told = |value: &Value| {
            Ok(match (action, value.get("current")) {
                (Action::Get, _) => Output::Value(held(value)),
                (Action::CompareAndSwap(..), Some(current)) => Output::Differs(held(current)),
                _ => Output::Done,
            })
        };
        Ok((Input { key, action }, seen(operation, told, None)?))
    })
}

fn natural(line: usize, value: &Value) -> Result<u64, Wrong> {
    let number =
        if let Value::Integer(number) = value { u64::try_from(*number).ok() } else { None };
    number.ok_or_else(|| Wrong::at(line, format!("{value} is no number from 0 on")))
}

/// The operations of a counter.
pub(super) fn counter(recorded: &[Recorded]) -> Result<Translated<counter::Input, u64>, Wrong> {
    use counter::Input;
    translate(recorded, |operation| {
        let input = match operation.function.as_str() {
            "get" => Input::Get,
            "add" => Input::Add(natural(operation.line, &operation.asked)?),
            _ => return Err(no_such_function(operation, Kind::Counter)),
        };
        Ok((input, seen(operation, |value| natural(operation.line, value), None)?))
    })
}

/// The operations of a queue.
pub(super) fn queue(
    recorded: &[Recorded],
    names: &mut Names,
) -> Result<Translated<queue::Input, queue::Output>, Wrong> {
    use queue::{Input, Output};
    translate(recorded, |operation| match operation.function.as_str() {
        "enqueue" => {
            let input = Input::Enqueue(names.number(&operation.asked));
            Ok((input, seen(operation, |_| Ok(Output::Done), None)?))
        }
        "dequeue" => {
            let told = |value: &Value| {
                Ok(Output::Taken((*value != Value::Nil).then(|| names.number(value))))
            };
            Ok((Input::Dequeue, seen(operation, told, None)?))
        }
        _ => Err(no_such_function(operation, Kind::Queue)),
    })
}
