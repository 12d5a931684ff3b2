//! Rules for Rust files: who may name whom, how long things are, what never reaches main.

use super::scan::{Scan, Token, closing};
use super::tree::{File, Finding};
use super::{MAY_USE, Room};

/// A room names only the rooms of its row, whichever way it spells the path.
pub(crate) fn rooms(file: &File) -> Vec<Finding> {
    let Some(name) = room_name(&file.path) else {
        return Vec::new();
    };
    let Some(room) = room_of(name) else {
        return vec![Finding::new(file, 1, format!("no room `{name}`: give it a row in MAY_USE"))];
    };
    if room.is_binary() {
        return Vec::new();
    }
    let tokens = Scan::new(&file.text).tokens();
    let mut findings = Vec::new();
    for head in crate_heads(&file.path, &tokens) {
        let Token { text, line } = head.token;
        if room_of(text).is_none() && !head.is_macro {
            let advice = format!("`{text}` at the root of the crate hides its room: name the room");
            findings.push(Finding::new(file, *line, advice));
        } else if text != name && !head.is_macro && !room.rooms.contains(&text.as_str()) {
            let advice = format!("`{name}` may not name `{text}` (see MAY_USE in tests/tidy.rs)");
            findings.push(Finding::new(file, *line, advice));
        }
    }
    findings
}

/// A room uses only the crates of its row. What only tests depend on is open to all.
pub(crate) fn crates(file: &File, dependencies: &[String]) -> Vec<Finding> {
    let Some(room) = room_name(&file.path).and_then(room_of) else {
        return Vec::new();
    };
    if room.is_binary() {
        return Vec::new();
    }
    let tokens = Scan::new(&file.text).tokens();
    let is_foreign = |&index: &usize| {
        let name = tokens[index].text.as_str();
        dependencies.iter().any(|dependency| dependency == name)
            && !room.crates.contains(&name)
            && is_root(&tokens, index)
    };
    let advice = |index: usize| {
        let name = &tokens[index].text;
        let advice = format!("`{}` may not use the crate `{name}` (see MAY_USE)", room.name);
        Finding::new(file, tokens[index].line, advice)
    };
    (0..tokens.len()).filter(is_foreign).map(advice).collect()
}

/// A run is a function of its scenario: its rooms reach for no clock, thread, file or hash order.
pub(crate) fn determinism(file: &File) -> Vec<Finding> {
    let Some(room) = room_name(&file.path).and_then(room_of) else {
        return Vec::new();
    };
    if !room.is_deterministic {
        return Vec::new();
    }
    let tokens = Scan::new(&file.text).tokens();
    let mut findings = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if UNREPEATABLE_NAMES.contains(&token.text.as_str()) {
            let advice =
                format!("`{}` differs from run to run: not in `{}`", token.text, room.name);
            findings.push(Finding::new(file, token.line, advice));
        }
        if matches!(token.text.as_str(), "std" | "core") && is_root(&tokens, index) {
            let outside = heads(&tokens, index + 2)
                .into_iter()
                .filter(|head| UNREPEATABLE_MODULES.contains(&head.token.text.as_str()));
            findings.extend(outside.map(|head| {
                let advice = format!("`std::{}` is outside of a run: pass it in", head.token.text);
                Finding::new(file, head.token.line, advice)
            }));
        }
    }
    findings
}

/// A file opens with what lives in it.
pub(crate) fn opening(file: &File) -> Vec<Finding> {
    if file.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![Finding::new(file, 1, "open the file with `//!`: one sentence on what lives here")]
}

/// Lines fit beside each other on a screen.
pub(crate) fn line_lengths(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    let columns = lines.map(|(index, line)| (index + 1, line.chars().count()));
    let long = columns.filter(|&(_, columns)| columns > COLUMNS_MAX);
    let advice = |(line, columns): (usize, usize)| {
        Finding::new(file, line, format!("{columns} columns: break the line at {COLUMNS_MAX}"))
    };
    long.map(advice).collect()
}

/// A function fits in the head.
pub(crate) fn function_lengths(file: &File) -> Vec<Finding> {
    let tokens = Scan::new(&file.text).tokens();
    let mut findings = Vec::new();
    for (index, pair) in tokens.windows(2).enumerate() {
        if pair[0].text != "fn" || pair[1].text == "(" {
            continue;
        }
        let lines = lines_of_body(&tokens, index);
        if lines > FUNCTION_LINES_MAX {
            let name = &pair[1].text;
            let advice =
                format!("`{name}` has {lines} lines of code: at most {FUNCTION_LINES_MAX}");
            findings.push(Finding::new(file, pair[0].line, advice));
        }
    }
    findings
}

