//! Hunts: the simulator with a bug in it, let loose on seeds until it finds something.

use crate::commands::Hunt;
use crate::patch::Bug;
use crate::story::{self, Story};
use crate::workshop::Workshop;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};
use vsr::sim::scenario::Way;

/// What came of one start.
#[derive(Clone, Debug)]
pub(crate) struct Find {
    /// With which seed.
    pub(crate) seed: u64,
    /// After how many seeds.
    pub(crate) seeds: u64,
    /// After how much of a core's time, in hundredths of a second.
    pub(crate) centiseconds: u64,
    /// Who found it.
    pub(crate) judge: String,
}

/// What was found of a bug in each way that was tried: a find for each start that had one.
pub(crate) type Finds = BTreeMap<Way, Vec<Find>>;

/// What came of all starts for a bug.
pub(crate) struct Hunted<'bugs> {
    pub(crate) bug: &'bugs Bug,
    pub(crate) finds: Finds,
    /// What came of its scenario file, if it has one.
    pub(crate) shown: Option<String>,
    /// What is left of a find, or why nothing is; nothing where none was shrunk.
    pub(crate) story: Option<Result<Story, String>>,
}

impl Hunted<'_> {
    /// Whether most starts found it in some way: then there is a median.
    pub(crate) fn is_found(&self, starts: u64) -> bool {
        self.finds.values().any(|finds| median(finds, starts).is_some())
    }

    /// Who found it, the most frequent first.
    pub(crate) fn judges(&self) -> Vec<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for find in self.finds.values().flatten() {
            *counts.entry(&find.judge).or_default() += 1;
        }
        let mut judges: Vec<(&str, usize)> = counts.into_iter().collect();
        judges.sort_by_key(|&(name, count)| (core::cmp::Reverse(count), name));
        judges.into_iter().map(|(name, _)| name.to_owned()).collect()
    }
}

/// The median over all starts, those in vain counting as endless.
pub(crate) fn median(finds: &[Find], starts: u64) -> Option<&Find> {
    let mut sorted: Vec<&Find> = finds.iter().collect();
    sorted.sort_unstable_by_key(|find| (find.centiseconds, find.seeds));
    sorted.get(usize::try_from(starts / 2).ok()?).copied()
}

/// Builds the bugs one after another while those that are built are hunted, and shows each to
/// `done` when nothing is left to do for it.
pub(crate) fn all(
    bugs: &[&Bug],
    hunt: &Hunt,
    root: &Path,
    done: &(dyn Fn(&Hunted<'_>) -> Result<(), String> + Sync),
) -> Result<(), Vec<String>> {
    let shop = Workshop::new(root, bugs.len()).map_err(|why| vec![why])?;
    let failures = Mutex::new(Vec::new());
    let (send, receive) = mpsc::channel::<Task<'_>>();
    let receive = Mutex::new(receive);
    std::thread::scope(|scope| {
        for _ in 0..hunt.jobs {
            scope.spawn(|| {
                loop {
                    let task = receive.lock().expect("no thread panics").recv();
                    let Ok(task) = task else { return };
                    let Some(hunted) = task.go(hunt, root) else { continue };
                    if let Err(why) = done(&hunted) {
                        failures.lock().expect("no thread panics").push(why);
                    }
                }
            });
        }
        for &bug in bugs {
            match Prey::build(bug, &shop, hunt, root) {
                Ok(prey) => {
                    let prey = Arc::new(prey);
                    for &way in &hunt.ways {
                        for start in 0..hunt.starts {
                            let _ = send.send(Task { prey: Arc::clone(&prey), way, start });
                        }
                    }
                }
                Err(why) => failures.lock().expect("no thread panics").push(why),
            }
        }
        drop(send);
    });
    let failures = failures.into_inner().expect("no thread panics");
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// A bug that is built, and what was found of it so far.
struct Prey<'bugs> {
    bug: &'bugs Bug,
    program: PathBuf,
    shown: Option<String>,
    board: Mutex<Board>,
}

#[derive(Default)]
struct Board {
    finds: Finds,
    /// How many starts in a way found nothing.
    in_vain: BTreeMap<Way, u64>,
    /// How many starts are not over.
    left: u64,
}

/// One start.
struct Task<'bugs> {
    prey: Arc<Prey<'bugs>>,
    way: Way,
    start: u64,
}

impl<'bugs> Prey<'bugs> {
    fn build(bug: &'bugs Bug, shop: &Workshop, hunt: &Hunt, root: &Path) -> Result<Self, String> {
        let program = shop.build(&bug.patch)?;
        let shown =
            bug.shown_by.as_ref().map(|file| show(bug, &program, &root.join(file))).transpose()?;
        let ways = u64::try_from(hunt.ways.len()).unwrap_or(0);
        let board = Mutex::new(Board { left: hunt.starts * ways, ..Board::default() });
        Ok(Self { bug, program, shown, board })
    }
}

impl<'bugs> Task<'bugs> {
    /// Does what is to be done; with the last start of a bug comes what was found of it.
    fn go(&self, hunt: &Hunt, root: &Path) -> Option<Hunted<'bugs>> {
        let (way, prey) = (self.way, &self.prey);
        let in_vain =
            prey.board.lock().expect("no thread panics").in_vain.get(&way).copied().unwrap_or(0);
        // When most were in vain there is no median any more, whatever the others find.
        if in_vain * 2 < hunt.starts {
            let found = one(prey.bug, &prey.program, self.start, way, hunt);
            tell(prey.bug, way, self.start, found.as_ref());
            let mut board = prey.board.lock().expect("no thread panics");
            match found {
                Some(find) => board.finds.entry(way).or_default().push(find),
                None => *board.in_vain.entry(way).or_default() += 1,
            }
        }
        let finds = {
            let mut board = prey.board.lock().expect("no thread panics");
            board.left -= 1;
            if board.left > 0 {
                return None;
            }
            std::mem::take(&mut board.finds)
        };
        let is_told = hunt.write && !hunt.stories && root.join(story::path(prey.bug)).exists();
        let soonest = finds
            .iter()
            .flat_map(|(&way, finds)| finds.iter().map(move |find| (way, find)))
            .min_by_key(|(_, find)| (find.centiseconds, find.seed));
        let story = soonest
            .filter(|_| !is_told)
            .map(|(way, find)| story::shrink(prey.bug, &prey.program, find, way));
        let _ = fs::remove_file(&prey.program);
        Some(Hunted { bug: prey.bug, finds, shown: prey.shown.clone(), story })
    }
}

