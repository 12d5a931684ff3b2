//! Our own histories: a JSON object in each line.
//!
//! The first line may say what was asked, and what was held at first; the others are events, in the
//! order in which they happened. What else stands in a line is nobody's business here.
//!
//! ```json
//! {"type": "history", "v": 1, "model": "kv"}
//! {"process": 3, "type": "invoke", "f": "put", "key": "a", "value": 7, "time": 1200}
//! {"process": 3, "type": "ok", "f": "put", "key": "a", "time": 1900}
//! ```
//!
//! An operation begins with `invoke`, and ends with `ok`, with `fail` (it has certainly not
//! happened) or with `info` (nobody knows); without an end nobody knows either. A process asks for
//! one thing at a time; after `info` it goes on as if it were another one. `time` may be missing;
//! it is in nanoseconds. A value is whatever JSON can say, but numbers are whole.
//!
//! | model | function | `value` of `invoke` | `value` of `ok` |
//! |---|---|---|---|
//! | `register` | `read` | | what it holds |
//! | | `write` | the new value | |
//! | | `cas` | `[expected, new]` | `{"current": value}` if it was not done |
//! | `kv`, with a `key` | `get` | | what it holds: a value, a list after appends, or `null` |
//! | | `put` | the new value | |
//! | | `append` | one more value | |
//! | | `cas` | `[expected, new]` | `{"current": value}` if it was not done |
//! | | `delete` | | |
//! | `counter` | `get` | | the number |
//! | | `add` | how much, from 0 on | the sum |
//! | `set` | `add`, `remove` | an element | whether that has changed anything, or nothing |
//! | | `contains` | an element | `true` or `false` |
//! | | `read` | | a list of all elements; then without `contains` |
//! | `queue` | `enqueue` | an element | |
//! | | `dequeue` | | the element, or `null` where there is none |
//! | `stack` | `push` | an element | |
//! | | `pop` | | the element, or `null` where there is none |
//! | `priority-queue` | `insert` | a number from 0 on | |
//! | | `take` | | the least number, or `null` where there is none |
//! | `lock` | `acquire`, `release` | who; the process where nothing is said | `false` if refused |
//! | `transactions` | `txn` | a list of steps | the same, with what was read |
//! | `clock` | `stamp` | the time that was predicted for it, if known | the time |
//! | | `last` | | the time |
//! | `lottery` | `draw` | what was predicted for it, if known | `[draws, number]` |
//! | | `last` | | `[draws, number]` |
//!
//! A step of a transaction is `["r", key, null]` or `["w", key, value]`. A register may hold
//! something at first: `"initial": 3` in the first line says so.

use super::Wrong;
use super::event::{Field, Fields, Phase};
use super::function::Function;
use super::input::Input;
use super::kind::Kind;
use super::names::{Name, Names};
use super::recording::Recording;
use core::fmt;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::io::BufRead;

/// Reads all lines.
pub(super) fn read<R: BufRead>(
    input: &mut Input<R>,
    recording: &mut Recording,
) -> Result<(), Wrong> {
    while let Some((number, text)) = input.next(b'\n')? {
        if text.trim_ascii().is_empty() {
            continue;
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let line = LineSeed(&mut recording.names).deserialize(&mut json);
        let line = line.and_then(|line| json.end().map(|()| line));
        let line = line.map_err(|error| said_by_json(number, &error))?;
        if line.is_header {
            recording.header(number, &line)?;
        } else if let Some(event) = line.fields.event(number, &recording.names)? {
            recording.push(&event)?;
        }
    }
    Ok(())
}

/// What the parser has to say; it has seen one line only, and counts it as the first.
fn said_by_json(line: usize, error: &serde_json::Error) -> Wrong {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    let column = error.column();
    Wrong::at(
        line,
        match error.classify() {
            serde_json::error::Category::Data => format!("{text} (column {column})"),
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => format!("no JSON: {text} (column {column})"),
        },
    )
}

/// A line: an event, or what a history is.
#[derive(Debug, Default)]
struct Line {
    fields: Fields,
    is_header: bool,
    version: Option<Name>,
    model: Option<Name>,
    initial: Option<Name>,
}

impl Recording {
    fn header(&mut self, line: usize, header: &Line) -> Result<(), Wrong> {
        if !self.is_empty() {
            return Err(Wrong::at(line, "what a history is stands before its events"));
        }
        let version = header.version.unwrap_or(Name::NIL);
        if ![Name::NIL, self.names.integer(1)].contains(&version) {
            let version = self.names.value(version);
            return Err(Wrong::at(line, format!("version {version}, and this one reads 1")));
        }
        if let Some(model) = header.model {
            let word = self.names.word(model).unwrap_or_default();
            let kind = Kind::parse(word).map_err(|known| {
                let model = self.names.value(model);
                Wrong::at(line, format!("{model} is no model: {known}"))
            })?;
            self.kind = Some(kind);
        }
        self.initial = header.initial.map(|initial| (line, initial));
        Ok(())
    }
}

struct LineSeed<'names>(&'names mut Names);

