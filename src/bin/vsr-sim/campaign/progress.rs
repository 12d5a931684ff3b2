//! How far a campaign is, told on standard error: a bar on a terminal, else a line now and then.

use super::failure::Verdict;
use super::findings::Findings;
use crate::stopwatch::Stopwatch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::Write;
use vsr::report::number;
use vsr::report::style::{FAINT, paint};
use vsr::sim::mark;

/// Tells people how far it is.
pub(crate) struct Progress {
    /// Of all runs, where their number is known.
    runs: Option<u64>,
    /// Runs and events of an earlier part, which say nothing of today's speed.
    before: (u64, u64),
    bar: Option<ProgressBar>,
    told: u64,
}

impl Progress {
    pub(crate) fn new(runs: Option<u64>, findings: &Findings, is_quiet: bool) -> Self {
        let target = ProgressDrawTarget::stderr();
        let bar = (!is_quiet && !target.is_hidden()).then(|| {
            let bar = ProgressBar::with_draw_target(runs, target);
            let template = if runs.is_some() { BAR } else { SPINNER };
            // Both templates are valid; if one were not, the default bar does as well.
            bar.set_style(
                ProgressStyle::with_template(template)
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar
        });
        let before = (findings.totals.runs, findings.totals.events);
        Self { runs, before, bar, told: if is_quiet { u64::MAX } else { 0 } }
    }

    /// Called often; says something when it is time, or when it `is_asked`.
    pub(crate) fn tick(
        &mut self,
        findings: &Findings,
        watch: &Stopwatch,
        is_asked: bool,
    ) -> std::io::Result<()> {
        if let Some(bar) = &self.bar {
            bar.set_position(findings.totals.runs);
            bar.set_message(self.words(findings, watch));
        }
        let now = watch.whole_seconds();
        if is_asked || (self.bar.is_none() && now >= self.told.saturating_add(TELL_EVERY)) {
            self.told = self.told.max(now);
            let runs = number::grouped(findings.totals.runs);
            let of = self.runs.map(|runs| format!(" of {}", number::grouped(runs)));
            let line =
                format!("{runs}{} runs, {}", of.unwrap_or_default(), self.words(findings, watch));
            let line = paint(FAINT, &line);
            match &self.bar {
                Some(bar) => bar.suspend(|| writeln!(anstream::stderr(), "{line}"))?,
                None => writeln!(anstream::stderr(), "{line}")?,
            }
        }
        Ok(())
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn words(&self, findings: &Findings, watch: &Stopwatch) -> String {
        let millis = watch.millis().max(1);
        let per_second =
            |now: u64, before: u64| number::grouped((now - before).saturating_mul(1_000) / millis);
        let totals = &findings.totals;
        let mut text = format!(
            "{} runs/s, {} events/s, {} of {} marks",
            per_second(totals.runs, self.before.0),
            per_second(totals.events, self.before.1),
            findings.marks.len(),
            mark::names().count(),
        );
        let failures = by_code(findings);
        if failures.is_empty() {
            text.push_str(", no failure");
        }
        for (code, count) in failures {
            text.push_str(&format!(", {code} {}", number::grouped(count)));
        }
        text
    }
}

/// How often each code was found.
fn by_code(findings: &Findings) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for group in findings.groups() {
        let name = match group.kind.verdict {
            Verdict::Violation | Verdict::Undecided => group.kind.code.clone(),
            Verdict::TwoHashes => "not deterministic".to_owned(),
            Verdict::Broken => "broken simulator".to_owned(),
        };
        *counts.entry(name).or_default() += group.count;
    }
    counts
}

const BAR: &str = "{bar:30} {percent}%  {msg}  {eta} left";
const SPINNER: &str = "{spinner} {human_pos} runs  {msg}  {elapsed}";

/// Without a terminal a line is written every so many seconds.
const TELL_EVERY: u64 = 10;
