//! Verifying an order of updates that somebody offers, and finding the reads' places in it.

use super::part::{Part, Rule};
use crate::checker::Model;

/// Where each operation stands in an offered order; nothing if the order is none of these.
pub(super) fn places(count: usize, order: &[usize]) -> Option<Vec<Option<usize>>> {
    let mut places = vec![None; count];
    for (place, &index) in order.iter().enumerate() {
        if places.get_mut(index)?.replace(place).is_some() {
            return None;
        }
    }
    Some(places)
}

/// Whether the updates, in the order that is offered, give what they gave, keep to the rule, and
/// leave each read a place. What the order says of reads is not asked.
pub(super) fn explains<M: Model>(
    part: &Part<'_, M>,
    places: &[Option<usize>],
    bytes_max: u64,
) -> bool {
    let Some(order) = Order::new(part, places, bytes_max) else {
        return false;
    };
    // Which prefix each member belongs to: for an update, the shortest that has it.
    let mut prefixes: Vec<usize> = Vec::with_capacity(part.members.len());
    for (member, what) in part.members.iter().enumerate() {
        let least = what.before.map_or(0, |before| prefixes[before]);
        let prefix = if what.is_read {
            order.prefix_of_read(part, member, least)
        } else {
            match order.prefixes[member] {
                Some(prefix) => Some(prefix).filter(|prefix| *prefix > least),
                // It never happened, and nothing comes after it.
                None => Some(0),
            }
        };
        match prefix {
            Some(prefix) => prefixes.push(prefix),
            None => return false,
        }
    }
    true
}

/// Updates in an order that keeps real time where the rule has that, and gives what they gave.
struct Order<S> {
    /// The states after no update, after one, and so on.
    states: Vec<S>,
    /// For each prefix, the time by which all its updates were invoked.
    invoked: Vec<u64>,
    /// For each member that is in the order, the shortest prefix that has it.
    prefixes: Vec<Option<usize>>,
}

impl<S: Clone> Order<S> {
    fn new<M: Model<State = S>>(
        part: &Part<'_, M>,
        places: &[Option<usize>],
        bytes_max: u64,
    ) -> Option<Self> {
        let mut updates: Vec<(usize, usize)> = Vec::new();
        for (member, what) in part.members.iter().enumerate() {
            match places[what.index] {
                Some(place) if !what.is_read => updates.push((place, member)),
                None if !what.is_read && what.returned.is_some() => return None,
                Some(_) | None => {}
            }
        }
        updates.sort_unstable();
        let mut state = part.model.initial();
        let mut order =
            Self { states: vec![], invoked: vec![0], prefixes: vec![None; part.members.len()] };
        let (mut bytes, mut latest) = (0, 0);
        for (_, member) in updates {
            let what = &part.members[member];
            if part.rule.has_real_time() && what.returned.is_some_and(|at| at < latest) {
                return None;
            }
            latest = latest.max(what.invoked);
            let next = part.step(&state, member)?;
            bytes += size_of::<S>() + part.model.heap_bytes(&next);
            if u64::try_from(bytes).is_ok_and(|bytes| bytes > bytes_max) {
                return None;
            }
            order.states.push(core::mem::replace(&mut state, next));
            order.invoked.push(latest);
            order.prefixes[member] = Some(order.states.len());
        }
        order.states.push(state);
        Some(order)
    }

    /// A prefix that gives what a read gave. Where another read may come to stand behind it, that
    /// is the shortest one, which leaves most room.
    fn prefix_of_read<M: Model<State = S>>(
        &self,
        part: &Part<'_, M>,
        member: usize,
        least: usize,
    ) -> Option<usize> {
        let returned = part.members[member].returned.unwrap_or(u64::MAX);
        let end = if part.rule.has_real_time() {
            self.invoked.partition_point(|&invoked| invoked <= returned)
        } else {
            self.states.len()
        };
        let mut prefixes = least..end;
        let mut fits = |prefix: &usize| part.step(&self.states[*prefix], member).is_some();
        match part.rule {
            Rule::Sequential | Rule::MonotonicReads => prefixes.find(fits),
            // Nothing stands behind it, and most reads are fresh.
            Rule::ReadYourWrites => prefixes.rev().find(&mut fits),
        }
    }
}
