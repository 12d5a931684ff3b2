//! Walks outside of time (`src/sim/wander/`), by somebody who chooses as they go on.

use super::super::Scenario;
use crate::sim::random::Stream;
use crate::sim::wander::{Mind, Mood, Ranks, wander};

/// Who chooses.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    /// Chance, by weights.
    Chance,
    /// Chance, which sees the state.
    Interest,
    /// Ranks.
    Rank,
}

/// A swarm's group with few clients and operations, and a walk of it.
pub(super) fn generate(rng: &mut Stream, mut scenario: Scenario, by: By) -> Scenario {
    let workload = &mut scenario.workload;
    workload.clients = workload.clients.min(rng.choose(&[1, 2, 2, 3]));
    workload.readers = workload.readers.min(workload.clients / 2);
    let operations = rng.between(2, 12) << rng.between(0, 2);
    workload.operations = u32::try_from(operations).unwrap_or(2).max(workload.clients.into());
    let steps = rng.between(20, 120) << rng.between(0, 2);
    let processes = scenario.processes();
    let mut mind: Box<dyn Mind> = match by {
        By::Chance => Box::new(Mood::blind(processes, rng)),
        By::Interest => Box::new(Mood::seeing(processes, rng)),
        By::Rank => Box::new(Ranks::new(processes, steps, rng)),
    };
    wander(&scenario, steps, mind.as_mut(), rng)
}
