//! One thing that happens in an exploration, and a whole run of them as a scenario.

use super::world::World;
use crate::sim::network::Scripted;
use crate::sim::node::{ProcessId, TimerId};
use crate::sim::scenario::{Action, Fault, Heal, MessageFate, Scenario, Target, Trigger};
use crate::sim::time::Span;

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
    /// A replica hears nothing: what is sent to it from now on is late.
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
    let name = |id: ProcessId| target_of(explored, id);
    let mut world = World::new(explored);
    let mut letters = world.letters();
    let mut turn = 0;
    for &step in steps {
        turn += u64::from(step.takes_a_turn());
        let at = Trigger::At(Span::micros(turn));
        let fault = |action| Fault { trigger: at, action, heal: Heal::AtTheEnd };
        match step {
            Step::PutAside(_) | Step::Deafen(_) | Step::Hear(_) => {}
            Step::Arrive(letter) | Step::ArriveAndStay(letter) => {
                let after = Span::micros(turn - u64::from(letter.sent));
                scenario.messages.push(MessageFate {
                    from: name(letter.from),
                    to: name(letter.to),
                    nth: letter.nth.into(),
                    fate: Scripted::Deliver(Some(after)),
                });
            }
            Step::Expire(id, timer) => {
                scenario.faults.push(fault(Action::Expire(name(id), timer)));
            }
            Step::Crash(id) => scenario.faults.push(fault(Action::Crash(name(id)))),
            Step::Restart(id) => scenario.faults.push(fault(Action::Restart(name(id)))),
        }
        // The last step is the one that goes wrong.
        if world.take(step).is_err() {
            break;
        }
        letters.extend(world.letters());
    }
    letters.sort_unstable();
    letters.dedup();
    for letter in letters {
        let (from, to, nth) = (name(letter.from), name(letter.to), u64::from(letter.nth));
        let is_it = |fate: &MessageFate| (fate.from, fate.to, fate.nth) == (from, to, nth);
        if !scenario.messages.iter().any(is_it) {
            scenario.messages.push(MessageFate { from, to, nth, fate: Scripted::Drop });
        }
    }
    scenario
}

fn target_of(scenario: &Scenario, id: ProcessId) -> Target {
    match id.0.checked_sub(u16::from(scenario.cluster.replicas)) {
        Some(client) => Target::Client(client),
        None => Target::Replica(u8::try_from(id.0).unwrap_or(0)),
    }
}
