//! A short walk: few operations, and whatever can become of a message becomes of many.

use super::super::{Fault, Heal, MessageFate, Milestone, Scenario, Target, Trigger};
use super::calm;
use super::faults::{Kind, generate_action, replica};
use crate::protocol::replica::StatusKind;
use crate::sim::network::Scripted;
use crate::sim::random::Stream;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;

/// A swarm's group, of few replicas and clients, and messages whose fates are written down: each
/// sender and each receiver has a weight of its own, as likely small as large.
pub(super) fn generate(rng: &mut Stream, mut scenario: Scenario) -> Scenario {
    calm(&mut scenario);
    let workload = &mut scenario.workload;
    workload.operations =
        u32::try_from(rng.between(4, 40)).unwrap_or(4).max(workload.clients.into());
    let silence = Span::from(scenario.cluster.timeouts.primary_silence).0;
    let kinds = [Kind::Crash, Kind::Crash, Kind::Pause, Kind::Cut, Kind::Isolate, Kind::Lose];
    for _ in 0..rng.choose(&[0, 1, 2, 3, 4, 6]) {
        let there = match rng.between(0, 4) {
            0 => Milestone::Op(rng.between(1, 12)),
            1 => Milestone::Commit(rng.between(1, 12)),
            2 => Milestone::View(rng.between(1, 4)),
            3 => Milestone::Status(StatusKind::ViewChange),
            _ => Milestone::Status(StatusKind::Recovering),
        };
        let trigger = Trigger::When(replica(rng, &scenario.cluster), there);
        let kind = rng.choose(&kinds);
        let action = generate_action(rng, kind, &scenario.cluster, &scenario.workload, silence);
        let longest = silence * rng.choose(&[1, 2, 6]);
        let heal = Heal::After(Span(rng.between(silence / 16, longest)));
        scenario.faults.push(Fault { trigger, action, heal });
    }
    let ends: Vec<Target> = (0..scenario.cluster.replicas)
        .map(Target::Replica)
        .chain((0..scenario.workload.clients).map(Target::Client))
        .collect();
    let weights: Vec<[u64; 2]> = ends.iter().map(|_| [weight(rng), weight(rng)]).collect();
    for (&from, &[says, _]) in ends.iter().zip(&weights) {
        for (&to, &[_, hears]) in ends.iter().zip(&weights) {
            let are_both_clients = matches!((from, to), (Target::Client(_), Target::Client(_)));
            if from == to || are_both_clients {
                continue;
            }
            let share = Ratio::millionths(u32::try_from(says.max(hears)).unwrap_or(0));
            for nth in 1..=NTH_MAX {
                if rng.hits(share) {
                    let fate = fate(rng);
                    scenario.messages.push(MessageFate { from, to, nth, fate });
                }
            }
        }
    }
    scenario
}

/// In millionths, from one in a thousand to one in four.
fn weight(rng: &mut Stream) -> u64 {
    let halvings = rng.between(2, 10);
    1_000_000 >> halvings
}

/// Lost, doubled, or late by anything from less than a message takes to more than several view
/// changes.
fn fate(rng: &mut Stream) -> Scripted {
    match rng.between(0, 7) {
        0..=2 => Scripted::Drop,
        3 => Scripted::Twice(None),
        _ => Scripted::Deliver(Some(Span::micros(200 << rng.between(0, 14)))),
    }
}

/// Of so many messages from one to another some have a fate of their own.
const NTH_MAX: u64 = 60;
