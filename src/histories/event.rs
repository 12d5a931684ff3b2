//! An event of a history: somebody asks, or learns what came of it.

use super::Wrong;
use super::value::Value;

/// One line of a history, in whatever format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The line that it stands in, from 1.
    pub line: usize,
    /// Who.
    pub process: u64,
    /// Whether it is an invocation, or which completion.
    pub phase: Phase,
    /// What is asked for.
    pub function: String,
    /// Of which key, where there are several.
    pub key: Value,
    /// What is given with it, or what came back.
    pub value: Value,
}

/// What an event says of its operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It begins.
    Invoke,
    /// It has happened.
    Ok,
    /// It has certainly not happened.
    Fail,
    /// Nobody knows whether it has, or will.
    Info,
}

impl Phase {
    /// The phase of that name.
    ///
    /// # Errors
    /// With all names.
    pub(super) fn parse(line: usize, name: &str) -> Result<Self, Wrong> {
        match name {
            "invoke" => Ok(Self::Invoke),
            "ok" => Ok(Self::Ok),
            "fail" => Ok(Self::Fail),
            "info" => Ok(Self::Info),
            _ => Err(Wrong::at(line, format!("\"{name}\": a type is invoke, ok, fail or info"))),
        }
    }
}

impl Event {
    /// The event that a map says; nothing where it is of somebody who asks for no operations, as
    /// Jepsen's nemesis.
    ///
    /// # Errors
    /// With what is missing or is not what it should be.
    pub(super) fn of_map(line: usize, map: &Value) -> Result<Option<Self>, Wrong> {
        let word = |name: &str| match map.get(name) {
            Some(Value::Text(word) | Value::Keyword(word)) => Ok(word.clone()),
            Some(other) => Err(Wrong::at(line, format!("`{name}` is {other}, and no word"))),
            None => Err(Wrong::at(line, format!("`{name}` is missing"))),
        };
        let phase = Phase::parse(line, &word("type")?)?;
        let process = match map.get("process") {
            Some(Value::Integer(number)) => u64::try_from(*number)
                .map_err(|_| Wrong::at(line, format!("`process` is {number}, below 0")))?,
            Some(Value::Keyword(_)) if phase == Phase::Info => return Ok(None),
            Some(other) => {
                return Err(Wrong::at(line, format!("`process` is {other}, and no number")));
            }
            None => return Err(Wrong::at(line, "`process` is missing")),
        };
        let get = |name: &str| map.get(name).cloned().unwrap_or_default();
        let function = word("f")?;
        Ok(Some(Self { line, process, phase, function, key: get("key"), value: get("value") }))
    }
}
