//! A scenario from a fuzzer's bytes, and back: any bytes mean a scenario within the contract.
//!
//! One walk over the scenario serves both directions, so that they cannot drift apart. What is
//! out of its ranges is brought into them: they are those of the swarm, in which a group must come
//! to rest, so that whatever a fuzzer finds is a bug.

mod faults;
mod pen;

use super::{Action, Fault, Heal, MessageFate, Scenario, ServiceKind, Target, Trigger};
use crate::protocol::service::Predicts;
use crate::protocol::settings::{Checkpoints, Lease};
use crate::protocol::{Batching, Durability, Predictions, Reads, ReplicaSet};
use crate::sim::network::Scripted;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;
use arbitrary::{Arbitrary, Unstructured};
use faults::Cast;
use pen::{
    MICROSECOND, Pen, Reader, Writer, choose, count, length, microseconds, milliseconds, patience,
    reshape, resize, share, size, small,
};

impl Scenario {
    /// The scenario that bytes stand for. All bytes stand for one that can be run.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut scenario = Self::default();
        walk(&mut scenario, &mut Reader(Unstructured::new(bytes)));
        scenario
    }

    /// Bytes that stand for this scenario, or for the one next to it that bytes can stand for.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer(Vec::new());
        walk(&mut self.clone(), &mut writer);
        writer.0
    }
}

impl<'a> Arbitrary<'a> for Scenario {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let bytes = u.bytes(u.len())?;
        Ok(Self::from_bytes(bytes))
    }
}

fn walk(scenario: &mut Scenario, pen: &mut impl Pen) {
    scenario.seed = pen.number(scenario.seed, 0, 0xffff);
    walk_workload(scenario, pen);
    walk_cluster(scenario, pen);
    walk_weather(scenario, pen);
    walk_disk(scenario, pen);
    milliseconds(&mut scenario.limits.duration, pen, 500, 13_000);
    scenario.limits.settle = Span::millis(30_000);
    scenario.expect = super::Expect::default();
    let cast = Cast { replicas: scenario.cluster.replicas, clients: scenario.workload.clients };

    let mut faults = core::mem::take(&mut scenario.faults);
    let count = pen.number(length(&faults), 0, FAULTS_MAX);
    resize(
        &mut faults,
        count,
        Fault {
            trigger: Trigger::At(Span::ZERO),
            action: Action::Crash(Target::Primary),
            heal: Heal::AtTheEnd,
        },
    );
    for mut fault in faults {
        cast.walk_fault(&mut fault, pen);
        scenario.faults.push(fault);
        if !scenario.is_possible()
            && let Some(last) = scenario.faults.last_mut()
        {
            last.heal = Heal::AtTheEnd;
        }
    }

    let count = pen.number(length(&scenario.messages), 0, MESSAGES_MAX);
    let (from, to) = (Target::Client(0), Target::Replica(0));
    resize(&mut scenario.messages, count, MessageFate { from, to, nth: 1, fate: Scripted::Drop });
    for message in &mut scenario.messages {
        cast.walk_message(message, pen);
    }
}

