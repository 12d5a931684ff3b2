//! A swarm: each seed leaves some kinds of fault out and turns others up. It never leaves the
//! contract.

use super::super::{
    Action, Cluster, Expect, Fault, Heal, Limits, Milestone, Scenario, ServiceKind, Target,
    Trigger, Variant, Workload,
};
use super::faults::{
    Kind, generate_action, generate_damage, generate_hindrance, generate_milestone,
    generate_power_failure, replica, victim,
};
use crate::protocol::replica::StatusKind;
use crate::protocol::service::Predicts;
use crate::protocol::settings::{Checkpoints, Lease};
use crate::protocol::{
    Batching, Bounds, Configuration, Durability, MessageKind, Predictions, Reads, ReplicaNumber,
    ReplicaSet, Timeouts,
};
use crate::sim::disk::DiskSpeed;
use crate::sim::network::Weather;
use crate::sim::random::{Purpose, Stream};
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;

/// The scenario of a seed, before what somebody wants of it.
pub(super) fn swarm(seed: u64, variant: Variant) -> Scenario {
    let mut rng = Stream::new(seed, Purpose::Scenario, 0);
    let mut cluster = generate_cluster(&mut rng);
    let workload = generate_workload(&mut rng);
    if rng.hits(Ratio::percent(10)) {
        // Too small for the clients that restart under new ids.
        cluster.bounds.clients_max = usize::from(workload.clients);
    }
    // The faults cover the time in which the clients ask, and some of the quiet after it.
    let per_client = u64::from(workload.operations / u32::from(workload.clients));
    let pause = workload.think_mean.0 + 5_000_000;
    let busy = Span((per_client * pause).clamp(500_000_000, 6_000_000_000));
    let mut faults = generate_faults(&mut rng, &cluster, &workload, busy);
    let network = generate_weather(&mut rng);
    if cluster.replicas >= 3 && rng.hits(Ratio::percent(15)) {
        faults.push(generate_lasting(&mut rng, &cluster, &workload, busy));
    }
    // Of its own, so that a group in memory is the same with and without this.
    let mut rng = Stream::new(seed, Purpose::Scenario, 1);
    let is_durable = rng.hits(Ratio::percent(40));
    cluster.durability = if is_durable { Durability::Disk } else { Durability::Memory };
    cluster.durability = variant.durability().unwrap_or(cluster.durability);
    let disk = generate_disk(&mut rng, &cluster);
    if cluster.durability == Durability::Disk {
        let failures = rng.choose(&[0, 0, 1, 1, 2, 4]);
        for _ in 0..failures {
            generate_power_failure(&mut rng, &cluster, busy, &mut faults);
        }
        let mut rng = Stream::new(seed, Purpose::Scenario, 3);
        for _ in 0..rng.choose(&[0, 0, 0, 1, 2, 4]) {
            generate_damage(&mut rng, &cluster, &workload, busy, &mut faults);
        }
        let mut rng = Stream::new(seed, Purpose::Scenario, 4);
        for _ in 0..rng.choose(&[0, 0, 0, 1, 2, 4]) {
            generate_hindrance(&mut rng, &cluster, busy, &mut faults);
        }
    }
    let mut rng = Stream::new(seed, Purpose::Scenario, 2);
    cluster.checkpoints = generate_checkpoints(&mut rng);
    let mut rng = Stream::new(seed, Purpose::Scenario, 5);
    if rng.hits(Ratio::percent(8)) {
        // Not even the clients that are there at once have room: the group forgets and forgets.
        let clients = rng.between(1, u64::from(workload.clients));
        cluster.bounds.clients_max = usize::try_from(clients).unwrap_or(1);
    }
    let mut rng = Stream::new(seed, Purpose::Scenario, 7);
    generate_predictions(&mut rng, &mut cluster, busy, &mut faults);
    let mut rng = Stream::new(seed, Purpose::Scenario, 6);
    let workload = generate_reads(&mut rng, &mut cluster, workload);
    if workload.latest != Ratio::ZERO && rng.hits(Ratio::percent(70)) {
        generate_islands(&mut rng, &cluster, &workload, busy, &mut faults);
    }
    let has_lasting = faults.iter().any(|fault| fault.heal == Heal::Never);
    let mut rng = Stream::new(seed, Purpose::Scenario, 8);
    if rng.hits(Ratio::percent(30)) && cluster.replicas >= 3 && !has_lasting {
        generate_epochs(&mut rng, &mut cluster, &workload, busy, &mut faults);
    }
    generate_efficiency(seed, &mut cluster);
    let workload = generate_capabilities(seed, &mut cluster, workload);
    Scenario {
        seed,
        beyond: false,
        network,
        disk,
        limits: Limits { duration: Span(busy.0 * 2 + 1_000_000_000), settle: Span::millis(30_000) },
        cluster,
        workload,
        faults,
        messages: Vec::new(),
        expect: Expect::default(),
    }
}

