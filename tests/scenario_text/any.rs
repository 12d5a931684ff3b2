//! Any scenario: what a file can say, in all combinations.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use vsr::protocol::replica::StatusKind;
use vsr::protocol::{MessageKind, ReplicaSet};
use vsr::sim::disk::Hindrance;
use vsr::sim::harm::Harm;
use vsr::sim::member::timer_names;
use vsr::sim::network::Scripted;
use vsr::sim::node::TimerId;
use vsr::sim::ratio::Ratio;
use vsr::sim::scenario::{Action, Expect, Fault, Heal, MessageFate, Milestone, Target, Trigger};
use vsr::sim::time::Span;
use vsr::sim::violation::Code;
use vsr::sim::{Scenario, mark};

const REPLICAS: u8 = 5;
const CLIENTS: u16 = 7;
fn spans() -> impl Strategy<Value = Span> {
    prop_oneof![
        Just(Span::ZERO),
        (1..2_000u64).prop_map(Span),
        (0..100_000u64).prop_map(Span::millis),
        (0..3_155_760_000_000_000_000u64).prop_map(Span),
    ]
}

fn ratios() -> impl Strategy<Value = Ratio> {
    prop_oneof![
        (0..=100u32).prop_map(Ratio::percent),
        (0..=1_000_000u32).prop_map(Ratio::millionths),
    ]
}

fn processes() -> impl Strategy<Value = Target> {
    prop_oneof![(0..REPLICAS).prop_map(Target::Replica), (0..CLIENTS).prop_map(Target::Client),]
}

fn targets() -> impl Strategy<Value = Target> {
    prop_oneof![processes(), Just(Target::Primary), Just(Target::Backup)]
}

/// Who has a disk.
fn owners() -> impl Strategy<Value = Target> {
    let replicas = (0..REPLICAS).prop_map(Target::Replica);
    prop_oneof![replicas, Just(Target::Primary), Just(Target::Backup)]
}

fn hindrances() -> impl Strategy<Value = Hindrance> {
    let slow = (2..=1_000_000_u32).prop_map(Hindrance::Slow);
    prop_oneof![slow, Just(Hindrance::Full), Just(Hindrance::FailedSync)]
}

fn triggers() -> impl Strategy<Value = Trigger> {
    let statuses = [StatusKind::Normal, StatusKind::ViewChange, StatusKind::Recovering];
    let milestones = prop_oneof![
        any::<u64>().prop_map(Milestone::View),
        any::<u64>().prop_map(Milestone::Op),
        any::<u64>().prop_map(Milestone::Commit),
        select(statuses.to_vec()).prop_map(Milestone::Status),
    ];
    prop_oneof![
        spans().prop_map(Trigger::At),
        (0..REPLICAS, milestones).prop_map(|(replica, there)| Trigger::When(replica, there)),
    ]
}

/// Sides with no process on two of them.
fn partitions() -> impl Strategy<Value = Action> {
    let everybody: Vec<Target> = (0..REPLICAS)
        .map(Target::Replica)
        .chain((0..CLIENTS).map(Target::Client))
        .chain([Target::Primary, Target::Backup])
        .collect();
    vec(0..4usize, everybody.len()).prop_map(move |sides| {
        let mut groups = vec![Vec::new(); 3];
        for (&target, side) in everybody.iter().zip(sides) {
            if let Some(group) = groups.get_mut(side) {
                group.push(target);
            }
        }
        Action::Partition(groups)
    })
}

fn actions() -> impl Strategy<Value = Action> {
    let some = || vec(targets(), 0..4);
    let more_than_nothing = spans().prop_map(|span| Span(span.0.max(1)));
    let lose = (
        prop::option::of(select(MessageKind::ALL.to_vec())),
        prop::option::of(targets()),
        prop::option::of(targets()),
        ratios(),
    );
    prop_oneof![
        targets().prop_map(Action::Crash),
        processes().prop_map(Action::Restart),
        targets().prop_map(Action::Pause),
        partitions(),
        (some(), some()).prop_map(|(from, to)| Action::Cut(from, to)),
        (targets(), targets(), more_than_nothing)
            .prop_map(|(a, b, every)| Action::Flap(a, b, every)),
        lose.prop_map(|(kind, from, to, share)| Action::Lose { kind, from, to, share }),
        (targets(), spans()).prop_map(|(target, forward)| Action::Jump(target, forward)),
        (targets(), 0..13_usize).prop_map(|(target, timer)| {
            let timer = timer % timer_names(target).len();
            Action::Expire(target, TimerId(u8::try_from(timer).expect("there are few")))
        }),
        (owners(), select(Harm::ALL.to_vec()), option::of(1..1_000_000_u64))
            .prop_map(|(owner, how, op)| Action::Damage(owner, how, op)),
        (owners(), hindrances()).prop_map(|(owner, how)| Action::Hinder(owner, how)),
    ]
}

fn faults() -> impl Strategy<Value = Fault> {
    let heals = prop_oneof![Just(Heal::AtTheEnd), spans().prop_map(Heal::After)];
    (triggers(), actions(), heals).prop_map(|(trigger, action, heal)| Fault {
        trigger,
        action,
        heal,
    })
}

fn messages() -> impl Strategy<Value = MessageFate> {
    let fates = prop_oneof![
        Just(Scripted::Drop),
        prop::option::of((spans(), spans())).prop_map(Scripted::Twice),
        prop::option::of(spans()).prop_map(Scripted::Deliver),
    ];
    // TOML's numbers end at 2^63.
    let numbers = 1..=(u64::MAX >> 1);
    let ends = (processes(), processes()).prop_filter("a link", |(from, to)| {
        let is_replica = |end: &Target| matches!(end, Target::Replica(_));
        from != to && (is_replica(from) || is_replica(to))
    });
    (ends, numbers, fates).prop_map(|((from, to), nth, fate)| MessageFate { from, to, nth, fate })
}

fn expectations() -> impl Strategy<Value = Expect> {
    let marks: Vec<&'static str> = mark::names().collect();
    (prop::option::of(select(Code::ALL.to_vec())), vec(select(marks), 0..4)).prop_map(
        |(code, marks)| Expect {
            violation: code.map(|code| code.text().to_owned()),
            marks: marks.into_iter().map(str::to_owned).collect(),
        },
    )
}

pub(crate) fn scenarios() -> impl Strategy<Value = Scenario> {
    (any::<u64>(), vec(faults(), 0..6), vec(messages(), 0..4), expectations()).prop_map(
        |(seed, faults, messages, expect)| {
            // The rest is a generated scenario's, with enough processes for every name.
            let mut scenario = Scenario::generate(seed);
            scenario.cluster.replicas = REPLICAS;
            if !scenario.is_possible() {
                scenario.cluster.witnesses = ReplicaSet::EMPTY;
            }
            scenario.workload.clients = CLIENTS;
            Scenario { faults, messages, expect, ..scenario }
        },
    )
}
