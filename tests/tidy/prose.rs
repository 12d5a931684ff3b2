//! Rules for what is not Rust: documents, scenarios, transcripts and the manifest.

use super::tree::{File, Finding, Tree};

/// A row of a Markdown table: its line and its cells.
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) cells: Vec<String>,
}

/// A Markdown table under its heading.
pub(crate) struct Table {
    pub(crate) heading: String,
    pub(crate) header: Row,
    pub(crate) rows: Vec<Row>,
}

/// What a document calls a file of ours is one.
pub(crate) fn dead_paths(file: &File, tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in prose_lines(&file.text) {
        let dead = code_spans(text).filter(|span| is_dead_path(span, tree));
        findings.extend(dead.map(|span| {
            Finding::new(file, line, format!("no such file: `{span}`. Mend the path or the file"))
        }));
    }
    findings
}

/// A link leads somewhere.
pub(crate) fn dead_links(file: &File, tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, text) in prose_lines(&file.text) {
        for target in link_targets(text) {
            let is_outside = target.contains(':') || target.starts_with('#');
            if !is_outside && !tree.has(&joined(&file.path, &target)) {
                let advice = format!("the link to `{target}` leads nowhere: mend it");
                findings.push(Finding::new(file, line, advice));
            }
        }
    }
    findings
}

/// A scenario or transcript says first which rule it shows, but for what editors look for.
pub(crate) fn opening(file: &File) -> Vec<Finding> {
    let mut lines = file.text.lines().skip_while(|line| line.starts_with("#:schema "));
    let first = lines.next().unwrap_or_default();
    if first.strip_prefix("# ").is_some_and(|rest| !rest.trim().is_empty()) {
        return Vec::new();
    }
    vec![Finding::new(file, 1, "open the file with a line `# …`: the rule that it shows")]
}

/// A dependency says what it is for: a comment above it, or above the lines it stands with.
pub(crate) fn unexplained_dependencies(manifest: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut is_explained = false;
    for (line, text, name) in dependency_lines(&manifest.text) {
        match name {
            Some(name) if !is_explained && !text.contains(" # ") => {
                let advice = format!("say in a comment above it what `{name}` is for");
                findings.push(Finding::new(manifest, line, advice));
            }
            Some(_) => {}
            None if text.starts_with('#') => is_explained = true,
            None if text.is_empty() => is_explained = false,
            None => {}
        }
    }
    findings
}

/// The crates that the manifest's `[dependencies]` name, as Rust spells them.
pub(crate) fn dependencies(manifest: &File) -> Vec<String> {
    let section = manifest.text.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter_map(dependency_name);
    names.map(|name| name.replace('-', "_")).collect()
}

/// The names in the first column of the tables under a heading about deviations.
pub(crate) fn deviation_rows(file: &File) -> Vec<(usize, String)> {
    let all = tables(&file.text).into_iter();
    let about = all.filter(|table| table.heading.to_lowercase().contains("deviation"));
    let rows = about.flat_map(|table| table.rows);
    let name = |row: Row| {
        let cell = row.cells.first()?.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        Some((row.line, cell))
    };
    rows.filter_map(name).collect()
}

/// The rows of the tables whose first column is the paper's section.
pub(crate) fn section_rows(file: &File) -> Vec<Row> {
    let is_of_sections = |table: &Table| {
        let first = table.header.cells.first().map_or("", String::as_str);
        first == "§" || first.to_lowercase().starts_with("section")
    };
    tables(&file.text).into_iter().filter(is_of_sections).flat_map(|table| table.rows).collect()
}

/// A section of the paper has its code and its proof.
pub(crate) fn unproven_section(file: &File, row: &Row, tree: &Tree) -> Vec<Finding> {
    let text = row.cells.join(" ");
    let names = |folders: &[&str]| {
        code_spans(&text).any(|span| {
            let path = span.trim_end_matches('/');
            folders.iter().any(|folder| path.starts_with(folder)) && tree.has(path)
        })
    };
    let section = row.cells.first().map_or("", String::as_str);
    let mut findings = Vec::new();
    if !names(&["src/"]) {
        let advice = format!("{section}: name the file of src/ that holds it");
        findings.push(Finding::new(file, row.line, advice));
    }
    if !names(&["tests/transcripts/", "scenarios/"]) {
        let advice = format!("{section}: name a transcript or a scenario that shows it");
        findings.push(Finding::new(file, row.line, advice));
    }
    findings
}

