//! Writes what fuzzing begins with to `fuzz/corpus/`: the scenario files, as bytes for each target.
//!
//! ```sh
//! cargo run --manifest-path fuzz/Cargo.toml --example seed_corpus
//! ```

use std::error::Error;
use std::fs;
use std::path::Path;
use vsr_fuzz::seeds::Seeds;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Seeds::below(&here.join("../scenarios"))?;
    // Failures that campaigns have kept are good beginnings too.
    for folder in std::env::args_os().skip(1) {
        let more = Seeds::below(Path::new(&folder))?;
        seeds.scenarios.extend(more.scenarios);
        seeds.skipped.extend(more.skipped);
    }
    for target in ["scenario", "message", "history", "journal", "scenario_text"] {
        let folder = here.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in seeds.of(target) {
            fs::write(folder.join(name), bytes)?;
        }
    }
    for (path, why) in &seeds.skipped {
        eprintln!("skipped: {}: {why}", path.display());
    }
    let (written, skipped) = (seeds.scenarios.len(), seeds.skipped.len());
    println!("{written} scenarios written for each target, {skipped} files skipped");
    Ok(())
}
