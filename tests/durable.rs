//! Durable groups: what is acknowledged survives the crash of all replicas at once.

use vsr::protocol::Durability;
use vsr::sim::scenario::Variant;
use vsr::sim::violation::Code;
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

/// Nobody crashes here, and nobody is told anything wrong: only the disk shows it.
#[test]
fn a_disk_that_does_not_hold_what_its_replica_holds_is_seen_without_a_crash() {
    let text = "
        seed = 6
        [cluster]
        durability = \"disk\"
        sabotage = \"trusts-a-failed-sync\"
        [workload]
        operations = 40
        [[fault]]
        when = { replica = \"r0\", reaches = \"commit 20\" }
        hinder = { disk = \"r0\", how = \"failed-sync\" }
        heal_after = \"60ms\"
    ";
    let report = run(&Scenario::parse(text).expect("it can be read"));
    let violation = report.violation.expect("it is seen");
    assert_eq!((violation.code, violation.judge), (Code::Disk, "journal"));
}
