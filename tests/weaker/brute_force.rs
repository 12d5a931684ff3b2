//! What each guarantee states, written down once more and tried for every order.

use crate::{ALL, LIMITS};
use proptest::prelude::*;
use std::collections::BTreeSet;
use vsr::checker::weaker::{Guarantee, Weak};
use vsr::checker::{History, Model, Operation};

/// An operation of a small history, for brute force.
pub(crate) struct Seen<'a, M: Model> {
    number: usize,
    operation: &'a Operation<M::Input, M::Output>,
    /// Its outcome, as far as that is taken for known.
    returned: Option<(u64, &'a M::Output)>,
    is_read: bool,
}

impl<M: Model> Seen<'_, M> {
    /// Whether the other was returned before this one was invoked.
    fn is_after(&self, other: &Self, earlier: u64) -> bool {
        let invoked = i128::from(self.operation.invoked) - i128::from(earlier);
        other.returned.is_some_and(|(at, _)| i128::from(at) < invoked)
    }

    /// Whether its client did the other before, and knows it.
    fn is_later_of_client(&self, other: &Self) -> bool {
        let when = |seen: &Self| (seen.operation.invoked, seen.number);
        self.operation.client == other.operation.client
            && other.returned.is_some()
            && when(other) < when(self)
    }

    fn fits(&self, model: &M, state: &M::State) -> Option<M::State> {
        let (after, answer) = model.step(state, &self.operation.input);
        self.returned.is_none_or(|(_, seen)| model.fits(&answer, seen)).then_some(after)
    }
}

/// Whether each key keeps to a guarantee, by its definition; with only the outcomes of `known`.
pub(crate) fn holds<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    guarantee: Guarantee,
    known: &[usize],
) -> bool {
    let keys: BTreeSet<M::Key> = history.operations.iter().map(|o| model.key(&o.input)).collect();
    keys.into_iter().all(|key| {
        let mut seen: Vec<Seen<'_, M>> = Vec::new();
        for (number, operation) in history.operations.iter().enumerate() {
            if model.key(&operation.input) == key {
                let returned = operation.returned().zip(operation.output());
                let returned = returned.filter(|_| known.contains(&number));
                let output = returned.map(|(_, output)| output);
                let is_read = model.is_read(&operation.input, output);
                seen.push(Seen { number, operation, returned, is_read });
            }
        }
        match guarantee {
            Guarantee::Sequential => {
                in_order(model, &seen, &mut Vec::new(), &|one, other| one.is_later_of_client(other))
            }
            Guarantee::StaleBy(by) => in_order(model, &seen, &mut Vec::new(), &|one, other| {
                one.is_after(other, if one.is_read { by } else { 0 })
            }),
            Guarantee::MonotonicReads | Guarantee::ReadYourWrites => {
                by_prefixes(model, &seen, &mut Vec::new(), guarantee)
            }
        }
    })
}

