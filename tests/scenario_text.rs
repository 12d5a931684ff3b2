//! Scenarios as text: what is printed reads back the same, and what is wrong is said with its
//! place.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

use vsr::protocol::MessageKind;
use vsr::protocol::replica::StatusKind;
use vsr::sim::network::Scripted;
use vsr::sim::ratio::Ratio;
use vsr::sim::scenario::{Action, Expect, Fault, MessageFate, Milestone, Target, Trigger};
use vsr::sim::time::Span;
use vsr::sim::violation::Code;
use vsr::sim::{Scenario, mark};

const REPLICAS: u8 = 5;
const CLIENTS: u16 = 7;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        // Nothing is written into the tree; a failure prints its input.
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_generated_scenario_prints_and_parses_to_itself(seed: u64) {
        let scenario = Scenario::generate(seed);
        prop_assert_eq!(reread(&scenario), scenario);
    }

    #[test]
    fn any_scenario_prints_and_parses_to_itself(scenario in scenarios()) {
        prop_assert_eq!(reread(&scenario), scenario);
    }

    #[test]
    fn any_text_is_read_or_refused_without_panic(text in "\\PC*") {
        let _ = Scenario::parse(&text).map_err(|error| error.to_string());
    }

    #[test]
    fn a_mangled_scenario_is_read_or_refused_without_panic(
        seed: u64,
        place: prop::sample::Index,
        length in 0..12usize,
        put in "[\\PC\n\r\t]{0,6}",
    ) {
        let text = Scenario::generate(seed).to_string();
        let chars: Vec<char> = text.chars().collect();
        let start = place.index(chars.len());
        let end = (start + length).min(chars.len());
        let mangled: String = chars[..start]
            .iter()
            .copied()
            .chain(put.chars())
            .chain(chars[end..].iter().copied())
            .collect();
        // What is read in spite of it prints and parses to itself like any other.
        match Scenario::parse(&mangled) {
            Ok(scenario) => prop_assert_eq!(reread(&scenario), scenario),
            Err(error) => prop_assert!(error.to_string().starts_with("line ")),
        }
    }

    #[test]
    fn a_file_of_words_of_the_format_is_read_or_refused_without_panic(
        lines in vec(select(LINES.to_vec()), 0..12),
    ) {
        let _ = Scenario::parse(&lines.join("\n")).map_err(|error| error.to_string());
    }
}

const LINES: [&str; 20] = [
    "seed = 7",
    "seed = \"0x7\"",
    "[cluster]",
    "replicas = 3",
    "replicas = 0",
    "[workload]",
    "clients = 1",
    "[network]",
    "delay = { min = \"1ms\" }",
    "[limits]",
    "settle = \"0s\"",
    "[[fault]]",
    "at = \"1s\"",
    "when = { replica = \"r0\", reaches = \"view 2\" }",
    "crash = \"primary\"",
    "lose = {}",
    "[[message]]",
    "link = \"r0->r1\"",
    "fate = \"drop\"",
    "# é, two bytes",
];

fn reread(scenario: &Scenario) -> Scenario {
    let text = scenario.to_string();
    match Scenario::parse(&text) {
        Ok(read) => read,
        Err(error) => panic!("{error}\n\n{text}"),
    }
}

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
        targets().prop_map(Action::Restart),
        targets().prop_map(Action::Pause),
        partitions(),
        (some(), some()).prop_map(|(from, to)| Action::Cut(from, to)),
        (targets(), targets(), more_than_nothing)
            .prop_map(|(a, b, every)| Action::Flap(a, b, every)),
        lose.prop_map(|(kind, from, to, share)| Action::Lose { kind, from, to, share }),
        (targets(), spans()).prop_map(|(target, forward)| Action::Jump(target, forward)),
    ]
}

fn faults() -> impl Strategy<Value = Fault> {
    (triggers(), actions(), prop::option::of(spans()))
        .prop_map(|(trigger, action, heal_after)| Fault { trigger, action, heal_after })
}

fn messages() -> impl Strategy<Value = MessageFate> {
    let fates = prop_oneof![
        Just(Scripted::Drop),
        Just(Scripted::Twice),
        prop::option::of(spans()).prop_map(Scripted::Deliver),
    ];
    // TOML's numbers end at 2^63.
    let numbers = 1..=(u64::MAX >> 1);
    (processes(), processes(), numbers, fates).prop_map(|(from, to, nth, fate)| MessageFate {
        from,
        to,
        nth,
        fate,
    })
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

fn scenarios() -> impl Strategy<Value = Scenario> {
    (any::<u64>(), vec(faults(), 0..6), vec(messages(), 0..4), expectations()).prop_map(
        |(seed, faults, messages, expect)| {
            // The rest is a generated scenario's, with enough processes for every name.
            let mut scenario = Scenario::generate(seed);
            scenario.cluster.replicas = REPLICAS;
            scenario.workload.clients = CLIENTS;
            Scenario { faults, messages, expect, ..scenario }
        },
    )
}
