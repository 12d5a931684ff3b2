//! What fuzzing begins with: the project's scenario files, as bytes for each target.

use std::fs;
use std::path::{Path, PathBuf};
use vsr::sim::Scenario;

/// The first inputs of the targets.
#[derive(Debug, Default)]
pub struct Seeds {
    /// The name of each scenario, its text, and the scenario.
    pub scenarios: Vec<(String, String, Scenario)>,
    /// Files that cannot be read any more, and why.
    pub skipped: Vec<(PathBuf, String)>,
}

impl Seeds {
    /// All scenario files below a folder.
    ///
    /// # Errors
    /// When a folder cannot be read. A file that is no scenario is skipped, and told.
    pub fn below(folder: &Path) -> std::io::Result<Self> {
        let mut seeds = Self::default();
        seeds.collect(folder)?;
        seeds.scenarios.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(seeds)
    }

    fn collect(&mut self, folder: &Path) -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.collect(&path)?;
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let read = fs::read_to_string(&path).map_err(|why| why.to_string());
                let parsed = read.and_then(|text| match Scenario::parse(&text) {
                    Ok(scenario) => Ok((name, text, scenario)),
                    Err(why) => Err(why.to_string()),
                });
                match parsed {
                    Ok(seed) => self.scenarios.push(seed),
                    Err(why) => self.skipped.push((path, why)),
                }
            }
        }
        Ok(())
    }

    /// The inputs of a target: names and bytes. What takes no scenario takes its bytes for what
    /// it likes.
    pub fn of<'seeds>(
        &'seeds self,
        target: &str,
    ) -> impl Iterator<Item = (&'seeds str, Vec<u8>)> + use<'seeds> {
        let is_text = target == "scenario_text";
        self.scenarios.iter().map(move |(name, text, scenario)| {
            let bytes = if is_text { text.clone().into_bytes() } else { scenario.to_bytes() };
            (name.as_str(), bytes)
        })
    }
}
