//! Ways to make a scenario simpler, each as a list of candidates, the boldest first.

use super::super::ratio::Ratio;
use super::super::scenario::{Action, Fault, Heal, Milestone, Scenario, Target, Trigger};
use super::super::time::Span;
use crate::protocol::ReplicaSet;
use crate::protocol::replica::StatusKind;

/// A way: what could stand in a scenario's place.
pub(super) type Way = fn(&Scenario) -> Vec<Scenario>;

/// All ways but leaving out faults and messages, in the order in which they are tried.
pub(super) const WAYS: [Way; 14] = [
    calmer_weather,
    fewer_operations,
    shorter_stories,
    events_for_times,
    earlier_events,
    fewer_clients,
    fewer_replicas,
    default_settings,
    shorter_limits,
    simpler_actions,
    shorter_lists,
    rounder_times,
    rounder_fates,
    smaller_seeds,
];

fn with(scenario: &Scenario, change: impl FnOnce(&mut Scenario)) -> Scenario {
    let mut changed = scenario.clone();
    change(&mut changed);
    changed
}

fn calmer_weather(scenario: &Scenario) -> Vec<Scenario> {
    let default = Scenario::default().network;
    let constant = |delay| {
        move |s: &mut Scenario| {
            s.network.delay_min = delay;
            s.network.delay_mean = delay;
            s.network.delay_max = delay;
        }
    };
    vec![
        with(scenario, |s| s.network = default),
        with(scenario, |s| s.network = s.network.calm()),
        with(scenario, |s| s.network.drop = Ratio::ZERO),
        with(scenario, |s| s.network.duplicate = Ratio::ZERO),
        with(scenario, |s| s.network.misroute = Ratio::ZERO),
        with(scenario, |s| s.network.straggle = Ratio::ZERO),
        with(scenario, |s| s.network.reorder = Ratio::ZERO),
        with(scenario, constant(Span::millis(1))),
        with(scenario, |s| {
            s.network.delay_min = default.delay_min;
            s.network.delay_mean = default.delay_mean;
            s.network.delay_max = default.delay_max;
        }),
        with(scenario, |s| s.network.straggle_max = default.straggle_max),
        with(scenario, |s| s.cluster.drift = Ratio::ZERO),
        with(scenario, |s| s.cluster.jitter = Scenario::default().cluster.jitter),
    ]
}

fn fewer_operations(scenario: &Scenario) -> Vec<Scenario> {
    let now = scenario.workload.operations;
    let fewer = [1, 2, 3, 5, 8, 13, 21, 34, now / 4, now / 2, now - now / 4, now - 1];
    let fewer = fewer.into_iter().filter(|&count| count > 0 && count < now);
    fewer.map(|count| with(scenario, |s| s.workload.operations = count)).collect()
}

/// Fewer operations, and everything as much earlier: what comes before the story begins goes.
fn shorter_stories(scenario: &Scenario) -> Vec<Scenario> {
    let now = scenario.workload.operations;
    let gone = [now * 7 / 8, now * 3 / 4, now / 2, now / 4, now / 8, 4, 2, 1];
    let gone = gone.into_iter().filter(|&gone| gone > 0 && gone < now);
    gone.map(|gone| {
        with(scenario, |s| {
            s.workload.operations = now - gone;
            let (left, all, gone) = (u64::from(now - gone), u64::from(now), u64::from(gone));
            for fault in &mut s.faults {
                match &mut fault.trigger {
                    Trigger::At(at) => *at = Span(at.0 / all * left),
                    Trigger::When(_, Milestone::Op(number) | Milestone::Commit(number)) => {
                        *number = number.saturating_sub(gone).max(1);
                    }
                    Trigger::When(
                        _,
                        Milestone::View(_) | Milestone::Status(_) | Milestone::Epoch(_),
                    ) => {}
                }
            }
            for message in &mut s.messages {
                message.nth = message.nth.saturating_sub(gone).max(1);
            }
        })
    })
    .collect()
}

