//! A scenario from a fuzzer's bytes, and back: any bytes mean a scenario within the contract.
//!
//! One walk over the scenario serves both directions, so that they cannot drift apart. What is
//! out of its ranges is brought into them: they are those of the swarm, in which a group must come
//! to rest, so that whatever a fuzzer finds is a bug.

use super::{Action, Fault, Heal, MessageFate, Milestone, Scenario, ServiceKind, Target, Trigger};
use crate::protocol::replica::StatusKind;
use crate::protocol::service::Predicts;
use crate::protocol::settings::{Checkpoints, Lease};
use crate::protocol::{Batching, Durability, MessageKind, Predictions, Reads, ReplicaSet};
use crate::sim::disk::Hindrance;
use crate::sim::harm::Harm;
use crate::sim::network::Scripted;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;
use arbitrary::{Arbitrary, Unstructured};
use core::time::Duration;

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

/// Reads or writes numbers: what the walk is done with.
trait Pen {
    /// Goes over a number, and says what it is from now on: always within its range.
    fn number(&mut self, value: u64, min: u64, max: u64) -> u64;
}

struct Reader<'bytes>(Unstructured<'bytes>);

impl Pen for Reader<'_> {
    fn number(&mut self, _: u64, min: u64, max: u64) -> u64 {
        // Where the bytes end, every number is its least.
        self.0.int_in_range(min..=max).unwrap_or(min)
    }
}

struct Writer(Vec<u8>);

impl Pen for Writer {
    /// As many bytes as the range needs, the highest first: so the reader takes them.
    fn number(&mut self, value: u64, min: u64, max: u64) -> u64 {
        let value = value.clamp(min, max);
        let unneeded = usize::try_from((max - min).leading_zeros() / 8).unwrap_or(0);
        self.0.extend_from_slice(&(value - min).to_be_bytes()[unneeded..]);
        value
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
    microseconds(&mut weather.delay_mean, pen, 10, silence / 6);
    let mean = weather.delay_mean.0 / MICROSECOND;
    microseconds(&mut weather.delay_min, pen, 0, mean);
    microseconds(&mut weather.delay_max, pen, mean, mean * 50);
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
    microseconds(&mut disk.mean, pen, 10, silence / 8);
    let mean = disk.mean.0 / MICROSECOND;
    microseconds(&mut disk.min, pen, 0, mean);
    microseconds(&mut disk.max, pen, mean, mean * 50);
}

/// Who there is.
#[derive(Clone, Copy)]
struct Cast {
    replicas: u8,
    clients: u16,
}

impl Cast {
    fn walk_fault(self, fault: &mut Fault, pen: &mut impl Pen) {
        let triggers = [
            Trigger::At(Span::ZERO),
            Trigger::When(0, Milestone::View(1)),
            Trigger::When(0, Milestone::Op(1)),
            Trigger::When(0, Milestone::Commit(1)),
            Trigger::When(0, Milestone::Status(StatusKind::Normal)),
            Trigger::When(0, Milestone::Epoch(1)),
        ];
        let kind = |trigger: &Trigger| match trigger {
            Trigger::At(_) => 0,
            Trigger::When(_, Milestone::View(_)) => 1,
            Trigger::When(_, Milestone::Op(_)) => 2,
            Trigger::When(_, Milestone::Commit(_)) => 3,
            Trigger::When(_, Milestone::Status(_)) => 4,
            Trigger::When(_, Milestone::Epoch(_)) => 5,
        };
        reshape(&mut fault.trigger, &triggers, kind, pen);
        match &mut fault.trigger {
            Trigger::At(at) => microseconds(at, pen, 0, FAULTS_WITHIN),
            Trigger::When(replica, milestone) => {
                *replica = small(pen.number((*replica).into(), 0, u64::from(self.replicas) - 1));
                match milestone {
                    Milestone::View(number) => *number = pen.number(*number, 1, 64),
                    Milestone::Epoch(number) => *number = pen.number(*number, 1, 4),
                    Milestone::Op(number) | Milestone::Commit(number) => {
                        *number = pen.number(*number, 1, 120);
                    }
                    Milestone::Status(status) => choose(status, &STATUSES, pen),
                }
            }
        }
        self.walk_action(&mut fault.action, pen);
        let heals = [Heal::AtTheEnd, Heal::After(Span::ZERO), Heal::Never];
        let kind = |heal: &Heal| match heal {
            Heal::AtTheEnd => 0,
            Heal::After(_) => 1,
            Heal::Never => 2,
        };
        reshape(&mut fault.heal, &heals, kind, pen);
        if let Heal::After(after) = &mut fault.heal {
            microseconds(after, pen, 0, FAULTS_WITHIN);
        }
    }