/// What comes of a scenario file with a bug in place: the code of a violation, that a mark is not
/// reached, or that the file does not show the bug.
fn show(bug: &Bug, program: &Path, file: &Path) -> Result<String, String> {
    let output = Command::new(program)
        .args(["run", "--quiet", "--format", "json"])
        .arg(file)
        .output()
        .map_err(|why| format!("{}: {why}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let value: serde_json::Value = serde_json::from_str(text.trim()).map_err(|why| {
        format!("{}: {why}\n{}", file.display(), String::from_utf8_lossy(&output.stderr))
    })?;
    let what = match (value["code"].as_str(), value["unmet"].as_str()) {
        (_, None) => NOT_SHOWN.to_owned(),
        (Some(code), Some(_)) => code.to_owned(),
        (None, Some(_)) => "a mark is missing".to_owned(),
    };
    println!("{}: {what} in {}", bug.name, file.display());
    Ok(what)
}

fn tell(bug: &Bug, way: Way, start: u64, found: Option<&Find>) {
    let name = &bug.name;
    match found {
        Some(find) => println!(
            "{name} {way} start {start}: {} after {} seeds, {}.{:02} s",
            find.judge,
            find.seeds,
            find.centiseconds / 100,
            find.centiseconds % 100
        ),
        None => println!("{name} {way} start {start}: not found"),
    }
}

/// One start: seeds in their order on one core, until one fails or a limit is reached.
fn one(bug: &Bug, program: &Path, start: u64, way: Way, hunt: &Hunt) -> Option<Find> {
    let first = start * SEEDS_APART;
    let seeds = format!("{first}..{}", first + hunt.seeds);
    let child = Command::new(program)
        .args(["fuzz", "--seeds", &seeds, "--max-failures", "1", "--jobs", "1"])
        .args(["--durability", &bug.durability, "--way", way.word()])
        .args(["--shrink", "0s", "--quiet", "--format", "json", "--failures"])
        .arg(program.with_extension(format!("failures-{way}-{start}")))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (output, centiseconds) = watch(child, hunt.limit)?;
    let failure = output.lines().find_map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        (value["type"] == "run" && value["verdict"] == "violation").then_some(value)
    })?;
    let seed: u64 = failure["seed"].as_str()?.parse().ok()?;
    let judge = failure["judge"].as_str()?.to_owned();
    Some(Find { seed, seeds: seed - first + 1, centiseconds, judge })
}

/// What a program prints, and the time of a core that it took; nothing when that is beyond the
/// limit.
pub(crate) fn watch(mut child: Child, limit: Duration) -> Option<(String, u64)> {
    let begun = Instant::now();
    let mut output = child.stdout.take()?;
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut output, &mut text).map(|_| text).unwrap_or_default()
    });
    let mut centiseconds = 0;
    loop {
        // A process that has ended is there to be asked until it is waited for.
        let ticks = ticks_of(child.id());
        let has_ended = ticks.is_none_or(|(_, has_ended)| has_ended);
        let wall = u64::try_from(begun.elapsed().as_millis() / 10).unwrap_or(u64::MAX);
        centiseconds = ticks.map_or(wall, |(ticks, _)| ticks).max(centiseconds);
        if has_ended && child.try_wait().ok()?.is_some() {
            return Some((reader.join().ok()?, centiseconds));
        }
        // Others may be at work on the machine; what hangs without working is not waited for.
        let worked = Duration::from_millis(centiseconds * 10);
        if worked > limit || begun.elapsed() > limit * PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The processor's time of a process in hundredths of a second, and whether it has ended.
fn ticks_of(process: u32) -> Option<(u64, bool)> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program may contain anything but ends with the last parenthesis.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some((number(11)? + number(12)?, fields.first() == Some(&"Z")))
}

/// All is as the scenario file expects, though the bug is in place.
pub(crate) const NOT_SHOWN: &str = "nothing";

/// How many times its limit a program may take by the clock on the wall.
const PATIENCE: u32 = 5;

/// Between the first seeds of two starts.
const SEEDS_APART: u64 = 1_000_000_000;
