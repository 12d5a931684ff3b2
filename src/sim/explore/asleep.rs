//! What need not be tried again: it would lead where it has led already (partial-order reduction).
//!
//! Somebody takes a message, and something goes wrong elsewhere: in which order, makes no
//! difference. Where it was tried before the message arrived, and the message was still the next to
//! arrive then, it need not be tried after. What a replica has sent before it crashes may arrive at
//! any moment, so that it makes no difference to that either.

use super::step::{Letter, Step};
use super::world::World;
use crate::sim::node::ProcessId;

/// What was tried before, and has not been touched by what has happened since.
#[derive(Debug, Default)]
pub(super) struct Asleep(Vec<Sleeper>);

#[derive(Debug)]
struct Sleeper {
    step: Step,
    /// The first of the messages that it sends: what arrives before that would arrive as well.
    first: Option<Letter>,
}

impl Asleep {
    /// That was tried, and the world is what came of it.
    pub(super) fn add(&mut self, step: Step, world: &World<'_>) {
        if step.place().is_some() {
            self.0.push(Sleeper { step, first: world.first_of_this_turn() });
        }
    }

    /// What happens now if nothing goes wrong: keeps what makes no difference to it.
    pub(super) fn wake(&mut self, next: Step) {
        let Step::Arrive(letter) = next else {
            self.0.clear();
            return;
        };
        self.0.retain(|Sleeper { step, first }| {
            let is_sooner = first.is_none_or(|first| letter < first);
            let is_elsewhere = step.place().is_some_and(|place| place != letter.to);
            is_sooner && is_elsewhere
        });
    }

    /// Whether that need not be tried.
    pub(super) fn holds(&self, step: Step) -> bool {
        self.0.iter().any(|sleeper| sleeper.step == step)
    }
}

impl Step {
    /// Where it happens, if it can be tried sooner or later; nothing where it is about what is
    /// under way, too.
    const fn place(self) -> Option<ProcessId> {
        match self {
            Self::Arrive(letter) => Some(letter.to),
            Self::Expire(id, _) | Self::Crash(id) | Self::Deafen(id) | Self::Restart(id) => {
                Some(id)
            }
            Self::PutAside(_) | Self::ArriveAndStay(_) | Self::Hear(_) | Self::Order(_) => None,
        }
    }
}
