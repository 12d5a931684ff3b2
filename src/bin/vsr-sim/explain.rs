//! What went wrong in a run, in words; what a code means; where a violation became likely.

use crate::arguments::{Explain, Options};
use crate::exit::{CLEAN, Failure, NOT_REPRODUCED, status};
use crate::subject::Meant;
use std::io::Write;
use vsr::report::number;
use vsr::report::story::story;
use vsr::report::style::{BAD, FAINT, LABEL, paint};
use vsr::sim::shrink::Signature;
use vsr::sim::violation::{Code, Violation};
use vsr::sim::{Scenario, run_forked, run_recorded};

/// The failure of a scenario in words. The run is repeated and recorded: being deterministic,
/// it could do without the record the first time.
pub(crate) fn explain(scenario: &Scenario, replay: &str) -> String {
    let (report, recording) = run_recorded(scenario);
    match &report.violation {
        Some(violation) => story(scenario, violation, &recording, replay),
        None => String::new(),
    }
}

/// Tells the story of a run, or what a code means.
pub(crate) fn run(words: &Explain, options: &Options) -> Result<u8, Failure> {
    if let Some(code) = words.code()? {
        writeln!(anstream::stdout(), "{}", meaning(code))?;
        return Ok(CLEAN);
    }
    let Meant { scenario, words: replay, name } = words.subject().find(options)?;
    let report = vsr::sim::run(&scenario);
    let Some(violation) = &report.violation else {
        writeln!(anstream::stderr(), "{name} passes: there is nothing to explain")?;
        return Ok(NOT_REPRODUCED);
    };
    let mut out = anstream::stdout().lock();
    write!(out, "{}", explain(&scenario, &replay))?;
    if let Some(points) = words.branch {
        writeln!(out, "\n{}", branches(&scenario, violation, u64::from(points.get())))?;
    }
    Ok(status(&report))
}

/// What a code means, in a paragraph.
fn meaning(code: Code) -> String {
    let (section, rule) = code.rule();
    format!(
        "{}: {}\n\n  {} {section}: {rule}",
        paint(BAD, code.text()),
        code.meaning(),
        paint(LABEL, "the rule"),
    )
}

/// Lets chance be another one from each of some events on, and says how many of these futures
/// fail in the same way: where that share jumps up, the damage was done.
fn branches(scenario: &Scenario, violation: &Violation, points: u64) -> String {
    let signature = Signature::of(violation);
    let head = format!("how likely it was, in {FUTURES} futures from each of these events on");
    let mut text = format!("  {}", paint(LABEL, &head));
    for point in 0..points {
        let event = violation.event / points * point;
        let is_same = |future: &u64| {
            let report = run_forked(scenario, event, *future);
            report.violation.is_some_and(|other| Signature::of(&other) == signature)
        };
        let failures = (1..=FUTURES).filter(is_same).count();
        let bar = "█".repeat(failures);
        let of = paint(FAINT, &format!("{failures} of {FUTURES}"));
        text.push_str(&format!("\n    #{:<9} {bar:<20} {of}", number::grouped(event)));
    }
    text
}

/// Futures from each event.
const FUTURES: u64 = 20;