/// What is unfinished says so to everyone, or does not get here.
pub(crate) fn leftovers(file: &File) -> Vec<Finding> {
    let scan = Scan::new(&file.text);
    let tokens = scan.tokens();
    let mut findings = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map_or("", |next| next.text.as_str());
        let name = token.text.as_str();
        if matches!(name, "todo" | "unimplemented" | "dbg") && next == "!" {
            findings.push(Finding::new(file, token.line, format!("`{name}!` is not for main")));
        }
        let is_attribute = index >= 2 && tokens[index - 1].text == "[";
        if name == "ignore" && is_attribute && tokens[index - 2].text == "#" {
            let advice = "a test that is not run proves nothing: mend it or remove it";
            findings.push(Finding::new(file, token.line, advice));
        }
    }
    for (index, line) in scan.comments.lines().enumerate() {
        if line.contains(FIX_ME) {
            findings.push(Finding::new(file, index + 1, "mend it, or say what is missing"));
        }
        let note = line.split_once(TO_DO).map(|(_, note)| note);
        if note.is_some_and(|note| note.starts_with('(') || note.contains('@') || has_date(note)) {
            let advice = "name no one and no date: say what is missing and what happens meanwhile";
            findings.push(Finding::new(file, index + 1, advice));
        }
    }
    findings
}

/// A name says what a file holds; these say that nobody knew.
pub(crate) fn names(path: &str) -> Vec<Finding> {
    let vague = |part: &str| VAGUE_NAMES.contains(&part.split('.').next().unwrap_or(part));
    if !path.ends_with(".rs") || !path.split('/').any(vague) {
        return Vec::new();
    }
    let advice = "a drawer of odds and ends: name the file for the idea that it holds";
    vec![Finding::new(&File::new(path, ""), 1, advice)]
}

/// The names in `Deviation (name):`, with their lines.
pub(crate) fn deviations(file: &File) -> Vec<(usize, String)> {
    let scan = Scan::new(&file.text);
    let marked = |(index, line): (usize, &str)| {
        let (_, rest) = line.split_once("Deviation (")?;
        let (name, _) = rest.split_once("):")?;
        Some((index + 1, name.to_owned()))
    };
    scan.comments.lines().enumerate().filter_map(marked).collect()
}

/// A deviation without a name cannot be looked up.
pub(crate) fn nameless_deviations(file: &File) -> Vec<Finding> {
    let scan = Scan::new(&file.text);
    let lines = scan.comments.lines().enumerate();
    let is_nameless = |line: &str| {
        line.contains("Deviation:") || line.contains("Deviation (") && !line.contains("):")
    };
    let nameless = lines.filter(|&(_, line)| is_nameless(line));
    let advice = "write `Deviation (name):` on one line, with a row in docs/protocol.md";
    nameless.map(|(index, _)| Finding::new(file, index + 1, advice)).collect()
}

/// The first name of a path after its root.
struct Head<'a> {
    token: &'a Token,
    is_macro: bool,
}

/// What a file names right below the root of the crate: by `crate::`, by the crate's own name, or
/// by as many `super::` as lead there.
fn crate_heads<'a>(path: &str, tokens: &'a [Token]) -> Vec<Head<'a>> {
    let mut found = Vec::new();
    // Whether each open brace belongs to a `mod`: those add a level for `super`.
    let mut braces: Vec<bool> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" => braces.push(index >= 2 && tokens[index - 2].text == "mod"),
            "}" => {
                braces.pop();
            }
            "crate" | "vsr" if is_root(tokens, index) => found.extend(heads(tokens, index + 2)),
            "super" if is_root(tokens, index) => {
                let rest = tokens[index..].chunks(2);
                let supers = rest.take_while(|pair| pair[0].text == "super").count();
                let levels = module_depth(path) + braces.iter().filter(|&&is_mod| is_mod).count();
                if supers >= levels {
                    found.extend(heads(tokens, index + 2 * supers));
                }
            }
            _ => {}
        }
    }
    found
}

/// The names that a path can go on with at `start`: one, or those of a group in braces.
fn heads(tokens: &[Token], start: usize) -> Vec<Head<'_>> {
    let head = |index: usize| {
        let is_macro = tokens.get(index + 1).is_some_and(|next| next.text == "!");
        tokens.get(index).map(|token| Head { token, is_macro })
    };
    if tokens.get(start).is_none_or(|token| token.text != "{") {
        return head(start).into_iter().collect();
    }
    let end = closing(tokens, start);
    let mut found = Vec::new();
    let mut index = start + 1;
    while index < end {
        found.extend(head(index));
        while index < end && tokens[index].text != "," {
            index = if tokens[index].text == "{" { closing(tokens, index) } else { index + 1 };
        }
        index += 1;
    }
    found
}

