//! EDN, as far as histories need it: nil, booleans, whole numbers, texts, keywords, symbols, lists,
//! vectors, sets and maps, with comments between them.

use super::Wrong;
use super::event::{Field, Fields, Phase};
use super::function::Function;
use super::input::{Input, count_lines};
use super::names::{Name, Names};
use super::recording::Recording;
use std::borrow::Cow;
use std::io::BufRead;

/// Reads events: maps, in a list or one behind the other.
pub(super) fn read<R: BufRead>(input: Input<R>, recording: &mut Recording) -> Result<(), Wrong> {
    let mut reader = Reader::new(1, input);
    let mut open: Option<(char, usize)> = None;
    let mut is_closed = false;
    while let Some(next) = reader.peek()? {
        let line = reader.line;
        match (next, open) {
            ('{', _) if !is_closed => {
                let fields = reader.fields(&mut recording.names)?;
                let odd = reader.odd.take();
                // What somebody else says, as Jepsen's nemesis, need not be understood.
                if let Some(event) = fields.event(line, &recording.names)? {
                    odd.map_or(Ok(()), Err)?;
                    recording.push(&event)?;
                }
            }
            ('[' | '(', None) if recording.is_empty() && !is_closed => {
                reader.at += 1;
                open = Some((if next == '[' { ']' } else { ')' }, line));
            }
            (end, Some((expected, _))) if end == expected => {
                reader.at += 1;
                (open, is_closed) = (None, true);
            }
            (other, _) => {
                return Err(Wrong::at(line, format!("'{other}' stands where a map should")));
            }
        }
    }
    match open {
        Some((_, line)) => {
            Err(Wrong::at(reader.line, format!("the list of line {line} has no end")))
        }
        None => Ok(()),
    }
}

/// Reads the one value of a text.
pub(super) fn value(line: usize, text: &str, names: &mut Names) -> Result<Name, Wrong> {
    let mut reader = Reader::new(line, Input::from_line(line, text.as_bytes()));
    if reader.peek()?.is_none() {
        return Ok(Name::NIL);
    }
    let value = reader.value(Some(names), 0)?;
    reader.odd.take().map_or(Ok(()), Err)?;
    match reader.peek()? {
        None => Ok(value),
        Some(_) => Err(Wrong::at(line, format!("\"{}\" is more than a value", text.trim()))),
    }
}

struct Reader<R> {
    input: Input<R>,
    /// What was read of its piece.
    at: usize,
    /// The line of that place.
    line: usize,
    /// A number that can't be kept.
    odd: Option<Wrong>,
}

impl<R: BufRead> Reader<R> {
    fn new(line: usize, input: Input<R>) -> Self {
        // A piece that was looked at already is given out again: it counts as read until then.
        Self { at: input.piece().len(), input, line, odd: None }
    }

    /// What was not read yet of the piece.
    fn rest(&self) -> &str {
        &self.input.piece()[self.at..]
    }

    /// Goes on to the next piece. An event ends with a brace, and so does a piece.
    fn go_on(&mut self) -> Result<bool, Wrong> {
        self.at = 0;
        let next = self.input.next(b'}')?;
        if let Some((line, _)) = next {
            self.line = line;
        }
        Ok(next.is_some())
    }

    /// The next character that says something.
    fn peek(&mut self) -> Result<Option<char>, Wrong> {
        loop {
            match self.rest().chars().next() {
                None if !self.go_on()? => return Ok(None),
                None => {}
                Some(';') => while self.bump()?.is_some_and(|c| c != '\n') {},
                Some(c) if c == ',' || c.is_whitespace() => drop(self.bump()?),
                Some(c) => return Ok(Some(c)),
            }
        }
    }

    fn bump(&mut self) -> Result<Option<char>, Wrong> {
        while self.rest().is_empty() {
            if !self.go_on()? {
                return Ok(None);
            }
        }
        let next = self.rest().chars().next();
        self.at += next.map_or(0, char::len_utf8);
        self.line += usize::from(next == Some('\n'));
        Ok(next)
    }

