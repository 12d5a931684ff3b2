//! How soon each way of choosing faults finds each bug: a table that the runner writes.

use crate::commands::Hunt;
use crate::document::{self, PATH as DOCUMENT, Section, rows};
use crate::hunt::{self, Find};
use crate::patch::Bug;
use std::collections::BTreeMap;
use std::path::Path;
use vsr::sim::scenario::Way;

const SECTION: Section =
    Section { begin: "<!-- ways: written by the runner -->", end: "<!-- end of ways -->" };

/// Lets each way loose on each bug, and writes the table if that is wanted.
pub(crate) fn all(bugs: &[Bug], hunt: &Hunt, root: &Path) -> Result<(), Vec<String>> {
    let chosen = hunt.choose(bugs)?;
    let measured = measure(&chosen, hunt, root).map_err(|why| vec![why])?;
    if hunt.write {
        let update = || -> Result<(), String> {
            let text = document::read(root)?;
            let mut table = read(&text)?;
            table.extend(measured);
            document::write(root, &with_table(&text, bugs, &table)?)
        };
        update().map_err(|why| vec![why])?;
    }
    Ok(())
}

/// A cell for each way, by the names of the bugs.
type Table = BTreeMap<String, Vec<String>>;

/// Hunts the bugs in every way.
fn measure(bugs: &[&Bug], hunt: &Hunt, root: &Path) -> Result<Table, String> {
    let finds = hunt::find(bugs, &Way::ALL, hunt, root, |_, _| Ok(()))?;
    let row = |(index, bug): (usize, &&Bug)| {
        let cell = |way| cell(finds.get(&(index, way)).map_or(&[], Vec::as_slice), hunt);
        (bug.name.clone(), Way::ALL.map(cell).to_vec())
    };
    Ok(bugs.iter().enumerate().map(row).collect())
}

/// The median of a core's seconds over all starts; where most were in vain, how many were not.
fn cell(finds: &[Find], hunt: &Hunt) -> String {
    let mut times: Vec<u64> = finds.iter().map(|find| find.centiseconds).collect();
    times.sort_unstable();
    let middle = usize::try_from(hunt.starts / 2).unwrap_or(usize::MAX);
    match times.get(middle) {
        Some(time) => format!("{}.{:02}", time / 100, time % 100),
        None => format!("{} of {} in {}", finds.len(), hunt.starts, hunt.limit.as_secs()),
    }
}

/// What is wrong with the table: it must be what the runner would write.
pub(crate) fn check(bugs: &[Bug], root: &Path) -> Vec<String> {
    let written = document::read(root).and_then(|text| {
        let table = read(&text)?;
        Ok((with_table(&text, bugs, &table)? == text).then_some(()))
    });
    match written {
        Ok(Some(())) => Vec::new(),
        Ok(None) => vec![format!(
            "the table of ways in {DOCUMENT} is not what the runner writes: renew it with \
             cargo test --release --test bugs -- ways NAME --write"
        )],
        Err(why) => vec![why],
    }
}

fn read(text: &str) -> Result<Table, String> {
    let mut table = Table::new();
    for cells in rows(SECTION.read(text)?) {
        let [name, _, ways @ ..] = cells.as_slice() else {
            return Err(format!("{DOCUMENT}: a row has too few cells: {cells:?}"));
        };
        if ways.len() != Way::ALL.len() {
            return Err(format!("{DOCUMENT}: {name} has {} ways", ways.len()));
        }
        let ways = ways.iter().map(|&cell| cell.to_owned()).collect();
        table.insert(name.trim_matches('`').to_owned(), ways);
    }
    Ok(table)
}

fn with_table(text: &str, bugs: &[Bug], measured: &Table) -> Result<String, String> {
    let mut table = format!("| bug | difficulty | {} |\n", Way::ALL.map(Way::word).join(" | "));
    table.push_str(&format!("|{}\n", "---|".repeat(2 + Way::ALL.len())));
    for bug in bugs {
        let Some(cells) = measured.get(&bug.name) else { continue };
        table.push_str(&format!(
            "| `{}` | {} | {} |\n",
            bug.name,
            bug.difficulty,
            cells.join(" | ")
        ));
    }
    SECTION.replace(text, &table)
}
