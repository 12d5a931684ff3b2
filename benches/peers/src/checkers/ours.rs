//! The checker of this project, told nothing but the history.

use super::Check;
use crate::histories::Generated;
use vsr::checker::models::{kv::Kv, register::Register};
use vsr::checker::{Limits, Model, Verdict, check};

pub(super) fn prepare(generated: &Generated) -> Check {
    let has_keys = generated.steps.iter().any(|step| step.key != 0);
    if has_keys {
        judge(Kv, generated.clone().kv())
    } else {
        judge(Register, generated.clone().register())
    }
}

fn judge<M: Model + 'static>(
    model: M,
    history: vsr::checker::History<M::Input, M::Output>,
) -> Check {
    Box::new(move || {
        let verdict = check(&model, &history, None, Limits::default());
        matches!(verdict, Verdict::Linearizable)
    })
}
