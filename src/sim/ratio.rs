//! Probabilities as integers: parts of a million, so that no float decides anything.

use core::fmt;

/// A probability in parts of a million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ratio(u32);

/// Why a text is no ratio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoRatio(String);

impl fmt::Display for NoRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not a ratio: \"{}\" (write a percentage from 0% to 100% with at most four digits \
             after the point, such as \"0.5%\")",
            self.0
        )
    }
}

impl core::error::Error for NoRatio {}

impl Ratio {
    /// Never.
    pub const ZERO: Self = Self(0);
    /// Always.
    pub const ONE: Self = Self(1_000_000);

    /// So many of a hundred.
    ///
    /// # Panics
    /// When there are more than a hundred.
    #[must_use]
    pub const fn percent(percent: u32) -> Self {
        assert!(percent <= 100);
        Self(percent * 10_000)
    }

    /// So many of a million.
    ///
    /// # Panics
    /// When there are more than a million.
    #[must_use]
    pub const fn millionths(millionths: u32) -> Self {
        assert!(millionths <= 1_000_000);
        Self(millionths)
    }

    /// How many of a million.
    #[must_use]
    pub const fn in_millionths(self) -> u32 {
        self.0
    }

    /// Whether a random word means that it happens.
    #[must_use]
    pub const fn is_hit_by(self, word: u64) -> bool {
        (word >> 32) * 1_000_000 < widen(self.0) << 32
    }

    /// A random part of `whole`, from nothing up to this share of it.
    #[must_use]
    pub fn share_of(self, whole: u64, word: u64) -> u64 {
        let most = u128::from(whole) * u128::from(self.0) / 1_000_000;
        super::random::scale(word, 0, u64::try_from(most).unwrap_or(u64::MAX))
    }

    /// Reads `"1.5%"`.
    ///
    /// # Errors
    /// When the text is no percentage from 0 to 100 with at most four digits after the point.
    pub fn parse(text: &str) -> Result<Self, NoRatio> {
        let wrong = || NoRatio(text.to_owned());
        let number = text.trim().strip_suffix('%').ok_or_else(wrong)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let is_number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) || fraction.len() > 4 {
            return Err(wrong());
        }
        let fraction: u32 = format!("{fraction:0<4}").parse().map_err(|_| wrong())?;
        let whole: u32 = whole.parse().map_err(|_| wrong())?;
        let millionths = whole.checked_mul(10_000).and_then(|w| w.checked_add(fraction));
        match millionths {
            Some(millionths) if millionths <= 1_000_000 => Ok(Self(millionths)),
            Some(_) | None => Err(wrong()),
        }
    }
}

/// `u64::from`, which is not for constants yet.
#[expect(clippy::as_conversions, reason = "`u64::from` is not const")]
const fn widen(value: u32) -> u64 {
    value as u64
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / 10_000, self.0 % 10_000);
        if fraction == 0 {
            return write!(f, "{whole}%");
        }
        let digits = format!("{fraction:04}");
        write!(f, "{whole}.{}%", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::Ratio;

    #[test]
    fn a_ratio_prints_as_it_is_read() {
        for text in ["0%", "0.5%", "1%", "12.0625%", "100%"] {
            assert_eq!(Ratio::parse(text).map(|r| r.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn more_than_everything_and_nonsense_are_no_ratios() {
        for text in ["101%", "100.0001%", "0.5", "-1%", "%", ".5%", "1.00001%", "1e3%"] {
            assert!(Ratio::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn never_and_always_are_exact() {
        assert!(!Ratio::ZERO.is_hit_by(0));
        assert!(Ratio::ONE.is_hit_by(u64::MAX));
        assert!(Ratio::percent(50).is_hit_by(u64::MAX / 2 - (1 << 33)));
        assert!(!Ratio::percent(50).is_hit_by(u64::MAX / 2 + (1 << 33)));
    }
}
