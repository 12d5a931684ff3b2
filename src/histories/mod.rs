//! Histories from files: what tests of other systems have recorded, and our own.
//!
//! A file is read as events, an invocation or a completion each, in the order in which they
//! happened; two events of one operation are paired; what they mean is a matter of who recorded
//! them ([`Semantics`]); and the checker judges what comes out.

mod edn;
mod event;
mod json;
mod judge;
mod log;
mod operations;
mod semantics;
mod value;

pub use event::{Event, Phase};
pub use judge::{Judged, Verdict, judge};
pub use operations::{Completion, Recorded, pair};
pub use semantics::{Kind, Semantics};
pub use value::Value;

use core::fmt;

/// Why a file is no history, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there, and what is allowed.
    pub message: String,
}

impl Wrong {
    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl core::error::Error for Wrong {}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON object in each line: ours.
    Lines,
    /// Maps in EDN, in a list or one behind the other: Jepsen's.
    Edn,
    /// Lines of Jepsen's log, as porcupine's tests have them.
    Log,
}

impl Format {
    /// The format that a text looks like.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let begin = text
            .lines()
            .map(str::trim_start)
            .find(|line| !line.is_empty() && !line.starts_with(';'))
            .unwrap_or("");
        if begin.starts_with("INFO ") {
            Self::Log
        } else if begin.starts_with("{\"") || begin.starts_with("{ \"") {
            Self::Lines
        } else {
            Self::Edn
        }
    }

    /// Reads a text.
    ///
    /// # Errors
    /// With the line where it is not what it should be.
    pub fn read(self, text: &str) -> Result<Read, Wrong> {
        let events = match self {
            Self::Lines => return json::read(text),
            Self::Edn => edn::read(text)?,
            Self::Log => log::read(text)?,
        };
        Ok(Read { events, ..Read::default() })
    }
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// What happened, in its order.
    pub events: Vec<Event>,
    /// What was asked, where it is told.
    pub kind: Option<Kind>,
    /// What was held at first, where it is told.
    pub initial: Option<Value>,
}
