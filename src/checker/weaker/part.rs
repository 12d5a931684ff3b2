//! The operations of one key, and which of them must come after which.
//!
//! Every guarantee here but staleness is that there is an order of all operations that gives what
//! was seen and keeps to a rule. What differs is the rule: it is far less than real time.

use crate::checker::{History, Model};
use std::collections::BTreeMap;

/// Which operations must come after which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// An operation after those that its client did before it.
    Sequential,
    /// An update after all that returned before it was invoked, and after its client's updates
    /// before it; a read after its client's reads before it.
    MonotonicReads,
    /// An update after all that returned before it was invoked; an update and a read after its
    /// client's updates before it.
    ReadYourWrites,
}

impl Rule {
    /// Whether an update comes after all operations that had returned before it was invoked.
    pub(super) const fn has_real_time(self) -> bool {
        match self {
            Self::Sequential => false,
            Self::MonotonicReads | Self::ReadYourWrites => true,
        }
    }
}

/// The operations of one key.
pub(super) struct Part<'history, M: Model> {
    pub(super) model: &'history M,
    pub(super) rule: Rule,
    /// By the time they were invoked. Reads that nobody saw anything of are not among them.
    pub(super) members: Vec<Member<'history, M>>,
}

/// One of them.
pub(super) struct Member<'history, M: Model> {
    /// Which operation of the history.
    pub(super) index: usize,
    pub(super) client: u64,
    pub(super) input: &'history M::Input,
    /// What was seen, if anything is known of that.
    pub(super) output: Option<&'history M::Output>,
    pub(super) invoked: u64,
    pub(super) returned: Option<u64>,
    pub(super) is_read: bool,
    /// The member of the same client that must come before, by its place in the list, which is
    /// always an earlier one. What must come before that one must come before this one, too.
    pub(super) before: Option<usize>,
}

/// The last members of a client so far.
#[derive(Clone, Copy, Default)]
struct Last {
    any: Option<usize>,
    read: Option<usize>,
    update: Option<usize>,
}

impl<'history, M: Model> Part<'history, M> {
    /// Takes the operations of those indexes. Those that are not `known` are taken as if their
    /// outcomes had never been heard of: they may have happened later, or not at all.
    pub(super) fn new(
        model: &'history M,
        history: &'history History<M::Input, M::Output>,
        rule: Rule,
        indexes: &[usize],
        known: impl Fn(usize) -> bool,
    ) -> Self {
        let mut indexes = indexes.to_vec();
        indexes.sort_by_key(|&index| (history.operations[index].invoked, index));
        let mut last: BTreeMap<u64, Last> = BTreeMap::new();
        let mut members = Vec::with_capacity(indexes.len());
        for index in indexes {
            let operation = &history.operations[index];
            let is_known = known(index);
            let output = operation.output().filter(|_| is_known);
            let returned = operation.returned().filter(|_| is_known);
            let is_read = model.is_read(&operation.input, output);
            if is_read && output.is_none() {
                continue;
            }
            let last = last.entry(operation.client).or_default();
            let before = match (rule, is_read) {
                (Rule::Sequential, _) => last.any,
                (Rule::MonotonicReads, true) => last.read,
                (Rule::MonotonicReads, false) | (Rule::ReadYourWrites, _) => last.update,
            };
            // Nothing must come after what may never have happened.
            if returned.is_some() {
                let place = Some(members.len());
                last.any = place;
                *if is_read { &mut last.read } else { &mut last.update } = place;
            }
            members.push(Member {
                index,
                client: operation.client,
                input: &operation.input,
                output,
                invoked: operation.invoked,
                returned,
                is_read,
                before,
            });
        }
        Self { model, rule, members }
    }

    /// What becomes of a state, if the answer is one that the client can have seen.
    pub(super) fn step(&self, state: &M::State, member: usize) -> Option<M::State> {
        let Member { input, output, .. } = &self.members[member];
        let (after, answer) = self.model.step(state, input);
        output.is_none_or(|seen| self.model.fits(&answer, seen)).then_some(after)
    }
}
