//! The command line's words.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ops::Range;
use std::path::PathBuf;
use vsr::sim::seed;

/// Runs a Viewstamped Replication group in virtual time under crashes, partitions, loss and
/// more, and judges it. The same seed gives the same run, byte for byte.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The seed to run: a number (42, 1_000, 0xd1ce) or a commit; picked where it is missing.
    #[arg(long, value_parser = seed::parse)]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// How results are given.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Options {
    /// For people, or JSON lines for programs.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Says nothing but results.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// The form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

/// When to use colours; `NO_COLOR` and `CLICOLOR` decide where nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs scenario files and compares what comes out with what they expect.
    Run {
        /// Files, or folders that are searched for *.toml.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Runs many seeds.
    Fuzz(Campaign),
    /// Prints the scenario that a seed stands for.
    Scenario {
        /// The seed.
        #[arg(long, value_parser = seed::parse)]
        seed: u64,
    },
    /// Prints what happens in a run, a line each.
    Trace(Subject),
    /// Makes a failure small: the least scenario that fails in the same way.
    Shrink(Shrink),
    /// Lets broken systems loose: each must be caught, or the simulator is blind.
    Selftest,
}

/// A run, by its seed or its file.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Subject {
    /// The run of that seed.
    #[arg(long, value_parser = seed::parse)]
    pub(crate) seed: Option<u64>,
    /// The run of that scenario file.
    pub(crate) file: Option<PathBuf>,
}

/// A failure to be made small.
#[derive(Debug, Args)]
pub(crate) struct Shrink {
    #[command(flatten)]
    pub(crate) subject: Subject,
    /// The file to write the scenario to; standard output where it is missing.
    #[arg(long, short)]
    pub(crate) output: Option<PathBuf>,
    /// How many candidates to try at a time. What comes out does not depend on it.
    #[arg(long)]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
    /// After how many seconds to be content with what was reached.
    #[arg(long)]
    pub(crate) seconds: Option<u64>,
}

/// Many runs.
#[derive(Debug, Args)]
pub(crate) struct Campaign {
    /// The seeds to run, the second one excluded: 0..1000.
    #[arg(long, value_parser = parse_range)]
    pub(crate) seeds: Range<u64>,
    /// How many runs at a time; each stays on one thread. All cores where it is missing.
    #[arg(long)]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
    /// After how many failures to stop.
    #[arg(long, default_value_t = 10)]
    pub(crate) max_failures: usize,
    /// Fails when not every mark was reached: a campaign that gets nowhere finds nothing.
    #[arg(long)]
    pub(crate) all_marks: bool,
}

fn parse_range(text: &str) -> Result<Range<u64>, String> {
    let (first, end) = text.split_once("..").ok_or("a range is written 0..1000")?;
    let number = |text: &str| seed::parse(text).map_err(|error| error.to_string());
    Ok(number(first)?..number(end)?)
}

impl Color {
    /// Decides for the whole program.
    pub(crate) fn write_global(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

const EXAMPLES: &str = "\
Examples:
  vsr-sim                             run a seed that nobody has run before
  vsr-sim --seed 42                   run that one, again and again the same
  vsr-sim scenario --seed 42          print what it consists of
  vsr-sim trace --seed 42             print what happens in it
  vsr-sim run scenarios               run all scenario files in a folder
  vsr-sim fuzz --seeds 0..10_000      run many seeds on all cores
  vsr-sim shrink --seed 42 -o a.toml  make the failure of a seed small

Exit status: 0 nothing found, 2 usage or unreadable input, 4 nothing ran, 100 violation,
102 undecided, 103 a scenario did not show what it expects, 104 one seed gave two hashes,
105 the self-test missed a broken system, or a mark that had to be reached was not.";
