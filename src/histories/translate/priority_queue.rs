//! The operations of a priority queue.

use super::{Meaning, natural, no_natural, no_such_function, seen};
use crate::checker::models::pool::{Input, Output};
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::names::Name;
use crate::histories::recording::Asked;

/// What an operation of a priority queue means. Here numbers are what they are: the least is first.
pub(in crate::histories) fn priority_queue(asked: Asked<'_>) -> Meaning<Input, Output> {
    match asked.function() {
        Function::Insert => {
            let given = asked.given();
            let value = natural(asked, given);
            let value = value.ok_or_else(|| asked.wrong(no_natural(asked, given)))?;
            Ok((Input::Put(value), seen(asked, |_| Ok(Output::Done), None)?))
        }
        Function::Take => {
            let told = |value: Name| match natural(asked, value) {
                None if value != Name::NIL => Err(asked.wrong_told(no_natural(asked, value))),
                taken => Ok(Output::Taken(taken)),
            };
            Ok((Input::Take, seen(asked, told, None)?))
        }
        _ => Err(no_such_function(asked, Kind::PriorityQueue)),
    }
}
