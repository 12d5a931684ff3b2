//! The operations of a queue.

use super::{Meaning, no_such_function, seen, taken};
use crate::checker::models::pool::{Input, Output};
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::recording::Asked;

/// What an operation of a queue means.
pub(in crate::histories) fn queue(asked: Asked<'_>) -> Meaning<Input, Output> {
    match asked.function() {
        Function::Enqueue => {
            let input = Input::Put(asked.given().number());
            Ok((input, seen(asked, |_| Ok(Output::Done), None)?))
        }
        Function::Dequeue => {
            Ok((Input::Take, seen(asked, |value| Ok(Output::Taken(taken(value))), None)?))
        }
        _ => Err(no_such_function(asked, Kind::Queue)),
    }
}
