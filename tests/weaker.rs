//! The weaker verdicts against brute force: what each of them states, written down once more and
//! tried for every order of every small history.

use core::fmt::Debug;
use proptest::prelude::*;
use std::collections::BTreeSet;
use vsr::checker::models::{cas_register, counter, kv, queue, register};
use vsr::checker::weaker::{
    Guarantee, Weak, monotonic_reads, read_your_writes, sequential, stale_by,
};
use vsr::checker::{History, Limits, Malformed, Model, Operation, Outcome, Verdict, check};

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

/// What is drawn of an operation before it is known what it returns.
#[derive(Clone, Debug)]
struct Drawn<I> {
    client: u64,
    input: I,
    pause: u64,
    lasts: u64,
    fate: u8,
    lag: usize,
}

fn drawn<I: Clone + Debug>(input: impl Strategy<Value = I>) -> impl Strategy<Value = Drawn<I>> {
    (0..3_u64, input, 0..5_u64, 0..9_u64, 0..24_u8, 0..6_usize).prop_map(
        |(client, input, pause, lasts, fate, lag)| Drawn {
            client,
            input,
            pause,
            lasts: if lasts == 8 { 40 } else { lasts },
            fate,
            lag: lag.saturating_sub(2),
        },
    )
}

/// A few operations of three clients. Updates happen in the order of the list; reads see what
/// some of them left. Times are drawn without regard to that, and some answers are wrong.
fn histories<M>(
    model: M,
    input: impl Strategy<Value = M::Input>,
    name: fn(usize, &mut M::Input),
    counts: core::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = History<M::Input, M::Output>>
where
    M: Model + Clone + Debug,
{
    proptest::collection::vec(drawn(input), counts)
        .prop_map(move |drawn| history(&model, drawn, name))
}

fn history<M: Model>(
    model: &M,
    drawn: Vec<Drawn<M::Input>>,
    name: fn(usize, &mut M::Input),
) -> History<M::Input, M::Output> {
    let mut free_at = [0; 3];
    let mut lives = [0, 1, 2];
    let mut begun = 0;
    let mut states: Vec<(M::Key, Vec<M::State>)> = Vec::new();
    let mut operations = Vec::new();
    for (number, one) in drawn.into_iter().enumerate() {
        let Drawn { client, mut input, pause, lasts, fate, lag } = one;
        name(number, &mut input);
        let slot = usize::try_from(client).expect("a small number");
        let key = model.key(&input);
        let place = states.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            states.push((key, vec![model.initial()]));
            states.len() - 1
        });
        let states = &mut states[place].1;
        let old = &states[states.len().saturating_sub(1 + lag)];
        let (after, mut output) = model.step(states.last().expect("one"), &input);
        let (_, late) = model.step(old, &input);
        if fate == 1 || model.is_read(&input, Some(&late)) {
            output = late;
        }
        if fate != 0 && after != states[states.len() - 1] {
            states.push(after);
        }
        let invoked = free_at[slot].max(begun) + pause;
        begun += lasts / 4;
        let operation = Operation {
            client: lives[slot],
            input,
            invoked,
            outcome: if fate > 2 {
                free_at[slot] = invoked + lasts;
                Outcome::Returned { at: invoked + lasts, output }
            } else {
                lives[slot] += 3;
                Outcome::Unknown
            },
        };
        operations.push(operation);
    }
    History { operations }
}

fn register_inputs() -> impl Strategy<Value = register::Input> {
    use register::Input;
    prop_oneof![
        4 => Just(Input::Read),
        2 => (1..3_u64).prop_map(Input::Write),
        2 => (0..3_u64, 1..3_u64).prop_map(|(old, new)| Input::CompareAndSwap(old, new)),
    ]
}

/// Each update writes a value of its own. What a swap expects is any of them.
fn distinct_register(number: usize, input: &mut register::Input) {
    use register::Input;
    let own = u64::try_from(number).expect("small") + 1;
    match input {
        Input::Read => {}
        Input::Write(value) => *value = own,
        Input::CompareAndSwap(old, new) => {
            *old = own.saturating_sub(*old);
            *new = own;
        }
    }
}

fn cas_register_inputs() -> impl Strategy<Value = cas_register::Input> {
    use cas_register::Input;
    prop_oneof![
        4 => Just(Input::Read),
        3 => (1..3_u64).prop_map(Input::Write),
        1 => (0..3_u64, 1..3_u64).prop_map(|(old, new)| Input::CompareAndSwap(old, new)),
    ]
}

fn distinct_cas_register(number: usize, input: &mut cas_register::Input) {
    use cas_register::Input;
    let own = u64::try_from(number).expect("small") + 1;
    match input {
        Input::Read => {}
        Input::Write(value) => *value = own,
        Input::CompareAndSwap(old, new) => {
            *old = own.saturating_sub(*old);
            *new = own;
        }
    }
}

