//! Campaigns: many seeds on all cores. A run stays on one thread, and what came of the runs is
//! taken in the order of their seeds, so that nothing depends on how many run at a time.

mod conclusion;
mod crew;
mod failure;
mod findings;
mod github;
mod journal;
mod junit;
mod kept;
mod merge;
mod plan;
mod progress;
mod shard;
mod summary;

pub(crate) use journal::NoResults;
pub(crate) use merge::merge;
pub(crate) use shard::{Shard, ShardWord};

use crate::arguments::{Campaign, Format, Options};
use crate::exit::{BLIND, CLEAN, Failure, NOTHING_RAN};
use crate::signals::Signals;
use crate::stopwatch::Stopwatch;
use conclusion::Conclusion;
use crew::{Crew, Orders, Outcome};
use findings::Findings;
use journal::{Journal, Results, Title};
use kept::Keeping;
use plan::Plan;
use progress::Progress;
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

/// Runs a campaign.
pub(crate) fn run(words: &Campaign, options: &Options) -> Result<u8, Failure> {
    let plan = plan(words)?;
    if plan.len() == 0 {
        return nothing_ran(&plan);
    }
    if words.seeds.is_none() && !options.quiet {
        writeln!(anstream::stderr(), "seeds from {} on", plan.seeds.start)?;
    }
    let signals = Signals::listen()?;
    let title = Title::new(plan.clone(), options.variant());
    let mut campaign = Running {
        words,
        options,
        findings: Findings::default(),
        journal: None,
        done: 0,
        millis_before: 0,
        is_full: false,
        watch: Stopwatch::start(),
    };
    if let Some(path) = &words.results {
        let (journal, earlier) = Journal::open(path, &title)?;
        campaign.journal = Some(journal);
        if let Some(earlier) = earlier {
            campaign.go_on_from(earlier)?;
        }
    }
    let jobs = words.jobs();
    let orders = Orders {
        first: campaign.done,
        jobs,
        twice: words.check_determinism,
        timeout: words.timeout_per_seed,
        variant: options.variant(),
        plan: plan.clone(),
    };
    let crew = Crew::start(orders, crew::run);
    let runs = (plan.seeds.end < u64::MAX).then(|| plan.len());
    let events_before = campaign.findings.totals.events;
    let progress = Progress::new(runs, &campaign.findings, options.quiet);
    campaign.collect(crew, &plan, progress, &signals)?;
    if !options.quiet {
        let events = campaign.findings.totals.events - events_before;
        writeln!(anstream::stderr(), "{}", campaign.watch.speed(events))?;
    }
    let keeping = Keeping {
        folder: &words.aftermath.failures,
        time: words.aftermath.shrink,
        jobs,
        variant: options.variant(),
        signals: &signals,
        is_quiet: options.quiet,
    };
    let kept = keeping.keep(&campaign.findings)?;
    let conclusion = Conclusion {
        findings: &campaign.findings,
        kept: &kept,
        first: plan.seeds.start,
        seeds: (campaign.done * plan.shard.count).min(plan.seeds.end - plan.seeds.start),
        interrupted: signals.status().filter(|_| campaign.done < plan.len()),
        variant: options.variant(),
        notes: &[],
    };
    let status = conclusion.tell(&words.aftermath, options)?;
    let has_missed = words.all_marks && campaign.findings.never_reached().next().is_some();
    Ok(match (status, has_missed) {
        (CLEAN, true) => BLIND,
        (status, _) => status,
    })
}

/// Says so when there is no seed to run.
fn nothing_ran(plan: &Plan) -> Result<u8, Failure> {
    let (seeds, shard) = (&plan.seeds, plan.shard);
    let range = format!("{}..{}", seeds.start, seeds.end);
    writeln!(anstream::stderr(), "error: no seeds in {range} for shard {shard}")?;
    Ok(NOTHING_RAN)
}

/// Which seeds are run.
fn plan(words: &Campaign) -> Result<Plan, Failure> {
    let shard = match words.shard {
        Some(word) => word.find(variable).map_err(Failure::Words)?,
        None => Shard::WHOLE,
    };
    let seeds = match (&words.seeds, &words.results) {
        (Some(seeds), _) => seeds.clone(),
        // Whoever goes on with what is there need not say again what it is.
        (None, Some(path)) if std::fs::metadata(path).is_ok_and(|f| f.is_file() && f.len() > 0) => {
            return Ok(Results::read(path)?.title.plan);
        }
        (None, _) => crate::seeds::pick_seed() >> 1..u64::MAX,
    };
    Ok(Plan { seeds, shard })
}

