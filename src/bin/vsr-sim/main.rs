//! The command line.
fn main() {
    let seed = std::env::args()
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(42);
    let end = std::env::args()
        .nth(2)
        .and_then(|s| s.parse().ok())
        .unwrap_or(seed + 1);
    let (mut ev, mut ops) = (0, 0);
    for seed in seed..end {
        let scenario = vsr::sim::Scenario::generate(seed);
        let t = std::time::Instant::now();
        let report = vsr::sim::run(&scenario);
        let e = report.tally.events;
        println!(
            "{seed} {e} {} ms={} r={} views={} ended={} {:?}",
            report.committed,
            t.elapsed().as_millis(),
            scenario.cluster.replicas,
            report.views,
            report.ended_at.0 / 1000000,
            report.violation
        );
        ev += report.tally.events;
        ops += report.committed;
    }
    println!("{ev} events {ops} ops");
}