    /// A map that should be an event. Of what else stands in it nothing is kept.
    fn fields(&mut self, names: &mut Names) -> Result<Fields, Wrong> {
        let line = self.line;
        self.at += 1;
        let mut fields = Fields::default();
        loop {
            let field = match self.peek()? {
                None => return Err(self.missing('}', line)),
                Some('}') => {
                    self.at += 1;
                    return Ok(fields);
                }
                Some(':') => Field::of(self.word().trim_start_matches(':')),
                Some('"') => Field::of(&self.text()?),
                Some(_) => {
                    self.value(None, 0)?;
                    Field::Other
                }
            };
            if self.peek()? == Some('}') {
                return Err(Wrong::at(line, "a name in a map has no value"));
            }
            self.field(field, &mut fields, names)?;
        }
    }

    fn field(&mut self, field: Field, fields: &mut Fields, names: &mut Names) -> Result<(), Wrong> {
        self.peek()?;
        let line = self.line;
        let is_twice = match field {
            Field::Phase => {
                let phase = Phase::parse(line, &self.plain_word("type")?)?;
                fields.phase.replace(phase).is_some()
            }
            Field::Function => {
                let word = self.plain_word("f")?;
                let function = Function::of(&word).ok_or_else(|| names.text(&word));
                fields.function.replace(function).is_some()
            }
            Field::Process => fields.process.replace(self.value(Some(names), 0)?).is_some(),
            Field::Key => fields.key.replace(self.value(Some(names), 0)?).is_some(),
            Field::Value => fields.value.replace(self.value(Some(names), 0)?).is_some(),
            Field::Time => {
                let time = self.time()?;
                core::mem::replace(&mut fields.time, time).is_some()
            }
            Field::Other => {
                self.value(None, 0)?;
                false
            }
        };
        if is_twice { Err(Wrong::at(line, "a name stands there twice")) } else { Ok(()) }
    }

