//! What has happened outside of time, as a scenario.

use super::step::Step;
use super::world::{Post, World};
use crate::sim::network::Scripted;
use crate::sim::node::ProcessId;
use crate::sim::scenario::{Action, Fault, Heal, MessageFate, Scenario, Trigger};
use crate::sim::time::Span;
use std::collections::BTreeMap;

/// A link, by receiver and sender, and the how-manieth of its messages.
type Place = (ProcessId, ProcessId, u32);

/// The scenario in which the same happens: a microsecond a turn, which is nothing beside what
/// timers wait for.
#[derive(Debug)]
pub(in crate::sim) struct Retelling {
    /// After how long each message arrives that did: twice, if it is copied.
    arrivals: BTreeMap<Place, Vec<Span>>,
    faults: Vec<Fault>,
    /// In which turn the administrator was told what.
    orders: Vec<(usize, u32)>,
    turn: u32,
}

/// What becomes of messages that have not arrived when the story is over.
pub(in crate::sim) type Ending<'a> = &'a mut dyn FnMut(Post) -> Option<Span>;

impl Retelling {
    /// Nothing has happened.
    pub(in crate::sim) const fn new() -> Self {
        Self { arrivals: BTreeMap::new(), faults: Vec::new(), orders: Vec::new(), turn: 0 }
    }

    /// That happens next.
    pub(in crate::sim) fn note(&mut self, told: &Scenario, step: Step) {
        self.turn += u32::from(step.takes_a_turn());
        let action = match step {
            Step::PutAside(_) | Step::Deafen(_) | Step::Hear(_) => return,
            Step::Arrive(letter) | Step::ArriveAndStay(letter) => {
                let after = Span::micros(u64::from(self.turn - letter.sent));
                let place = (letter.to, letter.from, letter.nth);
                self.arrivals.entry(place).or_default().push(after);
                return;
            }
            Step::Order(index) => {
                self.orders.push((index, self.turn));
                return;
            }
            Step::Expire(id, timer) => Action::Expire(told.target_of(id), timer),
            Step::Crash(id) => Action::Crash(told.target_of(id)),
            Step::Restart(id) => Action::Restart(told.target_of(id)),
        };
        let trigger = Trigger::At(Span::micros(self.turn.into()));
        self.faults.push(Fault { trigger, action, heal: Heal::AtTheEnd });
    }

    /// The scenario, which was told up to where the world is now. What has not arrived then
    /// arrives so long after the end, or never.
    pub(in crate::sim) fn finish(
        self,
        told: &Scenario,
        world: &World<'_>,
        ending: Ending<'_>,
    ) -> Scenario {
        let mut scenario = told.clone();
        for (index, turn) in self.orders {
            scenario.faults[index].trigger = Trigger::At(Span::micros(turn.into()));
        }
        scenario.faults.extend(self.faults);
        let mut arrivals = self.arrivals;
        for sent in world.mail() {
            let letter = sent.letter;
            if let Some(after) = ending(sent.state) {
                let so_far = Span::micros(u64::from(self.turn - letter.sent));
                let place = (letter.to, letter.from, letter.nth);
                arrivals.entry(place).or_default().push(Span(so_far.0 + after.0));
            }
        }
        for (from, to, sent) in world.links() {
            for nth in 1..=sent {
                let after = arrivals.get(&(to, from, nth)).map_or(&[][..], Vec::as_slice);
                scenario.messages.push(MessageFate {
                    from: told.target_of(from),
                    to: told.target_of(to),
                    nth: nth.into(),
                    fate: match *after {
                        [] => Scripted::Drop,
                        [after] => Scripted::Deliver(Some(after)),
                        [after, again, ..] => Scripted::Twice(Some((after, again))),
                    },
                });
            }
        }
        scenario
    }
}

/// The scenario in which these steps happen, and nothing of what is under way then arrives.
pub(super) fn as_scenario(explored: &Scenario, steps: &[Step]) -> Scenario {
    let Ok(mut world) = World::new(explored) else { return explored.clone() };
    let mut retelling = Retelling::new();
    for &step in steps {
        retelling.note(explored, step);
        // The last step is the one that goes wrong, if any does.
        if world.take(step).is_err() {
            break;
        }
    }
    retelling.finish(explored, &world, &mut |_| None)
}