/// An event in the place of a time: the run tells which, by failing all the same.
fn events_for_times(scenario: &Scenario) -> Vec<Scenario> {
    let replicas = scenario.cluster.replicas;
    each_fault(scenario, |fault| {
        if matches!(fault.trigger, Trigger::When(..)) {
            return Vec::new();
        }
        let statuses = [StatusKind::ViewChange, StatusKind::Recovering, StatusKind::Normal];
        let milestones = statuses
            .map(Milestone::Status)
            .into_iter()
            .chain((1..=6).map(Milestone::View))
            .chain((1..=2).map(Milestone::Epoch))
            .chain((1..=4).map(Milestone::Commit))
            .chain((1..=4).map(Milestone::Op));
        milestones
            .flat_map(|there| (0..replicas).map(move |replica| Trigger::When(replica, there)))
            .map(|trigger| Fault { trigger, ..fault.clone() })
            .collect()
    })
}

/// Events that come earlier in a run.
fn earlier_events(scenario: &Scenario) -> Vec<Scenario> {
    each_fault(scenario, |fault| {
        let Trigger::When(replica, there) = fault.trigger else {
            return Vec::new();
        };
        let earlier = |number: u64| (1..=3).filter(move |&other| other < number);
        let others: Vec<Milestone> = match there {
            Milestone::View(number) => earlier(number).map(Milestone::View).collect(),
            Milestone::Op(number) => earlier(number).map(Milestone::Op).collect(),
            Milestone::Commit(number) => earlier(number).map(Milestone::Commit).collect(),
            Milestone::Epoch(number) => earlier(number).map(Milestone::Epoch).collect(),
            Milestone::Status(_) => Vec::new(),
        };
        let trigger = |there| Fault { trigger: Trigger::When(replica, there), ..fault.clone() };
        others.into_iter().map(trigger).collect()
    })
}

fn fewer_clients(scenario: &Scenario) -> Vec<Scenario> {
    let now = scenario.workload.clients;
    let fewer = [1, 2, now / 2, now - 1].into_iter().filter(|&count| count > 0 && count < now);
    let fewer = fewer.map(|count| with(scenario, |s| s.workload.clients = count));
    let both = |fewer: Scenario| {
        [Some(only(fewer.clone())), aimed_at_who_is_there(fewer)].into_iter().flatten()
    };
    fewer.flat_map(both).collect()
}

/// Aims at another client what was aimed at one that does not take part any more. Nothing where
/// that names somebody twice.
fn aimed_at_who_is_there(mut scenario: Scenario) -> Option<Scenario> {
    let clients = scenario.workload.clients;
    scenario.workload.readers = scenario.workload.readers.min(clients);
    let aim = |target: &mut Target| {
        if let Target::Client(number) = target {
            *number %= clients;
        }
    };
    for fault in &mut scenario.faults {
        fault.action.targets_mut().into_iter().for_each(aim);
    }
    for message in &mut scenario.messages {
        aim(&mut message.from);
        aim(&mut message.to);
    }
    Scenario::parse(&scenario.to_string()).is_ok().then_some(scenario)
}

fn fewer_replicas(scenario: &Scenario) -> Vec<Scenario> {
    let now = scenario.cluster.replicas;
    let fewer = [1, 2, 3, 4, 5, 6].into_iter().filter(|&count| count < now);
    let fewer = fewer.map(|count| only(with(scenario, |s| s.cluster.replicas = count)));
    let all_in = with(scenario, |s| s.cluster.standby = 0);
    let no_witnesses = with(scenario, |s| s.cluster.witnesses = ReplicaSet::EMPTY);
    let one_less = scenario.cluster.witnesses.iter();
    let one_less = one_less.map(|witness| with(scenario, |s| s.cluster.witnesses.remove(witness)));
    fewer.chain([all_in, no_witnesses]).chain(one_less).collect()
}

