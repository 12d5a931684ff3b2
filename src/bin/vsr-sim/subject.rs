//! Which run is meant: by its seed or its file, and how its host cheats.

use crate::arguments::{Options, Subject};
use crate::exit::Failure;
use crate::files;
use vsr::sim::Scenario;
use vsr::sim::sabotage::Sabotage;

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
                let mut scenario = files::read(file)?;
                let mut words = file.display().to_string();
                if let Some(sabotage) = options.sabotage {
                    scenario = scenario.sabotaged(Some(sabotage));
                    words.push_str(&flag(sabotage));
                }
                Ok(Meant { scenario, words, name: file.display().to_string() })
            }
            (seed, _) => {
                let seed = seed.unwrap_or_default();
                Ok(Meant {
                    scenario: Scenario::generate(seed).sabotaged(options.sabotage),
                    words: words(seed, options.sabotage),
                    name: format!("seed {seed}"),
                })
            }
        }
    }
}

/// The words that ask for a seed's run.
pub(crate) fn words(seed: u64, sabotage: Option<Sabotage>) -> String {
    format!("--seed {seed}{}", sabotage.map(flag).unwrap_or_default())
}

fn flag(sabotage: Sabotage) -> String {
    format!(" --sabotage {}", sabotage.word())
}
