//! How soon each way of choosing faults finds each bug: a table that the runner writes.

use crate::commands::Hunt;
use crate::document::{self, PATH as DOCUMENT, Section, rows};
use crate::hunt::{self, Find, Hunted};
use crate::patch::{Bug, Difficulty};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use vsr::sim::scenario::Way;

const SECTION: Section =
    Section { begin: "<!-- ways: written by the runner -->", end: "<!-- end of ways -->" };

/// What a way came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Nobody has tried.
    #[default]
    Unknown,
    /// Most starts found nothing in so many seconds of a core.
    InVain(u64),
    /// The median of all starts in hundredths of a second and in seeds, and the slowest of them,
    /// where all found something.
    Found { median: u64, slowest: Option<u64>, seeds: u64 },
}

impl Cell {
    fn of(finds: &[Find], hunt: &Hunt) -> Self {
        let Some(find) = hunt::median(finds, hunt.starts) else {
            return Self::InVain(hunt.limit.as_secs());
        };
        let all_found = u64::try_from(finds.len()) == Ok(hunt.starts);
        let slowest = finds.iter().map(|find| find.centiseconds).max().filter(|_| all_found);
        Self::Found { median: find.centiseconds, slowest, seeds: find.seeds }
    }

    fn parse(text: &str) -> Option<Self> {
        if text == UNKNOWN {
            return Some(Self::Unknown);
        }
        if let Some(limit) = text.strip_prefix("> ") {
            return limit.parse().ok().map(Self::InVain);
        }
        let (times, seeds) = text.strip_suffix(')')?.split_once(" (")?;
        let (median, slowest) = times.split_once('–')?;
        let slowest = match slowest {
            ENDLESS => None,
            time => Some(centiseconds(time)?),
        };
        Some(Self::Found { median: centiseconds(median)?, slowest, seeds: seeds.parse().ok()? })
    }

    /// The median in hundredths of a second, where most starts found something.
    pub(crate) const fn median(self) -> Option<u64> {
        match self {
            Self::Found { median, .. } => Some(median),
            Self::Unknown | Self::InVain(_) => None,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unknown => f.write_str(UNKNOWN),
            Self::InVain(limit) => write!(f, "> {limit}"),
            Self::Found { median, slowest, seeds } => {
                let slowest = slowest.map_or_else(|| ENDLESS.to_owned(), seconds);
                write!(f, "{}–{slowest} ({seeds})", seconds(median))
            }
        }
    }
}

/// Hundredths of a second, as they are written.
pub(crate) fn seconds(centiseconds: u64) -> String {
    format!("{}.{:02}", centiseconds / 100, centiseconds % 100)
}

fn centiseconds(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.')?;
    Some(whole.parse::<u64>().ok()? * 100 + part.parse::<u64>().ok()?)
}

const UNKNOWN: &str = "–";
const ENDLESS: &str = "∞";

/// A cell for each way, by the names of the bugs.
pub(crate) type Table = BTreeMap<String, [Cell; Way::ALL.len()]>;

/// Writes what was measured of a bug; ways that were not tried keep what they had.
pub(crate) fn update(
    bugs: &[Bug],
    hunted: &Hunted<'_>,
    hunt: &Hunt,
    root: &Path,
) -> Result<(), String> {
    let text = document::read(root)?;
    let mut table = read(&text)?;
    let cells = table.entry(hunted.bug.name.clone()).or_default();
    for (way, cell) in Way::ALL.iter().zip(cells) {
        if hunt.ways.contains(way) {
            *cell = Cell::of(hunted.finds.get(way).map_or(&[], Vec::as_slice), hunt);
        }
    }
    document::write(root, &with_table(&text, bugs, &table)?)
}

/// The way that finds a bug soonest, and its median; nothing for one that is open.
pub(crate) fn soonest(table: &Table, bug: &Bug) -> Option<(Way, u64)> {
    let cells = table.get(&bug.name)?;
    let medians = Way::ALL.iter().zip(cells).filter_map(|(&way, cell)| Some((way, cell.median()?)));
    medians.min_by_key(|&(_, median)| median)
}

