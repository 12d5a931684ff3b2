//! Colours. Whoever prints decides whether they are shown; no meaning rests on them alone.

use anstyle::{AnsiColor, Style};

/// What went well.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What went wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What names a part of the text.
pub const LABEL: Style = AnsiColor::Cyan.on_default();
/// What is there for whoever wants to know.
pub const FAINT: Style = Style::new().dimmed();

/// A text in a style.
#[must_use]
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
