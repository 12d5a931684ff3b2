//! Operations as models take them, a file for each kind of object.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a kind has a few of all functions, and all others are one error"
)]

mod clock;
mod counter;
mod kv;
mod lock;
mod lottery;
mod priority_queue;
mod queue;
mod register;
mod set;
mod stack;
mod text_kv;
mod transactions;
mod whole_set;

pub(super) use clock::clock;
pub(super) use counter::counter;
pub(super) use kv::kv;
pub(super) use lock::lock;
pub(super) use lottery::lottery;
pub(super) use priority_queue::priority_queue;
pub(super) use queue::queue;
pub(super) use register::register;
pub(super) use set::set;
pub(super) use stack::stack;
pub(super) use text_kv::{list_kv, text_kv};
pub(super) use transactions::transactions;
pub(super) use whole_set::whole_set;

use super::Wrong;
use super::index::hash;
use super::kind::Kind;
use super::names::{Look, Name};
use super::recording::{Asked, End, Recording};
use crate::checker::{History, Operation, Outcome};

/// Operations as a model takes them, each with its place in what was recorded.
pub(super) struct Translated<I, O> {
    pub(super) history: History<I, O>,
    pub(super) places: Vec<u32>,
}

/// Some of the keys, with all of their operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) number: u32,
    /// How many parts there are.
    pub(super) of: u32,
}

/// What the times of operations are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// The how-manieth events they are.
    Events,
    /// Nanoseconds, as the file has them.
    Times,
}

/// What was asked, and what was seen of it.
pub(super) type Meaning<I, O> = Result<(I, Seen<O>), Wrong>;

/// What was seen of an operation.
pub(super) enum Seen<O> {
    /// That.
    Output(O),
    /// Nobody knows what came of it.
    Unknown,
    /// It has not happened.
    Nothing,
}

impl Part {
    fn has(self, key: Name) -> bool {
        self.of == 1 || hash(0, &key.number().to_le_bytes()) % self.of == self.number
    }
}

impl<I, O> Translated<I, O> {
    /// A part of a recording, whose operations mean what `meaning` says.
    ///
    /// # Errors
    /// With the line where it means nothing.
    pub(super) fn new(
        recording: &Recording,
        part: Part,
        clock: Clock,
        meaning: impl Fn(Asked<'_>) -> Meaning<I, O>,
    ) -> Result<Self, Wrong> {
        // Counted first: most of the memory of a long history is this one list.
        let count = recording.asked().filter(|asked| part.has(asked.key())).count();
        let (mut operations, mut places) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (place, asked) in (0..).zip(recording.asked()) {
            if !part.has(asked.key()) {
                continue;
            }
            let (input, seen) = meaning(asked)?;
            let (invoked, at) = match clock {
                Clock::Events => (asked.invoked(), asked.completed()),
                Clock::Times => asked.times()?,
            };
            let outcome = match (seen, asked.end()) {
                (Seen::Nothing, _) => continue,
                (Seen::Output(output), End::Ok | End::Fail) => Outcome::Returned { at, output },
                (Seen::Output(_) | Seen::Unknown, _) => Outcome::Unknown,
            };
            let client = asked.client();
            operations.push(Operation { client, input, invoked, outcome });
            places.push(place);
        }
        Ok(Self { history: History { operations }, places })
    }
}

/// What a completion says, where one that says ok is read by `told`, and one that says that it has
/// failed is `failed`.
fn seen<O>(
    asked: Asked<'_>,
    told: impl FnOnce(Name) -> Result<O, Wrong>,
    failed: Option<O>,
) -> Result<Seen<O>, Wrong> {
    Ok(match asked.end() {
        End::Ok => Seen::Output(told(asked.told())?),
        End::Fail => failed.map_or(Seen::Nothing, Seen::Output),
        End::Unknown => Seen::Unknown,
    })
}

fn no_such_function(asked: Asked<'_>, kind: Kind) -> Wrong {
    let (function, names) = (asked.function(), kind.words());
    asked.wrong(format!("\"{function}\": a {} has {names}", kind.name()))
}

/// What a swap was asked with.
fn pair_of(asked: Asked<'_>) -> Result<[Name; 2], Wrong> {
    if let Look::List(values) = asked.look(asked.given())
        && let [expected, new] = values[..]
    {
        return Ok([expected, new]);
    }
    let given = asked.names().value(asked.given());
    Err(asked.wrong(format!("a cas is asked with [expected new], and not with {given}")))
}

/// A number from 0 on; nothing where it is something else.
fn natural(asked: Asked<'_>, name: Name) -> Option<u64> {
    if let Look::Integer(number) = asked.look(name) { u64::try_from(number).ok() } else { None }
}

/// What was predicted for an operation, where that is known.
fn predicted(asked: Asked<'_>) -> Result<Option<u64>, Wrong> {
    let given = asked.given();
    if given == Name::NIL {
        return Ok(None);
    }
    natural(asked, given).map(Some).ok_or_else(|| asked.wrong(no_natural(asked, given)))
}

fn no_natural(asked: Asked<'_>, name: Name) -> String {
    format!("{} is no number from 0 on", asked.names().value(name))
}

/// What was taken out of something, and nothing where it was empty.
fn taken(value: Name) -> Option<u64> {
    (value != Name::NIL).then(|| value.number())
}
