//! A violation as a picture: the few operations that matter, as intervals over time.

use super::system::Message;
use super::trial::Trial;
use core::fmt::Write;
use vsr::checker::models::register::{Input, Output, Register};
use vsr::checker::{Explanation, Model};
use vsr::sim::network::Fate;
use vsr::sim::node::ProcessId;
use vsr::sim::trace::{Record, What};

/// Draws the operations of an explanation, and says which of them went back in time.
pub(crate) fn draw(trial: &Trial, explanation: &Explanation) -> String {
    let story = story(trial, explanation);
    let operations = &trial.history.operations;
    let scale = Scale::of(trial, &story);
    let mut text = String::new();
    for &index in &story {
        let operation = &operations[index];
        let what = Register.describe(&operation.input, operation.output());
        let label = format!("{} {what}", trial.tags[index].0);
        let from = in_millis(operation.invoked);
        let (to, last) = match operation.returned() {
            Some(at) => (in_millis(at), '|'),
            None => ("?".to_owned(), '>'),
        };
        let bar = scale.bar(operation.invoked, end(trial, index), last);
        writeln!(text, "  {label:<16}{bar:<WIDTH$}  {from:>8} to {to:>8} ms").expect("a string");
    }
    if let Some((early, late)) = step_back(trial, &story) {
        text.push('\n');
        text.push_str(&tell(trial, early, late));
    }
    text
}

/// What happened in the time of the picture, a line each, where the trial was recorded.
pub(crate) fn trace(trial: &Trial, explanation: &Explanation) -> String {
    let scale = Scale::of(trial, &story(trial, explanation));
    let is_shown = |record: &&Record<Message>| (scale.begin..=scale.end).contains(&record.at.0);
    let mut text = String::new();
    for record in trial.trace.iter().filter(is_shown) {
        if let Some(line) = describe(&record.what) {
            writeln!(text, "  {:>8} ms  {line}", in_millis(record.at.0)).expect("a string");
        }
    }
    text
}

fn describe(what: &What<Message>) -> Option<String> {
    let number = |id: &ProcessId| format!("p{}", id.0);
    match what {
        What::Arrived { from, to, message } => {
            Some(format!("{} → {}  {message}", number(from), number(to)))
        }
        What::Sent { from, to, message, fate: Fate::Drop, .. } => {
            Some(format!("{} → {}  {message}: will be lost", number(from), number(to)))
        }
        What::NobodyHome { from, to, message } => {
            Some(format!("{} → {}  {message}: nobody at home", number(from), number(to)))
        }
        What::Started(id) => Some(format!("{} starts", number(id))),
        What::WriteFailed { process, .. } => Some(format!("{} can't write", number(process))),
        What::Said(id, words) => Some(format!("{}: {words}", number(id))),
        What::Crashed(id) => Some(format!("{} crashes", number(id))),
        What::Paused(id) => Some(format!("{} stands still", number(id))),
        What::Resumed(id) => Some(format!("{} goes on", number(id))),
        // Seen when it arrives, or of no interest.
        What::Sent { .. }
        | What::Expired { .. }
        | What::Durable { .. }
        | What::ClockJumped(..)
        | What::Struck(_)
        | What::Ended(_)
        | What::Healed => None,
    }
}

/// The operations to be shown, in order of time: those that contradict each other, and the
/// writes of what they read.
fn story(trial: &Trial, explanation: &Explanation) -> Vec<usize> {
    let operations = &trial.history.operations;
    let is_read = |value: u64| {
        let mut outputs = explanation.operations.iter().map(|&index| operations[index].output());
        outputs.any(|output| output == Some(&Output::Value(value)))
    };
    let matters = |index: &usize| match operations[*index].input {
        Input::Write(value) if is_read(value) => true,
        Input::Write(_) | Input::Read | Input::CompareAndSwap(..) => {
            explanation.operations.contains(index)
        }
    };
    let mut story: Vec<usize> = (0..operations.len()).filter(matters).collect();
    story.sort_by_key(|&index| operations[index].invoked);
    story
}

/// Two operations, one wholly before the other, of which the later one read what is older.
fn step_back(trial: &Trial, story: &[usize]) -> Option<(usize, usize)> {
    let operations = &trial.history.operations;
    let goes_back = |early: usize, late: usize| {
        let is_before =
            operations[early].returned().is_some_and(|at| at < operations[late].invoked);
        let stamps = (trial.tags[early].1, trial.tags[late].1);
        let is_read = operations[late].input == Input::Read;
        is_read && is_before && matches!(stamps, (Some(early), Some(late)) if late < early)
    };
    let pairs = story.iter().flat_map(|&early| story.iter().map(move |&late| (early, late)));
    pairs.into_iter().find(|&(early, late)| goes_back(early, late))
}

fn tell(trial: &Trial, early: usize, late: usize) -> String {
    let operations = &trial.history.operations;
    let did = match (operations[early].input, operations[early].output()) {
        (Input::Write(value), _) => format!("written {value}"),
        (_, Some(Output::Value(value))) => format!("read {value}"),
        (_, Some(Output::Done | Output::Differs(_)) | None) => "done something".to_owned(),
    };
    let got = match operations[late].output() {
        Some(Output::Value(value)) => *value,
        Some(Output::Done | Output::Differs(_)) | None => 0,
    };
    let (first, second) = (trial.tags[early].0, trial.tags[late].0);
    let asked = in_millis(operations[late].invoked);
    if first == second {
        return format!(
            "  {first} had {did} when it asked at {asked} ms; yet it got {got}, which is older.\n"
        );
    }
    format!(
        "  {first} had {did} when {second} asked at {asked} ms; yet {second} got {got}, which is \
         older.\n"
    )
}

/// When an operation ended; one that never did, when everything else had.
fn end(trial: &Trial, index: usize) -> u64 {
    let operations = &trial.history.operations;
    let latest = || operations.iter().filter_map(|operation| operation.returned()).max();
    let operation = &operations[index];
    operation.returned().or_else(latest).unwrap_or(operation.invoked).max(operation.invoked)
}

/// What the width of the picture stands for.
struct Scale {
    begin: u64,
    end: u64,
}

impl Scale {
    /// From the first invocation of a story to its last return.
    fn of(trial: &Trial, story: &[usize]) -> Self {
        let operations = &trial.history.operations;
        let begin = story.iter().map(|&index| operations[index].invoked).min().unwrap_or(0);
        let end = story.iter().map(|&index| end(trial, index)).max().unwrap_or(begin);
        Self { begin, end }
    }

    fn bar(&self, from: u64, to: u64, last: char) -> String {
        let (first_column, last_column) = (self.column(from), self.column(to));
        let blank = " ".repeat(first_column);
        if first_column == last_column {
            return format!("{blank}{last}");
        }
        let line = "-".repeat(last_column - first_column - 1);
        format!("{blank}|{line}{last}")
    }

    fn column(&self, at: u64) -> usize {
        let last = u64::try_from(WIDTH - 1).unwrap_or(1);
        let column = (at - self.begin) * last / (self.end - self.begin).max(1);
        usize::try_from(column).unwrap_or(WIDTH)
    }
}

fn in_millis(at: u64) -> String {
    format!("{}.{:03}", at / 1_000_000, at % 1_000_000 / 1_000)
}

const WIDTH: usize = 48;
