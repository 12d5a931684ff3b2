//! Everything on: each run has faults of every kind, and no kind is rare.

use super::super::{Action, Fault, Scenario, Trigger};
use super::faults::{
    Kind, generate_action, generate_damage, generate_hindrance, generate_milestone,
    generate_power_failure, replica,
};
use crate::protocol::Durability;
use crate::sim::network::Weather;
use crate::sim::random::Stream;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;

/// How much of everything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dose {
    /// Faults of each kind.
    each: [u64; 3],
    /// In millionths: how many messages are lost, doubled, out of order, late, astray.
    weather: [[u32; 2]; 5],
}

/// A little of each.
pub(super) const MEDIUM: Dose = Dose {
    each: [0, 1, 1],
    weather: [[1_000, 20_000], [1_000, 20_000], [10_000, 200_000], [1_000, 5_000], [0, 500]],
};

/// More than a group has peace for.
pub(super) const HEAVY: Dose = Dose {
    each: [1, 2, 4],
    weather: [
        [20_000, 150_000],
        [20_000, 100_000],
        [200_000, 1_000_000],
        [5_000, 20_000],
        [500, 5_000],
    ],
};

/// A swarm's group and its epochs, with faults of every kind instead of those that it had.
pub(super) fn generate(rng: &mut Stream, mut scenario: Scenario, dose: Dose) -> Scenario {
    let [drop, duplicate, reorder, straggle, misroute] =
        dose.weather.map(|choices| Ratio::millionths(rng.choose(&choices)));
    scenario.network = Weather { drop, duplicate, reorder, straggle, misroute, ..scenario.network };
    scenario.faults.retain(|fault| matches!(fault.action, Action::Reconfigure(_)));
    let (cluster, workload) = (scenario.cluster, scenario.workload);
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    let busy = Span(scenario.limits.duration.0 / 2);
    for kind in Kind::ALL {
        for _ in 0..rng.choose(&dose.each) {
            let trigger = if rng.hits(Ratio::percent(40)) {
                Trigger::When(replica(rng, &cluster), generate_milestone(rng, &workload))
            } else {
                Trigger::At(Span(rng.between(0, busy.0)))
            };
            let action = generate_action(rng, kind, &cluster, &workload, silence);
            let longest = silence * rng.choose(&[1, 2, 6]);
            let heal = kind.heal(Span(rng.between(silence / 8, longest)));
            scenario.faults.push(Fault { trigger, action, heal });
        }
    }
    if cluster.durability == Durability::Disk {
        let faults = &mut scenario.faults;
        for _ in 0..rng.choose(&dose.each) {
            generate_power_failure(rng, &cluster, busy, faults);
            generate_damage(rng, &cluster, &workload, busy, faults);
            generate_hindrance(rng, &cluster, busy, faults);
        }
    }
    scenario
}
