//! The operations of a clock.

use super::{Meaning, natural, no_natural, no_such_function, predicted, seen};
use crate::checker::models::clock::Input;
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::recording::Asked;

/// What an operation of a clock means.
pub(in crate::histories) fn clock(asked: Asked<'_>) -> Meaning<Input, u64> {
    let input = match asked.function() {
        Function::Last => Input::Last,
        Function::Stamp => Input::Stamp(predicted(asked)?),
        _ => return Err(no_such_function(asked, Kind::Clock)),
    };
    let told =
        |value| natural(asked, value).ok_or_else(|| asked.wrong_told(no_natural(asked, value)));
    Ok((input, seen(asked, told, None)?))
}
