//! How fast things are, told to people on standard error; never part of a result.

use vsr::report::number;

/// Measures from its start on.
#[expect(clippy::disallowed_types, reason = "speed is told by the wall clock")]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_types, reason = "speed is told by the wall clock")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }

    pub(crate) fn millis(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    pub(crate) fn whole_seconds(&self) -> u64 {
        self.0.elapsed().as_secs()
    }

    pub(crate) fn speed(&self, events: u64) -> String {
        let micros = self.0.elapsed().as_micros().max(1);
        let per_second = u128::from(events) * 1_000_000 / micros;
        let per_second = u64::try_from(per_second).unwrap_or(u64::MAX);
        let millis = number::grouped(u64::try_from(micros / 1_000).unwrap_or(u64::MAX));
        format!("{millis} ms, {} events/s", number::grouped(per_second))
    }
}
