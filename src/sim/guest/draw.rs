//! Scenarios for guests: those of the replicas of this package, as far as they suit others.

use super::Guest;
use crate::sim::random::{Purpose, Stream};
use crate::sim::scenario::{Action, Cluster, Fault, Heal, MessageFate, Scenario, Target};
use crate::sim::scenario::{Trigger, Workload};
use crate::sim::scenario::{Variant, Way};
use crate::sim::time::Span;

/// The scenario that a seed stands for, drawn in that way: what goes wrong with processes, clocks
/// and links, and nothing that only replicas of this package have. Ways outside of time are
/// [`Way::Walk`] here.
#[must_use]
pub fn draw<G: Guest>(guest: &G, seed: u64, way: Way) -> Scenario {
    // Outside of time it is our replica that walks, and what becomes of its messages would say
    // nothing about a guest's.
    let way = Some(way.of(seed)).filter(|way| !way.is_outside_of_time()).unwrap_or(Way::Walk);
    let drawn = Scenario::of_seed(seed, Variant { way, ..Variant::default() });
    let default = Scenario::default();
    let chance = Stream::new(seed, Purpose::Scenario, PLACE);
    let counts = guest.servers();
    let fitting = counts.iter().rfind(|&&count| count <= drawn.cluster.replicas);
    let replicas = fitting.or(counts.first()).copied().unwrap_or(1);
    let clients = drawn.workload.clients;
    let mut adapt = Adapt { replicas, clients, chance };
    Scenario {
        seed,
        cluster: Cluster {
            replicas,
            jitter: drawn.cluster.jitter,
            drift: drawn.cluster.drift,
            ..default.cluster
        },
        workload: Workload {
            clients,
            operations: drawn.workload.operations.min(OPERATIONS_MAX),
            think_min: drawn.workload.think_min,
            think_mean: drawn.workload.think_mean,
            retry: drawn.workload.retry,
            ..default.workload
        },
        network: drawn.network,
        faults: drawn.faults.iter().filter_map(|fault| adapt.fault(fault)).collect(),
        messages: adapt.messages(&drawn.messages),
        ..default
    }
}

/// Why a guest can't be run under a scenario, if it can't: only replicas of this package have all
/// that a scenario can speak of.
#[must_use]
pub fn refuses<G: Guest>(guest: &G, scenario: &Scenario) -> Option<String> {
    let default = Scenario::default();
    let Cluster { replicas, jitter, drift, .. } = scenario.cluster;
    if scenario.cluster != (Cluster { replicas, jitter, drift, ..default.cluster }) {
        return Some("of a cluster a guest has its replicas, jitter and drift".to_owned());
    }
    let Workload { clients, operations, think_min, think_mean, retry, .. } = scenario.workload;
    let asked = Workload { clients, operations, think_min, think_mean, retry, ..default.workload };
    if scenario.workload != asked {
        return Some(
            "of a workload a guest has its clients, operations, think and retry".to_owned(),
        );
    }
    if scenario.disk != default.disk || scenario.beyond || !scenario.expect.marks.is_empty() {
        return Some("a guest has no disk of ours, no promises about clocks, no marks".to_owned());
    }
    if !scenario.is_possible() {
        return Some("it names somebody who is not there".to_owned());
    }
    if !guest.servers().contains(&replicas) {
        let counts: Vec<String> = guest.servers().iter().map(u8::to_string).collect();
        return Some(format!("{replicas} replicas: this guest has {}", counts.join(" or ")));
    }
    let is_named = |target: &Target| matches!(target, Target::Replica(_) | Target::Client(_));
    for (index, fault) in scenario.faults.iter().enumerate() {
        let number = index + 1;
        if matches!(fault.trigger, Trigger::When(..)) {
            return Some(format!("fault {number}: a guest's faults strike \"at\" a time"));
        }
        if fault.heal == Heal::Never {
            return Some(format!("fault {number}: a guest's faults end"));
        }
        if !is_for_guests(&fault.action) || !fault.action.targets().iter().all(is_named) {
            let name = fault.action.name();
            return Some(format!("fault {number}: a guest has no such \"{name}\""));
        }
    }
    None
}

