//! What the example says: a sweep over seeds, and the demonstration made of two.

use super::picture;
use super::system::Form;
use super::trial::{Trial, first_failure, try_seed, try_seed_recorded};
use core::fmt::Write;
use core::ops::Range;
use vsr::checker::Verdict;

/// What was found, in words.
#[derive(Debug)]
pub(crate) struct Report {
    /// To be printed.
    pub(crate) text: String,
    /// The first seed that went wrong.
    pub(crate) failed: Option<u64>,
}

/// Tries seed after seed until one goes wrong.
pub(crate) fn sweep(form: Form, seeds: Range<u64>) -> Report {
    match first_failure(form, seeds.clone()) {
        None => {
            let (from, to) = (seeds.start, seeds.end);
            let text = format!(
                "{}, seeds {from}..{to}: every history has an order that explains it.\n",
                name(form)
            );
            Report { text, failed: None }
        }
        Some((seed, trial)) => Report { text: tell(form, seed, &trial), failed: Some(seed) },
    }
}

/// Tries one seed and shows all that happened while it went wrong.
pub(crate) fn trace(form: Form, seed: u64) -> Report {
    let trial = try_seed_recorded(form, seed);
    if trial.is_sound() {
        return sweep(form, seed..seed + 1);
    }
    let mut text = tell(form, seed, &trial);
    if let Verdict::Violation(explanation) = &trial.verdict {
        write!(text, "\n{LEGEND}\n{}", picture::trace(&trial, explanation)).expect("a string");
    }
    Report { text, failed: Some(seed) }
}

/// Shows that the kernel and the checker judge a system that they know nothing of: the correct
/// form passes, the broken one is caught. Says too whether it went so.
pub(crate) fn demonstrate() -> (String, bool) {
    let correct = sweep(Form::Correct, 0..SEEDS);
    let mut text = format!("{INTRODUCTION}{}", correct.text);
    let trials = (0..SEEDS).map(|seed| (seed, try_seed(Form::NoWriteBack, seed)));
    let caught: Vec<_> = trials.filter_map(|(seed, trial)| size(&trial).zip(Some(seed))).collect();
    let count = caught.len();
    writeln!(
        text,
        "{}, seeds 0..{SEEDS}: {count} histories have no such order. The simplest of them:\n",
        name(Form::NoWriteBack)
    )
    .expect("a string");
    if let Some(&(_, simplest)) = caught.iter().min() {
        text.push_str(&tell(Form::NoWriteBack, simplest, &try_seed(Form::NoWriteBack, simplest)));
    }
    let went_well = correct.failed.is_none() && count > 0;
    text.push_str(if went_well { LESSON } else { "\nThis is not what was to be shown.\n" });
    (text, went_well)
}

/// How many operations it takes to see that no order explains a history.
fn size(trial: &Trial) -> Option<usize> {
    match &trial.verdict {
        Verdict::Violation(explanation) => Some(explanation.operations.len()),
        Verdict::Linearizable
        | Verdict::OrderRejected(_)
        | Verdict::Unknown { .. }
        | Verdict::Malformed(_) => None,
    }
}

fn tell(form: Form, seed: u64, trial: &Trial) -> String {
    let mut text = format!("{}, seed {seed}: ", name(form));
    match &trial.verdict {
        Verdict::Violation(explanation) => {
            text.push_str("no order of the operations explains what the clients saw.\n\n");
            text.push_str(&picture::draw(trial, explanation));
        }
        Verdict::Linearizable | Verdict::OrderRejected(_) => {
            text.push_str("the run did not come to an end.\n");
        }
        Verdict::Unknown { steps, .. } => {
            writeln!(text, "undecided after {steps} steps of the search.").expect("a string");
        }
        Verdict::Malformed(malformed) => writeln!(text, "{malformed}.").expect("a string"),
    }
    let tally = trial.tally;
    let flag = match form {
        Form::Correct => "",
        Form::NoWriteBack => "--broken ",
    };
    write!(
        text,
        "\n  {} operations; {} messages: {} lost, {} doubled, {} astray; hash {:016x}\n  \
         again, with every message: cargo run --release --example quorum_register -- \
         {flag}--trace {seed}\n",
        trial.history.operations.len(),
        tally.sent,
        tally.dropped,
        tally.duplicated,
        tally.misrouted,
        trial.hash,
    )
    .expect("a string");
    text
}

fn name(form: Form) -> &'static str {
    match form {
        Form::Correct => "correct form",
        Form::NoWriteBack => "without write-back",
    }
}

const INTRODUCTION: &str = "\
A register on 3 or 5 servers, read and written by majorities, under lost, late, doubled and
stray messages, partitions, pauses and crashes: the simulator's kernel runs it, the checker
judges what its clients saw. Neither knows anything of the register.

";

const LEGEND: &str = "\
p0 and so on are the processes, the servers first. A message names the client's phase that it
belongs to, and a value with its stamp: 302 t7 by p3 is newer than 501 t6 by p5.
";

const LESSON: &str = "
A read had found its value at too few servers, and returned it all the same. In the correct
form a read first has a majority store what it is going to return: then no later read can miss it.
";

/// How many seeds of each form the demonstration tries at most.
const SEEDS: u64 = 1_000;
