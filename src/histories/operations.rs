//! Operations: an invocation and what came of it, paired.

use super::Wrong;
use super::event::{Event, Phase};
use super::value::Value;
use core::fmt;
use std::collections::BTreeMap;

/// An operation as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The line of its invocation.
    pub line: usize,
    /// The how-manieth event that is.
    pub invoked: u64,
    /// Who asked: a process, or what it went on as after an operation of unknown outcome.
    pub client: u64,
    /// Who asked, as the file has it.
    pub process: u64,
    /// What was asked for.
    pub function: String,
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
        /// What came back.
        told: Value,
    },
    /// It has not happened.
    Fail {
        /// The line that says so.
        line: usize,
        /// The how-manieth event that is.
        at: u64,
    },
    /// Nobody knows.
    Unknown,
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = match &self.completion {
            Completion::Ok { line, .. } | Completion::Fail { line, .. } => {
                format!("lines {} and {line}", self.line)
            }
            Completion::Unknown => format!("line {}", self.line),
        };
        write!(f, "{lines:<20} process {:<4} {}", self.process, self.function)?;
        if self.key != Value::Nil {
            write!(f, " {}", self.key)?;
        }
        if self.asked != Value::Nil {
            write!(f, " {}", self.asked)?;
        }
        match &self.completion {
            Completion::Ok { told, .. } if *told == self.asked || *told == Value::Nil => {
                f.write_str(" ok")?;
                if self.asked == Value::Nil { f.write_str(" = nil") } else { Ok(()) }
            }
            Completion::Ok { told, .. } => write!(f, " = {told}"),
            Completion::Fail { .. } => f.write_str(" failed"),
            Completion::Unknown => f.write_str(" = ?"),
        }
    }
}

/// Pairs invocations with their completions.
///
/// # Errors
/// When a process asks while it waits, or learns of what it has not asked.
pub fn pair(events: Vec<Event>) -> Result<Vec<Recorded>, Wrong> {
    let mut operations: Vec<Recorded> = Vec::new();
    let mut open: BTreeMap<u64, usize> = BTreeMap::new();
    // As which client a process goes on.
    let mut clients: BTreeMap<u64, u64> = BTreeMap::new();
    let mut lives = 0;
    for (at, event) in (0..).zip(events) {
        let Event { line, process, phase, function, key, value } = event;
        if phase == Phase::Invoke {
            if let Some(&before) = open.get(&process) {
                let before = &operations[before];
                let message = format!(
                    "process {process} asks for {function}, and waits for the {} of line {}",
                    before.function, before.line
                );
                return Err(Wrong::at(line, message));
            }
            open.insert(process, operations.len());
            let client = *clients.entry(process).or_insert_with(|| {
                lives += 1;
                lives
            });
            let completion = Completion::Unknown;
            operations.push(Recorded {
                line,
                invoked: at,
                client,
                process,
                function,
                key,
                asked: value,
                completion,
            });
            continue;
        }
        let Some(index) = open.remove(&process) else {
            let message =
                format!("process {process} learns of a {function} that it has not asked for");
            return Err(Wrong::at(line, message));
        };
        let operation = &mut operations[index];
        if operation.function != function {
            let message = format!(
                "process {process} learns of a {function}, and asked for the {} of line {}",
                operation.function, operation.line
            );
            return Err(Wrong::at(line, message));
        }
        match phase {
            Phase::Ok => operation.completion = Completion::Ok { line, at, told: value },
            Phase::Fail => operation.completion = Completion::Fail { line, at },
            Phase::Info | Phase::Invoke => {
                // Whatever comes next is said by somebody who does not wait for it any more.
                clients.remove(&process);
            }
        }
    }
    Ok(operations)
}
