//! The operations of a set that is read as a whole.

use super::{Meaning, Seen, seen};
use crate::checker::models::whole_set::{Input, Output};
use crate::histories::Wrong;
use crate::histories::function::Function;
use crate::histories::names::{Look, Name};
use crate::histories::recording::{Asked, End};
use crate::histories::semantics::Semantics;
use std::collections::BTreeSet;

/// What an operation of a set means.
pub(in crate::histories) fn whole_set(
    semantics: Semantics,
    asked: Asked<'_>,
) -> Meaning<Input, Output> {
    let element = asked.given().number();
    let input = match asked.function() {
        Function::Add => Input::Add(element),
        Function::Remove => Input::Remove(element),
        Function::Read => Input::Read,
        function => {
            let message =
                format!("\"{function}\": a set that is read as a whole has add, remove, read");
            return Err(asked.wrong(message));
        }
    };
    let says_nothing = semantics == Semantics::Knossos && asked.told() == Name::NIL;
    if input == Input::Read && asked.end() == End::Ok && says_nothing {
        return Ok((input, Seen::Nothing));
    }
    let told = |value: Name| match input {
        Input::Read => members(asked, value),
        Input::Add(_) | Input::Remove(_) => match asked.look(value) {
            Look::Bool(_) if value != asked.given() => {
                let message = "whether it has changed anything is not judged together with reads";
                Err(asked.wrong_told(message))
            }
            _ => Ok(Output::Done),
        },
    };
    Ok((input, seen(asked, told, None)?))
}

fn members(asked: Asked<'_>, value: Name) -> Result<Output, Wrong> {
    let Look::List(names) = asked.look(value) else {
        let value = asked.names().value(value);
        return Err(asked.wrong_told(format!("{value} is no list of what is in a set")));
    };
    let members: BTreeSet<u64> = names.iter().map(|name| name.number()).collect();
    if members.len() < names.len() {
        return Err(asked.wrong_told("an element is twice in a set"));
    }
    Ok(Output::Members(members))
}
