//! `stateright`: its tester knows of operations that were never answered.

use super::{Check, Event, by_key, events};
use crate::histories::{Action, Generated};
use stateright::semantics::register::{Register, RegisterOp, RegisterRet};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester};

pub(super) fn prepare(generated: &Generated) -> Check {
    let testers: Vec<_> = by_key(generated)
        .into_iter()
        .map(|steps| {
            let mut tester = LinearizabilityTester::new(Register(0_u64));
            for event in events(steps) {
                let taken = match event {
                    Event::Invoke(step) => tester.on_invoke(
                        step.client,
                        match step.action {
                            Action::Read(_) => RegisterOp::Read,
                            Action::Write(value) => RegisterOp::Write(value),
                        },
                    ),
                    Event::Return(step) => tester.on_return(
                        step.client,
                        match step.action {
                            Action::Read(seen) => RegisterRet::ReadOk(seen),
                            Action::Write(_) => RegisterRet::WriteOk,
                        },
                    ),
                };
                taken.map(drop).expect("a history");
            }
            tester
        })
        .collect();
    Box::new(move || testers.iter().all(ConsistencyTester::is_consistent))
}
