//! Exploring: every run of a small group in which little goes wrong.

use crate::arguments::{Explore, Format, Options};
use crate::exit::{BROKEN, CLEAN, Failure, UNDECIDED, VIOLATION};
use crate::explain::explain;
use crate::files;
use crate::keeping;
use crate::shrink::{self, Crew};
use crate::signals::Signals;
use crate::stopwatch::Stopwatch;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use vsr::report::number::{counted, grouped};
use vsr::report::style::{BAD, FAINT, GOOD, paint};
use vsr::sim::Scenario;
use vsr::sim::explore::{Bounds, Explored, Level, Told, check, explore};
use vsr::sim::scenario::Workload;
use vsr::sim::shrink::{Signature, shrink};

/// Explores a scenario and tells what was covered.
pub(crate) fn run(words: &Explore, options: &Options) -> Result<u8, Failure> {
    let (scenario, name) = match &words.file {
        Some(file) => (files::read(file)?, file.display().to_string()),
        None => (smallest(), "the built-in scenario".to_owned()),
    };
    let scenario = words.sized(scenario.varied(options.variant()));
    // What can't be in a file can't be explored either.
    Scenario::parse(&scenario.to_string())
        .map_err(|why| Failure::NoScenario(PathBuf::from(&name), why))?;
    check(&scenario).map_err(|why| Failure::Words(format!("{name}: {why}")))?;
    let signals = Signals::listen()?;
    let mut telling = Telling::new(words, options);
    telling.begin(&scenario, &name)?;
    let explored =
        explore(&scenario, words.bounds(), |told| telling.tell(told) && !signals.must_stop());
    let explored = explored.map_err(|why| Failure::Words(format!("{name}: {why}")))?;
    if let Some(error) = telling.unwritten.take() {
        return Err(error.into());
    }
    match explored {
        Explored::Whole => telling.end("nothing is wrong", CLEAN),
        Explored::Stopped => telling.end("stopped before all was seen", UNDECIDED),
        Explored::Wrong(found) => wrong(&found, words, options, &signals, &telling),
    }
}

/// Three replicas, and a client that asks twice.
fn smallest() -> Scenario {
    let scenario = Scenario::default();
    let workload = Workload { clients: 1, operations: 2, ..scenario.workload };
    Scenario { workload, ..scenario }
}

/// Something is wrong: makes a scenario of it that a person can read.
fn wrong(
    found: &Scenario,
    words: &Explore,
    options: &Options,
    signals: &Signals,
    telling: &Telling,
) -> Result<u8, Failure> {
    let Some(violation) = vsr::sim::run(found).violation else {
        let path = words.failures.join("explored.toml");
        keeping::write(&path, &found.to_string())?;
        let path = path.display();
        writeln!(
            anstream::stderr(),
            "error: {path}: something is wrong there, and a run of it does not show it: this is a \
             mistake of the simulator"
        )?;
        return Ok(BROKEN);
    };
    let signature = Signature::of(&violation);
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut crew = Crew::new(&signature, jobs, Some(words.shrink), signals);
    let shrunk = shrink(found, &signature, &mut crew);
    let path = words.failures.join(format!("explored-{}.toml", violation.code));
    keeping::write(&path, &shrink::story("an exploration", found, &shrunk))
        .map_err(|why| Failure::Unwritable(path.clone(), why))?;
    let file = path.display().to_string();
    match options.format {
        Format::Json => {
            let mut line = telling.line("violation");
            line["code"] = json!(violation.code.text());
            line["message"] = json!(violation.message);
            line["file"] = json!(file);
            writeln!(anstream::stdout(), "{line}")?;
        }
        Format::Text | Format::Junit => {
            let mut out = anstream::stdout().lock();
            writeln!(out, "{}, in {file}", shrink::sizes(found, &shrunk.scenario))?;
            write!(out, "{}", explain(&shrunk.scenario, &file))?;
        }
    }
    Ok(VIOLATION)
}

/// Tells how far an exploration is.
struct Telling {
    bounds: Bounds,
    states_max: u64,
    format: Format,
    /// In which second progress was told; at the end of all time where nobody wants to know.
    told: u64,
    watch: Stopwatch,
    levels: Vec<Level>,
    /// Why what it said could not be written.
    unwritten: Option<std::io::Error>,
}

