//! Rare crashes on a good network: nothing hides what one of them does.

use super::super::{Action, Fault, Heal, Scenario, Trigger};
use super::calm;
use super::faults::{generate_milestone, replica, victim};
use crate::sim::random::Stream;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;

/// A swarm's group, with few operations and few crashes, each at a moment that means something.
pub(super) fn generate(rng: &mut Stream, mut scenario: Scenario) -> Scenario {
    calm(&mut scenario);
    scenario.workload.operations =
        u32::try_from(rng.between(10, 120)).unwrap_or(10).max(scenario.workload.clients.into());
    let silence = Span::from(scenario.cluster.timeouts.primary_silence).0;
    let busy = scenario.limits.duration.0 / 4;
    for _ in 0..rng.choose(&[1, 2, 2, 3, 4]) {
        let trigger = if rng.hits(Ratio::percent(60)) {
            Trigger::When(
                replica(rng, &scenario.cluster),
                generate_milestone(rng, &scenario.workload),
            )
        } else {
            Trigger::At(Span(rng.between(0, busy)))
        };
        let action = Action::Crash(victim(rng, &scenario.cluster));
        let longest = silence * rng.choose(&[1, 4, 12]);
        let heal = Heal::After(Span(rng.between(silence / 16, longest)));
        scenario.faults.push(Fault { trigger, action, heal });
    }
    scenario
}
