//! Files that are kept: written as a whole, or not at all.

use std::path::Path;

/// Writes a file as a whole: another shard may be writing the same.
pub(crate) fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", unique()));
    let aside = path.with_file_name(name);
    std::fs::write(&aside, text)?;
    std::fs::rename(&aside, path)
}

/// A number that no other process on this machine has now.
#[expect(clippy::disallowed_methods, reason = "names a file beside the one that is written")]
fn unique() -> u32 {
    std::process::id()
}
