//! The clocks of processes: each may run fast or slow.

use super::time::{Moment, Span};
use crate::protocol::LocalTime;

/// A process's clock against virtual time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// By how many millionths it runs fast; slow where negative.
    drift: i32,
}

impl Clock {
    /// A clock that runs fast by so many millionths, slow where negative.
    #[must_use]
    pub const fn with_drift(millionths: i32) -> Self {
        Self { drift: millionths }
    }

    /// What this clock shows at a moment: it has never been set.
    #[must_use]
    pub fn shown(self, at: Moment) -> LocalTime {
        if self.drift == 0 {
            return LocalTime(at.0);
        }
        let shown = u128::from(at.0) * self.rate() / 1_000_000;
        LocalTime(u64::try_from(shown).unwrap_or(u64::MAX))
    }

    fn rate(self) -> u128 {
        u128::try_from(1_000_000 + i64::from(self.drift).max(-900_000)).unwrap_or(1)
    }

    /// How much virtual time passes while this clock shows that span.
    #[must_use]
    pub fn until(self, shown: Span) -> Span {
        if self.drift == 0 {
            return shown;
        }
        let passed = u128::from(shown.0) * 1_000_000 / self.rate();
        Span(u64::try_from(passed).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, LocalTime, Moment, Span};

    #[test]
    fn a_fast_clock_reaches_its_span_early() {
        assert_eq!(Clock::with_drift(250_000).shown(Moment(800)), LocalTime(1_000));
        assert_eq!(Clock::default().shown(Moment(7)), LocalTime(7));
        assert_eq!(Clock::default().until(Span(1_000)), Span(1_000));
        assert_eq!(Clock::with_drift(250_000).until(Span(1_000)), Span(800));
        assert_eq!(Clock::with_drift(-500_000).until(Span(1_000)), Span(2_000));
    }
}
