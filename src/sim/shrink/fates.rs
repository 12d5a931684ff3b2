//! Chance on the network, written down: what happened to each message in a run becomes a line of
//! the scenario, and then lines can be left out one by one.

use super::super::network::{Fate, Scripted};
use super::super::ratio::Ratio;
use super::super::run::run_recorded;
use super::super::scenario::{MessageFate, Scenario};
use super::super::trace::What;

/// The same run without chance, as far as it loses, doubles, delays or misleads messages. Nothing
/// where there is no such chance.
///
/// Whatever was lost is written down, also what a fault would have lost anyway; what went astray
/// is as good as lost.
pub(super) fn write_down(scenario: &Scenario) -> Option<Scenario> {
    let weather = scenario.network;
    let chances = [weather.drop, weather.duplicate, weather.straggle, weather.misroute];
    if chances.iter().all(|&ratio| ratio == Ratio::ZERO) {
        return None;
    }
    let (_, recording) = run_recorded(scenario);
    let mut written = scenario.clone();
    written.network = weather.calm();
    for record in recording.records {
        let What::Sent { from, to, nth, fate, .. } = record.what else {
            continue;
        };
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
