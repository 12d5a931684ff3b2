//! A run is a function of its scenario: the same twice, by whatever way, and tomorrow.

use std::fmt::Write as _;
use vsr::sim::{Scenario, run, run_recorded};

#[test]
fn a_seed_gives_the_same_run_twice() {
    for seed in 100..160 {
        let scenario = Scenario::generate(seed);
        assert_eq!(run(&scenario).hash, run(&scenario).hash, "seed {seed}");
    }
}

#[test]
fn recording_a_run_changes_nothing() {
    for seed in 160..180 {
        let scenario = Scenario::generate(seed);
        assert_eq!(run(&scenario).hash, run_recorded(&scenario).0.hash, "seed {seed}");
    }
}

#[test]
fn the_scenario_printed_for_a_seed_is_the_same_run() {
    for seed in 180..240 {
        let scenario = Scenario::generate(seed);
        let read = Scenario::parse(&scenario.to_string()).expect("what is printed can be read");
        assert_eq!(read, scenario, "seed {seed}");
        assert_eq!(run(&read).hash, run(&scenario).hash, "seed {seed}");
    }
}

#[test]
fn different_seeds_are_different_runs() {
    let mut hashes: Vec<u64> = (0..200).map(|seed| run(&Scenario::generate(seed)).hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 200);
}

/// The golden hashes see each change of behaviour, in every build profile. A change that is
/// meant renews them with `VSR_BLESS=1 cargo test --test determinism`.
#[test]
fn fifty_seeds_have_the_hashes_that_they_had() {
    let mut text =
        String::from("# seed hash; renewed by VSR_BLESS=1 cargo test --test determinism\n");
    for seed in 0..50 {
        let hash = run(&Scenario::generate(seed)).hash;
        writeln!(text, "{seed} {hash:016x}").expect("a string takes everything");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/hashes.txt");
    if is_blessed() {
        std::fs::write(path, &text).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    for (line, expected) in text.lines().zip(golden.lines()) {
        assert_eq!(line, expected, "if that is meant: VSR_BLESS=1 cargo test --test determinism");
    }
    assert_eq!(text.lines().count(), golden.lines().count(), "the golden file is not whole");
}

#[expect(clippy::disallowed_methods, reason = "the one documented way to renew golden files")]
fn is_blessed() -> bool {
    std::env::var_os("VSR_BLESS").is_some()
}
