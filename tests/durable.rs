//! Durable groups: what is acknowledged survives the crash of all replicas at once.

use vsr::protocol::Durability;
use vsr::sim::scenario::Variant;
use vsr::sim::{Scenario, run};

#[test]
fn seeds_with_disks_pass() {
    for seed in 0..2_000 {
        let scenario = Scenario::of_seed(
            seed,
            Variant { durability: Some(Durability::Disk), ..Variant::default() },
        );
        let report = run(&scenario);
        if let Some(violation) = report.violation {
            panic!("seed {seed}: {}: {}: {}", violation.judge, violation.code, violation.message);
        }
    }
}
