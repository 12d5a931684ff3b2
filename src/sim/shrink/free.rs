//! What does not matter in a scenario: whatever stands there, it fails in the same way.

use super::super::scenario::{Heal, Scenario, ServiceKind};
use super::super::time::Span;
use super::{Judge, Stopped};
use core::fmt;

/// A part of a scenario that may be something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Free {
    /// Chance.
    Seed,
    /// How long messages take.
    Delays,
    /// What is replicated.
    Service,
    /// How long the fault of that index lasts.
    Lasting(usize),
}

impl fmt::Display for Free {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seed => f.write_str("the seed"),
            Self::Delays => f.write_str("how long messages take"),
            Self::Service => f.write_str("the service"),
            Self::Lasting(index) => write!(f, "how long fault {} lasts", index + 1),
        }
    }
}

/// Finds the parts that do not matter: each is tried with several other values, all of which must
/// fail.
///
/// # Errors
/// When there is no more time.
pub(super) fn free_parts(
    scenario: &Scenario,
    judge: &mut impl Judge,
) -> Result<Vec<Free>, Stopped> {
    let lasting = (0..scenario.faults.len()).map(Free::Lasting);
    let mut free = Vec::new();
    for part in [Free::Seed, Free::Delays, Free::Service].into_iter().chain(lasting) {
        let others = others(scenario, part);
        let mut is_free = !others.is_empty();
        for other in others {
            is_free = is_free && judge.first(&[other])?.is_some();
        }
        if is_free {
            free.push(part);
        }
    }
    Ok(free)
}

/// The scenario with other values in a part.
fn others(scenario: &Scenario, part: Free) -> Vec<Scenario> {
    let with = |change: &dyn Fn(&mut Scenario)| {
        let mut changed = scenario.clone();
        change(&mut changed);
        changed
    };
    match part {
        Free::Seed => (101..=105).map(|seed| with(&|s| s.seed = seed)).collect(),
        Free::Delays => [(1, 4), (1, 2), (2, 1), (4, 1)]
            .into_iter()
            .map(|(times, part)| {
                let scaled = |span: Span| Span(span.0 / part * times);
                with(&|s| {
                    s.network.delay_min = scaled(s.network.delay_min);
                    s.network.delay_mean = scaled(s.network.delay_mean);
                    s.network.delay_max = scaled(s.network.delay_max);
                })
            })
            .collect(),
        Free::Service => ServiceKind::ALL
            .into_iter()
            .filter(|&kind| kind != scenario.cluster.service)
            .map(|kind| with(&|s| s.cluster.service = kind))
            .collect(),
        Free::Lasting(index) => match scenario.faults[index].heal {
            Heal::After(after) => [(1, 2), (2, 1), (5, 1)]
                .into_iter()
                .map(|(times, part)| Heal::After(Span(after.0 / part * times)))
                .chain([Heal::AtTheEnd])
                .map(|heal| with(&|s| s.faults[index].heal = heal))
                .collect(),
            Heal::AtTheEnd | Heal::Never => Vec::new(),
        },
    }
}

/// A scenario's brief text, in which the lines of the free parts say so.
#[must_use]
pub fn marked(scenario: &Scenario, free: &[Free]) -> String {
    let mut text = String::new();
    let mut fault = None;
    for line in scenario.brief().lines() {
        if line.starts_with('[') {
            let next = fault.map_or(0, |index: usize| index + 1);
            fault = if line == "[[fault]]" { Some(next) } else { fault };
        }
        let is_free = free.iter().any(|part| match part {
            Free::Seed => line.starts_with("seed = "),
            Free::Delays => line.starts_with("delay = "),
            Free::Service => line.starts_with("service = "),
            Free::Lasting(index) => line.starts_with("heal_after = ") && fault == Some(*index),
        });
        text.push_str(line);
        text.push_str(if is_free { "  # free\n" } else { "\n" });
    }
    text
}
