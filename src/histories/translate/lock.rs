//! The operations of a lock.

use super::{Meaning, no_such_function, seen};
use crate::checker::models::lock::{Input, Output};
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::names::{Look, Name};
use crate::histories::recording::Asked;

/// What an operation of a lock means. Its owner is who asks, if it is nobody else.
pub(in crate::histories) fn lock(asked: Asked<'_>) -> Meaning<Input, Output> {
    let given = asked.given();
    let owner = if given == Name::NIL { asked.process() } else { given.number() };
    let input = match asked.function() {
        Function::Acquire => Input::Acquire(owner),
        Function::Release => Input::Release(owner),
        _ => return Err(no_such_function(asked, Kind::Lock)),
    };
    let told = |value: Name| {
        let is_refused = matches!(asked.look(value), Look::Bool(false));
        Ok(if is_refused { Output::Refused } else { Output::Done })
    };
    Ok((input, seen(asked, told, None)?))
}
