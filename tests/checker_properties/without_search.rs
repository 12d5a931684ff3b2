//! What is judged without a search, compared with the search, on longer histories than brute force
//! can judge.

use crate::small_histories::{agrees_with_search, shaken};
use proptest::prelude::*;
use vsr::checker::models::pool::{self, Pool};
use vsr::checker::models::{kv, register};

fn register_input() -> impl Strategy<Value = register::Input> {
    use register::Input;
    prop_oneof![
        2 => Just(Input::Read),
        2 => Just(Input::Write(0)),
        1 => (0..15_u64).prop_map(|expected| Input::CompareAndSwap(expected, 0)),
    ]
}

fn kv_input() -> impl Strategy<Value = kv::Input> {
    use kv::Action;
    let action = prop_oneof![
        3 => Just(Action::Get),
        1 => Just(Action::Put(0)),
        1 => (1..15_u64).prop_map(|expected| Action::CompareAndSwap(expected, 0)),
        3 => Just(Action::Append(0)),
    ];
    action.prop_map(|action| kv::Input { key: 0, action })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12 * ProptestConfig::default().cases,
        ..ProptestConfig::default()
    })]

    #[test]
    fn registers(
        history in shaken(register::Register, register_input(), |input, value| match input {
            register::Input::Read => {}
            register::Input::Write(new) | register::Input::CompareAndSwap(_, new) => *new = value,
        }),
    ) {
        agrees_with_search(&register::Register, &history)?;
    }

    #[test]
    fn queues(
        history in shaken(
            Pool::Queue,
            prop_oneof![Just(pool::Input::Put(0)), Just(pool::Input::Take)],
            |input, value| match input {
                pool::Input::Put(new) => *new = value,
                pool::Input::Take => {}
            },
        ),
    ) {
        agrees_with_search(&Pool::Queue, &history)?;
    }

    #[test]
    fn stacks(
        history in shaken(
            Pool::Stack,
            prop_oneof![Just(pool::Input::Put(0)), Just(pool::Input::Take)],
            |input, value| match input {
                pool::Input::Put(new) => *new = value,
                pool::Input::Take => {}
            },
        ),
    ) {
        agrees_with_search(&Pool::Stack, &history)?;
    }

    #[test]
    fn priority_queues(
        history in shaken(
            Pool::PriorityQueue,
            prop_oneof![Just(pool::Input::Put(0)), Just(pool::Input::Take)],
            |input, value| match input {
                pool::Input::Put(new) => *new = value * 5 % 17,
                pool::Input::Take => {}
            },
        ),
    ) {
        agrees_with_search(&Pool::PriorityQueue, &history)?;
    }

    #[test]
    fn lists(
        history in shaken(kv::Kv, kv_input(), |input, value| match &mut input.action {
            kv::Action::Get | kv::Action::Delete => {}
            kv::Action::Put(new) | kv::Action::CompareAndSwap(_, new) | kv::Action::Append(new) => {
                *new = value;
            }
        }),
    ) {
        agrees_with_search(&kv::Kv, &history)?;
    }
}
