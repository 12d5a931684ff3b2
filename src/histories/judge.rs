//! From a text to a verdict.

use super::operations::{Completion, Recorded, pair};
use super::semantics::{self, Kind, Names, Semantics, Translated};
use super::value::Value;
use super::{Format, Read, Wrong};
use crate::checker::models::cas_register::CasRegister;
use crate::checker::models::counter::Counter;
use crate::checker::models::kv::Kv;
use crate::checker::models::queue::Queue;
use crate::checker::models::text_kv::TextKv;
use crate::checker::{self, Explanation, Malformed, Model};

/// What came of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// How many operations it has.
    pub operations: usize,
    /// Of how many nobody knows what came of them.
    pub unknown: usize,
    /// How many have certainly not happened.
    pub failed: usize,
    /// By whose rules it was judged.
    pub semantics: Semantics,
    /// As what.
    pub kind: Kind,
    /// The verdict.
    pub verdict: Verdict,
}

/// Whether a history has an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is an order that explains it.
    Linearizable,
    /// There is none.
    Violation {
        /// The operations that already contradict each other.
        operations: Vec<Recorded>,
        /// The one of them that can't be placed.
        stuck: Recorded,
    },
    /// So many steps were not enough to know.
    Undecided {
        /// How many.
        steps: u64,
    },
}

/// Reads a history and judges it, by the rules and as the model that are given, or that it looks
/// like; in at most `steps_max` steps of a search.
///
/// # Errors
/// With the line where the text is no history.
pub fn judge(
    text: &str,
    semantics: Option<Semantics>,
    kind: Option<Kind>,
    steps_max: u64,
) -> Result<Judged, Wrong> {
    let format = Format::of(text);
    let Read { events, kind: told, initial } = format.read(text)?;
    let (recorded, kind) = (pair(events)?, kind.or(told));
    let semantics = semantics.unwrap_or_else(|| Semantics::of(format, &recorded));
    let kind = match (kind, semantics) {
        (Some(kind), _) => kind,
        (None, Semantics::Knossos | Semantics::PorcupineEtcd) => Kind::Register,
        (None, Semantics::PorcupineKv) => Kind::Kv,
        (None, Semantics::Ours) => Kind::of(&recorded)?,
    };
    if let (Some(held), false) = (&initial, kind == Kind::Register)
        && ![Value::Nil, Value::Integer(0)].contains(held)
    {
        let message = format!("a {} can't hold {held} at first", kind.name());
        return Err(Wrong::at(1, message));
    }
    let mut names = Names::default();
    let verdict = match (kind, semantics) {
        (Kind::Register, _) => {
            let initial = match semantics {
                Semantics::Knossos => Value::Integer(0),
                Semantics::Ours => initial.unwrap_or_default(),
                Semantics::PorcupineEtcd | Semantics::PorcupineKv => Value::Nil,
            };
            let model = CasRegister { initial: names.number(&initial) };
            let translated = semantics::register(semantics, &recorded, &mut names)?;
            verdict(&model, &translated, &recorded, steps_max)?
        }
        (Kind::Kv, Semantics::PorcupineKv) => {
            let translated = semantics::text_kv(&recorded, &mut names)?;
            verdict(&TextKv, &translated, &recorded, steps_max)?
        }
        (Kind::Kv, _) => {
            let translated = semantics::kv(&recorded, &mut names)?;
            verdict(&Kv, &translated, &recorded, steps_max)?
        }
        (Kind::Counter, _) => {
            verdict(&Counter, &semantics::counter(&recorded)?, &recorded, steps_max)?
        }
        (Kind::Queue, _) => {
            let translated = semantics::queue(&recorded, &mut names)?;
            verdict(&Queue, &translated, &recorded, steps_max)?
        }
    };
    let count = |is: fn(&Completion) -> bool| recorded.iter().filter(|o| is(&o.completion)).count();
    Ok(Judged {
        operations: recorded.len(),
        unknown: count(|completion| matches!(completion, Completion::Unknown)),
        failed: count(|completion| matches!(completion, Completion::Fail { .. })),
        semantics,
        kind,
        verdict,
    })
}

fn verdict<M: Model>(
    model: &M,
    translated: &Translated<M::Input, M::Output>,
    recorded: &[Recorded],
    steps_max: u64,
) -> Result<Verdict, Wrong> {
    let at = |index: usize| recorded[translated.places[index]].clone();
    Ok(match checker::check(model, &translated.history, None, steps_max) {
        checker::Verdict::Linearizable | checker::Verdict::OrderRejected(_) => {
            Verdict::Linearizable
        }
        checker::Verdict::Violation(Explanation { operations, stuck, .. }) => Verdict::Violation {
            operations: operations.into_iter().map(at).collect(),
            stuck: at(stuck),
        },
        checker::Verdict::Unknown { steps } => Verdict::Undecided { steps },
        checker::Verdict::Malformed(malformed) => {
            let (Malformed::ReturnsBeforeInvoked(index) | Malformed::TwoAtOnce(index)) = malformed;
            return Err(Wrong::at(at(index).line, malformed.to_string()));
        }
    })
}
