//! One run: by its seed, or by its file; and what it consists of.

use crate::arguments::{Format, Options, Source};
use crate::exit::{CLEAN, Failure, status};
use crate::explain::explain;
use crate::stopwatch::Stopwatch;
use crate::subject;
use std::io::Write;
use vsr::report::{json, text};
use vsr::sim::Scenario;

/// Runs a seed and says what came of it.
pub(crate) fn run(seed: Option<u64>, options: &Options) -> Result<u8, Failure> {
    let seed = seed.unwrap_or_else(pick_seed);
    let scenario = Scenario::of_seed(seed, options.variant());
    // Who wants no speed is not asked for the time: a run can then be shown to need no clock.
    let watch = (!options.quiet).then(Stopwatch::start);
    let report = vsr::sim::run(&scenario);
    if let Some(watch) = watch {
        writeln!(anstream::stderr(), "{}", watch.speed(report.tally.events))?;
    }
    let mut out = anstream::stdout().lock();
    match options.format {
        Format::Json => writeln!(out, "{}", json::run(&report))?,
        Format::Text | Format::Junit => {
            write!(out, "{}", text::summary(&scenario, &report))?;
            if report.violation.is_some() {
                writeln!(out)?;
                write!(out, "{}", explain(&scenario, &subject::words(seed, options.variant())))?;
            }
        }
    }
    Ok(status(&report))
}

/// Prints the scenario that a seed stands for.
pub(crate) fn print_scenario(source: &Source, options: &Options) -> Result<u8, Failure> {
    let (origin, scenario) = match (source.seed, &source.bytes) {
        (Some(seed), _) => {
            (format!("seed {seed} stands"), Scenario::of_seed(seed, options.variant()))
        }
        (None, Some(file)) => {
            let bytes =
                std::fs::read(file).map_err(|why| Failure::Unreadable(file.clone(), why))?;
            let scenario = Scenario::from_bytes(&bytes).varied(options.variant());
            (format!("{} stands", file.display()), scenario)
        }
        (None, None) => return Err(Failure::Words("a seed or a file is wanted".to_owned())),
    };
    let mut out = anstream::stdout().lock();
    writeln!(out, "# What {origin} for.")?;
    write!(out, "{scenario}")?;
    Ok(CLEAN)
}

/// A seed that nobody has chosen.
#[expect(clippy::disallowed_types, reason = "a fresh seed is what the clock is asked for here")]
pub(crate) fn pick_seed() -> u64 {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
    let nanos = u64::try_from(since.as_nanos() & u128::from(u64::MAX)).unwrap_or(0);
    vsr::sim::random::mix(nanos)
}
