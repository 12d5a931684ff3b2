//! An event of a history: somebody asks, or learns what came of it.

use super::Wrong;
use super::function::Function;
use super::kind;
use super::names::{Look, Name, Names};

/// One event, in whatever format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// The line that it stands in, from 1.
    pub(super) line: usize,
    /// Who.
    pub(super) process: u64,
    /// Whether it is an invocation, or which completion.
    pub(super) phase: Phase,
    /// What is asked for.
    pub(super) function: Function,
    /// Of which key, where there are several.
    pub(super) key: Name,
    /// What is given with it, or what came back.
    pub(super) value: Name,
    /// When, in nanoseconds from any beginning.
    pub(super) time: Option<u64>,
}

/// What an event says of its operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It begins.
    Invoke,
    /// It has happened.
    Ok,
    /// It has certainly not happened.
    Fail,
    /// Nobody knows whether it has, or will.
    Info,
}

/// What a map that should be an event holds: what it should, as far as it was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fields {
    pub(super) phase: Option<Phase>,
    pub(super) process: Option<Name>,
    /// A word that is no function is none of ours, where it is the nemesis who says it.
    pub(super) function: Option<Result<Function, Name>>,
    pub(super) key: Option<Name>,
    pub(super) value: Option<Name>,
    pub(super) time: Option<u64>,
}

/// What a value in a map is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Phase,
    Process,
    Function,
    Key,
    Value,
    Time,
    /// Nobody's business here.
    Other,
}

impl Phase {
    /// The phase of that name.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "invoke" => Some(Self::Invoke),
            "ok" => Some(Self::Ok),
            "fail" => Some(Self::Fail),
            "info" => Some(Self::Info),
            _ => None,
        }
    }

    /// The phase of that name.
    ///
    /// # Errors
    /// With all names.
    pub(super) fn parse(line: usize, name: &str) -> Result<Self, Wrong> {
        Self::of(name).ok_or_else(|| Wrong::at(line, Self::unknown(name)))
    }

    pub(super) fn unknown(name: &str) -> String {
        format!("\"{name}\": a type is invoke, ok, fail or info")
    }
}

impl Function {
    /// The function of that name.
    ///
    /// # Errors
    /// With all models and their functions.
    pub(super) fn parse(line: usize, name: &str) -> Result<Self, Wrong> {
        Self::of(name).ok_or_else(|| {
            let known = kind::known();
            Wrong::at(line, format!("\"{name}\" is no function of any model: {known}"))
        })
    }
}

impl Field {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "type" => Self::Phase,
            "process" => Self::Process,
            "f" => Self::Function,
            "key" => Self::Key,
            "value" => Self::Value,
            "time" => Self::Time,
            _ => Self::Other,
        }
    }
}

impl Fields {
    /// The event that this is; nothing where it is of somebody who asks for no operations, as
    /// Jepsen's nemesis.
    ///
    /// # Errors
    /// With what is missing or is not what it should be.
    pub(super) fn event(&self, line: usize, names: &Names) -> Result<Option<Event>, Wrong> {
        let missing = |field: &str| Wrong::at(line, format!("`{field}` is missing"));
        let phase = self.phase.ok_or_else(|| missing("type"))?;
        let process = match self.process.map(|name| (name, names.look(name))) {
            Some((_, Look::Integer(number))) => u64::try_from(number)
                .map_err(|_| Wrong::at(line, format!("`process` is {number}, below 0")))?,
            Some((_, Look::Keyword(_) | Look::Text(_))) if phase == Phase::Info => return Ok(None),
            Some((name, _)) => {
                let value = names.value(name);
                return Err(Wrong::at(line, format!("`process` is {value}, and no number")));
            }
            None => return Err(missing("process")),
        };
        let function = self.function.ok_or_else(|| missing("f"))?;
        let function = function
            .or_else(|name| Function::parse(line, names.word(name).unwrap_or("nothing")))?;
        let [key, value] = [self.key, self.value].map(|name| name.unwrap_or(Name::NIL));
        Ok(Some(Event { line, process, phase, function, key, value, time: self.time }))
    }
}
