//! `docs/bugs.md`: text by hand around tables that the runner writes.

use std::fs;
use std::path::Path;

/// The document, from the root.
pub(crate) const PATH: &str = "docs/bugs.md";

/// A part of the document that is written by the runner, between two marks.
pub(crate) struct Section {
    pub(crate) begin: &'static str,
    pub(crate) end: &'static str,
}

impl Section {
    /// What stands in it.
    pub(crate) fn read<'text>(&self, text: &'text str) -> Result<&'text str, String> {
        self.split(text).map(|(_, inside, _)| inside)
    }

    /// The document with something else in it.
    pub(crate) fn replace(&self, text: &str, inside: &str) -> Result<String, String> {
        let (before, _, after) = self.split(text)?;
        Ok(format!("{before}{}\n\n{inside}\n{}{after}", self.begin, self.end))
    }

    fn split<'text>(
        &self,
        text: &'text str,
    ) -> Result<(&'text str, &'text str, &'text str), String> {
        let missing = || format!("{PATH} has no part between {:?} and {:?}", self.begin, self.end);
        let (before, rest) = text.split_once(self.begin).ok_or_else(missing)?;
        let (inside, after) = rest.split_once(self.end).ok_or_else(missing)?;
        Ok((before, inside, after))
    }
}

/// The cells of each row of a table, whose first cell is a name in backticks.
pub(crate) fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// The cells of the first row of a table, which names its columns.
pub(crate) fn head(table: &str) -> Vec<&str> {
    let head = table.lines().find(|line| line.starts_with("| ")).unwrap_or_default();
    head.trim_matches('|').split('|').map(str::trim).collect()
}

/// The document as it is.
pub(crate) fn read(root: &Path) -> Result<String, String> {
    fs::read_to_string(root.join(PATH)).map_err(|why| format!("{PATH}: {why}"))
}

/// Writes it anew.
pub(crate) fn write(root: &Path, text: &str) -> Result<(), String> {
    fs::write(root.join(PATH), text).map_err(|why| format!("{PATH}: {why}"))
}