/// Beside the log, in half of the groups: some reads at the primary, some at any replica. Clocks
/// are as far off as the group is told, and not further. Who only reads is never kept waiting by an
/// operation of its own, and so sees most of a primary that should answer no more.
fn generate_reads(rng: &mut Stream, cluster: &mut Cluster, workload: Workload) -> Workload {
    let is_beside = rng.hits(Ratio::percent(50)) && cluster.service.has_reads();
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    let length = Span(silence * 2 / rng.choose(&[1, 2, 4])).duration();
    let lease = Lease { length, drift: cluster.drift.in_millionths() };
    let by = rng.choose(&[Reads::ByQuorum, Reads::UnderLease(lease), Reads::UnderLease(lease)]);
    let latest = rng.choose(&[Ratio::ZERO, Ratio::percent(30), Ratio::ONE, Ratio::ONE]);
    let stale = rng.choose(&[Ratio::ZERO, Ratio::percent(30), Ratio::ONE]);
    let readers = workload.clients / rng.choose(&[2, 2, 3, 16]);
    if !is_beside {
        return workload;
    }
    if latest != Ratio::ZERO {
        cluster.reads = by;
    }
    Workload { readers, latest, stale, ..workload }
}

/// In some groups the service is one whose operations are predicted, and some of what is said about
/// that is lost.
fn generate_predictions(
    rng: &mut Stream,
    cluster: &mut Cluster,
    busy: Span,
    faults: &mut Vec<Fault>,
) {
    if !rng.hits(Ratio::percent(15)) {
        return;
    }
    cluster.service = rng.choose(&[ServiceKind::Clock, ServiceKind::Lottery]);
    let ways = [Predictions::Merged, Predictions::Merged, Predictions::ByPrimary];
    cluster.predictions = rng.choose(&ways);
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    for _ in 0..rng.choose(&[0, 0, 1, 2]) {
        let action = Action::Lose {
            kind: Some(rng.choose(&[MessageKind::Predict, MessageKind::Prediction])),
            from: rng.hits(Ratio::percent(30)).then(|| victim(rng, cluster)),
            to: rng.hits(Ratio::percent(50)).then(|| victim(rng, cluster)),
            share: rng.choose(&[Ratio::percent(50), Ratio::ONE]),
        };
        let trigger = Trigger::At(Span(rng.between(0, busy.0)));
        let heal = Heal::After(Span(rng.between(silence / 8, silence * 4)));
        faults.push(Fault { trigger, action, heal });
    }
}

/// A replica that may lead is alone with those who only read, and with some who do not: whether it
/// knows when it leads no more is seen only by who still hears it.
fn generate_islands(
    rng: &mut Stream,
    cluster: &Cluster,
    workload: &Workload,
    busy: Span,
    faults: &mut Vec<Fault>,
) {
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    for _ in 0..rng.choose(&[1, 1, 2]) {
        let alone = rng.choose(&[0, 0, 1]).min(cluster.replicas - 1);
        let mut island = vec![Target::Replica(alone)];
        let mut others: Vec<Target> =
            (0..cluster.replicas).filter(|&r| r != alone).map(Target::Replica).collect();
        for client in 0..workload.clients {
            let is_there = client < workload.readers || rng.hits(Ratio::percent(25));
            if is_there { &mut island } else { &mut others }.push(Target::Client(client));
        }
        let trigger = Trigger::At(Span(rng.between(0, busy.0 / 2)));
        let heal = Heal::After(Span(rng.between(silence, silence * 6)));
        faults.push(Fault { trigger, action: Action::Partition(vec![island, others]), heal });
    }
}

