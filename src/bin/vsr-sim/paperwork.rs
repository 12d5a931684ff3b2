//! What is made of definitions: completions and manual pages of those of the command line, a
//! schema of those of scenario files.

use crate::arguments::Arguments;
use crate::exit::{CLEAN, Failure};
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::Write;
use std::path::Path;

/// Prints what makes a shell complete words.
pub(crate) fn completions(shell: Shell) -> Result<u8, Failure> {
    // Into memory first: what writes it panics where nobody reads.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "vsr-sim", &mut text);
    std::io::stdout().lock().write_all(&text)?;
    Ok(CLEAN)
}

/// Prints the schema of scenario files.
pub(crate) fn schema() -> Result<u8, Failure> {
    let schema = vsr::sim::scenario::schema();
    writeln!(anstream::stdout(), "{:#}", schema.as_value())?;
    Ok(CLEAN)
}

/// Writes manual pages.
pub(crate) fn man(folder: &Path) -> Result<u8, Failure> {
    let unwritable = |error| Failure::Unwritable(folder.to_owned(), error);
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    clap_mangen::generate_to(Arguments::command(), folder).map_err(unwritable)?;
    writeln!(anstream::stdout(), "{}: man -l {0}/vsr-sim.1", folder.display())?;
    Ok(CLEAN)
}
