//! Every scenario file comes out as it expects, in every run the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use vsr::sim::scenario::STORIES;
use vsr::sim::{Scenario, mark, run};

/// Fewer files than this, and the folder was not seen.
const FILES_MIN: usize = 15;

/// A scenario file.
struct File {
    /// Below the folder of the scenarios.
    name: String,
    text: String,
    scenario: Scenario,
}

#[test]
fn every_scenario_comes_out_as_expected_and_twice_the_same() {
    let mut wrong = Vec::new();
    for File { name, scenario, .. } in files() {
        let report = run(&scenario);
        if let Some(unmet) = report.unmet(&scenario.expect) {
            wrong.push(format!("{name}: {unmet}"));
            let details = report.violation.iter().flat_map(|violation| {
                let first = format!("  {} {}", violation.at, violation.message);
                let more = violation.details.iter().map(|line| format!("    {line}"));
                [first].into_iter().chain(more)
            });
            wrong.extend(details);
        }
        let again = run(&scenario).hash;
        if again != report.hash {
            let first = report.hash;
            wrong.push(format!("{name}: two runs differ: {first:016x}, {again:016x}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_a_scenario_prints_is_the_same_scenario_and_the_same_run() {
    for File { name, scenario, .. } in files() {
        let printed = scenario.to_string();
        let read = match Scenario::parse(&printed) {
            Ok(read) => read,
            Err(error) => panic!("{name} prints what can't be read:\n{error}\n\n{printed}"),
        };
        assert_eq!(read, scenario, "{name} is read as another scenario");
        assert_eq!(run(&read).hash, run(&scenario).hash, "{name}");
    }
}

/// What the way `stories` changes are these files.
#[test]
fn every_scenario_that_passes_is_a_story() {
    let passes = |file: &File| file.scenario.expect.violation.is_none() && !file.scenario.beyond;
    let mut wanted: Vec<(String, String)> = files()
        .into_iter()
        .filter(passes)
        .map(|file| (file.name.trim_end_matches(".toml").to_owned(), file.text))
        .collect();
    wanted.sort();
    let known = STORIES.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let names = |stories: &[(String, String)]| -> Vec<String> {
        stories.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&known), names(&wanted), "renew them in src/sim/scenario/ways/stories.rs");
    assert_eq!(known[..], wanted[..]);
}

#[test]
fn every_folder_holds_scenarios() {
    let root = root();
    let all = files();
    assert!(all.len() >= FILES_MIN, "only {} scenarios", all.len());
    let mut folders = 0;
    for entry in sorted_entries(&root) {
        if entry.ends_with("schema.json") {
            continue;
        }
        assert!(entry.is_dir(), "{} is in no folder", entry.display());
        folders += 1;
        let mut found = Vec::new();
        collect(&entry, &mut found);
        assert!(!found.is_empty(), "{} is empty", entry.display());
    }
    assert!(folders > 0);
}

#[test]
fn every_scenario_opens_with_its_story_and_says_what_must_come_out() {
    for File { name, text, .. } in files() {
        // Editors look for the schema in the first line.
        let lines = text.lines().skip_while(|line| line.starts_with("#:schema "));
        let story: Vec<&str> = lines.take_while(|line| line.starts_with("# ")).collect();
        assert!(!story.is_empty(), "{name} opens with no story");
        assert!(
            story.iter().any(|line| line.contains('§')),
            "{name} names no section of the paper"
        );
        assert!(text.contains("[expect]\nverdict = "), "{name}");
    }
}

#[test]
fn every_mark_is_expected_by_some_scenario() {
    let files = files();
    let expected: BTreeSet<&str> = files
        .iter()
        .flat_map(|file| file.scenario.expect.marks.iter())
        .map(String::as_str)
        .collect();
    let missing: Vec<&str> = mark::names().filter(|name| !expected.contains(name)).collect();
    assert!(missing.is_empty(), "no scenario expects {missing:?}");
}

/// All scenario files, in the order of their names.
fn files() -> Vec<File> {
    let root = root();
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap_or(&path);
            let name = name.display().to_string();
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) => panic!("{name}: {error}"),
            };
            match Scenario::parse(&text) {
                Ok(scenario) => File { name, text, scenario },
                Err(error) => panic!("{name}\n{error}"),
            }
        })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in sorted_entries(folder) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => panic!("{}: {error}", folder.display()),
    };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths
}