/// The group changes, once or several times, and is hit while it does: members go, come, or both.
fn generate_epochs(
    rng: &mut Stream,
    cluster: &mut Cluster,
    workload: &Workload,
    busy: Span,
    faults: &mut Vec<Fault>,
) {
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    cluster.standby = rng.choose(&[0, 1, 1, 2, 3]);
    cluster.replicas += cluster.standby;
    let all = cluster.replicas;
    let count = rng.choose(&[1, 1, 2, 3]);
    for epoch in 1..=count {
        let size = rng.between(3, u64::from(all.min(7)));
        let mut members: Vec<u8> = (0..all).collect();
        while u64::try_from(members.len()).is_ok_and(|len| len > size) {
            let gone = rng.between(0, u64::try_from(members.len()).unwrap_or(1) - 1);
            members.remove(usize::try_from(gone).unwrap_or(0));
        }
        if rng.hits(Ratio::percent(5)) {
            // That is no group: the administrator must be told so.
            members.truncate(rng.choose(&[0, 2]));
        }
        let action = Action::Reconfigure(members.into_iter().map(Target::Replica).collect());
        let trigger = if epoch > 1 && rng.hits(Ratio::percent(50)) {
            let replica = replica(rng, cluster);
            Trigger::When(replica, Milestone::Epoch(epoch - 1))
        } else {
            Trigger::At(Span(rng.between(0, busy.0)))
        };
        faults.push(Fault { trigger, action, heal: Heal::AtTheEnd });
        for _ in 0..rng.choose(&[0, 1, 2, 3]) {
            let replica = replica(rng, cluster);
            let there = rng.choose(&[
                Milestone::Epoch(epoch),
                Milestone::Status(StatusKind::Transitioning),
                Milestone::Status(StatusKind::ViewChange),
            ]);
            let kind = rng.choose(&[Kind::Crash, Kind::Pause, Kind::Isolate, Kind::Lose]);
            let mut action = generate_action(rng, kind, cluster, workload, silence);
            if let Action::Lose { kind: lost, .. } = &mut action {
                *lost = Some(rng.choose(&SAID_BETWEEN_EPOCHS));
            }
            let heal = Heal::After(Span(rng.between(silence / 8, silence * 6)));
            faults.push(Fault { trigger: Trigger::When(replica, there), action, heal });
        }
    }
}

/// What a group can do to get along with less (§6): larger batches in half of the groups, and in a
/// quarter witnesses.
fn generate_efficiency(seed: u64, cluster: &mut Cluster) {
    let mut rng = Stream::new(seed, Purpose::Scenario, 9);
    cluster.batching = rng.choose(&[Batching::AtOnce, Batching::Adaptive]);
    let mut rng = Stream::new(seed, Purpose::Scenario, 10);
    if rng.hits(Ratio::percent(25)) {
        generate_witnesses(&mut rng, cluster);
    }
}

/// In some groups the service implements nothing but `apply`, and what needs more is off.
fn generate_capabilities(seed: u64, cluster: &mut Cluster, workload: Workload) -> Workload {
    let mut rng = Stream::new(seed, Purpose::Scenario, 11);
    if cluster.service.predicts() != Predicts::Nothing || !rng.hits(Ratio::percent(8)) {
        return workload;
    }
    cluster.ask_only_for_apply();
    Workload { latest: Ratio::ZERO, stale: Ratio::ZERO, ..workload }
}