/// Whether it is something that can go wrong with a guest.
const fn is_for_guests(action: &Action) -> bool {
    match action {
        Action::Crash(_)
        | Action::Restart(_)
        | Action::Pause(_)
        | Action::Jump(..)
        | Action::Partition(_)
        | Action::Cut(..)
        | Action::Flap(..)
        | Action::Lose { kind: None, .. } => true,
        Action::Lose { kind: Some(_), .. }
        | Action::Expire(..)
        | Action::Damage(..)
        | Action::Hinder(..)
        | Action::Reconfigure(_) => false,
    }
}

/// Turns faults into such as can strike a guest.
struct Adapt {
    replicas: u8,
    clients: u16,
    chance: Stream,
}

impl Adapt {
    fn fault(&mut self, fault: &Fault) -> Option<Fault> {
        let trigger = match fault.trigger {
            Trigger::At(at) => Trigger::At(at),
            Trigger::When(..) => Trigger::At(Span(self.chance.between(0, WITHIN.0))),
        };
        let heal = match fault.heal {
            Heal::Never => Heal::AtTheEnd,
            Heal::AtTheEnd | Heal::After(_) => fault.heal,
        };
        Some(Fault { trigger, action: self.action(&fault.action)?, heal })
    }

    fn action(&mut self, action: &Action) -> Option<Action> {
        let mut action = match action {
            Action::Damage(target, ..) => Action::Crash(*target),
            Action::Hinder(target, _) => Action::Pause(*target),
            Action::Lose { from, to, share, .. } => {
                Action::Lose { kind: None, from: *from, to: *to, share: *share }
            }
            Action::Crash(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Jump(..)
            | Action::Partition(_)
            | Action::Cut(..)
            | Action::Flap(..) => action.clone(),
            Action::Expire(..) | Action::Reconfigure(_) => return None,
        };
        for target in action.targets_mut() {
            *target = self.target(*target);
        }
        // Two that were named may be one now.
        if let Action::Partition(groups) = &mut action {
            let mut placed = Vec::new();
            groups.iter_mut().for_each(|group| keep_new(group, &mut placed));
            groups.retain(|group| !group.is_empty());
        }
        if let Action::Cut(from, to) = &mut action {
            keep_new(from, &mut Vec::new());
            keep_new(to, &mut Vec::new());
        }
        let is_nothing = matches!(&action, Action::Partition(groups) if groups.is_empty())
            || matches!(&action, Action::Flap(a, b, _) if a == b);
        (!is_nothing).then_some(action)
    }

    /// What becomes of single messages, from and to who is there.
    fn messages(&mut self, drawn: &[MessageFate]) -> Vec<MessageFate> {
        let mut adapted: Vec<MessageFate> = Vec::with_capacity(drawn.len());
        for message in drawn {
            let (from, to) = (self.target(message.from), self.target(message.to));
            let is_same =
                |other: &MessageFate| (other.from, other.to, other.nth) == (from, to, message.nth);
            // Two links that were named may be one now.
            if from != to && !adapted.iter().any(is_same) {
                adapted.push(MessageFate { from, to, ..*message });
            }
        }
        adapted
    }

    /// One that is there. Nobody knows here who leads.
    fn target(&mut self, target: Target) -> Target {
        match target {
            Target::Replica(number) => Target::Replica(number % self.replicas),
            Target::Client(number) => Target::Client(number % self.clients),
            Target::Administrator | Target::Primary | Target::Backup => {
                let last = u64::from(self.replicas - 1);
                Target::Replica(u8::try_from(self.chance.between(0, last)).unwrap_or(0))
            }
        }
    }
}

/// Leaves out whoever is `placed` already, and places the others.
fn keep_new(targets: &mut Vec<Target>, placed: &mut Vec<Target>) {
    targets.retain(|target| {
        let is_new = !placed.contains(target);
        if is_new {
            placed.push(*target);
        }
        is_new
    });
}

/// When those faults strike that waited for something that a guest does not tell.
const WITHIN: Span = Span::millis(1_000);

/// Enough for whatever can go wrong, and soon judged.
const OPERATIONS_MAX: u32 = 120;

/// Where it draws from: a place that no way uses.
const PLACE: u64 = 96;
