//! The few operations of some values that contradict each other.

use super::few::{few, few_reads};
use super::{Others, Small, places};
use crate::checker::history::{History, Outcome};
use crate::checker::in_time::InTime;
use crate::checker::index::position;
use crate::checker::model::Model;
use crate::checker::shape::{Plain, Shape};
use crate::checker::zones::{self, Judged};
use crate::checker::{numbers, pools};
use std::collections::BTreeSet;

/// Of a register: what names the values, and whoever wrote what that names.
pub(super) fn of_a_register<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    part: &[u32],
    values: &[Option<u64>],
) -> Small<M::Input, M::Output> {
    let Shape::Register { initial } = model.shape() else { return Small::of(history, Vec::new()) };
    let named = |plain: Plain<'_>| named_by(plain, initial);
    let first: BTreeSet<Option<u64>> = values.iter().copied().collect();
    let names_first = |plain: Plain<'_>| {
        // Most name but one, and there are a great many.
        if let Plain::Read(&[value]) | Plain::Write(value) | Plain::Append(value) = plain {
            first.contains(&Some(value))
        } else {
            named(plain).iter().any(|value| first.contains(value))
        }
    };
    let (mut wanted, mut matters) = (first.clone(), BTreeSet::new());
    // Whoever names these, and whoever may have written what they name, and what those need for
    // that, and on: mostly that was asked before.
    loop {
        let known = wanted.len();
        for &index in part.iter().rev() {
            let index = position(index);
            let operation = &history.operations[index];
            let plain = model.plain(&operation.input, operation.output());
            let wrote = wrote(model, &operation.input);
            let is_wanted = wrote.is_some_and(|value| wanted.contains(&Some(value)));
            if is_wanted || names_first(plain) {
                matters.insert(index);
                wanted.extend(named(plain));
            }
            if is_wanted {
                // By what it saw, and by what it did if nobody knew what it saw.
                wanted.extend(named(model.plain(&operation.input, None)));
            }
        }
        if known == wanted.len() {
            break;
        }
    }
    let mut in_time: Vec<usize> = matters.into_iter().collect();
    in_time.sort_by_key(|&index| history.operations[index].invoked);
    let mut small = Small::of(history, in_time);
    let is_enough = |kept: &[usize]| {
        let weaker = small.only(kept);
        let judged = zones::judge_all(model, &weaker, &InTime::of(&weaker), initial);
        judged.iter().any(|judged| matches!(judged, Judged::Contradicts(_)))
    };
    let is_read = |place: usize| wrote(model, &small.history.operations[place].input).is_none();
    small.kept = few_reads(small.places.len(), is_read, is_enough);
    small.keep_fewer(model, &model.initial());
    small
}

/// What an operation would write.
fn wrote<M: Model>(model: &M, input: &M::Input) -> Option<u64> {
    model.plain(input, None).written()
}

/// The values that an operation names; nothing stands for what is held at first.
fn named_by(plain: Plain<'_>, initial: Option<u64>) -> Vec<Option<u64>> {
    match plain {
        Plain::Read([]) => vec![initial],
        Plain::Read(seen) => seen.iter().copied().map(Some).collect(),
        Plain::Write(value) | Plain::Append(value) => vec![Some(value)],
        Plain::Swap(expected, value) => vec![Some(expected), Some(value)],
        Plain::Put(_)
        | Plain::Take(_)
        | Plain::TakeNothing
        | Plain::TakeSomething
        | Plain::Nothing
        | Plain::Other => Vec::new(),
    }
}

/// Of what things are put in and taken from: all of a few values, and whoever found nothing.
pub(super) fn of_a_pool<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    part: &[u32],
    values: &[Option<u64>],
) -> Small<M::Input, M::Output> {
    let values: BTreeSet<u64> = values.iter().copied().flatten().collect();
    let plain = |history: &History<M::Input, M::Output>, index: usize| {
        let operation = &history.operations[index];
        match model.plain(&operation.input, operation.output()) {
            Plain::Put(value) | Plain::Take(value) => Named::Value(value),
            Plain::TakeNothing => Named::Nothing(index),
            Plain::TakeSomething
            | Plain::Read(_)
            | Plain::Write(_)
            | Plain::Swap(..)
            | Plain::Append(_)
            | Plain::Nothing
            | Plain::Other => Named::Unknown,
        }
    };
    let matters = |index: usize| match plain(history, index) {
        Named::Value(value) => values.contains(&value),
        Named::Nothing(_) | Named::Unknown => true,
    };
    let mut small = Small::of(history, places(part, matters));
    small.others = Others::LeftOut;
    let named: Vec<Named> =
        (0..small.places.len()).map(|index| plain(&small.history, index)).collect();
    let units: Vec<Named> = named
        .iter()
        .copied()
        .filter(|named| *named != Named::Unknown)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let kept_of = |kept: &[usize]| -> Vec<usize> {
        let kept: BTreeSet<Named> = kept.iter().map(|&unit| units[unit]).collect();
        let is_kept =
            |place: &usize| named[*place] == Named::Unknown || kept.contains(&named[*place]);
        (0..named.len()).filter(is_kept).collect()
    };
    let shape = model.shape();
    let is_enough = |kept: &[usize]| {
        let rest = small.without(&kept_of(kept));
        let all = numbers(rest.operations.len());
        matches!(pools::judge(model, &rest, &all, shape), Judged::Contradicts(_))
    };
    let kept = kept_of(&few(units.len(), is_enough));
    let places = kept.iter().map(|&place| small.places[place]).collect();
    let mut small = Small::of(history, places);
    small.others = Others::LeftOut;
    let matters = |&place: &usize| {
        !matches!(small.history.operations[place].outcome, Outcome::Unknown)
            || named_in(model, &small.history, place)
    };
    small.kept = (0..small.places.len()).filter(matters).collect();
    small
}

/// Whether an operation puts something in, whatever came of it.
fn named_in<M: Model>(model: &M, history: &History<M::Input, M::Output>, place: usize) -> bool {
    matches!(model.plain(&history.operations[place].input, None), Plain::Put(_))
}

/// What is left out or kept at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Value(u64),
    Nothing(usize),
    Unknown,
}

impl<I: Clone, O: Clone> Small<I, O> {
    /// Some of the operations alone.
    fn without(&self, kept: &[usize]) -> History<I, O> {
        let operations = kept.iter().map(|&place| self.history.operations[place].clone());
        History { operations: operations.collect() }
    }
}
