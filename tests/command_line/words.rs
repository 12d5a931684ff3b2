//! The words of the command line: help, completions and manual pages as they were last looked at,
//! and what `vsr-sim.toml` says.
//!
//! `VSR_BLESS=1 cargo test --test command_line` writes them anew: look at the difference.

use super::program::{stderr, stdout, vsr_sim, vsr_sim_in};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder for one test.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("words").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the scratch folder can be written");
    path
}

#[expect(clippy::disallowed_methods, reason = "whether to write is asked for from outside")]
fn is_blessed() -> bool {
    std::env::var_os("VSR_BLESS").is_some()
}

/// Compares texts with the files of a folder of `tests/golden`, or writes them there.
fn compare(what: &str, texts: &BTreeMap<String, String>) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(what);
    if is_blessed() {
        let _ = fs::remove_dir_all(&golden);
        fs::create_dir_all(&golden).expect("a folder");
        for (name, text) in texts {
            fs::write(golden.join(name), text).expect("a file");
        }
    }
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for entry in fs::read_dir(&golden).expect("the golden files") {
        let entry = entry.expect("a file");
        let text = fs::read_to_string(entry.path()).expect("text");
        known.insert(entry.file_name().to_string_lossy().into_owned(), text);
    }
    let names = |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(texts), names(&known), "{what}");
    for (name, text) in texts {
        let differs = text.lines().zip(known[name].lines()).find(|(now, then)| now != then);
        assert!(
            *text == known[name],
            "{what}/{name} is not what it was: {differs:?}; VSR_BLESS=1 writes it anew"
        );
    }
}

/// The commands that help names.
fn commands() -> Vec<String> {
    let help = stdout(&vsr_sim(&["--help"]));
    let (_, rest) = help.split_once("Commands:\n").expect("commands");
    let lines = rest.lines().take_while(|line| !line.is_empty());
    // The first word of a line that is not the rest of one.
    lines
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

#[test]
fn help_is_what_it_was() {
    let mut texts = BTreeMap::new();
    let help = |words: &[&str]| {
        let output = vsr_sim(words);
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        stdout(&output)
    };
    texts.insert("vsr-sim.txt".to_owned(), help(&["--help"]));
    let commands = commands();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands.iter().filter(|command| *command != "help") {
        texts.insert(format!("{command}.txt"), help(&[command, "--help"]));
    }
    compare("help", &texts);
}

#[test]
fn completions_are_what_they_were() {
    let mut texts = BTreeMap::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = vsr_sim(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let told = stdout(&output);
        for word in ["report", "--max-failures", "--durability"] {
            assert!(told.contains(word.trim_start_matches('-')), "{shell} lacks {word}");
        }
        // Of the others the shells themselves would have to say whether they are right.
        if ["bash", "zsh", "fish"].contains(&shell) {
            texts.insert(format!("vsr-sim.{shell}"), told);
        }
    }
    compare("completions", &texts);
    assert_eq!(vsr_sim(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn the_schema_is_what_it_was_and_every_scenario_names_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("scenarios/schema.json");
    let output = vsr_sim(&["schema"]);
    assert_eq!(output.status.code(), Some(0));
    if is_blessed() {
        fs::write(&file, &output.stdout).expect("a file");
    }
    let known = fs::read_to_string(&file).expect("the schema");
    assert!(stdout(&output) == known, "it is not what it was; VSR_BLESS=1 writes it anew");
    let mut count = 0;
    for folder in fs::read_dir(root.join("scenarios")).expect("scenarios") {
        let folder = folder.expect("a folder").path();
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a file").path();
            let text = fs::read_to_string(&path).expect("text");
            let first = text.lines().next();
            assert_eq!(first, Some("#:schema ../schema.json"), "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

#[test]
fn manual_pages_are_what_they_were() {
    let folder = folder("man");
    let output = vsr_sim_in(&folder, &["man", "pages"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder.join("pages")).expect("pages") {
        let entry = entry.expect("a page");
        let page = fs::read_to_string(entry.path()).expect("text");
        assert!(page.contains(".TH "), "{page}");
        texts.insert(entry.file_name().to_string_lossy().into_owned(), page);
    }
    assert!(texts.contains_key("vsr-sim.1") && texts.contains_key("vsr-sim-fuzz.1"));
    compare("man", &texts);
    let output = vsr_sim_in(&folder, &["man", "/proc/nowhere"]);
    assert!(stderr(&output).starts_with("error: /proc/nowhere: "));
}

#[test]
fn a_word_that_is_nearly_one_is_told_which() {
    let output = vsr_sim(&["fuz"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("'fuzz'"), "{}", stderr(&output));
    let output = vsr_sim(&["fuzz", "--seed", "0..3"]);
    assert!(stderr(&output).contains("--seeds"), "{}", stderr(&output));
}

#[test]
fn a_file_says_what_is_wanted_and_the_command_line_says_it_again() {
    let folder = folder("config");
    let below = folder.join("some/folder");
    fs::create_dir_all(&below).expect("a folder");
    let write = |text: &str| fs::write(folder.join("vsr-sim.toml"), text).expect("a file");
    write("format = \"json\"\nquiet = true\n[fuzz]\nseeds = \"0..30\"\njobs = 1\n");
    let campaign = |words: &[&str]| {
        let output = vsr_sim_in(&below, words);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    };
    assert!(campaign(&["fuzz"]).contains("\"runs\":30"));
    assert!(
        campaign(&["fuzz", "--seeds", "0..20"]).contains("\"runs\":20"),
        "the last word counts"
    );
    assert!(campaign(&["fuzz", "--format", "text"]).contains("30 runs"));
    assert!(campaign(&["--seed", "7"]).contains("\"seed\":\"7\""), "a seed is no campaign");
    assert!(campaign(&["--no-config", "--seed", "7"]).starts_with("seed 7  pass"));

    for (config, why) in [
        ("quit = true", "vsr-sim.toml:1: quit is no option of vsr-sim"),
        ("\n[fuzz]\ntyme = \"3s\"", "vsr-sim.toml:3: tyme is no option of fuzz"),
        ("[fuzz]\njobs = \"many\"", "vsr-sim.toml: invalid value 'many' for '--jobs <JOBS>'"),
        ("way = ", "vsr-sim.toml:1: "),
    ] {
        write(config);
        let output = vsr_sim_in(&folder, &["fuzz", "--seeds", "0..3"]);
        assert_eq!(output.status.code(), Some(2), "{config}");
        assert!(stderr(&output).contains(why), "{config}: {}", stderr(&output));
        let output = vsr_sim_in(&folder, &["fuzz", "--seeds", "0..3", "--no-config"]);
        assert_eq!(output.status.code(), Some(0), "{config}");
    }
    // What is wrong with the words is not the file's fault.
    write("quiet = true");
    let output = vsr_sim_in(&folder, &["fuzz", "--seeds", "x"]);
    assert!(!stderr(&output).contains("vsr-sim.toml"), "{}", stderr(&output));
}
