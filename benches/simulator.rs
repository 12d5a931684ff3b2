//! How fast the simulator is, with all checks on: events per CPU second in groups of 3 and 5,
//! and seeds a minute of the default swarm. `cargo bench` prints the figures; machines are
//! noisy, so compare figures of one call with each other.

#![expect(clippy::float_arithmetic, reason = "figures for people")]

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

/// The shortest CPU time of several tries: what the code needs when nobody disturbs it.
fn best_of(tries: u32, mut run: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..tries {
        let before = cpu_seconds();
        run();
        best = best.min(cpu_seconds() - before);
    }
    best
}

/// The CPU time of this process so far, where the system tells it; else the time of day.
#[expect(clippy::disallowed_types, reason = "a benchmark asks the clock")]
fn cpu_seconds() -> f64 {
    let ticks = std::fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next().and_then(|n| n.parse::<u64>().ok()));
    let nanos = ticks.unwrap_or_else(|| {
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    });
    to_float(nanos) / 1e9
}

fn millions_per_second(events: u64, seconds: f64) -> f64 {
    to_float(events) / seconds / 1e6
}

fn per_minute(seconds: f64) -> f64 {
    to_float(SEEDS) * 60.0 / seconds
}

#[expect(clippy::as_conversions, reason = "figures for people; the last digits do not matter")]
const fn to_float(number: u64) -> f64 {
    number as f64
}

/// How many seeds the swarm is measured over.
const SEEDS: u64 = 2_000;
