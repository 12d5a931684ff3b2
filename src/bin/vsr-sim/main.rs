//! `vsr-sim`: runs the real replica in virtual time under faults, and judges it.

mod arguments;
mod campaign;
mod check;
mod config;
mod debug;
mod exit;
mod explain;
mod explore;
mod files;
mod keeping;
mod paperwork;
mod report;
mod seeds;
mod selftest;
mod shrink;
mod signals;
mod stopwatch;
mod subject;
mod trace;

use arguments::Command;
use exit::Failure;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match config::arguments() {
        Ok(arguments) => arguments,
        Err(failure) => return tell(&failure),
    };
    arguments.options.color.write_global();
    let outcome = match &arguments.command {
        command if !arguments.options.has_format_of(command.as_ref()) => {
            let why = "--format junit is for `run` and `check`; `fuzz` has --junit FILE";
            Err(Failure::Words(why.to_owned()))
        }
        None => seeds::run(arguments.seed, &arguments.options),
        Some(Command::Run { files, history }) => {
            files::run(files, history.as_deref(), &arguments.options)
        }
        Some(Command::Check(words)) => check::run(words, &arguments.options),
        Some(Command::Fuzz(campaign)) => campaign::run(campaign, &arguments.options),
        Some(Command::Debug(subject)) => debug::run(subject, &arguments.options),
        Some(Command::Explain(words)) => explain::run(words, &arguments.options),
        Some(Command::Explore(words)) => explore::run(words, &arguments.options),
        Some(Command::Merge(words)) => campaign::merge(words, &arguments.options),
        Some(Command::Scenario(source)) => seeds::print_scenario(source, &arguments.options),
        Some(Command::Trace(words)) => trace::run(words, &arguments.options),
        Some(Command::Report(words)) => report::run(words, &arguments.options),
        Some(Command::Shrink(words)) => shrink::run(words, &arguments.options),
        Some(Command::Selftest) => selftest::run(&arguments.options),
        Some(Command::Schema) => paperwork::schema(),
        Some(Command::Completions { shell }) => paperwork::completions(*shell),
        Some(Command::Man { folder }) => paperwork::man(folder),
    };
    match outcome {
        Ok(status) => ExitCode::from(status),
        // Whoever reads the output has seen enough.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(failure) => tell(&failure),
    }
}

fn tell(failure: &Failure) -> ExitCode {
    // Nothing is left to be done when this can't be said either.
    let _ = writeln!(anstream::stderr(), "error: {failure}");
    ExitCode::from(failure.status())
}
