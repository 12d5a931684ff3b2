//! The operations of a register.

use super::{Meaning, no_such_function, pair_of, seen};
use crate::checker::models::cas_register::{Input, Output};
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::names::Name;
use crate::histories::recording::Asked;
use crate::histories::semantics::Semantics;

/// What an operation of a register means.
pub(in crate::histories) fn register(
    semantics: Semantics,
    asked: Asked<'_>,
) -> Meaning<Input, Output> {
    match asked.function() {
        Function::Read => {
            let told = |value: Name| {
                Ok(match (semantics, value) {
                    (Semantics::Knossos, Name::NIL) => Output::Something,
                    (_, value) => Output::Value(value.number()),
                })
            };
            Ok((Input::Read, seen(asked, told, None)?))
        }
        Function::Write => {
            let input = Input::Write(asked.given().number());
            Ok((input, seen(asked, |_| Ok(Output::Done), None)?))
        }
        Function::Cas => {
            let [expected, new] = pair_of(asked)?.map(Name::number);
            let told = |value: Name| {
                let current = asked.names().get(value, "current");
                Ok(if current.is_some() { Output::Differs } else { Output::Done })
            };
            let failed = (semantics == Semantics::PorcupineEtcd).then_some(Output::Differs);
            let input = Input::CompareAndSwap(expected, new);
            Ok((input, seen(asked, told, failed)?))
        }
        _ => Err(no_such_function(asked, Kind::Register)),
    }
}
