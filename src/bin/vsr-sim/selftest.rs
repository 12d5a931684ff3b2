//! The self-test: can this simulator still see? Broken systems must be caught.

use crate::arguments::{Format, Options};
use crate::exit::{BLIND, CLEAN, Failure};
use std::io::Write;
use vsr::checker::models::register::{Input, Output, Register};
use vsr::checker::{History, Limits, Operation, Outcome, Verdict, check};
use vsr::report::style::{BAD, GOOD, paint};
use vsr::sim::Scenario;
use vsr::sim::sabotage::Sabotage;

/// What became of one broken system.
struct Row {
    name: &'static str,
    /// By which code, and with which seed, it was caught.
    caught: Option<(String, u64)>,
}

/// Lets each broken system loose.
pub(crate) fn run(options: &Options) -> Result<u8, Failure> {
    let mut rows: Vec<Row> = Sabotage::ALL.into_iter().map(hunt).collect();
    rows.push(stale_read());
    let mut out = anstream::stdout().lock();
    for row in &rows {
        match options.format {
            Format::Json => {
                let (code, seed) = row.caught.clone().unzip();
                let line = serde_json::json!({
                    "v": 1, "type": "selftest", "system": row.name, "code": code,
                    "seed": seed.map(|seed| seed.to_string()),
                });
                writeln!(out, "{line}")?;
            }
            Format::Text | Format::Junit => match &row.caught {
                Some((code, seed)) => {
                    let verdict = paint(GOOD, "caught");
                    writeln!(out, "{verdict}  {:<62} {code} with seed {seed}", row.name)?;
                }
                None => writeln!(out, "{}  {}", paint(BAD, "missed"), row.name)?,
            },
        }
    }
    let is_blind = rows.iter().any(|row| row.caught.is_none());
    Ok(if is_blind { BLIND } else { CLEAN })
}

fn hunt(sabotage: Sabotage) -> Row {
    let caught = (0..SEEDS_MAX).find_map(|seed| {
        let report = vsr::sim::run(&Scenario::of_seed(seed, sabotage.into()));
        let violation = report.violation?;
        let is_seen = sabotage.judges().contains(&violation.judge);
        is_seen.then(|| (violation.code.text().to_owned(), seed))
    });
    Row { name: sabotage.name(), caught }
}

/// A register whose reader is told an overwritten value: the checker's own test.
fn stale_read() -> Row {
    let operation = |client, input, invoked, at, output| Operation {
        client,
        input,
        invoked,
        outcome: Outcome::Returned { at, output },
    };
    let history = History {
        operations: vec![
            operation(0, Input::Write(1), 0, 10, Output::Done),
            operation(0, Input::Write(2), 20, 30, Output::Done),
            operation(1, Input::Read, 40, 50, Output::Value(1)),
        ],
    };
    let verdict = check(&Register, &history, None, Limits::steps(1_000));
    let caught = matches!(verdict, Verdict::Violation(_)).then(|| ("VSR-LIN".to_owned(), 0));
    Row { name: "a register whose reader is told an overwritten value", caught }
}

/// A broken system must be caught within so many seeds.
const SEEDS_MAX: u64 = 800;
