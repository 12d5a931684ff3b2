//! Exit statuses: scripts tell a bug found from a mistake in the command by them.

use crate::campaign::NoResults;
use std::fmt;
use std::path::PathBuf;
use vsr::histories::Wrong;
use vsr::sim::Report;
use vsr::sim::scenario::ScenarioError;

/// Nothing was found.
pub(crate) const CLEAN: u8 = 0;
/// What was given can't be used.
pub(crate) const UNUSABLE: u8 = 2;
/// Nothing ran.
pub(crate) const NOTHING_RAN: u8 = 4;
/// Something was violated.
pub(crate) const VIOLATION: u8 = 100;
/// The simulator itself made a mistake.
pub(crate) const BROKEN: u8 = 101;
/// No verdict was reached.
pub(crate) const UNDECIDED: u8 = 102;
/// A scenario did not show what it expects.
pub(crate) const NOT_REPRODUCED: u8 = 103;
/// One seed gave two hashes.
pub(crate) const TWO_HASHES: u8 = 104;
/// A broken system was not caught, or a mark was not reached that had to be.
pub(crate) const BLIND: u8 = 105;

/// The exit status of a run.
pub(crate) const fn status(report: &Report) -> u8 {
    if report.violation.is_some() { VIOLATION } else { CLEAN }
}

/// Why a command could not be carried out.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file can't be read.
    Unreadable(PathBuf, std::io::Error),
    /// A file is no scenario.
    NoScenario(PathBuf, ScenarioError),
    /// A file is no history.
    NoHistory(PathBuf, Wrong),
    /// Nothing was found to run.
    NoFiles(PathBuf),
    /// A file can't be written.
    Unwritable(PathBuf, std::io::Error),
    /// Words that are no mistake of spelling, and yet mean nothing.
    Words(String),
    /// A file of results can't be used.
    Results(NoResults),
    /// What came out can't be written.
    Output(std::io::Error),
}

impl Failure {
    pub(crate) const fn status(&self) -> u8 {
        match self {
            Self::Unreadable(..)
            | Self::NoScenario(..)
            | Self::NoHistory(..)
            | Self::Unwritable(..)
            | Self::Words(_) => UNUSABLE,
            Self::Results(why) if why.is_unwritable => 1,
            Self::Results(_) => UNUSABLE,
            Self::NoFiles(_) => NOTHING_RAN,
            Self::Output(_) => 1,
        }
    }
}

impl From<NoResults> for Failure {
    fn from(why: NoResults) -> Self {
        Self::Results(why)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) | Self::Unwritable(path, error) => {
                write!(f, "{}: {error}", path.display())
            }
            Self::NoScenario(path, error) => write!(f, "{}: {error}", path.display()),
            Self::NoHistory(path, wrong) => write!(f, "{}: {wrong}", path.display()),
            Self::NoFiles(path) => write!(f, "{}: no scenario files (*.toml)", path.display()),
            Self::Words(why) => f.write_str(why),
            Self::Results(why) => write!(f, "{why}"),
            Self::Output(error) => write!(f, "the output can't be written: {error}"),
        }
    }
}
