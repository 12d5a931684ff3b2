//! CPU time for benchmarks: what code needs when nobody disturbs it.

/// The shortest CPU time of several tries: what the code needs when nobody disturbs it. A try that
/// is short is made again and again, since the clock may be a coarse one.
pub(crate) fn best_of(tries: u32, mut run: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..tries {
        let before = cpu_seconds();
        let (mut runs, mut spent) = (0_u32, 0.0);
        while spent < LONG_ENOUGH && runs < RUNS_MAX {
            run();
            runs += 1;
            spent = cpu_seconds() - before;
        }
        best = best.min(spent / f64::from(runs));
    }
    best
}

/// After so many seconds a coarse clock does not matter any more.
const LONG_ENOUGH: f64 = 0.2;

/// In case that the clock stands still.
const RUNS_MAX: u32 = 100_000;

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

pub(crate) fn millions_per_second(events: u64, seconds: f64) -> f64 {
    to_float(events) / seconds / 1e6
}

#[expect(clippy::as_conversions, reason = "figures for people; the last digits do not matter")]
pub(crate) const fn to_float(number: u64) -> f64 {
    number as f64
}
