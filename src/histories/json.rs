//! Our own histories: a JSON object in each line.
//!
//! The first line may say what was asked, and what was held at first; the others are events, in the
//! order in which they happened. What else stands in a line is nobody's business here.
//!
//! ```json
//! {"type": "history", "v": 1, "model": "kv"}
//! {"process": 3, "type": "invoke", "f": "put", "key": "a", "value": 7}
//! {"process": 3, "type": "ok", "f": "put", "key": "a"}
//! ```

use super::event::Event;
use super::semantics::Kind;
use super::value::Value;
use super::{Read, Wrong};

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Read, Wrong> {
    let mut read = Read::default();
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() {
            continue;
        }
        let json: serde_json::Value = serde_json::from_str(content)
            .map_err(|error| Wrong::at(line, format!("no JSON: {error}")))?;
        let map = value_of(line, &json)?;
        if !matches!(map, Value::Map(_)) {
            return Err(Wrong::at(line, "each line is an object"));
        }
        if map.get("type").is_some_and(|word| *word == Value::Text("history".to_owned())) {
            read.header(line, &map)?;
        } else {
            read.events.extend(Event::of_map(line, &map)?);
        }
    }
    Ok(read)
}

impl Read {
    fn header(&mut self, line: usize, map: &Value) -> Result<(), Wrong> {
        if !self.events.is_empty() {
            return Err(Wrong::at(line, "what a history is stands before its events"));
        }
        match map.get("v") {
            None | Some(Value::Integer(1)) => {}
            Some(other) => {
                let message = format!("version {other}, and this one reads 1");
                return Err(Wrong::at(line, message));
            }
        }
        if let Some(Value::Text(name)) = map.get("model") {
            let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
            let known = Kind::ALL.map(Kind::name).join(", ");
            let unknown = || Wrong::at(line, format!("\"{name}\" is no model; there are {known}"));
            self.kind = Some(kind.ok_or_else(unknown)?);
        }
        self.initial = map.get("initial").cloned();
        Ok(())
    }
}

fn value_of(line: usize, json: &serde_json::Value) -> Result<Value, Wrong> {
    Ok(match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Integer(number.as_i64().ok_or_else(|| {
            Wrong::at(line, format!("{number}: numbers are whole, and of 64 bits"))
        })?),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(values) => {
            Value::List(values.iter().map(|value| value_of(line, value)).collect::<Result<_, _>>()?)
        }
        serde_json::Value::Object(pairs) => {
            let pair = |(name, value): (&String, &serde_json::Value)| {
                Ok((Value::Text(name.clone()), value_of(line, value)?))
            };
            Value::Map(pairs.iter().map(pair).collect::<Result<_, _>>()?)
        }
    })
}
