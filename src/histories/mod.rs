//! Histories from files: what tests of other systems have recorded, and our own.
//!
//! A file is read event by event, an invocation or a completion each, in the order in which they
//! happened; the two events of an operation are paired at once, and little is kept of them
//! ([`Recording`]); what they mean is a matter of who recorded them ([`Semantics`]); and the
//! checker judges what comes out.

mod columns;
mod edn;
mod event;
mod function;
mod index;
mod input;
mod json;
mod judge;
mod kind;
mod log;
mod names;
mod operations;
mod pieces;
mod recording;
mod semantics;
mod translate;
mod value;

pub use function::Function;
pub use judge::{Judged, Verdict, Violation, Wish, judge};
pub use kind::Kind;
pub use operations::{Completion, Recorded};
pub use recording::Recording;
pub use semantics::Semantics;
pub use value::Value;

use core::fmt;

/// Why a file is no history, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line, from 1; nothing where it is the file as a whole.
    pub line: Option<usize>,
    /// What is wrong there, and what is allowed.
    pub message: String,
}

impl Wrong {
    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }

    fn of_file(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
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
