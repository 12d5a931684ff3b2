//! All checks, one after the other, and the table.

use crate::jobs::Job;
use crate::{checkers, child, jobs};
use std::process::{Command, ExitCode};

/// What came of a check.
#[derive(Clone, Copy)]
enum Outcome {
    /// It ended.
    Ended { is_linearizable: bool, micros: u64, kilobytes: u64 },
    /// It was stopped: it took more time or memory than was given.
    Stopped,
}

pub(crate) fn run(words: &[String]) -> ExitCode {
    let seconds = words.iter().find_map(|word| word.parse().ok()).unwrap_or(SECONDS);
    let picked: Vec<&String> = words.iter().filter(|word| word.parse::<u64>().is_err()).collect();
    println!(
        "CPU milliseconds / megabytes over the input; – : not within {seconds} s and {GIGABYTES} GB"
    );
    print!("{:<44} {:>10}", "history", "operations");
    for (name, _) in checkers::ALL {
        print!(" {name:>20}");
    }
    println!("  ours against the best of them");
    let mut all_right = true;
    for (number, job) in jobs::all().iter().enumerate() {
        if !picked.is_empty() && !picked.iter().any(|word| job.name.contains(word.as_str())) {
            continue;
        }
        all_right &= compare(number, job, seconds);
    }
    if all_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One line of the table. Tells whether all that ended were right.
fn compare(number: usize, job: &Job, seconds: u64) -> bool {
    print!("{:<44} {:>10}", job.name, job.operations());
    let mut all_right = true;
    let mut times = Vec::new();
    for (name, _) in checkers::ALL {
        let outcome = check(number, name, seconds);
        match outcome {
            Outcome::Stopped => {
                print!(" {:>20}", "–");
                times.push(None);
            }
            Outcome::Ended { is_linearizable, micros, kilobytes } => {
                let is_right = is_linearizable == job.is_linearizable();
                let mark = if is_right { "" } else { " WRONG" };
                let (ms, us) = (micros / 1_000, micros % 1_000);
                print!(" {:>20}", format!("{ms}.{us:03} / {}{mark}", kilobytes / 1_000));
                times.push(Some(micros));
                all_right &= is_right;
            }
        }
    }
    let best = times.iter().skip(1).flatten().min();
    match (times.first().copied().flatten(), best) {
        (Some(ours), Some(best)) => println!("  {} times faster", best / ours.max(1)),
        (Some(_), None) => println!("  none of them ends"),
        (None, _) => println!("  ours does not end"),
    }
    all_right
}

/// One check in a process of its own, with limits that a shell sets.
fn check(number: usize, checker: &str, seconds: u64) -> Outcome {
    let program = std::env::current_exe().expect("this program has a path");
    let kilobytes = GIGABYTES * 1_000_000;
    let limits = format!("ulimit -c 0; ulimit -t {seconds}; ulimit -v {kilobytes}; exec \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &limits, "sh"])
        .arg(program)
        .args([child::FLAG, &number.to_string(), checker])
        .output()
        .expect("there is a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text.split_whitespace();
    let mut next = || words.next();
    let ended = (|| {
        let is_linearizable = next()?.parse().ok()?;
        let micros = next()?.parse().ok()?;
        let kilobytes = next()?.parse().ok()?;
        Some(Outcome::Ended { is_linearizable, micros, kilobytes })
    })();
    ended.unwrap_or(Outcome::Stopped)
}

/// How long a check may take, where nothing is said.
const SECONDS: u64 = 20;

/// How much memory it may have.
const GIGABYTES: u64 = 4;
