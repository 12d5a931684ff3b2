//! Verdicts for people: a paragraph for one file, a table for several.

use super::{Checked, Counts};
use std::path::PathBuf;
use vsr::histories::{Judged, Verdict, Violation, Wish};
use vsr::report::number;
use vsr::report::style::{BAD, FAINT, GOOD, LABEL, paint};

/// What came of the only file. One that can't be read has nothing to say here.
pub(super) fn alone(checked: &Checked<'_>, wish: &Wish) -> String {
    let Ok(judged) = &checked.judged else { return String::new() };
    let Judged { operations, unknown, failed, semantics, kind, verdict } = judged;
    let counts = format!(
        "{operations} operations, {unknown} of unknown outcome, {failed} failed; {} by {}",
        kind.name(),
        semantics.name()
    );
    let word = format!("{:<WORD_COLUMNS$}", word(verdict));
    let word =
        if *verdict == Verdict::Linearizable { paint(GOOD, &word) } else { paint(BAD, &word) };
    let why = why(verdict, wish);
    format!("{word}  {}  {}\n{why}", checked.path.display(), paint(FAINT, &counts))
}

/// A row for each file, with columns of one width.
pub(super) struct Table {
    file_columns: usize,
}

impl Table {
    pub(super) fn new(files: &[PathBuf]) -> Self {
        let columns = |path: &PathBuf| path.display().to_string().chars().count();
        Self { file_columns: files.iter().map(columns).max().unwrap_or(0).max("file".len()) }
    }

    pub(super) fn head(&self) -> String {
        paint(LABEL, &self.cells(["file", "model", "operations", "unknown"], "verdict"))
    }

    /// A file's row, and below it why, where it is not just well.
    pub(super) fn row(&self, checked: &Checked<'_>, wish: &Wish) -> String {
        let file = checked.path.display().to_string();
        let Ok(judged) = &checked.judged else {
            return self.cells([&file, "-", "-", "-"], &paint(BAD, "error"));
        };
        let verdict = word(&judged.verdict);
        let style = if judged.verdict == Verdict::Linearizable { GOOD } else { BAD };
        let [operations, unknown] = [judged.operations, judged.unknown]
            .map(|count| number::grouped(u64::try_from(count).unwrap_or(u64::MAX)));
        let cells = [&file, judged.kind.name(), &operations, &unknown];
        let row = self.cells(cells, &paint(style, verdict));
        format!("{row}\n{}", why(&judged.verdict, wish)).trim_end().to_owned()
    }

    fn cells(&self, [file, model, operations, unknown]: [&str; 4], verdict: &str) -> String {
        let columns = self.file_columns;
        format!("{file:<columns$}  {model:<14}  {operations:>11}  {unknown:>10}  {verdict}")
    }
}

/// The line below a table.
pub(super) fn sum(counts: Counts) -> String {
    let Counts { ok, violations, undecided, unusable } = counts;
    let count = ok + violations + undecided + unusable;
    let mut sum =
        format!("{count} histories: {ok} ok, {violations} not linearizable, {undecided} undecided");
    if unusable > 0 {
        sum.push_str(&format!(", {unusable} no history"));
    }
    paint(LABEL, &sum)
}

/// A verdict in a word, in every format.
pub(super) const fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Linearizable => "ok",
        Verdict::Violation(_) => "violation",
        Verdict::Undecided { .. } => "undecided",
    }
}

/// Why, in some lines; none where all is well.
pub(super) fn why(verdict: &Verdict, wish: &Wish) -> String {
    match verdict {
        Verdict::Linearizable => String::new(),
        Verdict::Violation(violation) => {
            let Violation { operations, stuck, held, because, .. } = &**violation;
            let few = u64::try_from(operations.len()).unwrap_or(u64::MAX);
            let few = number::counted(few, "operation", "operations");
            let mut text = format!("  {}\n", paint(LABEL, &format!("no order explains {few}:")));
            for operation in operations {
                let is_stuck = operation.invoked == stuck.invoked;
                let mark = if is_stuck { paint(BAD, "✗") } else { " ".to_owned() };
                text.push_str(&format!("  {mark} {operation}\n"));
            }
            if let Some(held) = held {
                text.push_str(&format!("  before all of these it held {held}\n"));
            }
            for sentence in because {
                text.push_str(&format!("  {sentence}\n"));
            }
            text
        }
        Verdict::Undecided { steps, .. } if *steps >= wish.limits.steps => format!(
            "  after {steps} steps it is not known; --steps {} would look further\n",
            steps.saturating_mul(10)
        ),
        Verdict::Undecided { steps, .. } => format!(
            "  after {steps} steps and {} MiB it is not known; --memory {}MiB would look further\n",
            wish.limits.bytes >> 20,
            (wish.limits.bytes >> 20).saturating_mul(4).max(1)
        ),
    }
}

/// The longest verdict.
const WORD_COLUMNS: usize = 9;
