//! Copies of the project, with a patch applied, built.

use crate::patch::Patch;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Whether a patch still applies to the project as it is.
pub(crate) fn check_applies(patch: &Patch, root: &Path) -> Result<(), String> {
    apply(patch, root, &["--check"])
}

fn apply(patch: &Patch, folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut git = Command::new("git")
        .arg("apply")
        .args(arguments)
        .arg("-")
        .current_dir(folder)
        // In a folder that a repository ignores, git would take the patch and change nothing.
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| format!("patches are applied by git, which can't be run: {why}"))?;
    if let Some(mut input) = git.stdin.take() {
        let _ = std::io::Write::write_all(&mut input, patch.text.as_bytes());
    }
    let output = git.wait_with_output().map_err(|why| format!("git: {why}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{}.patch does not apply any more: make the same mistake in the code as it is now and \
         write the difference anew\n{}",
        patch.name,
        String::from_utf8_lossy(&output.stderr).trim_end()
    ))
}

/// Where copies are made and built: one folder, so that what the bugs have in common is built once.
pub(crate) struct Workshop {
    root: PathBuf,
    copy: PathBuf,
    target: PathBuf,
    finished: PathBuf,
    /// Whether what one patch leaves as it was is taken from the build before: that pays when
    /// there are many.
    keeps: bool,
}

impl Workshop {
    /// A workshop below the folder for what is built, for so many patches.
    pub(crate) fn new(root: &Path, patches: usize) -> Result<Self, String> {
        let shop = root.join("target/bugs");
        let finished = shop.join("finished");
        fs::create_dir_all(&finished).map_err(|why| format!("{}: {why}", finished.display()))?;
        let (copy, target) = (shop.join("copy"), shop.join("target"));
        Ok(Self { root: root.to_owned(), copy, target, finished, keeps: patches > FEW })
    }

    /// A copy of the project with a patch applied: its folder.
    pub(crate) fn plant(&self, patch: &Patch) -> Result<PathBuf, String> {
        let say = |why: std::io::Error| format!("{}: {why}", self.copy.display());
        if self.copy.exists() {
            fs::remove_dir_all(&self.copy).map_err(say)?;
        }
        fs::create_dir_all(&self.copy).map_err(say)?;
        for name in PARTS {
            copy(&self.root.join(name), &self.copy.join(name)).map_err(say)?;
        }
        apply(patch, &self.copy, &[])?;
        // A bug that was not planted is hunted for ever.
        apply(patch, &self.copy, &["--reverse", "--check"])?;
        Ok(self.copy.clone())
    }

    /// Cargo, at work on the copy. Soon built matters more here than soon run.
    pub(crate) fn cargo(&self, words: &[&str]) -> Result<Output, String> {
        Command::new(env!("CARGO"))
            .args(words)
            .current_dir(&self.copy)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", if self.keeps { "256" } else { "16" })
            .env("CARGO_PROFILE_RELEASE_INCREMENTAL", self.keeps.to_string())
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .output()
            .map_err(|why| format!("cargo: {why}"))
    }

    /// Whether the compiler takes a patch.
    pub(crate) fn check(&self, patch: &Patch) -> Result<(), String> {
        self.plant(patch)?;
        built(patch, &self.cargo(&["check", "--locked", "--quiet", "--lib", "--bins"])?)
    }

    /// The simulator with a patch in it.
    pub(crate) fn build(&self, patch: &Patch) -> Result<PathBuf, String> {
        self.plant(patch)?;
        let words = ["build", "--release", "--locked", "--quiet", "--bin", "vsr-sim"];
        built(patch, &self.cargo(&words)?)?;
        let program = self.target.join("release/vsr-sim");
        let kept = self.finished.join(&patch.name);
        let say = |why: std::io::Error| format!("{}: {why}", kept.display());
        if kept.exists() {
            fs::remove_file(&kept).map_err(say)?;
        }
        fs::copy(program, &kept).map_err(say)?;
        Ok(kept)
    }

    /// What the project's own tests say with a patch in it.
    pub(crate) fn test(&self, patch: &Patch, which: &[&str]) -> Result<Output, String> {
        self.plant(patch)?;
        let words =
            |last: &'static str| [&["test", "--locked", "--quiet"], which, &[last]].concat();
        built(patch, &self.cargo(&words("--no-run"))?)?;
        self.cargo(&words("--no-fail-fast"))
    }
}

fn built(patch: &Patch, output: &Output) -> Result<(), String> {
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} does not build:\n{told}", patch.name))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// So many patches are built one by one.
const FEW: usize = 3;

/// What a build needs: all that Cargo.toml names.
const PARTS: [&str; 13] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "src",
    "benches",
    "examples",
    "scenarios",
    "tests",
    "fuzz/src",
    "fuzz/examples",
    "fuzz/fuzz_targets",
    "fuzz/Cargo.toml",
    "fuzz/Cargo.lock",
];