/// Some replicas only vote: among the first members as many as can, or fewer; of the others any.
fn generate_witnesses(rng: &mut Stream, cluster: &mut Cluster) {
    let members = cluster.replicas - cluster.standby;
    let Ok(group) = Configuration::new(members) else {
        return;
    };
    let most = members - group.failures() - 1;
    let count = if rng.hits(Ratio::percent(70)) { most } else { most.min(1) };
    while cluster.witnesses.count() < count {
        cluster.witnesses.insert(ReplicaNumber(small(rng.between(0, u64::from(members) - 1))));
    }
    for number in members..cluster.replicas {
        if rng.hits(Ratio::percent(30)) {
            cluster.witnesses.insert(ReplicaNumber(number));
        }
    }
    if !cluster.witnesses.is_empty() && cluster.service.predicts() != Predicts::Nothing {
        // They have nothing to predict from.
        cluster.predictions = Predictions::ByPrimary;
    }
}

fn small(number: u64) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// Without which replicas go from one epoch to the next late.
const SAID_BETWEEN_EPOCHS: [MessageKind; 7] = [
    MessageKind::StartEpoch,
    MessageKind::EpochStarted,
    MessageKind::NewEpoch,
    MessageKind::GetState,
    MessageKind::NewState,
    MessageKind::Commit,
    MessageKind::PrepareOk,
];

/// Often, so that replicas that were away find the log gone; and not at all, so that it is there.
fn generate_checkpoints(rng: &mut Stream) -> Option<Checkpoints> {
    let every = rng.choose(&[2, 4, 8, 16, 32]);
    let kept = rng.choose(&[1, 1, 2, 3]);
    rng.hits(Ratio::percent(60)).then_some(Checkpoints { every, kept })
}

/// From disks that are hardly noticed to some that are slower than the network, with a long tail.
/// A promise waits for a write and its seal, and a view change for several promises: a group whose
/// disks take longer than its patience never comes to rest.
fn generate_disk(rng: &mut Stream, cluster: &Cluster) -> DiskSpeed {
    let silence = Span::from(cluster.timeouts.primary_silence).0 / 1_000;
    let mean = rng.choose(&[50, 200, 1_000, 8_000]).min(silence / 8);
    let tail = rng.choose(&[4, 50]);
    DiskSpeed {
        min: Span::micros(mean / 5),
        mean: Span::micros(mean),
        max: Span::micros(mean * tail),
    }
}

fn generate_cluster(rng: &mut Stream) -> Cluster {
    let replicas = rng.choose(&[1, 2, 3, 3, 3, 3, 3, 3, 4, 4, 5, 5, 5, 5, 6, 7]);
    let heartbeat = rng.choose(&[10, 20, 20, 50]);
    let patience = rng.choose(&[3, 5, 8]);
    let silence = heartbeat * patience;
    let tiny = rng.hits(Ratio::percent(30));
    let bounds = Bounds {
        pipeline_max: if tiny { rng.choose(&[1, 2, 3]) } else { rng.choose(&[4, 8, 16]) },
        batch_max: rng.choose(&[1, 2, 8, 64]),
        requests_max: if tiny { rng.choose(&[1, 2, 4]) } else { 64 },
        clients_max: 64,
        operation_bytes_max: 4096,
        transfer_max: rng.choose(&[1, 4, 16, 256]),
    };
    Cluster {
        replicas,
        standby: 0,
        witnesses: ReplicaSet::EMPTY,
        durability: Durability::Memory,
        service: rng.choose(&[
            ServiceKind::Register,
            ServiceKind::Kv,
            ServiceKind::Kv,
            ServiceKind::Kv,
            ServiceKind::Counter,
            ServiceKind::Queue,
        ]),
        only_applies: false,
        checkpoints: None,
        reads: Reads::ThroughTheLog,
        batching: Batching::AtOnce,
        predictions: Predictions::Merged,
        bounds,
        timeouts: Timeouts {
            heartbeat: Span::millis(heartbeat).duration(),
            resend: Span::millis(heartbeat * rng.choose(&[1, 2])).duration(),
            primary_silence: Span::millis(silence).duration(),
            view_change: Span::millis(silence * rng.choose(&[1, 2])).duration(),
        },
        jitter: rng.choose(&[Ratio::percent(5), Ratio::percent(20), Ratio::percent(50)]),
        drift: rng.choose(&[Ratio::ZERO, Ratio::ZERO, Ratio::percent(1), Ratio::percent(20)]),
        sabotage: None,
    }
}

