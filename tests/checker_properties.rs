//! The checker against brute force: every order of every small history, tried one by one.

#![expect(unreachable_pub, reason = "what is shared with `fuzz/` is public there")]

#[path = "../fuzz/src/brute_force.rs"]
mod brute_force;
#[path = "checker_properties/models.rs"]
mod models;
#[path = "checker_properties/small_histories.rs"]
mod small_histories;
#[path = "checker_properties/without_search.rs"]
mod without_search;

use brute_force::explains;
use proptest::prelude::*;
use small_histories::{agrees, distinct, histories};
use vsr::checker::models::pool::{self, Pool};
use vsr::checker::models::{counter, kv, register};
use vsr::checker::search::{Found, search};
use vsr::checker::witness::verify;
use vsr::checker::{History, Limits, Model, Operation, Outcome, Verdict, check};

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
        held.clone().prop_map(|held| (Action::Get, Output::Value(held.into()))),
        (1..3_u64).prop_map(|value| (Action::Put(value), Output::Done)),
        (1..3_u64, 1..3_u64).prop_map(|(a, b)| (Action::CompareAndSwap(a, b), Output::Done)),
        held.prop_map(|held| (Action::CompareAndSwap(1, 2), Output::Value(held.into()))),
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

fn pool_operations() -> impl Strategy<Value = (pool::Input, pool::Output)> {
    use pool::{Input, Output};
    prop_oneof![
        (1..4_u64).prop_map(|value| (Input::Put(value), Output::Done)),
        (1..4_u64).prop_map(|value| (Input::Take, Output::Taken(Some(value)))),
        Just((Input::Take, Output::Taken(None))),
    ]
}

fn distinct_registers() -> impl Strategy<Value = History<register::Input, register::Output>> {
    use register::{Input, Output};
    let operation = prop_oneof![
        (0..7_u64).prop_map(|value| (Input::Read, Output::Value(value))),
        Just((Input::Write(0), Output::Done)),
        (0..7_u64).prop_map(|a| (Input::CompareAndSwap(a, 0), Output::Done)),
        (0..7_u64, 0..7_u64)
            .prop_map(|(a, seen)| (Input::CompareAndSwap(a, 0), Output::Differs(seen))),
    ];
    distinct(operation, |input, value| match input {
        Input::Read => {}
        Input::Write(new) | Input::CompareAndSwap(_, new) => *new = value,
    })
}

fn distinct_lists() -> impl Strategy<Value = History<kv::Input, kv::Output>> {
    use kv::{Action, Output};
    let held = prop_oneof![
        1 => Just(None),
        6 => proptest::collection::vec(1..7_u64, 0..=4).prop_map(Some),
    ];
    let operation = prop_oneof![
        4 => held.clone().prop_map(|held| (Action::Get, Output::Value(held.into()))),
        2 => Just((Action::Put(0), Output::Done)),
        1 => (1..7_u64).prop_map(|a| (Action::CompareAndSwap(a, 0), Output::Done)),
        1 => (1..7_u64, held)
            .prop_map(|(a, held)| (Action::CompareAndSwap(a, 0), Output::Value(held.into()))),
        4 => Just((Action::Append(0), Output::Done)),
    ];
    let operation = operation.prop_map(|(action, output)| (kv::Input { key: 0, action }, output));
    distinct(operation, |input, value| match &mut input.action {
        Action::Get | Action::Delete => {}
        Action::Put(new) | Action::CompareAndSwap(_, new) | Action::Append(new) => *new = value,
    })
}

/// The puts have the values of 1, 2 and so on.
fn distinct_pools(
    value_of: impl Fn(u64) -> u64,
) -> impl Strategy<Value = History<pool::Input, pool::Output>> {
    use pool::{Input, Output};
    let operation = prop_oneof![
        3 => Just((Input::Put(0), Output::Done)),
        3 => (1..7_u64).prop_map(|value| (Input::Take, Output::Taken(Some(value)))),
        1 => Just((Input::Take, Output::Taken(None))),
    ];
    distinct(operation, move |input, value| match input {
        Input::Put(new) => *new = value_of(value),
        Input::Take => {}
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12 * ProptestConfig::default().cases,
        ..ProptestConfig::default()
    })]

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
    fn the_search_agrees_with_brute_force_on_queues(history in histories(pool_operations())) {
        agrees(&Pool::Queue, &history)?;
    }

    #[test]
    fn zones_agree_with_brute_force_on_registers(history in distinct_registers()) {
        agrees(&register::Register, &history)?;
    }

    #[test]
    fn zones_agree_with_brute_force_on_lists(history in distinct_lists()) {
        agrees(&kv::Kv, &history)?;
    }

    #[test]
    fn queues_of_distinct_values_agree_with_brute_force(history in distinct_pools(|value| value)) {
        agrees(&Pool::Queue, &history)?;
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
        let before = search(&kv::Kv, &history, Limits::default());
        let mut other = history.clone();
        for operation in &mut other.operations {
            operation.invoked = operation.invoked * 3 + shift;
            if let Outcome::Returned { at, .. } = &mut operation.outcome {
                *at = *at * 3 + shift;
            }
        }
        let count = other.operations.len().max(1);
        other.operations.rotate_left(turn % count);
        let after = search(&kv::Kv, &other, Limits::default());
        prop_assert_eq!(matches!(before, Found::Order), matches!(after, Found::Order));
    }
}

/// A history of one client after the other, each operation within the time of its execution.
fn long_history(count: u64, keys: u64) -> (History<kv::Input, kv::Output>, Vec<usize>) {
    let mut states = vec![kv::Held::Nothing; usize::try_from(keys).expect("few keys")];
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
    assert_eq!(check(&kv::Kv, &history, Some(&order), Limits::steps(0)), Verdict::Linearizable);
    assert_eq!(check(&kv::Kv, &history, None, Limits::steps(10_000_000)), Verdict::Linearizable);
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
    let verdict = check(&register::Register, &history, Some(&[0, 1, 2]), Limits::steps(1_000));
    assert!(matches!(verdict, Verdict::OrderRejected(_)), "{verdict:?}");
}

/// Intervals are closed: what begins when something else ends may have been before it.
#[test]
fn values_whose_times_only_touch_leave_each_other_room() {
    use register::{Input, Output};
    let operation = |client, input, invoked, at, output| Operation {
        client,
        input,
        invoked,
        outcome: Outcome::Returned { at, output },
    };
    let history = |begins| History {
        operations: vec![
            operation(1, Input::Write(1), 0, 1, Output::Done),
            operation(2, Input::Write(2), 4, 5, Output::Done),
            operation(3, Input::Read, begins, 7, Output::Value(1)),
            operation(4, Input::Read, 8, 9, Output::Value(2)),
        ],
    };
    let verdict = |begins| check(&register::Register, &history(begins), None, Limits::default());
    assert_eq!(verdict(5), Verdict::Linearizable);
    assert!(matches!(verdict(6), Verdict::Violation(_)));
}
