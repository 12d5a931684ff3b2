//! The checker against brute force: every order of every small history, tried one by one.

#![expect(unreachable_pub, reason = "what is shared with `fuzz/` is public there")]

#[path = "../fuzz/src/brute_force.rs"]
mod brute_force;

use brute_force::{explains, is_linearizable};
use proptest::prelude::*;
use vsr::checker::explain::explain;
use vsr::checker::models::{counter, kv, queue, register};
use vsr::checker::search::{Found, search};
use vsr::checker::witness::verify;
use vsr::checker::{History, Model, Operation, Outcome, Verdict, check};

/// Up to six operations at random times, each by a client of its own; a seventh of them of
/// unknown outcome.
fn histories<I, O>(operation: impl Strategy<Value = (I, O)>) -> impl Strategy<Value = History<I, O>>
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

fn register_operations() -> impl Strategy<Value = (register::Input, register::Output)> {
    use register::{Input, Output};
    prop_oneof![
        (0..3_u64).prop_map(|value| (Input::Read, Output::Value(value))),
        (1..3_u64).prop_map(|value| (Input::Write(value), Output::Done)),
        (0..3_u64, 1..3_u64).prop_map(|(a, b)| (Input::CompareAndSwap(a, b), Output::Done)),
        (0..3_u64, 1..3_u64, 0..3_u64)
            .prop_map(|(a, b, seen)| (Input::CompareAndSwap(a, b), Output::Differs(seen))),
    ]
}

fn kv_operations() -> impl Strategy<Value = (kv::Input, kv::Output)> {
    use kv::{Action, Output};
    let held = prop_oneof![
        Just(None),
        (1..3_u64).prop_map(|value| Some(vec![value])),
        (1..3_u64, 1..3_u64).prop_map(|(a, b)| Some(vec![a, b])),
    ];
    let action = prop_oneof![
        held.clone().prop_map(|held| (Action::Get, Output::Value(held))),
        (1..3_u64).prop_map(|value| (Action::Put(value), Output::Done)),
        (1..3_u64, 1..3_u64).prop_map(|(a, b)| (Action::CompareAndSwap(a, b), Output::Done)),
        held.prop_map(|held| (Action::CompareAndSwap(1, 2), Output::Differs(held))),
        Just((Action::Delete, Output::Done)),
        (1..3_u64).prop_map(|value| (Action::Append(value), Output::Done)),
    ];
    (0..2_u64, action).prop_map(|(key, (action, output))| (kv::Input { key, action }, output))
}

fn counter_operations() -> impl Strategy<Value = (counter::Input, u64)> {
    prop_oneof![
        (0..4_u64).prop_map(|seen| (counter::Input::Get, seen)),
        (1..3_u64, 1..5_u64).prop_map(|(amount, seen)| (counter::Input::Add(amount), seen)),
    ]
}

fn queue_operations() -> impl Strategy<Value = (queue::Input, queue::Output)> {
    use queue::{Input, Output};
    prop_oneof![
        (1..4_u64).prop_map(|value| (Input::Enqueue(value), Output::Done)),
        (1..4_u64).prop_map(|value| (Input::Dequeue, Output::Taken(Some(value)))),
        Just((Input::Dequeue, Output::Taken(None))),
    ]
}

fn agrees<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
) -> Result<(), TestCaseError> {
    let expected = is_linearizable(model, history);
    let found = search(model, history, 1_000_000);
    prop_assert_eq!(matches!(found, Found::Order), expected, "{:?}", found);
    if let Found::None { stuck } = found {
        explanation_holds(model, history, stuck)?;
    }
    Ok(())
}

