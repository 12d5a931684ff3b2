//! The results of several shards as those of one campaign, in whatever order they are given.

use super::conclusion::Conclusion;
use super::findings::Findings;
use super::journal::Results;
use super::kept::Keeping;
use super::shard::Shard;
use crate::arguments::{Format, Merge, Options};
use crate::exit::{CLEAN, Failure, UNDECIDED};
use crate::signals::Signals;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

/// Joins results, and tells them as a campaign does.
pub(crate) fn merge(words: &Merge, options: &Options) -> Result<u8, Failure> {
    let mut parts = words
        .results
        .iter()
        .map(|path| Ok((Results::read(path)?, path)))
        .collect::<Result<Vec<_>, Failure>>()?;
    parts.sort_by_key(|(part, _)| (part.title.plan.seeds.start, part.title.plan.shard.index));
    check(&parts)?;
    let mut findings = Findings::default();
    let mut failures = Vec::new();
    for (part, _) in &mut parts {
        let totals = part.findings.totals;
        findings.totals.runs += totals.runs;
        findings.totals.events += totals.events;
        findings.totals.operations += totals.operations;
        findings.totals.millis += totals.millis;
        for (name, &seed) in &part.findings.marks {
            findings.note_mark(name, seed);
        }
        failures.append(&mut part.failures);
    }
    failures.sort_by_key(|failure| failure.seed);
    for failure in &failures {
        findings.note_failure(failure);
        if options.format == Format::Json {
            writeln!(anstream::stdout(), "{}", failure.line)?;
        }
    }
    let variant = parts.first().map(|(part, _)| part.title.variant).unwrap_or_default();
    let signals = Signals::listen()?;
    let keeping = Keeping {
        folder: &words.aftermath.failures,
        time: words.aftermath.shrink,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
        variant,
        signals: &signals,
        is_quiet: options.quiet,
    };
    let kept = keeping.keep(&findings)?;
    let (first, end) = bounds(&parts);
    let notes = missing(&parts);
    let conclusion = Conclusion {
        findings: &findings,
        kept: &kept,
        first,
        seeds: end - first,
        interrupted: signals.status(),
        variant,
        yields: &[],
        notes: &notes,
    };
    let status = conclusion.tell(&words.aftermath, options)?;
    // A shard that never came home may have found anything.
    Ok(if status == CLEAN && !notes.is_empty() { UNDECIDED } else { status })
}

/// All must be of one build, and no seed may be in two of them.
fn check(parts: &[(Results, &PathBuf)]) -> Result<(), Failure> {
    let Some((first, first_path)) = parts.first() else {
        return Ok(());
    };
    for (index, (part, path)) in parts.iter().enumerate() {
        let (name, other) = (path.display(), first_path.display());
        if !part.title.is_of_one_build(&first.title) {
            return Err(Failure::Words(format!(
                "{other} and {name} are results of different builds, whose runs differ: {}; {}",
                first.title, part.title
            )));
        }
        for (earlier, earlier_path) in &parts[..index] {
            let plan = &part.title.plan;
            if let Some(seed) = plan.shared_with(part.done, &earlier.title.plan, earlier.done) {
                let other = earlier_path.display();
                return Err(Failure::Words(format!("{other} and {name} both have seed {seed}")));
            }
        }
    }
    Ok(())
}

/// The first seed of all, and the end of those that were looked at.
fn bounds(parts: &[(Results, &PathBuf)]) -> (u64, u64) {
    let first = parts.iter().map(|(part, _)| part.title.plan.seeds.start).min().unwrap_or(0);
    let end = parts.iter().filter(|(part, _)| part.done > 0);
    let end = end.map(|(part, _)| part.title.plan.seed(part.done - 1) + 1).max();
    (first, end.unwrap_or(first))
}

/// The shards that are not there.
fn missing(parts: &[(Results, &PathBuf)]) -> Vec<String> {
    let mut notes = Vec::new();
    let campaigns: BTreeSet<(u64, u64, u64)> = parts
        .iter()
        .map(|(part, _)| &part.title.plan)
        .map(|plan| (plan.seeds.start, plan.seeds.end, plan.shard.count))
        .collect();
    for (start, end, count) in campaigns {
        let is_there = |index: u64| {
            parts.iter().any(|(part, _)| {
                let plan = &part.title.plan;
                plan.seeds == (start..end) && plan.shard == Shard { index, count }
            })
        };
        for index in (0..count.min(end - start)).filter(|&index| !is_there(index)) {
            let shard = Shard { index, count };
            notes.push(format!("shard {shard} of seeds {start}..{end} is missing"));
        }
    }
    notes
}
