//! How much there is to read in a scenario: what shrinking makes less.

use super::super::disk::Hindrance;
use super::super::ratio::Ratio;
use super::super::scenario::{Action, Fault, Heal, Milestone, Scenario, Trigger};
use super::super::time::Span;

/// The cost of a scenario. Each step of a shrinking makes it smaller, so there is an end.
///
/// Faults weigh most, chance on the network even more: it stands for many faults that nobody has
/// written down. Then who takes part, then numbers that are not round or not the default.
#[must_use]
pub fn cost(scenario: &Scenario) -> u64 {
    let default = Scenario::default();
    let (cluster, workload) = (&scenario.cluster, &scenario.workload);
    let weather = &scenario.network;
    let chances =
        [weather.drop, weather.duplicate, weather.reorder, weather.straggle, weather.misroute];
    let chances = count(chances.iter().map(|&ratio| ratio != Ratio::ZERO));
    let settings = count([
        cluster.service != default.cluster.service,
        cluster.bounds.pipeline_max != default.cluster.bounds.pipeline_max,
        cluster.bounds.batch_max != default.cluster.bounds.batch_max,
        cluster.batching != default.cluster.batching,
        cluster.only_applies,
        cluster.bounds.requests_max != default.cluster.bounds.requests_max,
        cluster.bounds.clients_max != default.cluster.bounds.clients_max,
        cluster.bounds.operation_bytes_max != default.cluster.bounds.operation_bytes_max,
        cluster.bounds.transfer_max != default.cluster.bounds.transfer_max,
        cluster.timeouts.heartbeat != default.cluster.timeouts.heartbeat,
        cluster.timeouts.resend != default.cluster.timeouts.resend,
        cluster.timeouts.primary_silence != default.cluster.timeouts.primary_silence,
        cluster.timeouts.view_change != default.cluster.timeouts.view_change,
        cluster.jitter != default.cluster.jitter,
        workload.keys != default.workload.keys,
        workload.reads != default.workload.reads,
        cluster.reads != default.cluster.reads,
        cluster.predictions != default.cluster.predictions,
        workload.readers != default.workload.readers,
        workload.latest != default.workload.latest,
        workload.stale != default.workload.stale,
        workload.think_min != default.workload.think_min,
        workload.think_mean != default.workload.think_mean,
        workload.retry != default.workload.retry,
        weather.delay_min != default.network.delay_min,
        weather.delay_mean != default.network.delay_mean,
        weather.delay_max != default.network.delay_max,
        weather.straggle_max != default.network.straggle_max,
        scenario.limits.duration != default.limits.duration,
        scenario.limits.settle != default.limits.settle,
        cluster.durability != default.cluster.durability,
        cluster.checkpoints != default.cluster.checkpoints,
        scenario.disk.min != default.disk.min,
        scenario.disk.mean != default.disk.mean,
        scenario.disk.max != default.disk.max,
    ]);
    let faults: u64 = scenario.faults.iter().map(cost_of).sum();
    let messages: u64 = scenario.messages.iter().map(|_| MESSAGE).sum();
    faults
        + messages
        + chances * CHANCE
        + count([cluster.drift != Ratio::ZERO]) * CHANCE
        + settings * SETTING
        + u64::from(cluster.replicas) * REPLICA
        + u64::from(cluster.standby)
        + u64::from(cluster.witnesses.count())
        + u64::from(workload.clients) * CLIENT
        + u64::from(workload.operations) * OPERATION
        + digits(scenario.seed)
}

fn cost_of(fault: &Fault) -> u64 {
    let trigger = match fault.trigger {
        // An event says more than a time: it stays true when something else changes.
        Trigger::At(at) => 6 + digits_of(at),
        Trigger::When(_, Milestone::View(number) | Milestone::Op(number)) => 2 + number.min(3),
        Trigger::When(_, Milestone::Commit(number) | Milestone::Epoch(number)) => 2 + number.min(3),
        Trigger::When(_, Milestone::Status(_)) => 2,
    };
    let heal = match fault.heal {
        Heal::AtTheEnd => 0,
        Heal::After(after) => 1 + digits_of(after),
        Heal::Never => 1,
    };
    let action = match &fault.action {
        Action::Crash(_) | Action::Restart(_) | Action::Pause(_) => 1,
        Action::Partition(groups) => 3 + long(groups.iter().map(Vec::len).sum()),
        Action::Cut(from, to) => 2 + long(from.len() + to.len()),
        Action::Flap(_, _, every) => 4 + digits_of(*every),
        Action::Lose { kind, from, to, share } => {
            2 + count([kind.is_some(), from.is_some(), to.is_some(), *share != Ratio::ONE])
        }
        Action::Reconfigure(members) => 2 + long(members.len()),
        Action::Expire(..) => 2,
        Action::Jump(_, forward) => 2 + digits_of(*forward),
        Action::Hinder(_, Hindrance::Slow(times)) => 3 + digits(u64::from(*times)),
        Action::Hinder(_, Hindrance::Full | Hindrance::FailedSync) => 2,
        Action::Damage(_, _, op_number) => 2 + count([op_number.is_some()]),
    };
    FAULT + trigger + heal + action
}

fn count(is: impl IntoIterator<Item = bool>) -> u64 {
    is.into_iter().map(u64::from).sum()
}

fn long(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// How many digits of a time say something.
fn digits_of(span: Span) -> u64 {
    digits(span.0)
}

/// How many digits of a number say something: zeros at the end do not.
fn digits(mut number: u64) -> u64 {
    while number > 0 && number.is_multiple_of(10) {
        number /= 10;
    }
    let mut count = 0;
    while number > 0 {
        count += 1;
        number /= 10;
    }
    count
}

const FAULT: u64 = 40;
const MESSAGE: u64 = 30;
const CHANCE: u64 = 250;
const REPLICA: u64 = 20;
const CLIENT: u64 = 15;
const OPERATION: u64 = 3;
const SETTING: u64 = 4;

#[cfg(test)]
mod tests {
    use super::{Scenario, cost, digits};

    #[test]
    fn zeros_at_the_end_say_nothing() {
        assert_eq!([0, 7, 70, 71, 7_000_100].map(digits), [0, 1, 1, 2, 5]);
    }

    #[test]
    fn less_costs_less() {
        let mut scenario = Scenario::generate(23);
        let whole = cost(&scenario);
        scenario.faults.pop();
        let fewer = cost(&scenario);
        assert!(fewer < whole);
        scenario.workload.operations -= 1;
        assert!(cost(&scenario) < fewer);
        assert!(cost(&Scenario::default()) < cost(&scenario));
    }
}
