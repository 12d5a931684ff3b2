//! What a run allocates: nothing for an event, a bounded number for an operation, and a small
//! space in all.

use allocation_counter::{AllocationInfo, measure};
use vsr::sim::time::Span;
use vsr::sim::{Report, Scenario, run};

fn measured(scenario: &Scenario) -> (AllocationInfo, Report) {
    let mut report = None;
    let allocated = measure(|| report = Some(run(scenario)));
    let report = report.expect("a run has a report");
    assert!(report.violation.is_none(), "{:?}", report.violation);
    (allocated, report)
}

/// Eight clients that ask so much in all, and no fault.
fn steady(operations: u32) -> Scenario {
    let mut scenario = Scenario::default();
    scenario.workload.clients = 8;
    scenario.workload.operations = operations;
    scenario.limits.duration = Span::millis(600_000);
    scenario
}

/// A jump of a clock at the end keeps a group at work that has nothing to do until then.
fn idle(seconds: u64) -> Scenario {
    let text = format!(
        "[workload]\noperations = 10\n\n[limits]\nduration = \"{end}s\"\n\n[[fault]]\n\
         at = \"{seconds}s\"\njump = {{ process = \"r1\", forward = \"1ms\" }}\n",
        end = seconds + 10,
    );
    Scenario::parse(&text).expect("a scenario")
}

#[test]
fn heartbeats_and_timers_allocate_nothing() {
    let (short, few) = measured(&idle(10));
    let (long, many) = measured(&idle(100));
    assert!(many.tally.events > 5 * few.tally.events, "{} {}", few.tally.events, many.tally.events);
    let more = long.count_total.abs_diff(short.count_total);
    assert!(more < 20, "{more} allocations more, of {}", long.count_total);
}

#[test]
fn an_operation_allocates_what_it_and_its_replies_need() {
    let (first, few) = measured(&steady(4_000));
    let (second, many) = measured(&steady(8_000));
    assert_eq!((few.committed, many.committed), (4_000, 8_000));
    let each = (second.count_total - first.count_total) / 4_000;
    // The operation, three replies, what three services keep, the message that carries it, and
    // the two checkers' copies of what it read.
    assert!(each <= ALLOCATIONS_MAX, "{each} allocations for each operation");
}

#[test]
fn a_default_seed_fits_into_little_space() {
    for seed in 0..100 {
        let (allocated, _) = measured(&Scenario::generate(seed));
        assert!(allocated.bytes_max < 4 << 20, "seed {seed} needs {} bytes", allocated.bytes_max);
    }
}

const ALLOCATIONS_MAX: u64 = 18;
