//! What is compared, each behind the same door.

mod ours;
mod porcupine_rs;
mod stateright;
mod todc_utils;

use crate::histories::{Generated, Step};
use std::collections::BTreeMap;

/// A check that is ready to run: whether there is an order.
pub(crate) type Check = Box<dyn FnOnce() -> bool>;

/// A checker: it takes a history in its own form, and waits.
pub(crate) type Checker = fn(&Generated) -> Check;

/// All of them, ours first.
pub(crate) const ALL: [(&str, Checker); 4] = [
    ("vsr", ours::prepare),
    ("porcupine-rs 0.3", porcupine_rs::prepare),
    ("todc-utils 0.1", todc_utils::prepare),
    ("stateright 0.31", stateright::prepare),
];

/// The operations of each key, for checkers that know of no keys.
fn by_key(generated: &Generated) -> Vec<Vec<Step>> {
    let mut keys: BTreeMap<u64, Vec<Step>> = BTreeMap::new();
    for step in &generated.steps {
        keys.entry(step.key).or_default().push(*step);
    }
    keys.into_values().collect()
}

/// An invocation or a response.
enum Event {
    Invoke(Step),
    Return(Step),
}

/// What happened to one key, one after the other; unknown outcomes have no response.
fn events(steps: Vec<Step>) -> Vec<Event> {
    let mut events: Vec<(u64, Event)> = Vec::with_capacity(steps.len() * 2);
    for step in steps {
        events.push((step.invoked, Event::Invoke(step)));
        events.extend(step.returned.map(|at| (at, Event::Return(step))));
    }
    events.sort_unstable_by_key(|(at, _)| *at);
    events.into_iter().map(|(_, event)| event).collect()
}