/// Whether some order gives what was seen, where none stands before another that it must be after.
pub(crate) fn in_order<M: Model>(
    model: &M,
    seen: &[Seen<'_, M>],
    order: &mut Vec<usize>,
    is_after: &dyn Fn(&Seen<'_, M>, &Seen<'_, M>) -> bool,
) -> bool {
    let is_whole =
        (0..seen.len()).all(|index| order.contains(&index) || seen[index].returned.is_none());
    if is_whole && replay(model, seen, order).is_some() && keeps(order, seen, is_after) {
        return true;
    }
    each_longer(seen.len(), order, &mut |order| in_order(model, seen, order, is_after))
}

pub(crate) fn each_longer(
    count: usize,
    order: &mut Vec<usize>,
    found: &mut dyn FnMut(&mut Vec<usize>) -> bool,
) -> bool {
    for index in 0..count {
        if !order.contains(&index) {
            order.push(index);
            let is_found = found(order);
            order.pop();
            if is_found {
                return true;
            }
        }
    }
    false
}

pub(crate) fn keeps<M: Model>(
    order: &[usize],
    seen: &[Seen<'_, M>],
    is_after: &dyn Fn(&Seen<'_, M>, &Seen<'_, M>) -> bool,
) -> bool {
    (0..order.len())
        .all(|late| (0..late).all(|early| !is_after(&seen[order[early]], &seen[order[late]])))
}

/// The states after nothing, after one, and so on.
pub(crate) fn replay<M: Model>(
    model: &M,
    seen: &[Seen<'_, M>],
    order: &[usize],
) -> Option<Vec<M::State>> {
    let mut states = vec![model.initial()];
    for &index in order {
        let next = seen[index].fits(model, states.last()?)?;
        states.push(next);
    }
    Some(states)
}

/// Whether some order of the updates leaves each read a prefix.
pub(crate) fn by_prefixes<M: Model>(
    model: &M,
    seen: &[Seen<'_, M>],
    order: &mut Vec<usize>,
    guarantee: Guarantee,
) -> bool {
    let is_whole = (0..seen.len()).all(|index| {
        order.contains(&index) || seen[index].is_read || seen[index].returned.is_none()
    });
    let is_after = |one: &Seen<'_, M>, other: &Seen<'_, M>| {
        one.is_after(other, 0) || one.is_later_of_client(other)
    };
    let has_read = order.iter().any(|&index| seen[index].is_read);
    if is_whole
        && !has_read
        && keeps(order, seen, &is_after)
        && let Some(states) = replay(model, seen, order)
    {
        let reads: Vec<&Seen<'_, M>> =
            seen.iter().filter(|one| one.is_read && one.returned.is_some()).collect();
        let prefixes = Prefixes { model, seen, order, states };
        if prefixes.place(&reads, &mut Vec::new(), guarantee) {
            return true;
        }
    }
    !has_read
        && each_longer(seen.len(), order, &mut |order| by_prefixes(model, seen, order, guarantee))
}

pub(crate) struct Prefixes<'a, M: Model> {
    model: &'a M,
    seen: &'a [Seen<'a, M>],
    order: &'a [usize],
    states: Vec<M::State>,
}

impl<M: Model> Prefixes<'_, M> {
    /// Tries all prefixes for all reads.
    fn place(
        &self,
        reads: &[&Seen<'_, M>],
        prefixes: &mut Vec<usize>,
        guarantee: Guarantee,
    ) -> bool {
        let Some(read) = reads.get(prefixes.len()) else {
            return true;
        };
        let Some((returned, _)) = read.returned else {
            return false;
        };
        (0..=self.order.len()).any(|prefix| {
            let (inside, outside) = self.order.split_at(prefix);
            let is_in_time =
                inside.iter().all(|&update| self.seen[update].operation.invoked <= returned);
            let is_allowed = match guarantee {
                Guarantee::ReadYourWrites => {
                    outside.iter().all(|&update| !read.is_later_of_client(&self.seen[update]))
                }
                Guarantee::MonotonicReads => prefixes.iter().zip(reads).all(|(&other, one)| {
                    (!read.is_later_of_client(one) || other <= prefix)
                        && (!one.is_later_of_client(read) || prefix <= other)
                }),
                Guarantee::Sequential | Guarantee::StaleBy(_) => false,
            };
            if !is_in_time || !is_allowed || read.fits(self.model, &self.states[prefix]).is_none() {
                return false;
            }
            prefixes.push(prefix);
            let is_found = self.place(reads, prefixes, guarantee);
            prefixes.pop();
            is_found
        })
    }
}

/// Each verdict is the one of its definition; and what a violation names is one by itself, and
/// nothing less is.
pub(crate) fn agrees<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(history.well_formed(), Ok(()));
    let all: Vec<usize> = (0..history.operations.len()).collect();
    for guarantee in ALL {
        let expected = holds(model, history, guarantee, &all);
        let without = guarantee.judge(model, history, None, LIMITS);
        let backwards: Vec<usize> = all.iter().rev().copied().collect();
        let short = &all[..all.len().saturating_sub(1)];
        for offered in [&all, &backwards, short] {
            let with = guarantee.judge(model, history, Some(offered), LIMITS);
            prop_assert_eq!(&without, &with, "{} with {:?}", guarantee, offered);
        }
        match without {
            Weak::Holds => prop_assert!(expected, "{} does not hold", guarantee),
            Weak::Violation { operations, because } => {
                prop_assert!(!expected, "{} holds, whatever {:?} says", guarantee, because);
                prop_assert!(!because.is_empty());
                if matches!(guarantee, Guarantee::StaleBy(_)) {
                    // Named by the checker for linearizability, which has tests of its own.
                    continue;
                }
                prop_assert!(!holds(model, history, guarantee, &operations), "{:?}", operations);
                for left_out in &operations {
                    let fewer: Vec<usize> =
                        operations.iter().copied().filter(|index| index != left_out).collect();
                    let is_needed = holds(model, history, guarantee, &fewer);
                    prop_assert!(is_needed, "{}: {} does not matter", guarantee, left_out);
                }
            }
            Weak::Unknown { .. } | Weak::Malformed(_) => prop_assert!(false, "{:?}", without),
        }
    }
    Ok(())
}
