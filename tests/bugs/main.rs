//! Planted bugs: mistakes that somebody could make, as patches, and how soon each is found.
//!
//! `cargo test --test bugs` checks that each patch says what it is, still applies, and has its row
//! in `docs/bugs.md`. `cargo test --release --test bugs -- hunt` applies each to a copy, builds it,
//! and lets its simulator hunt in every way that there is; `-- explore` looks at every run within
//! bounds; `-- harness` plants mistakes in the simulator, and its own tests must notice; `-- fuzz`
//! lets the fuzz targets loose on some of both; `-- compile` only compiles them all. With `--write`
//! the tables are written anew; `-- help` says more.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a hunt is limited by the time of day; nothing of it is part of a run"
)]

mod commands;
mod document;
mod exploring;
mod fuzzing;
mod hunt;
mod mutant_table;
mod mutants;
mod patch;
mod story;
mod table;
mod ways;
mod workshop;

use commands::{Command, Hunt};
use hunt::Hunted;
use mutants::Mutant;
use patch::Bug;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use workshop::Workshop;

fn main() -> ExitCode {
    let outcome = match Command::parse(std::env::args().skip(1)) {
        Ok(Command::Check) => check(),
        Ok(Command::Compile) => compile(),
        Ok(Command::Hunt(hunt)) => go_hunting(&hunt),
        Ok(Command::Explore { names, write }) => Bug::all(&root().join(patch::FOLDER))
            .and_then(|bugs| exploring::all(&bugs, &names, write, &root())),
        Ok(Command::Harness { names, write }) => try_mutants(&names, write),
        Ok(Command::Fuzz { names, seconds, write }) => {
            fuzzing::all(&names, seconds, write, &root())
        }
        Ok(Command::Help(text)) => {
            println!("{text}");
            Ok(())
        }
        Err(why) => Err(vec![why]),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failures) => {
            for failure in failures {
                eprintln!("error: {failure}");
            }
            ExitCode::FAILURE
        }
    }
}

/// What holds without building anything.
fn check() -> Result<(), Vec<String>> {
    let bugs = Bug::all(&root().join(patch::FOLDER))?;
    let mutants = Mutant::all(&root())?;
    let patches = bugs.iter().map(|bug| &bug.patch).chain(mutants.iter().map(|m| &m.patch));
    let mut failures: Vec<String> =
        patches.filter_map(|patch| workshop::check_applies(patch, &root()).err()).collect();
    failures.extend(table::check(&bugs, &root()));
    failures.extend(ways::check(&bugs, &root()));
    failures.extend(exploring::check(&bugs, &root()));
    failures.extend(mutant_table::check(&mutants, &root()));
    failures.extend(story::check(&bugs, &root()));
    failures.extend(fuzzing::check(&root()));
    failures.extend(patch::self_test());
    failures.extend(table::self_test());
    failures.extend(ways::self_test());
    if failures.is_empty() {
        let (bugs, mutants) = (bugs.len(), mutants.len());
        println!("{bugs} planted bugs and {mutants} mutants: each applies and has its row");
        Ok(())
    } else {
        Err(failures)
    }
}

/// Whether the compiler takes each patch: one that only applies may be no mistake any more.
fn compile() -> Result<(), Vec<String>> {
    let bugs = Bug::all(&root().join(patch::FOLDER))?;
    let mutants = Mutant::all(&root())?;
    let shop = Workshop::new(&root(), 1).map_err(|why| vec![why])?;
    let patches = bugs.iter().map(|bug| &bug.patch).chain(mutants.iter().map(|m| &m.patch));
    let failures: Vec<String> = patches.filter_map(|patch| shop.check(patch).err()).collect();
    if failures.is_empty() {
        println!("{} planted bugs and {} mutants compile", bugs.len(), mutants.len());
        Ok(())
    } else {
        Err(failures)
    }
}

/// Builds and hunts, and says what was found.
fn go_hunting(hunt: &Hunt) -> Result<(), Vec<String>> {
    let bugs = Bug::all(&root().join(patch::FOLDER))?;
    let chosen = hunt.choose(&bugs)?;
    // One at a time: each reads what the one before has written.
    let written = Mutex::new(());
    hunt::all(&chosen, hunt, &root(), &|hunted| {
        if hunt.write {
            let _alone = written.lock().map_err(|_| "another thread has panicked".to_owned())?;
            ways::update(&bugs, hunted, hunt, &root())?;
            if let Some(Ok(story)) = &hunted.story {
                story::write(hunted.bug, story, &root())?;
            }
            table::update(&bugs, hunted, &root())?;
        }
        judge(hunted, hunt.starts)
    })
}

/// What must not come out of a hunt.
fn judge(hunted: &Hunted<'_>, starts: u64) -> Result<(), String> {
    let name = &hunted.bug.name;
    if !hunted.is_found(starts) && hunted.bug.difficulty != patch::Difficulty::Hard {
        return Err(format!("{name} was not found"));
    }
    if hunted.shown.as_deref() == Some(hunt::NOT_SHOWN) {
        let file = hunted.bug.shown_by.as_deref().unwrap_or_default();
        return Err(format!("{file} does not show {name}"));
    }
    match &hunted.story {
        Some(Err(why)) => Err(why.clone()),
        Some(Ok(_)) | None => Ok(()),
    }
}

/// Plants mistakes in the simulator and says who noticed.
fn try_mutants(names: &[String], write: bool) -> Result<(), Vec<String>> {
    let mutants = Mutant::all(&root())?;
    let is_meant = |mutant: &&Mutant| {
        names.is_empty() || names.iter().any(|name| mutant.patch.name.contains(name.as_str()))
    };
    let (mut noticed, mut failures) = (Vec::new(), Vec::new());
    for mutant in mutants.iter().filter(is_meant) {
        match mutant.try_out(&root()) {
            Ok(by) => {
                println!("{}: {}", mutant.patch.name, by.join(", "));
                noticed.push((mutant.patch.name.clone(), by));
            }
            Err(why) => {
                println!("{}: not noticed", mutant.patch.name);
                failures.push(why);
            }
        }
    }
    if write {
        mutant_table::update(&mutants, &noticed, &root()).map_err(|why| vec![why])?;
    }
    if noticed.is_empty() && failures.is_empty() {
        return Err(vec![format!("no mutant has one of {names:?} in its name")]);
    }
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
