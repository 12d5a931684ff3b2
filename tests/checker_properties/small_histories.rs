//! Small histories, and the comparison of the checker with brute force on them: every order is
//! tried one by one.

use crate::brute_force::is_linearizable;
use proptest::prelude::*;
use vsr::checker::explain::{Explanation, Others};
use vsr::checker::search::{Found, search};
use vsr::checker::{History, Limits, Model, Operation, Outcome, Verdict, check, has_order};

/// Up to six operations at random times, each by a client of its own; a seventh of them of
/// unknown outcome.
pub(crate) fn histories<I, O>(
    operation: impl Strategy<Value = (I, O)>,
) -> impl Strategy<Value = History<I, O>>
where
    I: Clone + core::fmt::Debug,
    O: Clone + core::fmt::Debug,
{
    let one = (operation, 0..20_u64, 0..12_u64, 0..7_u8);
    proptest::collection::vec(one, 0..=6).prop_map(|drawn| {
        let operation = |(client, ((input, output), invoked, lasts, fate))| Operation {
            client,
            input,
            invoked,
            outcome: match fate {
                0 => Outcome::Unknown,
                _ => Outcome::Returned { at: invoked + lasts, output },
            },
        };
        History { operations: (0..).zip(drawn).map(operation).collect() }
    })
}

/// Up to six operations that write and put values of their own: the operation's place and one.
pub(crate) fn distinct<I, O>(
    operation: impl Strategy<Value = (I, O)>,
    own: impl Fn(&mut I, u64),
) -> impl Strategy<Value = History<I, O>>
where
    I: Clone + core::fmt::Debug,
    O: Clone + core::fmt::Debug,
{
    histories(operation).prop_map(move |mut history| {
        for (value, operation) in (1..).zip(&mut history.operations) {
            own(&mut operation.input, value);
        }
        history
    })
}

pub(crate) fn agrees<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
) -> Result<(), TestCaseError> {
    let expected = is_linearizable(model, history);
    let limits = Limits::steps(1_000_000);
    let found = search(model, history, limits);
    prop_assert_eq!(matches!(found, Found::Order), expected, "{:?}", found);
    match check(model, history, None, limits) {
        Verdict::Linearizable => prop_assert!(expected, "it has no order"),
        Verdict::Violation(explanation) => {
            prop_assert!(!expected, "it has an order: {:?}", explanation);
            explanation_holds(model, history, &explanation)?;
        }
        other @ (Verdict::OrderRejected(_) | Verdict::Unknown { .. } | Verdict::Malformed(_)) => {
            prop_assert!(false, "{:?}", other);
        }
    }
    Ok(())
}

/// What an explanation names is contradictory by itself, and any less is not.
fn explanation_holds<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    explanation: &Explanation,
) -> Result<(), TestCaseError> {
    let Explanation { operations: named, others, held, .. } = explanation;
    prop_assert!(named.contains(&explanation.stuck), "{:?}", explanation);
    let after = held.as_ref().map_or(&[][..], |held| &held.after);
    let only = |named: &[usize]| {
        let mut weaker = history.clone();
        for (index, operation) in weaker.operations.iter_mut().enumerate() {
            if !named.contains(&index) && !after.contains(&index) {
                operation.outcome = Outcome::Unknown;
            }
        }
        if *others == Others::LeftOut {
            let mut index = 0..;
            weaker.operations.retain(|_| index.next().is_some_and(|index| named.contains(&index)));
        }
        weaker
    };
    prop_assert!(!is_linearizable(model, &only(named)), "not by themselves: {:?}", explanation);
    if *others == Others::LeftOut || held.is_some() {
        return Ok(());
    }
    for left_out in named {
        let fewer: Vec<usize> = named.iter().copied().filter(|index| index != left_out).collect();
        prop_assert!(
            is_linearizable(model, &only(&fewer)),
            "{} does not matter: {:?}",
            left_out,
            explanation
        );
    }
    Ok(())
}

/// Up to 14 operations as they happened one after the other, each with some time around it; and
/// then one of them at another time.
pub(crate) fn shaken<M: Model>(
    model: M,
    input: impl Strategy<Value = M::Input>,
    own: impl Fn(&mut M::Input, u64),
) -> impl Strategy<Value = History<M::Input, M::Output>> {
    let one = (input, 0..25_u64, 0..25_u64, 0..9_u8);
    let all = proptest::collection::vec(one, 0..=14);
    (all, 0..14_usize, 0..180_u64).prop_map(move |(drawn, shaken, to)| {
        let mut state = model.initial();
        let mut operations = Vec::new();
        for (number, (mut input, before, after, fate)) in (1..).zip(drawn) {
            own(&mut input, number);
            let (next, output) = model.step(&state, &input);
            state = next;
            let at = 60 + number * 10;
            operations.push(Operation {
                client: number,
                input,
                invoked: at - before,
                outcome: match fate {
                    0 => Outcome::Unknown,
                    _ => Outcome::Returned { at: at + after, output },
                },
            });
        }
        if let Some(operation) = operations.get_mut(shaken) {
            let lasts = operation.returned().map(|at| at - operation.invoked);
            operation.invoked = to;
            if let (Outcome::Returned { at, .. }, Some(lasts)) = (&mut operation.outcome, lasts) {
                *at = to + lasts / 4;
            }
        }
        History { operations }
    })
}

/// What is known without a search is what a search finds.
pub(crate) fn agrees_with_search<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
) -> Result<(), TestCaseError> {
    let limits = Limits::default();
    let found = search(model, history, limits);
    prop_assert!(!matches!(found, Found::Unknown { .. }), "{:?}", found);
    let expected = matches!(found, Found::Order);
    prop_assert_eq!(has_order(model, history, limits), Some(expected), "{:?}", found);
    Ok(())
}
