//! Small histories, drawn at random: correct ones, and ones with wrong answers.

use core::fmt::Debug;
use proptest::prelude::*;
use vsr::checker::models::{cas_register, kv, register};
use vsr::checker::{History, Model, Operation, Outcome};

/// What is drawn of an operation before it is known what it returns.
#[derive(Clone, Debug)]
pub(crate) struct Drawn<I> {
    client: u64,
    input: I,
    pause: u64,
    lasts: u64,
    fate: u8,
    lag: usize,
}

pub(crate) fn drawn<I: Clone + Debug>(
    input: impl Strategy<Value = I>,
) -> impl Strategy<Value = Drawn<I>> {
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
pub(crate) fn histories<M>(
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

pub(crate) fn history<M: Model>(
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

pub(crate) fn register_inputs() -> impl Strategy<Value = register::Input> {
    use register::Input;
    prop_oneof![
        4 => Just(Input::Read),
        2 => (1..3_u64).prop_map(Input::Write),
        2 => (0..3_u64, 1..3_u64).prop_map(|(old, new)| Input::CompareAndSwap(old, new)),
    ]
}

/// Each update writes a value of its own. What a swap expects is any of them.
pub(crate) fn distinct_register(number: usize, input: &mut register::Input) {
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

pub(crate) fn cas_register_inputs() -> impl Strategy<Value = cas_register::Input> {
    use cas_register::Input;
    prop_oneof![
        4 => Just(Input::Read),
        3 => (1..3_u64).prop_map(Input::Write),
        1 => (0..3_u64, 1..3_u64).prop_map(|(old, new)| Input::CompareAndSwap(old, new)),
    ]
}

pub(crate) fn distinct_cas_register(number: usize, input: &mut cas_register::Input) {
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

pub(crate) fn kv_inputs(keys: u64) -> impl Strategy<Value = kv::Input> {
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

pub(crate) fn distinct_kv(number: usize, input: &mut kv::Input) {
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
