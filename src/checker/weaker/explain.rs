//! The few operations that already break a guarantee, and why.

use super::judge::{Found, judge_part};
use super::part::{Member, Part, Rule};
use super::verdict::Weak;
use crate::checker::{History, Limits, Model};
use core::cmp::Reverse;
use std::collections::BTreeSet;

/// Finds a small reason for a violation among the operations of one key.
///
/// As for linearizability, no operation is left out; its outcome is forgotten, as long as the
/// guarantee stays broken without it. `suspects` may be a reason, and are tried first.
pub(super) fn explain<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    rule: Rule,
    indexes: &[usize],
    suspects: &[usize],
) -> Weak {
    let returned = |index: &usize| history.operations[*index].returned().is_some();
    let suspects: BTreeSet<usize> = suspects.iter().copied().filter(returned).collect();
    let mut reason =
        Reason { model, history, rule, indexes, known: suspects, steps_left: STEPS_MAX };
    if !reason.is_broken() {
        reason.known = indexes.iter().copied().filter(returned).collect();
    }
    reason.forget_all_it_can();
    let mut operations: Vec<usize> = reason.known.iter().copied().collect();
    operations.sort_by_key(|&index| (history.operations[index].invoked, index));
    let because = reason.because(&operations);
    Weak::Violation { operations, because }
}

/// The last sentence of every reason.
pub(super) fn no_order(count: usize) -> String {
    match count {
        1 => "whatever came of all others, nothing that was asked can lead to that".to_owned(),
        _ => format!("no order of these {count} operations gives what was seen"),
    }
}

struct Reason<'history, M: Model> {
    model: &'history M,
    history: &'history History<M::Input, M::Output>,
    rule: Rule,
    indexes: &'history [usize],
    /// The operations whose outcome is still taken for known.
    known: BTreeSet<usize>,
    /// How many steps may be taken yet. Without any, more is named than need be.
    steps_left: u64,
}

impl<M: Model> Reason<'_, M> {
    fn part(&self) -> Part<'_, M> {
        Part::new(self.model, self.history, self.rule, self.indexes, |index| {
            self.known.contains(&index)
        })
    }

    fn is_broken(&mut self) -> bool {
        let part = self.part();
        // To look at the operations takes time, too.
        let mut steps = u64::try_from(part.members.len()).unwrap_or(u64::MAX);
        if steps > self.steps_left {
            return false;
        }
        let limits = Limits::steps(self.steps_left.min(steps + SEARCH_STEPS_MAX));
        let found = judge_part(&part, limits, &mut steps);
        self.steps_left = self.steps_left.saturating_sub(steps);
        matches!(found, Found::None { .. })
    }

    /// Forgets outcomes in ever smaller groups, as long as the guarantee stays broken.
    fn forget_all_it_can(&mut self) {
        let mut group = self.known.len().div_ceil(2);
        while group > 0 {
            let mut at = 0;
            loop {
                // The latest first: what comes after the contradiction does not matter.
                let mut known: Vec<usize> = self.known.iter().copied().collect();
                known.sort_by_key(|&index| Reverse(self.history.operations[index].returned()));
                let some: Vec<usize> = known.into_iter().skip(at).take(group).collect();
                if some.is_empty() {
                    break;
                }
                let before = self.known.clone();
                some.iter().for_each(|index| _ = self.known.remove(index));
                if !self.is_broken() {
                    self.known = before;
                    at += group;
                }
            }
            group = if group == 1 { 0 } else { group.div_ceil(2) };
        }
    }

    /// Which of them must come after which, and why; and that this cannot be.
    fn because(&self, operations: &[usize]) -> Vec<String> {
        let part = self.part();
        let mut mentioned: BTreeSet<usize> = operations.iter().copied().collect();
        mentioned.extend(makers(&part));
        let told = |index: usize| {
            let operation = &self.history.operations[index];
            self.model.describe(&operation.input, operation.output())
        };
        let mut because = Vec::new();
        for member in part.members.iter().filter(|member| mentioned.contains(&member.index)) {
            let this = told(member.index);
            if let Some(before) = member.before {
                let before = told(part.members[before].index);
                let client = member.client;
                because.push(format!("client {client} did `{before}` before `{this}`"));
            }
            if member.is_read || !self.rule.has_real_time() {
                continue;
            }
            for other in part.members.iter().filter(|other| operations.contains(&other.index)) {
                if member.before.is_none_or(|before| part.members[before].index != other.index)
                    && other.returned.is_some_and(|at| at < member.invoked)
                {
                    let other = told(other.index);
                    because.push(format!("`{other}` returned before `{this}` was invoked"));
                }
            }
        }
        // A person reads a few.
        because.truncate(SENTENCES_MAX);
        because.push(no_order(operations.len()));
        because
    }
}

/// The updates that made what the reads have seen, in a register with distinct values. It does not
/// matter what came of them, but they explain the rest.
fn makers<M: Model>(part: &Part<'_, M>) -> Vec<usize> {
    let mut seen = BTreeSet::<u64>::new();
    for member in part.members.iter().filter(|member| member.is_read) {
        seen.extend(part.model.plain(member.input, member.output).seen().last());
    }
    let is_maker = |member: &&Member<'_, M>| {
        let written = part.model.plain(member.input, None).written();
        written.is_some_and(|value| seen.contains(&value))
    };
    let makers: Vec<usize> =
        part.members.iter().filter(is_maker).map(|member| member.index).collect();
    // Where values repeat, these need not be the ones.
    if makers.len() <= seen.len() { makers } else { Vec::new() }
}

/// Each step of an explanation is a search of its own: one that takes longer is not worth it.
const SEARCH_STEPS_MAX: u64 = 100_000;

/// For all of them.
const STEPS_MAX: u64 = 20_000_000;

const SENTENCES_MAX: usize = 12;
