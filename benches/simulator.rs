//! How fast the simulator is, with all checks on: events per CPU second in groups of 3 and 5,
//! and seeds a minute of the default swarm. `cargo bench` prints the figures; machines are
//! noisy, so compare figures of one call with each other.

#![expect(clippy::float_arithmetic, reason = "figures for people")]

#[path = "clock/mod.rs"]
mod clock;

use clock::{best_of, millions_per_second, to_float};
use std::process::ExitCode;
use vsr::sim::{Scenario, run};

fn main() -> ExitCode {
    let steady = |replicas: u8| {
        let mut scenario = Scenario::default();
        scenario.cluster.replicas = replicas;
        scenario.workload.clients = 8;
        scenario.workload.operations = 20_000;
        scenario.limits.duration = vsr::sim::time::Span::millis(600_000);
        scenario
    };
    for replicas in [3, 5] {
        let scenario = steady(replicas);
        let mut events = 0;
        let seconds = best_of(5, || {
            let report = run(&scenario);
            assert!(report.violation.is_none(), "{:?}", report.violation);
            events = report.tally.events;
        });
        println!("{replicas} replicas, no faults: {events} events, {seconds:.3} s, {:.2} M/s", {
            millions_per_second(events, seconds)
        });
    }
    // What an event costs must not depend on how many came before it.
    for operations in LENGTHS {
        let mut scenario = steady(3);
        scenario.workload.operations = operations;
        scenario.limits.duration = vsr::sim::time::Span::millis(60_000_000);
        let mut events = 0;
        let seconds = best_of(3, || events = run(&scenario).tally.events);
        let nanoseconds = seconds * 1e9 / to_float(events);
        println!("one run of {events} events: {nanoseconds:.0} ns an event");
    }
    let (mut events, mut operations) = (0, 0);
    let seconds = best_of(3, || {
        (events, operations) = (0, 0);
        for seed in 0..SEEDS {
            let report = run(&Scenario::generate(seed));
            assert!(report.violation.is_none(), "seed {seed}: {:?}", report.violation);
            events += report.tally.events;
            operations += report.committed;
        }
    });
    println!(
        "default swarm: {SEEDS} seeds, {events} events, {operations} operations, {seconds:.3} s, \
         {:.2} M events/s, {:.0} seeds/min",
        millions_per_second(events, seconds),
        per_minute(seconds),
    );
    ExitCode::SUCCESS
}

fn per_minute(seconds: f64) -> f64 {
    to_float(SEEDS) * 60.0 / seconds
}

/// Operations of runs of about 10^5, 10^6 and 10^7 events.
const LENGTHS: [u32; 3] = [14_000, 140_000, 1_400_000];

/// How many seeds the swarm is measured over.
const SEEDS: u64 = 2_000;
