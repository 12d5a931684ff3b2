//! The weaker verdicts against brute force: what each of them states, written down once more and
//! tried for every order of every small history.

#[path = "weaker/brute_force.rs"]
mod brute_force;
#[path = "weaker/by_hand.rs"]
mod by_hand;
#[path = "weaker/drawn.rs"]
mod drawn;

use Guarantee::{MonotonicReads, ReadYourWrites, Sequential};
use brute_force::agrees;
use drawn::{
    cas_register_inputs, distinct_cas_register, distinct_kv, distinct_register, histories,
    kv_inputs, register_inputs,
};
use proptest::prelude::*;
use vsr::checker::models::pool::{self, Pool};
use vsr::checker::models::{cas_register, counter, kv, register};
use vsr::checker::weaker::{Guarantee, Weak};
use vsr::checker::{Limits, Model, Operation, Outcome};

const LIMITS: Limits = Limits { steps: 10_000_000, bytes: 1 << 30 };

const ALL: [Guarantee; 6] = [
    Guarantee::Sequential,
    Guarantee::StaleBy(0),
    Guarantee::StaleBy(6),
    Guarantee::StaleBy(u64::MAX),
    Guarantee::MonotonicReads,
    Guarantee::ReadYourWrites,
];

/// So many that all of their orders can be tried.
const FEW: core::ops::RangeInclusive<usize> = 2..=6;

/// A store of which no more is said than any model must.
#[derive(Clone, Copy, Debug)]
struct Shapeless;

impl Model for Shapeless {
    type State = kv::Held;
    type Input = kv::Input;
    type Output = kv::Output;
    type Key = u64;

    fn key(&self, input: &kv::Input) -> u64 {
        kv::Kv.key(input)
    }

    fn initial(&self) -> kv::Held {
        kv::Kv.initial()
    }

    fn step(&self, held: &kv::Held, input: &kv::Input) -> (kv::Held, kv::Output) {
        kv::Kv.step(held, input)
    }

    fn is_read(&self, input: &kv::Input, output: Option<&kv::Output>) -> bool {
        kv::Kv.is_read(input, output)
    }

    fn describe(&self, input: &kv::Input, output: Option<&kv::Output>) -> String {
        kv::Kv.describe(input, output)
    }
}

/// For values that may repeat.
fn as_drawn<I>(_number: usize, _input: &mut I) {}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_on_registers_with_distinct_values_are_those_of_brute_force(
        history in histories(register::Register, register_inputs(), distinct_register, FEW),
    ) {
        agrees(&register::Register, &history)?;
    }

    #[test]
    fn verdicts_on_registers_with_repeated_values_are_those_of_brute_force(
        history in histories(register::Register, register_inputs(), as_drawn, FEW),
    ) {
        agrees(&register::Register, &history)?;
    }

    #[test]
    fn verdicts_on_registers_that_tell_little_are_those_of_brute_force(
        history in histories(
            cas_register::CasRegister { initial: 0 },
            cas_register_inputs(),
            as_drawn,
            FEW,
        ),
    ) {
        agrees(&cas_register::CasRegister { initial: 0 }, &history)?;
    }

    #[test]
    fn verdicts_on_reads_that_tell_nothing_are_those_of_brute_force(
        history in histories(
            cas_register::CasRegister { initial: 0 },
            cas_register_inputs(),
            distinct_cas_register,
            FEW,
        ),
        silent in 0..6_usize,
    ) {
        let mut history = history;
        for operation in history.operations.iter_mut().skip(silent).step_by(2) {
            if let Outcome::Returned { output, .. } = &mut operation.outcome
                && matches!(output, cas_register::Output::Value(_))
            {
                *output = cas_register::Output::Something;
            }
        }
        agrees(&cas_register::CasRegister { initial: 0 }, &history)?;
    }

    #[test]
    fn verdicts_on_wrong_answers_are_those_of_brute_force(
        history in histories(kv::Kv, kv_inputs(1), distinct_kv, FEW),
        wrong in proptest::option::of(proptest::collection::vec(1..7_u64, 1..=3)),
    ) {
        let mut history = history;
        let last = history.operations.iter_mut().rfind(|one| one.input.action == kv::Action::Get);
        if let Some(Operation { outcome: Outcome::Returned { output, .. }, .. }) = last {
            *output = kv::Output::Value(wrong.into());
        }
        agrees(&kv::Kv, &history)?;
    }

    #[test]
    fn longer_histories_are_judged_the_same_with_and_without_a_search(
        history in histories(kv::Kv, kv_inputs(1), distinct_kv, 7..=12),
    ) {
        for guarantee in [Sequential, MonotonicReads, ReadYourWrites] {
            let without = guarantee.judge(&kv::Kv, &history, None, Limits::steps(0));
            let with = guarantee.judge(&Shapeless, &history, None, LIMITS);
            let kinds = [&without, &with].map(|verdict| matches!(verdict, Weak::Holds));
            prop_assert_eq!(kinds[0], kinds[1], "{}: {:?}, {:?}", guarantee, without, with);
            prop_assert!(!matches!(with, Weak::Unknown { .. }), "{:?}", with);
        }
    }

    #[test]
    fn verdicts_on_a_key_with_distinct_values_are_those_of_brute_force(
        history in histories(kv::Kv, kv_inputs(1), distinct_kv, FEW),
    ) {
        agrees(&kv::Kv, &history)?;
    }

    #[test]
    fn verdicts_on_stores_are_those_of_brute_force(
        history in histories(kv::Kv, kv_inputs(2), as_drawn, FEW),
    ) {
        agrees(&kv::Kv, &history)?;
    }

    #[test]
    fn verdicts_on_counters_are_those_of_brute_force(
        history in histories(
            counter::Counter,
            prop_oneof![Just(counter::Input::Get), (1..3_u64).prop_map(counter::Input::Add)],
            as_drawn,
            FEW,
        ),
    ) {
        agrees(&counter::Counter, &history)?;
    }

    #[test]
    fn verdicts_on_queues_are_those_of_brute_force(
        history in histories(
            Pool::Queue,
            prop_oneof![Just(pool::Input::Take), (1..3_u64).prop_map(pool::Input::Put)],
            as_drawn,
            FEW,
        ),
    ) {
        agrees(&Pool::Queue, &history)?;
    }
}
