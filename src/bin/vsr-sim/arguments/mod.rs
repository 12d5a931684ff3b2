//! The command line's words.

mod values;

pub(crate) use values::{parse_durability, parse_way};

use crate::campaign::ShardWord;
use crate::exit::Failure;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::num::{NonZeroU8, NonZeroUsize};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;
use values::{
    parse_form, parse_kind, parse_limit, parse_range, parse_sabotage, parse_size, parse_span,
    parse_time,
};
use vsr::checker::Limits;
use vsr::checker::weaker::Guarantee;
use vsr::histories::{Kind, Semantics, Wish};
use vsr::protocol::{Durability, MessageKind};
use vsr::report::export::Form;
use vsr::sim::Scenario;
use vsr::sim::explore::Bounds;
use vsr::sim::ratio::Ratio;
use vsr::sim::sabotage::Sabotage;
use vsr::sim::scenario::{Cluster, Variant, Way, Workload};
use vsr::sim::seed;
use vsr::sim::time::Span;
use vsr::sim::violation::Code;

/// Runs a Viewstamped Replication group in virtual time under crashes, partitions, loss and
/// more, and judges it. The same seed gives the same run, byte for byte.
#[derive(Debug, Parser)]
#[command(
    name = "vsr-sim",
    version,
    args_conflicts_with_subcommands = true,
    args_override_self = true,
    after_help = EXAMPLES
)]
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
    /// For people, or JSON lines for programs; `run` and `check` also have JUnit's XML, and `fuzz`
    /// writes it to a file.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Says nothing but results.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    /// How a seed's faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks,
    /// turns, ambush, ranks, moves, portfolio.
    #[arg(long, global = true, value_parser = parse_way, default_value = "swarm")]
    pub(crate) way: Way,
    /// Lets the hosts cheat, to see what a failure looks like: answers-too-soon,
    /// forgets-to-recover, never-resends, …
    #[arg(long, global = true, value_parser = parse_sabotage)]
    pub(crate) sabotage: Option<Sabotage>,
    /// Whether replicas have disks, whatever a seed says: memory, disk.
    #[arg(long, global = true, value_parser = parse_durability)]
    pub(crate) durability: Option<Durability>,
    /// Lets clocks run further off than the group is told: what it promises does not hold, and
    /// reads under a lease may be old.
    #[arg(long, global = true)]
    pub(crate) beyond: bool,
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Takes nothing from `vsr-sim.toml`.
    #[arg(long, global = true)]
    pub(crate) no_config: bool,
}

impl Options {
    /// Whether a command can give its results in the form that is wanted.
    pub(crate) const fn has_format_of(&self, command: Option<&Command>) -> bool {
        match self.format {
            Format::Text | Format::Json => true,
            Format::Junit => matches!(command, Some(Command::Check(_) | Command::Run { .. })),
        }
    }

    /// What is wanted of scenarios, whatever their seeds say.
    pub(crate) const fn variant(&self) -> Variant {
        Variant {
            way: self.way,
            sabotage: self.sabotage,
            durability: self.durability,
            beyond: self.beyond,
        }
    }
}

/// The form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Junit,
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
        /// Writes what the clients of the one scenario saw, as JSON lines: `check` reads them.
        /// Reads that may be old are left out.
        #[arg(long, value_name = "OUT")]
        history: Option<PathBuf>,
    },
    /// Runs many seeds.
    Fuzz(Box<Campaign>),
    /// Judges histories that others have recorded: is there an order that explains them?
    Check(Check),
    /// Prints the scenario that a seed, or what `cargo fuzz` found, stands for.
    Scenario(Source),
    /// Prints what happens in a run, a line each, or writes it for Perfetto or ShiViz.
    Trace(TraceWords),
    /// Goes through a run on the terminal: forwards and back, to a time or a mark.
    Debug(Subject),
    /// Draws a run as a page for browsers: who said what to whom, and who believed what.
    Report(ReportWords),
    /// Makes a failure small: the least scenario that fails in the same way.
    Shrink(Shrink),
    /// Tells the story of a run that fails, or what a code means.
    Explain(Explain),
    /// Looks at every run of a small group in which little goes wrong.
    Explore(Explore),
    /// Joins the results of shards.
    Merge(Merge),
    /// Lets broken systems loose: each must be caught, or the simulator is blind.
    Selftest,
    /// Prints what scenario files look like, as a JSON schema: editors complete and check by it.
    Schema,
    /// Prints what makes a shell complete words: bash, zsh, fish, elvish, powershell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Writes manual pages, one for each command.
    Man {
        /// The folder.
        folder: PathBuf,
    },
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

