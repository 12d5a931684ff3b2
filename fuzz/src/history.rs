//! Bytes → a small history → the checker's verdict, which must be that of brute force.

use crate::brute_force::is_linearizable;
use arbitrary::{Result, Unstructured};
use core::fmt::Debug;
use vsr::checker::explain::Others;
use vsr::checker::models::pool::{self, Pool};
use vsr::checker::models::{counter, kv, register};
use vsr::checker::{History, Limits, Model, Operation, Outcome, Verdict, check};

/// Judges the history that the bytes stand for, in two ways.
///
/// # Panics
/// When the two do not agree, or what explains a violation explains nothing.
pub fn judge(data: &[u8]) {
    // Where the bytes end, the history ends.
    let _ = judge_one(&mut Unstructured::new(data));
}

fn judge_one(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=3)? {
        0 => compare(&register::Register, &history(u, register_operation)?),
        1 => compare(&kv::Kv, &history(u, kv_operation)?),
        2 => compare(&counter::Counter, &history(u, counter_operation)?),
        _ => compare(&Pool::Queue, &history(u, queue_operation)?),
    }
    Ok(())
}

fn compare<M>(model: &M, history: &History<M::Input, M::Output>)
where
    M: Model<Key: Eq>,
    M::Input: Debug,
    M::Output: Debug,
{
    let expected = is_linearizable(model, history);
    let in_order: Vec<usize> = (0..history.operations.len()).collect();
    for offered in [None, Some(&in_order[..])] {
        let verdict = check(model, history, offered, Limits::steps(1_000_000));
        let says = match &verdict {
            Verdict::Linearizable | Verdict::OrderRejected(_) => true,
            Verdict::Violation(explanation) => {
                // What it names must be contradictory without the rest.
                let after = explanation.held.as_ref().map_or(&[][..], |held| &held.after);
                let mut named = history.clone();
                for (index, operation) in named.operations.iter_mut().enumerate() {
                    if !explanation.operations.contains(&index) && !after.contains(&index) {
                        operation.outcome = Outcome::Unknown;
                    }
                }
                if explanation.others == Others::LeftOut {
                    let mut index = 0..;
                    let mut is_named =
                        || index.next().is_some_and(|i| explanation.operations.contains(&i));
                    named.operations.retain(|_| is_named());
                }
                assert!(!is_linearizable(model, &named), "{explanation:?}\n{history:#?}");
                false
            }
            Verdict::Unknown { .. } => panic!("undecided: {history:#?}"),
            Verdict::Malformed(why) => panic!("{why}: {history:#?}"),
        };
        assert_eq!(says, expected, "{verdict:?}\n{history:#?}");
    }
}

/// Up to six operations, each by a client of its own.
fn history<I, O>(
    u: &mut Unstructured<'_>,
    operation: impl Fn(&mut Unstructured<'_>) -> Result<(I, O)>,
) -> Result<History<I, O>> {
    let count = u.int_in_range(0..=6)?;
    let operations = (0..count).map(|client| {
        let invoked = u.int_in_range(0..=20_u64)?;
        let lasts = u.int_in_range(0..=12_u64)?;
        let is_unknown = u.ratio(1_u8, 7_u8)?;
        let (input, output) = operation(u)?;
        let outcome = match is_unknown {
            true => Outcome::Unknown,
            false => Outcome::Returned { at: invoked + lasts, output },
        };
        Ok(Operation { client, input, invoked, outcome })
    });
    Ok(History { operations: operations.collect::<Result<_>>()? })
}

fn register_operation(u: &mut Unstructured<'_>) -> Result<(register::Input, register::Output)> {
    use register::{Input, Output};
    let (old, new) = (u.int_in_range(0..=2)?, u.int_in_range(1..=2)?);
    Ok(match u.int_in_range(0..=3)? {
        0 => (Input::Read, Output::Value(old)),
        1 => (Input::Write(new), Output::Done),
        2 => (Input::CompareAndSwap(old, new), Output::Done),
        _ => (Input::CompareAndSwap(old, new), Output::Differs(u.int_in_range(0..=2)?)),
    })
}

fn kv_operation(u: &mut Unstructured<'_>) -> Result<(kv::Input, kv::Output)> {
    use kv::{Action, Output};
    let key = u.int_in_range(0..=1)?;
    let (old, new) = (u.int_in_range(1..=2)?, u.int_in_range(1..=2)?);
    let held = match u.int_in_range(0..=2)? {
        0 => None,
        1 => Some(vec![old]),
        _ => Some(vec![old, new]),
    };
    let (action, output) = match u.int_in_range(0..=5)? {
        0 => (Action::Get, Output::Value(held.into())),
        1 => (Action::Put(new), Output::Done),
        2 => (Action::CompareAndSwap(old, new), Output::Done),
        3 => (Action::CompareAndSwap(1, 2), Output::Value(held.into())),
        4 => (Action::Delete, Output::Done),
        _ => (Action::Append(new), Output::Done),
    };
    Ok((kv::Input { key, action }, output))
}

fn counter_operation(u: &mut Unstructured<'_>) -> Result<(counter::Input, u64)> {
    Ok(match u.int_in_range(0..=2)? {
        0 => (counter::Input::Get, u.int_in_range(0..=4)?),
        amount => (counter::Input::Add(amount), u.int_in_range(1..=5)?),
    })
}

fn queue_operation(u: &mut Unstructured<'_>) -> Result<(pool::Input, pool::Output)> {
    use pool::{Input, Output};
    let value = u.int_in_range(1..=3)?;
    Ok(match u.int_in_range(0..=2)? {
        0 => (Input::Put(value), Output::Done),
        1 => (Input::Take, Output::Taken(Some(value))),
        _ => (Input::Take, Output::Taken(None)),
    })
}
