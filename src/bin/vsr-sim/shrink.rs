//! Shrinking: a failing seed or file becomes the smallest scenario that fails in the same way.

use crate::arguments::{Format, Options, Shrink};
use crate::exit::{CLEAN, Failure, NOT_REPRODUCED};
use crate::files;
use crate::stopwatch::Stopwatch;
use std::io::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use vsr::report::style::{FAINT, paint};
use vsr::report::{json, number};
use vsr::sim::shrink::{Judge, Signature, Stopped, cost, shrink};
use vsr::sim::{Report, Scenario};

/// Shrinks a failure and writes what is left of it.
pub(crate) fn run(words: &Shrink, options: &Options) -> Result<u8, Failure> {
    let (scenario, origin) = match (words.subject.seed, &words.subject.file) {
        (Some(seed), _) => (Scenario::generate(seed), format!("seed {seed}")),
        (None, Some(file)) => (files::read(file)?, file.display().to_string()),
        (None, None) => (Scenario::default(), String::new()),
    };
    let report = vsr::sim::run(&scenario);
    let Some(violation) = &report.violation else {
        writeln!(anstream::stderr(), "{origin} passes: there is nothing to shrink")?;
        return Ok(NOT_REPRODUCED);
    };
    let signature = Signature::of(violation);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut crew = Crew {
        signature: &signature,
        jobs: words.jobs.map_or(cores, usize::from),
        seconds: words.seconds,
        runs: 0,
        told: 0,
        watch: Stopwatch::start(),
        is_quiet: options.quiet,
    };
    let shrunk = shrink(&scenario, &signature, &mut crew);
    let (runs, seconds) = (crew.runs, crew.watch.seconds());
    let small = shrunk.scenario;
    let left = vsr::sim::run(&small);
    let text = story(&origin, &scenario, &small, &left, shrunk.is_minimal);
    if let Some(path) = &words.output {
        std::fs::write(path, &text).map_err(|why| Failure::Unwritable(path.clone(), why))?;
    }
    let mut out = anstream::stdout().lock();
    match (options.format, &words.output) {
        (Format::Json, _) => {
            let line = json::shrunk(&signature, (&scenario, &small), &text);
            writeln!(out, "{line}")?;
        }
        (Format::Text, None) => write!(out, "{text}")?,
        (Format::Text, Some(path)) => {
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
fn story(
    origin: &str,
    before: &Scenario,
    after: &Scenario,
    report: &Report,
    is_minimal: bool,
) -> String {
    let mut text = String::new();
    if let Some(violation) = &report.violation {
        text.push_str(&format!("# {}: {}.\n", violation.code, violation.message));
    }
    let state = if is_minimal { "Nothing can be left out." } else { "Not finished." };
    text.push_str(&format!("# Shrunk from {origin}: {}. {state}\n", sizes(before, after)));
    text.push_str(&after.brief());
    text
}

fn sizes(before: &Scenario, after: &Scenario) -> String {
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
struct Crew<'signature> {
    signature: &'signature Signature,
    jobs: usize,
    seconds: Option<u64>,
    runs: u64,
    told: u64,
    watch: Stopwatch,
    is_quiet: bool,
}

impl Judge for Crew<'_> {
    fn first(&mut self, candidates: &[Scenario]) -> Result<Option<usize>, Stopped> {
        let now = self.watch.whole_seconds();
        if self.seconds.is_some_and(|seconds| now >= seconds) {
            return Err(Stopped);
        }
        if !self.is_quiet && now > self.told {
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
