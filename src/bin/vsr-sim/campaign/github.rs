//! A campaign for GitHub Actions: an annotation for each kind of failure, and the step's summary.

use super::conclusion::Conclusion;
use crate::exit::Failure;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

/// Lines that the runner turns into annotations.
pub(crate) fn annotations(conclusion: &Conclusion<'_>) -> String {
    let mut text = String::new();
    for kept in conclusion.kept {
        let title = format!("{} ({})", kept.group.kind.code, kept.seeds());
        let replay = kept.replay(conclusion.variant);
        let run = if kept.file.is_some() { "run " } else { "" };
        let message = format!("{}\nreplay: vsr-sim {run}{replay}", kept.group.message);
        let file = kept.file.as_ref().map(|file| format!("file={},", file.display()));
        let file = file.unwrap_or_default();
        writeln!(text, "::error {}title={}::{}", file, property(&title), data(&message))
            .expect("a string takes everything");
    }
    text
}

/// Adds to the summary of the step, if there is one.
pub(crate) fn append_summary(text: &str) -> Result<(), Failure> {
    let Some(path) = summary_path() else {
        return Ok(());
    };
    let mut file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|error| Failure::Unwritable(path.clone(), error))?;
    file.write_all(text.as_bytes()).map_err(|error| Failure::Unwritable(path, error))
}

#[expect(clippy::disallowed_methods, reason = "where a runner wants its summary")]
fn summary_path() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Text after the second pair of colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text of a property before them.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_means_something_to_the_runner_is_escaped() {
        assert_eq!(data("100 %\nr1: x"), "100 %25%0Ar1: x");
        assert_eq!(property("a,b:c"), "a%2Cb%3Ac");
    }
}
