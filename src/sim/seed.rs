//! Seeds as people write them: decimal, hexadecimal, with underscores, or a commit.

use core::fmt;

/// Why a text is no seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSeed(String);

impl fmt::Display for NoSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not a seed: \"{}\" (write a number of 64 bits such as 42, 1_000 or 0xd1ce5eed, or \
             the 40 hexadecimal digits of a commit)",
            self.0
        )
    }
}

impl core::error::Error for NoSeed {}

/// Reads a seed.
///
/// # Errors
/// When the text is none, or has more than 64 bits.
pub fn parse(text: &str) -> Result<u64, NoSeed> {
    let wrong = || NoSeed(text.to_owned());
    if text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return u64::from_str_radix(&text[24..], 16).map_err(|_| wrong());
    }
    let digits = text.trim().replace('_', "");
    let is_plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_hexdigit());
    let parsed = match digits.strip_prefix("0x") {
        Some(hex) if is_plain(hex) => u64::from_str_radix(hex, 16),
        None if is_plain(&digits) => digits.parse(),
        Some(_) | None => return Err(wrong()),
    };
    parsed.map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_seed_is_read_as_people_write_it() {
        assert_eq!(parse("42"), Ok(42));
        assert_eq!(parse("1_000_000"), Ok(1_000_000));
        assert_eq!(parse("0xD1CE_5EED"), Ok(0xd1ce_5eed));
        assert_eq!(parse("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(parse("0123456789abcdef01234567fedcba9876543210"), Ok(0xfedc_ba98_7654_3210));
    }

    #[test]
    fn what_is_no_seed_is_refused() {
        for text in ["", "x", "0x", "-1", "+1", "18446744073709551616", "1.5", "abc"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
