//! Results on disk, as JSON lines, so that a campaign that was killed can go on where it was.
//!
//! What a line of progress says is true of exactly the lines before it. Whatever comes after the
//! last one is run again.

use super::failure::Failure;
use super::findings::{Findings, Totals};
use super::plan::Plan;
use super::shard::Shard;
use super::shift::Shift;
use crate::arguments::{parse_durability, parse_way};
use serde_json::{Value, json};
use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use vsr::sim::Scenario;
use vsr::sim::sabotage::Sabotage;
use vsr::sim::scenario::{Variant, Way, durability_name};

/// What results are about: only those of one build can be put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Title {
    pub(crate) plan: Plan,
    pub(crate) variant: Variant,
    /// Whether shares shift while it goes on: then seeds are other runs, too.
    pub(crate) shifts: bool,
    /// What differs when the same seeds are other runs.
    build: String,
}

impl Title {
    pub(crate) fn new(plan: Plan, variant: Variant, shifts: bool) -> Self {
        let hash = (0..BUILD_SEEDS).fold(0_u64, |hash, seed| {
            let scenario = Scenario::of_seed(seed, variant);
            vsr::sim::random::mix(hash ^ vsr::sim::run(&scenario).hash)
        });
        Self { plan, variant, shifts, build: format!("{}/{hash:016x}", env!("CARGO_PKG_VERSION")) }
    }

    /// Whether both are of one build, and varied in the same way.
    pub(crate) fn is_of_one_build(&self, other: &Self) -> bool {
        (&self.build, self.variant) == (&other.build, other.variant)
    }

    fn json(&self) -> Value {
        json!({
            "v": 1,
            "type": "start",
            "build": self.build,
            "from": self.plan.seeds.start.to_string(),
            "to": self.plan.seeds.end.to_string(),
            "shard": self.plan.shard.to_string(),
            "way": self.variant.way.word(),
            "shares": if self.shifts { SHIFTING } else { FIXED },
            "sabotage": self.variant.sabotage.map(Sabotage::word),
            "durability": self.variant.durability.map(durability_name),
            "beyond": self.variant.beyond,
        })
    }

    fn read(line: &Value) -> Result<Self, String> {
        if line["type"] != "start" {
            return Err("no results of a campaign begin like this".to_owned());
        }
        if line["v"] != 1 {
            return Err(format!("results of version {}, and this program reads 1", line["v"]));
        }
        let wrong = |name: &str| format!("\"{name}\" is missing, or not what it should be");
        let text = |name: &str| line[name].as_str().ok_or_else(|| wrong(name));
        let seed = |name: &str| text(name)?.parse::<u64>().map_err(|_| wrong(name));
        let sabotage = match line["sabotage"].as_str() {
            Some(word) => Some(Sabotage::parse(word).ok_or_else(|| wrong("sabotage"))?),
            None => None,
        };
        let durability = match line["durability"].as_str() {
            Some(word) => Some(parse_durability(word).map_err(|_| wrong("durability"))?),
            None => None,
        };
        let beyond = line["beyond"].as_bool().unwrap_or(false);
        let way = match line["way"].as_str() {
            Some(word) => parse_way(word).map_err(|_| wrong("way"))?,
            None => Way::default(),
        };
        let variant = Variant { way, sabotage, durability, beyond };
        let shifts = match line["shares"].as_str() {
            None | Some(FIXED) => false,
            Some(SHIFTING) => true,
            Some(_) => return Err(wrong("shares")),
        };
        let (start, end) = (seed("from")?, seed("to")?);
        let plan = Plan { seeds: start..end, shard: Shard::parse(text("shard")?)? };
        Ok(Self { plan, variant, shifts, build: text("build")?.to_owned() })
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds = &self.plan.seeds;
        write!(f, "seeds {}..{}", seeds.start, seeds.end)?;
        if self.plan.shard != Shard::WHOLE {
            write!(f, ", shard {}", self.plan.shard)?;
        }
        write!(f, "{}", self.variant)?;
        if self.shifts {
            f.write_str(", whose shares shift")?;
        }
        write!(f, ", build {}", self.build)
    }
}

/// What stands in a file of results.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) title: Title,
    pub(crate) findings: Findings,
    /// The failures, in the order of their seeds.
    pub(crate) failures: Vec<Failure>,
    /// How many of the plan's seeds are done.
    pub(crate) done: u64,
    /// What each way has found, where shares shift.
    pub(crate) shift: Option<Shift>,
    /// Where the lines end that count.
    length: u64,
}

/// Why a file of results can't be used.
#[derive(Debug)]
pub(crate) struct NoResults {
    path: PathBuf,
    /// Counted from one; nothing where it is about the whole file.
    line: Option<usize>,
    message: String,
    /// Whether the file could not be written: another try may do better.
    pub(crate) is_unwritable: bool,
}

