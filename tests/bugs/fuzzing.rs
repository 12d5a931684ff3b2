//! Fuzz targets, each let loose on planted bugs: does steering by coverage find what it is for?

use crate::document::{self, PATH as DOCUMENT, Section, rows};
use crate::mutants;
use crate::patch::{self, Patch};
use crate::workshop::Workshop;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Which target has to find which bugs.
const PLANTED: [(&str, &[&str]); 5] = [
    (
        "scenario",
        &["duplicate-dvc-counted", "start-view-reprocessed-in-same-view", "in-flight-not-rebuilt"],
    ),
    ("message", &["commit-beyond-own-log", "commit-number-taken-from-start-view"]),
    ("journal", &["checksum-ignored"]),
    ("history", &["search-ignores-time", "witness-ignores-time"]),
    ("scenario_text", &["what-never-ends-is-written-as-ending"]),
];

const SECTION: Section = Section {
    begin: "<!-- fuzz targets: written by the runner -->",
    end: "<!-- end of fuzz targets -->",
};

/// What a target found.
struct Row {
    target: &'static str,
    bug: &'static str,
    executions: u64,
    seconds: u64,
}

/// Lets targets loose, those with one of the words in their names or bugs.
pub(crate) fn all(
    names: &[String],
    seconds: u64,
    write: bool,
    root: &Path,
) -> Result<(), Vec<String>> {
    let patches = patches(root)?;
    let shop = Workshop::new(root, 1).map_err(|why| vec![why])?;
    let is_meant = |target: &str, bug: &str| {
        let is_named = |name: &String| target == name.as_str() || bug.contains(name.as_str());
        names.is_empty() || names.iter().any(is_named)
    };
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for (target, bugs) in PLANTED {
        for &bug in bugs.iter().filter(|bug| is_meant(target, bug)) {
            let Some(patch) = patches.get(bug) else {
                failures.push(format!("{bug} is no planted bug"));
                continue;
            };
            match hunt(&shop, patch, target, seconds) {
                Ok((executions, seconds)) => {
                    println!("{target}: {bug} after {executions} executions, {seconds} s");
                    found.push(Row { target, bug, executions, seconds });
                }
                Err(why) => {
                    println!("{target}: {bug}: {why}");
                    failures.push(format!("{target}: {bug}: {why}"));
                }
            }
        }
    }
    if write {
        update(&found, root).map_err(|why| vec![why])?;
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// Every patch that a target could be let loose on, by its name.
fn patches(root: &Path) -> Result<BTreeMap<String, Patch>, Vec<String>> {
    let bugs = patch::Bug::all(&root.join(patch::FOLDER))?.into_iter().map(|bug| bug.patch);
    let mutants = mutants::Mutant::all(root)?.into_iter().map(|mutant| mutant.patch);
    Ok(bugs.chain(mutants).map(|patch| (patch.name.clone(), patch)).collect())
}

/// After how many executions, and seconds on the wall, a target finds a bug.
fn hunt(shop: &Workshop, patch: &Patch, target: &str, seconds: u64) -> Result<(u64, u64), String> {
    let folder = shop.plant(patch)?;
    let succeeded = |words: &[&str]| -> Result<(), String> {
        let output = shop.cargo(words)?;
        let told = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("cargo {words:?}: {told}")) }
    };
    succeeded(&["run", "--manifest-path", "fuzz/Cargo.toml", "--example", "seed_corpus"])?;
    succeeded(&["fuzz", "build", "-s", "none", target])
        .map_err(|why| format!("{why}\nInstall it: cargo install cargo-fuzz --locked"))?;
    let begun = Instant::now();
    let (time, chance) = (format!("-max_total_time={seconds}"), "-seed=1");
    let limits = ["-max_len=1024", "-print_final_stats=1"];
    let words = [&["fuzz", "run", "-s", "none", target, "--", &time, chance][..], &limits].concat();
    let output = shop.cargo(&words)?;
    let seconds = begun.elapsed().as_secs();
    if output.status.success() {
        return Err(format!("not found in {seconds} s"));
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let executions = text
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|number| number.trim().parse().ok())
        .ok_or_else(|| format!("it did not run:\n{text}"))?;
    if target == "scenario" {
        becomes_a_scenario(shop, patch, &folder)?;
    }
    Ok((executions, seconds))
}

