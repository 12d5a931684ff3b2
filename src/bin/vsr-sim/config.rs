//! `vsr-sim.toml`: what is wanted where the command line says nothing.
//!
//! Its keys are the names of options, those of a command below a table with its name. What it says
//! is put before the words of the command line, of which the last counts.

use crate::arguments::Arguments;
use crate::exit::Failure;
use clap::{ArgAction, CommandFactory, FromArgMatches};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The command line, with what the file says where there is one.
pub(crate) fn arguments() -> Result<Arguments, Failure> {
    let words: Vec<OsString> = std::env::args_os().collect();
    let is_unwanted = words.iter().any(|word| word == "--no-config");
    let file = if is_unwanted { None } else { find()? };
    let Some((path, text)) = file else {
        return Ok(parse(words));
    };
    let command = named(&words);
    let config = Config::read(&text, command.as_deref())
        .map_err(|(line, why)| Failure::Words(format!("{}:{line}: {why}", path.display())))?;
    let mut all = words.clone();
    let place = command.and_then(|name| words.iter().position(|word| *word == *name));
    // Before a command there is no option; behind its name they stand before those that were typed.
    let place = place.map_or(1, |place| place + 1);
    all.splice(place..place, config.of_program.into_iter().chain(config.of_command));
    let matches = Arguments::command().try_get_matches_from(&all);
    let parsed = matches.and_then(|matches| Arguments::from_arg_matches(&matches));
    match parsed {
        Ok(arguments) => Ok(arguments),
        // Whose mistake it is, the words alone say.
        Err(_) if Arguments::command().try_get_matches_from(&words).is_err() => Ok(parse(words)),
        Err(error) => {
            let told = error.to_string();
            let line = told.lines().next().unwrap_or_default().trim_start_matches("error: ");
            Err(Failure::Words(format!("{}: {line}", path.display())))
        }
    }
}

/// Ends the program where the words mean nothing.
fn parse(words: Vec<OsString>) -> Arguments {
    let matches = Arguments::command().get_matches_from(words);
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// The file in this folder, or in the nearest one above it.
fn find() -> Result<Option<(PathBuf, String)>, Failure> {
    let Ok(here) = std::env::current_dir() else { return Ok(None) };
    for folder in here.ancestors() {
        let path = folder.join(NAME);
        if path.is_file() {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Failure::Unreadable(path.clone(), error))?;
            let shown = path.strip_prefix(&here).map_or_else(|_| path.clone(), Path::to_owned);
            return Ok(Some((shown, text)));
        }
    }
    Ok(None)
}

/// The command that is meant.
fn named(words: &[OsString]) -> Option<String> {
    let lenient = Arguments::command().ignore_errors(true).disable_help_flag(true);
    let matches = lenient.disable_version_flag(true).try_get_matches_from(words).ok()?;
    matches.subcommand_name().map(str::to_owned)
}

/// What a file says, as words.
#[derive(Debug, Default, PartialEq, Eq)]
struct Config {
    of_program: Vec<OsString>,
    of_command: Vec<OsString>,
}

/// A line, and what is wrong in it.
type Wrong = (usize, String);

impl Config {
    fn read(text: &str, command: Option<&str>) -> Result<Self, Wrong> {
        let line_of = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
        let table = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(span.start));
            (line, error.message().to_owned())
        })?;
        let program = Arguments::command();
        let mut config = Self::default();
        for (key, value) in table.get_ref() {
            let name: &str = key.get_ref();
            let line = line_of(key.span().start);
            let of_name = program.get_subcommands().find(|known| known.get_name() == name);
            match (value.get_ref(), of_name) {
                (DeValue::Table(options), Some(known)) => {
                    for (key, value) in options {
                        let line = line_of(key.span().start);
                        let words =
                            words(known, key.get_ref(), value).map_err(|why| (line, why))?;
                        if command == Some(name) {
                            config.of_command.extend(words);
                        }
                    }
                }
                (DeValue::Table(_), None) => {
                    let all = program.get_subcommands().map(clap::Command::get_name);
                    let all: Vec<&str> = all.collect();
                    return Err((line, format!("no command is called {name}: {}", all.join(", "))));
                }
                _ => {
                    let words = words(&program, name, value).map_err(|why| (line, why))?;
                    let is_global = program
                        .get_arguments()
                        .any(|known| known.get_long() == Some(name) && known.is_global_set());
                    // A seed is of no use to a command that has seeds of its own.
                    if is_global || command.is_none() {
                        config.of_program.extend(words);
                    }
                }
            }
        }
        Ok(config)
    }
}

