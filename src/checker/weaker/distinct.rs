//! Registers whose values are all distinct, without a search.
//!
//! An update makes a state that no other makes, so it is known which updates a read has seen. The
//! reads of a state lie between the update that makes it and the next. A swap, or an append that
//! was seen, comes right behind the update whose state it found: such updates form a chain with
//! nothing else in between. An order of chains is an order of all operations, so there is one
//! exactly when no chain contradicts itself and none must come before itself. (Gibbons and Korach,
//! "Testing shared memories"; Cantin, Lipasti and Smith, "The complexity of verifying memory
//! coherence and consistency".)

use super::chains::Chains;
use super::part::Part;
use crate::checker::{Model, Plain, Shape};
use std::collections::{BTreeMap, VecDeque};

/// Judges a key, if it is a register with distinct values: with members that may contradict each
/// other, if there is no order.
pub(super) fn judge<M: Model>(part: &Part<'_, M>) -> Option<Result<(), Vec<usize>>> {
    let Shape::Register { initial } = part.model.shape() else {
        return None;
    };
    let states = States::new(part, initial)?;
    Some(states.judge(part))
}

/// A state, by a number; the first one is what the register holds at first.
pub(super) type State = usize;

pub(super) const FIRST: State = 0;

/// What is known of states and of who made and who saw them.
pub(super) struct States<'a> {
    initial: Option<u64>,
    /// Each member in plain terms.
    plain: Vec<Plain<'a>>,
    /// The state that a value was the last of.
    of_value: BTreeMap<u64, State>,
    /// Which member made each state; nobody made the first.
    pub(super) makers: Vec<Option<usize>>,
    /// The state before a state, where that is known, and which member tells.
    pub(super) before: Vec<Option<(State, usize)>>,
    /// Whether it was there for certain.
    pub(super) is_needed: Vec<bool>,
}

impl<'a> States<'a> {
    /// Nothing, if a value is made twice or if some operation is of another kind.
    fn new<M: Model>(part: &Part<'a, M>, initial: Option<u64>) -> Option<Self> {
        let mut plain = Vec::with_capacity(part.members.len());
        let mut of_value: BTreeMap<u64, State> =
            initial.map(|value| (value, FIRST)).into_iter().collect();
        let mut makers = vec![None];
        for (member, what) in part.members.iter().enumerate() {
            let said = part.model.plain(what.input, what.output);
            match said {
                Plain::Read(_) | Plain::Nothing if what.is_read => {}
                Plain::Write(value) | Plain::Swap(_, value) | Plain::Append(value)
                    if !what.is_read =>
                {
                    if of_value.insert(value, makers.len()).is_some() {
                        return None;
                    }
                    makers.push(Some(member));
                }
                Plain::Read(_)
                | Plain::Nothing
                | Plain::Write(_)
                | Plain::Swap(..)
                | Plain::Append(_)
                | Plain::Put(_)
                | Plain::Take(_)
                | Plain::TakeNothing
                | Plain::TakeSomething
                | Plain::Other => return None,
            }
            plain.push(said);
        }
        let before = vec![None; makers.len()];
        let is_needed = vec![false; makers.len()];
        Some(Self { initial, plain, of_value, makers, before, is_needed })
    }

    fn judge<M: Model>(mut self, part: &Part<'_, M>) -> Result<(), Vec<usize>> {
        self.need_what_was_seen(part)?;
        self.link()?;
        let chains = Chains::new(&self)?;
        chains.judge(part, &self)
    }

