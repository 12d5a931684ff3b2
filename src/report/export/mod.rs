//! A run for the tools of others, and for programs: Perfetto, ShiViz, JSON lines.
//!
//! All are made of what the page of a run tells ([`Page`]), so that they exist for the systems of
//! others, too.

mod json_lines;
mod perfetto;
mod shiviz;

use super::run_page::Page;
use std::io::{self, Write};

/// A form in which a run is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON object for each thing that happened: `docs/traces.md` is the schema.
    JsonLines,
    /// What <https://ui.perfetto.dev> and `chrome://tracing` open: a track for each process, with
    /// what it does, and the messages as arrows.
    Perfetto,
    /// A log with vector clocks, as <https://bestchai.bitbucket.io/shiviz/> reads it.
    ShiViz,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::JsonLines, Self::Perfetto, Self::ShiViz];

    /// The word by which it is asked for.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::JsonLines => "json",
            Self::Perfetto => "perfetto",
            Self::ShiViz => "shiviz",
        }
    }

    /// Writes a run in this form.
    ///
    /// # Errors
    /// When `out` can't be written.
    pub fn write(self, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::JsonLines => json_lines::write(page, out),
            Self::Perfetto => perfetto::write(page, out),
            Self::ShiViz => shiviz::write(page, out),
        }
    }
}

#[cfg(test)]
mod tests;
