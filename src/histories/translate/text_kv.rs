//! The operations of a store of texts.

use super::{Meaning, Seen, seen};
use crate::checker::models::kv;
use crate::checker::models::text_kv::{self, Action, Input, Output};
use crate::histories::function::Function;
use crate::histories::names::{Look, Name};
use crate::histories::pieces::Pieces;
use crate::histories::recording::Asked;

/// What an operation of a store of texts means.
pub(in crate::histories) fn text_kv(asked: Asked<'_>) -> Meaning<Input, Output> {
    let no_text = |name: Name| format!("{} is no text", asked.names().value(name));
    let given = || text(asked, asked.given()).ok_or_else(|| asked.wrong(no_text(asked.given())));
    let action = match asked.function() {
        Function::Get => Action::Get,
        Function::Put => Action::Put(given()?),
        Function::Append => Action::Append(given()?),
        function => {
            return Err(asked.wrong(format!("\"{function}\": there are get, put, append")));
        }
    };
    let told = |value: Name| match action {
        Action::Get => {
            let held = text(asked, value).ok_or_else(|| asked.wrong_told(no_text(value)))?;
            Ok(Output::Text(held))
        }
        Action::Put(_) | Action::Append(_) => Ok(Output::Done),
    };
    let seen = seen(asked, told, None)?;
    Ok((Input { key: asked.key().number(), action }, seen))
}

/// The same, of a store of lists: each text is taken apart into what was put together.
pub(in crate::histories) fn list_kv(
    pieces: &Pieces<'_>,
    asked: Asked<'_>,
) -> Meaning<kv::Input, kv::Output> {
    let (text_kv::Input { key, action }, seen) = text_kv(asked)?;
    let given = asked.given().number();
    let action = match action {
        Action::Get => kv::Action::Get,
        Action::Put(_) => kv::Action::Put(given),
        Action::Append(_) => kv::Action::Append(given),
    };
    let seen = match seen {
        Seen::Output(Output::Done) => Seen::Output(kv::Output::Done),
        Seen::Output(Output::Text(text)) if text.is_empty() => {
            Seen::Output(kv::Output::Value(kv::Held::Nothing))
        }
        Seen::Output(Output::Text(text)) => {
            Seen::Output(kv::Output::Value(pieces.take_apart(&text).into()))
        }
        Seen::Unknown => Seen::Unknown,
        Seen::Nothing => Seen::Nothing,
    };
    Ok((kv::Input { key, action }, seen))
}

fn text(asked: Asked<'_>, name: Name) -> Option<String> {
    if let Look::Text(text) = asked.look(name) { Some(text.to_owned()) } else { None }
}