/// What the target found becomes a scenario file that fails, by one command.
fn becomes_a_scenario(shop: &Workshop, patch: &Patch, folder: &Path) -> Result<(), String> {
    let artefacts = folder.join("fuzz/artifacts/scenario");
    let artefact = fs::read_dir(&artefacts)
        .map_err(|why| format!("{}: {why}", artefacts.display()))?
        .flatten()
        .next()
        .ok_or("it left no artefact")?
        .path();
    let say = |why: std::io::Error| why.to_string();
    // Building makes the copy anew, without what was found there.
    let bytes = fs::read(&artefact).map_err(say)?;
    let program = shop.build(patch)?;
    let (kept, file) = (program.with_extension("bytes"), program.with_extension("toml"));
    fs::write(&kept, bytes).map_err(say)?;
    let output =
        Command::new(&program).args(["scenario", "--bytes"]).arg(&kept).output().map_err(say)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    fs::write(&file, &output.stdout).map_err(say)?;
    let status = Command::new(&program).arg("run").arg(&file).output().map_err(say)?.status;
    for aside in [kept, file] {
        let _ = fs::remove_file(aside);
    }
    if status.code() == Some(VIOLATION) {
        return Ok(());
    }
    Err(format!("as a scenario file it ends with {status}"))
}

fn update(found: &[Row], root: &Path) -> Result<(), String> {
    let text = document::read(root)?;
    let mut known = read(&text)?;
    for row in found {
        let cells = format!("{} | {}", row.executions, row.seconds);
        known.insert((row.target.to_owned(), row.bug.to_owned()), cells);
    }
    document::write(root, &with_table(&text, &known)?)
}

/// What is wrong with the table.
pub(crate) fn check(root: &Path) -> Vec<String> {
    let written = document::read(root).and_then(|text| {
        let known = read(&text)?;
        let missing = all_planted()
            .find(|(target, bug)| !known.contains_key(&((*target).to_owned(), (*bug).to_owned())));
        if let Some((target, bug)) = missing {
            return Err(format!(
                "{DOCUMENT} has no row for {target} and {bug}: \
                 cargo test --release --test bugs -- fuzz {bug} --write"
            ));
        }
        Ok(with_table(&text, &known)? == text)
    });
    match written {
        Ok(true) => Vec::new(),
        Ok(false) => vec![format!("the third table in {DOCUMENT} is not what the runner writes")],
        Err(why) => vec![why],
    }
}

fn all_planted() -> impl Iterator<Item = (&'static str, &'static str)> {
    PLANTED.into_iter().flat_map(|(target, bugs)| bugs.iter().map(move |&bug| (target, bug)))
}

fn read(text: &str) -> Result<BTreeMap<(String, String), String>, String> {
    let mut known = BTreeMap::new();
    for cells in rows(SECTION.read(text)?) {
        let [target, bug, executions, seconds] = cells.as_slice() else {
            return Err(format!("{DOCUMENT}: a row has too few cells: {cells:?}"));
        };
        let name = |cell: &str| cell.trim_matches('`').to_owned();
        known.insert((name(target), name(bug)), format!("{executions} | {seconds}"));
    }
    Ok(known)
}

fn with_table(text: &str, known: &BTreeMap<(String, String), String>) -> Result<String, String> {
    let mut table = String::from(HEAD);
    for (target, bug) in all_planted() {
        if let Some(cells) = known.get(&(target.to_owned(), bug.to_owned())) {
            table.push_str(&format!("| `{target}` | `{bug}` | {cells} |\n"));
        }
    }
    SECTION.replace(text, &table)
}

/// The status of a run that violates something.
const VIOLATION: i32 = 100;

const HEAD: &str = "\
| target | planted bug | executions | seconds |
|---|---|---|---|
";
