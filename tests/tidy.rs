//! The rules of the house that no compiler checks. Each rule is a test, and each scanner is tested
//! on text that breaks its rule, so that none can pass by being blind.

#[path = "tidy/prose.rs"]
mod prose;
#[path = "tidy/rust.rs"]
mod rust;
#[path = "tidy/scan.rs"]
mod scan;
#[path = "tidy/tree.rs"]
mod tree;

use std::collections::BTreeSet;

use tree::{File, Finding, Tree, report};

/// A room of the house: a module right below the root of the crate.
struct Room {
    /// The folder below `src`.
    name: &'static str,
    /// The other rooms that it may name.
    rooms: &'static [&'static str],
    /// The crates that it may use besides the standard library.
    crates: &'static [&'static str],
    /// Whether it is part of a run, and must do the same in every run of one scenario.
    is_deterministic: bool,
}

impl Room {
    /// The command line is outside of the library: it may name everything.
    fn is_binary(&self) -> bool {
        self.name == "bin"
    }
}

/// Who may name whom. A new module starts with its row here.
const MAY_USE: [Room; 9] = [
    Room {
        name: "protocol",
        rooms: &[],
        crates: &["bytes", "serde", "uuid"],
        is_deterministic: true,
    },
    Room {
        name: "storage",
        rooms: &["protocol"],
        crates: &["bytes", "crc32c", "uuid"],
        is_deterministic: true,
    },
    Room {
        name: "services",
        rooms: &["protocol"],
        crates: &["bytes", "postcard", "serde"],
        is_deterministic: true,
    },
    // It can judge any other system's history, so it knows nothing of ours.
    Room { name: "checker", rooms: &[], crates: &[], is_deterministic: true },
    Room {
        name: "sim",
        rooms: &["checker", "protocol", "services", "storage"],
        crates: &[
            "arbitrary",
            "bytes",
            "postcard",
            "rand",
            "rand_chacha",
            "schemars",
            "serde",
            "serde_json",
            "thiserror",
            "toml",
            "uuid",
        ],
        is_deterministic: true,
    },
    // Files that anybody may have written, for the checker.
    Room {
        name: "histories",
        rooms: &["checker"],
        crates: &["serde", "serde_json"],
        is_deterministic: true,
    },
    Room {
        name: "report",
        rooms: &["checker", "protocol", "services", "sim"],
        crates: &[
            "anstream",
            "anstyle",
            "base64",
            "bytes",
            "flate2",
            "serde",
            "serde_json",
            "thiserror",
        ],
        is_deterministic: false,
    },
    // The only room with real sockets, files, clocks and threads.
    Room {
        name: "net",
        rooms: &["protocol", "storage"],
        crates: &["bytes", "postcard", "serde", "thiserror"],
        is_deterministic: false,
    },
    Room { name: "bin", rooms: &[], crates: &[], is_deterministic: false },
];

#[test]
fn a_room_names_only_the_rooms_of_its_row() {
    report(&each(&sources(), rust::rooms));
}

#[test]
fn a_room_uses_only_the_crates_of_its_row() {
    let dependencies = prose::dependencies(&tree().file("Cargo.toml"));
    assert!(dependencies.iter().any(|name| name == "serde"), "{dependencies:?}");
    report(&each(&sources(), |file| rust::crates(file, &dependencies)));
}

#[test]
fn a_run_reaches_for_nothing_outside_of_its_scenario() {
    report(&each(&sources(), rust::determinism));
}

#[test]
fn a_row_of_the_table_names_only_rooms_that_have_a_row() {
    let named = MAY_USE.iter().flat_map(|room| room.rooms);
    let is_known = |name: &&&str| MAY_USE.iter().any(|room| room.name == **name);
    let unknown: Vec<&&str> = named.filter(|name| !is_known(name)).collect();
    assert!(unknown.is_empty(), "MAY_USE in tests/tidy.rs: no rows for {unknown:?}");
}

#[test]
fn a_file_opens_with_what_lives_in_it() {
    report(&each(&rust_files(), rust::opening));
}

