//! The guide is true: what it shows of a file stands there, its scenarios are run, and its commands
//! are run by CI or say why not.

#![cfg(feature = "sim")]

use std::fs;
use std::path::Path;
use vsr::sim::{Scenario, run};

/// A fenced block, with what stands before it.
struct Block {
    /// Where it is.
    place: String,
    /// The comment in the line before it, without its marks.
    comment: Option<String>,
    language: String,
    text: String,
}

fn blocks() -> Vec<Block> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide/src");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the guide")
        .map(|entry| entry.expect("a chapter").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    let mut blocks = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("text");
        let mut lines = (1..).zip(text.lines());
        let mut before = "";
        while let Some((number, line)) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                let body: Vec<&str> = lines
                    .by_ref()
                    .map(|(_, line)| line)
                    .take_while(|line| *line != "```")
                    .collect();
                let comment = before.strip_prefix("<!-- ").and_then(|it| it.strip_suffix(" -->"));
                blocks.push(Block {
                    place: format!("{}:{number}", file.file_name().unwrap_or_default().display()),
                    comment: comment.map(str::to_owned),
                    language: language.to_owned(),
                    text: body.join("\n"),
                });
            }
            before = line;
        }
    }
    assert!(blocks.len() > 20);
    blocks
}

#[test]
fn what_is_shown_of_a_file_stands_there() {
    for block in blocks().iter().filter(|block| block.language == "rust") {
        let comment = block.comment.as_deref().unwrap_or_default();
        let file = comment.strip_prefix("from: ").unwrap_or_else(|| {
            panic!("{}: a line <!-- from: FILE --> says where this is from", block.place)
        });
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
        let text = text.unwrap_or_else(|why| panic!("{}: {file}: {why}", block.place));
        assert!(text.contains(&block.text), "{}: {file} has no such lines", block.place);
    }
}

#[test]
fn a_command_is_run_or_says_why_not() {
    for block in blocks().iter().filter(|block| block.language == "sh") {
        let comment = block.comment.as_deref().unwrap_or_default();
        assert!(comment == "ci" || comment.starts_with("not run: "), "{}", block.place);
    }
}

#[test]
fn scenarios_come_out_as_they_say() {
    let blocks = blocks();
    let is_shown =
        |line: &str| blocks.iter().any(|block| block.language == "text" && block.text == line);
    for block in blocks.iter().filter(|block| block.language == "toml") {
        let parsed = Scenario::parse(&block.text);
        match block.comment.as_deref() {
            Some("scenario") => {
                let scenario = parsed.unwrap_or_else(|why| panic!("{}: {why}", block.place));
                let unmet = run(&scenario).unmet(&scenario.expect);
                assert_eq!(unmet, None, "{}", block.place);
            }
            Some("scenario: wrong") => {
                let told = parsed.expect_err(&block.place).to_string();
                let first = told.lines().next().unwrap_or_default().to_owned();
                assert!(is_shown(&first), "{}: the guide does not show \"{first}\"", block.place);
            }
            Some(other) => panic!("{}: {other}?", block.place),
            // The configuration of the command line.
            None => assert!(block.text.contains("[fuzz]"), "{}", block.place),
        }
    }
}
