//! Operations as people read them: an invocation and what came of it.

use super::function::Function;
use super::value::Value;
use core::fmt;

/// An operation as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The line of its invocation.
    pub line: usize,
    /// The how-manieth event that is.
    pub invoked: u64,
    /// When that was, in nanoseconds, if it is told.
    pub time: Option<u64>,
    /// Who asked: a process, or what it went on as after an operation of unknown outcome.
    pub client: u64,
    /// Who asked, as the file has it.
    pub process: u64,
    /// What was asked for.
    pub function: Function,
    /// Of which key.
    pub key: Value,
    /// What was given with it.
    pub asked: Value,
    /// What came of it.
    pub completion: Completion,
}

/// What came of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    /// It has happened.
    Ok {
        /// The line that says so.
        line: usize,
        /// The how-manieth event that is.
        at: u64,
        /// When that was, in nanoseconds, if it is told.
        time: Option<u64>,
        /// What came back.
        told: Value,
    },
    /// It has not happened.
    Fail {
        /// The line that says so.
        line: usize,
        /// The how-manieth event that is.
        at: u64,
        /// When that was, in nanoseconds, if it is told.
        time: Option<u64>,
    },
    /// Nobody knows.
    Unknown,
}

impl Recorded {
    /// What was asked and what came of it, without who and where.
    #[must_use]
    pub fn what(&self) -> String {
        let mut what = self.function.to_string();
        for given in [&self.key, &self.asked] {
            if *given != Value::Nil {
                what.push_str(&format!(" {given}"));
            }
        }
        match &self.completion {
            Completion::Ok { told, .. } if *told == self.asked || *told == Value::Nil => {
                what.push_str(if self.asked == Value::Nil { " ok = nil" } else { " ok" });
            }
            Completion::Ok { told, .. } => what.push_str(&format!(" = {told}")),
            Completion::Fail { .. } => what.push_str(" failed"),
            Completion::Unknown => what.push_str(" = ?"),
        }
        what
    }

    /// The lines of its events.
    #[must_use]
    pub fn lines(&self) -> Vec<usize> {
        match &self.completion {
            Completion::Ok { line, .. } | Completion::Fail { line, .. } => vec![self.line, *line],
            Completion::Unknown => vec![self.line],
        }
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = match self.lines()[..] {
            [invoked, completed] => format!("lines {invoked} and {completed}"),
            _ => format!("line {}", self.line),
        };
        write!(f, "{lines:<20} process {:<4} {}", self.process, self.what())
    }
}
