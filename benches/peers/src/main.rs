//! The checkers of the registry and ours on the same histories in the same run.
//!
//! Each check runs in a process of its own, since those that don't end must be stopped, by a limit
//! on CPU time or on memory. What is measured is the check alone: the history is there, in the
//! form that the checker takes. A number on the command line is the limit in seconds, any other
//! word picks the jobs that have it in their names.

#[path = "../../histories/mod.rs"]
#[expect(dead_code, reason = "shared with other benches")]
mod histories;

mod checkers;
mod child;
mod jobs;
mod parent;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match &words[..] {
        [flag, job, checker] if flag == child::FLAG => child::run(job, checker),
        _ => parent::run(&words),
    }
}
