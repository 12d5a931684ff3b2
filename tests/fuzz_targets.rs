//! What the fuzz targets do, done by every test run: with bytes that chance chooses, and with what
//! fuzzing begins with. Fuzzing goes on where this ends: see `fuzz/README.md`.

#![expect(unreachable_pub, reason = "what is shared with `fuzz/` is public there")]

#[path = "../fuzz/src/brute_force.rs"]
mod brute_force;
#[path = "../fuzz/src/history.rs"]
mod history;
#[path = "../fuzz/src/journal.rs"]
mod journal;
#[path = "../fuzz/src/message.rs"]
mod message;
#[path = "../fuzz/src/scenario.rs"]
mod scenario;
#[path = "../fuzz/src/scenario_text.rs"]
mod scenario_text;
#[path = "../fuzz/src/seeds.rs"]
mod seeds;

use proptest::prelude::*;
use seeds::Seeds;
use std::path::Path;
use vsr::sim::Scenario;

type Judge = fn(&[u8]);

const TARGETS: [(&str, Judge); 5] = [
    ("scenario", scenario::judge),
    ("message", message::judge),
    ("history", history::judge),
    ("journal", journal::judge),
    ("scenario_text", scenario_text::judge),
];

fn seeds() -> Seeds {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    Seeds::below(&folder).expect("the scenarios are there")
}

#[test]
fn each_target_passes_what_fuzzing_begins_with() {
    let seeds = seeds();
    assert!(seeds.skipped.is_empty(), "{:?}", seeds.skipped);
    for (target, judge) in TARGETS {
        for (_, bytes) in seeds.of(target) {
            judge(&bytes);
        }
    }
}

/// Faults and messages are what makes a scenario file worth beginning with: bytes keep them.
#[test]
fn what_goes_wrong_in_a_scenario_file_survives_as_bytes() {
    for (name, _, scenario) in seeds().scenarios {
        let again = Scenario::from_bytes(&scenario.to_bytes());
        assert_eq!(again.faults, scenario.faults, "{name}");
        assert_eq!(again.messages, scenario.messages, "{name}");
        assert_eq!(again.cluster.replicas, scenario.cluster.replicas, "{name}");
    }
}

#[test]
fn a_file_that_is_no_scenario_is_skipped_and_told() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("seeds");
    std::fs::create_dir_all(&folder).expect("there is room");
    std::fs::write(folder.join("good.toml"), "seed = 1\n").expect("there is room");
    std::fs::write(folder.join("old.toml"), "sede = 1\n").expect("there is room");
    let seeds = Seeds::below(&folder).expect("the folder is there");
    assert_eq!(seeds.scenarios.len(), 1);
    let [(path, why)] = &seeds.skipped[..] else { panic!("{:?}", seeds.skipped) };
    assert!(path.ends_with("old.toml") && why.contains("line 1, column 1"), "{why}");
}

/// Each target is a program, and each program is one of these.
#[test]
fn the_targets_are_those_of_the_manifest() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).expect("it is there");
    for (target, _) in TARGETS {
        let path = format!("fuzz_targets/{target}.rs");
        assert!(manifest.contains(&format!("path = \"{path}\"")), "{target}");
        let program = std::fs::read_to_string(folder.join(&path)).expect("it is there");
        assert!(program.contains(&format!("vsr_fuzz::{target}::judge")), "{target}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_message_makes_a_replica_panic(bytes in bytes(3_000)) {
        message::judge(&bytes);
    }

    #[test]
    fn the_checker_agrees_with_brute_force(bytes in bytes(80)) {
        history::judge(&bytes);
    }

    #[test]
    fn nothing_is_lost_silently_from_a_journal(bytes in bytes(400)) {
        journal::judge(&bytes);
    }

    #[test]
    fn no_text_makes_the_reader_panic(bytes in bytes(200)) {
        scenario_text::judge(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_scenario_of_bytes_violates_anything(bytes in bytes(600)) {
        scenario::judge(&bytes);
    }
}