/// A run to be told, event by event.
///
/// The letters are what the replicas are: p primary, b backup, w witness, v in a view change, r
/// recovering, t not a member yet, s shut down, - down, z paused; a capital is who does something.
#[derive(Debug, Args)]
pub(crate) struct TraceWords {
    #[command(flatten)]
    pub(crate) subject: Subject,
    /// Tells what happens at that process only: r0, c1, admin. May be given several times.
    #[arg(long, visible_alias = "replica", value_name = "PROCESS")]
    pub(crate) process: Vec<String>,
    /// Tells messages of that kind only: PREPARE, STARTVIEW. May be given several times.
    #[arg(long, value_parser = parse_kind)]
    pub(crate) kind: Vec<MessageKind>,
    /// Leaves out what happened before: 1.2s, 300ms.
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    pub(crate) from: Option<Span>,
    /// Leaves out what happened after that.
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    pub(crate) to: Option<Span>,
    /// For programs, or the tools of others: json (as docs/traces.md has it), perfetto
    /// (ui.perfetto.dev, chrome://tracing), shiviz.
    #[arg(long = "as", value_name = "FORM", value_parser = parse_form)]
    pub(crate) form: Option<Form>,
    /// The file to write; standard output where it is missing.
    #[arg(long, short, value_name = "OUT")]
    pub(crate) output: Option<PathBuf>,
}

/// A run to be drawn.
#[derive(Debug, Args)]
pub(crate) struct ReportWords {
    #[command(flatten)]
    pub(crate) subject: Subject,
    /// The file to write; - is standard output.
    #[arg(long, short, value_name = "OUT", default_value = "run.html")]
    pub(crate) output: PathBuf,
    /// Leaves out what happened before: 1.2s, 300ms.
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    pub(crate) from: Option<Span>,
    /// Leaves out what happened after that.
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    pub(crate) to: Option<Span>,
}

/// What stands for a scenario.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Source {
    /// The seed.
    #[arg(long, value_parser = seed::parse)]
    pub(crate) seed: Option<u64>,
    /// A file that the fuzz target `scenario` has left: an artefact, or one of its corpus.
    #[arg(long, value_name = "FILE")]
    pub(crate) bytes: Option<PathBuf>,
}

/// A failure to be told, or a code.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct What {
    /// The run of that seed.
    #[arg(long, value_parser = seed::parse)]
    seed: Option<u64>,
    /// The run of that scenario file; or a code, such as VSR-LOST.
    #[arg(value_name = "FILE or CODE")]
    file: Option<PathBuf>,
}

/// A failure to be told.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    what: What,
    /// Forks the run at so many events into many futures: where does the violation become likely?
    #[arg(long, value_name = "POINTS")]
    pub(crate) branch: Option<NonZeroU8>,
}

impl Explain {
    /// The code that is meant, if it is one.
    ///
    /// # Errors
    /// With all codes, when it looks like one and is none.
    pub(crate) fn code(&self) -> Result<Option<Code>, Failure> {
        let Some(text) = self.what.file.as_ref().and_then(|file| file.to_str()) else {
            return Ok(None);
        };
        let text = text.to_ascii_uppercase();
        let code = Code::parse(&text);
        if code.is_none() && text.starts_with("VSR-") && !text.ends_with(".TOML") {
            let codes = Code::ALL.map(Code::text).join(", ");
            return Err(Failure::Words(format!("{text} is no code; there are {codes}")));
        }
        Ok(code)
    }

    /// The run that is meant.
    pub(crate) fn subject(&self) -> Subject {
        Subject { seed: self.what.seed, file: self.what.file.clone() }
    }
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
    pub(crate) jobs: Option<NonZeroUsize>,
    /// After how long to be content with what was reached: 30s, 10min.
    #[arg(long, value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
}

