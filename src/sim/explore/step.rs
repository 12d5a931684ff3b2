//! One thing that happens in an exploration, and a whole run of them as a scenario.

use super::world::World;
use crate::sim::network::Scripted;
use crate::sim::node::{ProcessId, TimerId};
use crate::sim::scenario::{Action, Fault, Heal, MessageFate, Scenario, Trigger};
use crate::sim::time::Span;
use std::collections::BTreeMap;

/// Which message it is: by its receiver and sender, the how-manieth between them it is, and in
/// which turn it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Letter {
    pub(super) to: ProcessId,
    pub(super) from: ProcessId,
    pub(super) nth: u32,
    pub(super) sent: u32,
}

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A message arrives.
    Arrive(Letter),
    /// A message arrives, and a copy of it is late.
    ArriveAndStay(Letter),
    /// A message is late: it arrives some other time, or never.
    PutAside(Letter),
    /// A timer goes off.
    Expire(ProcessId, TimerId),
    /// A replica hears nothing: what is on its way to it, or sent to it from now on, does not
    /// arrive by itself.
    Deafen(ProcessId),
    /// It hears again.
    Hear(ProcessId),
    /// A replica loses its memory; what it has sent is late.
    Crash(ProcessId),
    /// It starts again.
    Restart(ProcessId),
}

impl Step {
    /// Whose state it changes, if it changes any.
    pub(super) const fn process(self) -> Option<ProcessId> {
        match self {
            Self::Arrive(letter) | Self::ArriveAndStay(letter) => Some(letter.to),
            Self::Expire(id, _) | Self::Crash(id) | Self::Restart(id) => Some(id),
            Self::PutAside(_) | Self::Deafen(_) | Self::Hear(_) => None,
        }
    }

    /// Whether it is something that a process notices.
    pub(super) const fn takes_a_turn(self) -> bool {
        match self {
            Self::PutAside(_) | Self::Deafen(_) | Self::Hear(_) => false,
            Self::Arrive(_)
            | Self::ArriveAndStay(_)
            | Self::Expire(..)
            | Self::Crash(_)
            | Self::Restart(_) => true,
        }
    }
}

/// The scenario in which the same happens: a microsecond a turn, which is nothing beside what
/// timers wait for.
pub(super) fn as_scenario(explored: &Scenario, steps: &[Step]) -> Scenario {
    let mut scenario = explored.clone();
    let mut world = World::new(explored);
    // Of each message that was sent, after how long it arrives: twice, if it is copied.
    let mut arrivals: BTreeMap<Letter, Vec<Span>> = BTreeMap::new();
    let mut turn = 0;
    for &step in steps {
        for letter in world.letters() {
            arrivals.entry(letter).or_default();
        }
        turn += u64::from(step.takes_a_turn());
        match step {
            Step::PutAside(_) | Step::Deafen(_) | Step::Hear(_) => {}
            Step::Arrive(letter) | Step::ArriveAndStay(letter) => {
                let after = Span::micros(turn - u64::from(letter.sent));
                arrivals.entry(letter).or_default().push(after);
            }
            Step::Expire(id, timer) => {
                let action = Action::Expire(explored.target_of(id), timer);
                scenario.faults.push(at(turn, action));
            }
            Step::Crash(id) => {
                scenario.faults.push(at(turn, Action::Crash(explored.target_of(id))));
            }
            Step::Restart(id) => {
                scenario.faults.push(at(turn, Action::Restart(explored.target_of(id))));
            }
        }
        // The last step is the one that goes wrong, if any does.
        if world.take(step).is_err() {
            break;
        }
    }
    for letter in world.letters() {
        arrivals.entry(letter).or_default();
    }
    scenario.messages.extend(arrivals.into_iter().map(|(letter, after)| MessageFate {
        from: explored.target_of(letter.from),
        to: explored.target_of(letter.to),
        nth: letter.nth.into(),
        fate: match after[..] {
            [] => Scripted::Drop,
            [after] => Scripted::Deliver(Some(after)),
            [after, again, ..] => Scripted::Twice(Some((after, again))),
        },
    }));
    scenario
}

/// A fault in that turn.
const fn at(turn: u64, action: Action) -> Fault {
    Fault { trigger: Trigger::At(Span::micros(turn)), action, heal: Heal::AtTheEnd }
}