fn walk_cluster(scenario: &mut Scenario, pen: &mut impl Pen) {
    let cluster = &mut scenario.cluster;
    cluster.sabotage = None;
    cluster.replicas = small(pen.number(cluster.replicas.into(), 1, 10));
    let standby = u64::from(cluster.replicas - 1);
    cluster.standby = small(pen.number(cluster.standby.into(), 0, standby));
    let witnesses = pen.number(cluster.witnesses.0.into(), 0, 0x3ff);
    let all = (1_u16 << cluster.replicas) - 1;
    cluster.witnesses = ReplicaSet(u16::try_from(witnesses).unwrap_or(0) & all);
    if scenario.members().is_none() {
        scenario.cluster.witnesses = ReplicaSet::EMPTY;
    }
    let cluster = &mut scenario.cluster;
    choose(&mut cluster.durability, &[Durability::Memory, Durability::Disk], pen);
    choose(&mut cluster.service, &ServiceKind::ALL, pen);
    let bounds = &mut cluster.bounds;
    size(&mut bounds.pipeline_max, pen, 1, 16);
    size(&mut bounds.batch_max, pen, 1, 64);
    size(&mut bounds.requests_max, pen, 1, 64);
    size(&mut bounds.clients_max, pen, 1, 64);
    size(&mut bounds.transfer_max, pen, 1, 256);
    bounds.operation_bytes_max = 4096;
    let checkpoints = cluster.checkpoints.unwrap_or(Checkpoints { every: 0, kept: 1 });
    let every = pen.number(checkpoints.every, 0, 64);
    let mut kept = checkpoints.kept;
    size(&mut kept, pen, 1, 4);
    cluster.checkpoints = (every > 0).then_some(Checkpoints { every, kept });
    let timeouts = &mut cluster.timeouts;
    let heartbeat = patience(&mut timeouts.heartbeat, pen, 10, 50);
    patience(&mut timeouts.resend, pen, heartbeat, heartbeat * 2);
    let silence = patience(&mut timeouts.primary_silence, pen, heartbeat * 3, heartbeat * 8);
    patience(&mut timeouts.view_change, pen, silence, silence * 2);
    share(&mut cluster.jitter, pen, 5_000);
    share(&mut cluster.drift, pen, 2_000);
    choose(&mut cluster.batching, &[Batching::AtOnce, Batching::Adaptive], pen);
    choose(&mut cluster.predictions, &[Predictions::Merged, Predictions::ByPrimary], pen);
    if cluster.service.predicts() == Predicts::Nothing {
        cluster.predictions = Predictions::Merged;
    } else if !cluster.witnesses.is_empty() {
        cluster.predictions = Predictions::ByPrimary;
    }
    walk_reads(scenario, pen);
}

fn walk_workload(scenario: &mut Scenario, pen: &mut impl Pen) {
    let workload = &mut scenario.workload;
    workload.clients = count(pen.number(workload.clients.into(), 1, CLIENTS_MAX));
    workload.operations = u32::from(count(pen.number(workload.operations.into(), 1, 120)));
    workload.keys = count(pen.number(workload.keys.into(), 1, 16));
    share(&mut workload.reads, pen, 10_000);
    workload.readers = count(pen.number(workload.readers.into(), 0, workload.clients.into()));
    share(&mut workload.latest, pen, 10_000);
    share(&mut workload.stale, pen, 10_000);
    microseconds(&mut workload.think_mean, pen, 1, 40_000);
    let mean = workload.think_mean.0 / MICROSECOND;
    microseconds(&mut workload.think_min, pen, 0, mean);
    milliseconds(&mut workload.retry, pen, 20, 300);
}

/// Clocks are as far off as the group is told.
fn walk_reads(scenario: &mut Scenario, pen: &mut impl Pen) {
    scenario.beyond = false;
    let cluster = &mut scenario.cluster;
    let lease = Lease { length: Span::millis(50).duration(), drift: 0 };
    let ways = [Reads::ThroughTheLog, Reads::ByQuorum, Reads::UnderLease(lease)];
    let kind = |reads: &Reads| match reads {
        Reads::ThroughTheLog => 0,
        Reads::ByQuorum => 1,
        Reads::UnderLease(_) => 2,
    };
    reshape(&mut cluster.reads, &ways, kind, pen);
    if !cluster.service.has_reads() {
        cluster.reads = Reads::ThroughTheLog;
    }
    choose(&mut cluster.only_applies, &[false, true], pen);
    if cluster.only_applies && cluster.service.predicts() == Predicts::Nothing {
        cluster.ask_only_for_apply();
        scenario.workload.stale = Ratio::ZERO;
    } else {
        cluster.only_applies = false;
    }
    if let Reads::UnderLease(lease) = &mut cluster.reads {
        patience(&mut lease.length, pen, 1, 500);
        lease.drift = cluster.drift.in_millionths();
    }
    if cluster.reads == Reads::ThroughTheLog {
        scenario.workload.latest = Ratio::ZERO;
    }
}