/// All runs of a small group, within bounds. A run may deviate from the quiet one, in which every
/// message arrives and no timer goes off.
#[derive(Debug, Args)]
pub(crate) struct Explore {
    /// A scenario file that says who there is; three replicas and a client that asks twice where it
    /// is missing. What goes wrong is what is explored: it may not say.
    pub(crate) file: Option<PathBuf>,
    /// How many replicas there are, whatever the file says.
    #[arg(long)]
    replicas: Option<u8>,
    /// How many clients.
    #[arg(long)]
    clients: Option<u16>,
    /// How many operations they ask for, all together.
    #[arg(long)]
    operations: Option<u32>,
    /// How much goes wrong at most, all together.
    #[arg(long, default_value_t = Bounds::default().deviations)]
    deviations: u8,
    /// How many replicas crash at most; they start again whenever they like.
    #[arg(long, default_value_t = Bounds::default().crashes)]
    crashes: u8,
    /// How many timers go off at most by which somebody gives up on somebody, at any moment.
    #[arg(long, default_value_t = Bounds::default().timeouts)]
    timeouts: u8,
    /// How many timers go off at most by which something is said again, at any moment.
    #[arg(long, default_value_t = Bounds::default().resends)]
    resends: u8,
    /// How many messages are late at most: they arrive at any moment, or never.
    #[arg(long, default_value_t = Bounds::default().late)]
    late: u8,
    /// How many messages come twice at most, the second time at any moment.
    #[arg(long, default_value_t = Bounds::default().copies)]
    copies: u8,
    /// How many replicas hear nothing at most, for as long as they like.
    #[arg(long, default_value_t = Bounds::default().deaf)]
    deaf: u8,
    /// After how many states to give up; a state takes 24 bytes.
    #[arg(long, default_value = "100_000_000", value_parser = seed::parse)]
    pub(crate) states_max: u64,
    /// The folder for a scenario that shows what is wrong.
    #[arg(long, default_value = "failures")]
    pub(crate) failures: PathBuf,
    /// How long to shrink it; 0s leaves it as it is.
    #[arg(long, default_value = "20s", value_parser = parse_time)]
    pub(crate) shrink: Duration,
}

impl Explore {
    /// The scenario with as many of everything as is wanted.
    pub(crate) fn sized(&self, scenario: Scenario) -> Scenario {
        let Scenario { cluster, workload, .. } = scenario;
        let replicas = self.replicas.unwrap_or(cluster.replicas);
        let clients = self.clients.unwrap_or(workload.clients);
        let operations = self.operations.unwrap_or(workload.operations);
        let cluster = Cluster { replicas, ..cluster };
        Scenario { cluster, workload: Workload { clients, operations, ..workload }, ..scenario }
    }

    /// How far runs may go from the quiet one.
    pub(crate) const fn bounds(&self) -> Bounds {
        Bounds {
            deviations: self.deviations,
            crashes: self.crashes,
            timeouts: self.timeouts,
            resends: self.resends,
            late: self.late,
            copies: self.copies,
            deaf: self.deaf,
        }
    }
}

/// Many runs.
#[derive(Debug, Args)]
pub(crate) struct Campaign {
    /// The seeds to run, the second one excluded: 0..1000, or 0.. without an end. Where it is
    /// missing, from a seed that nobody has run before, without an end.
    #[arg(long, value_parser = parse_range)]
    pub(crate) seeds: Option<Range<u64>>,
    /// Begins no more runs after that long: 30s, 10min, 8h.
    #[arg(long, value_parser = parse_time)]
    pub(crate) time: Option<Duration>,
    /// How many runs at a time; each stays on one thread. All cores where it is missing.
    #[arg(long)]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Runs one share of the seeds: 2/4 is the second of four; auto is what the environment says
    /// (Slurm, AWS Batch, GitLab, Buildkite, CircleCI), auto/20 where that has an index and no
    /// number (Kubernetes).
    #[arg(long, value_parser = ShardWord::parse, requires = "seeds")]
    pub(crate) shard: Option<ShardWord>,
    /// After how many failures to stop: a number, or all to go on whatever happens.
    #[arg(long, default_value = "10", value_parser = parse_limit)]
    pub(crate) max_failures: Limit,
    /// After how long to give a seed up.
    #[arg(long, default_value = "60s", value_parser = parse_time)]
    pub(crate) timeout_per_seed: Duration,
    /// How many of the seeds to run twice; both must come to one hash.
    #[arg(long, default_value = "1%", value_parser = Ratio::parse)]
    pub(crate) check_determinism: Ratio,
    /// How a portfolio's seeds are shared out among its ways: by fixed shares, or by shares that
    /// shift to the ways that still find something new. They shift where nothing is said, but not
    /// in a shard, which does not know what the others have found.
    #[arg(long, value_enum)]
    pub(crate) shares: Option<SharesWord>,
    /// Keeps results in that file as they come, and goes on where it ends if it is there.
    #[arg(long)]
    pub(crate) results: Option<PathBuf>,
    /// Fails when not every mark was reached: a campaign that gets nowhere finds nothing.
    #[arg(long)]
    pub(crate) all_marks: bool,
    #[command(flatten)]
    pub(crate) aftermath: Aftermath,
}

