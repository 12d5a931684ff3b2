//! Searching an order that keeps to a rule, for any model: depth first, remembering where it has
//! been.
//!
//! A read that fits is placed at once: it changes nothing, and can only be in the way later.

use super::judge::Found;
use super::part::Part;
use crate::checker::index::Index;
use crate::checker::{Limits, Model};
use core::hash::Hash;
use std::collections::BTreeSet;

/// Searches an order of one key's operations. `steps` are those that were taken so far.
pub(super) fn search<M: Model>(part: &Part<'_, M>, limits: Limits, steps: &mut u64) -> Found {
    Search::new(part).run(limits, steps)
}

/// Where a search is.
struct Search<'part, 'history, M: Model> {
    part: &'part Part<'history, M>,
    /// The members that come after each, directly.
    after: Vec<Vec<usize>>,
    /// Where each member's bit is.
    bits: Vec<Bit>,
    /// Members that are not placed, while all that must come before them by their clients are.
    ready: BTreeSet<usize>,
    /// Members that returned and are not placed, by when they returned.
    left: BTreeSet<(u64, usize)>,
    /// Which of those that returned are placed, and which of the others.
    placed: [Bits; 2],
    memory: Memory<M::State>,
}

/// The state after an update, and the ways to go on from there.
struct Step<S> {
    state: S,
    /// The update and the reads behind it, to be taken back.
    placed: Vec<usize>,
    /// The updates that were not tried as the next one, the best last.
    ways: Vec<usize>,
}

#[derive(Clone, Copy)]
struct Bit {
    list: usize,
    number: usize,
}

impl<'part, 'history, M: Model> Search<'part, 'history, M> {
    fn new(part: &'part Part<'history, M>) -> Self {
        let count = part.members.len();
        let mut after = vec![Vec::new(); count];
        let mut ready = BTreeSet::new();
        let mut left = BTreeSet::new();
        let mut bits = vec![Bit { list: 1, number: 0 }; count];
        let mut numbers = 0;
        for (member, what) in part.members.iter().enumerate() {
            match what.before {
                Some(before) => after[before].push(member),
                None => _ = ready.insert(member),
            }
            match what.returned {
                Some(at) => _ = left.insert((at, member)),
                None => {
                    bits[member].number = numbers;
                    numbers += 1;
                }
            }
        }
        for (number, &(_, member)) in left.iter().enumerate() {
            bits[member] = Bit { list: 0, number };
        }
        let placed = [Bits::default(), Bits::default()];
        Self { part, after, bits, ready, left, placed, memory: Memory::default() }
    }

    fn run(&mut self, limits: Limits, steps: &mut u64) -> Found {
        let mut stack: Vec<Step<M::State>> = Vec::new();
        let mut next = Some((self.part.model.initial(), Vec::new()));
        loop {
            if let Some((state, mut placed)) = next.take() {
                self.place_reads(&state, &mut placed, steps);
                if self.left.is_empty() {
                    return Found::Order;
                }
                let bytes = self.part.model.heap_bytes(&state);
                let ways = if self.memory.insert(&self.placed, &state, bytes) {
                    self.ways()
                } else {
                    Vec::new()
                };
                stack.push(Step { state, placed, ways });
            }
            let Some(step) = stack.last_mut() else {
                return Found::None { suspects: Vec::new() };
            };
            *steps += 1;
            if *steps > limits.steps || self.memory.bytes > limits.bytes {
                return Found::Unknown;
            }
            let Some(member) = step.ways.pop() else {
                let placed = stack.pop().map(|step| step.placed).unwrap_or_default();
                placed.into_iter().rev().for_each(|member| self.take_back(member));
                continue;
            };
            let after = self.part.step(&step.state, member);
            let is_known = self.part.members[member].returned.is_some();
            // What nobody knows of need not have happened, least of all to no effect.
            if let Some(after) = after.filter(|after| is_known || *after != step.state) {
                self.place(member);
                next = Some((after, vec![member]));
            }
        }
    }

    /// Places all reads that fit, and those that can be placed thereby.
    fn place_reads(&mut self, state: &M::State, placed: &mut Vec<usize>, steps: &mut u64) {
        let is_read = |member: &usize| self.part.members[*member].is_read;
        let mut reads: Vec<usize> = self.ready.iter().copied().filter(is_read).collect();
        while let Some(member) = reads.pop() {
            *steps += 1;
            if self.part.step(state, member).is_some() {
                self.place(member);
                placed.push(member);
                let more = self.after[member].iter().copied();
                reads.extend(more.filter(|&member| self.part.members[member].is_read));
            }
        }
    }

    /// The updates that can come next, the best last.
    fn ways(&self) -> Vec<usize> {
        let deadline = match self.left.first() {
            Some((at, _)) if self.part.rule.has_real_time() => *at,
            Some(_) | None => u64::MAX,
        };
        let member = |member: usize| &self.part.members[member];
        let can_be_next =
            |&index: &usize| !member(index).is_read && member(index).invoked <= deadline;
        let mut ways: Vec<usize> = self.ready.iter().copied().filter(can_be_next).collect();
        // What returned first is tried first, what may not have happened at all is tried last.
        ways.sort_by_key(|&index| {
            core::cmp::Reverse((member(index).returned.unwrap_or(u64::MAX), index))
        });
        ways
    }

    fn place(&mut self, member: usize) {
        self.ready.remove(&member);
        if let Some(at) = self.part.members[member].returned {
            self.left.remove(&(at, member));
        }
        self.ready.extend(&self.after[member]);
        self.placed[self.bits[member].list].turn(self.bits[member].number);
    }

    fn take_back(&mut self, member: usize) {
        for after in &self.after[member] {
            self.ready.remove(after);
        }
        self.ready.insert(member);
        if let Some(at) = self.part.members[member].returned {
            self.left.insert((at, member));
        }
        self.placed[self.bits[member].list].turn(self.bits[member].number);
    }
}

/// A set of small numbers.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    /// Puts a number in, or takes it out.
    fn turn(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] ^= 1 << (number % 64);
    }

    /// The set in as few words as may be: how many words are full, and those behind them.
    fn brief(&self) -> (usize, Box<[u64]>) {
        let full = self.0.iter().take_while(|word| **word == u64::MAX).count();
        let end = self.0.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        (full, self.0.get(full..end).unwrap_or_default().into())
    }
}

/// A place where a search has been: who is placed, and the state that they led to.
type Place<S> = ([(usize, Box<[u64]>); 2], S);

/// All of them.
struct Memory<S> {
    places: Index<Place<S>>,
    bytes: u64,
}

impl<S> Default for Memory<S> {
    fn default() -> Self {
        Self { places: Index::default(), bytes: 0 }
    }
}

impl<S: Clone + Eq + Hash> Memory<S> {
    /// Remembers a place, and says whether it is a new one.
    fn insert(&mut self, placed: &[Bits; 2], state: &S, heap_bytes: usize) -> bool {
        let brief = placed.each_ref().map(Bits::brief);
        let words: usize = brief.iter().map(|(_, words)| words.len()).sum();
        let (_, is_new) = self.places.insert((brief, state.clone()));
        if is_new {
            // Twice, for what maps and lists keep free; and the steps on the way here hold a state.
            let bytes = 2 * (size_of::<Place<S>>() + heap_bytes + 8 * words) + 96;
            self.bytes += u64::try_from(bytes).unwrap_or(u64::MAX);
        }
        is_new
    }
}