    fn walk_action(self, action: &mut Action, pen: &mut impl Pen) {
        reshape_action(action, pen);
        match action {
            Action::Crash(target) | Action::Pause(target) => self.walk_target(target, pen),
            Action::Restart(target) => self.walk_process(target, pen),
            Action::Partition(sides) => {
                let count = pen.number(length(sides), 0, SIDES_MAX);
                resize(sides, count, Vec::new());
                let mut placed = 0;
                for side in sides {
                    placed |= self.walk_targets(side, placed, pen);
                }
            }
            Action::Cut(from, to) => {
                self.walk_targets(from, 0, pen);
                self.walk_targets(to, 0, pen);
            }
            Action::Flap(one, other, every) => {
                self.walk_target(one, pen);
                self.walk_target(other, pen);
                microseconds(every, pen, 1_000, 1_000_000);
            }
            Action::Lose { kind, from, to, share: lost } => {
                let place = |kind: MessageKind| MessageKind::ALL.iter().position(|&k| k == kind);
                let chosen = kind.and_then(place).map_or(0, |place| place + 1);
                let chosen = index(pen, chosen, MessageKind::ALL.len() + 1);
                *kind = chosen.checked_sub(1).map(|place| MessageKind::ALL[place]);
                self.walk_perhaps(from, pen);
                self.walk_perhaps(to, pen);
                share(lost, pen, 10_000);
            }
            Action::Reconfigure(members) => self.walk_members(members, pen),
            Action::Jump(target, forward) => {
                self.walk_target(target, pen);
                microseconds(forward, pen, 0, FAULTS_WITHIN);
            }
            Action::Hinder(target, hindrance) => {
                self.walk_owner(target, pen);
                walk_hindrance(hindrance, pen);
            }
            Action::Damage(target, how, op_number) => {
                self.walk_owner(target, pen);
                walk_harm(how, op_number, pen);
            }
        }
    }

    /// Also somebody twice, or nobody: the group must refuse it.
    fn walk_members(self, members: &mut Vec<Target>, pen: &mut impl Pen) {
        let count = pen.number(length(members), 0, MEMBERS_MAX);
        resize(members, count, Target::Replica(0));
        for member in members {
            let number = member.replica().unwrap_or(0);
            let number = pen.number(number.into(), 0, u64::from(self.replicas) - 1);
            *member = Target::Replica(small(number));
        }
    }

    /// Whose disk it is.
    fn walk_owner(self, target: &mut Target, pen: &mut impl Pen) {
        self.walk_target(target, pen);
        if matches!(target, Target::Client(_)) {
            *target = Target::Backup;
        }
    }

    fn walk_message(self, message: &mut MessageFate, pen: &mut impl Pen) {
        self.walk_process(&mut message.from, pen);
        self.walk_process(&mut message.to, pen);
        // A link has a replica at one end at least, and two ends.
        let is_replica = |target| matches!(target, Target::Replica(_));
        if !is_replica(message.from) && !is_replica(message.to) {
            message.to = Target::Replica(0);
        } else if message.from == message.to {
            message.from = Target::Client(0);
        }
        message.nth = pen.number(message.nth, 1, 1_000);
        let fates = [
            Scripted::Drop,
            Scripted::Twice,
            Scripted::Deliver(None),
            Scripted::Deliver(Some(Span::ZERO)),
        ];
        let kind = |fate: &Scripted| match fate {
            Scripted::Drop => 0,
            Scripted::Twice => 1,
            Scripted::Deliver(None) => 2,
            Scripted::Deliver(Some(_)) => 3,
        };
        reshape(&mut message.fate, &fates, kind, pen);
        if let Scripted::Deliver(Some(after)) = &mut message.fate {
            microseconds(after, pen, 0, FAULTS_WITHIN);
        }
    }