/// The lines outside of fenced blocks, numbered from 1.
fn prose_lines(text: &str) -> Vec<(usize, &str)> {
    let mut is_fenced = false;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced ^= is_fence;
        if !is_fenced && !is_fence {
            lines.push((index + 1, line));
        }
    }
    lines
}

/// What stands between backticks in a line.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether a span looks like a path of ours and is none.
fn is_dead_path(span: &str, tree: &Tree) -> bool {
    let path = span.split("::").next().unwrap_or(span);
    let path = path.split('#').next().unwrap_or(path);
    let path = path.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches([':', '/']);
    let is_pattern = path.contains(|c: char| c.is_whitespace() || "<>*…{}$|=".contains(c));
    if is_pattern || tree.has(path) {
        return false;
    }
    let Some((folder, _)) = path.split_once('/') else {
        return is_file_name(path) && !tree.has_name(path);
    };
    FOLDERS.contains(&folder)
}

/// Whether a word names a file. `OUT.toml` stands for one, and `.toml` for many.
fn is_file_name(word: &str) -> bool {
    let Some((stem, ending)) = word.rsplit_once('.') else {
        return false;
    };
    let is_placeholder = stem.chars().all(|c| c.is_uppercase());
    ENDINGS.contains(&ending) && !is_placeholder
}

/// The targets of `[text](target)` and `[text]: target`, without their anchors and titles.
fn link_targets(line: &str) -> Vec<String> {
    let without_code: String = line.split('`').step_by(2).collect();
    let inline = without_code.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let is_definition = without_code.starts_with('[');
    let defined = without_code.split_once("]: ").map(|(_, target)| target);
    let bare = |target: &str| {
        let target = target.split_whitespace().next()?;
        let path = target.split('#').next().filter(|path| !path.is_empty())?;
        Some(path.trim_start_matches('<').trim_end_matches('>').to_owned())
    };
    inline.chain(defined.filter(|_| is_definition)).filter_map(bare).collect()
}

/// A path as seen from the folder of a file.
fn joined(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The lines of a manifest's sections of dependencies, each with the name that it defines.
fn dependency_lines(text: &str) -> Vec<(usize, &str, Option<&str>)> {
    let mut lines = Vec::new();
    let mut is_inside = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_inside = section.ends_with("dependencies");
            let table = section.split_once("dependencies.").map(|(_, name)| name);
            // Whatever came before, a new section starts without an explanation, unless the
            // section is one dependency and the comment stands above it.
            lines.push((index + 1, if table.is_some() { line } else { "" }, table));
        } else if is_inside {
            lines.push((index + 1, line, dependency_name(line)));
        } else if line.is_empty() || line.starts_with('#') {
            lines.push((index + 1, line, None));
        }
    }
    lines
}

fn dependency_name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(['=', '.'])?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name = name.trim_end();
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

fn tables(text: &str) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut heading = String::new();
    let mut is_inside = false;
    for (line, text) in prose_lines(text) {
        let Some(cells) = cells(text) else {
            is_inside = false;
            if text.starts_with('#') {
                text.trim_start_matches('#').trim().clone_into(&mut heading);
            }
            continue;
        };
        let is_rule =
            cells.iter().all(|cell| cell.contains('-') && cell.trim_matches(RULE).is_empty());
        let row = Row { line, cells };
        match tables.last_mut().filter(|_| is_inside) {
            Some(_) if is_rule => {}
            Some(table) => table.rows.push(row),
            None => tables.push(Table { heading: heading.clone(), header: row, rows: Vec::new() }),
        }
        is_inside = true;
    }
    tables
}

/// The cells of a table's row. A `|` in code or after a backslash is no border.
fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?;
    let mut cells = vec![String::new()];
    let mut is_code = false;
    let mut before = '|';
    for c in inner.strip_suffix('|').unwrap_or(inner).chars() {
        is_code ^= c == '`';
        if c == '|' && !is_code && before != '\\' {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(c);
        }
        before = c;
    }
    Some(cells.iter().map(|cell| cell.trim().to_owned()).collect())
}

