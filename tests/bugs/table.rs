//! The table of planted bugs: written by the runner, read by people and by the checks.

use crate::document::{self, PATH as DOCUMENT, Section, rows};
use crate::hunt::Hunted;
use crate::patch::Bug;
use crate::story;
use crate::ways;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const SECTION: Section = Section {
    begin: "<!-- planted bugs: written by the runner -->",
    end: "<!-- end of planted bugs -->",
};

/// How many bugs there must be at least.
const BUGS_MIN: usize = 30;

/// What was measured for a bug beside how soon it is found: cells of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Measured {
    judges: String,
    story: String,
    shrunk: String,
    shown: String,
}

impl Measured {
    /// What a hunt came to; a story that is there already stays if there is no other.
    fn of(hunted: &Hunted<'_>, before: Option<&Self>) -> Self {
        let shown = match (&hunted.bug.shown_by, &hunted.shown) {
            (Some(file), Some(what)) => {
                let name = file.rsplit('/').next().unwrap_or(file);
                format!("[{what}](../{file} \"{name}\")")
            }
            _ => NONE.to_owned(),
        };
        let judges = match (hunted.judges().join(", "), before) {
            (judges, _) if !judges.is_empty() => judges,
            (_, Some(before)) => before.judges.clone(),
            (_, None) => NONE.to_owned(),
        };
        let (story, shrunk) = match (Self::story(hunted), before) {
            (Some(story), _) => story,
            (None, Some(before)) => (before.story.clone(), before.shrunk.clone()),
            (None, None) => (NONE.to_owned(), NONE.to_owned()),
        };
        Self { judges, story, shrunk, shown }
    }

    /// What is left of a find, and how long it took to get there.
    fn story(hunted: &Hunted<'_>) -> Option<(String, String)> {
        let Some(Ok(story)) = &hunted.story else { return None };
        let size = |(faults, operations): (u64, u64)| format!("{faults}, {operations}");
        let path = story::path(hunted.bug);
        let (before, after) = (size(story.before), size(story.after));
        let story_cell = format!("{before} → [{after}](../{})", path.display());
        Some((story_cell, ways::seconds(story.centiseconds)))
    }
}

/// Writes what was measured of a bug into the table; rows of others stay as they are.
pub(crate) fn update(bugs: &[Bug], hunted: &Hunted<'_>, root: &Path) -> Result<(), String> {
    let text = document::read(root)?;
    let mut measured = read(&text)?;
    let row = Measured::of(hunted, measured.get(&hunted.bug.name));
    measured.insert(hunted.bug.name.clone(), row);
    document::write(root, &with_table(&text, bugs, &measured)?)
}

/// What is wrong with the table: it must be what the runner would write.
pub(crate) fn check(bugs: &[Bug], root: &Path) -> Vec<String> {
    let read = document::read(root).and_then(|text| Ok((read(&text)?, ways::read(&text)?, text)));
    let (measured, soon, text) = match read {
        Ok(read) => read,
        Err(why) => return vec![why],
    };
    let mut failures = Vec::new();
    for bug in bugs {
        let Some(row) = measured.get(&bug.name) else {
            failures.push(format!(
                "{DOCUMENT} has no row for {0}: cargo test --release --test bugs -- hunt {0} \
                 --write",
                bug.name
            ));
            continue;
        };
        if ways::soonest(&soon, bug).is_none() && bug.tried.is_none() {
            failures.push(format!(
                "{} is open: its header wants a line \"Tried: …\" that says what was tried",
                bug.name
            ));
        }
        if bug.shown_by.is_some() == (row.shown == NONE) {
            failures.push(format!(
                "{DOCUMENT} does not say what {0}'s scenario shows: hunt it with --write",
                bug.name
            ));
        }
    }
    if bugs.len() < BUGS_MIN {
        failures.push(format!("{} planted bugs are fewer than {BUGS_MIN}", bugs.len()));
    }
    failures.extend(check_judges(&measured, root));
    match with_table(&text, bugs, &measured) {
        Ok(written) if written == text => {}
        Ok(_) => failures.push(format!(
            "the table in {DOCUMENT} is not what the runner writes: renew it with \
             cargo test --release --test bugs -- hunt NAME --write"
        )),
        Err(why) => failures.push(why),
    }
    failures
}

