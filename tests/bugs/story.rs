//! Stories: what is left of a find when everything is taken away that does not matter.

use crate::hunt::{Find, watch};
use crate::patch::Bug;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use vsr::sim::Scenario;
use vsr::sim::scenario::Way;

/// Where stories lie, from the root: a file for each bug that was found.
pub(crate) const FOLDER: &str = "tests/bugs/stories";

/// A find, shrunk.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    /// Faults and operations of the seed's scenario.
    pub(crate) before: (u64, u64),
    /// What is left of them.
    pub(crate) after: (u64, u64),
    /// How much of a core's time it took, in hundredths of a second.
    pub(crate) centiseconds: u64,
    /// The scenario's file.
    pub(crate) text: String,
}

/// Shrinks a find with the bug in place, and sees whether what is left fails in the same way.
pub(crate) fn shrink(bug: &Bug, program: &Path, find: &Find, way: Way) -> Result<Story, String> {
    let wrong = |why: &str| format!("{}: seed {}: {why}", bug.name, find.seed);
    let aside = program.with_extension("toml");
    let child = Command::new(program)
        .args(["shrink", "--seed", &find.seed.to_string(), "--jobs", "1", "--time", LIMIT])
        .args(["--durability", &bug.durability, "--way", way.word()])
        .args(["--quiet", "--format", "json", "--output"])
        .arg(&aside)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| wrong(&why.to_string()))?;
    let (output, centiseconds) =
        watch(child, PATIENCE).ok_or_else(|| wrong("the shrinker does not come to an end"))?;
    let value: serde_json::Value =
        serde_json::from_str(output.trim()).map_err(|why| wrong(&format!("{why}: {output}")))?;
    let number = |name: &str| value[name].as_u64().ok_or_else(|| wrong(name));
    let text = value["scenario"].as_str().ok_or_else(|| wrong("no scenario"))?.to_owned();
    let again = Command::new(program)
        .args(["run", "--quiet", "--format", "json"])
        .arg(&aside)
        .output()
        .map_err(|why| wrong(&why.to_string()))?;
    let again: serde_json::Value = serde_json::from_slice(&again.stdout)
        .map_err(|why| wrong(&format!("what is left does not run: {why}")))?;
    if again["code"] != value["code"] || again["judge"] != value["judge"] {
        return Err(wrong("what is left does not fail in the same way"));
    }
    let _ = fs::remove_file(&aside);
    println!(
        "{}: {} faults, {} operations → {}, {} in {}.{:02} s",
        bug.name,
        number("faults_before")?,
        number("operations_before")?,
        number("faults")?,
        number("operations")?,
        centiseconds / 100,
        centiseconds % 100
    );
    Ok(Story {
        before: (number("faults_before")?, number("operations_before")?),
        after: (number("faults")?, number("operations")?),
        centiseconds,
        text,
    })
}

/// Where a bug's story lies, from the root.
pub(crate) fn path(bug: &Bug) -> PathBuf {
    Path::new(FOLDER).join(format!("{}.toml", bug.name))
}

/// Writes a story down.
pub(crate) fn write(bug: &Bug, story: &Story, root: &Path) -> Result<(), String> {
    let path = root.join(path(bug));
    let text = format!("# The planted bug {}: {}.\n{}", bug.name, bug.what, story.text);
    fs::create_dir_all(root.join(FOLDER))
        .and_then(|()| fs::write(&path, text))
        .map_err(|why| format!("{}: {why}", path.display()))
}

/// What is wrong with the stories: as the code is, each must run, and nothing be violated.
pub(crate) fn check(bugs: &[Bug], root: &Path) -> Vec<String> {
    let mut failures = Vec::new();
    let Ok(entries) = fs::read_dir(root.join(FOLDER)) else {
        return vec![format!("{FOLDER} can't be read")];
    };
    for entry in entries.flatten() {
        let file = entry.path();
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !bugs.iter().any(|bug| bug.name == name) {
            failures.push(format!("{FOLDER}/{name}.toml is about no planted bug: remove it"));
        }
        let scenario = fs::read_to_string(&file)
            .map_err(|why| why.to_string())
            .and_then(|text| Scenario::parse(&text).map_err(|why| why.to_string()));
        match scenario {
            Err(why) => failures.push(format!("{FOLDER}/{name}.toml: {why}")),
            Ok(scenario) => {
                if let Some(violation) = vsr::sim::run(&scenario).violation {
                    failures.push(format!(
                        "{FOLDER}/{name}.toml: {}: {}, and no bug is planted",
                        violation.code, violation.message
                    ));
                }
            }
        }
    }
    failures
}

/// After how long a shrinking is content with what it has.
const LIMIT: &str = "60s";

/// After how long it is given up.
const PATIENCE: Duration = Duration::from_secs(120);