/// The folders whose files documents may speak of.
const FOLDERS: [&str; 9] =
    ["src", "tests", "docs", "scenarios", "examples", "benches", "fuzz", ".ci", ".github"];

/// How the names of our files end.
const ENDINGS: [&str; 3] = ["rs", "md", "toml"];

/// What the line below a table's header is made of.
const RULE: [char; 2] = ['-', ':'];

#[cfg(test)]
mod tests {
    use super::super::tree::assert_found;
    use super::*;

    fn tree() -> Tree {
        Tree::imagined(&[
            "Cargo.toml",
            "docs/protocol.md",
            "scenarios/a.toml",
            "src/protocol/replica/gate.rs",
            "tests/transcripts/b.txt",
        ])
    }

    fn document(text: &str) -> File {
        File::new("docs/style.md", text)
    }

    #[test]
    fn a_path_to_nowhere_is_found() {
        let text = "`src/none.rs`\n`none.rs` and `None.md`\n`tests/none/`\n`src/none.rs:7`";
        assert_found(&dead_paths(&document(text), &tree()), &[1, 2, 2, 3, 4]);
        let fine = "`src/protocol/replica/gate.rs:12`, `src/protocol/`, `gate.rs`, `Cargo.toml`,\n\
                    `scenarios/a.toml`, `tests/<x>.rs`, `scenarios/*.toml`, `OUT.toml`, `.toml`,\n\
                    `a.b`, `target/x`, `src/protocol/replica/gate.rs::Gate`, src/none.rs\n\
                    ```text\n`src/none.rs`\n```";
        assert_found(&dead_paths(&document(fine), &tree()), &[]);
    }

    #[test]
    fn a_link_to_nowhere_is_found() {
        let text = "[a](none.md)\n\n[b](protocol.md) [c](../none#d)\n[e]: none.md \"title\"";
        assert_found(&dead_links(&document(text), &tree()), &[1, 3, 4]);
        let fine = "[a](protocol.md#b) [c](../Cargo.toml) [d](#e) [f](https://example.org/g)\n\
                    `[h](none.md)` [i](<../src/protocol>)";
        assert_found(&dead_links(&document(fine), &tree()), &[]);
    }

    #[test]
    fn a_scenario_that_does_not_say_its_rule_is_found() {
        let file = |text: &str| File::new("scenarios/a.toml", text);
        for text in ["", "seed = 7", "#\nseed = 7", "\n# Late."] {
            assert_found(&opening(&file(text)), &[1]);
        }
        assert_found(&opening(&file("# The rule.\nseed = 7")), &[]);
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let text = "[package]\nname = \"a\"\n\n[dependencies]\nb = \"1\"\n# Why.\nc = \"1\"\n\
                    d = { version = \"1\" }\n\ne = \"1\"\nf = \"1\" # Why.\n\n\
                    [dev-dependencies.g]\nversion = \"1\"\n\n\
                    # Why.\n[dependencies.h]\nversion = \"1\"\n\n[[bin]]\nname = \"i\"\n";
        let manifest = File::new("Cargo.toml", text);
        assert_found(&unexplained_dependencies(&manifest), &[5, 10, 13]);
        assert_eq!(dependencies(&manifest), ["b", "c", "d", "e", "f"]);
    }

    #[test]
    fn the_rows_of_deviations_are_read() {
        let text = "# Deviations\n\n| name | why |\n|---|---|\n| `a` | `x | y` |\n| b | c |\n\n\
                    # Glossary\n| word |\n|---|\n| `d` |";
        assert_eq!(deviation_rows(&document(text)), [(5, "a".to_owned())]);
    }

    #[test]
    fn a_section_without_code_or_proof_is_found() {
        let text = "| § | code | proof |\n|:--|---|---|\n\
                    | 4.1 | `src/protocol/replica/gate.rs` | `scenarios/a.toml` |\n\
                    | 4.2 | `src/none.rs` | `tests/transcripts/b.txt` |\n\
                    | 4.3 | `gate.rs` | `scenarios/none.toml` |\n";
        let file = document(text);
        let rows = section_rows(&file);
        assert_eq!(rows.len(), 3);
        let found: Vec<Finding> =
            rows.iter().flat_map(|row| unproven_section(&file, row, &tree())).collect();
        assert_found(&found, &[4, 5, 5]);
    }
}
