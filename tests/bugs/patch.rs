//! A planted bug: a patch whose header says what the mistake is.
//!
//! The header is what stands before the first `diff --git`: a line each for `Bug`, `Source`,
//! `Violates` and `Difficulty`; `Durability: disk` where groups must have disks, `Shown-by` where a
//! scenario file shows it without any search, `Explore` with the words by which an exploration
//! finds it, and `Tried` where a hard one has not been found by seeds yet.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// Where the patches lie, from the root.
pub(crate) const FOLDER: &str = "tests/bugs";

/// A patch and what its header says.
#[derive(Clone, Debug)]
pub(crate) struct Patch {
    /// Its file name without the ending.
    pub(crate) name: String,
    /// The whole file.
    pub(crate) text: String,
    fields: BTreeMap<String, String>,
}

impl Patch {
    /// The patches of a folder, whose headers may have these keys, in the order of their names.
    pub(crate) fn all(folder: &Path, known: &[&str]) -> Result<Vec<Self>, Vec<String>> {
        let unreadable = |why: std::io::Error| vec![format!("{}: {why}", folder.display())];
        let mut patches = Vec::new();
        let mut failures = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_none_or(|extension| extension != "patch") {
                continue;
            }
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).map_err(unreadable)?;
            match Self::parse(name, text, known) {
                Ok(patch) => patches.push(patch),
                Err(why) => failures.push(format!("{}: {why}", path.display())),
            }
        }
        patches.sort_by(|a, b| a.name.cmp(&b.name));
        if failures.is_empty() { Ok(patches) } else { Err(failures) }
    }

    pub(crate) fn parse(name: String, text: String, known: &[&str]) -> Result<Self, String> {
        let (header, _) = text.split_once("\ndiff --git ").ok_or("there is no diff in it")?;
        let mut fields = BTreeMap::new();
        for line in header.lines().filter(|line| !line.is_empty()) {
            match line.split_once(": ") {
                Some((key, value)) if known.contains(&key) && !value.trim().is_empty() => {
                    fields.insert(key.to_owned(), value.trim().to_owned());
                }
                _ => return Err(format!("its header has a line {line:?}; known are {known:?}")),
            }
        }
        Ok(Self { name, text, fields })
    }

    /// What the header says under a key, if it says anything.
    pub(crate) fn field(&self, key: &str) -> Option<String> {
        self.fields.get(key).cloned()
    }

    /// What the header says under a key that it must have.
    pub(crate) fn wanted(&self, key: &str) -> Result<String, String> {
        self.field(key).ok_or_else(|| {
            format!("{}: its header lacks a line \"{key}: …\" before the diff", self.name)
        })
    }
}

/// A mistake that somebody could make.
#[derive(Clone, Debug)]
pub(crate) struct Bug {
    /// The patch's file name without its ending.
    pub(crate) name: String,
    /// What is wrong.
    pub(crate) what: String,
    /// Where it was seen.
    pub(crate) source: String,
    /// The property that it violates.
    pub(crate) violates: String,
    pub(crate) difficulty: Difficulty,
    /// The scenario file that must not end as expected with the bug in place.
    pub(crate) shown_by: Option<String>,
    /// The words for `vsr-sim explore` by which it is found, if it is.
    pub(crate) explore: Option<String>,
    /// What was tried in vain.
    pub(crate) tried: Option<String>,
    /// Whether the groups that are hunted have disks: `memory` or `disk`.
    pub(crate) durability: String,
    pub(crate) patch: Patch,
}

/// How hard it is to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Difficulty {
    Easy,
    Medium,
    Hard,
}

const KEYS: [&str; 8] =
    ["Bug", "Source", "Violates", "Difficulty", "Durability", "Shown-by", "Explore", "Tried"];

impl Bug {
    /// All bugs of a folder, by difficulty and name.
    pub(crate) fn all(folder: &Path) -> Result<Vec<Self>, Vec<String>> {
        let (mut bugs, mut failures) = (Vec::new(), Vec::new());
        for patch in Patch::all(folder, &KEYS)? {
            match Self::read(patch) {
                Ok(bug) => bugs.push(bug),
                Err(why) => failures.push(why),
            }
        }
        bugs.sort_by(|a, b| (a.difficulty, &a.name).cmp(&(b.difficulty, &b.name)));
        if failures.is_empty() { Ok(bugs) } else { Err(failures) }
    }

    fn read(patch: Patch) -> Result<Self, String> {
        let difficulty = match patch.wanted("Difficulty")?.as_str() {
            "easy" => Difficulty::Easy,
            "medium" => Difficulty::Medium,
            "hard" => Difficulty::Hard,
            other => {
                let name = &patch.name;
                return Err(format!("{name}: difficulty is easy, medium or hard, not {other:?}"));
            }
        };
        Ok(Self {
            name: patch.name.clone(),
            what: patch.wanted("Bug")?,
            source: patch.wanted("Source")?,
            violates: patch.wanted("Violates")?,
            difficulty,
            shown_by: patch.field("Shown-by"),
            explore: patch.field("Explore"),
            tried: patch.field("Tried"),
            durability: patch.field("Durability").unwrap_or_else(|| "memory".to_owned()),
            patch,
        })
    }
}

impl fmt::Display for Difficulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
        })
    }
}

/// Headers that are incomplete must be told, by what they lack.
pub(crate) fn self_test() -> Vec<String> {
    let whole = "Bug: b\nSource: s\nViolates: v\nDifficulty: easy\n\ndiff --git a/x b/x\n";
    let mut failures = Vec::new();
    let parse = |text| Patch::parse("it".to_owned(), text, &KEYS).and_then(Bug::read);
    let mut expect = |text: String, expected: &str| match parse(text) {
        Ok(_) => failures.push(format!("a header was taken that should say: {expected}")),
        Err(why) if why.contains(expected) => {}
        Err(why) => failures.push(format!("expected {expected:?}, was told {why:?}")),
    };
    for key in ["Bug", "Source", "Violates", "Difficulty"] {
        let without: String =
            whole.lines().filter(|line| !line.starts_with(key)).map(|l| format!("{l}\n")).collect();
        expect(without, &format!("\"{key}: …\""));
    }
    expect(whole.replace("easy", "trivial"), "not \"trivial\"");
    expect(whole.replace("Source", "Sauce"), "Sauce");
    expect("Bug: b\n".to_owned(), "no diff");
    failures
}
