//! What somebody who looks on notices of a step, and of a run: the same, where one tells the other.

use super::step::Step;
use super::world::World;
use crate::sim::member::THINK;
use crate::sim::node::{ProcessId, TimerId};
use crate::sim::run_recorded;
use crate::sim::scenario::{Scenario, Target};
use crate::sim::time::{Moment, Span};
use crate::sim::trace::What;

/// What is noticed of a step that is about to be taken, if anything is.
pub(in crate::sim) fn of_step(
    scenario: &Scenario,
    world: &World<'_>,
    step: Step,
) -> Option<String> {
    match step {
        Step::PutAside(_) | Step::Deafen(_) | Step::Hear(_) | Step::Order(_) => None,
        Step::Arrive(letter) | Step::ArriveAndStay(letter) => {
            let sent = world.mail().iter().find(|sent| sent.letter == letter)?;
            let (from, to) = (letter.from.0, letter.to.0);
            world.is_up(letter.to).then(|| format!("{from} {to} {}", sent.content.message))
        }
        Step::Expire(id, timer) => of_timer(scenario, id, timer),
        Step::Crash(id) => Some(format!("{} crashes", id.0)),
        Step::Restart(id) => Some(format!("{} starts", id.0)),
    }
}

/// What is noticed of a run in its first turns, each of a microsecond.
pub(in crate::sim) fn of_run(scenario: &Scenario, turns: u64) -> Vec<String> {
    let end = Moment(0).after(Span::micros(turns));
    let (_, recording) = run_recorded(scenario);
    let in_time = recording.records.into_iter().take_while(|record| record.at <= end);
    let seen = in_time.filter_map(|record| match record.what {
        // What the administrator is told is nothing that anybody says.
        What::Arrived { from, to, message } => {
            (from != to).then(|| format!("{} {} {message}", from.0, to.0))
        }
        What::Expired { process, timer } => of_timer(scenario, process, timer),
        What::Crashed(id) => Some(format!("{} crashes", id.0)),
        What::Started(id) => (record.at > Moment(0)).then(|| format!("{} starts", id.0)),
        What::Sent { .. }
        | What::NobodyHome { .. }
        | What::Durable { .. }
        | What::WriteFailed { .. }
        | What::Said(..)
        | What::Paused(_)
        | What::Resumed(_)
        | What::ClockJumped(..)
        | What::Struck(_)
        | What::Ended(_)
        | What::Healed => None,
    });
    seen.collect()
}

/// The administrator asks as soon as it is told: that is no step.
fn of_timer(scenario: &Scenario, id: ProcessId, timer: TimerId) -> Option<String> {
    let is_told = scenario.target_of(id) == Target::Administrator && timer == THINK;
    (!is_told).then(|| format!("{} timer {}", id.0, timer.0))
}
