//! What makes two failures the same: what was violated, who noticed, and in what words.

use super::super::violation::{Code, Violation};

/// A failure without what differs from run to run: its numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// What was violated.
    pub code: Code,
    /// Who noticed.
    pub judge: &'static str,
    /// The message with `#` for each number.
    pub shape: String,
}

impl Signature {
    /// The signature of a violation.
    #[must_use]
    pub fn of(violation: &Violation) -> Self {
        let shape = Self::shape(&violation.message);
        Self { code: violation.code, judge: violation.judge, shape }
    }

    /// A message with `#` for each number, and for each id with a number in it.
    #[must_use]
    pub fn shape(message: &str) -> String {
        let mut shape = String::with_capacity(message.len());
        let mut rest = message;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|c: char| c.is_alphanumeric() != first.is_alphanumeric());
            let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
            match token.find(|c: char| c.is_ascii_digit()) {
                Some(digit) => {
                    shape.push_str(&token[..digit]);
                    shape.push('#');
                }
                None => shape.push_str(token),
            }
            rest = after;
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::Signature;

    #[test]
    fn numbers_and_ids_do_not_matter() {
        let one = Signature::shape("r1 leads v12 and lacks n7, which c-43fab657/s1 asked for");
        assert_eq!(one, Signature::shape("r0 leads v3 and lacks n123, which c-1e/s9 asked for"));
        assert_eq!(one, "r# leads v# and lacks n#, which c-#/s# asked for");
        assert_ne!(Signature::shape("r0 is down"), Signature::shape("r0 is up"));
    }
}
