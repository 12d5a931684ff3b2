//! What is kept of each kind of failure: its smallest scenario, shrunk, in a file.

use super::failure::Verdict;
use super::findings::{Findings, Group};
use crate::keeping;
use crate::shrink::{self, Crew};
use crate::signals::Signals;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vsr::report::number;
use vsr::report::style::{FAINT, paint};
use vsr::sim::Scenario;
use vsr::sim::scenario::Variant;
use vsr::sim::shrink::{Signature, shrink};

/// How failures are kept.
pub(crate) struct Keeping<'words> {
    /// The folder.
    pub(crate) folder: &'words Path,
    /// How long each may be shrunk.
    pub(crate) time: Duration,
    pub(crate) jobs: usize,
    pub(crate) variant: Variant,
    pub(crate) signals: &'words Signals,
    pub(crate) is_quiet: bool,
}

/// A kind of failure and the file that shows it.
pub(crate) struct Kept {
    pub(crate) group: Group,
    /// Nothing where there is no scenario to keep, or it could not be written.
    pub(crate) file: Option<PathBuf>,
    /// The scenario before and after.
    pub(crate) scenarios: Option<Box<(Scenario, Scenario)>>,
    /// Whether nothing can be left out of it any more.
    pub(crate) is_minimal: bool,
}

impl Keeping<'_> {
    /// Shrinks and writes the smallest of each kind.
    pub(crate) fn keep(&self, findings: &Findings) -> std::io::Result<Vec<Kept>> {
        let groups = findings.groups();
        let mut kept = Vec::with_capacity(groups.len());
        for (index, group) in groups.iter().enumerate() {
            if !self.is_quiet && group.kind.verdict == Verdict::Violation && !self.time.is_zero() {
                let line = format!("shrinking {} ({} of {})", group.kind, index + 1, groups.len());
                writeln!(anstream::stderr(), "{}", paint(FAINT, &line))?;
            }
            kept.push(self.keep_one(group)?);
        }
        Ok(kept)
    }

    fn keep_one(&self, group: &Group) -> std::io::Result<Kept> {
        let mut kept =
            Kept { group: group.clone(), file: None, scenarios: None, is_minimal: false };
        if group.kind.verdict != Verdict::Violation {
            return Ok(kept);
        }
        let (seed, variant) = group.seed(self.variant);
        let whole = Scenario::of_seed(seed, variant);
        let Some(violation) = vsr::sim::run(&whole).violation else {
            return Ok(kept);
        };
        let signature = Signature::of(&violation);
        let limit = if self.signals.must_stop() { Duration::ZERO } else { self.time };
        let mut crew = Crew::new(&signature, self.jobs, Some(limit), self.signals);
        let shrunk = shrink(&whole, &signature, &mut crew);
        let path = self.folder.join(format!("{}.toml", group.kind.name()));
        let text = shrink::story(&format!("seed {seed}"), &whole, &shrunk);
        match keeping::write(&path, &text) {
            Ok(()) => kept.file = Some(path),
            // The seed is told all the same, and says everything.
            Err(error) => writeln!(
                anstream::stderr(),
                "error: {}: the scenario of seed {seed} can't be written: {error}",
                path.display()
            )?,
        }
        kept.scenarios = Some(Box::new((whole, shrunk.scenario)));
        kept.is_minimal = shrunk.is_minimal;
        Ok(kept)
    }
}

impl Kept {
    /// What names the run: its file, or else its seed.
    pub(crate) fn replay(&self, variant: Variant) -> String {
        match &self.file {
            Some(file) => file.display().to_string(),
            None => self.group.words(variant),
        }
    }

    /// `2 faults, 5 operations; of 14 faults, 120 operations`, where there is a scenario.
    pub(crate) fn sizes(&self) -> Option<String> {
        let (whole, small) = self.scenarios.as_deref()?;
        let state = if self.is_minimal { "" } else { ", not finished" };
        Some(format!("{}{state}", shrink::sizes(whole, small)))
    }

    /// `7 seeds, the first 3`.
    pub(crate) fn seeds(&self) -> String {
        let group = &self.group;
        if group.count == 1 {
            format!("seed {}", group.first)
        } else {
            let count = number::counted(group.count, "seed", "seeds");
            format!("{count}, the first {}", group.first)
        }
    }
}
