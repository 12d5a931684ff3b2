//! One check, in a process of its own.

use crate::{checkers, jobs};
use cpu_time::ProcessTime;
use std::process::ExitCode;
use std::time::Duration;

/// What tells the program that it is a child.
pub(crate) const FLAG: &str = "--check";

/// Runs a check, and prints what came of it: the verdict, microseconds and kilobytes.
pub(crate) fn run(job: &str, checker: &str) -> ExitCode {
    let number: Option<usize> = job.parse().ok();
    let job = number.and_then(|number| jobs::all().into_iter().nth(number));
    let checker = checkers::ALL.iter().find(|(name, _)| *name == checker);
    let (Some(job), Some((_, prepare))) = (job, checker) else {
        eprintln!("no such job, or no such checker");
        return ExitCode::from(2);
    };
    let generated = job.generate();
    // Short ones again and again, since the clock of a process may be a coarse one.
    let (mut spent, mut runs, mut kilobytes) = (Duration::ZERO, 0_u32, 0);
    let mut verdict = false;
    while spent < LONG_ENOUGH && runs < 10_000 && ProcessTime::now().as_duration() < ALL_IN_ALL {
        let check = prepare(&generated);
        let before = start_memory();
        let started = ProcessTime::now();
        verdict = check();
        spent += started.elapsed();
        kilobytes = kilobytes.max(peak_memory().saturating_sub(before));
        runs += 1;
    }
    println!("{verdict} {} {kilobytes}", (spent / runs.max(1)).as_micros());
    ExitCode::SUCCESS
}

/// Forgets the peak so far. Returns what is held now, in kilobytes.
fn start_memory() -> u64 {
    // Where it can't be forgotten, the peak is too high: never too low.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    status("VmRSS:")
}

fn peak_memory() -> u64 {
    status("VmHWM:")
}

/// A line of what the system tells of this process, 0 where it does not.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// So long a check is measured.
const LONG_ENOUGH: Duration = Duration::from_millis(400);

/// After so long it is not begun again.
const ALL_IN_ALL: Duration = Duration::from_secs(4);
