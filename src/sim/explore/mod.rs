//! Every run of a small group in which little goes wrong, in whatever order and at whatever moment.
//!
//! A quiet run is one in which every message arrives and no timer goes off. What goes wrong is
//! counted: a message that is late or lost, or comes twice, a timer that goes off, a replica that
//! crashes or hears nothing for a while. Late messages arrive, what a crashed replica had sent
//! arrives, and crashed replicas start again, at any moment after; that is not counted.
//!
//! Of what happens at different processes one order stands for all, since it makes no difference
//! (`asleep.rs`); of what arrives at one, another order means that a message is late. A state that
//! was seen is not looked at again, unless more may go wrong there. Replicas are not taken for one
//! another: their numbers decide who leads.
//!
//! There is no time in it: timers go off at any moment, so that whatever a clock could do is
//! covered, and nothing that rests on time can be explored.

mod asleep;
mod bounds;
#[cfg(test)]
pub(super) mod onlooker;
mod retelling;
mod seen;
pub(super) mod step;
pub(super) mod world;

pub use bounds::Bounds;
pub(super) use bounds::Deviation;
pub(super) use retelling::Retelling;

use super::panic;
use super::scenario::Scenario;
use super::time::Span;
use crate::protocol::Durability;
use asleep::Asleep;
use core::fmt;
use seen::Seen;
use step::Step;
use world::{Violated, World};

/// What was found with so many deviations at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// How many deviations a run had at most.
    pub deviations: u8,
    /// How many different states there were.
    pub states: u64,
    /// How many steps were taken to see them.
    pub steps: u64,
    /// In how many states nothing more could happen.
    pub ends: u64,
    /// How many steps the longest run had.
    pub longest: usize,
}

/// How far an exploration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Somewhere in the middle of a level.
    UnderWay(Level),
    /// At the end of one, or where something is wrong.
    Done(Level),
}

/// What came of an exploration.
#[derive(Clone, Debug)]
pub enum Explored {
    /// All was seen, and nothing is wrong.
    Whole,
    /// Whoever was told how far it is had enough.
    Stopped,
    /// A run in which something is wrong, as a scenario.
    Wrong(Box<Scenario>),
}

/// Why a scenario can't be explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unexplorable {
    /// It says itself what goes wrong.
    Faults,
    /// Its replicas have disks.
    Disks,
    /// What its replicas do depends on the time.
    Time,
}

impl fmt::Display for Unexplorable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Faults => {
                "what goes wrong is what is explored: leave out [[fault]] and [[message]]"
            }
            Self::Disks => "groups with disks can't be explored: durability must be \"memory\"",
            Self::Time => {
                "what depends on the time can't be explored: no leases, no reads beside the log, \
                 no predictions"
            }
        })
    }
}

impl core::error::Error for Unexplorable {}

/// Looks at every run of a scenario within bounds: first those without a deviation, then those
/// with one, and so on; so that of what is wrong the simplest is found. Tells now and then how far
/// it is, and goes on while it is told to.
///
/// # Errors
/// When the scenario is none that can be explored.
pub fn explore(
    scenario: &Scenario,
    bounds: Bounds,
    mut goes_on: impl FnMut(Told) -> bool,
) -> Result<Explored, Unexplorable> {
    let quiet = quiet(scenario)?;
    for deviations in 0..=bounds.deviations {
        let mut search = Search::new(&quiet);
        // What the replicas assert is a violation, too.
        let outcome = panic::catch(|| search.all(bounds.within(deviations), &mut goes_on));
        let outcome = outcome.unwrap_or(Err(Stop::Violated));
        let may_go_on = goes_on(Told::Done(search.level(deviations)));
        match outcome {
            Ok(()) if may_go_on || deviations == bounds.deviations => {}
            Ok(()) | Err(Stop::Enough) => return Ok(Explored::Stopped),
            Err(Stop::Violated) => {
                let steps = std::mem::take(&mut search.path);
                let found = panic::catch(|| retelling::as_scenario(&quiet, &steps));
                return Ok(Explored::Wrong(Box::new(found.unwrap_or(quiet))));
            }
        }
    }
    Ok(Explored::Whole)
}

/// Whether a scenario can be explored.
///
/// # Errors
/// When it can't.
pub fn check(scenario: &Scenario) -> Result<(), Unexplorable> {
    quiet(scenario).map(|_| ())
}

/// The scenario without time: nobody waits for anything but for what is explored.
fn quiet(scenario: &Scenario) -> Result<Scenario, Unexplorable> {
    if !scenario.faults.is_empty() || !scenario.messages.is_empty() {
        return Err(Unexplorable::Faults);
    }
    if scenario.cluster.durability == Durability::Disk {
        return Err(Unexplorable::Disks);
    }
    if scenario.keeps_time() {
        return Err(Unexplorable::Time);
    }
    let mut quiet = scenario.clone();
    quiet.network = quiet.network.calm();
    (quiet.workload.think_min, quiet.workload.think_mean) = (THINKS, THINKS);
    Ok(quiet)
}

