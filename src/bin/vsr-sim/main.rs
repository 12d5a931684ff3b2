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
        let report = vsr::sim::run(&scenario);
        ev += report.tally.events;
        ops += report.committed;
        if end == seed + 1 || report.violation.is_some() {
            println!("{report:#?}");
            if end > seed + 1 {
                break;
            }
        }
    }
    println!("{ev} events {ops} ops");
}