    /// A keyword or a text, without what it is marked with.
    fn plain_word(&mut self, field: &str) -> Result<Cow<'_, str>, Wrong> {
        let line = self.line;
        match self.peek()? {
            Some(':') => {
                let word = self.word();
                Ok(Cow::Borrowed(word.strip_prefix(':').unwrap_or(word)))
            }
            Some('"') => Ok(Cow::Owned(self.text()?)),
            _ => Err(Wrong::at(line, format!("`{field}` is no word"))),
        }
    }

    fn time(&mut self) -> Result<Option<u64>, Wrong> {
        let line = self.line;
        let word = self.word();
        match word.parse() {
            Ok(time) => Ok(Some(time)),
            Err(_) if word == "nil" => Ok(None),
            Err(_) => Err(Wrong::at(line, "`time` is no whole number of nanoseconds")),
        }
    }

    /// A value; where no names are given, it is only read over.
    fn value(&mut self, names: Option<&mut Names>, depth: usize) -> Result<Name, Wrong> {
        let line = self.line;
        if depth > DEPTH_MAX {
            return Err(Wrong::at(line, "values are nested too deeply"));
        }
        let in_the_middle = "the file ends in the middle of a value";
        match self.peek()? {
            None => Err(Wrong::at(self.line, in_the_middle)),
            Some('[') => self.list(']', names, depth),
            Some('(') => self.list(')', names, depth),
            Some('{') => self.map(names, depth),
            Some('#') => {
                self.at += 1;
                match self.peek()? {
                    Some('{') => self.set(names, depth),
                    // A tag says what its value is for; the value is what counts.
                    Some(_) => {
                        self.word();
                        self.value(names, depth + 1)
                    }
                    None => Err(Wrong::at(self.line, in_the_middle)),
                }
            }
            Some('"') => {
                let text = self.text()?;
                Ok(names.map_or(Name::NIL, |names| names.text(&text)))
            }
            Some(other @ (']' | ')' | '}')) => {
                Err(Wrong::at(self.line, format!("'{other}' closes nothing")))
            }
            Some(_) => self.word_as_value(names),
        }
    }

    fn list(
        &mut self,
        end: char,
        mut names: Option<&mut Names>,
        depth: usize,
    ) -> Result<Name, Wrong> {
        let values = self.values(end, names.as_deref_mut(), depth)?;
        Ok(names.map_or(Name::NIL, |names| names.list(&values)))
    }

    /// A set says nothing by its order.
    fn set(&mut self, mut names: Option<&mut Names>, depth: usize) -> Result<Name, Wrong> {
        let mut values = self.values('}', names.as_deref_mut(), depth)?;
        values.sort_unstable();
        Ok(names.map_or(Name::NIL, |names| names.list(&values)))
    }

    fn map(&mut self, mut names: Option<&mut Names>, depth: usize) -> Result<Name, Wrong> {
        let line = self.line;
        let values = self.values('}', names.as_deref_mut(), depth)?;
        let (pairs, rest) = values.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(Wrong::at(line, "a name in a map has no value"));
        }
        let pairs = pairs.iter().map(|&[name, value]| (name, value)).collect();
        Ok(names.map_or(Name::NIL, |names| names.map(pairs)))
    }

    fn values(
        &mut self,
        end: char,
        mut names: Option<&mut Names>,
        depth: usize,
    ) -> Result<Vec<Name>, Wrong> {
        let line = self.line;
        self.at += 1;
        let mut values = Vec::new();
        loop {
            match self.peek()? {
                None => return Err(self.missing(end, line)),
                Some(c) if c == end => {
                    self.at += 1;
                    return Ok(values);
                }
                Some(_) => values.push(self.value(names.as_deref_mut(), depth + 1)?),
            }
        }
    }

    fn missing(&self, end: char, line: usize) -> Wrong {
        Wrong::at(self.line, format!("the '{end}' of what begins in line {line} is missing"))
    }

    fn text(&mut self) -> Result<String, Wrong> {
        let line = self.line;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            text.push_str(&rest[..plain]);
            self.line += count_lines(&rest.as_bytes()[..plain]);
            self.at += plain;
            match self.bump()? {
                Some('"') => return Ok(text),
                Some('\\') => match self.bump()? {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(c @ ('"' | '\\')) => text.push(c),
                    other => {
                        let other = other.map_or_else(String::new, |c| c.to_string());
                        return Err(Wrong::at(self.line, format!("\\{other} means nothing")));
                    }
                },
                // It begins the next piece.
                Some(c) => text.push(c),
                None => {
                    let message = format!("the text that begins in line {line} has no end");
                    return Err(Wrong::at(self.line, message));
                }
            }
        }
    }

    /// A word lies in one piece: no brace is a part of it.
    fn word(&mut self) -> &str {
        let begin = self.at;
        let is_end = |byte: &u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b'[' | b']' | b'(' | b')' | b'{' | b'}' | b'"' | b',' | b';')
        };
        let rest = self.rest();
        self.at += rest.as_bytes().iter().position(is_end).unwrap_or(rest.len());
        &self.input.piece()[begin..self.at]
    }

    fn word_as_value(&mut self, names: Option<&mut Names>) -> Result<Name, Wrong> {
        let line = self.line;
        let word = self.word();
        let Some(names) = names else { return Ok(Name::NIL) };
        Ok(match word {
            "nil" => Name::NIL,
            "true" => names.bool(true),
            "false" => names.bool(false),
            _ => match (word.strip_prefix(':'), word.parse()) {
                (Some(name), _) => names.keyword(name),
                (None, Ok(number)) => names.integer(number),
                (None, Err(_)) if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                    let message = format!("{word}: numbers are whole, and of 64 bits");
                    self.odd.get_or_insert(Wrong::at(line, message));
                    Name::NIL
                }
                (None, Err(_)) => names.text(word),
            },
        })
    }
}

/// How deep values may be nested.
const DEPTH_MAX: usize = 64;