impl fmt::Display for NoResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl Results {
    /// Reads results.
    ///
    /// # Errors
    /// When the file can't be read, or a line that counts is none of results.
    pub(crate) fn read(path: &Path) -> Result<Self, NoResults> {
        let wrong = |line: Option<usize>, message: String| NoResults {
            path: path.to_owned(),
            line,
            message,
            is_unwritable: false,
        };
        let bytes = std::fs::read(path).map_err(|error| wrong(None, error.to_string()))?;
        // What was being written when the power went may be anything; it ends no line.
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.split_inclusive('\n').zip(1..);
        let title = match lines.next() {
            Some((line, _)) => {
                let value = serde_json::from_str::<Value>(line);
                let value = value.map_err(|error| wrong(Some(1), error.to_string()))?;
                Title::read(&value).map_err(|why| wrong(Some(1), why))?
            }
            None => return Err(wrong(None, "the file is empty".to_owned())),
        };
        let mut results = Self {
            length: long(text.split_inclusive('\n').next().map_or(0, str::len)),
            shift: title.shifts.then(Shift::default),
            title,
            findings: Findings::default(),
            failures: Vec::new(),
            done: 0,
        };
        let (mut waiting, mut at) = (Waiting::default(), results.length);
        for (line, number) in lines {
            at += long(line.len());
            if !line.ends_with('\n') {
                // The writer was killed in the middle of it.
                break;
            }
            let value = serde_json::from_str::<Value>(line)
                .map_err(|error| wrong(Some(number), error.to_string()))?;
            let is_known = match value["type"].as_str() {
                Some("run") => waiting.failure(&value),
                Some("mark") => waiting.mark(&value),
                Some("progress") => results.confirm(&mut waiting, &value, at),
                Some(_) | None => None,
            };
            if is_known.is_none() {
                return Err(wrong(Some(number), "no line of results".to_owned()));
            }
        }
        Ok(results)
    }

    /// All lines up to here count.
    fn confirm(&mut self, waiting: &mut Waiting, line: &Value, length: u64) -> Option<()> {
        self.findings.totals = Totals::read(line)?;
        self.done = line["done"].as_u64().filter(|&done| done <= self.title.plan.len())?;
        if let Some(shift) = &mut self.shift {
            shift.go_on(&line["ways"])?;
        }
        self.length = length;
        for failure in waiting.failures.drain(..) {
            self.findings.note_failure(&failure);
            self.failures.push(failure);
        }
        for (name, seed) in waiting.marks.drain(..) {
            self.findings.note_mark(&name, seed);
        }
        Some(())
    }
}

/// Lines that do not count yet.
#[derive(Default)]
struct Waiting {
    failures: Vec<Failure>,
    marks: Vec<(String, u64)>,
}

impl Waiting {
    fn failure(&mut self, line: &Value) -> Option<()> {
        self.failures.push(Failure::read(line)?);
        Some(())
    }

    fn mark(&mut self, line: &Value) -> Option<()> {
        let seed = line["seed"].as_str()?.parse().ok()?;
        self.marks.push((line["name"].as_str()?.to_owned(), seed));
        Some(())
    }
}

/// A file of results that is being written.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Journal {
    /// Opens a file, and says what stands in it already, if it is there.
    ///
    /// # Errors
    /// When it can't be read or written, or has the results of something else.
    pub(crate) fn open(path: &Path, title: &Title) -> Result<(Self, Option<Results>), NoResults> {
        let wrong = |message: String| NoResults {
            path: path.to_owned(),
            line: None,
            message,
            is_unwritable: false,
        };
        let is_there = std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0);
        let earlier = if is_there { Some(Results::read(path)?) } else { None };
        if let Some(earlier) = &earlier
            && earlier.title != *title
        {
            return Err(wrong(format!(
                "has results of another campaign ({}), this one is {title}: name another file, \
                 or remove it",
                earlier.title
            )));
        }
        let open = || {
            let mut file = File::options().create(true).truncate(false).write(true).open(path)?;
            if let Some(earlier) = &earlier {
                file.set_len(earlier.length)?;
                file.seek(SeekFrom::End(0))?;
            }
            Ok(BufWriter::new(file))
        };
        let file = open().map_err(|error: std::io::Error| wrong(error.to_string()))?;
        let mut journal = Self { path: path.to_owned(), file };
        if earlier.is_none() {
            journal.write(&title.json())?;
            journal.flush()?;
        }
        Ok((journal, earlier))
    }

    pub(crate) fn failure(&mut self, failure: &Failure) -> Result<(), NoResults> {
        self.write(&failure.line)
    }

    pub(crate) fn mark(&mut self, name: &str, seed: u64) -> Result<(), NoResults> {
        self.write(&json!({"v": 1, "type": "mark", "name": name, "seed": seed.to_string()}))
    }

    /// From now on all that was written counts.
    pub(crate) fn progress(
        &mut self,
        totals: &Totals,
        done: u64,
        shift: Option<&mut Shift>,
    ) -> Result<(), NoResults> {
        let mut line = totals.json();
        line["v"] = json!(1);
        line["type"] = json!("progress");
        line["done"] = json!(done);
        if let Some(shift) = shift {
            line["ways"] = shift.json();
        }
        self.write(&line)?;
        self.flush()
    }

    fn write(&mut self, line: &Value) -> Result<(), NoResults> {
        writeln!(self.file, "{line}").map_err(|error| self.failed(&error))
    }

    fn flush(&mut self) -> Result<(), NoResults> {
        self.file.flush().map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &std::io::Error) -> NoResults {
        NoResults {
            path: self.path.clone(),
            line: None,
            message: format!("results can't be written: {error}"),
            is_unwritable: true,
        }
    }
}

fn long(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// How a file of results says whether shares shift.
const FIXED: &str = "fixed";
const SHIFTING: &str = "shifting";

/// So many seeds are run to tell builds apart.
const BUILD_SEEDS: u64 = 3;
