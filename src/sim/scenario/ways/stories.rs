//! The scripted scenarios, each with something changed: bugs live near old bugs.

use super::super::{
    Action, Expect, Fault, Heal, MessageFate, Milestone, Scenario, Target, Trigger, Variant,
};
use super::faults::{Kind, generate_action, generate_milestone, replica, victim};
use crate::protocol::Durability;
use crate::sim::network::Scripted;
use crate::sim::random::Stream;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;

/// A story in which some things are different; the swarm's scenario where none of them is possible.
pub(super) fn generate(rng: &mut Stream, swarm: Scenario, variant: Variant) -> Scenario {
    let (_, text) = rng.choose(&STORIES);
    for _ in 0..ATTEMPTS {
        let Ok(mut scenario) = Scenario::parse(text) else {
            break;
        };
        scenario.seed = swarm.seed;
        scenario.expect = Expect::default();
        for _ in 0..rng.choose(&[1, 1, 2, 2, 3, 4, 6]) {
            change(rng, &mut scenario);
        }
        let durability = variant.durability().unwrap_or(scenario.cluster.durability);
        if durability == Durability::Memory {
            scenario.faults.retain(|fault| !is_of_disks(&fault.action));
        }
        be_impatient(&mut scenario);
        if scenario.is_possible() {
            return scenario;
        }
    }
    swarm
}

fn change(rng: &mut Stream, scenario: &mut Scenario) {
    let silence = Span::from(scenario.cluster.timeouts.primary_silence).0;
    let (faults, fates) = (scenario.faults.len(), scenario.messages.len());
    let any_fault = usize::try_from(rng.word() % length(faults).max(1)).unwrap_or(0);
    let any_fate = usize::try_from(rng.word() % length(fates).max(1)).unwrap_or(0);
    match rng.between(0, 11) {
        0 | 1 if faults > 0 => {
            scenario.faults[any_fault].trigger = moved(rng, scenario, any_fault, silence);
        }
        2 | 3 if faults > 0 => {
            let other = victim(rng, &scenario.cluster);
            aim_at(&mut scenario.faults[any_fault].action, other);
        }
        4 if faults > 0 => {
            let heal = Heal::After(Span(rng.between(silence / 16, silence * 6)));
            scenario.faults[any_fault].heal = heal;
        }
        5 if faults > 1 => {
            scenario.faults.remove(any_fault);
        }
        6 if faults > 0 => {
            let mut again = scenario.faults[any_fault].clone();
            aim_at(&mut again.action, victim(rng, &scenario.cluster));
            again.trigger = moved(rng, scenario, any_fault, silence);
            scenario.faults.push(again);
        }
        7 if fates > 0 => {
            let fate = fate(rng, scenario, Some(scenario.messages[any_fate]));
            scenario.messages[any_fate] = fate;
        }
        8 => {
            let fate = fate(rng, scenario, None);
            scenario.messages.push(fate);
        }
        9 => {
            let weather = &mut scenario.network;
            match rng.between(0, 3) {
                0 => weather.drop = rng.choose(&SOME),
                1 => weather.duplicate = rng.choose(&SOME),
                2 => weather.reorder = rng.choose(&SOME),
                _ => weather.straggle = rng.choose(&SOME),
            }
        }
        10 => {
            let workload = &mut scenario.workload;
            workload.clients =
                rng.choose(&[1, 2, 3, 6]).max(workload.readers).max(last(&scenario.faults));
        }
        _ => one_more(rng, scenario, silence),
    }
}

/// Some stories leave a client or a group alone with what happens to them. Whoever waits for longer
/// than the group has to come to rest would be waited for in vain.
fn be_impatient(scenario: &mut Scenario) {
    let settle = scenario.limits.settle;
    let timeouts = &mut scenario.cluster.timeouts;
    let most = Span(settle.0 / 30);
    timeouts.resend = timeouts.resend.min(most.duration());
    timeouts.heartbeat = timeouts.heartbeat.min(most.duration());
    timeouts.primary_silence = timeouts.primary_silence.min(most.duration());
    timeouts.view_change = timeouts.view_change.min(most.duration());
    scenario.workload.retry = Span(scenario.workload.retry.0.min(most.0));
}

