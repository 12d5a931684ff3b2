//! Verdicts for programs: a JSON object in each line.

use super::{Checked, text};
use crate::exit::Failure;
use serde_json::{Value, json};
use vsr::histories::{Recorded, Verdict, Violation};

/// What came of a file.
pub(super) fn line(checked: &Checked<'_>) -> String {
    let file = checked.path.display().to_string();
    let judged = match &checked.judged {
        Ok(judged) => judged,
        Err(failure) => {
            let line = if let Failure::NoHistory(_, wrong) = failure { wrong.line } else { None };
            let error = failure.to_string();
            return json!({
                "v": 1, "type": "check", "file": file, "verdict": "error", "error": error,
                "line": line,
            })
            .to_string();
        }
    };
    json!({
        "v": 1, "type": "check", "file": file, "verdict": text::word(&judged.verdict),
        "operations": judged.operations, "unknown": judged.unknown, "failed": judged.failed,
        "model": judged.kind.name(), "semantics": judged.semantics.name(),
        "explanation": explanation(&judged.verdict),
    })
    .to_string()
}

fn explanation(verdict: &Verdict) -> Value {
    let told = |operation: &Recorded| operation.to_string();
    match verdict {
        Verdict::Linearizable => Value::Null,
        Verdict::Violation(violation) => {
            let Violation { operations, stuck, reached, held, because } = &**violation;
            let [operations, reached] = [operations, reached]
                .map(|operations| operations.iter().map(told).collect::<Vec<_>>());
            json!({
                "operations": operations, "stuck": told(stuck), "stuck_line": stuck.line,
                "reached": reached, "held": held, "because": because,
            })
        }
        Verdict::Undecided { steps, places } => json!({ "steps": steps, "places": places }),
    }
}