/// Whether a path starts here: a name with a path after it, or one that is imported whole.
fn is_root(tokens: &[Token], index: usize) -> bool {
    let text = |index: usize| tokens.get(index).map_or("", |token| token.text.as_str());
    let before = if index == 0 { "" } else { text(index - 1) };
    let is_imported = matches!(before, "use" | "crate") && matches!(text(index + 1), ";" | "as");
    let is_continued = before == "::" && index >= 2 && ends_a_path(text(index - 2));
    is_imported || text(index + 1) == "::" && before != "." && !is_continued
}

/// Whether `::` after this goes on with a path, and does not start one at the list of crates.
fn ends_a_path(text: &str) -> bool {
    let is_keyword = matches!(text, "use" | "return" | "in" | "as" | "mut" | "dyn" | "impl");
    let is_word = text.chars().all(|c| c.is_alphanumeric() || c == '_');
    text == ">" || is_word && !is_keyword
}

/// How many distinct lines hold code between the braces of the function at `start`.
fn lines_of_body(tokens: &[Token], start: usize) -> usize {
    let mut open = start;
    while open < tokens.len() && !matches!(tokens[open].text.as_str(), "{" | ";") {
        let is_bracket = matches!(tokens[open].text.as_str(), "(" | "[");
        open = if is_bracket { closing(tokens, open) + 1 } else { open + 1 };
    }
    if tokens.get(open).is_none_or(|token| token.text != "{") {
        return 0;
    }
    let mut lines: Vec<usize> =
        tokens[open + 1..closing(tokens, open)].iter().map(|token| token.line).collect();
    lines.dedup();
    lines.len()
}

/// The room of a file: the first part of its path below `src`. The crate's root has none.
fn room_name(path: &str) -> Option<&str> {
    let below = path.strip_prefix("src/")?;
    let name = below.split('/').next()?.trim_end_matches(".rs");
    (name != "lib").then_some(name)
}

fn room_of(name: &str) -> Option<&'static Room> {
    MAY_USE.iter().find(|room| room.name == name)
}

/// How many modules a file is below the root of the crate.
fn module_depth(path: &str) -> usize {
    let below = path.trim_start_matches("src/");
    below.split('/').filter(|part| *part != "mod.rs").count()
}

/// Whether a text has a year of this century in it, as every date does.
fn has_date(text: &str) -> bool {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers.any(|number| number.len() == 4 && number.starts_with("20"))
}

const COLUMNS_MAX: usize = 100;
const FUNCTION_LINES_MAX: usize = 70;
const TO_DO: &str = "TODO";
const FIX_ME: &str = "FIXME";

/// Names of things that no two runs agree on.
const UNREPEATABLE_NAMES: [&str; 9] = [
    "HashMap",
    "HashSet",
    "RandomState",
    "DefaultHasher",
    "Instant",
    "SystemTime",
    "thread_rng",
    "StdRng",
    "SmallRng",
];

/// Modules of the standard library that reach outside of a run.
const UNREPEATABLE_MODULES: [&str; 6] = ["env", "fs", "net", "os", "process", "thread"];

/// Names that say nothing.
const VAGUE_NAMES: [&str; 6] = ["util", "utils", "common", "helper", "helpers", "misc"];

#[cfg(test)]
mod tests {
    use super::super::tree::assert_found;
    use super::*;

    fn sim(text: &str) -> File {
        File::new("src/sim/queue.rs", text)
    }

    #[test]
    fn a_room_outside_of_the_row_is_found_in_every_spelling() {
        let file = |text: &str| File::new("src/checker/history.rs", text);
        for text in [
            "use crate::sim::Scenario;",
            "use vsr::sim::Scenario;",
            "use crate::{checker::History, sim};",
            "use crate::{checker::{History, Model}, sim::{Scenario}};",
            "use super::super::sim::Scenario;",
            "fn f(_: &crate::sim::Scenario) {}",
            "mod tests { use super::super::super::sim; }",
            "use crate::*;",
            "use crate::Replica;",
        ] {
            assert_found(&rooms(&file(text)), &[1]);
        }
        assert_found(&rooms(&File::new("src/checker/mod.rs", "\nuse super::sim;")), &[2]);
    }

    #[test]
    fn a_room_of_the_row_is_no_finding() {
        let text = "use crate::{protocol::{Replica, log}, checker};\nuse crate::sim::queue;\n\
                    pub(crate) struct A; pub(in crate::sim) struct B; // crate::report\n\
                    use super::report; mod tests { use super::super::report; }\n\
                    fn f() { crate::mark!(\"crate::net\"); }";
        assert_found(&rooms(&sim(text)), &[]);
        assert_found(&rooms(&File::new("src/bin/vsr-sim/main.rs", "use vsr::sim::a;")), &[]);
        assert_found(&rooms(&File::new("src/lib.rs", "pub use crate::sim::a;")), &[]);
    }

