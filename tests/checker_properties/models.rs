//! The models that the simulator has no service for, each judged as brute force judges it.

use crate::small_histories::{agrees, histories};
use crate::{distinct_pools, pool_operations};
use proptest::prelude::*;
use std::collections::BTreeSet;
use vsr::checker::models::pool::Pool;
use vsr::checker::models::transactions::{Access, Transactions};
use vsr::checker::models::{cas_register, lock, set, whole_set};

fn sets() -> impl Strategy<Value = (set::Input, set::Output)> {
    use set::{Action, Input, Output};
    let action = prop_oneof![
        (any::<bool>()).prop_map(|changed| (Action::Add, Output::Changed(changed))),
        (any::<bool>()).prop_map(|changed| (Action::Remove, Output::Changed(changed))),
        Just((Action::Add, Output::Done)),
        Just((Action::Remove, Output::Done)),
        (any::<bool>()).prop_map(|is_in| (Action::Contains, Output::Is(is_in))),
    ];
    (0..2_u64, action).prop_map(|(element, (action, output))| (Input { element, action }, output))
}

fn whole_sets() -> impl Strategy<Value = (whole_set::Input, whole_set::Output)> {
    use whole_set::{Input, Output};
    let members = proptest::collection::btree_set(1..4_u64, 0..=3);
    prop_oneof![
        2 => (1..4_u64).prop_map(|element| (Input::Add(element), Output::Done)),
        1 => (1..4_u64).prop_map(|element| (Input::Remove(element), Output::Done)),
        2 => members
            .prop_map(|members: BTreeSet<u64>| (Input::Read, Output::Members(members))),
    ]
}

fn locks() -> impl Strategy<Value = (lock::Input, lock::Output)> {
    use lock::{Input, Output};
    let output = || prop_oneof![4 => Just(Output::Done), 1 => Just(Output::Refused)];
    prop_oneof![
        (0..2_u64, output()).prop_map(|(owner, output)| (Input::Acquire(owner), output)),
        (0..2_u64, output()).prop_map(|(owner, output)| (Input::Release(owner), output)),
    ]
}

fn transactions() -> impl Strategy<Value = (Vec<Access>, Vec<Option<u64>>)> {
    let access = prop_oneof![
        (0..2_u64, proptest::option::of(1..3_u64))
            .prop_map(|(key, seen)| (Access::Read(key), Some(seen))),
        (0..2_u64, 1..3_u64).prop_map(|(key, value)| (Access::Write(key, value), None)),
    ];
    proptest::collection::vec(access, 1..=3).prop_map(|all| {
        let (accesses, seen): (Vec<Access>, Vec<_>) = all.into_iter().unzip();
        (accesses, seen.into_iter().flatten().collect())
    })
}

fn cas_registers() -> impl Strategy<Value = (cas_register::Input, cas_register::Output)> {
    use cas_register::{Input, Output};
    prop_oneof![
        (0..3_u64).prop_map(|value| (Input::Read, Output::Value(value))),
        Just((Input::Read, Output::Something)),
        (1..3_u64).prop_map(|value| (Input::Write(value), Output::Done)),
        (0..3_u64, 1..3_u64).prop_map(|(a, b)| (Input::CompareAndSwap(a, b), Output::Done)),
        (0..3_u64, 1..3_u64).prop_map(|(a, b)| (Input::CompareAndSwap(a, b), Output::Differs)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12 * ProptestConfig::default().cases,
        ..ProptestConfig::default()
    })]

    #[test]
    fn stacks_agree_with_brute_force(history in histories(pool_operations())) {
        agrees(&Pool::Stack, &history)?;
    }

    #[test]
    fn stacks_of_distinct_values_agree_with_brute_force(history in distinct_pools(|value| value)) {
        agrees(&Pool::Stack, &history)?;
    }

    #[test]
    fn priority_queues_agree_with_brute_force(history in histories(pool_operations())) {
        agrees(&Pool::PriorityQueue, &history)?;
    }

    #[test]
    fn priority_queues_of_distinct_values_agree_with_brute_force(
        // Neither from the least on nor from the greatest.
        history in distinct_pools(|value| value * 3 % 7),
    ) {
        agrees(&Pool::PriorityQueue, &history)?;
    }

    #[test]
    fn sets_agree_with_brute_force(history in histories(sets())) {
        agrees(&set::Set, &history)?;
    }

    #[test]
    fn whole_sets_agree_with_brute_force(history in histories(whole_sets())) {
        agrees(&whole_set::WholeSet, &history)?;
    }

    #[test]
    fn locks_agree_with_brute_force(history in histories(locks())) {
        agrees(&lock::Lock, &history)?;
    }

    #[test]
    fn transactions_agree_with_brute_force(history in histories(transactions())) {
        agrees(&Transactions, &history)?;
    }

    #[test]
    fn registers_that_tell_less_agree_with_brute_force(history in histories(cas_registers())) {
        agrees(&cas_register::CasRegister { initial: 0 }, &history)?;
    }
}
