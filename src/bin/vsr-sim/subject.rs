//! Which run is meant: by its seed or its file, and what is wanted of it.

use crate::arguments::{Options, Subject};
use crate::exit::Failure;
use crate::files;
use vsr::sim::Scenario;
use vsr::sim::scenario::Variant;

/// A run that was asked for.
pub(crate) struct Meant {
    pub(crate) scenario: Scenario,
    /// The words that ask for it again.
    pub(crate) words: String,
    /// As a sentence names it.
    pub(crate) name: String,
}

impl Subject {
    /// The run that is meant.
    pub(crate) fn find(&self, options: &Options) -> Result<Meant, Failure> {
        match (self.seed, &self.file) {
            (None, Some(file)) => {
                let name = file.display().to_string();
                let scenario = files::read(file)?.varied(options.variant());
                Ok(Meant { scenario, words: format!("{name}{}", options.variant()), name })
            }
            (seed, _) => {
                let seed = seed.unwrap_or_default();
                Ok(Meant {
                    scenario: Scenario::of_seed(seed, options.variant()),
                    words: words(seed, options.variant()),
                    name: format!("seed {seed}"),
                })
            }
        }
    }
}

/// The words that ask for a seed's run.
pub(crate) fn words(seed: u64, variant: Variant) -> String {
    format!("--seed {seed}{variant}")
}