/// Takes out whatever is aimed at somebody who does not take part any more.
pub(super) fn only(mut scenario: Scenario) -> Scenario {
    let (replicas, clients) = (scenario.cluster.replicas, scenario.workload.clients);
    scenario.workload.readers = scenario.workload.readers.min(clients);
    scenario.cluster.standby = scenario.cluster.standby.min(replicas.saturating_sub(1));
    let witnesses = scenario.cluster.witnesses.iter().filter(|witness| witness.0 < replicas);
    scenario.cluster.witnesses = witnesses.collect();
    let has_administrator = scenario.reconfigures();
    let is_there = move |target: &Target| match *target {
        Target::Replica(number) => number < replicas,
        Target::Client(number) => number < clients,
        Target::Administrator => has_administrator,
        Target::Primary | Target::Backup => true,
    };
    scenario.faults.retain_mut(|fault| {
        let is_triggered = match fault.trigger {
            Trigger::When(replica, _) => replica < replicas,
            Trigger::At(_) => true,
        };
        is_triggered
            && match &mut fault.action {
                Action::Crash(target)
                | Action::Restart(target)
                | Action::Pause(target)
                | Action::Jump(target, _)
                | Action::Expire(target, _)
                | Action::Damage(target, ..)
                | Action::Hinder(target, _) => is_there(target),
                Action::Partition(groups) => {
                    groups.iter_mut().for_each(|group| group.retain(is_there));
                    groups.retain(|group| !group.is_empty());
                    !groups.is_empty()
                }
                Action::Cut(from, to) => {
                    from.retain(is_there);
                    to.retain(is_there);
                    !from.is_empty() && !to.is_empty()
                }
                Action::Reconfigure(members) => {
                    members.retain(is_there);
                    !members.is_empty()
                }
                Action::Flap(a, b, _) => is_there(a) && is_there(b),
                Action::Lose { from, to, .. } => {
                    from.as_ref().is_none_or(is_there) && to.as_ref().is_none_or(is_there)
                }
            }
    });
    scenario.messages.retain(|message| is_there(&message.from) && is_there(&message.to));
    scenario
}

fn default_settings(scenario: &Scenario) -> Vec<Scenario> {
    let default = Scenario::default();
    let (bounds, timeouts) = (default.cluster.bounds, default.cluster.timeouts);
    let workload = default.workload;
    vec![
        with(scenario, |s| {
            s.cluster.bounds = bounds;
            s.cluster.timeouts = timeouts;
            s.workload.think_min = workload.think_min;
            s.workload.think_mean = workload.think_mean;
            s.workload.retry = workload.retry;
        }),
        with(scenario, |s| s.cluster.bounds = bounds),
        with(scenario, |s| s.cluster.timeouts = timeouts),
        with(scenario, |s| {
            s.cluster.reads = default.cluster.reads;
            s.workload.latest = workload.latest;
        }),
        with(scenario, |s| s.workload.latest = workload.latest),
        with(scenario, |s| s.workload.stale = workload.stale),
        with(scenario, |s| s.workload.readers = workload.readers),
        with(scenario, |s| {
            s.cluster.service = default.cluster.service;
            s.cluster.predictions = default.cluster.predictions;
        }),
        with(scenario, |s| s.cluster.predictions = default.cluster.predictions),
        with(scenario, |s| s.cluster.durability = default.cluster.durability),
        with(scenario, |s| s.cluster.checkpoints = default.cluster.checkpoints),
        with(scenario, |s| s.disk = default.disk),
        with(scenario, |s| s.cluster.bounds.pipeline_max = bounds.pipeline_max),
        with(scenario, |s| s.cluster.bounds.batch_max = bounds.batch_max),
        with(scenario, |s| s.cluster.batching = default.cluster.batching),
        with(scenario, |s| s.cluster.only_applies = false),
        with(scenario, |s| s.cluster.bounds.requests_max = bounds.requests_max),
        with(scenario, |s| s.cluster.bounds.clients_max = bounds.clients_max),
        with(scenario, |s| s.cluster.bounds.operation_bytes_max = bounds.operation_bytes_max),
        with(scenario, |s| s.cluster.bounds.transfer_max = bounds.transfer_max),
        with(scenario, |s| s.workload.keys = workload.keys),
        with(scenario, |s| s.workload.reads = workload.reads),
        with(scenario, |s| s.workload.think_min = workload.think_min),
        with(scenario, |s| s.workload.think_mean = workload.think_mean),
        with(scenario, |s| s.workload.retry = workload.retry),
        with(scenario, |s| s.cluster.timeouts.heartbeat = timeouts.heartbeat),
        with(scenario, |s| s.cluster.timeouts.resend = timeouts.resend),
        with(scenario, |s| s.cluster.timeouts.primary_silence = timeouts.primary_silence),
        with(scenario, |s| s.cluster.timeouts.view_change = timeouts.view_change),
    ]
}

