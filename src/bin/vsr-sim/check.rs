//! `check`: verdicts on histories that others have recorded.

use crate::arguments::{Check, Format, Options};
use crate::exit::{CLEAN, Failure, UNDECIDED, VIOLATION};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use vsr::histories::{Judged, Recorded, Verdict, judge};
use vsr::report::number;
use vsr::report::style::{BAD, FAINT, GOOD, LABEL, paint};

/// Judges each file.
pub(crate) fn run(words: &Check, options: &Options) -> Result<u8, Failure> {
    let mut out = anstream::stdout().lock();
    let (mut violations, mut undecided) = (0_usize, 0_usize);
    for path in &words.files {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::Unreadable(path.clone(), error))?;
        let judged = judge(&text, words.semantics, words.model, words.steps)
            .map_err(|wrong| Failure::NoHistory(path.clone(), wrong))?;
        match judged.verdict {
            Verdict::Linearizable => {}
            Verdict::Violation { .. } => violations += 1,
            Verdict::Undecided { .. } => undecided += 1,
        }
        match options.format {
            Format::Json => writeln!(out, "{}", in_json(path, &judged))?,
            Format::Text => writeln!(out, "{}", in_words(path, &judged))?,
        }
    }
    if words.files.len() > 1 && options.format == Format::Text && !options.quiet {
        let count = words.files.len();
        let good = count - violations - undecided;
        let sum = format!(
            "{count} histories: {good} ok, {violations} not linearizable, {undecided} undecided"
        );
        writeln!(out, "{}", paint(LABEL, &sum))?;
    }
    Ok(match (violations, undecided) {
        (0, 0) => CLEAN,
        (0, _) => UNDECIDED,
        (_, _) => VIOLATION,
    })
}

fn in_words(path: &Path, judged: &Judged) -> String {
    let Judged { operations, unknown, failed, semantics, kind, verdict } = judged;
    let counts = format!(
        "{operations} operations, {unknown} of unknown outcome, {failed} failed; {} by {}",
        kind.name(),
        semantics.name()
    );
    let (style, word) = match verdict {
        Verdict::Linearizable => (GOOD, "ok       "),
        Verdict::Violation { .. } => (BAD, "violation"),
        Verdict::Undecided { .. } => (BAD, "undecided"),
    };
    let head = format!("{}  {}  {}", paint(style, word), path.display(), paint(FAINT, &counts));
    match verdict {
        Verdict::Linearizable => head,
        Verdict::Violation { operations, stuck } => {
            let few = u64::try_from(operations.len()).unwrap_or(u64::MAX);
            let few = number::counted(few, "operation", "operations");
            let mut text =
                format!("{head}\n  {}", paint(LABEL, &format!("no order explains {few}:")));
            for operation in operations {
                let is_stuck = operation.line == stuck.line;
                let mark = if is_stuck { paint(BAD, "✗") } else { " ".to_owned() };
                text.push_str(&format!("\n  {mark} {operation}"));
            }
            text
        }
        Verdict::Undecided { steps } => format!(
            "{head}\n  after {steps} steps it is not known; --steps {} would look further",
            steps.saturating_mul(10)
        ),
    }
}

fn in_json(path: &Path, judged: &Judged) -> String {
    let told = |operation: &Recorded| operation.to_string();
    let (verdict, explanation) = match &judged.verdict {
        Verdict::Linearizable => ("ok", None),
        Verdict::Violation { operations, stuck } => {
            let lines: Vec<String> = operations.iter().map(told).collect();
            let explanation = json!({
                "operations": lines, "stuck": told(stuck), "stuck_line": stuck.line,
            });
            ("violation", Some(explanation))
        }
        Verdict::Undecided { steps } => ("undecided", Some(json!({ "steps": steps }))),
    };
    json!({
        "v": 1, "type": "check", "file": path.display().to_string(), "verdict": verdict,
        "operations": judged.operations, "unknown": judged.unknown, "failed": judged.failed,
        "model": judged.kind.name(), "semantics": judged.semantics.name(),
        "explanation": explanation,
    })
    .to_string()
}
