//! Many seeds on all cores. A run stays on one thread; what came of them is told in the order
//! of the seeds.

use crate::arguments::{Campaign, Format, Options};
use crate::exit::{BLIND, CLEAN, Failure, NOTHING_RAN, TWO_HASHES, UNDECIDED, VIOLATION};
use crate::explain::explain;
use crate::stopwatch::Stopwatch;
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use vsr::report::style::{BAD, FAINT, GOOD, paint};
use vsr::report::{json, number};
use vsr::sim::{Report, Scenario, mark};

/// What a worker sends home.
struct Ended {
    report: Report,
    /// Whether a second run of the seed came to another hash.
    has_two_hashes: bool,
}

/// What is known so far.
#[derive(Default)]
struct Progress {
    numbers: json::Campaign,
    failures: Vec<Report>,
    two_hashes: Vec<u64>,
    marks: BTreeSet<&'static str>,
}

/// Runs a campaign.
pub(crate) fn run(campaign: &Campaign, options: &Options) -> Result<u8, Failure> {
    if campaign.seeds.is_empty() {
        writeln!(anstream::stderr(), "error: no seeds in {:?}", campaign.seeds)?;
        return Ok(NOTHING_RAN);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = campaign.jobs.map_or(cores, usize::from);
    let next = AtomicU64::new(campaign.seeds.start);
    let is_over = AtomicBool::new(false);
    let watch = Stopwatch::start();
    let mut progress = Progress::default();
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let send = send.clone();
            scope.spawn(|| work(&next, campaign.seeds.end, &is_over, send));
        }
        drop(send);
        collect(&receive, campaign, options, &is_over, &watch, &mut progress)
    })?;
    progress.failures.sort_by_key(|report| report.seed);
    progress.two_hashes.sort_unstable();
    let status = conclude(&progress, &watch, options)?;
    let has_missed = campaign.all_marks && progress.never_reached().next().is_some();
    Ok(if status == CLEAN && has_missed { BLIND } else { status })
}

/// Runs seeds until none is left.
fn work(next: &AtomicU64, end: u64, is_over: &AtomicBool, home: mpsc::Sender<Ended>) {
    while !is_over.load(Ordering::Relaxed) {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return;
        }
        let scenario = Scenario::generate(seed);
        let report = vsr::sim::run(&scenario);
        let is_sample = vsr::sim::random::mix(seed).is_multiple_of(TWICE_EVERY);
        let has_two_hashes = is_sample && vsr::sim::run(&scenario).hash != report.hash;
        if home.send(Ended { report, has_two_hashes }).is_err() {
            return;
        }
    }
}

fn collect(
    receive: &mpsc::Receiver<Ended>,
    campaign: &Campaign,
    options: &Options,
    is_over: &AtomicBool,
    watch: &Stopwatch,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let mut told = watch.whole_seconds();
    loop {
        match receive.recv_timeout(Duration::from_millis(500)) {
            Ok(ended) => progress.take(ended),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
        }
        if progress.failures.len() >= campaign.max_failures {
            is_over.store(true, Ordering::Relaxed);
        }
        if !options.quiet && watch.whole_seconds() >= told + TELL_EVERY {
            told = watch.whole_seconds();
            let seeds = campaign.seeds.end - campaign.seeds.start;
            let line = progress.line(seeds, watch);
            writeln!(anstream::stderr(), "{}", paint(FAINT, &line))?;
        }
    }
}

fn conclude(progress: &Progress, watch: &Stopwatch, options: &Options) -> Result<u8, Failure> {
    let never: Vec<&str> = progress.never_reached().collect();
    let mut out = anstream::stdout().lock();
    if options.format == Format::Json {
        for report in &progress.failures {
            writeln!(out, "{}", json::run(report))?;
        }
        writeln!(out, "{}", json::campaign(&progress.numbers, watch.seconds(), &never))?;
        return Ok(progress.status());
    }
    if !options.quiet {
        writeln!(anstream::stderr(), "{}", watch.speed(progress.numbers.events))?;
    }
    let verdict = if progress.status() == CLEAN {
        paint(GOOD, "clean")
    } else {
        paint(BAD, &number::counted(progress.numbers.failures, "failure", "failures"))
    };
    writeln!(
        out,
        "{}  {verdict}  {}, {} committed",
        number::counted(progress.numbers.runs, "run", "runs"),
        number::counted(progress.numbers.events, "event", "events"),
        number::counted(progress.numbers.operations, "operation", "operations"),
    )?;
    // Of a campaign that stopped early it says nothing.
    if !never.is_empty() && progress.failures.is_empty() {
        writeln!(out, "never reached: {}", never.join(", "))?;
    }
    for seed in &progress.two_hashes {
        writeln!(out, "{} seed {seed} gave two hashes", paint(BAD, "not deterministic:"))?;
    }
    for report in &progress.failures {
        if let Some(violation) = &report.violation {
            writeln!(out, "{} seed {}: {}", violation.code, report.seed, violation.message)?;
        } else if let Some(why) = &report.undecided {
            writeln!(out, "undecided seed {}: {why}", report.seed)?;
        }
    }
    if let Some(first) = progress.failures.iter().find(|report| report.violation.is_some()) {
        writeln!(out)?;
        let scenario = Scenario::generate(first.seed);
        write!(out, "{}", explain(&scenario, &format!("--seed {}", first.seed)))?;
    }
    Ok(progress.status())
}

impl Progress {
    fn take(&mut self, ended: Ended) {
        let report = ended.report;
        self.numbers.runs += 1;
        self.numbers.events += report.tally.events;
        self.numbers.operations += report.committed;
        self.numbers.failures += u64::from(report.violation.is_some());
        self.numbers.undecided += u64::from(report.undecided.is_some());
        self.marks.extend(&report.marks);
        if ended.has_two_hashes {
            self.two_hashes.push(report.seed);
        }
        if report.violation.is_some() || report.undecided.is_some() {
            self.failures.push(report);
        }
    }

    fn never_reached(&self) -> impl Iterator<Item = &'static str> {
        mark::names().filter(|name| !self.marks.contains(name))
    }

    fn line(&self, seeds: u64, watch: &Stopwatch) -> String {
        format!(
            "{} of {}, {} failures, {} of {} marks, {}",
            number::grouped(self.numbers.runs),
            number::counted(seeds, "run", "runs"),
            self.numbers.failures,
            self.marks.len(),
            mark::names().count(),
            watch.speed(self.numbers.events),
        )
    }

    /// The worst of what was found.
    const fn status(&self) -> u8 {
        if !self.two_hashes.is_empty() {
            TWO_HASHES
        } else if self.numbers.failures > 0 {
            VIOLATION
        } else if self.numbers.undecided > 0 {
            UNDECIDED
        } else {
            CLEAN
        }
    }
}

/// One seed in so many is run twice.
const TWICE_EVERY: u64 = 100;

/// Progress is told every so many seconds.
const TELL_EVERY: u64 = 10;
