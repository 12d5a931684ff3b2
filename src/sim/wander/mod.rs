//! A run outside of time, in which somebody who sees everything chooses what happens next; what was
//! chosen is told as a scenario, and so is replayed, shrunk and kept like any other.
//!
//! In a run in time most of what may happen is far apart: a message is late by milliseconds, a
//! timer by hundreds of them. Here every message that is under way and every timer that is set may
//! come next, and nothing passes in between; what is rare in time is one choice of some dozens.
//!
//! What comes after the walk is a run in time again, in which the rest of the clients' operations
//! are asked for and everything has to come to rest.

mod choices;
mod interest;
mod mood;
mod moves;
mod ranks;

use super::explore::Retelling;
use super::explore::step::Step;
use super::explore::world::{Post, World};
use super::panic;
use super::random::Stream;
use super::ratio::Ratio;
use super::scenario::{Action, Heal, Scenario, Trigger};
use super::time::Span;
use crate::protocol::Reads;

pub(super) use mood::Mood;
pub(super) use moves::Moves;
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
    // What is sent together is counted in the order in which it was sent.
    base.network.reorder = Ratio::ZERO;
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

#[cfg(test)]
mod tests {
    use super::{Mind, Mood, Moves, Ranks, Step, World, wander};
    use crate::sim::explore::onlooker;
    use crate::sim::random::{Purpose, Stream};
    use crate::sim::scenario::{Scenario, ServiceKind, Variant};

    /// A mind, and somebody who is told what it chooses.
    struct Watched<'a> {
        mind: &'a mut dyn Mind,
        tell: &'a mut dyn FnMut(&World<'_>, Step),
    }

    impl Mind for Watched<'_> {
        fn choose(&mut self, world: &World<'_>, rng: &mut Stream) -> Option<Step> {
            let step = self.mind.choose(world, rng)?;
            (self.tell)(world, step);
            Some(step)
        }
    }

    /// Who chooses, by number.
    fn mind(number: u64, processes: u16, steps: u64, rng: &mut Stream) -> Box<dyn Mind> {
        match number % MINDS {
            0 => Box::new(Mood::blind(processes, rng)),
            1 => Box::new(Mood::seeing(processes, rng)),
            2 => Box::new(Moves::new(processes, rng)),
            _ => Box::new(Ranks::new(processes, steps, rng)),
        }
    }

    const MINDS: u64 = 4;

    #[test]
    fn a_walk_is_told_as_it_went() {
        let steps = 120;
        let (mut durable, mut reconfigured) = (0, 0);
        for seed in 0..100 {
            let mut scenario = Scenario::of_seed(seed, Variant::default());
            // What clocks tell is not the same: a walk takes no time.
            scenario.cluster.service = ServiceKind::Kv;
            scenario.workload.clients = scenario.workload.clients.min(2);
            scenario.workload.readers = 0;
            let rng = &mut Stream::new(seed, Purpose::Scenario, 99);
            let processes = scenario.processes();
            let mut mind = mind(seed, processes, steps, rng);
            let (mut expected, mut turns) = (Vec::new(), 0);
            let mut tell = |world: &World<'_>, step: Step| {
                turns += u64::from(step.takes_a_turn());
                expected.extend(onlooker::of_step(&scenario, world, step));
            };
            let mut watched = Watched { mind: mind.as_mut(), tell: &mut tell };
            let told = wander(&scenario, steps, &mut watched, rng);
            assert_eq!(Scenario::parse(&told.to_string()).as_ref(), Ok(&told), "{seed}");
            let seen = onlooker::of_run(&told, turns);
            for (index, (seen, expected)) in seen.iter().zip(&expected).enumerate() {
                assert_eq!(seen, expected, "walk {seed} at {index}");
            }
            assert_eq!(seen.len(), expected.len(), "walk {seed}");
            durable += u32::from(told.cluster.durability == crate::protocol::Durability::Disk);
            reconfigured += u32::from(told.reconfigures());
        }
        assert!(durable > 20 && reconfigured > 10, "{durable} with disks, {reconfigured} change");
    }
    const fn place(step: Step) -> usize {
        match step {
            Step::Arrive(_) => 0,
            Step::ArriveAndStay(_) => 1,
            Step::PutAside(_) => 2,
            Step::Expire(..) => 3,
            Step::Crash(_) => 4,
            Step::Restart(_) => 5,
            Step::Order(_) => 6,
            Step::Deafen(_) => 7,
            Step::Hear(_) => 8,
        }
    }

    #[test]
    fn each_mind_does_all_that_it_can() {
        let steps = 100;
        for number in 0..MINDS {
            let mut counts = [0; 9];
            for seed in 0..60 {
                let scenario = Scenario::of_seed(seed, Variant::default());
                let rng = &mut Stream::new(seed, Purpose::Scenario, 98);
                let mut mind = mind(number, scenario.processes(), steps, rng);
                let mut tell = |_: &World<'_>, step: Step| counts[place(step)] += 1;
                let mut watched = Watched { mind: mind.as_mut(), tell: &mut tell };
                wander(&scenario, steps, &mut watched, rng);
            }
            // Large moves hold back what is said, and leave ears as they are.
            let can = if number == 2 { 7 } else { 9 };
            assert!(counts[..can].iter().all(|&count| count > 0), "{number}: {counts:?}");
        }
    }
}