    /// All that a fault can be aimed at: replicas, clients, roles.
    fn targets(self) -> impl Iterator<Item = Target> {
        let replicas = (0..self.replicas).map(Target::Replica);
        let clients = (0..self.clients).map(Target::Client);
        replicas.chain(clients).chain([Target::Primary, Target::Backup])
    }

    fn processes(self) -> usize {
        usize::from(self.replicas) + usize::from(self.clients)
    }

    fn walk_target(self, target: &mut Target, pen: &mut impl Pen) {
        self.walk_one_of(target, self.processes() + ROLES, pen);
    }

    fn walk_process(self, target: &mut Target, pen: &mut impl Pen) {
        self.walk_one_of(target, self.processes(), pen);
    }

    fn walk_one_of(self, target: &mut Target, count: usize, pen: &mut impl Pen) {
        let place = self.targets().position(|other| other == *target).unwrap_or(0);
        let place = index(pen, place, count);
        *target = self.targets().nth(place).unwrap_or(*target);
    }

    fn walk_perhaps(self, target: &mut Option<Target>, pen: &mut impl Pen) {
        if flag(target.is_some(), pen) {
            self.walk_target(target.get_or_insert(Target::Primary), pen);
        } else {
            *target = None;
        }
    }

    /// A set of targets as one number, a bit for each; without those in `not`. Returns the bits.
    fn walk_targets(self, list: &mut Vec<Target>, not: u64, pen: &mut impl Pen) -> u64 {
        let bit = |target: &Target| self.targets().position(|other| other == *target);
        let bits = list.iter().filter_map(bit).fold(0, |bits, place| bits | 1 << place);
        let all = (1 << (self.processes() + ROLES)) - 1;
        let bits = pen.number(bits, 0, all) & !not;
        let is_in = |&(place, _): &(usize, Target)| bits & (1 << place) != 0;
        *list = self.targets().enumerate().filter(is_in).map(|(_, target)| target).collect();
        bits
    }
}

fn walk_harm(how: &mut Harm, op_number: &mut Option<u64>, pen: &mut impl Pen) {
    choose(how, &Harm::ALL, pen);
    let chosen = pen.number(op_number.unwrap_or(0), 0, 200);
    *op_number = (chosen > 0).then_some(chosen);
}

fn walk_hindrance(hindrance: &mut Hindrance, pen: &mut impl Pen) {
    let hindrances = [Hindrance::Slow(2), Hindrance::Full, Hindrance::FailedSync];
    let kind = |hindrance: &Hindrance| match hindrance {
        Hindrance::Slow(_) => 0,
        Hindrance::Full => 1,
        Hindrance::FailedSync => 2,
    };
    reshape(hindrance, &hindrances, kind, pen);
    if let Hindrance::Slow(times) = hindrance {
        let chosen = pen.number(u64::from(*times), 2, 1_000);
        *times = u32::try_from(chosen).unwrap_or(u32::MAX);
    }
}

/// Which of several shapes a value has: it keeps its content where the shape stays.
fn reshape<T: Clone>(value: &mut T, shapes: &[T], kind: impl Fn(&T) -> usize, pen: &mut impl Pen) {
    let before = kind(value);
    let chosen = index(pen, before, shapes.len());
    if chosen != before {
        *value = shapes[chosen].clone();
    }
}

fn choose<T: Copy + PartialEq>(value: &mut T, choices: &[T], pen: &mut impl Pen) {
    let place = choices.iter().position(|choice| choice == value).unwrap_or(0);
    *value = choices[index(pen, place, choices.len())];
}

/// A place among so many.
fn index(pen: &mut impl Pen, place: usize, count: usize) -> usize {
    let number = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
    usize::try_from(pen.number(number(place), 0, number(count - 1))).unwrap_or(0)
}

fn flag(value: bool, pen: &mut impl Pen) -> bool {
    pen.number(value.into(), 0, 1) == 1
}

fn size(value: &mut usize, pen: &mut impl Pen, min: u64, max: u64) {
    let chosen = pen.number(u64::try_from(*value).unwrap_or(u64::MAX), min, max);
    *value = usize::try_from(chosen).unwrap_or(usize::MAX);
}

/// A share in hundredths of a percent, at most `max` of them.
fn share(value: &mut Ratio, pen: &mut impl Pen, max: u64) {
    let millionths = pen.number(u64::from(value.in_millionths()) / 100, 0, max) * 100;
    *value = Ratio::millionths(u32::try_from(millionths).unwrap_or(0));
}

fn microseconds(value: &mut Span, pen: &mut impl Pen, min: u64, max: u64) {
    *value = Span(pen.number(value.0 / MICROSECOND, min, max) * MICROSECOND);
}

fn milliseconds(value: &mut Span, pen: &mut impl Pen, min: u64, max: u64) {
    *value = Span::millis(pen.number(value.0 / MILLISECOND, min, max));
}

/// A timeout in milliseconds, which it returns.
fn patience(value: &mut Duration, pen: &mut impl Pen, min: u64, max: u64) -> u64 {
    let milliseconds = pen.number(Span::from(*value).0 / MILLISECOND, min, max);
    *value = Span::millis(milliseconds).duration();
    milliseconds
}

/// What kind of action it is, with nothing in it where it was another one.
fn reshape_action(action: &mut Action, pen: &mut impl Pen) {
    let nobody = Target::Primary;
    let (kind, from, to, share_of_all) = (None, None, None, Ratio::ONE);
    let actions = [
        Action::Crash(nobody),
        Action::Restart(Target::Replica(0)),
        Action::Pause(nobody),
        Action::Partition(Vec::new()),
        Action::Cut(Vec::new(), Vec::new()),
        Action::Flap(nobody, nobody, Span::ZERO),
        Action::Lose { kind, from, to, share: share_of_all },
        Action::Jump(nobody, Span::ZERO),
        Action::Damage(nobody, Harm::Rot, None),
        Action::Hinder(nobody, Hindrance::Full),
        Action::Reconfigure(Vec::new()),
    ];
    let kind = |action: &Action| match action {
        Action::Crash(_) => 0,
        Action::Restart(_) => 1,
        Action::Pause(_) => 2,
        Action::Partition(_) => 3,
        Action::Cut(..) => 4,
        Action::Flap(..) => 5,
        Action::Lose { .. } => 6,
        Action::Jump(..) => 7,
        Action::Damage(..) => 8,
        Action::Hinder(..) => 9,
        Action::Reconfigure(_) => 10,
    };
    reshape(action, &actions, kind, pen);
}

/// As many members as a scenario can name.
const MEMBERS_MAX: u64 = 10;

fn resize<T: Clone>(list: &mut Vec<T>, count: u64, new: T) {
    list.resize(usize::try_from(count).unwrap_or(0), new);
}

fn length<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

fn small(number: u64) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn count(number: u64) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// How many faults bytes can ask for.
const FAULTS_MAX: u64 = 16;

/// For how many messages bytes can write down the fate.
const MESSAGES_MAX: u64 = 16;

/// How many clients bytes can ask for.
const CLIENTS_MAX: u64 = 10;

/// How many sides a partition can have.
const SIDES_MAX: u64 = 3;

/// The roles that a fault can be aimed at: primary, backup.
const ROLES: usize = 2;

/// When faults begin at the latest, how long they last, how far clocks jump, how long a message
/// is under way: at most, in microseconds.
const FAULTS_WITHIN: u64 = 13_000_000;

const STATUSES: [StatusKind; 5] = StatusKind::ALL;

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;

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
