//! Virtual time: whole nanoseconds since the run began, and spans of it.

use core::fmt;
use core::time::Duration;

/// A span of virtual time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub u64);

/// A moment of virtual time: nanoseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

/// Why a text is no span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSpan(String);

impl fmt::Display for NoSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not a span of time: \"{}\" (write a number and ns, us, ms, s or min, such as \
             \"1.5ms\")",
            self.0
        )
    }
}

impl core::error::Error for NoSpan {}

impl Span {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many microseconds.
    #[must_use]
    pub const fn micros(micros: u64) -> Self {
        Self(micros * 1_000)
    }

    /// So many milliseconds.
    #[must_use]
    pub const fn millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// Reads `"1.5ms"`.
    ///
    /// # Errors
    /// When the text is not a number with a unit, finer than a nanosecond, or too large.
    pub fn parse(text: &str) -> Result<Self, NoSpan> {
        let wrong = || NoSpan(text.to_owned());
        let text_trimmed = text.trim();
        let split = text_trimmed.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(wrong)?;
        let (number, unit) = text_trimmed.split_at(split);
        let &(_, nanos) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        let (whole, fraction) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
        if whole.is_empty() || fraction.len() > 9 {
            return Err(wrong());
        }
        let digits = |text: &str| -> Result<u64, NoSpan> {
            if text.bytes().all(|b| b.is_ascii_digit()) {
                text.parse().map_err(|_| wrong())
            } else {
                Err(wrong())
            }
        };
        let mut total = digits(whole)?.checked_mul(nanos).ok_or_else(wrong)?;
        if !fraction.is_empty() {
            let scale = 10u64.pow(u32::try_from(fraction.len()).map_err(|_| wrong())?);
            let part = digits(fraction)?.checked_mul(nanos).ok_or_else(wrong)?;
            if !part.is_multiple_of(scale) {
                return Err(wrong());
            }
            total = total.checked_add(part / scale).ok_or_else(wrong)?;
        }
        if total > LONGEST.0 {
            return Err(wrong());
        }
        Ok(Self(total))
    }

    /// As the protocol takes it.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_nanos(self.0)
    }
}

impl From<Duration> for Span {
    fn from(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX).min(LONGEST.0))
    }
}

impl Moment {
    /// The moment so much later.
    #[must_use]
    pub const fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

/// A century: what a run may be asked to wait for.
const LONGEST: Span = Span(3_155_760_000_000_000_000);

const UNITS: [(&str, u64); 5] =
    [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000)];

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, nanos) = match self.0 {
            0 => return f.write_str("0s"),
            1..1_000 => UNITS[0],
            1_000..1_000_000 => UNITS[1],
            1_000_000..1_000_000_000 => UNITS[2],
            _ => UNITS[3],
        };
        write!(f, "{}", self.0 / nanos)?;
        let rest = self.0 % nanos;
        if rest != 0 {
            let width = nanos.ilog10();
            let digits = format!("{rest:0width$}", width = usize::try_from(width).unwrap_or(9));
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str(unit)
    }
}

impl fmt::Display for Moment {
    /// Seconds with microseconds: one width for the columns of a trace.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}s", self.0 / 1_000_000_000, self.0 % 1_000_000_000 / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, Span};

    #[test]
    fn a_span_prints_as_it_is_read() {
        for text in ["0s", "7ns", "1.5us", "12ms", "999.999999ms", "1s", "3600s"] {
            assert_eq!(Span::parse(text).map(|s| s.to_string()).as_deref(), Ok(text));
        }
        assert_eq!(Span::parse("2min"), Span::parse("120s"));
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in ["", "5", "ms", "1.5ns", "-1s", "1h", "1..5s", "99999999999999s"] {
            assert!(Span::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_prints_in_seconds() {
        assert_eq!(Moment(1_020_000_999).to_string(), "1.020000s");
    }
}