fn shorter_limits(scenario: &Scenario) -> Vec<Scenario> {
    let default = Scenario::default().limits;
    vec![
        with(scenario, |s| s.limits = default),
        with(scenario, |s| s.limits.duration = default.duration),
        with(scenario, |s| s.limits.settle = default.settle),
    ]
}

/// The scenarios in which one fault is another one.
fn each_fault(scenario: &Scenario, others: impl Fn(&Fault) -> Vec<Fault>) -> Vec<Scenario> {
    let mut candidates = Vec::new();
    for (index, fault) in scenario.faults.iter().enumerate() {
        for other in others(fault) {
            candidates.push(with(scenario, |s| s.faults[index] = other));
        }
    }
    candidates
}

fn simpler_actions(scenario: &Scenario) -> Vec<Scenario> {
    each_fault(scenario, |fault| {
        let action = |action| Fault { action, ..fault.clone() };
        let mut others = match &fault.action {
            Action::Flap(a, b, _) => {
                vec![
                    action(Action::Cut(vec![*a], vec![*b])),
                    action(Action::Cut(vec![*b], vec![*a])),
                ]
            }
            Action::Lose { kind, from, to, share } if *share != Ratio::ONE => {
                let (kind, from, to, share) = (*kind, *from, *to, Ratio::ONE);
                vec![action(Action::Lose { kind, from, to, share })]
            }
            Action::Crash(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Partition(_)
            | Action::Cut(..)
            | Action::Lose { .. }
            | Action::Jump(..)
            | Action::Expire(..)
            | Action::Damage(..)
            | Action::Hinder(..)
            | Action::Reconfigure(_) => Vec::new(),
        };
        if fault.heal != Heal::AtTheEnd && fault.heal != Heal::Never {
            others.push(Fault { heal: Heal::AtTheEnd, ..fault.clone() });
        }
        others
    })
}

/// Takes one process out of a partition or a cut.
fn shorter_lists(scenario: &Scenario) -> Vec<Scenario> {
    let without = |list: &[Target], index: usize| {
        let mut list = list.to_vec();
        list.remove(index);
        list
    };
    each_fault(scenario, |fault| {
        // What never ends must strike all links of whom it strikes.
        if fault.heal == Heal::Never {
            return Vec::new();
        }
        let mut actions = Vec::new();
        match &fault.action {
            Action::Cut(from, to) => {
                if from.len() > 1 {
                    let shorter =
                        (0..from.len()).map(|i| Action::Cut(without(from, i), to.clone()));
                    actions.extend(shorter);
                }
                if to.len() > 1 {
                    let shorter = (0..to.len()).map(|i| Action::Cut(from.clone(), without(to, i)));
                    actions.extend(shorter);
                }
            }
            Action::Partition(groups) => {
                for (index, group) in groups.iter().enumerate() {
                    for member in 0..group.len() {
                        let mut groups = groups.clone();
                        groups[index] = without(group, member);
                        groups.retain(|group| !group.is_empty());
                        if !groups.is_empty() {
                            actions.push(Action::Partition(groups));
                        }
                    }
                }
            }
            Action::Crash(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Flap(..)
            | Action::Lose { .. }
            | Action::Jump(..)
            | Action::Expire(..)
            | Action::Damage(..)
            | Action::Reconfigure(_)
            | Action::Hinder(..) => {}
        }
        actions.into_iter().map(|action| Fault { action, ..fault.clone() }).collect()
    })
}

fn rounder_times(scenario: &Scenario) -> Vec<Scenario> {
    each_fault(scenario, |fault| {
        let mut others = Vec::new();
        if let Trigger::At(at) = fault.trigger {
            let rounder = rounder(at).into_iter().map(Trigger::At);
            others.extend(rounder.map(|trigger| Fault { trigger, ..fault.clone() }));
        }
        if let Heal::After(after) = fault.heal {
            let rounder = rounder(after).into_iter().map(Heal::After);
            others.extend(rounder.map(|heal| Fault { heal, ..fault.clone() }));
        }
        match &fault.action {
            Action::Flap(a, b, every) => {
                let rounder = rounder(*every).into_iter().filter(|every| every.0 > 0);
                others.extend(
                    rounder.map(|every| Fault {
                        action: Action::Flap(*a, *b, every),
                        ..fault.clone()
                    }),
                );
            }
            Action::Jump(target, forward) => {
                others.extend(rounder(*forward).into_iter().map(|forward| Fault {
                    action: Action::Jump(*target, forward),
                    ..fault.clone()
                }));
            }
            Action::Crash(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Partition(_)
            | Action::Cut(..)
            | Action::Lose { .. }
            | Action::Expire(..)
            | Action::Damage(..)
            | Action::Reconfigure(_)
            | Action::Hinder(..) => {}
        }
        others
    })
}

fn rounder_fates(scenario: &Scenario) -> Vec<Scenario> {
    use super::super::network::Scripted;
    let mut candidates = Vec::new();
    for (index, message) in scenario.messages.iter().enumerate() {
        if let Scripted::Deliver(Some(after)) = message.fate {
            for after in rounder(after) {
                let fate = Scripted::Deliver(Some(after));
                candidates.push(with(scenario, |s| s.messages[index].fate = fate));
            }
        }
    }
    candidates
}

/// Times near that one with one significant digit, then with two.
fn rounder(span: Span) -> Vec<Span> {
    let mut candidates = Vec::new();
    let mut unit = 1_u64;
    while span.0 / unit >= 10 {
        unit *= 10;
    }
    for unit in [unit, unit / 10] {
        if unit > 0 && !span.0.is_multiple_of(unit) {
            let down = span.0 / unit * unit;
            candidates.extend([Span(down), Span(down.saturating_add(unit))]);
        }
    }
    candidates
}

fn smaller_seeds(scenario: &Scenario) -> Vec<Scenario> {
    (1..10).map(|seed| with(scenario, |s| s.seed = seed)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Scenario, Span, WAYS, only, rounder};

    #[test]
    fn a_time_is_rounded_both_ways() {
        let spans = |span: u64| rounder(Span(span)).into_iter().map(|s| s.0).collect::<Vec<_>>();
        assert_eq!(spans(1_234), [1_000, 2_000, 1_200, 1_300]);
        assert!(spans(3_000).is_empty());
        assert!(spans(7).is_empty());
    }

    #[test]
    fn what_comes_out_of_a_way_is_a_scenario_that_can_be_read() {
        for seed in 0..60 {
            let scenario = Scenario::generate(seed);
            for way in WAYS {
                for candidate in way(&scenario) {
                    // A way may leave too few replicas for what never ends; that is told then.
                    if candidate.is_possible() {
                        assert_eq!(Scenario::parse(&candidate.to_string()), Ok(candidate));
                    }
                }
            }
        }
    }

    #[test]
    fn who_does_not_take_part_is_not_aimed_at() {
        for seed in 0..200 {
            let mut scenario = Scenario::generate(seed);
            scenario.cluster.replicas = 1;
            scenario.workload.clients = 1;
            let text = only(scenario).to_string();
            for name in ["\"r1\"", "\"r2\"", "\"c1\""] {
                assert!(!text.contains(name), "seed {seed}: {text}");
            }
        }
    }
}
