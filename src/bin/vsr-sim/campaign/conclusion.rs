//! The end of a campaign: what came of it, in words and for programs.

use super::failure::Verdict;
use super::findings::Findings;
use super::kept::Kept;
use super::shift::Yield;
use super::{github, junit, summary};
use crate::arguments::{Aftermath, Format, Options};
use crate::exit::{CLEAN, Failure};
use crate::explain::explain;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use vsr::report::number;
use vsr::report::style::{BAD, FAINT, GOOD, LABEL, paint};
use vsr::sim::scenario::{Variant, Way};

/// All there is to say.
pub(crate) struct Conclusion<'all> {
    pub(crate) findings: &'all Findings,
    pub(crate) kept: &'all [Kept],
    /// The first seed of all.
    pub(crate) first: u64,
    /// How many seeds from that one on were looked at, in all shards.
    pub(crate) seeds: u64,
    /// The exit status that says by what it was interrupted, if it was.
    pub(crate) interrupted: Option<u8>,
    pub(crate) variant: Variant,
    /// What each way has found, where shares have shifted.
    pub(crate) yields: &'all [(Way, Yield)],
    /// What makes it incomplete.
    pub(crate) notes: &'all [String],
}

impl Conclusion<'_> {
    /// Writes everything that was asked for; gives the exit status.
    pub(crate) fn tell(&self, aftermath: &Aftermath, options: &Options) -> Result<u8, Failure> {
        if let Some(path) = &aftermath.junit {
            write(path, &junit::text(self)?)?;
        }
        if let Some(path) = &aftermath.summary {
            write(path, &summary::text(self))?;
        }
        if aftermath.github {
            github::append_summary(&summary::text(self))?;
        }
        match options.format {
            Format::Json => self.tell_programs()?,
            Format::Text | Format::Junit => self.tell_people()?,
        }
        if aftermath.github {
            write!(anstream::stdout(), "{}", github::annotations(self))?;
        }
        Ok(match self.findings.status() {
            CLEAN => self.interrupted.unwrap_or(CLEAN),
            status => status,
        })
    }

    fn tell_programs(&self) -> Result<(), Failure> {
        let mut out = anstream::stdout().lock();
        for kept in self.kept {
            let (group, kind) = (&kept.group, &kept.group.kind);
            let count = |before: bool| {
                let (whole, small) = kept.scenarios.as_deref()?;
                let scenario = if before { whole } else { small };
                Some((
                    scenario.faults.len() + scenario.messages.len(),
                    scenario.workload.operations,
                ))
            };
            let (before, after) = (count(true).unzip(), count(false).unzip());
            let line = json!({
                "v": 1,
                "type": "group",
                "name": kind.name(),
                "verdict": kind.verdict.word(),
                "code": kind.code,
                "judge": kind.judge,
                "message": group.message,
                "seeds": group.count,
                "first": group.first.to_string(),
                "smallest": group.smallest.1.to_string(),
                "way": group.smallest.2.word(),
                "file": kept.file,
                "faults_before": before.0,
                "faults": after.0,
                "operations_before": before.1,
                "operations": after.1,
                "minimal": kept.is_minimal,
            });
            writeln!(out, "{line}")?;
        }
        let totals = &self.findings.totals;
        let seconds = std::time::Duration::from_millis(totals.millis).as_secs_f64();
        let marks = self.findings.marks.iter().map(|(name, seed)| (name, seed.to_string()));
        let ways: serde_json::Map<String, serde_json::Value> = self
            .yields
            .iter()
            .map(|(way, found)| {
                (way.word().to_owned(), json!({ "runs": found.runs, "news": found.news }))
            })
            .collect();
        let line = json!({
            "v": 1,
            "type": "campaign",
            "runs": totals.runs,
            "events": totals.events,
            "operations": totals.operations,
            "failures": self.findings.count(Verdict::Violation),
            "undecided": self.findings.count(Verdict::Undecided),
            "two_hashes": self.findings.count(Verdict::TwoHashes),
            "broken": self.findings.count(Verdict::Broken),
            "seconds": seconds,
            "marks": marks.collect::<std::collections::BTreeMap<_, _>>(),
            "never_reached": self.findings.never_reached().collect::<Vec<_>>(),
            "ways": ways,
            "notes": self.notes,
        });
        writeln!(out, "{line}")?;
        Ok(())
    }

    fn tell_people(&self) -> Result<(), Failure> {
        let mut out = anstream::stdout().lock();
        let totals = &self.findings.totals;
        writeln!(
            out,
            "{}  {}  {}, {} committed",
            number::counted(totals.runs, "run", "runs"),
            if self.kept.is_empty() { paint(GOOD, "clean") } else { paint(BAD, &self.verdict()) },
            number::counted(totals.events, "event", "events"),
            number::counted(totals.operations, "operation", "operations"),
        )?;
        for note in self.notes {
            writeln!(out, "{note}")?;
        }
        let never: Vec<&str> = self.findings.never_reached().collect();
        // Of a campaign that stopped early it says nothing.
        if !never.is_empty() && self.kept.is_empty() {
            writeln!(out, "never reached: {}", never.join(", "))?;
        }
        for kept in self.kept {
            let code = paint(BAD, &kept.group.kind.code);
            writeln!(out, "\n{code}  {}", kept.seeds())?;
            writeln!(out, "  {}", kept.group.message)?;
            if let Some(file) = &kept.file {
                let sizes = kept.sizes().unwrap_or_default();
                writeln!(out, "  {}  {}", file.display(), paint(FAINT, &sizes))?;
            }
        }
        let violation = |kept: &&Kept| kept.group.kind.verdict == Verdict::Violation;
        if let Some(worst) = self.kept.iter().find(violation)
            && let Some((_, small)) = worst.scenarios.as_deref()
        {
            writeln!(out)?;
            write!(out, "{}", explain(small, &worst.replay(self.variant)))?;
            let original = worst.group.words(self.variant);
            writeln!(out, "  {} vsr-sim {original}", paint(LABEL, "original "))?;
        }
        Ok(())
    }

    /// `7 failures of 2 kinds`.
    pub(crate) fn verdict(&self) -> String {
        let failures = number::counted(self.findings.failures(), "failure", "failures");
        let kinds = u64::try_from(self.kept.len()).unwrap_or(u64::MAX);
        match kinds {
            0 => "clean".to_owned(),
            kinds => format!("{failures} of {}", number::counted(kinds, "kind", "kinds")),
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::Unwritable(path.to_owned(), error))
}
