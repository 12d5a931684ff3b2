//! The runner's command line.

use crate::patch::Bug;
use std::time::Duration;
use vsr::sim::scenario::Way;

/// What the runner is asked to do.
pub(crate) enum Command {
    /// To check what holds without building anything.
    Check,
    /// To build every patch, as far as the compiler has something to say.
    Compile,
    /// To build and hunt.
    Hunt(Hunt),
    /// To explore those that say how, with one of these in their names.
    Explore { names: Vec<String>, write: bool },
    /// To plant mistakes in the simulator, those with one of these in their names.
    Harness { names: Vec<String>, write: bool },
    /// To let fuzz targets loose, those with one of these in their names or bugs.
    Fuzz { names: Vec<String>, seconds: u64, write: bool },
    /// To say how it is used.
    Help(&'static str),
}

/// A hunt's limits.
#[derive(Debug)]
pub(crate) struct Hunt {
    /// Only bugs whose names contain one of these; all when there are none.
    names: Vec<String>,
    /// Only so many of the easy ones.
    sample: Option<usize>,
    /// Which of the easy ones is the first of the sample.
    from: usize,
    /// Seeds for each start.
    pub(crate) seeds: u64,
    /// Time for each start.
    pub(crate) limit: Duration,
    /// Starts for each bug, each with seeds of its own.
    pub(crate) starts: u64,
    /// Hunts at a time.
    pub(crate) jobs: usize,
    /// Whether to write the tables.
    pub(crate) write: bool,
    /// Whether to shrink a find anew where there is a story already.
    pub(crate) stories: bool,
    /// How faults are chosen: in each of these ways.
    pub(crate) ways: Vec<Way>,
}

impl Command {
    /// Reads the words of the command line.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        match words.next().as_deref() {
            Some("compile") => Ok(Self::Compile),
            Some("hunt") => Ok(Hunt::parse(words)?.map_or(Self::Help(HELP), Self::Hunt)),
            Some("harness") => Ok(Self::parse_names(words)?
                .map_or(Self::Help(HELP), |(names, write)| Self::Harness { names, write })),
            Some("explore") => Ok(Self::parse_names(words)?
                .map_or(Self::Help(HELP), |(names, write)| Self::Explore { names, write })),
            Some("fuzz") => Self::parse_fuzz(words),
            Some("help" | "--help") => Ok(Self::Help(HELP)),
            // `cargo test` gives its own words to every test: what filters tests does not mean us.
            Some(_) | None => Ok(Self::Check),
        }
    }

    /// Names, and whether to write; nothing where help is wanted.
    fn parse_names(
        words: impl Iterator<Item = String>,
    ) -> Result<Option<(Vec<String>, bool)>, String> {
        let (mut names, mut write) = (Vec::new(), false);
        for word in words {
            match word.as_str() {
                "--write" => write = true,
                "--help" => return Ok(None),
                name if !name.starts_with('-') => names.push(word),
                other => return Err(format!("no such option: {other}\n{HELP}")),
            }
        }
        Ok(Some((names, write)))
    }

    fn parse_fuzz(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut names, mut seconds, mut write) = (Vec::new(), 300, false);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--write" => write = true,
                "--seconds" => {
                    let number = words.next().and_then(|word| word.parse().ok());
                    seconds = number.ok_or("--seconds wants a number")?;
                }
                "--help" => return Ok(Self::Help(HELP)),
                name if !name.starts_with('-') => names.push(word),
                other => return Err(format!("no such option: {other}\n{HELP}")),
            }
        }
        Ok(Self::Fuzz { names, seconds, write })
    }
}

impl Hunt {
    /// Nothing where help is wanted.
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut hunt = Self {
            names: Vec::new(),
            sample: None,
            from: 0,
            seeds: 200_000,
            limit: Duration::from_secs(60),
            starts: 5,
            jobs: cores,
            write: false,
            stories: false,
            ways: Vec::new(),
        };
        while let Some(word) = words.next() {
            let mut number = |name: &str| -> Result<u64, String> {
                let value = words.next().ok_or_else(|| format!("{name} wants a number"))?;
                value.parse().map_err(|_| format!("{name} wants a number, not {value:?}"))
            };
            match word.as_str() {
                "--seeds" => hunt.seeds = number("--seeds")?.max(1),
                "--seconds" => hunt.limit = Duration::from_secs(number("--seconds")?),
                "--starts" => hunt.starts = number("--starts")?.max(1),
                "--jobs" => hunt.jobs = usize::try_from(number("--jobs")?).unwrap_or(1).max(1),
                "--sample" => hunt.sample = usize::try_from(number("--sample")?).ok(),
                "--from" => hunt.from = usize::try_from(number("--from")?).unwrap_or(0),
                "--write" => hunt.write = true,
                "--stories" => hunt.stories = true,
                "--way" => {
                    let way = words.next().and_then(|word| Way::parse(&word));
                    let way = way.ok_or_else(|| format!("--way wants one of {}", Way::words()))?;
                    hunt.ways.push(way);
                }
                "--help" => return Ok(None),
                name if !name.starts_with('-') => hunt.names.push(name.to_owned()),
                other => return Err(format!("no such option: {other}\n{HELP}")),
            }
        }
        if hunt.ways.is_empty() {
            hunt.ways = Way::ALL.to_vec();
        }
        Ok(Some(hunt))
    }

    /// The bugs that are meant.
    pub(crate) fn choose<'bugs>(&self, bugs: &'bugs [Bug]) -> Result<Vec<&'bugs Bug>, Vec<String>> {
        let unknown: Vec<String> = self
            .names
            .iter()
            .filter(|name| !bugs.iter().any(|bug| bug.name.contains(name.as_str())))
            .map(|name| format!("no planted bug has {name:?} in its name"))
            .collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let is_meant = |bug: &&Bug| {
            self.names.is_empty() || self.names.iter().any(|name| bug.name.contains(name.as_str()))
        };
        let mut chosen: Vec<&Bug> = bugs.iter().filter(is_meant).collect();
        if let Some(count) = self.sample {
            // A sample is of what must be found: the hard ones may well take longer than there is.
            chosen.retain(|bug| bug.difficulty == crate::patch::Difficulty::Easy);
            let shift = self.from % chosen.len().max(1);
            chosen.rotate_left(shift);
            chosen.truncate(count);
        }
        Ok(chosen)
    }
}

const HELP: &str = "\
usage: cargo test --release --test bugs -- hunt [NAME…] [OPTIONS]
       cargo test --release --test bugs -- explore [NAME…] [--write]
       cargo test --test bugs -- harness [NAME…] [--write]
       cargo test --release --test bugs -- fuzz [TARGET or NAME…] [--seconds N] [--write]
       cargo test --test bugs -- compile

hunt: plants each bug in a copy, builds it, and lets its simulator hunt

  NAME…          only bugs with one of these in their names
  --seeds N      seeds for each start (200000)
  --seconds N    seconds for each start (60)
  --starts N     starts for each bug, each with seeds of its own (5)
  --jobs N       hunts at a time (as many as there are cores)
  --sample N     only N of the easy bugs, the first of them chosen by --from M
  --way WAY      how faults are chosen (in every way there is, one after another); may be repeated
  --write        write each bug's results to docs/bugs.md as soon as they are there; what was not
                 hunted stays
  --stories      shrink a find of each, also of those that have a story already

explore: plants the bugs whose headers say how they are found by exploring, and explores

harness: plants each mistake in the simulator itself; its tests or its self-test must notice

fuzz: plants bugs in copies; `cargo fuzz` must find each within so many seconds (300)

compile: plants each bug and each mistake; the compiler must take them all";