fn generate_workload(rng: &mut Stream) -> Workload {
    let clients = rng.choose(&[1, 2, 2, 3, 4, 6, 10]);
    Workload {
        clients,
        operations: u32::try_from(rng.between(100, 400)).unwrap_or(100),
        keys: rng.choose(&[1, 2, 4, 16]),
        reads: rng.choose(&[Ratio::percent(10), Ratio::percent(40), Ratio::percent(70)]),
        readers: 0,
        latest: Ratio::ZERO,
        stale: Ratio::ZERO,
        think_min: Span::ZERO,
        // From clients that wait for nothing to a group that is mostly idle.
        think_mean: rng.choose(&[
            Span::micros(1),
            Span::millis(2),
            Span::millis(10),
            Span::millis(40),
        ]),
        retry: rng.choose(&[Span::millis(40), Span::millis(120), Span::millis(300)]),
    }
}

fn generate_weather(rng: &mut Stream) -> Weather {
    let mut some = |choices: &[u32]| {
        let on = rng.hits(Ratio::percent(50));
        let millionths = rng.choose(choices);
        if on { Ratio::millionths(millionths) } else { Ratio::ZERO }
    };
    let drop = some(&[1_000, 10_000, 50_000, 150_000]);
    let duplicate = some(&[1_000, 20_000, 100_000]);
    let reorder = some(&[10_000, 200_000, 1_000_000]);
    let straggle = some(&[1_000, 5_000, 20_000]);
    let misroute = some(&[500, 5_000]);
    let mean = rng.choose(&[200, 500, 1_000, 5_000]);
    Weather {
        delay_min: Span::micros(mean / 5),
        delay_mean: Span::micros(mean),
        delay_max: Span::micros(mean * 50),
        drop,
        duplicate,
        reorder,
        straggle,
        straggle_max: Span::millis(rng.choose(&[200, 1_000, 4_000])),
        misroute,
    }
}

fn generate_faults(
    rng: &mut Stream,
    cluster: &Cluster,
    workload: &Workload,
    busy: Span,
) -> Vec<Fault> {
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|_| rng.hits(Ratio::percent(50))).collect();
    let count = rng.choose(&[0, 2, 4, 8, 16, 24]);
    if kinds.is_empty() {
        return Vec::new();
    }
    // Faults last from a moment to several view changes.
    let silence = Span::from(cluster.timeouts.primary_silence).0;
    let mut faults = Vec::new();
    for _ in 0..count {
        let kind = rng.choose(&kinds);
        let longest = silence * rng.choose(&[1, 4, 12]);
        let lasting = Span(rng.between(silence / 8, longest));
        let trigger = if rng.hits(Ratio::percent(30)) {
            Trigger::When(replica(rng, cluster), generate_milestone(rng, workload))
        } else {
            Trigger::At(Span(rng.between(0, busy.0)))
        };
        let action = generate_action(rng, kind, cluster, workload, silence);
        faults.push(Fault { trigger, action, heal: kind.heal(lasting) });
    }
    faults
}

/// A replica that hears nobody, is heard by nobody, or is down, and stays so.
fn generate_lasting(rng: &mut Stream, cluster: &Cluster, workload: &Workload, busy: Span) -> Fault {
    let number = replica(rng, cluster);
    let others = (0..cluster.replicas).filter(|&other| other != number).map(Target::Replica);
    let others = others.chain((0..workload.clients).map(Target::Client)).collect();
    let struck = vec![Target::Replica(number)];
    let action = match rng.between(0, 2) {
        0 => Action::Cut(others, struck),
        1 => Action::Cut(struck, others),
        _ => Action::Crash(Target::Replica(number)),
    };
    Fault { trigger: Trigger::At(Span(rng.between(0, busy.0))), action, heal: Heal::Never }
}
