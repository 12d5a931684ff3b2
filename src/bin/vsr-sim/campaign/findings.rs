//! What a campaign has found: numbers, marks and kinds of failures. It can be put together from
//! parts in any order.

use super::failure::{Failure, Kind, Verdict};
use crate::exit::{BROKEN, CLEAN, TWO_HASHES, UNDECIDED, VIOLATION};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vsr::sim::scenario::{Variant, Way};
use vsr::sim::{Report, mark};

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Runs that ended or were given up.
    pub(crate) runs: u64,
    /// Events in them.
    pub(crate) events: u64,
    /// Operations committed in them.
    pub(crate) operations: u64,
    /// Time that it took, by the wall clock.
    pub(crate) millis: u64,
}

impl Totals {
    pub(crate) fn json(&self) -> Value {
        json!({
            "runs": self.runs, "events": self.events, "operations": self.operations,
            "millis": self.millis,
        })
    }

    pub(crate) fn read(value: &Value) -> Option<Self> {
        Some(Self {
            runs: value["runs"].as_u64()?,
            events: value["events"].as_u64()?,
            operations: value["operations"].as_u64()?,
            millis: value["millis"].as_u64()?,
        })
    }
}

/// Failures of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) kind: Kind,
    /// How many seeds.
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) first: u64,
    /// The one with the least to read: its cost, the seed, and the way in which it was run.
    pub(crate) smallest: (u64, u64, Way),
    /// What was said of that one.
    pub(crate) message: String,
}

impl Group {
    /// The seed with the least to read, and what is wanted of it.
    pub(crate) fn seed(&self, variant: Variant) -> (u64, Variant) {
        let (_, seed, way) = self.smallest;
        (seed, Variant { way, ..variant })
    }

    /// The words that ask for that seed again.
    pub(crate) fn words(&self, variant: Variant) -> String {
        let (seed, variant) = self.seed(variant);
        crate::subject::words(seed, variant)
    }
}

/// What is known so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) totals: Totals,
    /// The first seed that reached each mark.
    pub(crate) marks: BTreeMap<String, u64>,
    groups: BTreeMap<Kind, Group>,
}

impl Findings {
    /// Counts a run, and says which marks no seed had reached before.
    pub(crate) fn take(&mut self, report: &Report) -> Vec<&'static str> {
        self.totals.runs += 1;
        self.totals.events += report.tally.events;
        self.totals.operations += report.committed;
        let is_new = |name: &&&'static str| !self.marks.contains_key(**name);
        let new: Vec<&'static str> = report.marks.iter().filter(is_new).copied().collect();
        for name in &new {
            self.note_mark(name, report.seed);
        }
        new
    }

    /// A mark was reached.
    pub(crate) fn note_mark(&mut self, name: &str, seed: u64) {
        let first = self.marks.entry(name.to_owned()).or_insert(seed);
        *first = seed.min(*first);
    }

    /// A seed failed.
    pub(crate) fn note_failure(&mut self, failure: &Failure) {
        let size = (failure.cost, failure.seed, failure.way);
        let group = self.groups.entry(failure.kind.clone()).or_insert_with(|| Group {
            kind: failure.kind.clone(),
            count: 0,
            first: failure.seed,
            smallest: size,
            message: failure.message.clone(),
        });
        group.count += 1;
        group.first = group.first.min(failure.seed);
        if size < group.smallest {
            group.smallest = size;
            group.message.clone_from(&failure.message);
        }
    }

    /// The kinds of failures, the worst first, then the most frequent.
    pub(crate) fn groups(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.groups.values().collect();
        groups.sort_by_key(|group| {
            (std::cmp::Reverse((group.kind.verdict, group.count)), group.first)
        });
        groups
    }

    /// How many seeds failed.
    pub(crate) fn failures(&self) -> u64 {
        self.groups.values().map(|group| group.count).sum()
    }

    /// How many seeds failed in that way.
    pub(crate) fn count(&self, verdict: Verdict) -> u64 {
        let of_it = self.groups.values().filter(|group| group.kind.verdict == verdict);
        of_it.map(|group| group.count).sum()
    }

    /// The marks that no seed reached.
    pub(crate) fn never_reached(&self) -> impl Iterator<Item = &'static str> {
        mark::names().filter(|name| !self.marks.contains_key(*name))
    }

    /// How many marks were reached by the first 10, 100, 1000, … seeds from that one on, as far as
    /// these make a difference.
    pub(crate) fn marks_over_seeds(&self, first: u64, seeds: u64) -> Vec<(u64, usize)> {
        let reached = |count: u64| {
            let is_in = |&&seed: &&u64| seed.saturating_sub(first) < count;
            self.marks.values().filter(is_in).count()
        };
        let powers = std::iter::successors(Some(10_u64), |power| power.checked_mul(10));
        let mut points: Vec<u64> = powers.take_while(|&power| power < seeds).collect();
        points.push(seeds);
        points.into_iter().map(|count| (count, reached(count))).collect()
    }

    /// The exit status of the worst that was found.
    pub(crate) fn status(&self) -> u8 {
        match self.groups().first().map(|group| group.kind.verdict) {
            Some(Verdict::Broken) => BROKEN,
            Some(Verdict::TwoHashes) => TWO_HASHES,
            Some(Verdict::Violation) => VIOLATION,
            Some(Verdict::Undecided) => UNDECIDED,
            None => CLEAN,
        }
    }
}