/// A fault that a swarm could have, too.
fn one_more(rng: &mut Stream, scenario: &mut Scenario, silence: u64) {
    let kind = rng.choose(&Kind::ALL);
    let trigger =
        Trigger::When(replica(rng, &scenario.cluster), generate_milestone(rng, &scenario.workload));
    let action = generate_action(rng, kind, &scenario.cluster, &scenario.workload, silence);
    let heal = kind.heal(Span(rng.between(silence / 16, silence * 4)));
    scenario.faults.push(Fault { trigger, action, heal });
}

/// A little earlier or later, or when another replica gets there.
fn moved(rng: &mut Stream, scenario: &Scenario, fault: usize, silence: u64) -> Trigger {
    match scenario.faults[fault].trigger {
        Trigger::At(at) => {
            let by = rng.between(0, silence * 2);
            Trigger::At(Span((at.0 + by).saturating_sub(silence)))
        }
        Trigger::When(_, there) if rng.hits(Ratio::percent(50)) => {
            Trigger::When(replica(rng, &scenario.cluster), there)
        }
        Trigger::When(number, there) => {
            let by = rng.between(0, 6);
            let near = |n: u64| (n + by).saturating_sub(3).max(1);
            let there = match there {
                Milestone::View(n) => Milestone::View(near(n)),
                Milestone::Op(n) => Milestone::Op(near(n)),
                Milestone::Commit(n) => Milestone::Commit(near(n)),
                Milestone::Epoch(n) => Milestone::Epoch(near(n).min(n + 1)),
                Milestone::Status(status) => Milestone::Status(status),
            };
            Trigger::When(number, there)
        }
    }
}

/// Aims a fault at somebody else, where it is aimed at one.
fn aim_at(action: &mut Action, other: Target) {
    match action {
        Action::Crash(target)
        | Action::Restart(target)
        | Action::Pause(target)
        | Action::Jump(target, _)
        | Action::Expire(target, _)
        | Action::Damage(target, ..)
        | Action::Hinder(target, _) => *target = other,
        Action::Cut(from, to) => {
            let side = if from.len() == 1 { from } else { to };
            *side = vec![other];
        }
        Action::Flap(one, ..) => *one = other,
        Action::Lose { from, to, .. } => {
            if from.is_some() {
                *from = Some(other)
            } else {
                *to = Some(other)
            }
        }
        Action::Partition(_) | Action::Reconfigure(_) => {}
    }
}

/// What becomes of a message: of another one of that link, or in another way; or of any.
fn fate(rng: &mut Stream, scenario: &Scenario, like: Option<MessageFate>) -> MessageFate {
    let delay = Span::micros(200 << rng.between(0, 14));
    let fate = rng.choose(&[Scripted::Drop, Scripted::Twice(None), Scripted::Deliver(Some(delay))]);
    if let Some(like) = like {
        let nth = (like.nth + rng.between(0, 4)).saturating_sub(2).max(1);
        let fate = if rng.hits(Ratio::percent(50)) { fate } else { like.fate };
        return MessageFate { nth, fate, ..like };
    }
    let from = Target::Replica(replica(rng, &scenario.cluster));
    let to = Target::Replica(replica(rng, &scenario.cluster));
    let to = if to == from { Target::Client(0) } else { to };
    MessageFate { from, to, nth: rng.between(1, 60), fate }
}

const fn is_of_disks(action: &Action) -> bool {
    matches!(action, Action::Damage(..) | Action::Hinder(..))
}

/// How many clients there must be for those who are named.
fn last(faults: &[Fault]) -> u16 {
    let named = |target: &Target| match *target {
        Target::Client(number) => number + 1,
        Target::Replica(_) | Target::Administrator | Target::Primary | Target::Backup => 0,
    };
    let of = |fault: &Fault| match &fault.action {
        Action::Crash(target)
        | Action::Restart(target)
        | Action::Pause(target)
        | Action::Jump(target, _)
        | Action::Expire(target, _) => named(target),
        Action::Partition(sides) => sides.iter().flatten().map(named).max().unwrap_or(0),
        Action::Cut(from, to) => from.iter().chain(to).map(named).max().unwrap_or(0),
        Action::Flap(one, other, _) => named(one).max(named(other)),
        Action::Lose { from, to, .. } => from.iter().chain(to).map(named).max().unwrap_or(0),
        Action::Damage(..) | Action::Hinder(..) | Action::Reconfigure(_) => 0,
    };
    faults.iter().map(of).max().unwrap_or(0)
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

const SOME: [Ratio; 3] =
    [Ratio::millionths(5_000), Ratio::millionths(50_000), Ratio::millionths(200_000)];

/// How often something else is changed when what was changed is not possible.
const ATTEMPTS: u32 = 4;

macro_rules! story {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../../scenarios/", $name, ".toml")))
    };
}

