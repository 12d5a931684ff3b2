//! The operations of a stack.

use super::{Meaning, no_such_function, seen, taken};
use crate::checker::models::pool::{Input, Output};
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::recording::Asked;

/// What an operation of a stack means.
pub(in crate::histories) fn stack(asked: Asked<'_>) -> Meaning<Input, Output> {
    match asked.function() {
        Function::Push => {
            let input = Input::Put(asked.given().number());
            Ok((input, seen(asked, |_| Ok(Output::Done), None)?))
        }
        Function::Pop => {
            Ok((Input::Take, seen(asked, |value| Ok(Output::Taken(taken(value))), None)?))
        }
        _ => Err(no_such_function(asked, Kind::Stack)),
    }
}