fn kv_inputs(keys: u64) -> impl Strategy<Value = kv::Input> {
    use kv::Action;
    let action = prop_oneof![
        6 => Just(Action::Get),
        2 => (1..3_u64).prop_map(Action::Put),
        3 => (1..3_u64).prop_map(Action::Append),
        1 => (1..3_u64, 1..3_u64).prop_map(|(old, new)| Action::CompareAndSwap(old, new)),
        1 => Just(Action::Delete),
    ];
    (0..keys, action).prop_map(|(key, action)| kv::Input { key, action })
}

fn distinct_kv(number: usize, input: &mut kv::Input) {
    use kv::Action;
    let own = u64::try_from(number).expect("small") + 1;
    match &mut input.action {
        Action::Get => {}
        // Nothing is held again after it.
        Action::Delete => input.action = Action::Get,
        Action::Put(value) | Action::Append(value) => *value = own,
        Action::CompareAndSwap(old, new) => {
            *old = own.saturating_sub(*old);
            *new = own;
        }
    }
}

/// An operation of a small history, for brute force.
struct Seen<'a, M: Model> {
    number: usize,
    operation: &'a Operation<M::Input, M::Output>,
    /// Its outcome, as far as that is taken for known.
    returned: Option<(u64, &'a M::Output)>,
    is_read: bool,
}

impl<M: Model> Seen<'_, M> {
    /// Whether the other was returned before this one was invoked.
    fn is_after(&self, other: &Self, earlier: u64) -> bool {
        let invoked = i128::from(self.operation.invoked) - i128::from(earlier);
        other.returned.is_some_and(|(at, _)| i128::from(at) < invoked)
    }

    /// Whether its client did the other before, and knows it.
    fn is_later_of_client(&self, other: &Self) -> bool {
        let when = |seen: &Self| (seen.operation.invoked, seen.number);
        self.operation.client == other.operation.client
            && other.returned.is_some()
            && when(other) < when(self)
    }

    fn fits(&self, model: &M, state: &M::State) -> Option<M::State> {
        let (after, answer) = model.step(state, &self.operation.input);
        self.returned.is_none_or(|(_, seen)| model.fits(&answer, seen)).then_some(after)
    }
}

/// Whether each key keeps to a guarantee, by its definition; with only the outcomes of `known`.
fn holds<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
    guarantee: Guarantee,
    known: &[usize],
) -> bool {
    let keys: BTreeSet<M::Key> = history.operations.iter().map(|o| model.key(&o.input)).collect();
    keys.into_iter().all(|key| {
        let mut seen: Vec<Seen<'_, M>> = Vec::new();
        for (number, operation) in history.operations.iter().enumerate() {
            if model.key(&operation.input) == key {
                let returned = operation.returned().zip(operation.output());
                let returned = returned.filter(|_| known.contains(&number));
                let output = returned.map(|(_, output)| output);
                let is_read = model.is_read(&operation.input, output);
                seen.push(Seen { number, operation, returned, is_read });
            }
        }
        match guarantee {
            Guarantee::Sequential => {
                in_order(model, &seen, &mut Vec::new(), &|one, other| one.is_later_of_client(other))
            }
            Guarantee::StaleBy(by) => in_order(model, &seen, &mut Vec::new(), &|one, other| {
                one.is_after(other, if one.is_read { by } else { 0 })
            }),
            Guarantee::MonotonicReads | Guarantee::ReadYourWrites => {
                by_prefixes(model, &seen, &mut Vec::new(), guarantee)
            }
        }
    })
}