/// Every scenario file that has to pass within the contract: its name and its text.
pub const STORIES: [(&str, &str); 124] = [
    story!("4-client-table/a-checkpoint-knows-who-is-forgotten"),
    story!("4-client-table/full-table-forgets"),
    story!("4-client-table/late-copies-of-the-forgotten"),
    story!("4-client-table/power-failure-while-clients-are-forgotten"),
    story!("4-client-table/several-requests-of-one-program"),
    story!("4.1-normal-operation/all-acks-of-one-operation-lost"),
    story!("4.1-normal-operation/both-prepares-lost"),
    story!("4.1-normal-operation/client-crashes-in-the-middle"),
    story!("4.1-normal-operation/everything-twice-and-out-of-order"),
    story!("4.1-normal-operation/lost-reply-comes-from-the-table"),
    story!("4.1-normal-operation/misrouted-messages"),
    story!("4.1-normal-operation/tiny-pipeline-refuses"),
    story!("4.1-only-apply/a-member-warms-up-with-the-log"),
    story!("4.1-only-apply/disks-and-a-witness"),
    story!("4.1-only-apply/recovers-by-the-whole-log"),
    story!("4.2-view-change/dropped-request-is-taken-again"),
    story!("4.2-view-change/even-group-split-in-halves"),
    story!("4.2-view-change/figure-8"),
    story!("4.2-view-change/new-primary-is-far-behind"),
    story!("4.2-view-change/next-primary-is-down-too"),
    story!("4.2-view-change/one-prepared-backup"),
    story!("4.2-view-change/request-at-a-primary-to-be"),
    story!("4.2-view-change/start-view-beyond-a-gap"),
    story!("4.2-view-change/start-view-lost-to-one"),
    story!("4.2-view-change/start-view-sent-again"),
    story!("4.3-recovery/a-backup-recovers"),
    story!("4.3-recovery/late-copy-at-a-recovered-primary"),
    story!("4.3-recovery/messages-outlive-their-sender"),
    story!("4.3-recovery/one-after-another"),
    story!("4.3-recovery/one-too-many-is-withheld"),
    story!("4.3-recovery/primary-restarts-at-once"),
    story!("4.3-recovery/view-changes-meanwhile"),
    story!("4.3-recovery/vote-of-an-earlier-life"),
    story!("4.3-recovery/witnesses-crash-one-after-another"),
    story!("4.4-non-determinism/a-slow-clock-leads"),
    story!("4.4-non-determinism/late-answers"),
    story!("4.4-non-determinism/power-failure"),
    story!("4.4-non-determinism/primary-dies-after-prepare"),
    story!("4.4-non-determinism/primary-finds-its-quorum-again"),
    story!("4.4-non-determinism/primary-without-its-quorum"),
    story!("4.4-non-determinism/view-change-in-the-middle-of-a-round"),
    story!("4.4-non-determinism/what-is-asked-is-lost"),
    story!("5.1-checkpoints/new-primary-lacks-a-checkpoint"),
    story!("5.1-checkpoints/pages-from-all-who-have-them"),
    story!("5.1-checkpoints/recovery-by-checkpoint"),
    story!("5.1-checkpoints/the-log-is-gone"),
    story!("5.2-state-transfer/acknowledged-operation-is-not-cut"),
    story!("5.2-state-transfer/first-prepare-lost-to-one"),
    story!("5.2-state-transfer/log-is-kept-until-the-answer-is-there"),
    story!("5.2-state-transfer/one-operation-at-a-time"),
    story!("6.1-witnesses/a-state-kept-unread"),
    story!("6.1-witnesses/all-disks-start-again"),
    story!("6.1-witnesses/another-witness-in-the-next-epoch"),
    story!("6.1-witnesses/kept-until-all-have-executed-it"),
    story!("6.1-witnesses/the-last-who-holds-it"),
    story!("6.2-batching/batch-survives-its-primary"),
    story!("6.2-batching/disks-write-what-waits-together"),
    story!("6.2-batching/many-requests-in-one-prepare"),
    story!("6.2-batching/requests-wait-for-each-other"),
    story!("6.3-reads/a-backup-lags-behind"),
    story!("6.3-reads/a-deposed-primary-answers-no-reads"),
    story!("6.3-reads/a-lease-outlives-the-silence"),
    story!("6.3-reads/backups-restart-and-have-promised"),
    story!("6.3-reads/clocks-as-far-off-as-told"),
    story!("7-reconfiguration/a-member-is-replaced"),
    story!("7-reconfiguration/checkpoint-leads-into-the-epoch"),
    story!("7-reconfiguration/deposed-primary-learns-it-last"),
    story!("7-reconfiguration/late-member-learns-from-a-later-view"),
    story!("7-reconfiguration/new-member-had-crashed-before"),
    story!("7-reconfiguration/new-primary-waits-for-its-quorum"),
    story!("7-reconfiguration/nobody-stays"),
    story!("7-reconfiguration/power-failure-in-the-middle"),
    story!("7-reconfiguration/primary-dies-with-it"),
    story!("7-reconfiguration/recalled-replica-takes-old-checkpoints"),
    story!("7-reconfiguration/removed-replica-wakes-up-late"),
    story!("7-reconfiguration/state-comes-late"),
    story!("7-reconfiguration/twice-and-back-again"),
    story!("7-reconfiguration/what-is-no-group"),
    story!("durable/committed-record-damaged-on-f-replicas"),
    story!("durable/disk-replaced"),
    story!("durable/full-disk-on-the-primary"),
    story!("durable/lone-replica"),
    story!("durable/lost-record-is-no-vote-against-it"),
    story!("durable/lost-write-that-no-quorum-held"),
    story!("durable/misdirected-read"),
    story!("durable/power-failure-between-checkpoints"),
    story!("durable/power-failure-in-the-middle"),
    story!("durable/power-failure-on-slow-disks"),
    story!("durable/primary-restarts-at-once"),
    story!("durable/slow-disk-on-a-backup"),
    story!("durable/sync-that-fails"),
    story!("liveness/clocks-jump"),
    story!("liveness/deaf-replica"),
    story!("liveness/flapping-link"),
    story!("liveness/heavy-loss"),
    story!("liveness/paused-primary-comes-back"),
    story!("liveness/primary-finds-its-quorum-again"),
    story!("liveness/primary-that-cannot-hear"),
    story!("liveness/primary-that-cannot-speak"),
    story!("liveness/primary-that-never-hears-again"),
    story!("liveness/replica-that-never-comes-back"),
    story!("regressions/a-damaged-log-is-not-the-views"),
    story!("regressions/a-member-to-be-has-lost-its-memory"),
    story!("regressions/a-witness-alone-tells-of-the-epoch"),
    story!("regressions/a-witness-that-never-gets-there"),
    story!("regressions/an-earlier-view-starts-late"),
    story!("regressions/an-old-startview-after-a-restart"),
    story!("regressions/an-older-checkpoint-when-nobody-has-the-later-one"),
    story!("regressions/copies-must-not-beget-questions"),
    story!("regressions/far-behind-replica-across-views"),
    story!("regressions/led-the-next-epoch-and-forgot-it"),
    story!("regressions/misread-where-the-other-copy-is-damaged"),
    story!("regressions/nobody-in-the-new-group-is-normal"),
    story!("regressions/nobody-left-of-the-old-group-has-the-checkpoint"),
    story!("regressions/nothing-written-before-the-crash"),
    story!("regressions/one-who-does-not-answer-is-not-everybody"),
    story!("regressions/reads-behind-the-own-disk"),
    story!("regressions/recovers-among-the-replaced"),
    story!("regressions/replaced-while-a-read-goes-astray"),
    story!("regressions/restarts-in-a-later-epoch-than-it-was-in"),
    story!("regressions/restarts-in-the-moment-of-its-crash"),
    story!("regressions/what-is-left-is-written-once"),
    story!("regressions/what-its-source-has-beyond-what-was-chosen"),
    story!("regressions/what-was-cut-is-not-executed"),
];
