//! Which bugs an exploration finds, and how far it has to go: a table that the runner writes.

use crate::document::{self, PATH as DOCUMENT, Section, rows};
use crate::patch::Bug;
use crate::workshop::Workshop;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use vsr::sim::Scenario;

const SECTION: Section =
    Section { begin: "<!-- explored: written by the runner -->", end: "<!-- end of explored -->" };

/// The cells of each row behind the bug's name, by the names of the bugs.
type Table = BTreeMap<String, Vec<String>>;

/// Explores with each bug in place, and writes the table if that is wanted.
pub(crate) fn all(
    bugs: &[Bug],
    names: &[String],
    write: bool,
    root: &Path,
) -> Result<(), Vec<String>> {
    let is_meant = |bug: &&Bug| {
        bug.explore.is_some()
            && (names.is_empty() || names.iter().any(|name| bug.name.contains(name.as_str())))
    };
    let shop = Workshop::new(root, 1).map_err(|why| vec![why])?;
    let (mut measured, mut failures) = (Table::new(), Vec::new());
    for bug in bugs.iter().filter(is_meant) {
        match shop.build(&bug.patch).and_then(|program| explore(bug, &program)) {
            Ok(cells) => {
                println!("{}: {}", bug.name, cells.join(", "));
                measured.insert(bug.name.clone(), cells);
            }
            Err(why) => failures.push(why),
        }
    }
    if write {
        let update = || -> Result<(), String> {
            let text = document::read(root)?;
            let mut table = read(&text)?;
            table.extend(measured);
            document::write(root, &with_table(&text, bugs, &table)?)
        };
        failures.extend(update().err());
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

/// What an exploration comes to: how many deviations it takes, how many states that are and how
/// many seconds, what is violated, and how much is left of the run.
fn explore(bug: &Bug, program: &Path) -> Result<Vec<String>, String> {
    let words = bug.explore.as_deref().unwrap_or_default();
    let began = Instant::now();
    let output = Command::new(program)
        .args(["explore", "--quiet", "--format", "json", "--failures"])
        .arg(program.with_extension("explored"))
        .args(words.split_whitespace())
        .output()
        .map_err(|why| format!("{}: {why}", program.display()))?;
    let seconds = began.elapsed().as_secs();
    let text = String::from_utf8_lossy(&output.stdout);
    let told: Value = serde_json::from_str(text.trim()).map_err(|why| {
        format!("{}: {why}: {text}{}", bug.name, String::from_utf8_lossy(&output.stderr))
    })?;
    let Some(code) = told["code"].as_str() else {
        return Err(format!("{}: `explore {words}` finds nothing", bug.name));
    };
    let level = |key: &str| told["levels"].as_array().and_then(|all| all.last()?[key].as_u64());
    let (Some(deviations), Some(states)) = (level("deviations"), level("states")) else {
        return Err(format!("{}: no levels in {told}", bug.name));
    };
    let file = told["file"].as_str().unwrap_or_default();
    let scenario = std::fs::read_to_string(file).map_err(|why| format!("{file}: {why}"))?;
    let scenario = Scenario::parse(&scenario).map_err(|why| format!("{file}: {why}"))?;
    let faults = scenario.faults.len() + scenario.messages.len();
    let left = format!("{faults}, {}", scenario.workload.operations);
    let numbers = [deviations, states, seconds].map(|number| number.to_string());
    let [deviations, states, seconds] = numbers;
    Ok(vec![format!("`{words}`"), deviations, states, seconds, code.to_owned(), left])
}

/// What is wrong with the table: each bug that says how it is explored has its row.
pub(crate) fn check(bugs: &[Bug], root: &Path) -> Vec<String> {
    let stale = || {
        format!(
            "the table of explorations in {DOCUMENT} is not what the runner writes: renew it with \
             cargo test --release --test bugs -- explore --write"
        )
    };
    let written = document::read(root).and_then(|text| {
        let table = read(&text)?;
        let is_whole = bugs.iter().filter(|bug| bug.explore.is_some()).all(|bug| {
            let words = bug.explore.as_deref().map(|words| format!("`{words}`"));
            table.get(&bug.name).is_some_and(|cells| cells.first() == words.as_ref())
        });
        Ok(is_whole && with_table(&text, bugs, &table)? == text)
    });
    match written {
        Ok(true) => Vec::new(),
        Ok(false) => vec![stale()],
        Err(why) => vec![why],
    }
}

fn read(text: &str) -> Result<Table, String> {
    let cells = |cells: Vec<&str>| {
        let [name, cells @ ..] = cells.as_slice() else { return None };
        let cells = cells.iter().map(|&cell| cell.to_owned()).collect();
        Some((name.trim_matches('`').to_owned(), cells))
    };
    Ok(rows(SECTION.read(text)?).filter_map(cells).collect())
}

fn with_table(text: &str, bugs: &[Bug], measured: &Table) -> Result<String, String> {
    let mut table =
        "| bug | words | deviations | states | seconds | violates | left |\n".to_owned();
    table.push_str("|---|---|---|---|---|---|---|\n");
    for bug in bugs.iter().filter(|bug| bug.explore.is_some()) {
        if let Some(cells) = measured.get(&bug.name) {
            table.push_str(&format!("| `{}` | {} |\n", bug.name, cells.join(" | ")));
        }
    }
    SECTION.replace(text, &table)
}