/// What a system that runs many copies of a job says of this one.
#[expect(clippy::disallowed_methods, reason = "which seeds are run is no part of a run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A campaign while it goes on.
struct Running<'words> {
    words: &'words Campaign,
    options: &'words Options,
    findings: Findings,
    journal: Option<Journal>,
    /// How many of the plan's seeds are taken.
    done: u64,
    /// How long earlier parts took.
    millis_before: u64,
    /// Whether there are as many failures as are wanted.
    is_full: bool,
    watch: Stopwatch,
}

impl Running<'_> {
    fn go_on_from(&mut self, earlier: Results) -> Result<(), Failure> {
        self.done = earlier.done;
        self.millis_before = earlier.findings.totals.millis;
        self.findings = earlier.findings;
        self.is_full = self.findings.failures() >= self.words.max_failures.0;
        if !self.options.quiet {
            let runs = vsr::report::number::counted(self.done, "run", "runs");
            writeln!(anstream::stderr(), "going on after {runs}")?;
        }
        for failure in &earlier.failures {
            self.tell(failure)?;
        }
        Ok(())
    }

    /// Takes what comes home until everybody has left.
    fn collect(
        &mut self,
        mut crew: Crew,
        plan: &Plan,
        mut progress: Progress,
        signals: &Signals,
    ) -> Result<(), Failure> {
        let mut waiting = BTreeMap::new();
        let mut saved = 0;
        while !crew.is_gone() {
            let is_time_over = self.words.time.is_some_and(|time| self.watch.elapsed() >= time);
            if is_time_over || self.is_full || signals.must_stop() {
                crew.stop();
            }
            match crew.receive(TICK) {
                Some((index, outcome)) => {
                    waiting.insert(index, outcome);
                }
                None => {
                    for index in crew.give_up_late_ones() {
                        waiting.insert(index, Outcome::Late);
                    }
                }
            }
            while !self.is_full
                && let Some(outcome) = waiting.remove(&self.done)
            {
                self.take(plan.seed(self.done), outcome)?;
                self.done += 1;
            }
            progress.tick(&self.findings, &self.watch, signals.is_asked())?;
            let now = self.watch.whole_seconds();
            if now > saved {
                saved = now;
                self.save()?;
            }
        }
        progress.end();
        self.save()
    }

    fn take(&mut self, seed: u64, outcome: Outcome) -> Result<(), Failure> {
        let failure = match outcome {
            Outcome::Ran { report, cost, parted } => {
                for name in self.findings.take(&report) {
                    if let Some(journal) = &mut self.journal {
                        journal.mark(name, seed)?;
                    }
                }
                failure::Failure::of(&report, cost, parted.as_deref())
            }
            Outcome::Late => {
                self.findings.totals.runs += 1;
                let message = format!("no verdict within {:?}", self.words.timeout_per_seed);
                let verdict = failure::Verdict::Undecided;
                Some(failure::Failure::without_report(seed, verdict, message))
            }
            Outcome::Broken(message) => {
                self.findings.totals.runs += 1;
                let verdict = failure::Verdict::Broken;
                Some(failure::Failure::without_report(seed, verdict, message))
            }
        };
        if let Some(failure) = failure {
            self.findings.note_failure(&failure);
            if let Some(journal) = &mut self.journal {
                journal.failure(&failure)?;
            }
            self.tell(&failure)?;
            self.is_full = self.findings.failures() >= self.words.max_failures.0;
        }
        Ok(())
    }

    /// Programs are told of each failure at once.
    fn tell(&self, failure: &failure::Failure) -> Result<(), Failure> {
        if self.options.format == Format::Json {
            writeln!(anstream::stdout(), "{}", failure.line)?;
        }
        Ok(())
    }

    fn save(&mut self) -> Result<(), Failure> {
        self.findings.totals.millis = self.millis_before + self.watch.millis();
        match &mut self.journal {
            Some(journal) => Ok(journal.progress(&self.findings.totals, self.done)?),
            None => Ok(()),
        }
    }
}

/// How long nothing may come home before somebody looks for seeds that take too long.
const TICK: Duration = Duration::from_millis(50);
