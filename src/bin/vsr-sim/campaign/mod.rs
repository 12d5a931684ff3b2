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
mod schedule;
mod shard;
mod shift;
mod summary;

pub(crate) use journal::NoResults;
pub(crate) use merge::merge;
pub(crate) use shard::{Shard, ShardWord};

use crate::arguments::{Campaign, Format, Options, SharesWord};
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
use schedule::{Blocks, Schedule};
use shift::{BLOCK, Shift};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use vsr::sim::scenario::{Shares, Way};

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
    let mut campaign = Running::start(words, options, &plan)?;
    let jobs = words.jobs();
    let orders = Orders {
        first: campaign.done,
        jobs,
        twice: words.check_determinism,
        timeout: words.timeout_per_seed,
        variant: options.variant(),
        schedule: Arc::clone(&campaign.schedule),
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
        yields: &campaign.shift.as_ref().map(Shift::yields).unwrap_or_default(),
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

/// Whether a portfolio's shares shift.
fn shifts(words: &Campaign, options: &Options, plan: &Plan) -> Result<bool, Failure> {
    let (is_portfolio, is_whole) = (options.way == Way::Portfolio, plan.shard == Shard::WHOLE);
    let refused = |why: &str| Err(Failure::Words(format!("--shares shifting: {why}")));
    match words.shares {
        Some(SharesWord::Fixed) => Ok(false),
        Some(SharesWord::Shifting) if !is_portfolio => refused("only those of a portfolio shift"),
        Some(SharesWord::Shifting) if !is_whole => {
            refused("a shard does not know what the others have found, so that shares are fixed")
        }
        None | Some(SharesWord::Shifting) => Ok(is_portfolio && is_whole),
    }
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
    /// What each way has found, where shares shift.
    shift: Option<Shift>,
    schedule: Arc<Schedule>,
    /// How many of the plan's seeds are taken.
    done: u64,
    /// How long earlier parts took.
    millis_before: u64,
    /// Whether there are as many failures as are wanted.
    is_full: bool,
    watch: Stopwatch,
}

impl<'words> Running<'words> {
    /// A campaign that has not begun yet, or goes on from what is in its file.
    fn start(
        words: &'words Campaign,
        options: &'words Options,
        plan: &Plan,
    ) -> Result<Self, Failure> {
        let shifts = shifts(words, options, plan)?;
        let schedule = if shifts {
            Schedule::Shifting(Blocks::default())
        } else {
            Schedule::Fixed(options.way)
        };
        let mut campaign = Self {
            words,
            options,
            findings: Findings::default(),
            journal: None,
            shift: shifts.then(Shift::default),
            schedule: Arc::new(schedule),
            done: 0,
            millis_before: 0,
            is_full: false,
            watch: Stopwatch::start(),
        };
        if let Some(path) = &words.results {
            let title = Title::new(plan.clone(), options.variant(), shifts);
            let (journal, earlier) = Journal::open(path, &title)?;
            campaign.journal = Some(journal);
            if let Some(earlier) = earlier {
                campaign.go_on_from(earlier)?;
            }
        }
        campaign.publish();
        Ok(campaign)
    }

    fn go_on_from(&mut self, earlier: Results) -> Result<(), Failure> {
        self.done = earlier.done;
        self.millis_before = earlier.findings.totals.millis;
        self.findings = earlier.findings;
        self.shift = earlier.shift;
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

    /// Tells the shares of the block that is next, and of the one behind it.
    fn publish(&self) {
        if let (Some(shift), Schedule::Shifting(blocks)) = (&self.shift, &*self.schedule) {
            let block = self.done / BLOCK;
            blocks.publish(block, shift.now().clone());
            blocks.publish(block + 1, shift.next().clone());
        }
    }

    /// The way of the seed that is taken next.
    fn way(&self, seed: u64) -> Way {
        let shares = self.shift.as_ref().map(Shift::now);
        shares.map_or_else(|| self.options.way.of(seed), |shares: &Shares| shares.choose(seed))
    }

    /// Takes note of what a way has found.
    fn note_yield(&mut self, way: Way, found: (&[&'static str], u64)) {
        if let (Some(shift), Schedule::Shifting(blocks)) = (&mut self.shift, &*self.schedule)
            && let Some((block, shares)) = shift.take(self.done, way, found)
        {
            blocks.publish(block, shares);
        }
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
        let way = self.way(seed);
        let failure = match outcome {
            Outcome::Ran { report, cost, parted } => {
                for name in self.findings.take(&report) {
                    if let Some(journal) = &mut self.journal {
                        journal.mark(name, seed)?;
                    }
                }
                self.note_yield(way, (&report.marks, report.tally.events));
                failure::Failure::of(&report, way, cost, parted.as_deref())
            }
            Outcome::Late => {
                self.note_yield(way, (&[], 0));
                self.findings.totals.runs += 1;
                let message = format!("no verdict within {:?}", self.words.timeout_per_seed);
                let verdict = failure::Verdict::Undecided;
                Some(failure::Failure::without_report((seed, way), verdict, message))
            }
            Outcome::Broken(message) => {
                self.note_yield(way, (&[], 0));
                self.findings.totals.runs += 1;
                let verdict = failure::Verdict::Broken;
                Some(failure::Failure::without_report((seed, way), verdict, message))
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
            Some(journal) => {
                let totals = &self.findings.totals;
                Ok(journal.progress(totals, self.done, self.shift.as_mut())?)
            }
            None => Ok(()),
        }
    }
}

/// How long nothing may come home before somebody looks for seeds that take too long.
const TICK: Duration = Duration::from_millis(50);