impl Telling {
    fn new(words: &Explore, options: &Options) -> Self {
        Self {
            bounds: words.bounds(),
            states_max: words.states_max,
            format: options.format,
            told: if options.quiet { u64::MAX } else { 0 },
            watch: Stopwatch::start(),
            levels: Vec::new(),
            unwritten: None,
        }
    }

    fn begin(&self, scenario: &Scenario, name: &str) -> std::io::Result<()> {
        if self.format == Format::Json {
            return Ok(());
        }
        let group = [
            counted(scenario.cluster.replicas.into(), "replica", "replicas"),
            counted(scenario.workload.clients.into(), "client", "clients"),
            counted(scenario.workload.operations.into(), "operation", "operations"),
        ];
        let Bounds { deviations, crashes, timeouts, resends, late, copies, deaf } = self.bounds;
        let most = [
            counted(crashes.into(), "crash", "crashes"),
            counted(timeouts.into(), "time-out", "time-outs"),
            counted(resends.into(), "resend", "resends"),
            counted(late.into(), "message late or lost", "messages late or lost"),
            counted(copies.into(), "message twice", "messages twice"),
            counted(deaf.into(), "deaf replica", "deaf replicas"),
        ];
        let deviations = counted(deviations.into(), "deviation", "deviations");
        let mut out = anstream::stdout().lock();
        writeln!(out, "exploring {name}: {}", group.join(", "))?;
        let (some, others) = most.split_at(3);
        writeln!(out, "at most {deviations} from a quiet run: {},", some.join(", "))?;
        writeln!(out, "  {}", others.join(", "))?;
        let head = "deviations         states          steps           ends  longest";
        writeln!(out, "{}", paint(FAINT, head))
    }

    /// Tells how far it is, and whether that is no reason to stop.
    fn tell(&mut self, told: Told) -> bool {
        let level = match told {
            Told::UnderWay(level) => {
                let now = self.watch.whole_seconds();
                if now >= self.told.saturating_add(TELL_EVERY) {
                    self.told = now;
                    let states = counted(level.states, "state", "states");
                    let line = format!("{states} with up to {} so far", level.deviations);
                    // Progress that nobody reads is no reason to stop.
                    let _ = writeln!(anstream::stderr(), "{}", paint(FAINT, &line));
                }
                level
            }
            Told::Done(level) => {
                self.levels.push(level);
                if self.format != Format::Json {
                    let Level { deviations, states, steps, ends, longest } = level;
                    let [states, steps, ends] = [states, steps, ends].map(grouped);
                    let line = format!(
                        "{deviations:>10} {states:>14} {steps:>14} {ends:>14} {longest:>8}"
                    );
                    let mut out = anstream::stdout().lock();
                    self.unwritten = writeln!(out, "{line}").err();
                }
                level
            }
        };
        level.states <= self.states_max && self.unwritten.is_none()
    }

    fn end(&self, verdict: &str, status: u8) -> Result<u8, Failure> {
        let mut out = anstream::stdout().lock();
        if self.format == Format::Json {
            let verdict = if status == CLEAN { "pass" } else { "undecided" };
            writeln!(out, "{}", self.line(verdict))?;
        } else {
            let style = if status == CLEAN { GOOD } else { BAD };
            writeln!(out, "{}", paint(style, verdict))?;
        }
        Ok(status)
    }

    /// What was covered, for programs.
    fn line(&self, verdict: &str) -> Value {
        let Bounds { deviations, crashes, timeouts, resends, late, copies, deaf } = self.bounds;
        let levels: Vec<Value> = self
            .levels
            .iter()
            .map(|level| {
                json!({
                    "deviations": level.deviations,
                    "states": level.states,
                    "steps": level.steps,
                    "ends": level.ends,
                    "longest": level.longest,
                })
            })
            .collect();
        json!({
            "v": 1,
            "type": "exploration",
            "verdict": verdict,
            "bounds": {
                "deviations": deviations,
                "crashes": crashes,
                "timeouts": timeouts,
                "resends": resends,
                "late": late,
                "copies": copies,
                "deaf": deaf,
            },
            "levels": levels,
        })
    }
}

/// Progress is told every so many seconds.
const TELL_EVERY: u64 = 5;