    #[test]
    fn a_room_without_a_row_is_found() {
        assert_found(&rooms(&File::new("src/attic/mod.rs", "")), &[1]);
        assert_found(&rooms(&File::new("src/attic.rs", "")), &[1]);
    }

    #[test]
    fn a_crate_outside_of_the_row_is_found_in_every_spelling() {
        let dependencies = ["serde".to_owned(), "rand_chacha".to_owned()];
        let file = |text: &str| File::new("src/checker/mod.rs", text);
        for text in [
            "use serde::Serialize;",
            "use ::serde::Serialize;",
            "use serde;",
            "use serde as s;",
            "extern crate serde;",
            "use {serde::Serialize, std::fmt};",
            "#[derive(serde::Serialize)] struct A;",
            "fn f() -> rand_chacha::ChaCha8Rng {}",
        ] {
            assert_found(&crates(&file(text), &dependencies), &[1]);
        }
        let text = "use super::serde::A; // serde::B\nlet serde = self.serde; \"serde::C\";";
        assert_found(&crates(&file(text), &dependencies), &[]);
        assert_found(&crates(&sim("use serde::A; use rand_chacha::B;"), &dependencies), &[]);
    }

    #[test]
    fn what_differs_from_run_to_run_is_found() {
        assert_found(&determinism(&sim("use std::collections::HashMap;")), &[1]);
        assert_found(&determinism(&sim("use std::{\nfmt,\nthread::{self}, fs};")), &[3, 3]);
        assert_found(&determinism(&sim("let a = std::env::var(\"A\");")), &[1]);
        let fine = "use std::time::Duration; // HashMap\n\"Instant\"; mod env; use super::fs;";
        assert_found(&determinism(&sim(fine)), &[]);
        assert_found(&determinism(&File::new("src/bin/a.rs", "std::time::Instant")), &[]);
    }

    #[test]
    fn a_file_without_an_opening_is_found() {
        assert_found(&opening(&sim("use std::fmt;\n//! Late.")), &[1]);
        assert_found(&opening(&sim("//! What lives here.")), &[]);
    }

    #[test]
    fn a_long_line_is_found_by_its_columns() {
        let wide = "é".repeat(COLUMNS_MAX);
        assert_found(&line_lengths(&sim(&wide)), &[]);
        assert_found(&line_lengths(&sim(&format!("\n{wide}e"))), &[2]);
    }

    #[test]
    fn a_long_function_is_found_and_comments_do_not_count() {
        let body = "a(\"}\", '}', &'a b);\n\n// {\n".repeat(FUNCTION_LINES_MAX);
        let long = format!("\nfn f(a: [u8; 2]) -> B {{\n{body}c();\n}}\nfn g() {{}}");
        let fits = format!("trait A {{ fn f(); }}\nfn g(h: fn() -> A) {{\n{body}}}");
        assert_found(&function_lengths(&sim(&long)), &[2]);
        assert_found(&function_lengths(&sim(&fits)), &[]);
    }

    #[test]
    fn leftovers_are_found() {
        let code = "todo!();\nunimplemented!();\ndbg!(a);\n#[ignore]\n#[ignore = \"slow\"]";
        assert_found(&leftovers(&sim(code)), &[1, 2, 3, 4, 5]);
        let notes =
            ["(ann): mend.", ": mend, @ann.", ": mend by 2031-01.", ": mend until it works."];
        let comments = notes.map(|note| format!("// {TO_DO}{note}\n")).concat();
        assert_found(&leftovers(&sim(&comments)), &[1, 2, 3]);
        assert_found(&leftovers(&sim(&format!("\n/* {FIX_ME} */"))), &[2]);
        assert_found(&leftovers(&sim("let a = \"dbg!(a)\"; fn ignore() {} // dbg!()")), &[]);
    }

    #[test]
    fn a_name_that_says_nothing_is_found() {
        assert_found(&names("src/sim/util.rs"), &[1]);
        assert_found(&names("tests/common/mod.rs"), &[1]);
        assert_found(&names("src/sim/commons.rs"), &[]);
    }

    #[test]
    fn deviations_are_read_with_their_names() {
        let file =
            sim("//! Deviation (crash-vectors): why.\n// Deviation: why.\n\"Deviation (a):\"");
        assert_eq!(deviations(&file), [(1, "crash-vectors".to_owned())]);
        assert_found(&nameless_deviations(&file), &[2]);
    }
}
