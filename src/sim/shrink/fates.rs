//! Chance on the network, written down: what happened to each message in a run becomes a line of
//! the scenario, and then lines can be left out one by one.

use super::super::network::{Fate, Scripted};
use super::super::node::ProcessId;
use super::super::ratio::Ratio;
use super::super::scenario::{MessageFate, Scenario};
use super::super::trace::{Record, What};
use super::Judge;

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// By whom it was sent.
    pub from: ProcessId,
    /// To whom.
    pub to: ProcessId,
    /// The how-manieth message of that link it was, from 1.
    pub nth: u64,
    /// What became of it.
    pub fate: Fate,
}

impl Sent {
    /// Those that a recording tells of.
    #[must_use]
    pub fn all<M>(records: Vec<Record<M>>) -> Vec<Self> {
        let sent = |record: Record<M>| {
            let What::Sent { from, to, nth, fate, .. } = record.what else { return None };
            Some(Self { from, to, nth, fate })
        };
        records.into_iter().filter_map(sent).collect()
    }
}

/// The same run without chance, as far as it loses, doubles, delays or misleads messages. Nothing
/// where there is no such chance.
///
/// Whatever was lost is written down, also what a fault would have lost anyway; what went astray
/// is as good as lost.
pub(super) fn write_down(scenario: &Scenario, judge: &mut impl Judge) -> Option<Scenario> {
    let weather = scenario.network;
    let chances = [weather.drop, weather.duplicate, weather.straggle, weather.misroute];
    if chances.iter().all(|&ratio| ratio == Ratio::ZERO) {
        return None;
    }
    let mut written = scenario.clone();
    written.network = weather.calm();
    for Sent { from, to, nth, fate } in judge.sent(scenario) {
        let fate = match fate {
            Fate::Drop | Fate::Astray(..) => Scripted::Drop,
            Fate::Twice(..) => Scripted::Twice(None),
            Fate::Deliver(after) if after > weather.delay_max => Scripted::Deliver(Some(after)),
            Fate::Deliver(_) => continue,
        };
        let (from, to) = (scenario.target_of(from), scenario.target_of(to));
        written.messages.retain(|m| (m.from, m.to, m.nth) != (from, to, nth));
        written.messages.push(MessageFate { from, to, nth, fate });
        if written.messages.len() > MESSAGES_MAX {
            return None;
        }
    }
    Some(written)
}

/// With more than that chance stays: other ways must make the run smaller first.
const MESSAGES_MAX: usize = 1_000;
