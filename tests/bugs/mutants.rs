//! Mistakes in the simulator itself: each would hide bugs, and something must notice.
//!
//! Their headers have lines `Bug`, `Source` and `Caught-by`; the last names who must notice:
//! `selftest`, `test NAME` (a file of `tests/`) or `lib tests` (the tests beside the code).

use crate::patch::Patch;
use crate::workshop::Workshop;
use std::path::Path;
use std::process::Command;

/// Where the patches lie, from the root.
pub(crate) const FOLDER: &str = "tests/bugs/harness";

/// A mistake in the simulator.
pub(crate) struct Mutant {
    /// What is wrong.
    pub(crate) what: String,
    /// Where it was seen.
    pub(crate) source: String,
    pub(crate) catcher: Catcher,
    pub(crate) patch: Patch,
}

/// Who must notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Catcher {
    Selftest,
    Test(String),
    Lib,
}

impl Mutant {
    /// All of them, in the order of their names.
    pub(crate) fn all(root: &Path) -> Result<Vec<Self>, Vec<String>> {
        let patches = Patch::all(&root.join(FOLDER), &["Bug", "Source", "Caught-by"])?;
        let (mutants, failures): (Vec<_>, Vec<_>) =
            patches.into_iter().map(Self::read).partition(Result::is_ok);
        if failures.is_empty() {
            return Ok(mutants.into_iter().flatten().collect());
        }
        Err(failures.into_iter().filter_map(Result::err).collect())
    }

    fn read(patch: Patch) -> Result<Self, String> {
        let catcher = patch.wanted("Caught-by")?;
        let catcher = match catcher.strip_prefix("test ") {
            Some(name) => Catcher::Test(name.to_owned()),
            None if catcher == "selftest" => Catcher::Selftest,
            None if catcher == "lib tests" => Catcher::Lib,
            None => {
                return Err(format!(
                    "{}: Caught-by is \"selftest\", \"lib tests\" or \"test NAME\", not \
                     {catcher:?}",
                    patch.name
                ));
            }
        };
        let (what, source) = (patch.wanted("Bug")?, patch.wanted("Source")?);
        Ok(Self { what, source, catcher, patch })
    }

    /// Builds it and says what noticed: the missed systems, or the tests that failed.
    pub(crate) fn try_out(&self, root: &Path) -> Result<Vec<String>, String> {
        let shop = Workshop::new(root, 1)?;
        let (text, mark) = match &self.catcher {
            Catcher::Selftest => {
                let program = shop.build(&self.patch)?;
                let output = Command::new(&program)
                    .args(["selftest", "--color", "never"])
                    .output()
                    .map_err(|why| format!("{}: {why}", program.display()))?;
                (output.stdout, "missed  ")
            }
            Catcher::Test(name) => {
                let words = ["--test", name.as_str()];
                (shop.test(&self.patch, &words)?.stdout, "    ")
            }
            Catcher::Lib => (shop.test(&self.patch, &["--lib"])?.stdout, "    "),
        };
        let text = String::from_utf8_lossy(&text).into_owned();
        let listed = match self.catcher {
            Catcher::Selftest => text.as_str(),
            // The names of the tests that failed stand at the end, once more.
            Catcher::Test(_) | Catcher::Lib => {
                text.rsplit_once("\nfailures:\n").map_or("", |p| p.1)
            }
        };
        let names: Vec<String> = listed
            .lines()
            .filter_map(|line| line.strip_prefix(mark))
            .map(|name| name.trim().to_owned())
            .collect();
        if names.is_empty() {
            return Err(format!("{} was not noticed:\n{text}", self.patch.name));
        }
        Ok(names)
    }
}

impl Catcher {
    /// As the table says it.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Selftest => "`vsr-sim selftest`".to_owned(),
            Self::Test(name) => format!("`tests/{name}.rs`"),
            Self::Lib => "the tests beside the code".to_owned(),
        }
    }
}
