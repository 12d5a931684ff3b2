//! Walks outside of time (`src/sim/wander/`), by somebody who chooses as they go on.

use super::super::Scenario;
use crate::protocol::{Batching, ReplicaSet};
use crate::sim::random::Stream;
use crate::sim::ratio::Ratio;
use crate::sim::wander::{Mind, Mood, Moves, Ranks, wander};

/// Who chooses.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    /// Chance, by weights.
    Chance,
    /// Chance, which sees the state.
    Interest,
    /// Ranks.
    Rank,
    /// Chance, by large moves.
    Moves,
}

/// A swarm's group with few clients and operations, and a walk of it.
pub(super) fn generate(rng: &mut Stream, mut scenario: Scenario, by: By) -> Scenario {
    if rng.hits(Ratio::percent(60)) {
        make_small(rng, &mut scenario);
    }
    let workload = &mut scenario.workload;
    workload.clients = workload.clients.min(rng.choose(&[1, 2, 2, 3]));
    workload.readers = workload.readers.min(workload.clients / 2);
    let operations = rng.between(2, 12) << rng.between(0, 2);
    workload.operations = u32::try_from(operations).unwrap_or(2).max(workload.clients.into());
    let steps = rng.between(30, 150) << rng.between(0, 2);
    // Among many a message each takes longer.
    let steps = steps * u64::from(scenario.cluster.replicas.max(3)) / 3;
    let processes = scenario.processes();
    let mut mind: Box<dyn Mind> = match by {
        By::Chance => Box::new(Mood::blind(processes, rng)),
        By::Interest => Box::new(Mood::seeing(processes, rng)),
        By::Moves => Box::new(Moves::new(processes, rng)),
        By::Rank => Box::new(Ranks::new(processes, steps, rng)),
    };
    wander(&scenario, steps, mind.as_mut(), rng)
}

/// Few replicas, and nothing but what is always there: what is rare comes of few of them.
fn make_small(rng: &mut Stream, scenario: &mut Scenario) {
    let is_fixed = !scenario.reconfigures();
    let cluster = &mut scenario.cluster;
    cluster.batching = Batching::AtOnce;
    if rng.hits(Ratio::percent(70)) {
        cluster.checkpoints = None;
    }
    if is_fixed {
        cluster.replicas = rng.choose(&[3, 3, 3, 4, 5, 5]);
        cluster.standby = 0;
        cluster.witnesses = ReplicaSet::EMPTY;
    }
}
