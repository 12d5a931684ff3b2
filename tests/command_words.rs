//! The words of the command line: help, completions and manual pages as they were last looked at,
//! and what `vsr-sim.toml` says.
//!
//! `VSR_BLESS=1 cargo test --test command_words` writes them anew: look at the difference.

#![cfg(feature = "cli")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vsr-sim"))
        .args(words)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary was built")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

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
    let help = text(&run(Path::new("."), &["--help"]).stdout);
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
        let output = run(Path::new("."), words);
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        text(&output.stdout)
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
        let output = run(Path::new("."), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let told = text(&output.stdout);
        for word in ["report", "--max-failures", "--durability"] {
            assert!(told.contains(word.trim_start_matches('-')), "{shell} lacks {word}");
        }
        // Of the others the shells themselves would have to say whether they are right.
        if ["bash", "zsh", "fish"].contains(&shell) {
            texts.insert(format!("vsr-sim.{shell}"), told);
        }
    }
    compare("completions", &texts);
    assert_eq!(run(Path::new("."), &["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn the_schema_is_what_it_was_and_every_scenario_names_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("scenarios/schema.json");
    let output = run(Path::new("."), &["schema"]);
    assert_eq!(output.status.code(), Some(0));
    if is_blessed() {
        fs::write(&file, &output.stdout).expect("a file");
    }
    let known = fs::read_to_string(&file).expect("the schema");
    assert!(text(&output.stdout) == known, "it is not what it was; VSR_BLESS=1 writes it anew");
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
    let output = run(&folder, &["man", "pages"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder.join("pages")).expect("pages") {
        let entry = entry.expect("a page");
        let page = fs::read_to_string(entry.path()).expect("text");
        assert!(page.contains(".TH "), "{page}");
        texts.insert(entry.file_name().to_string_lossy().into_owned(), page);
    }
    assert!(texts.contains_key("vsr-sim.1") && texts.contains_key("vsr-sim-fuzz.1"));
    compare("man", &texts);
    let output = run(&folder, &["man", "/proc/nowhere"]);
    assert!(text(&output.stderr).starts_with("error: /proc/nowhere: "));
}

#[test]
fn a_word_that_is_nearly_one_is_told_which() {
    let output = run(Path::new("."), &["fuz"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("'fuzz'"), "{}", text(&output.stderr));
    let output = run(Path::new("."), &["fuzz", "--seed", "0..3"]);
    assert!(text(&output.stderr).contains("--seeds"), "{}", text(&output.stderr));
}

#[test]
fn a_file_says_what_is_wanted_and_the_command_line_says_it_again() {
    let folder = folder("config");
    let below = folder.join("some/folder");
    fs::create_dir_all(&below).expect("a folder");
    let write = |text: &str| fs::write(folder.join("vsr-sim.toml"), text).expect("a file");
    write("format = \"json\"\nquiet = true\n[fuzz]\nseeds = \"0..30\"\njobs = 1\n");
    let campaign = |words: &[&str]| {
        let output = run(&below, words);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
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
        let output = run(&folder, &["fuzz", "--seeds", "0..3"]);
        assert_eq!(output.status.code(), Some(2), "{config}");
        assert!(text(&output.stderr).contains(why), "{config}: {}", text(&output.stderr));
        let output = run(&folder, &["fuzz", "--seeds", "0..3", "--no-config"]);
        assert_eq!(output.status.code(), Some(0), "{config}");
    }
    // What is wrong with the words is not the file's fault.
    write("quiet = true");
    let output = run(&folder, &["fuzz", "--seeds", "x"]);
    assert!(!text(&output.stderr).contains("vsr-sim.toml"), "{}", text(&output.stderr));
}
