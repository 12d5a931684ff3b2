//! Scenario files: read, run, and compared with what they expect.

mod junit;

use crate::arguments::{Format, Options, Subject};
use crate::exit::{CLEAN, Failure, NOT_REPRODUCED, VIOLATION};
use crate::explain::explain;
use crate::subject::Meant;
use std::io::Write;
use std::path::{Path, PathBuf};
use vsr::report::style::{BAD, GOOD, paint};
use vsr::report::{json, number};
use vsr::sim::{Report, Scenario};

/// Runs files, and all files in folders.
pub(crate) fn run(
    paths: &[PathBuf],
    history: Option<&Path>,
    options: &Options,
) -> Result<u8, Failure> {
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        collect(path, &mut files)?;
        if files.len() == before {
            return Err(Failure::NoFiles(path.clone()));
        }
    }
    // All are read before the first runs: a mistake in the last is told at once.
    let scenarios = files
        .into_iter()
        .map(|file| Subject { seed: None, file: Some(file) }.find(options))
        .collect::<Result<Vec<_>, Failure>>()?;
    if let Some(out) = history {
        let [meant] = &scenarios[..] else {
            let count = scenarios.len();
            let why = format!("--history is for one scenario, and these are {count}");
            return Err(Failure::Words(why));
        };
        write_history(&meant.scenario, out)?;
    }
    let mut outcomes = Vec::with_capacity(scenarios.len());
    for meant in &scenarios {
        let outcome = Outcome::of(meant);
        match options.format {
            Format::Text => outcome.tell_people()?,
            Format::Json => outcome.tell_programs()?,
            Format::Junit => {}
        }
        outcomes.push(outcome);
    }
    let worst = outcomes.iter().map(Outcome::status).max().unwrap_or(CLEAN);
    let mut out = anstream::stdout().lock();
    if options.format == Format::Junit {
        write!(out, "{}", junit::text(&outcomes)?)?;
    } else if scenarios.len() > 1 && options.format == Format::Text {
        let count = u64::try_from(scenarios.len()).unwrap_or(u64::MAX);
        let verdict = if worst == CLEAN { paint(GOOD, "as expected") } else { paint(BAD, "not") };
        let files = number::counted(count, "scenario", "scenarios");
        writeln!(out, "{files}: {verdict}")?;
    }
    Ok(worst)
}

/// What came of a scenario.
struct Outcome<'meant> {
    meant: &'meant Meant,
    report: Report,
    /// What it expects, and was not.
    unmet: Option<String>,
}

impl<'meant> Outcome<'meant> {
    fn of(meant: &'meant Meant) -> Self {
        let report = vsr::sim::run(&meant.scenario);
        let unmet = report.unmet(&meant.scenario.expect);
        Self { meant, report, unmet }
    }

    fn tell_programs(&self) -> Result<(), Failure> {
        let line = json::file(&self.report, &self.meant.name, self.unmet.as_deref());
        Ok(writeln!(anstream::stdout(), "{line}")?)
    }

    fn tell_people(&self) -> Result<(), Failure> {
        let (name, violation) = (&self.meant.name, &self.report.violation);
        let mut out = anstream::stdout().lock();
        match &self.unmet {
            None => {
                let verdict = violation.as_ref().map_or("pass", |v| v.code.text());
                writeln!(out, "{} {name}", paint(GOOD, &format!("{verdict:<5}")))?;
            }
            Some(why) => {
                writeln!(out, "{} {name}: {why}", paint(BAD, "unmet"))?;
                if violation.is_some() {
                    write!(out, "{}", explain(&self.meant.scenario, &self.meant.words))?;
                }
            }
        }
        Ok(())
    }

    const fn status(&self) -> u8 {
        match (&self.unmet, &self.report.violation) {
            (None, _) => CLEAN,
            (Some(_), Some(_)) => VIOLATION,
            (Some(_), None) => NOT_REPRODUCED,
        }
    }
}

/// Writes what a scenario's clients see.
fn write_history(scenario: &Scenario, out: &Path) -> Result<(), Failure> {
    let (_, recording) = vsr::sim::run_recorded(scenario);
    let lines = vsr::report::history::lines(scenario.cluster.service, &recording.operations);
    std::fs::write(out, lines).map_err(|error| Failure::Unwritable(out.to_owned(), error))
}

/// Reads a scenario file.
pub(crate) fn read(file: &Path) -> Result<Scenario, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Unreadable(file.to_owned(), error))?;
    Scenario::parse(&text).map_err(|error| Failure::NoScenario(file.to_owned(), error))
}

/// The scenario files at a path, in the order of their names.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error| Failure::Unreadable(path.to_owned(), error);
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries = std::fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>())
        .map_err(unreadable)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "toml") {
            collect(&entry, files)?;
        }
    }
    Ok(())
}
