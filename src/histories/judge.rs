//! From a file to a verdict.

use super::Wrong;
use super::function::Function;
use super::index::size;
use super::kind::Kind;
use super::names::Name;
use super::operations::Recorded;
use super::pieces::Pieces;
use super::recording::{Asked, Recording};
use super::semantics::Semantics;
use super::translate::{self, Clock, Meaning, Part, Translated};
use crate::checker::models::cas_register::CasRegister;
use crate::checker::models::clock;
use crate::checker::models::counter::Counter;
use crate::checker::models::kv::Kv;
use crate::checker::models::lock::Lock;
use crate::checker::models::lottery::Lottery;
use crate::checker::models::pool::Pool;
use crate::checker::models::set::Set;
use crate::checker::models::text_kv::TextKv;
use crate::checker::models::transactions::Transactions;
use crate::checker::models::whole_set::WholeSet;
use crate::checker::weaker::{Guarantee, Weak};
use crate::checker::{self, Explanation, Limits, Malformed, Model};
use std::io::BufRead;

/// How a history is to be judged; what it looks like, where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// By whose rules.
    pub semantics: Option<Semantics>,
    /// As what.
    pub kind: Option<Kind>,
    /// Of which key only.
    pub key: Option<String>,
    /// What a search may take.
    pub limits: Limits,
    /// Which guarantee weaker than linearizability is enough, if any is.
    pub guarantee: Option<Guarantee>,
}

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
    /// There is an order that explains it; or one that is good enough for a weaker guarantee.
    Linearizable,
    /// There is none.
    Violation(Box<Violation>),
    /// So many steps were not enough to know.
    Undecided {
        /// How many.
        steps: u64,
        /// In how many places at once it may have been, as far as was seen.
        places: usize,
    },
}

/// Why no order explains a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The operations that already contradict each other.
    pub operations: Vec<Recorded>,
    /// The one of them that can't be placed.
    pub stuck: Recorded,
    /// The longest order of the others that was reached.
    pub reached: Vec<Recorded>,
    /// What was held before all of these, where that matters: it follows from what came before.
    pub held: Option<String>,
    /// In a few sentences: why the one can't be placed.
    pub because: Vec<String>,
}

/// Reads a history and judges it.
///
/// # Errors
/// With the line where the file is no history.
pub fn judge(input: impl BufRead, wish: &Wish) -> Result<Judged, Wrong> {
    let mut recording = Recording::read(input)?;
    if let Some(key) = &wish.key {
        recording.keep_only(key)?;
    }
    recording.judge(wish)
}

impl Recording {
    /// Judges what was read. Of which key only is not asked here: see [`Recording::keep_only`].
    ///
    /// # Errors
    /// With the line where an operation is none of the kind that it is judged as.
    pub fn judge(&self, wish: &Wish) -> Result<Judged, Wrong> {
        let semantics = wish.semantics.unwrap_or_else(|| Semantics::of(self));
        let kind = match (wish.kind.or(self.kind), semantics) {
            (Some(kind), _) => kind,
            (None, Semantics::PorcupineEtcd) => Kind::Register,
            (None, Semantics::PorcupineKv) => Kind::Kv,
            (None, Semantics::Ours | Semantics::Knossos) => Kind::of(&self.traits)?,
        };
        let (unknown, failed) = self.unknown_and_failed();
        let mut verdict = self.verdict(kind, semantics, wish)?;
        let numbers = [Kind::Counter, Kind::PriorityQueue, Kind::Clock, Kind::Lottery];
        let has_names = !numbers.contains(&kind);
        if let (Verdict::Violation(violation), true) = (&mut verdict, has_names) {
            for sentence in violation.because.iter_mut().chain(&mut violation.held) {
                *sentence = self.names.told(sentence);
            }
        }
        Ok(Judged { operations: self.len(), unknown, failed, semantics, kind, verdict })
    }

    fn verdict(&self, kind: Kind, semantics: Semantics, wish: &Wish) -> Result<Verdict, Wrong> {
        if kind != Kind::Kv {
            self.assert_one_key(kind)?;
        }
        let initial = self.initial_of(kind)?;
        match (kind, semantics) {
            (Kind::Register, _) => {
                let initial = match semantics {
                    Semantics::Knossos => Name::ZERO,
                    Semantics::Ours => initial,
                    Semantics::PorcupineEtcd | Semantics::PorcupineKv => Name::NIL,
                };
                let model = CasRegister { initial: initial.number() };
                self.check(&model, wish, |asked| translate::register(semantics, asked))
            }
            (Kind::Kv, Semantics::PorcupineKv) => match Pieces::of(self) {
                Some(pieces) => {
                    self.check_by_key(&Kv, wish, |asked| translate::list_kv(&pieces, asked))
                }
                None => self.check_by_key(&TextKv, wish, translate::text_kv),
            },
            (Kind::Kv, _) => self.check_by_key(&Kv, wish, translate::kv),
            (Kind::Counter, _) => self.check(&Counter, wish, translate::counter),
            (Kind::Clock, _) => self.check(&clock::Clock, wish, translate::clock),
            (Kind::Lottery, _) => self.check(&Lottery, wish, translate::lottery),
            (Kind::Queue, _) => self.check(&Pool::Queue, wish, translate::queue),
            (Kind::Set, _) if self.traits.asks_for(Function::Read) => {
                self.check(&WholeSet, wish, |asked| translate::whole_set(semantics, asked))
            }
            (Kind::Set, _) => self.check(&Set, wish, translate::set),
            (Kind::Stack, _) => self.check(&Pool::Stack, wish, translate::stack),
            (Kind::PriorityQueue, _) => {
                self.check(&Pool::PriorityQueue, wish, translate::priority_queue)
            }
            (Kind::Lock, _) => self.check(&Lock, wish, translate::lock),
            (Kind::Transactions, _) => {
                let meaning = |asked: Asked<'_>| translate::transactions(semantics, asked);
                self.check(&Transactions, wish, meaning)
            }
        }
    }