/// An option and its value as words of the command line.
fn words(
    command: &clap::Command,
    key: &str,
    value: &Spanned<DeValue<'_>>,
) -> Result<Vec<OsString>, String> {
    let known = command.get_arguments().find(|known| known.get_long() == Some(key));
    let Some(known) = known else {
        let all = command.get_arguments().filter_map(clap::Arg::get_long);
        let all: Vec<&str> = all.collect();
        return Err(format!("{key} is no option of {}: {}", command.get_name(), all.join(", ")));
    };
    let flag = OsStr::new("--").to_owned();
    let flag = || {
        let mut flag = flag.clone();
        flag.push(key);
        flag
    };
    let takes_value = matches!(known.get_action(), ArgAction::Set | ArgAction::Append);
    let one = |value: &DeValue<'_>| -> Result<OsString, String> {
        match value {
            DeValue::String(text) => Ok(OsString::from(&**text)),
            DeValue::Integer(number) => Ok(OsString::from(number.to_string())),
            DeValue::Boolean(_)
            | DeValue::Float(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => Err(format!("{key} wants a text or a whole number")),
        }
    };
    let value = value.get_ref();
    if !takes_value {
        return match value {
            DeValue::Boolean(true) => Ok(vec![flag()]),
            DeValue::Boolean(false) => Ok(Vec::new()),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => Err(format!("{key} is either true or false")),
        };
    }
    if let DeValue::Array(values) = value {
        let mut words = Vec::new();
        for value in values {
            words.extend([flag(), one(value.get_ref())?]);
        }
        return Ok(words);
    }
    Ok(vec![flag(), one(value)?])
}

const NAME: &str = "vsr-sim.toml";

#[cfg(test)]
mod tests {
    use super::Config;

    fn read(text: &str, command: Option<&str>) -> Result<(String, String), (usize, String)> {
        let config = Config::read(text, command)?;
        let joined = |words: &[std::ffi::OsString]| {
            let words: Vec<String> =
                words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
            words.join(" ")
        };
        Ok((joined(&config.of_program), joined(&config.of_command)))
    }

    #[test]
    fn what_a_file_says_is_said_as_the_command_line_says_it() {
        let text = "quiet = true\nbeyond = false\nway = \"walk\"\nseed = 7\n\
                    [fuzz]\njobs = 3\ntime = \"8h\"\ngithub = true\n\
                    [trace]\nkind = [\"PREPARE\", \"READ\"]";
        let fuzz = read(text, Some("fuzz")).expect("options");
        assert_eq!(fuzz.0, "--quiet --way walk");
        assert_eq!(fuzz.1, "--github --jobs 3 --time 8h");
        let trace = read(text, Some("trace")).expect("options");
        assert_eq!(trace.1, "--kind PREPARE --kind READ");
        assert_eq!(read(text, None).expect("options").0, "--quiet --seed 7 --way walk");
    }

    #[test]
    fn what_means_nothing_is_told_with_its_line() {
        for (text, line, why) in [
            ("a =", 1, "string values must be quoted"),
            ("quiet = true\ntime = \"8h\"", 2, "time is no option of vsr-sim"),
            ("[fuzz]\n\ntyme = 3", 3, "tyme is no option of fuzz"),
            ("[fuz]\ntime = 3", 1, "no command is called fuz: "),
            ("quiet = 3", 1, "quiet is either true or false"),
            ("way = 2.5", 1, "way wants a text or a whole number"),
        ] {
            let (at, told) = read(text, Some("fuzz")).expect_err(text);
            assert_eq!(at, line, "{text}: {told}");
            assert!(told.contains(why) || line == 1 && text == "a =", "{text}: {told}");
        }
    }
}