/// Why a search ends before its end.
enum Stop {
    Violated,
    Enough,
}

impl From<Violated> for Stop {
    fn from(_: Violated) -> Self {
        Self::Violated
    }
}

/// A search through all runs within bounds, depth first.
struct Search<'scenario> {
    scenario: &'scenario Scenario,
    seen: Seen,
    /// What has happened so far.
    path: Vec<Step>,
    steps: u64,
    ends: u64,
    longest: usize,
}

/// A state on the way, and what has not been tried from there.
struct Fork<'scenario> {
    world: World<'scenario>,
    /// The last is tried next; the first of all is what happens if nothing goes wrong.
    choices: Vec<(Step, Bounds)>,
    asleep: Asleep,
    /// How long the path is that leads here.
    depth: usize,
}

impl<'scenario> Search<'scenario> {
    fn new(scenario: &'scenario Scenario) -> Self {
        Self { scenario, seen: Seen::new(), path: Vec::new(), steps: 0, ends: 0, longest: 0 }
    }

    fn level(&self, deviations: u8) -> Level {
        let (states, steps) = (self.seen.states(), self.steps);
        Level { deviations, states, steps, ends: self.ends, longest: self.longest }
    }

    fn all(&mut self, bounds: Bounds, goes_on: &mut impl FnMut(Told) -> bool) -> Result<(), Stop> {
        let world = World::new(self.scenario)?;
        self.seen.insert(world.print(), bounds);
        let (choices, asleep) = (possible(&world, bounds, &Asleep::default()), Asleep::default());
        let mut forks = vec![Fork { world, choices, asleep, depth: 0 }];
        while let Some(fork) = forks.last_mut() {
            let Some((step, left)) = fork.choices.pop() else {
                forks.pop();
                continue;
            };
            self.path.truncate(fork.depth);
            self.path.push(step);
            self.steps += 1;
            if self.steps.is_multiple_of(TELL_EVERY)
                && !goes_on(Told::UnderWay(self.level(bounds.deviations)))
            {
                return Err(Stop::Enough);
            }
            let (world, asleep) = if fork.choices.is_empty() {
                // The last one needs no copy.
                let Some(Fork { mut world, mut asleep, .. }) = forks.pop() else { continue };
                asleep.wake(step);
                world.take(step)?;
                (world, asleep)
            } else {
                let mut world = fork.world.clone();
                world.take(step)?;
                fork.asleep.add(step, &world);
                (world, Asleep::default())
            };
            if !self.seen.insert(world.print(), left) {
                continue;
            }
            self.longest = self.longest.max(self.path.len());
            let choices = possible(&world, left, &asleep);
            if choices.is_empty() {
                self.ends += 1;
            } else {
                forks.push(Fork { world, choices, asleep, depth: self.path.len() });
            }
        }
        Ok(())
    }
}

/// What can happen, each with what is left then.
fn possible(world: &World<'_>, left: Bounds, asleep: &Asleep) -> Vec<(Step, Bounds)> {
    let mut choices: Vec<_> = world.next().map(|step| (step, left)).into_iter().collect();
    world.others(left, &mut |step, deviation: Option<Deviation>| {
        if !asleep.holds(step) {
            choices.push((step, deviation.map_or(left, |what| left.after(what))));
        }
    });
    choices
}

/// How far it is is told every so many steps.
const TELL_EVERY: u64 = 1 << 12;

/// Clients ask when nothing else is going on, which is long before this is over.
const THINKS: Span = Span::millis(1_000);

#[cfg(test)]
mod tests {
    use super::{Asleep, Bounds, Scenario, Search, Seen, World, possible, quiet};
    use crate::sim::scenario::Workload;

    /// How many states there are, if everything is tried everywhere.
    fn states_without_reduction(scenario: &Scenario, bounds: Bounds) -> u64 {
        let mut seen = Seen::new();
        let first = World::new(scenario).expect("nothing is wrong");
        seen.insert(first.print(), bounds);
        let mut waiting = vec![(first, bounds)];
        while let Some((world, left)) = waiting.pop() {
            for (step, left) in possible(&world, left, &Asleep::default()) {
                let mut world = world.clone();
                world.take(step).expect("nothing is wrong");
                if seen.insert(world.print(), left) {
                    waiting.push((world, left));
                }
            }
        }
        seen.states()
    }

    #[test]
    fn what_is_left_out_has_been_seen() {
        let scenario = Scenario::default();
        let workload = Workload { clients: 1, operations: 1, ..scenario.workload };
        let scenario = quiet(&Scenario { workload, ..scenario }).expect("it is small");
        let bounds = Bounds::default().within(2);
        let mut search = Search::new(&scenario);
        assert!(search.all(bounds, &mut |_| true).is_ok(), "nothing is wrong");
        let all = states_without_reduction(&scenario, bounds);
        assert_eq!(search.level(2).states, all);
        assert!(search.steps < all * 2, "{} steps to {all} states", search.steps);
    }
}
