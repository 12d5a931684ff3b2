//! What a campaign keeps of a seed that did not pass.

use serde_json::{Value, json};
use std::fmt;
use vsr::report::json;
use vsr::sim::Report;
use vsr::sim::scenario::Way;
use vsr::sim::shrink::Signature;

/// How a seed can fail, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// There was no verdict within a limit.
    Undecided,
    /// Something was violated.
    Violation,
    /// It ran twice and came to two hashes.
    TwoHashes,
    /// The simulator itself panicked.
    Broken,
}

impl Verdict {
    const ALL: [Self; 4] = [Self::Undecided, Self::Violation, Self::TwoHashes, Self::Broken];

    /// As it is written in results.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Violation => "violation",
            Self::TwoHashes => "two-hashes",
            Self::Broken => "broken",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }
}

/// What makes failures the same: what was violated, who noticed, and the message without numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    pub(crate) verdict: Verdict,
    /// The violation's code, or the verdict where nothing was violated.
    pub(crate) code: String,
    pub(crate) judge: String,
    pub(crate) shape: String,
}

impl Kind {
    /// A name that is the same in each campaign: `VSR-LOST-5b1f09c2`.
    pub(crate) fn name(&self) -> String {
        let text = format!("{}\n{}\n{}", self.code, self.judge, self.shape);
        // FNV-1a: stable for ever, and nobody chooses these texts to collide.
        let hash = text
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        format!("{}-{hash:08x}", self.code)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

/// A seed that did not pass.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) seed: u64,
    /// In which way it was run: never the portfolio.
    pub(crate) way: Way,
    pub(crate) kind: Kind,
    pub(crate) message: String,
    /// How much there is to read in its scenario.
    pub(crate) cost: u64,
    /// All that is known, as a line of the results.
    pub(crate) line: Value,
}

impl Failure {
    /// What a report says of a failure, if it is one; `parted` says where another run of the seed
    /// took another course, if it did.
    pub(crate) fn of(report: &Report, way: Way, cost: u64, parted: Option<&str>) -> Option<Self> {
        let (verdict, judge, message) = match &report.violation {
            _ if parted.is_some() => (Verdict::TwoHashes, "determinism", TWO_HASHES.to_owned()),
            Some(violation) => (Verdict::Violation, violation.judge, violation.message.clone()),
            None => return None,
        };
        let mut line = json::run(report);
        line["verdict"] = json!(verdict.word());
        let code = match (&report.violation, verdict) {
            (Some(violation), Verdict::Violation) => violation.code.text(),
            _ => verdict.word(),
        };
        let mut failure =
            Self::with((report.seed, way), (verdict, code, judge), message, cost, line);
        // Where it is no part of what makes such failures the same.
        if let Some(parted) = parted {
            failure.message = format!("{TWO_HASHES}: {parted}");
            failure.line["message"] = json!(failure.message);
        }
        Some(failure)
    }

    /// A seed without a report.
    pub(crate) fn without_report(
        (seed, way): (u64, Way),
        verdict: Verdict,
        message: String,
    ) -> Self {
        let line = json!({
            "v": 1, "type": "run", "seed": seed.to_string(), "verdict": verdict.word(),
        });
        Self::with((seed, way), (verdict, verdict.word(), "campaign"), message, 0, line)
    }

    fn with(
        (seed, way): (u64, Way),
        (verdict, code, judge): (Verdict, &str, &str),
        message: String,
        cost: u64,
        mut line: Value,
    ) -> Self {
        let shape = Signature::shape(&message);
        line["way"] = json!(way.word());
        line["judge"] = json!(judge);
        line["message"] = json!(message);
        line["shape"] = json!(shape);
        line["cost"] = json!(cost);
        let kind = Kind { verdict, code: code.to_owned(), judge: judge.to_owned(), shape };
        Self { seed, way, kind, message, cost, line }
    }

    /// Reads a line of results; nothing when it is none of a failure.
    pub(crate) fn read(line: &Value) -> Option<Self> {
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        let verdict = Verdict::parse(line["verdict"].as_str()?)?;
        let code = match verdict {
            Verdict::Violation => text("code")?,
            Verdict::Undecided | Verdict::TwoHashes | Verdict::Broken => verdict.word().to_owned(),
        };
        Some(Self {
            seed: line["seed"].as_str()?.parse().ok()?,
            way: Way::parse(line["way"].as_str()?)?,
            kind: Kind { verdict, code, judge: text("judge")?, shape: text("shape")? },
            message: text("message")?,
            cost: line["cost"].as_u64()?,
            line: line.clone(),
        })
    }
}

const TWO_HASHES: &str = "two runs of one seed came to two hashes";

#[cfg(test)]
mod tests {
    use super::{Failure, Kind, Verdict, Way};

    #[test]
    fn what_is_written_is_read() {
        let late = "no verdict within 60 s".to_owned();
        let failure = Failure::without_report((u64::MAX, Way::Moves), Verdict::Undecided, late);
        let read = Failure::read(&failure.line).expect("a failure");
        assert_eq!((read.seed, read.way, &read.kind), (u64::MAX, Way::Moves, &failure.kind));
        assert_eq!(read.line, failure.line);
        assert_eq!(read.kind.shape, "no verdict within # s");
        assert!(Failure::read(&serde_json::json!({"type": "run", "verdict": "pass"})).is_none());
    }

    #[test]
    fn seeds_with_two_hashes_are_of_one_kind_wherever_they_part() {
        let report = vsr::sim::run(&vsr::sim::Scenario::generate(0));
        assert!(Failure::of(&report, Way::Swarm, 0, None).is_none());
        let part = |parted| Failure::of(&report, Way::Swarm, 0, Some(parted)).expect("a failure");
        let (one, other) = (part("they part at a"), part("they part at b"));
        assert_eq!(one.kind, other.kind);
        assert_eq!(one.kind.verdict, Verdict::TwoHashes);
        assert!(one.message.ends_with(": they part at a"), "{}", one.message);
        assert_eq!(Failure::read(&one.line).map(|read| read.message), Some(one.message));
    }

    #[test]
    fn a_kind_has_the_same_name_for_ever() {
        let kind = Kind {
            verdict: Verdict::Violation,
            code: "VSR-LOST".to_owned(),
            judge: "quorum-log".to_owned(),
            shape: "r# lacks n#".to_owned(),
        };
        assert_eq!(kind.name(), "VSR-LOST-fbbd3f99");
    }
}