/// Whether some order gives what was seen, where none stands before another that it must be after.
fn in_order<M: Model>(
    model: &M,
    seen: &[Seen<'_, M>],
    order: &mut Vec<usize>,
    is_after: &dyn Fn(&Seen<'_, M>, &Seen<'_, M>) -> bool,
) -> bool {
    let is_whole =
        (0..seen.len()).all(|index| order.contains(&index) || seen[index].returned.is_none());
    if is_whole && replay(model, seen, order).is_some() && keeps(order, seen, is_after) {
        return true;
    }
    each_longer(seen.len(), order, &mut |order| in_order(model, seen, order, is_after))
}

fn each_longer(
    count: usize,
    order: &mut Vec<usize>,
    found: &mut dyn FnMut(&mut Vec<usize>) -> bool,
) -> bool {
    for index in 0..count {
        if !order.contains(&index) {
            order.push(index);
            let is_found = found(order);
            order.pop();
            if is_found {
                return true;
            }
        }
    }
    false
}

fn keeps<M: Model>(
    order: &[usize],
    seen: &[Seen<'_, M>],
    is_after: &dyn Fn(&Seen<'_, M>, &Seen<'_, M>) -> bool,
) -> bool {
    (0..order.len())
        .all(|late| (0..late).all(|early| !is_after(&seen[order[early]], &seen[order[late]])))
}

/// The states after nothing, after one, and so on.
fn replay<M: Model>(model: &M, seen: &[Seen<'_, M>], order: &[usize]) -> Option<Vec<M::State>> {
    let mut states = vec![model.initial()];
    for &index in order {
        let next = seen[index].fits(model, states.last()?)?;
        states.push(next);
    }
    Some(states)
}

/// Whether some order of the updates leaves each read a prefix.
fn by_prefixes<M: Model>(
    model: &M,
    seen: &[Seen<'_, M>],
    order: &mut Vec<usize>,
    guarantee: Guarantee,
) -> bool {
    let is_whole = (0..seen.len()).all(|index| {
        order.contains(&index) || seen[index].is_read || seen[index].returned.is_none()
    });
    let is_after = |one: &Seen<'_, M>, other: &Seen<'_, M>| {
        one.is_after(other, 0) || one.is_later_of_client(other)
    };
    let has_read = order.iter().any(|&index| seen[index].is_read);
    if is_whole
        && !has_read
        && keeps(order, seen, &is_after)
        && let Some(states) = replay(model, seen, order)
    {
        let reads: Vec<&Seen<'_, M>> =
            seen.iter().filter(|one| one.is_read && one.returned.is_some()).collect();
        let prefixes = Prefixes { model, seen, order, states };
        if prefixes.place(&reads, &mut Vec::new(), guarantee) {
            return true;
        }
    }
    !has_read
        && each_longer(seen.len(), order, &mut |order| by_prefixes(model, seen, order, guarantee))
}

struct Prefixes<'a, M: Model> {
    model: &'a M,
    seen: &'a [Seen<'a, M>],
    order: &'a [usize],
    states: Vec<M::State>,
}

impl<M: Model> Prefixes<'_, M> {
    /// Tries all prefixes for all reads.
    fn place(
        &self,
        reads: &[&Seen<'_, M>],
        prefixes: &mut Vec<usize>,
        guarantee: Guarantee,
    ) -> bool {
        let Some(read) = reads.get(prefixes.len()) else {
            return true;
        };
        let Some((returned, _)) = read.returned else {
            return false;
        };
        (0..=self.order.len()).any(|prefix| {
            let (inside, outside) = self.order.split_at(prefix);
            let is_in_time =
                inside.iter().all(|&update| self.seen[update].operation.invoked <= returned);
            let is_allowed = match guarantee {
                Guarantee::ReadYourWrites => {
                    outside.iter().all(|&update| !read.is_later_of_client(&self.seen[update]))
                }
                Guarantee::MonotonicReads => prefixes.iter().zip(reads).all(|(&other, one)| {
                    (!read.is_later_of_client(one) || other <= prefix)
                        && (!one.is_later_of_client(read) || prefix <= other)
                }),
                Guarantee::Sequential | Guarantee::StaleBy(_) => false,
            };
            if !is_in_time || !is_allowed || read.fits(self.model, &self.states[prefix]).is_none() {
                return false;
            }
            prefixes.push(prefix);
            let is_found = self.place(reads, prefixes, guarantee);
            prefixes.pop();
            is_found
        })
    }
}

/// Each verdict is the one of its definition; and what a violation names is one by itself, and
/// nothing less is.
fn agrees<M: Model>(
    model: &M,
    history: &History<M::Input, M::Output>,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(history.well_formed(), Ok(()));
    let all: Vec<usize> = (0..history.operations.len()).collect();
    for guarantee in ALL {
        let expected = holds(model, history, guarantee, &all);
        let without = guarantee.judge(model, history, None, LIMITS);
        let backwards: Vec<usize> = all.iter().rev().copied().collect();
        let short = &all[..all.len().saturating_sub(1)];
        for offered in [&all, &backwards, short] {
            let with = guarantee.judge(model, history, Some(offered), LIMITS);
            prop_assert_eq!(&without, &with, "{} with {:?}", guarantee, offered);
        }
        match without {
            Weak::Holds => prop_assert!(expected, "{} does not hold", guarantee),
            Weak::Violation { operations, because } => {
                prop_assert!(!expected, "{} holds, whatever {:?} says", guarantee, because);
                prop_assert!(!because.is_empty());
                if matches!(guarantee, Guarantee::StaleBy(_)) {
                    // Named by the checker for linearizability, which has tests of its own.
                    continue;
                }
                prop_assert!(!holds(model, history, guarantee, &operations), "{:?}", operations);
                for left_out in &operations {
                    let fewer: Vec<usize> =
                        operations.iter().copied().filter(|index| index != left_out).collect();
                    let is_needed = holds(model, history, guarantee, &fewer);
                    prop_assert!(is_needed, "{}: {} does not matter", guarantee, left_out);
                }
            }
            Weak::Unknown { .. } | Weak::Malformed(_) => prop_assert!(false, "{:?}", without),
        }
    }
    Ok(())
}

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
            queue::Queue,
            prop_oneof![Just(queue::Input::Dequeue), (1..3_u64).prop_map(queue::Input::Enqueue)],
            as_drawn,
            FEW,
        ),
    ) {
        agrees(&queue::Queue, &history)?;
    }
}

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

use Guarantee::{MonotonicReads, ReadYourWrites, Sequential};

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
