//! The table of planted bugs: written by the runner, read by people and by the checks.

use crate::document::{self, PATH as DOCUMENT, Section, rows};
use crate::hunt::Hunted;
use crate::patch::{Bug, Difficulty};
use crate::story;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const SECTION: Section = Section {
    begin: "<!-- planted bugs: written by the runner -->",
    end: "<!-- end of planted bugs -->",
};

/// How many bugs there must be at least.
const BUGS_MIN: usize = 30;

/// What was measured for a bug: the last cells of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Measured {
    seeds: String,
    seconds: String,
    judges: String,
    story: String,
    shrunk: String,
    shown: String,
}

impl Measured {
    fn of(hunted: &Hunted<'_>) -> Self {
        let judges = hunted.judges().join(", ");
        let shown = match (&hunted.bug.shown_by, &hunted.shown) {
            (Some(file), Some(what)) => {
                let name = file.rsplit('/').next().unwrap_or(file);
                format!("[{what}](../{file} \"{name}\")")
            }
            _ => "–".to_owned(),
        };
        let (story, shrunk) = Self::story(hunted);
        match (hunted.median(|find| find.seeds), hunted.median(|find| find.centiseconds)) {
            (Some(seeds), Some(time)) => Self {
                seeds: seeds.to_string(),
                seconds: format!("{}.{:02}", time / 100, time % 100),
                judges,
                story,
                shrunk,
                shown,
            },
            _ => Self {
                seeds: format!("{OPEN}, {} of {}", hunted.finds.len(), hunted.starts),
                seconds: "–".to_owned(),
                judges: if judges.is_empty() { "–".to_owned() } else { judges },
                story,
                shrunk,
                shown,
            },
        }
    }

    /// What is left of a find, and how long it took to get there.
    fn story(hunted: &Hunted<'_>) -> (String, String) {
        let Some(Ok(story)) = &hunted.story else {
            return ("–".to_owned(), "–".to_owned());
        };
        let size = |(faults, operations): (u64, u64)| format!("{faults}, {operations}");
        let path = story::path(hunted.bug);
        let (before, after) = (size(story.before), size(story.after));
        let time = story.centiseconds;
        (
            format!("{before} → [{after}](../{})", path.display()),
            format!("{}.{:02}", time / 100, time % 100),
        )
    }
}

/// Writes what was measured into the table; rows of other bugs stay as they are.
pub(crate) fn update(bugs: &[Bug], results: &[Hunted<'_>], root: &Path) -> Result<(), String> {
    let text = document::read(root)?;
    let mut measured = read(&text)?;
    for hunted in results {
        measured.insert(hunted.bug.name.clone(), Measured::of(hunted));
    }
    document::write(root, &with_table(&text, bugs, &measured)?)
}

/// What is wrong with the table: it must be what the runner would write.
pub(crate) fn check(bugs: &[Bug], root: &Path) -> Vec<String> {
    let read = document::read(root).and_then(|text| Ok((read(&text)?, text)));
    let (measured, text) = match read {
        Ok(read) => read,
        Err(why) => return vec![why],
    };
    let mut failures = Vec::new();
    for bug in bugs {
        match measured.get(&bug.name) {
            None => failures.push(format!(
                "{DOCUMENT} has no row for {0}: cargo test --release --test bugs -- hunt {0} \
                 --write",
                bug.name
            )),
            Some(row) if row.seeds.starts_with(OPEN) => match (bug.difficulty, &bug.tried) {
                (Difficulty::Easy | Difficulty::Medium, _) => {
                    failures.push(format!("{} is rated {} and open", bug.name, bug.difficulty));
                }
                (Difficulty::Hard, None) => failures.push(format!(
                    "{} is open: its header wants a line \"Tried: …\" that says what was tried",
                    bug.name
                )),
                (Difficulty::Hard, Some(_)) => {}
            },
            Some(row) if bug.shown_by.is_some() == (row.shown == "–") => failures.push(format!(
                "{DOCUMENT} does not say what {0}'s scenario shows: hunt it with --write",
                bug.name
            )),
            Some(_) => {}
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
        let [name, _, _, seeds, seconds, judges, story, shrunk, shown, ..] = cells.as_slice()
        else {
            return Err(format!("{DOCUMENT}: a row has too few cells: {cells:?}"));
        };
        let row = Measured {
            seeds: (*seeds).to_owned(),
            seconds: (*seconds).to_owned(),
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
    let mut table = String::from(HEAD);
    for bug in bugs {
        let Some(row) = measured.get(&bug.name) else { continue };
        table.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            bug.name,
            bug.difficulty,
            bug.violates,
            row.seeds,
            row.seconds,
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
        .filter(|bug| measured.get(&bug.name).is_some_and(|row| row.seeds.starts_with(OPEN)))
        .filter_map(|bug| Some(format!("- `{}`: {}\n", bug.name, bug.tried.as_ref()?)))
        .collect();
    let open =
        if open.is_empty() { open } else { format!("\nOpen, and what was tried:\n\n{open}") };
    SECTION.replace(text, &format!("{table}{open}"))
}

/// Says that a bug was not found by most starts.
const OPEN: &str = "open";

const HEAD: &str = "\
| bug | difficulty | violates | seeds | seconds | found by | story | shrunk in | shown by \
| what is wrong | seen in |
|---|---|---|---|---|---|---|---|---|---|---|
";

/// What is read must be what was written, and a table that somebody changed by hand is noticed.
pub(crate) fn self_test() -> Vec<String> {
    let row = Measured {
        seeds: "17".to_owned(),
        seconds: "0.02".to_owned(),
        judges: "agreement".to_owned(),
        story: "14, 120 → [1, 2](../tests/bugs/stories/a-bug.toml)".to_owned(),
        shrunk: "0.50".to_owned(),
        shown: "–".to_owned(),
    };
    let measured = BTreeMap::from([("a-bug".to_owned(), row.clone())]);
    let text = format!(
        "# Title\n\n{}\n\n{HEAD}| `a-bug` | easy | x | 17 | 0.02 | agreement | {} | 0.50 | – | \
         y | z |\n\n{}\n",
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
