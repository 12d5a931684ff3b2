//! Another system under the same kernel: a register on majorities, correct and broken.
//!
//! ```text
//! cargo run --example quorum_register
//! cargo run --example quorum_register -- --broken --page run.html
//! ```
//!
//! `system.rs` is all that one has to write for a system of one's own: its messages, its processes
//! and what they do. Faults, checker, shrinker and page come from the package.

mod system;

use core::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use system::Form;
use vsr::report::run_page;
use vsr::sim::guest::{Found, hunt, reduce, run_recorded};
use vsr::sim::scenario::Way;
use vsr::sim::{Scenario, seed};

fn main() -> ExitCode {
    let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let order = match Order::read(&words.collect::<Vec<String>>()) {
        Ok(order) => order,
        Err(wrong) => {
            eprintln!("error: {wrong}\n{USAGE}");
            return ExitCode::from(MISUSED);
        }
    };
    println!("{INTRODUCTION}");
    if !order.is_broken && search(Form::Correct, order.seeds.clone()).is_some() {
        println!("This is not what was to be shown.");
        return ExitCode::FAILURE;
    }
    let Some(scenario) = search(Form::NoWriteBack, order.seeds) else {
        println!("This is not what was to be shown.");
        return ExitCode::FAILURE;
    };
    println!("{LESSON}");
    match order.page.map(|path| draw(&scenario, &path)) {
        Some(Err(error)) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
        Some(Ok(())) | None => ExitCode::SUCCESS,
    }
}

/// Tries seed after seed; of the first that goes wrong, tells the smallest scenario that goes wrong
/// in the same way.
fn search(form: Form, seeds: Range<u64>) -> Option<Scenario> {
    let name = match form {
        Form::Correct => "correct form",
        Form::NoWriteBack => "without write-back",
    };
    let Some((seed, scenario, found)) = hunt(&form, Way::Swarm, seeds.clone()).next() else {
        let (from, to) = (seeds.start, seeds.end);
        println!("{name}, seeds {from}..{to}: every history has an order that explains it.\n");
        return None;
    };
    let Found::Violation(violation) = found else {
        println!("{name}, seed {seed}: {found:?}");
        return Some(scenario);
    };
    println!("{name}, seed {seed}: {}: {}", violation.code, violation.message);
    let small = reduce(&form, &scenario, &violation, RUNS_MAX).scenario;
    let outcome = run_recorded(&form, &small);
    println!("The smallest scenario that shows it:\n");
    for line in outcome.violation.iter().flat_map(|violation| &violation.details) {
        println!("  {line}");
    }
    Some(small)
}

/// Writes the page of a scenario of the broken form.
fn draw(scenario: &Scenario, path: &Path) -> Result<(), String> {
    let form = Form::NoWriteBack;
    let outcome = run_recorded(&form, scenario);
    let page = run_page::of_guest(&form, scenario, &outcome, &[("look", LOOK)]);
    let html = page.html().map_err(|large| large.to_string())?;
    std::fs::write(path, html).map_err(|why| format!("{}: {why}", path.display()))?;
    println!("Every message of it: open {} in a browser.", path.display());
    Ok(())
}

/// What the command line asks for.
struct Order {
    is_broken: bool,
    seeds: Range<u64>,
    page: Option<PathBuf>,
}

impl Order {
    fn read(words: &[String]) -> Result<Self, String> {
        let mut order = Self { is_broken: false, seeds: 0..1_000, page: None };
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let mut value = || rest.next().map_or("", String::as_str);
            match word.as_str() {
                "--broken" => order.is_broken = true,
                "--seeds" => order.seeds = read_seeds(value())?,
                "--page" => order.page = Some(PathBuf::from(value())),
                other => return Err(format!("unknown argument: \"{other}\"")),
            }
        }
        Ok(order)
    }
}

fn read_seeds(text: &str) -> Result<Range<u64>, String> {
    let wrong = || format!("not a range of seeds: \"{text}\" (write it such as 0..1000)");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str| seed::parse(text).map_err(|error| error.to_string());
    let seeds = number(from)?..number(to)?;
    if seeds.is_empty() { Err(wrong()) } else { Ok(seeds) }
}

const INTRODUCTION: &str = "\
A register on 3 or 5 servers, read and written by majorities, under lost, late, doubled and
stray messages, partitions, pauses and crashes: the simulator's kernel runs it, the checker
judges what its clients saw. Neither knows anything of the register.
";

const LESSON: &str = "
A read had found its value at too few servers, and returned it all the same. In the correct
form a read first has a majority store what it is going to return: then no later read can miss it.
";

const USAGE: &str = "usage: quorum_register [--broken] [--seeds A..B] [--page OUT]";
const LOOK: &str = "cargo run --example quorum_register -- --broken --page run.html";
/// How many runs may be spent on making a scenario small.
const RUNS_MAX: u64 = 20_000;
/// The exit status when the command line made no sense.
const MISUSED: u8 = 2;
