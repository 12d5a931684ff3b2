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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        let (text, went_well) = report::demonstrate();
        print!("{text}");
        return if went_well { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    match read(&arguments) {
        Ok((form, seeds)) => {
            let report = report::sweep(form, seeds);
            print!("{}", report.text);
            if report.failed.is_some() { ExitCode::from(FOUND) } else { ExitCode::SUCCESS }
        }
        Err(wrong) => {
            eprintln!("{wrong}\n{USAGE}");
            ExitCode::from(MISUSED)
        }
    }
}

/// Reads the command line.
fn read(arguments: &[String]) -> Result<(Form, Range<u64>), String> {
    let (mut form, mut seeds) = (Form::Correct, 0..1_000);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--broken" => form = Form::NoWriteBack,
            "--seeds" => seeds = read_seeds(rest.next().map_or("", String::as_str))?,
            other => return Err(format!("unknown argument: \"{other}\"")),
        }
    }
    Ok((form, seeds))
}

fn read_seeds(text: &str) -> Result<Range<u64>, String> {
    let wrong = || format!("not a range of seeds: \"{text}\" (write it such as 0..1000)");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let parse = |text| seed::parse(text).map_err(|error| error.to_string());
    let seeds = parse(from)?..parse(to)?;
    if seeds.is_empty() { Err(wrong()) } else { Ok(seeds) }
}

const USAGE: &str = "usage: quorum_register [--broken] [--seeds A..B]";
/// The exit status when a violation was found, as that of `vsr-sim`.
const FOUND: u8 = 100;
/// The exit status when the command line made no sense.
const MISUSED: u8 = 2;