impl<'de> DeserializeSeed<'de> for LineSeed<'_> {
    type Value = Line;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Line, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LineSeed<'_> {
    type Value = Line;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object in each line")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Line, A::Error> {
        let mut line = Line::default();
        while let Some(name) = map.next_key_seed(NamedSeed)? {
            match name {
                Named::Field(field) => self.field(field, &mut line, &mut map)?,
                Named::Version => line.version = Some(map.next_value_seed(NameSeed(self.0))?),
                Named::Model => line.model = Some(map.next_value_seed(NameSeed(self.0))?),
                Named::Initial => line.initial = Some(map.next_value_seed(NameSeed(self.0))?),
            }
        }
        Ok(line)
    }
}

impl LineSeed<'_> {
    fn field<'de, A: MapAccess<'de>>(
        &mut self,
        field: Field,
        line: &mut Line,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let fields = &mut line.fields;
        let is_twice = match field {
            Field::Phase => {
                let said = map.next_value_seed(WordSeed(|word: &str| match word {
                    "history" => Ok(None),
                    _ => Phase::of(word).map(Some).ok_or_else(|| Phase::unknown(word)),
                }))?;
                let is_twice = line.is_header || fields.phase.is_some();
                (line.is_header, fields.phase) = (said.is_none(), said);
                is_twice
            }
            Field::Function => {
                let names = &mut *self.0;
                let of = |word: &str| Ok(Function::of(word).ok_or_else(|| names.text(word)));
                fields.function.replace(map.next_value_seed(WordSeed(of))?).is_some()
            }
            Field::Process => self.name(&mut fields.process, map)?,
            Field::Key => self.name(&mut fields.key, map)?,
            Field::Value => self.name(&mut fields.value, map)?,
            Field::Time => {
                let time: Option<u64> = map.next_value()?;
                core::mem::replace(&mut fields.time, time).is_some()
            }
            Field::Other => {
                map.next_value::<IgnoredAny>()?;
                false
            }
        };
        if is_twice { Err(A::Error::custom("a name stands there twice")) } else { Ok(()) }
    }

    /// Tells whether it was there already.
    fn name<'de, A: MapAccess<'de>>(
        &mut self,
        place: &mut Option<Name>,
        map: &mut A,
    ) -> Result<bool, A::Error> {
        Ok(place.replace(map.next_value_seed(NameSeed(self.0))?).is_some())
    }
}

/// What a value in a line is for.
enum Named {
    Field(Field),
    Version,
    Model,
    Initial,
}

struct NamedSeed;

impl<'de> DeserializeSeed<'de> for NamedSeed {
    type Value = Named;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Named, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NamedSeed {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Named, E> {
        Ok(match name {
            "v" => Named::Version,
            "model" => Named::Model,
            "initial" => Named::Initial,
            _ => Named::Field(Field::of(name)),
        })
    }
}

/// A word, and what it means.
struct WordSeed<F>(F);

impl<'de, T, F: FnOnce(&str) -> Result<T, String>> DeserializeSeed<'de> for WordSeed<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for WordSeed<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
        (self.0)(word).map_err(E::custom)
    }
}

/// A value of any kind, to be kept.
struct NameSeed<'names>(&'names mut Names);

impl<'de> DeserializeSeed<'de> for NameSeed<'_> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NameSeed<'_> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Name, E> {
        Ok(Name::NIL)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Name, E> {
        Ok(self.0.bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Name, E> {
        Ok(self.0.integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Name, E> {
        let number = i64::try_from(value).map_err(|_| not_whole(value))?;
        Ok(self.0.integer(number))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Name, E> {
        Err(not_whole(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
        Ok(self.0.text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Name, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(NameSeed(self.0))? {
            values.push(value);
        }
        Ok(self.0.list(&values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Name, A::Error> {
        let mut pairs = Vec::new();
        while let Some(name) = map.next_key_seed(NameSeed(self.0))? {
            pairs.push((name, map.next_value_seed(NameSeed(self.0))?));
        }
        Ok(self.0.map(pairs))
    }
}

fn not_whole<E: Error>(number: impl fmt::Display) -> E {
    E::custom(format!("{number}: numbers are whole, and of 64 bits"))
}
