//! What people and programs look at: a run in words, as JSON, as lines of a trace.

pub mod json;
pub mod number;
pub mod style;
pub mod text;
pub mod trace;

pub use trace::Lines;