/// How a portfolio's seeds are shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SharesWord {
    /// As where nothing is known.
    Fixed,
    /// More and more to those that find something new.
    Shifting,
}

/// What is made of what was found.
#[derive(Debug, Args)]
pub(crate) struct Aftermath {
    /// The folder for scenarios that show what failed.
    #[arg(long, default_value = "failures")]
    pub(crate) failures: PathBuf,
    /// How long to shrink each kind of failure; 0s leaves them as they are.
    #[arg(long, default_value = "20s", value_parser = parse_time)]
    pub(crate) shrink: Duration,
    /// Writes the results as JUnit's XML.
    #[arg(long)]
    pub(crate) junit: Option<PathBuf>,
    /// Writes a page of Markdown: what failed, what was reached, and when.
    #[arg(long)]
    pub(crate) summary: Option<PathBuf>,
    /// Prints annotations for GitHub Actions, and adds the page to the step's summary.
    #[arg(long)]
    pub(crate) github: bool,
}

/// Histories to be judged.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files: JSON lines, Jepsen's EDN, or its log as porcupine's tests have it; - is standard
    /// input.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// By whose rules: ours, knossos, porcupine-etcd, porcupine-kv. What a file looks like where it
    /// is missing.
    #[arg(long, value_parser = Semantics::parse)]
    pub(crate) semantics: Option<Semantics>,
    /// As what: register, kv, counter, set, queue, stack, priority-queue, lock, transactions,
    /// clock, lottery. What its functions are where it is missing.
    #[arg(long, value_parser = Kind::parse)]
    pub(crate) model: Option<Kind>,
    /// Judges the operations of that key only.
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// What is good enough: linearizable where it is missing, or sequential, stale=250ms,
    /// monotonic-reads, read-your-writes.
    #[arg(long)]
    pub(crate) guarantee: Option<Guarantee>,
    /// Draws a history that has no explanation as a page for browsers.
    #[arg(long, value_name = "OUT")]
    pub(crate) page: Option<PathBuf>,
    /// After how many steps of a search to give a history up.
    #[arg(long, default_value = "100_000_000", value_parser = seed::parse)]
    pub(crate) steps: u64,
    /// After how much memory of a search to give a history up: 512MiB, 2GB.
    #[arg(long, default_value = "1GiB", value_parser = parse_size)]
    pub(crate) memory: u64,
}

impl Check {
    /// How the files are to be judged.
    pub(crate) fn wish(&self) -> Wish {
        let limits = Limits { steps: self.steps, bytes: self.memory };
        let (semantics, kind, key) = (self.semantics, self.model, self.key.clone());
        Wish { semantics, kind, key, limits, guarantee: self.guarantee }
    }
}

/// Results to be joined.
#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// Files written by `fuzz --results`, in any order.
    #[arg(required = true)]
    pub(crate) results: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) aftermath: Aftermath,
}

/// How many failures are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit(pub(crate) u64);

impl Campaign {
    /// How many runs at a time.
    pub(crate) fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(cores, usize::from)
    }
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
  vsr-sim report --seed 42            draw it for a browser, in run.html
  vsr-sim run scenarios               run all scenario files in a folder
  vsr-sim fuzz --seeds 0..10_000      run many seeds on all cores
  vsr-sim fuzz --time 8h --results a  run through the night, and go on tomorrow
  vsr-sim shrink --seed 42 -o a.toml  make the failure of a seed small
  vsr-sim check history.edn           judge a history that somebody else recorded
  vsr-sim fuzz --sabotage never-resends
                                      see what failures look like

A file `vsr-sim.toml` in this folder, or in one above it, can say what is wanted where nothing is
said: `quiet = true`, or below `[fuzz]`, `time = '8h'`.

Exit status: 0 nothing found, 2 usage or unreadable input, 4 nothing ran, 100 violation,
101 a mistake of the simulator, 102 undecided, 103 a scenario did not show what it expects,
104 one seed gave two hashes, 105 the self-test missed a broken system, or a mark that had to be
reached was not, 130 and 143 interrupted before the end and nothing found so far.";
