//! The guarantees by their names, as a person would ask for them.

use super::monotonic_reads::monotonic_reads;
use super::read_your_writes::read_your_writes;
use super::sequential::sequential;
use super::stale::stale_by;
use super::verdict::Weak;
use crate::checker::{History, Limits, Model};
use core::fmt;
use core::str::FromStr;

/// A guarantee weaker than linearizability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// [`sequential`].
    Sequential,
    /// [`stale_by`] that much, in the unit of the history. As a text it is in nanoseconds.
    StaleBy(u64),
    /// [`monotonic_reads`].
    MonotonicReads,
    /// [`read_your_writes`].
    ReadYourWrites,
}

/// A text that names no guarantee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoGuarantee(String);

impl Guarantee {
    /// Judges a history by it. An `offered` order helps where the guarantee is one about an order
    /// of updates.
    pub fn judge<M: Model>(
        self,
        model: &M,
        history: &History<M::Input, M::Output>,
        offered: Option<&[usize]>,
        limits: Limits,
    ) -> Weak {
        match self {
            Self::Sequential => sequential(model, history, offered, limits),
            Self::StaleBy(by) => stale_by(model, history, by, limits),
            Self::MonotonicReads => monotonic_reads(model, history, offered, limits),
            Self::ReadYourWrites => read_your_writes(model, history, offered, limits),
        }
    }

    /// Its name, without the time that may belong to it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::StaleBy(_) => "stale",
            Self::MonotonicReads => "monotonic-reads",
            Self::ReadYourWrites => "read-your-writes",
        }
    }
}

impl fmt::Display for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StaleBy(by) => {
                let (unit, factor) = UNITS
                    .into_iter()
                    .find(|(_, factor)| by % factor == 0)
                    .expect("the last factor is one");
                write!(f, "{}={}{unit}", self.name(), by / factor)
            }
            Self::Sequential | Self::MonotonicReads | Self::ReadYourWrites => {
                f.write_str(self.name())
            }
        }
    }
}

impl FromStr for Guarantee {
    type Err = NoGuarantee;

    fn from_str(text: &str) -> Result<Self, NoGuarantee> {
        let wrong = || NoGuarantee(text.to_owned());
        match text {
            "sequential" => Ok(Self::Sequential),
            "monotonic-reads" => Ok(Self::MonotonicReads),
            "read-your-writes" => Ok(Self::ReadYourWrites),
            _ => {
                let time = text.strip_prefix("stale=").ok_or_else(wrong)?;
                nanoseconds(time).map(Self::StaleBy).ok_or_else(wrong)
            }
        }
    }
}

impl fmt::Display for NoGuarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not a guarantee: {:?}; there are sequential, stale=250ms, monotonic-reads, \
             read-your-writes",
            self.0
        )
    }
}

impl core::error::Error for NoGuarantee {}

/// A number and its unit; without one it is in nanoseconds.
fn nanoseconds(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = &text[digits.len()..];
    let factor = match unit {
        "" => 1,
        _ => UNITS.into_iter().find(|(name, _)| *name == unit)?.1,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// The longest first.
const UNITS: [(&str, u64); 4] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

#[cfg(test)]
mod tests {
    use super::Guarantee;

    #[test]
    fn a_guarantee_prints_and_parses_to_itself() {
        for text in ["sequential", "stale=250ms", "stale=3s", "stale=7ns", "monotonic-reads"] {
            let parsed = text.parse::<Guarantee>();
            assert_eq!(parsed.map(|parsed| parsed.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("stale=1000".parse(), Ok(Guarantee::StaleBy(1_000)));
        assert_eq!(Guarantee::ReadYourWrites.to_string().parse(), Ok(Guarantee::ReadYourWrites));
    }

    #[test]
    fn what_is_no_guarantee_is_said_to_be_none() {
        for text in ["", "stale", "stale=", "stale=-3", "stale=3 ms", "stale=99999999999s", "STALE"]
        {
            let wrong = text.parse::<Guarantee>().expect_err(text);
            assert!(wrong.to_string().starts_with(&format!("not a guarantee: {text:?}")));
        }
    }
}
