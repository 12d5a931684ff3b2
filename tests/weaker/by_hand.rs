//! Histories that are told by hand, each for one thing that a guarantee forbids or lets happen.

use crate::{ALL, LIMITS};
use Guarantee::{MonotonicReads, ReadYourWrites, Sequential};
use vsr::checker::models::register;
use vsr::checker::weaker::{
    Guarantee, Weak, monotonic_reads, read_your_writes, sequential, stale_by,
};
use vsr::checker::{History, Limits, Malformed, Operation, Outcome, Verdict, check};

type Registers = History<register::Input, register::Output>;

fn write(
    client: u64,
    value: u64,
    invoked: u64,
    at: u64,
) -> Operation<register::Input, register::Output> {
    let outcome = Outcome::Returned { at, output: register::Output::Done };
    Operation { client, input: register::Input::Write(value), invoked, outcome }
}

fn read(
    client: u64,
    value: u64,
    invoked: u64,
    at: u64,
) -> Operation<register::Input, register::Output> {
    let outcome = Outcome::Returned { at, output: register::Output::Value(value) };
    Operation { client, input: register::Input::Read, invoked, outcome }
}

/// Asserts which guarantees a history keeps to, and how old a read of it may be at least, if any
/// age will do.
#[track_caller]
fn check_each(
    operations: Vec<Operation<register::Input, register::Output>>,
    keeps: &[Guarantee],
    age: Option<u64>,
) {
    let history = History { operations };
    let judge = |guarantee: Guarantee| guarantee.judge(&register::Register, &history, None, LIMITS);
    for guarantee in [Guarantee::Sequential, Guarantee::MonotonicReads, Guarantee::ReadYourWrites] {
        let is_kept = judge(guarantee) == Weak::Holds;
        assert_eq!(is_kept, keeps.contains(&guarantee), "{guarantee}");
    }
    match age {
        Some(age) => {
            assert_eq!(judge(Guarantee::StaleBy(age)), Weak::Holds);
            let younger = age.checked_sub(1).map(|age| judge(Guarantee::StaleBy(age)));
            assert_ne!(younger, Some(Weak::Holds), "a smaller age will do");
        }
        None => assert_ne!(judge(Guarantee::StaleBy(u64::MAX)), Weak::Holds),
    }
    let is_linearizable =
        matches!(check(&register::Register, &history, None, LIMITS), Verdict::Linearizable);
    assert_eq!(is_linearizable, age == Some(0));
}

#[test]
fn a_linearizable_history_keeps_to_all() {
    let history = vec![write(1, 1, 0, 10), read(2, 0, 5, 8), read(2, 1, 12, 20)];
    check_each(history, &[Sequential, MonotonicReads, ReadYourWrites], Some(0));
}

#[test]
fn an_old_read_by_another_client_is_only_old() {
    let history = vec![write(1, 1, 0, 10), read(2, 0, 20, 30)];
    check_each(history, &[Sequential, MonotonicReads, ReadYourWrites], Some(10));
}

#[test]
fn a_client_that_misses_its_own_write_does_not_read_its_writes() {
    let history = vec![write(1, 1, 0, 10), read(1, 0, 20, 30)];
    check_each(history, &[MonotonicReads], Some(10));
}

#[test]
fn a_client_whose_reads_go_back_may_read_its_writes() {
    let history = vec![write(1, 1, 0, 10), read(2, 1, 20, 30), read(2, 0, 40, 50)];
    check_each(history, &[ReadYourWrites], Some(30));
}

#[test]
fn writes_that_two_clients_see_in_two_orders_have_none() {
    let writes = [write(1, 1, 0, 10), write(2, 2, 0, 10)];
    let one = [read(3, 1, 20, 30), read(3, 2, 40, 50)];
    let other = [read(4, 2, 20, 30), read(4, 1, 40, 50)];
    let history = [&writes[..], &one, &other].concat();
    check_each(history, &[ReadYourWrites], Some(30));
}

#[test]
fn writes_seen_against_real_time_are_sequential_all_the_same() {
    let writes = [write(1, 1, 0, 10), write(2, 2, 20, 30)];
    let history = [&writes[..], &[read(3, 2, 40, 50), read(3, 1, 60, 70)]].concat();
    check_each(history, &[Sequential, ReadYourWrites], Some(30));
}