fn walk_weather(scenario: &mut Scenario, pen: &mut impl Pen) {
    let silence = Span::from(scenario.cluster.timeouts.primary_silence).0 / MICROSECOND;
    let weather = &mut scenario.network;
    // A group whose messages take longer than its patience never comes to rest.
    let delays = [&mut weather.delay_min, &mut weather.delay_mean, &mut weather.delay_max];
    walk_times(delays, pen, silence / 6);
    share(&mut weather.drop, pen, 1_500);
    share(&mut weather.duplicate, pen, 5_000);
    share(&mut weather.reorder, pen, 10_000);
    share(&mut weather.straggle, pen, 500);
    milliseconds(&mut weather.straggle_max, pen, 100, 4_000);
    share(&mut weather.misroute, pen, 1_000);
}

fn walk_disk(scenario: &mut Scenario, pen: &mut impl Pen) {
    let silence = Span::from(scenario.cluster.timeouts.primary_silence).0 / MICROSECOND;
    let disk = &mut scenario.disk;
    // Nor one whose promises take longer: each waits for a write and its seal.
    walk_times([&mut disk.min, &mut disk.mean, &mut disk.max], pen, silence / 8);
}

/// The shortest, the mean and the longest time of something, the mean being so many microseconds at
/// most.
fn walk_times([min, mean, max]: [&mut Span; 3], pen: &mut impl Pen, mean_max: u64) {
    microseconds(mean, pen, 10, mean_max);
    let mean = mean.0 / MICROSECOND;
    microseconds(min, pen, 0, mean);
    microseconds(max, pen, mean, mean * 50);
}

/// How many faults bytes can ask for.
const FAULTS_MAX: u64 = 16;

/// For how many messages bytes can write down the fate.
const MESSAGES_MAX: u64 = 16;

/// How many clients bytes can ask for.
const CLIENTS_MAX: u64 = 10;

#[cfg(test)]
mod tests {
    use super::Scenario;

    #[test]
    fn what_bytes_stand_for_is_possible_and_written_the_same() {
        for seed in 0..2_000 {
            let bytes = Scenario::generate(seed).to_bytes();
            let scenario = Scenario::from_bytes(&bytes);
            assert!(scenario.is_possible(), "{scenario}");
            assert_eq!(scenario.to_bytes(), bytes, "{scenario}");
            assert_eq!(Scenario::parse(&scenario.to_string()).as_ref(), Ok(&scenario));
            // Some other bytes.
            let odd: Vec<u8> = bytes.iter().map(|byte| byte.wrapping_mul(37)).collect();
            let scenario = Scenario::from_bytes(&odd);
            assert!(scenario.is_possible(), "{scenario}");
            assert_eq!(Scenario::from_bytes(&scenario.to_bytes()), scenario);
            assert_eq!(Scenario::parse(&scenario.to_string()).as_ref(), Ok(&scenario));
        }
    }

    #[test]
    fn no_bytes_are_the_least_scenario() {
        let scenario = Scenario::from_bytes(&[]);
        assert!(scenario.faults.is_empty() && scenario.messages.is_empty());
        assert_eq!((scenario.cluster.replicas, scenario.workload.operations), (1, 1));
    }

    /// The swarm's scenarios are within the ranges, up to rounding, but for how many operations
    /// and faults there are.
    #[test]
    fn the_swarm_is_within_the_ranges() {
        for seed in 0..500 {
            let whole = Scenario::generate(seed);
            let scenario = Scenario::from_bytes(&whole.to_bytes());
            assert_eq!(scenario.cluster.replicas, whole.cluster.replicas);
            assert_eq!(scenario.cluster.timeouts, whole.cluster.timeouts);
            assert_eq!(scenario.cluster.service, whole.cluster.service);
            assert_eq!(scenario.workload.clients, whole.workload.clients);
            assert_eq!(scenario.cluster.bounds, whole.cluster.bounds);
            assert_eq!(scenario.network, whole.network);
            assert_eq!(scenario.cluster.durability, whole.cluster.durability);
            assert_eq!(scenario.disk, whole.disk);
            for (fault, whole) in scenario.faults.iter().zip(&whole.faults) {
                assert_eq!(fault.action.name(), whole.action.name());
            }
        }
    }
}
