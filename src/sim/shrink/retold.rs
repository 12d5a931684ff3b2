//! Stories drawn at random: a few faults at events of a small, short run, out of what the failing
//! run had and what usually matters. Where leaving out gets stuck, the same failure often has a
//! much shorter way; and so many small runs fit into a second that chance finds it.

use super::super::random::{Purpose, Stream};
use super::super::ratio::Ratio;
use super::super::scenario::{Action, Fault, Heal, Milestone, Scenario, Target, Trigger};
use super::super::time::Span;
use super::cost::cost;
use crate::protocol::MessageKind;
use crate::protocol::replica::StatusKind;

/// Some stories that cost less than a scenario, others in each round.
pub(super) fn retellings(scenario: &Scenario, round: u64) -> Vec<Scenario> {
    let limit = cost(scenario);
    let mut stream = Stream::new(limit, Purpose::Story, round);
    let mut told: Vec<Scenario> = (0..STORIES).map(|_| tell(scenario, &mut stream)).collect();
    told.retain(|story| cost(story) < limit && story.is_possible());
    told
}

fn tell(scenario: &Scenario, stream: &mut Stream) -> Scenario {
    let mut story = Scenario { expect: scenario.expect.clone(), ..Scenario::default() };
    story.seed = stream.between(1, 9);
    story.cluster.sabotage = scenario.cluster.sabotage;
    story.cluster.replicas = stream.choose(&[3, 3, scenario.cluster.replicas]);
    if stream.hits(Ratio::percent(30)) {
        story.cluster.bounds = scenario.cluster.bounds;
        story.cluster.timeouts = scenario.cluster.timeouts;
    }
    story.workload.clients = stream.choose(&[1, 2, 2, 3]);
    story.workload.operations = stream.choose(&[2, 3, 4, 5, 6, 8, 12]);
    for _ in 0..stream.between(1, FAULTS_MAX) {
        story.faults.push(fault(scenario, story.cluster.replicas, stream));
    }
    story
}

fn fault(scenario: &Scenario, replicas: u8, stream: &mut Stream) -> Fault {
    let replica =
        |stream: &mut Stream| u8::try_from(stream.between(0, u64::from(replicas) - 1)).unwrap_or(0);
    let witness = replica(stream);
    let there = match stream.between(0, 9) {
        0..=2 => Milestone::Op(stream.between(1, 4)),
        3..=5 => Milestone::Commit(stream.between(1, 4)),
        6..=7 => Milestone::View(stream.between(1, 3)),
        8 => Milestone::Status(StatusKind::ViewChange),
        _ => Milestone::Status(StatusKind::Recovering),
    };
    let heal = match stream.between(0, 5) {
        0 => Heal::AtTheEnd,
        other => Heal::After(SPANS[usize::try_from(other - 1).unwrap_or(0)]),
    };
    let target = |stream: &mut Stream| Target::Replica(replica(stream));
    let action = match stream.between(0, 9) {
        0..=2 => Action::Crash(target(stream)),
        3 => Action::Pause(target(stream)),
        4 => Action::Cut(vec![target(stream)], vec![target(stream)]),
        5..=7 => Action::Lose {
            kind: Some(stream.choose(MessageKind::ALL)),
            from: stream.hits(Ratio::percent(50)).then(|| target(stream)),
            to: stream.hits(Ratio::percent(50)).then(|| target(stream)),
            share: Ratio::ONE,
        },
        8 => Action::Lose {
            kind: None,
            from: stream.hits(Ratio::percent(50)).then(|| target(stream)),
            to: Some(target(stream)),
            share: Ratio::ONE,
        },
        // As it was, if it fits, at another time.
        _ => match scenario.faults.len() {
            0 => Action::Crash(target(stream)),
            count => {
                let last = u64::try_from(count - 1).unwrap_or(0);
                let index = usize::try_from(stream.between(0, last)).unwrap_or(0);
                let action = &scenario.faults[index].action;
                if matches!(action, Action::Crash(_) | Action::Restart(_) | Action::Pause(_)) {
                    Action::Crash(target(stream))
                } else if replicas == scenario.cluster.replicas {
                    action.clone()
                } else {
                    // Whom it names may not be there in another group.
                    Action::Pause(target(stream))
                }
            }
        },
    };
    Fault { trigger: Trigger::When(witness, there), action, heal }
}

/// Stories in a round.
const STORIES: u64 = 500;

/// Faults in a story at most.
const FAULTS_MAX: u64 = 5;

/// How long faults last.
const SPANS: [Span; 5] =
    [Span::millis(5), Span::millis(50), Span::millis(200), Span::millis(500), Span::millis(1_000)];