/// Each invariant of the group must be the one that finds some bug.
fn check_judges(measured: &BTreeMap<String, Measured>, root: &Path) -> Vec<String> {
    let Ok(folder) = fs::read_dir(root.join("src/sim/invariants")) else {
        return vec!["src/sim/invariants can't be read".to_owned()];
    };
    let names = folder.filter_map(|entry| {
        let name = entry.ok()?.file_name().to_string_lossy().into_owned();
        let name = name.strip_suffix(".rs")?.replace('_', "-");
        (!NO_JUDGES.contains(&name.as_str())).then_some(name)
    });
    let mut failures: Vec<String> = names
        .chain(OTHER_JUDGES.map(str::to_owned))
        .filter(|name| {
            !measured.values().any(|row| row.judges.split(", ").next() == Some(name.as_str()))
        })
        .map(|name| format!("{DOCUMENT}: no planted bug is found by {name} first"))
        .collect();
    failures.sort();
    failures
}

/// Files among the invariants that judge nothing.
const NO_JUDGES: [&str; 3] = ["mod", "canon", "glance"];

/// Who else judges a run. (Linearizability too; but as long as every answer comes from the log,
/// other judges see its violations first. `examples/quorum_register` is what it finds.)
const OTHER_JUDGES: [&str; 3] = ["liveness", "storm", "replica"];

fn read(text: &str) -> Result<BTreeMap<String, Measured>, String> {
    let mut measured = BTreeMap::new();
    for cells in rows(SECTION.read(text)?) {
        let [name, _, _, _, judges, story, shrunk, shown, ..] = cells.as_slice() else {
            return Err(format!("{DOCUMENT}: a row has too few cells: {cells:?}"));
        };
        let row = Measured {
            judges: (*judges).to_owned(),
            story: (*story).to_owned(),
            shrunk: (*shrunk).to_owned(),
            shown: (*shown).to_owned(),
        };
        measured.insert(name.trim_matches('`').to_owned(), row);
    }
    Ok(measured)
}

fn with_table(
    text: &str,
    bugs: &[Bug],
    measured: &BTreeMap<String, Measured>,
) -> Result<String, String> {
    let soon = ways::read(text)?;
    let mut table = String::from(HEAD);
    for bug in bugs {
        let Some(row) = measured.get(&bug.name) else { continue };
        let soonest = match ways::soonest(&soon, bug) {
            Some((way, median)) => format!("{}, {way}", ways::seconds(median)),
            None => OPEN.to_owned(),
        };
        table.push_str(&format!(
            "| `{}` | {} | {} | {soonest} | {} | {} | {} | {} | {} | {} |\n",
            bug.name,
            bug.difficulty,
            bug.violates,
            row.judges,
            row.story,
            row.shrunk,
            row.shown,
            bug.what,
            bug.source
        ));
    }
    let open: String = bugs
        .iter()
        .filter(|bug| measured.contains_key(&bug.name) && ways::soonest(&soon, bug).is_none())
        .filter_map(|bug| Some(format!("- `{}`: {}\n", bug.name, bug.tried.as_ref()?)))
        .collect();
    let open =
        if open.is_empty() { open } else { format!("\nOpen, and what was tried:\n\n{open}") };
    SECTION.replace(text, &format!("{table}{open}"))
}

/// No way finds it.
const OPEN: &str = "open";

/// There is nothing to say.
const NONE: &str = "–";

const HEAD: &str = "\
| bug | difficulty | violates | soonest | found by | story | shrunk in | shown by | what is wrong \
| seen in |
|---|---|---|---|---|---|---|---|---|---|
";

/// What is read must be what was written, and a table that somebody changed by hand is noticed.
pub(crate) fn self_test() -> Vec<String> {
    let row = Measured {
        judges: "agreement".to_owned(),
        story: "14, 120 → [1, 2](../tests/bugs/stories/a-bug.toml)".to_owned(),
        shrunk: "0.50".to_owned(),
        shown: "–".to_owned(),
    };
    let measured = BTreeMap::from([("a-bug".to_owned(), row.clone())]);
    let text = format!(
        "# Title\n\n{}\n\n{HEAD}| `a-bug` | easy | x | open | agreement | {} | 0.50 | – | y | \
         z |\n\n{}\n<!-- ways: written by the runner -->\n\n<!-- end of ways -->\n",
        SECTION.begin, row.story, SECTION.end
    );
    let mut failures = Vec::new();
    if read(&text).as_ref() != Ok(&measured) {
        failures.push("a table that was written is not read".to_owned());
    }
    if read("no table").is_ok() {
        failures.push("a document without a table was taken".to_owned());
    }
    let without = with_table(&text, &[], &measured);
    if without.as_ref().is_ok_and(|text| text.contains("a-bug")) {
        failures.push("a row without a patch stays".to_owned());
    }
    failures
}
