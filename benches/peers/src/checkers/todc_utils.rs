//! `todc-utils`: a write of unknown outcome is answered behind all that happened.

use super::{Check, Event, by_key, events};
use crate::histories::{self, Generated, Step};
use todc_utils::specifications::register::{RegisterOperation, RegisterSpecification};
use todc_utils::{Action, History, WGLChecker};

pub(super) fn prepare(generated: &Generated) -> Check {
    let keys: Vec<_> = by_key(generated)
        .into_iter()
        .map(|steps| {
            let unknown: Vec<Step> =
                steps.iter().filter(|step| step.returned.is_none()).copied().collect();
            let answered = events(steps).into_iter().map(|event| match event {
                Event::Invoke(step) => (process(&step), Action::Call(operation(&step))),
                Event::Return(step) => (process(&step), Action::Response(operation(&step))),
            });
            let late =
                unknown.iter().map(|step| (process(step), Action::Response(operation(step))));
            History::from_actions(answered.chain(late).collect())
        })
        .collect();
    Box::new(move || {
        keys.into_iter().all(WGLChecker::<RegisterSpecification<u64>>::is_linearizable)
    })
}

fn process(step: &Step) -> usize {
    usize::try_from(step.client).expect("fewer than operations")
}

fn operation(step: &Step) -> RegisterOperation<u64> {
    match step.action {
        histories::Action::Read(seen) => RegisterOperation::Read(Some(seen)),
        histories::Action::Write(value) => RegisterOperation::Write(value),
    }
}