/// What an explanation names is contradictory by itself, and any less is not.
fn explanation_holds<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    stuck: usize,
) -> Result<(), TestCaseError> {
    let explanation = explain(model, history, stuck, 1_000_000);
    let only = |named: &[usize]| {
        let mut weaker = history.clone();
        for (index, operation) in weaker.operations.iter_mut().enumerate() {
            if !named.contains(&index) {
                operation.outcome = Outcome::Unknown;
            }
        }
        weaker
    };
    prop_assert!(!is_linearizable(model, &only(&explanation.operations)));
    for left_out in &explanation.operations {
        let fewer: Vec<usize> =
            explanation.operations.iter().copied().filter(|index| index != left_out).collect();
        prop_assert!(is_linearizable(model, &only(&fewer)), "{left_out} does not matter");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn the_search_agrees_with_brute_force_on_registers(
        history in histories(register_operations()),
    ) {
        agrees(&register::Register, &history)?;
    }

    #[test]
    fn the_search_agrees_with_brute_force_on_stores(history in histories(kv_operations())) {
        agrees(&kv::Kv, &history)?;
    }

    #[test]
    fn the_search_agrees_with_brute_force_on_counters(history in histories(counter_operations())) {
        agrees(&counter::Counter, &history)?;
    }

    #[test]
    fn the_search_agrees_with_brute_force_on_queues(history in histories(queue_operations())) {
        agrees(&queue::Queue, &history)?;
    }

    #[test]
    fn an_offered_order_is_accepted_exactly_when_it_explains_the_history(
        history in histories(register_operations()),
        order in proptest::collection::vec(0..6_usize, 0..=6),
    ) {
        let model = register::Register;
        let is_order = order.iter().all(|&index| index < history.operations.len())
            && (1..order.len()).all(|i| !order[..i].contains(&order[i]))
            && (0..history.operations.len())
                .all(|i| order.contains(&i) || history.operations[i].returned().is_none());
        let expected = is_order && explains(&model, &history, &order);
        prop_assert_eq!(verify(&model, &history, &order).is_ok(), expected);
    }

    #[test]
    fn times_and_the_order_of_the_list_do_not_matter(
        history in histories(kv_operations()),
        shift in 0..1_000_u64,
        turn in 0..6_usize,
    ) {
        let before = search(&kv::Kv, &history, 1_000_000);
        let mut other = history.clone();
        for operation in &mut other.operations {
            operation.invoked = operation.invoked * 3 + shift;
            if let Outcome::Returned { at, .. } = &mut operation.outcome {
                *at = *at * 3 + shift;
            }
        }
        let count = other.operations.len().max(1);
        other.operations.rotate_left(turn % count);
        let after = search(&kv::Kv, &other, 1_000_000);
        prop_assert_eq!(matches!(before, Found::Order), matches!(after, Found::Order));
    }
}

/// A history of one client after the other, each operation within the time of its execution.
fn long_history(count: u64, keys: u64) -> (History<kv::Input, kv::Output>, Vec<usize>) {
    let mut states = vec![None; usize::try_from(keys).expect("few keys")];
    let mut word = 1_u64;
    let mut operations = Vec::new();
    for number in 0..count {
        word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let key = (word >> 33) % keys;
        let action = match (word >> 40) % 3 {
            0 => kv::Action::Get,
            1 => kv::Action::Put(number),
            _ => kv::Action::CompareAndSwap(number / 2, number),
        };
        let input = kv::Input { key, action };
        let state = &mut states[usize::try_from(key).expect("few keys")];
        let (after, output) = kv::Kv.step(state, &input);
        *state = after;
        // Five clients, each busy for most of the time.
        let (invoked, at) = (number * 10, number * 10 + 45);
        operations.push(Operation {
            client: number % 5,
            input,
            invoked,
            outcome: Outcome::Returned { at, output },
        });
    }
    let order = (0..operations.len()).collect();
    (History { operations }, order)
}

#[test]
fn a_long_history_is_judged_by_its_order_and_without_it() {
    let (history, order) = long_history(10_000, 4);
    assert_eq!(check(&kv::Kv, &history, Some(&order), 0), Verdict::Linearizable);
    assert_eq!(check(&kv::Kv, &history, None, 10_000_000), Verdict::Linearizable);
}

#[test]
fn a_tampered_order_of_a_long_history_is_rejected() {
    let (history, order) = long_history(1_000, 4);
    for position in [10, 500, 900] {
        let mut late = order.clone();
        let early = late.remove(position);
        late.insert(position + 20, early);
        assert!(verify(&kv::Kv, &history, &late).is_err(), "{position}");
        let mut short = order.clone();
        short.remove(position);
        assert!(verify(&kv::Kv, &history, &short).is_err(), "{position}");
    }
}

#[test]
fn an_order_that_is_not_the_one_that_was_offered_is_a_finding_of_its_own() {
    let write = |client, value| Operation {
        client,
        input: register::Input::Write(value),
        invoked: 0,
        outcome: Outcome::Returned { at: 10, output: register::Output::Done },
    };
    let read = Operation {
        client: 3,
        input: register::Input::Read,
        invoked: 20,
        outcome: Outcome::Returned { at: 30, output: register::Output::Value(1) },
    };
    let history = History { operations: vec![write(1, 1), write(2, 2), read] };
    let verdict = check(&register::Register, &history, Some(&[0, 1, 2]), 1_000);
    assert!(matches!(verdict, Verdict::OrderRejected(_)), "{verdict:?}");
}
