//! A history that no order explains, drawn for browsers.

use std::path::Path;
use vsr::histories::{Completion, Recorded, Recording, Violation};
use vsr::report::history_page::{Bar, Clock, Page, Role, html};

/// The page of a violation: the operations of its key around those that matter.
pub(super) fn text(path: &Path, recording: &Recording, violation: &Violation) -> String {
    let stuck = &violation.stuck;
    let count = recording.len();
    let is_before = |index: usize| recording.operation(index).invoked < stuck.invoked;
    let place = partition_point(count, is_before);
    let around = place.saturating_sub(AROUND)..place.saturating_add(AROUND).min(count);
    let mut shown: Vec<Recorded> = around
        .map(|index| recording.operation(index))
        .filter(|operation| operation.key == stuck.key)
        .collect();
    for named in violation.operations.iter().chain(&violation.reached) {
        if !shown.iter().any(|operation| operation.invoked == named.invoked) {
            shown.push(named.clone());
        }
    }
    let held = violation.held.as_ref().map(|held| format!("Before all of these it held {held}."));
    let page = Page {
        title: format!("{}: {} cannot have happened", path.display(), stuck.what()),
        summary: held.into_iter().chain(violation.because.iter().cloned()).collect(),
        clock: Clock::Events,
        operations: shown.iter().map(|operation| bar(operation, violation)).collect(),
    };
    html(&page)
}

fn bar(operation: &Recorded, violation: &Violation) -> Bar {
    let is_it = |other: &Recorded| other.invoked == operation.invoked;
    let role = if is_it(&violation.stuck) {
        Role::Impossible
    } else if violation.operations.iter().any(is_it) {
        Role::Matters
    } else {
        Role::Plain
    };
    let returned = match &operation.completion {
        Completion::Ok { at, .. } | Completion::Fail { at, .. } => Some(*at),
        Completion::Unknown => None,
    };
    Bar {
        client: format!("process {}", operation.process),
        invoked: operation.invoked,
        returned,
        text: operation.what(),
        role,
        reached: violation.reached.iter().position(is_it),
        lines: operation.lines(),
    }
}

/// The first of some numbers for which something does not hold any more.
fn partition_point(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, count);
    while from < to {
        let middle = from.midpoint(to);
        if holds(middle) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    from
}

/// So many operations before and behind the impossible one are looked at.
const AROUND: usize = 2_000;
