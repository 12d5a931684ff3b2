//! A run outside of time, in which somebody who sees everything chooses what happens next; what was
//! chosen is told as a scenario, and so is replayed, shrunk and kept like any other.
//!
//! In a run in time most of what may happen is far apart: a message is late by milliseconds, a timer
//! by hundreds of them. Here every message that is under way and every timer that is set may come
//! next, and nothing passes in between; what is rare in time is one choice of some dozens here.
//!
//! What comes after the walk is a run in time again, in which the rest of the clients' operations
//! are asked for and everything has to come to rest.

mod choices;
mod interest;
mod mood;
mod ranks;

use super::explore::Retelling;
use super::explore::step::Step;
use super::explore::world::{Post, World};
use super::panic;
use super::random::Stream;
use super::scenario::{Action, Heal, Scenario, Trigger};
use super::time::Span;
use crate::protocol::Reads;

pub(super) use mood::Mood;
pub(super) use ranks::Ranks;

/// Whoever chooses what happens next.
pub(super) trait Mind {
    /// Of what can happen one thing, or nothing any more.
    fn choose(&mut self, world: &World<'_>, rng: &mut Stream) -> Option<Step>;
}

/// Walks so many steps through a scenario in which nothing goes wrong by itself, and tells it.
pub(super) fn wander(
    scenario: &Scenario,
    steps: u64,
    mind: &mut dyn Mind,
    rng: &mut Stream,
) -> Scenario {
    let base = prepare(scenario);
    let Ok(Ok(mut world)) = panic::catch(|| World::alone(&base)) else { return base };
    let mut retelling = Retelling::new();
    for _ in 0..steps {
        let Some(step) = mind.choose(&world, rng) else { break };
        retelling.note(&base, step);
        // The run in time will say what is wrong.
        if !matches!(panic::catch(|| world.take(step)), Ok(Ok(()))) {
            break;
        }
    }
    let mut told = retelling.finish(&base, &world, &mut |post| ending(post, rng));
    bring_back(&mut told, rng);
    told
}

/// The scenario as it is outside of time: what was to go wrong in time does not, disks write at
/// once, and clients ask when they are let.
fn prepare(scenario: &Scenario) -> Scenario {
    let mut base = scenario.clone();
    base.messages.clear();
    base.faults.retain(|fault| matches!(fault.action, Action::Reconfigure(_)));
    for (turn, fault) in (1..).zip(&mut base.faults) {
        fault.trigger = Trigger::At(Span(AFTER_IT.0 * turn));
    }
    base.network = base.network.calm();
    base.disk.min = Span::ZERO;
    (base.disk.mean, base.disk.max) = (base.disk.min, base.disk.min);
    (base.workload.think_min, base.workload.think_mean) = (AFTER_IT, AFTER_IT);
    if matches!(base.cluster.reads, Reads::UnderLease(_)) {
        // A lease rests on time, and timers go off here whenever somebody likes.
        base.cluster.reads = Reads::ByQuorum;
    }
    base
}

/// After how long a message arrives that is under way when the walk is over, if it does.
fn ending(post: Post, rng: &mut Stream) -> Option<Span> {
    match post {
        Post::InTime => Some(Span::micros(rng.between(1, 200))),
        Post::Late | Post::Outlives | Post::Missed if rng.between(0, 1) == 0 => None,
        Post::Late | Post::Outlives | Post::Missed => {
            Some(Span::micros(rng.between(1, 200) << rng.between(0, 14)))
        }
    }
}

/// Who is down when the walk is over is up again some time later.
fn bring_back(told: &mut Scenario, rng: &mut Stream) {
    for index in 0..told.faults.len() {
        let Action::Crash(who) = told.faults[index].action else { continue };
        let is_again = |action: &Action| matches!(action, Action::Restart(other) if *other == who);
        if !told.faults[index + 1..].iter().any(|fault| is_again(&fault.action)) {
            let after = Span::micros(rng.between(1, 200) << rng.between(0, 12));
            told.faults[index].heal = Heal::After(after);
        }
    }
}

/// When whatever waits for time goes on: no walk is as long as that.
const AFTER_IT: Span = Span::millis(5);
