//! Small stories that nobody has told: one or two faults in a group that is otherwise at peace.
//!
//! Leaving things out of a run that fails by many accidents ends at a heap of accidents. Most
//! mistakes show in a story of two faults as well, and there are few enough of those to try all.

use super::super::ratio::Ratio;
use super::super::scenario::{Action, Fault, Heal, Milestone, Scenario, Target, Trigger};
use super::super::time::Span;
use super::cost::cost;
use crate::protocol::MessageKind;

/// All stories that cost less than a scenario, the cheapest first.
pub(super) fn stories(scenario: &Scenario) -> Vec<Scenario> {
    let limit = cost(scenario);
    let mut told = Vec::new();
    let sizes = [3, scenario.cluster.replicas];
    let count = if sizes[0] == sizes[1] { 1 } else { 2 };
    for &replicas in &sizes[..count] {
        let mut peace =
            Scenario { expect: scenario.expect.clone(), seed: 1, ..Scenario::default() };
        peace.cluster.replicas = replicas;
        peace.cluster.bounds = scenario.cluster.bounds;
        peace.cluster.sabotage = scenario.cluster.sabotage;
        peace.workload.operations = OPERATIONS;
        // Larger groups have more stories than there is time for.
        let actors = replicas.min(3);
        let faults = faults(actors);
        let with = |faults: Vec<Fault>| Scenario { faults, ..peace.clone() };
        told.push(peace.clone());
        told.extend(faults.iter().map(|fault| with(vec![fault.clone()])));
        for (index, first) in faults.iter().enumerate() {
            told.extend(faults[index..].iter().map(|b| with(vec![first.clone(), b.clone()])));
        }
    }
    told.retain(|story| cost(story) < limit);
    told.sort_by_cached_key(cost);
    told
}

/// The faults that stories consist of.
fn faults(actors: u8) -> Vec<Fault> {
    let mut faults = Vec::new();
    for witness in 0..actors.min(2) {
        for there in [Milestone::Op(2), Milestone::Commit(2), Milestone::View(1)] {
            for struck in 0..actors {
                faults.extend(actions(struck).into_iter().map(|(action, heal)| Fault {
                    trigger: Trigger::When(witness, there),
                    action,
                    heal: Heal::After(heal),
                }));
            }
        }
    }
    faults
}

/// What can happen to a replica, and for how long.
fn actions(struck: u8) -> Vec<(Action, Span)> {
    let target = Target::Replica(struck);
    let lose = |kind| {
        let (from, to, share) = (None, Some(target), Ratio::ONE);
        (Action::Lose { kind: Some(kind), from, to, share }, Span::millis(500))
    };
    vec![
        (Action::Crash(target), Span::millis(50)),
        (Action::Crash(target), Span::millis(500)),
        (Action::Pause(target), Span::millis(500)),
        (
            Action::Lose { kind: None, from: None, to: Some(target), share: Ratio::ONE },
            Span::millis(500),
        ),
        (
            Action::Lose { kind: None, from: Some(target), to: None, share: Ratio::ONE },
            Span::millis(500),
        ),
        lose(MessageKind::Prepare),
        lose(MessageKind::Commit),
        lose(MessageKind::PrepareOk),
        lose(MessageKind::StartView),
    ]
}

const OPERATIONS: u32 = 10;
