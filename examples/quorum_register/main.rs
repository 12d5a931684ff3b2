//! Another system under the same kernel: a register on majorities, correct and broken.
//!
//! ```text
//! cargo run --release --example quorum_register
//! cargo run --release --example quorum_register -- --broken --seeds 0..1000
//! ```
//!
//! `system.rs` is all that one has to write for a system of one's own: its messages, its
//! processes and what they do. `trial.rs` lets faults strike and asks the checker; `report.rs`
//! and `picture.rs` are for people.

mod picture;
mod report;
mod system;
mod trial;

use core::ops::Range;
use std::process::ExitCode;
use system::Form;
use vsr::sim::seed;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let arguments: Vec<String> = arguments.collect();
    if arguments.is_empty() {
        let (text, went_well) = report::demonstrate();
        print!("{text}");
        return if went_well { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let report = match read(&arguments) {
        Ok(Order { form, trace: Some(seed), .. }) => report::trace(form, seed),
        Ok(Order { form, seeds, trace: None }) => report::sweep(form, seeds),
        Err(wrong) => {
            eprintln!("{wrong}\n{USAGE}");
            return ExitCode::from(MISUSED);
        }
    };
    print!("{}", report.text);
    if report.failed.is_some() { ExitCode::from(FOUND) } else { ExitCode::SUCCESS }
}

/// What the command line asks for.
struct Order {
    form: Form,
    seeds: Range<u64>,
    /// One seed, to be shown in full.
    trace: Option<u64>,
}

fn read(arguments: &[String]) -> Result<Order, String> {
    let mut order = Order { form: Form::Correct, seeds: 0..1_000, trace: None };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().map_or("", String::as_str);
        match argument.as_str() {
            "--broken" => order.form = Form::NoWriteBack,
            "--seeds" => order.seeds = read_seeds(value())?,
            "--trace" => order.trace = Some(read_seed(value())?),
            other => return Err(format!("unknown argument: \"{other}\"")),
        }
    }
    Ok(order)
}

fn read_seeds(text: &str) -> Result<Range<u64>, String> {
    let wrong = || format!("not a range of seeds: \"{text}\" (write it such as 0..1000)");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let seeds = read_seed(from)?..read_seed(to)?;
    if seeds.is_empty() { Err(wrong()) } else { Ok(seeds) }
}

fn read_seed(text: &str) -> Result<u64, String> {
    seed::parse(text).map_err(|error| error.to_string())
}

const USAGE: &str = "usage: quorum_register [--broken] [--seeds A..B | --trace SEED]";
/// The exit status when a violation was found, as that of `vsr-sim`.
const FOUND: u8 = 100;
/// The exit status when the command line made no sense.
const MISUSED: u8 = 2;
