//! The files of the repository, and what a rule says about one of them.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Something that breaks a rule: where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    advice: String,
}

impl Finding {
    /// Lines count from 1, as in an editor.
    pub(crate) fn new(file: &File, line: usize, advice: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.advice)
    }
}

/// One text file, by its path from the root with `/` between the parts.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether it lies in one of these folders.
    pub(crate) fn is_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| is_below(&self.path, folder))
    }
}

/// All files of the repository but those that are built, found or fetched.
pub(crate) struct Tree {
    root: PathBuf,
    paths: BTreeSet<String>,
}

impl Tree {
    /// The repository that this test was built from.
    pub(crate) fn of_this_package() -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut paths = BTreeSet::new();
        walk(&root, "", &mut paths);
        Self { root, paths }
    }

    pub(crate) fn imagined(paths: &[&str]) -> Self {
        let paths = paths.iter().map(|&path| path.to_owned()).collect();
        Self { root: PathBuf::new(), paths }
    }

    /// Every path.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Whether there is such a file or folder.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.paths.contains(path) || self.paths().any(|known| is_below(known, path))
    }

    /// Whether a file has this name, in whatever folder.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.paths().any(|path| path.rsplit('/').next() == Some(name))
    }

    /// The file of that path, which must be there.
    pub(crate) fn file(&self, path: &str) -> File {
        assert!(self.paths.contains(path), "{path} is missing: a rule of tests/tidy.rs reads it");
        self.read(path)
    }

    /// The files below a folder (`""` is the root) whose names end like this.
    pub(crate) fn files(&self, folder: &str, ending: &str) -> Vec<File> {
        let wanted =
            |path: &&str| path.ends_with(ending) && (folder.is_empty() || is_below(path, folder));
        self.paths().filter(wanted).map(|path| self.read(path)).collect()
    }

    fn read(&self, path: &str) -> File {
        let text = fs::read_to_string(self.root.join(path));
        File { path: path.to_owned(), text: text.unwrap_or_else(|e| panic!("{path}: {e}")) }
    }
}

/// Fails with every finding on a line of its own.
#[track_caller]
pub(crate) fn report(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(findings.is_empty(), "{} to tidy up:\n{}\n", lines.len(), lines.join("\n"));
}

/// For the checks of the rules themselves: this must be found, on these lines.
#[track_caller]
pub(crate) fn assert_found(findings: &[Finding], lines: &[usize]) {
    let found: Vec<usize> = findings.iter().map(|finding| finding.line).collect();
    assert_eq!(found, lines, "{findings:#?}");
}

fn walk(folder: &Path, prefix: &str, paths: &mut BTreeSet<String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a folder that can be read has entries that can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if !entry.path().is_dir() {
            paths.insert(path);
        } else if !SKIPPED.contains(&name.as_str()) {
            walk(&entry.path(), &format!("{path}/"), paths);
        }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Folders that hold nothing which anybody wrote.
const SKIPPED: [&str; 6] = [".git", "target", "corpus", "artifacts", "coverage", "failures"];

#[test]
fn a_folder_is_known_by_its_files_and_not_by_a_common_beginning() {
    let tree = Tree::imagined(&["src/sim/mod.rs"]);
    assert!(tree.has("src/sim"));
    assert!(tree.has("src/sim/mod.rs"));
    assert!(tree.has_name("mod.rs"));
    assert!(!tree.has("src/si"));
    assert!(!tree.has_name("od.rs"));
}
