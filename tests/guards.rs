//! What surrounds a run must not reach it: clock and entropy, environment, place in memory, cores.
//!
//! `determinism.rs` runs seeds twice in one process; here they run in processes of their own, each
//! in other surroundings, and must print the same bytes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SEEDS: [u64; 6] = [0, 1, 7, 42, 1_906, 11_443];

fn vsr_sim(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vsr-sim"));
    command.args(arguments);
    command
}

fn run(mut command: Command) -> Output {
    command.output().unwrap_or_else(|why| panic!("{command:?}: {why}"))
}

fn printed(command: Command) -> String {
    let shown = format!("{command:?}");
    let output = run(command);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{shown} ends with {}:\n{told}", output.status);
    String::from_utf8(output.stdout).expect("JSON is text")
}

fn seed(number: u64) -> Command {
    vsr_sim(&["--seed", &number.to_string(), "--format", "json", "--quiet"])
}

/// Where something can be put that only one test needs.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The sealing library, if this machine has what it takes to build and preload it.
fn sealed() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guards/sealed.c");
    let library = scratch("sealed.so");
    if !cfg!(target_os = "linux") {
        println!("skipped: only Linux preloads libraries like that");
        return None;
    }
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .args([&library, &source])
        .output();
    match built {
        Err(why) => {
            println!("skipped: no C compiler ({why})");
            None
        }
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {told}", source.display());
            Some(library)
        }
    }
}

#[test]
fn a_run_asks_neither_for_the_time_nor_for_entropy() {
    let Some(library) = sealed() else { return };
    for number in SEEDS {
        let mut inside = seed(number);
        inside.env("LD_PRELOAD", &library);
        assert_eq!(printed(inside), printed(seed(number)), "seed {number}");
    }
    let mut scenarios = vsr_sim(&["run", "scenarios", "--format", "json", "--quiet"]);
    scenarios.env("LD_PRELOAD", &library).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(printed(scenarios).lines().count() > 40);
    // It does bite: who asks for a fresh seed needs the clock.
    let mut fresh = vsr_sim(&["--quiet"]);
    fresh.env("LD_PRELOAD", &library);
    let output = run(fresh);
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("sealed: a run has called"), "{told}");
}

#[test]
fn zone_language_and_environment_change_nothing() {
    for number in SEEDS {
        let plain = printed(seed(number));
        let mut abroad = seed(number);
        abroad.env_clear().envs([
            ("TZ", "Pacific/Chatham"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("COLUMNS", "40"),
            ("RUST_LOG", "trace"),
            ("VSR_SEED", "9"),
            ("SEED", "9"),
        ]);
        abroad.current_dir(env!("CARGO_TARGET_TMPDIR"));
        assert_eq!(printed(abroad), plain, "seed {number}");
    }
}

#[test]
fn places_in_memory_change_nothing() {
    let is_there = Command::new("setarch").args(["-R", "true"]).output();
    if !is_there.is_ok_and(|output| output.status.success()) {
        println!("skipped: setarch can't switch address randomisation off here");
        return;
    }
    for number in SEEDS {
        let mut fixed = Command::new("setarch");
        fixed.args(["-R", env!("CARGO_BIN_EXE_vsr-sim"), "--seed", &number.to_string()]);
        fixed.args(["--format", "json", "--quiet"]);
        assert_eq!(printed(fixed), printed(seed(number)), "seed {number}");
    }
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let campaign = |jobs: &str| {
        let words = ["fuzz", "--seeds", "0..120", "--jobs", jobs, "--format", "json", "--quiet"];
        let text = printed(vsr_sim(&words));
        let mut value: serde_json::Value =
            serde_json::from_str(text.trim()).expect("a clean campaign is one line");
        // How long it took is the one thing that may differ.
        value["seconds"] = serde_json::Value::Null;
        value
    };
    let alone = campaign("1");
    assert_eq!(alone["runs"], 120);
    for jobs in ["2", "5"] {
        assert_eq!(campaign(jobs), alone, "{jobs} jobs");
    }
}
