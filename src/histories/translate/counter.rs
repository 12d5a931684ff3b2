//! The operations of a counter.

use super::{Meaning, natural, no_natural, no_such_function, seen};
use crate::checker::models::counter::Input;
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::recording::Asked;

/// What an operation of a counter means.
pub(in crate::histories) fn counter(asked: Asked<'_>) -> Meaning<Input, u64> {
    let input = match asked.function() {
        Function::Get => Input::Get,
        Function::Add => {
            let given = asked.given();
            let amount = natural(asked, given);
            Input::Add(amount.ok_or_else(|| asked.wrong(no_natural(asked, given)))?)
        }
        _ => return Err(no_such_function(asked, Kind::Counter)),
    };
    let told =
        |value| natural(asked, value).ok_or_else(|| asked.wrong_told(no_natural(asked, value)));
    Ok((input, seen(asked, told, None)?))
}
