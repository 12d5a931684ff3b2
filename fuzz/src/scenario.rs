//! Bytes → a scenario → a whole run, which must not violate anything.

use vsr::sim::{Scenario, run};

/// Runs the scenario that the bytes stand for.
///
/// # Panics
/// When something is violated: that is what is looked for.
pub fn judge(data: &[u8]) {
    let scenario = Scenario::from_bytes(data);
    let report = run(&scenario);
    if let Some(violation) = &report.violation {
        eprintln!("{}\nThe same from the artefact's bytes: {COMMAND}\n", scenario.brief());
        panic!("{}: {}", violation.code, violation.message);
    }
}

/// What makes a scenario file of an artefact.
const COMMAND: &str = "cargo run --release -- scenario --bytes ARTEFACT";