/// What is wrong with the table: it must be what the runner would write, and no bug be harder to
/// find than it is said to be.
pub(crate) fn check(bugs: &[Bug], root: &Path) -> Vec<String> {
    let read = document::read(root).and_then(|text| Ok((read(&text)?, text)));
    let (table, text) = match read {
        Ok(read) => read,
        Err(why) => return vec![why],
    };
    let mut failures = Vec::new();
    match with_table(&text, bugs, &table) {
        Ok(written) if written == text => {}
        Ok(_) => failures.push(format!(
            "the table of ways in {DOCUMENT} is not what the runner writes: renew it with \
             cargo test --release --test bugs -- hunt NAME --write"
        )),
        Err(why) => failures.push(why),
    }
    for bug in bugs {
        let Some(most) = within(bug.difficulty) else { continue };
        if soonest(&table, bug).is_none_or(|(_, median)| median > most) {
            let (name, rated) = (&bug.name, bug.difficulty);
            let most = seconds(most);
            failures.push(format!("{name} is rated {rated} and no way finds it within {most} s"));
        }
    }
    failures
}

/// Within how many hundredths of a second a bug that is rated so is found in some way.
const fn within(difficulty: Difficulty) -> Option<u64> {
    match difficulty {
        Difficulty::Easy => Some(500),
        Difficulty::Medium => Some(6_000),
        Difficulty::Hard => None,
    }
}

pub(crate) fn read(text: &str) -> Result<Table, String> {
    let section = SECTION.read(text)?;
    // By name: there may be more ways now than when it was written.
    let columns: Vec<Option<Way>> =
        document::head(section).iter().skip(2).map(|word| Way::parse(word)).collect();
    let mut table = Table::new();
    for cells in rows(section) {
        let [name, _, ways @ ..] = cells.as_slice() else {
            return Err(format!("{DOCUMENT}: a row has too few cells: {cells:?}"));
        };
        let mut row = [Cell::default(); Way::ALL.len()];
        for (column, text) in columns.iter().zip(ways) {
            let cell = Cell::parse(text);
            let cell = cell.ok_or_else(|| format!("{DOCUMENT}: {name}: what is {text:?}?"))?;
            for (way, place) in Way::ALL.iter().zip(&mut row) {
                if *column == Some(*way) {
                    *place = cell;
                }
            }
        }
        table.insert(name.trim_matches('`').to_owned(), row);
    }
    Ok(table)
}

fn with_table(text: &str, bugs: &[Bug], measured: &Table) -> Result<String, String> {
    let mut table = format!("| bug | difficulty | {} |\n", Way::ALL.map(Way::word).join(" | "));
    table.push_str(&format!("|{}\n", "---|".repeat(2 + Way::ALL.len())));
    for bug in bugs {
        let Some(cells) = measured.get(&bug.name) else { continue };
        let cells = cells.map(|cell| cell.to_string()).join(" | ");
        table.push_str(&format!("| `{}` | {} | {cells} |\n", bug.name, bug.difficulty));
    }
    SECTION.replace(text, &table)
}

/// A cell that is written is read again.
pub(crate) fn self_test() -> Vec<String> {
    let cells = [
        Cell::Unknown,
        Cell::InVain(60),
        Cell::Found { median: 91, slowest: Some(320), seeds: 374 },
        Cell::Found { median: 5_905, slowest: None, seeds: 1 },
    ];
    let wrong = cells.into_iter().filter(|cell| Cell::parse(&cell.to_string()) != Some(*cell));
    let mut failures: Vec<String> =
        wrong.map(|cell| format!("{cell} is not read as it is written")).collect();
    let no_cells = ["", "0.91", "0.91 (374)", "0.91–x (374)", "> soon"];
    let taken = no_cells.into_iter().filter(|text| Cell::parse(text).is_some());
    failures.extend(taken.map(|text| format!("{text:?} was taken for a cell")));
    failures
}
