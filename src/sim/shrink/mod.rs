//! From a scenario that fails to the smallest one that fails in the same way.
//!
//! Every step is a real run. Candidates are judged by the caller, many at once if it likes, and
//! always the first of a list that fails is taken: so the outcome does not depend on how many are
//! tried at a time.

mod cost;
mod fates;
mod free;
mod retold;
mod signature;
mod steps;
mod stories;

pub use cost::cost;
pub use fates::Sent;
pub use free::{Free, marked};
pub use signature::Signature;

use super::run::run_recorded;
use super::scenario::{Expect, Scenario};

/// Who judges candidates: the index of the first one that fails in the same way, or nothing when
/// none does; `Err` when the shrinking is to stop.
pub trait Judge {
    /// Tries candidates.
    ///
    /// # Errors
    /// When there is no more time.
    fn first(&mut self, candidates: &[Scenario]) -> Result<Option<usize>, Stopped>;

    /// What became of each message in a run of a scenario.
    fn sent(&mut self, scenario: &Scenario) -> Vec<Sent> {
        Sent::all(run_recorded(scenario).1.records)
    }
}

/// Somebody has had enough: the best so far is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// What came of a shrinking.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The smallest scenario that was found.
    pub scenario: Scenario,
    /// Whether nothing can be taken away from it any more.
    pub is_minimal: bool,
    /// What does not matter in it.
    pub free: Vec<Free>,
}

impl Shrunk {
    /// The scenario's text: what is free is marked.
    #[must_use]
    pub fn text(&self) -> String {
        marked(&self.scenario, &self.free)
    }
}

/// Makes a failing scenario smaller, until nothing can be taken away.
///
/// What it expects is the violation that it shows.
pub fn shrink(scenario: &Scenario, signature: &Signature, judge: &mut impl Judge) -> Shrunk {
    let mut best = scenario.clone();
    best.expect = Expect { violation: Some(signature.code.text().to_owned()), marks: Vec::new() };
    let mut shrinking = Shrinking { best, judge };
    let is_minimal = shrinking.go_on().is_ok();
    let best = shrinking.best;
    // Of what could be anything else somebody who is in a hurry need not know.
    let free = free::free_parts(&best, judge).unwrap_or_default();
    Shrunk { scenario: best, is_minimal, free }
}

struct Shrinking<'judge, J> {
    best: Scenario,
    judge: &'judge mut J,
}

impl<J: Judge> Shrinking<'_, J> {
    fn go_on(&mut self) -> Result<(), Stopped> {
        loop {
            let before = cost(&self.best);
            self.leave_out_faults()?;
            self.write_chance_down()?;
            self.leave_out_messages()?;
            for way in steps::WAYS {
                self.simplify(way)?;
            }
            if cost(&self.best) == before && !self.tell_a_story()? {
                return Ok(());
            }
        }
    }

    /// Takes the first candidate that costs less and fails, and tries again, until none does.
    fn simplify(&mut self, way: steps::Way) -> Result<(), Stopped> {
        loop {
            let candidates = way(&self.best);
            if !self.take_first(candidates)? {
                return Ok(());
            }
        }
    }

    /// Takes the first candidate that costs less and fails. Where none does, each is tried under
    /// other seeds: what is left of chance need not be the chance of this seed.
    fn take_first(&mut self, candidates: Vec<Scenario>) -> Result<bool, Stopped> {
        let limit = cost(&self.best);
        let is_better = |candidate: &Scenario| candidate.is_possible() && cost(candidate) < limit;
        let reseeded = |seed: u64| {
            let candidates = &candidates;
            candidates.iter().map(move |candidate| Scenario { seed, ..candidate.clone() })
        };
        for seed in [None].into_iter().chain((1..=SEEDS).map(Some)) {
            let mut tried: Vec<Scenario> = match seed {
                None => candidates.iter().filter(|c| is_better(c)).cloned().collect(),
                Some(seed) => reseeded(seed).filter(is_better).collect(),
            };
            if tried.is_empty() {
                continue;
            }
            if let Some(index) = self.judge.first(&tried)? {
                self.best = tried.swap_remove(index);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tries stories of one and two faults, then random ones, when nothing can be left out any
    /// more.
    fn tell_a_story(&mut self) -> Result<bool, Stopped> {
        let best = self.best.clone();
        let all = std::iter::once_with(|| stories::stories(&best));
        let is_long = best.faults.len() + best.messages.len() > LONG_FAULTS
            || best.workload.operations > LONG_OPERATIONS;
        let rounds = if is_long { ROUNDS_LONG } else { ROUNDS };
        let random = (0..rounds).map(|round| retold::retellings(&best, round));
        for mut stories in all.chain(random) {
            if let Some(index) = self.judge.first(&stories)? {
                self.best = stories.swap_remove(index);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn leave_out_faults(&mut self) -> Result<(), Stopped> {
        let without = |scenario: &Scenario, from: usize, count: usize| {
            let mut scenario = scenario.clone();
            let end = (from + count).min(scenario.faults.len());
            scenario.faults.drain(from..end);
            // With the last reconfiguration goes the administrator.
            steps::only(scenario)
        };
        self.leave_out(|scenario| scenario.faults.len(), without)
    }

    fn leave_out_messages(&mut self) -> Result<(), Stopped> {
        let without = |scenario: &Scenario, from: usize, count: usize| {
            let mut scenario = scenario.clone();
            let end = (from + count).min(scenario.messages.len());
            scenario.messages.drain(from..end);
            scenario
        };
        self.leave_out(|scenario| scenario.messages.len(), without)
    }

    /// Leaves out stretches of a list: all of it, halves, quarters, …, single ones.
    fn leave_out(
        &mut self,
        length: impl Fn(&Scenario) -> usize,
        without: impl Fn(&Scenario, usize, usize) -> Scenario,
    ) -> Result<(), Stopped> {
        let mut size = length(&self.best);
        while size > 0 {
            let starts = (0..length(&self.best)).step_by(size);
            let candidates = starts.map(|start| without(&self.best, start, size)).collect();
            if !self.take_first(candidates)? {
                size /= 2;
            }
            size = size.min(length(&self.best));
        }
        Ok(())
    }

    /// Replaces chance on the network by what it did, where few of its deeds matter.
    fn write_chance_down(&mut self) -> Result<(), Stopped> {
        let Some(written) = fates::write_down(&self.best, self.judge) else {
            return Ok(());
        };
        if self.judge.first(std::slice::from_ref(&written))?.is_none() {
            return Ok(());
        }
        // It costs more at first: it is a detour that must end below where it began.
        let before = std::mem::replace(&mut self.best, written);
        let outcome = self.leave_out_messages();
        if cost(&self.best) >= cost(&before) {
            self.best = before;
        }
        outcome
    }
}

/// How many rounds of random stories are tried.
const ROUNDS: u64 = 20;

/// And how many as long as there is too much left for anybody to follow.
const ROUNDS_LONG: u64 = 600;

/// More faults than that are too much.
const LONG_FAULTS: usize = 4;

/// More operations than that are too much.
const LONG_OPERATIONS: u32 = 8;

/// Under how many other seeds a candidate is tried.
const SEEDS: u64 = 5;
