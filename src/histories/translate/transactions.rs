//! Transactions: reads and writes of several registers at once.

use super::{Meaning, no_such_function, seen};
use crate::checker::models::transactions::Access;
use crate::histories::function::Function;
use crate::histories::kind::Kind;
use crate::histories::names::{Look, Name};
use crate::histories::recording::{Asked, End};
use crate::histories::semantics::Semantics;

/// A step of a transaction.
#[derive(Clone, Copy, Debug)]
struct Step {
    is_write: bool,
    key: Name,
    value: Name,
}

/// What a transaction means.
pub(in crate::histories) fn transactions(
    semantics: Semantics,
    asked: Asked<'_>,
) -> Meaning<Vec<Access>, Vec<Option<u64>>> {
    let given = steps(asked, asked.given()).map_err(|message| asked.wrong(message))?;
    let is_silent = asked.told() == Name::NIL && given.iter().all(|step| step.is_write);
    let told = match asked.end() {
        End::Ok if is_silent => given.clone(),
        End::Ok => steps(asked, asked.told()).map_err(|message| asked.wrong_told(message))?,
        End::Fail | End::Unknown => given.clone(),
    };
    let is_same = |(given, told): (&Step, &Step)| {
        let is_same = (given.is_write, given.key) == (told.is_write, told.key);
        is_same && (!given.is_write || given.value == told.value)
    };
    if given.len() != told.len() || !given.iter().zip(&told).all(is_same) {
        return Err(asked.wrong_told("this is not the transaction that was asked for"));
    }
    let (mut accesses, mut reads) = (Vec::new(), Vec::new());
    for Step { is_write, key, value } in told {
        let (key, held) = (key.number(), (value != Name::NIL).then(|| value.number()));
        match (is_write, held) {
            (true, Some(value)) => accesses.push(Access::Write(key, value)),
            (true, None) => return Err(asked.wrong("nothing can't be written")),
            // Whoever reads nil may have read anything.
            (false, None) if semantics == Semantics::Knossos => {}
            (false, held) => {
                accesses.push(Access::Read(key));
                reads.push(held);
            }
        }
    }
    Ok((accesses, seen(asked, |_| Ok(reads), None)?))
}

/// The steps that a value stands for: a list, or a map where all are of one kind.
fn steps(asked: Asked<'_>, value: Name) -> Result<Vec<Step>, String> {
    let said = || asked.names().value(value);
    match (asked.function(), asked.look(value)) {
        (Function::Txn, Look::List(steps)) => {
            steps.into_iter().map(|name| step(asked, name)).collect()
        }
        (Function::Txn, _) => Err(format!("{} is no list of steps", said())),
        (function @ (Function::Read | Function::Write), Look::Map(pairs)) => {
            let is_write = function == Function::Write;
            Ok(pairs.into_iter().map(|(key, value)| Step { is_write, key, value }).collect())
        }
        (Function::Read | Function::Write, _) => {
            Err(format!("{} is no map of keys and values", said()))
        }
        (_, _) => Err(no_such_function(asked, Kind::Transactions).message),
    }
}

fn step(asked: Asked<'_>, name: Name) -> Result<Step, String> {
    if let Look::List(parts) = asked.look(name)
        && let [what, key, value] = parts[..]
    {
        match asked.names().word(what) {
            Some("r" | "read") => return Ok(Step { is_write: false, key, value }),
            Some("w" | "write") => return Ok(Step { is_write: true, key, value }),
            Some(_) | None => {}
        }
    }
    Err(format!("{} is neither [r key value] nor [w key value]", asked.names().value(name)))
}
