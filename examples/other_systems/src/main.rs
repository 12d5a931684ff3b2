//! Systems that others wrote, under the kernel, the faults, the checker and the shrinker of this
//! package.
//!
//! ```text
//! cargo run --release -- viewstamped --seeds 0..500
//! cargo run --release -- viewstamped scenarios/viewstamped/*.toml
//! ```

mod client;
mod hunting;
mod ledger;
mod omnipaxos;
mod raft;
mod replaying;
mod server;
mod viewstamped;

use server::System;
use std::ops::Range;
use std::process::ExitCode;
use vsr::sim::guest::Guest;
use vsr::sim::scenario::Way;
use vsr::sim::seed;

fn main() -> ExitCode {
    // A word that is no text is no option and no file that anybody has.
    let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let words: Vec<String> = words.collect();
    let order = match Order::read(&words) {
        Ok(order) => order,
        Err(wrong) => {
            eprintln!("error: {wrong}\n{USAGE}");
            return ExitCode::from(MISUSED);
        }
    };
    match order.system.as_str() {
        "viewstamped" => carry_out(&System::<viewstamped::Viewstamped>::new(), &order),
        "omnipaxos" => carry_out(&System::<omnipaxos::Omni>::new(), &order),
        "raft" => carry_out(&System::<raft::Raft>::new(), &order),
        other => {
            eprintln!("error: nobody here knows the system \"{other}\"\n{USAGE}");
            ExitCode::from(MISUSED)
        }
    }
}

fn carry_out<G: Guest>(guest: &G, order: &Order) -> ExitCode {
    let went_well = if order.files.is_empty() {
        hunting::hunt_all(guest, order)
    } else {
        match replaying::read_all(guest, &order.files) {
            Ok(scenarios) => replaying::all(guest, &scenarios),
            Err(wrong) => {
                wrong.iter().for_each(|wrong| eprintln!("error: {wrong}"));
                return ExitCode::FAILURE;
            }
        }
    };
    if went_well { ExitCode::SUCCESS } else { ExitCode::from(FOUND) }
}

/// What the command line asks for.
struct Order {
    system: String,
    seeds: Range<u64>,
    way: Way,
    files: Vec<String>,
}

impl Order {
    fn read(words: &[String]) -> Result<Self, String> {
        let (system, rest) = words.split_first().ok_or("which system?")?;
        let (seeds, way, files) = (0..200, Way::Swarm, Vec::new());
        let mut order = Self { system: system.clone(), seeds, way, files };
        let (mut rest, mut is_hunt) = (rest.iter(), false);
        while let Some(word) = rest.next() {
            let mut value = || rest.next().map_or("", String::as_str);
            is_hunt |= word.starts_with('-');
            match word.as_str() {
                "--seeds" => order.seeds = read_seeds(value())?,
                "--way" => {
                    let unknown = || format!("the ways are {}", Way::words());
                    order.way = Way::parse(value()).ok_or_else(unknown)?;
                }
                option if option.starts_with('-') => {
                    return Err(format!("nobody knows the option \"{option}\""));
                }
                file => order.files.push(file.to_owned()),
            }
        }
        if is_hunt && !order.files.is_empty() {
            return Err("files say all themselves; --seeds and --way are for hunting".to_owned());
        }
        Ok(order)
    }
}

fn read_seeds(text: &str) -> Result<Range<u64>, String> {
    let wrong = || format!("not a range of seeds: \"{text}\" (write it such as 0..1000)");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let read = |seed| seed::parse(seed).map_err(|error| error.to_string());
    let seeds = read(from)?..read(to)?;
    if seeds.is_empty() { Err(wrong()) } else { Ok(seeds) }
}

const USAGE: &str = "\
usage: other-systems SYSTEM [--seeds A..B] [--way WAY]   hunts, and shrinks the first of each kind
       other-systems SYSTEM FILE…                        runs scenario files
systems: viewstamped, omnipaxos, raft";

/// The exit status when something was found that was not expected, as that of `vsr-sim`.
const FOUND: u8 = 100;
/// The exit status when the command line made no sense.
const MISUSED: u8 = 2;
