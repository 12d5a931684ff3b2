//! The operations of a set that is never read as a whole: each element by itself.

use super::{Meaning, no_such_function, seen};
use crate::checker::models::set::{Action, Input, Output};
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::names::{Look, Name};
use crate::histories::recording::Asked;

/// What an operation of a set means.
pub(in crate::histories) fn set(asked: Asked<'_>) -> Meaning<Input, Output> {
    let action = match asked.function() {
        Function::Add => Action::Add,
        Function::Remove => Action::Remove,
        Function::Contains => Action::Contains,
        _ => return Err(no_such_function(asked, Kind::Set)),
    };
    let told = |value: Name| match (action, asked.look(value)) {
        // Some say again what they were given, and it may be a yes.
        (Action::Add | Action::Remove, _) if value == asked.given() => Ok(Output::Done),
        (Action::Add | Action::Remove, Look::Bool(changed)) => Ok(Output::Changed(changed)),
        (Action::Add | Action::Remove, _) => Ok(Output::Done),
        (Action::Contains, Look::Bool(is_in)) => Ok(Output::Is(is_in)),
        (Action::Contains, _) => {
            let value = asked.names().value(value);
            Err(asked.wrong_told(format!("{value} is neither true nor false")))
        }
    };
    let element = asked.given().number();
    Ok((Input { element, action }, seen(asked, told, None)?))
}
