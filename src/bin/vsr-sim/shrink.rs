//! Shrinking: a failing seed or file becomes the smallest scenario that fails in the same way.

use crate::arguments::{Format, Options, Shrink};
use crate::exit::{CLEAN, Failure, NOT_REPRODUCED};
use crate::signals::Signals;
use crate::stopwatch::Stopwatch;
use crate::subject::Meant;
use std::io::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use vsr::report::style::{FAINT, paint};
use vsr::report::{json, number};
use vsr::sim::Scenario;
use vsr::sim::shrink::{Judge, Shrunk, Signature, Stopped, cost, shrink};

/// Shrinks a failure and writes what is left of it.
pub(crate) fn run(words: &Shrink, options: &Options) -> Result<u8, Failure> {
    let Meant { scenario, name: origin, .. } = words.subject.find(options)?;
    let report = vsr::sim::run(&scenario);
    let Some(violation) = &report.violation else {
        writeln!(anstream::stderr(), "{origin} passes: there is nothing to shrink")?;
        return Ok(NOT_REPRODUCED);
    };
    let signature = Signature::of(violation);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let signals = Signals::listen()?;
    let jobs = words.jobs.map_or(cores, usize::from);
    let mut crew = Crew::new(&signature, jobs, words.time, &signals);
    crew.told = if options.quiet { u64::MAX } else { 0 };
    let shrunk = shrink(&scenario, &signature, &mut crew);
    let (runs, seconds) = (crew.runs, crew.watch.seconds());
    let text = story(&origin, &scenario, &shrunk);
    let small = shrunk.scenario;
    if let Some(path) = &words.output {
        std::fs::write(path, &text).map_err(|why| Failure::Unwritable(path.clone(), why))?;
    }
    let mut out = anstream::stdout().lock();
    match (options.format, &words.output) {
        (Format::Json, _) => {
            let line = json::shrunk(&signature, (&scenario, &small), &text);
            writeln!(out, "{line}")?;
        }
        (Format::Text | Format::Junit, None) => write!(out, "{text}")?,
        (Format::Text | Format::Junit, Some(path)) => {
            let name = path.display();
            writeln!(out, "{name}: {}", sizes(&scenario, &small))?;
            writeln!(out, "  replay    vsr-sim run {name}")?;
            writeln!(out, "  trace     vsr-sim trace {name}")?;
        }
    }
    if !options.quiet {
        let speed = number::counted(runs, "run", "runs");
        writeln!(anstream::stderr(), "{}", paint(FAINT, &format!("{speed} in {seconds:.1} s")))?;
    }
    Ok(CLEAN)
}

/// The file: what it shows, where it comes from, and the scenario.
pub(crate) fn story(origin: &str, before: &Scenario, shrunk: &Shrunk) -> String {
    let mut text = String::new();
    if let Some(violation) = vsr::sim::run(&shrunk.scenario).violation {
        text.push_str(&format!("# {}: {}.\n", violation.code, violation.message));
    }
    let state = if shrunk.is_minimal { "Nothing can be left out." } else { "Not finished." };
    let sizes = sizes(before, &shrunk.scenario);
    text.push_str(&format!("# Shrunk from {origin}: {sizes}. {state}\n"));
    if !shrunk.free.is_empty() {
        let free: Vec<String> = shrunk.free.iter().map(ToString::to_string).collect();
        text.push_str(&format!("# Free, other values fail as well: {}.\n", free.join(", ")));
    }
    text.push_str(&shrunk.text());
    text
}

/// `14 faults, 120 operations → 2 faults, 5 operations`.
pub(crate) fn sizes(before: &Scenario, after: &Scenario) -> String {
    let size = |scenario: &Scenario| {
        let faults = scenario.faults.len() + scenario.messages.len();
        let faults = u64::try_from(faults).unwrap_or(u64::MAX);
        format!(
            "{}, {}",
            number::counted(faults, "fault", "faults"),
            number::counted(u64::from(scenario.workload.operations), "operation", "operations")
        )
    };
    format!("{} → {}", size(before), size(after))
}

/// Tries candidates on all cores.
pub(crate) struct Crew<'all> {
    signature: &'all Signature,
    jobs: usize,
    limit: Option<Duration>,
    signals: &'all Signals,
    runs: u64,
    /// In which second progress was told; at the end of all time where nobody wants to know.
    told: u64,
    watch: Stopwatch,
}

impl<'all> Crew<'all> {
    /// A crew that is silent about its progress.
    pub(crate) fn new(
        signature: &'all Signature,
        jobs: usize,
        limit: Option<Duration>,
        signals: &'all Signals,
    ) -> Self {
        let watch = Stopwatch::start();
        Self { signature, jobs, limit, signals, runs: 0, told: u64::MAX, watch }
    }
}

impl Judge for Crew<'_> {
    fn first(&mut self, candidates: &[Scenario]) -> Result<Option<usize>, Stopped> {
        let is_late = self.limit.is_some_and(|limit| self.watch.elapsed() >= limit);
        if is_late || self.signals.must_stop() {
            return Err(Stopped);
        }
        let now = self.watch.whole_seconds();
        if now > self.told {
            self.told = now;
            let least = candidates.iter().map(cost).min().unwrap_or(0);
            let runs = number::counted(self.runs, "run", "runs");
            let line = format!("{runs}, trying for a cost of {least}");
            // Progress that nobody reads is no reason to stop.
            let _ = writeln!(anstream::stderr(), "{}", paint(FAINT, &line));
        }
        let next = AtomicUsize::new(0);
        let found = AtomicUsize::new(usize::MAX);
        let runs = AtomicU64::new(0);
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                // What comes after a find need not be tried; what comes before it must.
                if index >= candidates.len() || index > found.load(Ordering::Relaxed) {
                    return;
                }
                runs.fetch_add(1, Ordering::Relaxed);
                let report = vsr::sim::run(&candidates[index]);
                let fails = report.violation.is_some_and(|v| Signature::of(&v) == *self.signature);
                if fails {
                    found.fetch_min(index, Ordering::Relaxed);
                }
            }
        };
        if candidates.len() == 1 || self.jobs == 1 {
            work();
        } else {
            std::thread::scope(|scope| {
                for _ in 0..self.jobs.min(candidates.len()) {
                    scope.spawn(work);
                }
            });
        }
        self.runs += runs.into_inner();
        let found = found.into_inner();
        Ok((found < candidates.len()).then_some(found))
    }
}
