//! The operations of a lottery.

use super::{Meaning, natural, no_such_function, predicted, seen};
use crate::checker::models::lottery::{Drawn, Input};
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::names::{Look, Name};
use crate::histories::recording::Asked;

/// What an operation of a lottery means.
pub(in crate::histories) fn lottery(asked: Asked<'_>) -> Meaning<Input, Drawn> {
    let input = match asked.function() {
        Function::Last => Input::Last,
        Function::Draw => Input::Draw(predicted(asked)?),
        _ => return Err(no_such_function(asked, Kind::Lottery)),
    };
    let told = |value: Name| {
        if let Look::List(values) = asked.look(value)
            && let [draws, number] = values[..]
            && let (Some(draws), Some(number)) = (natural(asked, draws), natural(asked, number))
        {
            return Ok(Drawn { draws, number });
        }
        let value = asked.names().value(value);
        Err(asked.wrong_told(format!("a lottery answers [draws number], and not {value}")))
    };
    Ok((input, seen(asked, told, None)?))
}
