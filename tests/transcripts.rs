//! Transcripts: conversations between replicas, one rule of the paper each, replayed and compared
//! with the text in `tests/transcripts/`.
//!
//! A line `# …` is a comment, and the first one states the rule; a line `> …` is a command, whose
//! words `transcripts/command.rs` explains; the lines below a command are what it made the
//! replicas do. `VSR_BLESS=1 cargo test --test transcripts` writes them anew: read what changed.

#[path = "transcripts/command.rs"]
mod command;
#[path = "transcripts/group.rs"]
mod group;

use command::Command;
use group::Group;
use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

#[test]
fn every_conversation_goes_as_its_transcript_says() {
    let is_blessing = is_blessing();
    let mut failures = Vec::new();
    for path in transcripts() {
        let name = name(&path);
        let golden = fs::read_to_string(&path).expect("a transcript is text");
        match replay_caught(&name, &golden) {
            Ok(text) if is_blessing => fs::write(&path, text).expect("a transcript is writable"),
            Ok(text) => failures.extend(difference(&name, &golden, &text)),
            Err(why) => failures.push(why),
        }
    }
    assert!(
        failures.is_empty(),
        "{} transcripts differ:\n\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn the_rules_have_their_transcripts() {
    assert!(transcripts().len() >= TRANSCRIPTS_MIN);
}

#[test]
fn a_changed_line_is_noticed_wherever_it_is() {
    for path in transcripts() {
        let golden = fs::read_to_string(&path).expect("a transcript is text");
        let told = replay(&name(&path), &golden).expect("its commands are commands");
        let count = golden.lines().count();
        for changed in (0..count).filter(|&index| is_output(golden.lines().nth(index))) {
            let mut lines: Vec<&str> = golden.lines().collect();
            lines[changed] = "r9 is now v9 normal";
            let other = lines.join("\n") + "\n";
            let why = difference("it", &other, &told).expect("a changed line is a difference");
            assert!(why.contains(&format!("it:{}:", changed + 1)), "line {}: {why}", changed + 1);
            lines.remove(changed);
            let shorter = lines.join("\n") + "\n";
            assert!(difference("it", &shorter, &told).is_some());
        }
    }
}

#[test]
fn what_is_no_command_is_named_by_its_place() {
    let check = |text: &str, expected: &str| {
        let why = replay("a.txt", text).expect_err("it is no command");
        assert_eq!(why, expected);
    };
    check("# A rule.\n> group 3\n> drink r0\n", "a.txt:3: not a command: \"drink r0\"");
    check("> group 3\n> deliver r1\n", "a.txt:2: no such message is in flight");
    check("> group 3\n> timer r1 heartbeat\n", "a.txt:2: that timer is not set");
    check("> crash r1\n", "a.txt:1: there is no group yet");
}

/// The text that the commands of a transcript give now, or the place of what is wrong with them.
fn replay(name: &str, golden: &str) -> Result<String, String> {
    let mut group = None;
    let mut text = String::new();
    for (line, number) in golden.lines().zip(1..) {
        let Some(words) = line.strip_prefix("> ") else {
            if !is_output(Some(line)) {
                text.push_str(line);
                text.push('\n');
            }
            continue;
        };
        let lines = obey(&mut group, words).map_err(|why| format!("{name}:{number}: {why}"))?;
        text.push_str(line);
        text.push('\n');
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok(text)
}

fn obey(group: &mut Option<Group>, words: &str) -> Result<Vec<String>, String> {
    match (Command::parse(words)?, group) {
        (Command::Group(settings, extras), group) => {
            *group = None;
            Ok(match Group::new(settings, extras) {
                Ok(new) => {
                    *group = Some(new);
                    Vec::new()
                }
                Err(why) => vec![format!("no group: {why}")],
            })
        }
        (_, None) => Err("there is no group yet".to_owned()),
        (command, Some(group)) => group.obey(command),
    }
}

/// As `replay`, but a replica's failed assertion is named by its transcript too.
fn replay_caught(name: &str, golden: &str) -> Result<String, String> {
    catch_unwind(AssertUnwindSafe(|| replay(name, golden)))
        .unwrap_or_else(|_| Err(format!("{name}: a replica panicked: see its message above")))
}

/// The first line where two texts differ, with what stands before it.
fn difference(name: &str, golden: &str, told: &str) -> Option<String> {
    let golden: Vec<&str> = golden.lines().collect();
    let told: Vec<&str> = told.lines().collect();
    let count = golden.len().max(told.len());
    let first = (0..count).find(|&index| golden.get(index) != told.get(index))?;
    let mut why = format!("{name}:{}: the conversation differs\n", first + 1);
    for line in &golden[first.saturating_sub(CONTEXT)..first.min(golden.len())] {
        let _ = writeln!(why, "    {line}");
    }
    for (sign, lines) in [('-', &golden), ('+', &told)] {
        let line = lines.get(first).unwrap_or(&"(the end)");
        let _ = writeln!(why, "  {sign} {line}");
    }
    let _ = writeln!(why, "  if it is right: {BLESS}=1 cargo test --test transcripts");
    Some(why)
}

/// Whether a line tells what replicas did; the others are written by hand.
fn is_output(line: Option<&str>) -> bool {
    line.is_some_and(|line| !line.is_empty() && !line.starts_with(['#', '>']))
}

/// The transcripts in the order of their names.
fn transcripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    format!("tests/transcripts/{file}")
}

#[expect(
    clippy::disallowed_methods,
    reason = "only whether the expected texts are written anew hangs on it, and no run"
)]
fn is_blessing() -> bool {
    std::env::var(BLESS).is_ok_and(|value| value == "1")
}

/// The variable that has the transcripts written anew.
const BLESS: &str = "VSR_BLESS";

/// How many lines before a difference are shown.
const CONTEXT: usize = 6;

/// Fewer than this, and the folder was not found or somebody emptied it.
const TRANSCRIPTS_MIN: usize = 20;