    /// What is held at first.
    fn initial_of(&self, kind: Kind) -> Result<Name, Wrong> {
        let Some((line, held)) = self.initial else { return Ok(Name::NIL) };
        if kind != Kind::Register && ![Name::NIL, Name::ZERO].contains(&held) {
            let held = self.names.value(held);
            return Err(Wrong::at(line, format!("a {} can't hold {held} at first", kind.name())));
        }
        Ok(held)
    }

    /// What is no store has no keys; but all operations may be of one.
    fn assert_one_key(&self, kind: Kind) -> Result<(), Wrong> {
        let Some(first) = self.asked().next() else { return Ok(()) };
        let Some(other) = self.asked().find(|asked| asked.key() != first.key()) else {
            return Ok(());
        };
        let (key, name) = (self.names.value(other.key()), kind.name());
        let message = format!("a {name} has no keys, and this is of {key}: judge one, by --key");
        Err(other.wrong(message))
    }

    /// Judges all at once.
    fn check<M: Model>(
        &self,
        model: &M,
        wish: &Wish,
        meaning: impl Fn(Asked<'_>) -> Meaning<M::Input, M::Output>,
    ) -> Result<Verdict, Wrong> {
        self.check_part(model, wish, Part { number: 0, of: 1 }, meaning)
    }

    /// Judges some keys after the other, and so needs the memory for some only.
    fn check_by_key<M: Model>(
        &self,
        model: &M,
        wish: &Wish,
        meaning: impl Fn(Asked<'_>) -> Meaning<M::Input, M::Output>,
    ) -> Result<Verdict, Wrong> {
        let of = u32::try_from(self.len() / PART_OPERATIONS + 1).unwrap_or(u32::MAX);
        let (mut steps, mut places) = (0_u64, 0);
        for number in 0..of {
            match self.check_part(model, wish, Part { number, of }, &meaning)? {
                Verdict::Linearizable => {}
                violation @ Verdict::Violation(_) => return Ok(violation),
                // Another part may be a violation all the same.
                Verdict::Undecided { steps: more, places: most } => {
                    steps = steps.saturating_add(more.max(1));
                    places = most.max(places);
                }
            }
        }
        Ok(match steps {
            0 => Verdict::Linearizable,
            _ => Verdict::Undecided { steps, places },
        })
    }

    fn check_part<M: Model>(
        &self,
        model: &M,
        wish: &Wish,
        part: Part,
        meaning: impl Fn(Asked<'_>) -> Meaning<M::Input, M::Output>,
    ) -> Result<Verdict, Wrong> {
        let clock = match wish.guarantee {
            Some(Guarantee::StaleBy(_)) => Clock::Times,
            Some(Guarantee::Sequential | Guarantee::MonotonicReads | Guarantee::ReadYourWrites)
            | None => Clock::Events,
        };
        let Translated { history, places } = Translated::new(self, part, clock, meaning)?;
        let at = |index: usize| self.operation(size(places[index]));
        let all = |indexes: Vec<usize>| indexes.into_iter().map(at).collect::<Vec<_>>();
        let malformed = |malformed: Malformed| {
            let (Malformed::ReturnsBeforeInvoked(index) | Malformed::TwoAtOnce(index)) = malformed;
            Wrong::at(at(index).line, malformed.to_string())
        };
        if let Some(guarantee) = wish.guarantee {
            return match guarantee.judge(model, &history, None, wish.limits) {
                Weak::Holds => Ok(Verdict::Linearizable),
                Weak::Violation { operations, because } => {
                    // What was read last is what should not have been.
                    let stuck = at(operations.last().copied().unwrap_or(0));
                    let (operations, reached, held) = (all(operations), Vec::new(), None);
                    let violation = Violation { operations, stuck, reached, held, because };
                    Ok(Verdict::Violation(Box::new(violation)))
                }
                Weak::Unknown { steps } => Ok(Verdict::Undecided { steps, places: 0 }),
                Weak::Malformed(wrong) => Err(malformed(wrong)),
            };
        }
        match checker::check(model, &history, None, wish.limits) {
            checker::Verdict::Linearizable | checker::Verdict::OrderRejected(_) => {
                Ok(Verdict::Linearizable)
            }
            checker::Verdict::Violation(explanation) => {
                let Explanation { operations, stuck, reached, because, held, .. } = explanation;
                let (operations, reached, stuck) = (all(operations), all(reached), at(stuck));
                let held = held.map(|held| held.state);
                let violation = Violation { operations, stuck, reached, held, because };
                Ok(Verdict::Violation(Box::new(violation)))
            }
            checker::Verdict::Unknown { steps, places } => Ok(Verdict::Undecided { steps, places }),
            checker::Verdict::Malformed(wrong) => Err(malformed(wrong)),
        }
    }
}

/// About how many operations of a store are judged at a time: more would need more memory, and
/// fewer more time, since each part looks at all operations for its own.
const PART_OPERATIONS: usize = 1 << 20;
