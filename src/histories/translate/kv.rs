//! The operations of a store.

use super::{Meaning, no_such_function, pair_of, seen};
use crate::checker::models::kv::{Action, Held, Input, Output};
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::names::{Look, Name};
use crate::histories::recording::Asked;

/// What an operation of a store means.
pub(in crate::histories) fn kv(asked: Asked<'_>) -> Meaning<Input, Output> {
    let key = asked.key().number();
    let given = asked.given().number();
    let action = match asked.function() {
        Function::Get => Action::Get,
        Function::Put => Action::Put(given),
        Function::Cas => {
            let [expected, new] = pair_of(asked)?.map(Name::number);
            Action::CompareAndSwap(expected, new)
        }
        Function::Delete => Action::Delete,
        Function::Append => Action::Append(given),
        _ => return Err(no_such_function(asked, Kind::Kv)),
    };
    let told = |value: Name| {
        Ok(match (action, asked.names().get(value, "current")) {
            (Action::Get, _) => Output::Value(held(asked, value)),
            (Action::CompareAndSwap(..), Some(current)) => Output::Value(held(asked, current)),
            _ => Output::Done,
        })
    };
    Ok((Input { key, action }, seen(asked, told, None)?))
}

fn held(asked: Asked<'_>, value: Name) -> Held {
    match asked.look(value) {
        Look::Nil => Held::Nothing,
        Look::List(values) => Held::from(values.into_iter().map(Name::number).collect::<Vec<_>>()),
        Look::Bool(_) | Look::Integer(_) | Look::Text(_) | Look::Keyword(_) | Look::Map(_) => {
            Held::One(value.number())
        }
    }
}
