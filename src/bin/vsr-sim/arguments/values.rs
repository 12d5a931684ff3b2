//! How the values of the command line are read.

use super::Limit;
use std::ops::Range;
use std::time::Duration;
use vsr::protocol::{Durability, MessageKind};
use vsr::report::export::Form;
use vsr::sim::sabotage::Sabotage;
use vsr::sim::scenario::{Way, durability_name};
use vsr::sim::seed;
use vsr::sim::time::Span;

pub(super) fn parse_range(text: &str) -> Result<Range<u64>, String> {
    let (first, end) = text.split_once("..").ok_or("a range is written 0..1000")?;
    let number = |text: &str| seed::parse(text).map_err(|error| error.to_string());
    let end = if end.is_empty() { u64::MAX } else { number(end)? };
    Ok(number(first)?..end)
}

/// A way of choosing faults, by its word.
pub(crate) fn parse_way(word: &str) -> Result<Way, String> {
    Way::parse(word).ok_or_else(|| format!("one of {}", Way::words()))
}

pub(super) fn parse_sabotage(word: &str) -> Result<Sabotage, String> {
    Sabotage::parse(word).ok_or_else(|| format!("one of {}", Sabotage::words()))
}

/// A size in bytes, with its unit where it is a big one.
pub(super) fn parse_size(text: &str) -> Result<u64, String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: Option<u64> = number.replace('_', "").parse().ok();
    let unit = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()));
    let size = number.zip(unit).and_then(|(number, (_, bytes))| number.checked_mul(*bytes));
    size.ok_or_else(|| format!("\"{text}\": a size is written 512MiB, 2GB or 1_000_000"))
}

/// A durability, as scenario files call it.
pub(crate) fn parse_durability(word: &str) -> Result<Durability, String> {
    let known = [Durability::Memory, Durability::Disk];
    let found = known.into_iter().find(|&durability| durability_name(durability) == word);
    found.ok_or_else(|| "memory or disk".to_owned())
}

pub(super) fn parse_limit(text: &str) -> Result<Limit, String> {
    if text == "all" {
        return Ok(Limit(u64::MAX));
    }
    let number = text.parse().ok().filter(|&number| number > 0);
    number.map(Limit).ok_or_else(|| format!("\"{text}\": a number from 1 on, or all"))
}

/// A kind of messages, in whatever letters.
pub(super) fn parse_kind(text: &str) -> Result<MessageKind, String> {
    let found = MessageKind::ALL.iter().find(|kind| kind.name().eq_ignore_ascii_case(text));
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = MessageKind::ALL.iter().map(|kind| kind.name()).collect();
        format!("one of {}", names.join(", "))
    })
}

/// A form of traces.
pub(super) fn parse_form(text: &str) -> Result<Form, String> {
    let found = Form::ALL.into_iter().find(|form| form.word() == text);
    found.ok_or_else(|| format!("one of {}", Form::ALL.map(Form::word).join(", ")))
}

/// A time in a run.
pub(super) fn parse_span(text: &str) -> Result<Span, String> {
    Span::parse(text).map_err(|error| error.to_string())
}

/// A time by the wall clock: as in scenarios, and hours.
pub(super) fn parse_time(text: &str) -> Result<Duration, String> {
    let (text, times) = match text.strip_suffix('h') {
        Some(hours) => (format!("{hours}min"), 60),
        None => (text.to_owned(), 1),
    };
    let span = Span::parse(&text).map_err(|error| error.to_string())?;
    Ok(Duration::from_nanos(span.0.saturating_mul(times)))
}

/// What sizes are counted in.
const UNITS: [(&str, u64); 8] = [
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];
