//! Hunts: the simulator with a bug in it, let loose on seeds until it finds something.

use crate::commands::Hunt;
use crate::patch::Bug;
use crate::story::{self, Story};
use crate::workshop::Workshop;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};
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

/// What came of all starts for a bug.
pub(crate) struct Hunted<'bugs> {
    pub(crate) bug: &'bugs Bug,
    /// A find for each start that had one.
    pub(crate) finds: Vec<Find>,
    pub(crate) starts: u64,
    /// What came of its scenario file, if it has one.
    pub(crate) shown: Option<String>,
    /// What is left of a find, or why nothing is.
    pub(crate) story: Option<Result<Story, String>>,
}

impl Hunted<'_> {
    /// Whether most starts found it: then there is a median.
    pub(crate) fn is_found(&self) -> bool {
        u64::try_from(self.finds.len()).unwrap_or(0) * 2 > self.starts
    }

    /// The median over all starts, those in vain counting as endless.
    pub(crate) fn median(&self, value: impl Fn(&Find) -> u64) -> Option<u64> {
        let mut values: Vec<u64> = self.finds.iter().map(value).collect();
        values.sort_unstable();
        values.get(usize::try_from(self.starts / 2).ok()?).copied()
    }

    /// Who found it, the most frequent first.
    pub(crate) fn judges(&self) -> Vec<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for find in &self.finds {
            *counts.entry(&find.judge).or_default() += 1;
        }
        let mut judges: Vec<(&str, usize)> = counts.into_iter().collect();
        judges.sort_by_key(|&(name, count)| (core::cmp::Reverse(count), name));
        judges.into_iter().map(|(name, _)| name.to_owned()).collect()
    }
}

/// Hunts the bugs, and shrinks a find of each.
pub(crate) fn all<'bugs>(
    bugs: &[&'bugs Bug],
    hunt: &Hunt,
    root: &Path,
) -> Result<Vec<Hunted<'bugs>>, String> {
    let mut shown = Vec::new();
    let mut programs = Vec::new();
    let mut finds = find(bugs, &[hunt.way], hunt, root, |index, program| {
        let bug = bugs[index];
        if let Some(file) = &bug.shown_by {
            shown.push((index, show(bug, program, &root.join(file))?));
        }
        programs.push(program.to_owned());
        Ok(())
    })?;
    let mut stories = shrink_all(bugs, &programs, &finds, hunt);
    let hunted = |(index, &bug)| Hunted {
        bug,
        finds: finds.remove(&(index, hunt.way)).unwrap_or_default(),
        starts: hunt.starts,
        story: stories.remove(&index),
        shown: shown.iter().find(|(of, _)| *of == index).map(|(_, what)| String::clone(what)),
    };
    Ok(bugs.iter().enumerate().map(hunted).collect())
}

/// What was found of each bug in each way.
pub(crate) type Finds = BTreeMap<(usize, Way), Vec<Find>>;

/// Builds the bugs one after another while those that are built are hunted in these ways. Each is
/// shown to `built` when it is.
pub(crate) fn find(
    bugs: &[&Bug],
    ways: &[Way],
    hunt: &Hunt,
    root: &Path,
    mut built: impl FnMut(usize, &Path) -> Result<(), String>,
) -> Result<Finds, String> {
    let shop = Workshop::new(root)?;
    let finds: Mutex<Finds> = Mutex::new(BTreeMap::new());
    let (send, receive) = mpsc::channel::<(usize, Way, u64, PathBuf)>();
    let receive = Mutex::new(receive);
    std::thread::scope(|scope| {
        for _ in 0..hunt.jobs {
            scope.spawn(|| {
                loop {
                    let task = receive.lock().expect("no thread panics").recv();
                    let Ok((index, way, start, program)) = task else { return };
                    let found = one(bugs[index], &program, start, way, hunt);
                    tell(bugs[index], way, start, found.as_ref());
                    let mut finds = finds.lock().expect("no thread panics");
                    finds.entry((index, way)).or_default().extend(found);
                }
            });
        }
        for (index, bug) in bugs.iter().enumerate() {
            let program = shop.build(&bug.patch)?;
            built(index, &program)?;
            for &way in ways {
                for start in 0..hunt.starts {
                    let _ = send.send((index, way, start, program.clone()));
                }
            }
        }
        drop(send);
        Ok::<(), String>(())
    })?;
    Ok(finds.into_inner().expect("no thread panics"))
}

/// Shrinks a find of each bug.
fn shrink_all(
    bugs: &[&Bug],
    programs: &[PathBuf],
    finds: &Finds,
    hunt: &Hunt,
) -> BTreeMap<usize, Result<Story, String>> {
    let tasks = Mutex::new(finds.iter());
    let stories = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let Some((&(index, way), finds)) = tasks.lock().expect("no thread panics").next()
            else {
                return;
            };
            // Of the first start that had one, whichever thread was first.
            let Some(find) = finds.iter().min_by_key(|find| find.seed) else { continue };
            // One that goes wrong must not take the others with it.
            let story = story::shrink(bugs[index], &programs[index], find, way);
            stories.lock().expect("no thread panics").insert(index, story);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..hunt.jobs {
            scope.spawn(work);
        }
    });
    stories.into_inner().expect("no thread panics")
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
