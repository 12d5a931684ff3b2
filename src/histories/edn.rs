//! EDN, as far as histories need it: nil, booleans, whole numbers, texts, keywords, symbols, lists,
//! vectors, sets and maps, with comments between them.

use super::Wrong;
use super::event::Event;
use super::value::Value;
use core::iter::Peekable;
use core::str::Chars;

/// Reads the events of a text: maps, in a list or one behind the other.
pub(super) fn read(text: &str) -> Result<Vec<Event>, Wrong> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1 };
    let mut events = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let mut is_closed = false;
    while let Some(next) = reader.peek() {
        let line = reader.line;
        match (next, open) {
            ('{', _) if !is_closed => {
                let map = reader.value(0)?;
                events.extend(Event::of_map(line, &map)?);
            }
            ('[' | '(', None) if events.is_empty() && !is_closed => {
                reader.bump();
                open = Some((if next == '[' { ']' } else { ')' }, line));
            }
            (end, Some((expected, _))) if end == expected => {
                reader.bump();
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
        None => Ok(events),
    }
}

/// Reads the one value of a text.
pub(super) fn value(line: usize, text: &str) -> Result<Value, Wrong> {
    let mut reader = Reader { rest: text.chars().peekable(), line };
    if reader.peek().is_none() {
        return Ok(Value::Nil);
    }
    let value = reader.value(0)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(Wrong::at(line, format!("\"{}\" is more than a value", text.trim()))),
    }
}

struct Reader<'text> {
    rest: Peekable<Chars<'text>>,
    line: usize,
}

impl Reader<'_> {
    /// The next character that says something.
    fn peek(&mut self) -> Option<char> {
        loop {
            match self.rest.peek()? {
                ';' => while self.bump().is_some_and(|c| c != '\n') {},
                ',' => drop(self.bump()),
                c if c.is_whitespace() => drop(self.bump()),
                &c => return Some(c),
            }
        }
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.rest.next();
        if next == Some('\n') {
            self.line += 1;
        }
        next
    }

    fn value(&mut self, depth: usize) -> Result<Value, Wrong> {
        let line = self.line;
        if depth > DEPTH_MAX {
            return Err(Wrong::at(line, "values are nested too deeply"));
        }
        match self.peek() {
            None => Err(Wrong::at(self.line, "the file ends in the middle of a value")),
            Some('[') => self.list(']', depth),
            Some('(') => self.list(')', depth),
            Some('{') => {
                let Value::List(values) = self.list('}', depth)? else { return Ok(Value::Nil) };
                if values.len() % 2 == 1 {
                    return Err(Wrong::at(line, "a name in a map has no value"));
                }
                let mut values = values.into_iter();
                let mut pairs = Vec::new();
                while let (Some(name), Some(value)) = (values.next(), values.next()) {
                    pairs.push((name, value));
                }
                Ok(Value::Map(pairs))
            }
            Some('#') => {
                self.bump();
                match self.peek() {
                    Some('{') => self.list('}', depth),
                    // A tag says what its value is for; the value is what counts.
                    Some(_) => {
                        self.word();
                        self.value(depth + 1)
                    }
                    None => Err(Wrong::at(self.line, "the file ends in the middle of a value")),
                }
            }
            Some('"') => self.text(),
            Some(other @ (']' | ')' | '}')) => {
                Err(Wrong::at(self.line, format!("'{other}' closes nothing")))
            }
            Some(_) => self.word_as_value(),
        }
    }

    fn list(&mut self, end: char, depth: usize) -> Result<Value, Wrong> {
        let line = self.line;
        self.bump();
        let mut values = Vec::new();
        loop {
            match self.peek() {
                None => {
                    let message = format!("the '{end}' of what begins in line {line} is missing");
                    return Err(Wrong::at(self.line, message));
                }
                Some(c) if c == end => {
                    self.bump();
                    return Ok(Value::List(values));
                }
                Some(_) => values.push(self.value(depth + 1)?),
            }
        }
    }

    fn text(&mut self) -> Result<Value, Wrong> {
        let line = self.line;
        self.bump();
        let mut text = String::new();
        loop {
            match self.bump() {
                Some('"') => return Ok(Value::Text(text)),
                Some('\\') => match self.bump() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(c @ ('"' | '\\')) => text.push(c),
                    other => {
                        let other = other.map_or_else(String::new, |c| c.to_string());
                        return Err(Wrong::at(self.line, format!("\\{other} means nothing")));
                    }
                },
                Some(c) => text.push(c),
                None => {
                    let message = format!("the text that begins in line {line} has no end");
                    return Err(Wrong::at(self.line, message));
                }
            }
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(&c) = self.rest.peek() {
            if c.is_whitespace() || "[](){}\",;".contains(c) {
                break;
            }
            word.push(c);
            self.bump();
        }
        word
    }

    fn word_as_value(&mut self) -> Result<Value, Wrong> {
        let line = self.line;
        let word = self.word();
        Ok(match word.as_str() {
            "nil" => Value::Nil,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => match (word.strip_prefix(':'), word.parse()) {
                (Some(name), _) => Value::Keyword(name.to_owned()),
                (None, Ok(number)) => Value::Integer(number),
                (None, Err(_)) if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                    let message = format!("{word}: numbers are whole, and of 64 bits");
                    return Err(Wrong::at(line, message));
                }
                (None, Err(_)) => Value::Text(word),
            },
        })
    }
}

/// How deep values may be nested.
const DEPTH_MAX: usize = 64;
