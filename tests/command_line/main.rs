//! The command line as scripts and people see it.

#![cfg(feature = "cli")]

mod histories;
mod looking;
mod program;
mod runs;
mod words;
