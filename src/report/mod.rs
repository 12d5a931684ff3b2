//! What people and programs look at: a run in words, as JSON, as lines of a trace, and the story
//! of one that failed.

pub mod export;
pub mod history;
pub mod history_page;
pub mod json;
pub mod number;
pub mod past;
pub mod run_page;
pub mod story;
pub mod style;
mod template;
pub mod text;
pub mod trace;

pub use trace::{Group, Lines};
