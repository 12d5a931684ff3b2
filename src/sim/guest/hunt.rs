//! Hunting in a guest: seed after seed, and what is found made small.

use super::{Guest, draw, refuses, run, run_recorded};
use crate::sim::scenario::{Scenario, Way};
use crate::sim::shrink::{Judge, Sent, Shrunk, Signature, Stopped, shrink};
use crate::sim::violation::Violation;
use core::ops::Range;

/// What a seed has shown of a guest.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Something is wrong with it.
    Violation(Box<Violation>),
    /// Two runs of one scenario had these hashes, or two verdicts: the guest draws chance of its
    /// own, looks at a clock, or goes by addresses or the order of a hash map. Nothing of it can
    /// be replayed.
    Chance([u64; 2]),
    /// Nobody knows whether an order explains what the clients saw: it was given up to look for
    /// one.
    Undecided,
}

/// Tries seed after seed; yields those that show something, with their scenarios.
pub fn hunt<G: Guest>(
    guest: &G,
    way: Way,
    seeds: Range<u64>,
) -> impl Iterator<Item = (u64, Scenario, Found)> {
    seeds.filter_map(move |seed| {
        let scenario = draw(guest, seed, way);
        let is_checked = seed.is_multiple_of(TWICE_EVERY);
        try_scenario(guest, &scenario, is_checked).map(|found| (seed, scenario, found))
    })
}

/// Runs a scenario once, and again where it fails or `is_checked`.
#[must_use]
pub fn try_scenario<G: Guest>(guest: &G, scenario: &Scenario, is_checked: bool) -> Option<Found> {
    let first = run(guest, scenario);
    if first.violation.is_some() || is_checked {
        let second = run(guest, scenario);
        if second.hash != first.hash || second.violation != first.violation {
            return Some(Found::Chance([first.hash, second.hash]));
        }
    }
    match first.violation {
        Some(violation) => Some(Found::Violation(Box::new(violation))),
        None => first.is_undecided.then_some(Found::Undecided),
    }
}

/// Makes a scenario smaller that fails with a violation, in at most so many runs.
#[must_use]
pub fn reduce<G: Guest>(
    guest: &G,
    scenario: &Scenario,
    violation: &Violation,
    runs: u64,
) -> Shrunk {
    let signature = Signature::of(violation);
    let mut trying = Trying { guest, signature: signature.clone(), left: runs };
    shrink(scenario, &signature, &mut trying)
}

/// Tries candidates, one after the other.
struct Trying<'guest, G> {
    guest: &'guest G,
    signature: Signature,
    left: u64,
}

impl<G: Guest> Judge for Trying<'_, G> {
    fn first(&mut self, candidates: &[Scenario]) -> Result<Option<usize>, Stopped> {
        for (index, candidate) in candidates.iter().enumerate() {
            if refuses(self.guest, candidate).is_some() {
                continue;
            }
            self.left = self.left.checked_sub(1).ok_or(Stopped)?;
            let fails = |found| match found {
                Some(Found::Violation(violation)) => Signature::of(&violation) == self.signature,
                Some(Found::Chance(_) | Found::Undecided) | None => false,
            };
            if fails(try_scenario(self.guest, candidate, false)) {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn sent(&mut self, scenario: &Scenario) -> Vec<Sent> {
        Sent::all(run_recorded(self.guest, scenario).records)
    }
}

/// Of so many seeds that show nothing one is run twice, to see whether it can be.
const TWICE_EVERY: u64 = 8;