#[test]
fn lines_fit_on_a_screen() {
    report(&each(&rust_files(), rust::line_lengths));
}

#[test]
fn functions_fit_in_the_head() {
    report(&each(&rust_files(), rust::function_lengths));
}

#[test]
fn nothing_unfinished_is_left_behind() {
    report(&each(&rust_files(), rust::leftovers));
}

#[test]
fn files_have_names_that_say_what_they_hold() {
    report(&tree().paths().flat_map(rust::names).collect::<Vec<_>>());
}

#[test]
fn documents_name_only_files_that_exist() {
    let tree = tree();
    report(&each(&documents(&tree), |file| prose::dead_paths(file, &tree)));
}

#[test]
fn links_lead_somewhere() {
    let tree = tree();
    report(&each(&documents(&tree), |file| prose::dead_links(file, &tree)));
}

#[test]
fn deviations_are_explained_in_the_code_and_in_the_document() {
    let document = tree().file("docs/protocol.md");
    let rows = prose::deviation_rows(&document);
    let sources = sources();
    let mut findings = each(&sources, rust::nameless_deviations);
    let mut in_code = BTreeSet::new();
    for file in &sources {
        for (line, name) in rust::deviations(file) {
            if !rows.iter().any(|(_, row)| *row == name) {
                let advice = format!("`{name}` has no row under Deviations in docs/protocol.md");
                findings.push(Finding::new(file, line, advice));
            }
            in_code.insert(name);
        }
    }
    let stale = rows.iter().filter(|(_, name)| !in_code.contains(name));
    findings.extend(stale.map(|(line, name)| {
        let advice = format!("no comment `Deviation ({name}):` in src/: write it or drop the row");
        Finding::new(&document, *line, advice)
    }));
    report(&findings);
    assert!(!in_code.is_empty(), "memory-only recovery alone needs a deviation: none was seen");
}

#[test]
fn sections_of_the_paper_have_their_code_and_their_proof() {
    let tree = tree();
    let document = tree.file("docs/protocol.md");
    let rows = prose::section_rows(&document);
    assert!(rows.len() >= 5, "docs/protocol.md: a table with a first column `Section` is wanted");
    let unproven = rows.iter().flat_map(|row| prose::unproven_section(&document, row, &tree));
    report(&unproven.collect::<Vec<_>>());
}

#[test]
fn scenarios_and_transcripts_open_with_the_rule_that_they_show() {
    let scenarios = tree().files("scenarios", ".toml");
    let transcripts = tree().files("tests/transcripts", ".txt");
    assert!(!scenarios.is_empty(), "no scenario was seen");
    assert!(!transcripts.is_empty(), "no transcript was seen");
    report(&each(&[scenarios, transcripts].concat(), prose::opening));
}

#[test]
fn dependencies_say_what_they_are_for() {
    report(&each(&tree().files("", "Cargo.toml"), prose::unexplained_dependencies));
}

fn tree() -> Tree {
    Tree::of_this_package()
}

/// Every Rust file of the package, tests and examples too.
fn rust_files() -> Vec<File> {
    let files = tree().files("", ".rs");
    assert!(files.len() >= FILES_MIN, "only {} Rust files were seen", files.len());
    files
}

/// The library and the command line.
fn sources() -> Vec<File> {
    let files: Vec<File> = rust_files().into_iter().filter(|file| file.is_in(&["src"])).collect();
    assert!(files.len() >= FILES_MIN, "only {} files of src/ were seen", files.len());
    files
}

/// The read-me and everything below `docs`.
fn documents(tree: &Tree) -> Vec<File> {
    let mut files = tree.files("docs", ".md");
    assert!(files.len() >= 2, "only {} files of docs/ were seen", files.len());
    files.push(tree.file("README.md"));
    files
}

fn each(files: &[File], rule: impl Fn(&File) -> Vec<Finding>) -> Vec<Finding> {
    files.iter().flat_map(rule).collect()
}

/// Fewer files than this, and a rule has not seen the repository.
const FILES_MIN: usize = 20;
