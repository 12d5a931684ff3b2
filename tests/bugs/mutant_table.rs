//! The table of mistakes in the simulator itself, and of who noticed them.

use crate::document::{self, PATH as DOCUMENT, Section, rows};
use crate::mutants::Mutant;
use std::collections::BTreeMap;
use std::path::Path;

const SECTION: Section = Section {
    begin: "<!-- mutants of the simulator: written by the runner -->",
    end: "<!-- end of mutants of the simulator -->",
};

/// Writes who noticed what; rows of other mutants stay as they are.
pub(crate) fn update(
    mutants: &[Mutant],
    noticed: &[(String, Vec<String>)],
    root: &Path,
) -> Result<(), String> {
    let text = document::read(root)?;
    let mut known = read(&text)?;
    known.extend(noticed.iter().map(|(name, by)| (name.clone(), shorten(by))));
    document::write(root, &with_table(&text, mutants, &known)?)
}

/// What is wrong with the table.
pub(crate) fn check(mutants: &[Mutant], root: &Path) -> Vec<String> {
    let known = document::read(root).and_then(|text| Ok((read(&text)?, text)));
    let (known, text) = match known {
        Ok(known) => known,
        Err(why) => return vec![why],
    };
    let missing = mutants.iter().filter(|mutant| !known.contains_key(&mutant.patch.name));
    let mut failures: Vec<String> = missing
        .map(|mutant| {
            let name = &mutant.patch.name;
            format!(
                "{DOCUMENT} has no row for {name}: cargo test --test bugs -- harness {name} --write"
            )
        })
        .collect();
    match with_table(&text, mutants, &known) {
        Ok(written) if written == text => {}
        Ok(_) => failures.push(format!(
            "the second table in {DOCUMENT} is not what the runner writes: renew it with \
             cargo test --test bugs -- harness NAME --write"
        )),
        Err(why) => failures.push(why),
    }
    failures
}

fn read(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut known = BTreeMap::new();
    for cells in rows(SECTION.read(text)?) {
        let [name, _, noticed, ..] = cells.as_slice() else {
            return Err(format!("{DOCUMENT}: a row has too few cells: {cells:?}"));
        };
        known.insert(name.trim_matches('`').to_owned(), (*noticed).to_owned());
    }
    Ok(known)
}

fn with_table(
    text: &str,
    mutants: &[Mutant],
    known: &BTreeMap<String, String>,
) -> Result<String, String> {
    let mut table = String::from(HEAD);
    for mutant in mutants {
        let Some(noticed) = known.get(&mutant.patch.name) else { continue };
        table.push_str(&format!(
            "| `{}` | {} | {noticed} | {} | {} |\n",
            mutant.patch.name,
            mutant.catcher.describe(),
            mutant.what,
            mutant.source
        ));
    }
    SECTION.replace(text, &table)
}

/// The first of those that noticed, and how many more there are.
fn shorten(noticed: &[String]) -> String {
    let first = noticed.first().map_or("", String::as_str).replace('_', " ");
    match noticed.len() {
        0 | 1 => first,
        count => format!("{first}, and {} more", count - 1),
    }
}

const HEAD: &str = "\
| mutant | caught by | namely | what is wrong | seen in |
|---|---|---|---|---|
";