#[test]
fn only_sequential_consistency_lets_a_read_come_before_its_write() {
    check_each(vec![read(1, 1, 0, 5), write(2, 1, 10, 20)], &[Sequential], None);
}

#[test]
fn nothing_lets_a_read_return_what_nobody_wrote() {
    check_each(vec![write(1, 1, 0, 10), read(2, 7, 20, 30)], &[], None);
}

#[test]
fn a_violation_names_only_what_matters_and_says_why() {
    let mut operations: Vec<_> =
        (0..50).map(|number| write(1, number + 1, number * 10, number * 10 + 5)).collect();
    operations.extend((0..50).map(|number| read(2, number + 1, number * 10 + 5, number * 10 + 9)));
    // Back to what had been overwritten long ago.
    operations.push(read(2, 20, 600, 610));
    let history = History { operations };
    let verdict = monotonic_reads(&register::Register, &history, None, LIMITS);
    let Weak::Violation { operations, because } = verdict else { panic!("{verdict:?}") };
    assert_eq!(operations, [19, 99, 100], "a write, a later one's read, the read that is back");
    assert_eq!(
        because,
        [
            "client 1 did `write 20 ok` before `write 50 ok`",
            "client 2 did `read = 50` before `read = 20`",
            "no order of these 3 operations gives what was seen",
        ]
    );
}

#[test]
fn what_is_no_history_is_said_to_be_none() {
    let history: Registers = History { operations: vec![write(1, 1, 0, 9), write(1, 2, 5, 12)] };
    for guarantee in ALL {
        let verdict = guarantee.judge(&register::Register, &history, None, LIMITS);
        assert_eq!(verdict, Weak::Malformed(Malformed::TwoAtOnce(1)), "{guarantee}");
    }
}

/// Many clients, half of them readers that are a while behind; a value of its own for each write,
/// or one of few.
fn long_history(count: u64, is_distinct: bool) -> Registers {
    let mut operations = Vec::new();
    for number in 0..count {
        let client = number % 20;
        let (invoked, at) = (number * 10, number * 10 + 150);
        let value = |number: u64| if is_distinct { number } else { number / 2 % 3 };
        operations.push(if client % 2 == 1 {
            write(client, value(number), invoked, at)
        } else {
            // The last write that was done 50 operations before.
            let seen = number.checked_sub(51).map_or(0, value);
            read(client, seen, invoked, at)
        });
    }
    History { operations }
}

#[test]
fn a_long_history_with_distinct_values_takes_no_search() {
    let mut history = long_history(60_000, true);
    let none = Limits::steps(0);
    let judge = |history: &Registers, guarantee: Guarantee| {
        guarantee.judge(&register::Register, history, None, none)
    };
    for guarantee in [Sequential, MonotonicReads, ReadYourWrites] {
        assert_eq!(judge(&history, guarantee), Weak::Holds, "{guarantee}");
    }
    history.operations[40_000] = read(0, 31_009, 400_000, 400_150);
    for guarantee in [Sequential, MonotonicReads] {
        let verdict = judge(&history, guarantee);
        let Weak::Violation { operations, .. } = verdict else {
            panic!("{guarantee}: {verdict:?}")
        };
        assert!(operations.len() <= 4, "{guarantee}: {operations:?}");
    }
    assert_eq!(judge(&history, ReadYourWrites), Weak::Holds);
}

#[test]
fn a_long_history_with_repeated_values_is_judged_by_its_order_and_without_it() {
    let history = long_history(4_000, false);
    let order: Vec<usize> = (0..history.operations.len()).collect();
    let none = Limits::steps(0);
    for verdict in [sequential, monotonic_reads, read_your_writes] {
        assert_eq!(verdict(&register::Register, &history, Some(&order), none), Weak::Holds);
        assert_eq!(verdict(&register::Register, &history, None, LIMITS), Weak::Holds);
    }
}

#[test]
fn a_search_that_may_take_no_step_knows_nothing() {
    let history = long_history(100, false);
    for verdict in [sequential, monotonic_reads, read_your_writes] {
        let verdict = verdict(&register::Register, &history, None, Limits::steps(0));
        assert!(matches!(verdict, Weak::Unknown { .. }), "{verdict:?}");
    }
    let verdict = stale_by(&register::Register, &history, 1, Limits::steps(0));
    assert!(!matches!(verdict, Weak::Malformed(_)), "{verdict:?}");
}
