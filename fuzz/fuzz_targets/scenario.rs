//! Bytes → a scenario → a whole run, which must not violate anything.

#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use vsr::sim::{Scenario, run};

fuzz_target!(|data: &[u8]| judge(data));

/// Knows nothing of the engine that chooses the bytes.
fn judge(data: &[u8]) {
    let Ok(scenario) = Scenario::arbitrary(&mut Unstructured::new(data)) else { return };
    let report = run(&scenario);
    if let Some(violation) = &report.violation {
        eprintln!("# {violation:?}\n{scenario}");
        panic!("{}: {}", violation.code, violation.message);
    }
}