    /// Finds out which updates of unknown outcome have happened: those that somebody saw. The
    /// others need not have.
    fn need_what_was_seen<M: Model>(&mut self, part: &Part<'_, M>) -> Result<(), Vec<usize>> {
        let mut needed: VecDeque<(State, usize)> = VecDeque::new();
        for (state, maker) in self.makers.iter().enumerate() {
            if let Some(maker) = *maker
                && part.members[maker].returned.is_some()
            {
                needed.push_back((state, maker));
            }
        }
        for (member, plain) in self.plain.iter().enumerate() {
            if let Plain::Read(values) = plain {
                for value in *values {
                    let state = self.of_value.get(value).ok_or_else(|| vec![member])?;
                    needed.push_back((*state, member));
                }
            }
        }
        while let Some((state, who)) = needed.pop_front() {
            if core::mem::replace(&mut self.is_needed[state], true) {
                continue;
            }
            if let Some(maker) = self.makers[state]
                && let Plain::Swap(expected, _) = self.plain[maker]
            {
                let found = self.of_value.get(&expected).ok_or_else(|| vec![maker, who])?;
                needed.push_back((*found, maker));
            }
        }
        Ok(())
    }

    /// Notes which state came right after which.
    fn link(&mut self) -> Result<(), Vec<usize>> {
        for member in 0..self.plain.len() {
            match self.plain[member] {
                Plain::Read(values) => {
                    let mut last = self.start_of(values.first(), member)?;
                    for value in values.iter().skip(1) {
                        let state = self.of_value[value];
                        if !self.is_append(state) {
                            return Err(self.told([state], member));
                        }
                        self.link_one(last, state, member)?;
                        last = state;
                    }
                }
                Plain::Swap(expected, new) if self.is_needed[self.of_value[&new]] => {
                    let found = self.start_of(Some(&expected), member)?;
                    self.link_one(found, self.of_value[&new], member)?;
                }
                Plain::Swap(..)
                | Plain::Write(_)
                | Plain::Append(_)
                | Plain::Put(_)
                | Plain::Take(_)
                | Plain::TakeNothing
                | Plain::TakeSomething
                | Plain::Nothing
                | Plain::Other => {}
            }
        }
        Ok(())
    }

    /// The state of that value alone, or of none.
    fn start_of(&mut self, value: Option<&u64>, member: usize) -> Result<State, Vec<usize>> {
        let Some(value) = value else {
            return if self.initial.is_none() { Ok(FIRST) } else { Err(vec![member]) };
        };
        let state = self.of_value[value];
        if self.is_append(state) {
            if self.initial.is_some() {
                return Err(self.told([state], member));
            }
            self.link_one(FIRST, state, member)?;
        }
        Ok(state)
    }

    fn link_one(&mut self, before: State, state: State, member: usize) -> Result<(), Vec<usize>> {
        match self.before[state] {
            Some((other, teller)) if other != before => {
                let mut suspects = self.told([other, before, state], member);
                suspects.push(teller);
                Err(suspects)
            }
            Some(_) => Ok(()),
            None => {
                self.before[state] = Some((before, member));
                Ok(())
            }
        }
    }

    fn is_append(&self, state: State) -> bool {
        self.makers[state].is_some_and(|maker| matches!(self.plain[maker], Plain::Append(_)))
    }

    /// What a member saw, for a suspicion: who made the states, and the member itself.
    pub(super) fn told(
        &self,
        states: impl IntoIterator<Item = State>,
        member: usize,
    ) -> Vec<usize> {
        let makers = states.into_iter().filter_map(|state| self.makers[state]);
        makers.chain([member]).collect()
    }

    /// Who made states, and who tells what came before them.
    pub(super) fn makers_and_tellers(&self, states: &[State]) -> Vec<usize> {
        let tellers = states.iter().filter_map(|&state| self.before[state]);
        let makers = states.iter().filter_map(|&state| self.makers[state]);
        tellers.map(|(_, teller)| teller).chain(makers).collect()
    }

    /// The state that a read saw, or that an update made; none, if it is of no matter.
    pub(super) fn of_member(&self, member: usize) -> Option<State> {
        match self.plain[member] {
            Plain::Read(values) => Some(values.last().map_or(FIRST, |value| self.of_value[value])),
            Plain::Write(value) | Plain::Swap(_, value) | Plain::Append(value) => {
                Some(self.of_value[&value]).filter(|state| self.is_needed[*state])
            }
            Plain::Put(_)
            | Plain::Take(_)
            | Plain::TakeNothing
            | Plain::TakeSomething
            | Plain::Nothing
            | Plain::Other => None,
        }
    }
}
