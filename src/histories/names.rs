//! Values, each kept once: a history says the same few a million times.

use super::index::{Index, hash, size};
use super::value::Value;

/// A value, in four bytes. Two are equal where their values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name(u32);

impl Name {
    /// Nothing.
    pub(super) const NIL: Self = Self(FIRST);
    pub(super) const ZERO: Self = Self(0);

    /// As models have it, which need not know what a value is: small numbers are themselves.
    pub(super) fn number(self) -> u64 {
        u64::from(self.0)
    }
}

/// The values behind the names. Small whole numbers need no room, all others lie one behind the
/// other as bytes.
#[derive(Clone, Debug)]
pub(super) struct Names {
    bytes: Vec<u8>,
    /// Where the bytes of each value end, and those of the next begin. The first of them says what
    /// it is.
    ends: Vec<usize>,
    index: Index,
}

/// A value, with names for those within.
#[derive(Clone, Debug)]
pub(super) enum Look<'names> {
    Nil,
    Bool(bool),
    Integer(i64),
    Text(&'names str),
    Keyword(&'names str),
    List(Vec<Name>),
    Map(Vec<(Name, Name)>),
}

/// What some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Nil,
    False,
    True,
    Integer,
    Text,
    Keyword,
    /// Names, four bytes each.
    List,
    /// Pairs of names, by the name of the first.
    Map,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self { bytes: Vec::new(), ends: Vec::new(), index: Index::default() };
        let nil = names.name(What::Nil, &[]);
        assert_eq!(nil, Name::NIL);
        names
    }
}

impl Names {
    pub(super) fn bool(&mut self, value: bool) -> Name {
        self.name(if value { What::True } else { What::False }, &[])
    }

    pub(super) fn integer(&mut self, value: i64) -> Name {
        small(value).unwrap_or_else(|| self.name(What::Integer, &value.to_le_bytes()))
    }

    pub(super) fn text(&mut self, text: &str) -> Name {
        self.name(What::Text, text.as_bytes())
    }

    pub(super) fn keyword(&mut self, text: &str) -> Name {
        self.name(What::Keyword, text.as_bytes())
    }

    pub(super) fn list(&mut self, values: &[Name]) -> Name {
        let bytes: Vec<u8> = values.iter().flat_map(|name| name.0.to_le_bytes()).collect();
        self.name(What::List, &bytes)
    }

    /// Several by their names. Their order says nothing.
    pub(super) fn map(&mut self, mut pairs: Vec<(Name, Name)>) -> Name {
        pairs.sort_unstable();
        let both = pairs.iter().flat_map(|(name, value)| [name, value]);
        let bytes: Vec<u8> = both.flat_map(|name| name.0.to_le_bytes()).collect();
        self.name(What::Map, &bytes)
    }

    fn name(&mut self, what: What, bytes: &[u8]) -> Name {
        let hash = hash(what.number(), bytes);
        let number = self.find(hash, what, bytes).unwrap_or_else(|| {
            self.bytes.push(what.number());
            self.bytes.extend_from_slice(bytes);
            self.ends.push(self.bytes.len());
            self.index.push(hash)
        });
        Name(number.checked_add(FIRST).expect("memory ends long before"))
    }

    fn find(&self, hash: u32, what: What, bytes: &[u8]) -> Option<u32> {
        self.index.find(hash, |number| self.bytes_of(number) == (what.number(), bytes))
    }

    /// What a value is, and its bytes.
    fn bytes_of(&self, number: u32) -> (u8, &[u8]) {
        let number = size(number);
        let begin = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        (self.bytes[begin], &self.bytes[begin + 1..self.ends[number]])
    }

    /// The value that somebody means who writes that: a number, a text, or a keyword.
    pub(super) fn meant(&self, text: &str) -> Vec<Name> {
        let word = text.strip_prefix(':').unwrap_or(text);
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let integer: Option<i64> = text.parse().ok();
        let kept = |what: What, bytes: &[u8]| {
            let number = self.find(hash(what.number(), bytes), what, bytes)?;
            Some(Name(number + FIRST))
        };
        let found = [
            integer.and_then(small),
            integer.and_then(|value| kept(What::Integer, &value.to_le_bytes())),
            kept(What::Text, quoted.unwrap_or(text).as_bytes()),
            kept(What::Keyword, word.as_bytes()),
        ];
        found.into_iter().flatten().collect()
    }

    /// What kind of value it is.
    pub(super) fn what(&self, name: Name) -> What {
        name.0
            .checked_sub(FIRST)
            .map_or(What::Integer, |number| What::ALL[usize::from(self.bytes_of(number).0)])
    }

    /// What is behind a name.
    pub(super) fn look(&self, name: Name) -> Look<'_> {
        let Some(number) = name.0.checked_sub(FIRST) else {
            return Look::Integer(i64::from(name.0));
        };
        let (what, bytes) = self.bytes_of(number);
        let text = |bytes| core::str::from_utf8(bytes).expect("it was a text when it was put in");
        let names = || {
            let (words, _) = bytes.as_chunks::<4>();
            words.iter().map(|word| Name(u32::from_le_bytes(*word)))
        };
        match What::ALL[usize::from(what)] {
            What::Nil => Look::Nil,
            What::False => Look::Bool(false),
            What::True => Look::Bool(true),
            What::Integer => {
                let word = bytes.try_into().expect("a number is eight bytes");
                Look::Integer(i64::from_le_bytes(word))
            }
            What::Text => Look::Text(text(bytes)),
            What::Keyword => Look::Keyword(text(bytes)),
            What::List => Look::List(names().collect()),
            What::Map => Look::Map(names().step_by(2).zip(names().skip(1).step_by(2)).collect()),
        }
    }

    /// The word that a text or a keyword is.
    pub(super) fn word(&self, name: Name) -> Option<&str> {
        match self.look(name) {
            Look::Text(word) | Look::Keyword(word) => Some(word),
            Look::Nil | Look::Bool(_) | Look::Integer(_) | Look::List(_) | Look::Map(_) => None,
        }
    }

    /// The value of that word in a map; nothing where it is no map or has none.
    pub(super) fn get(&self, map: Name, word: &str) -> Option<Name> {
        let Look::Map(pairs) = self.look(map) else { return None };
        pairs.iter().find(|(name, _)| self.word(*name) == Some(word)).map(|(_, value)| *value)
    }

    /// A sentence of the checker, which knows values by their numbers, with the values instead.
    /// Texts that stand in it are left as they are, and a key needs no mark before it.
    pub(super) fn told(&self, sentence: &str) -> String {
        let (mut told, mut is_text) = (String::new(), false);
        let mut rest = sentence;
        while let Some(next) = rest.chars().next() {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let known = rest[..end].parse().ok().filter(|_| !is_text).and_then(|number: u32| {
                let place = size(number.checked_sub(FIRST)?);
                (place < self.ends.len()).then(|| self.value(Name(number)))
            });
            is_text ^= next == '"' && !told.ends_with('\\');
            // Digits stay together, or a part of a number would be taken for a whole one.
            let (word, behind) = rest.split_at(if end > 0 { end } else { next.len_utf8() });
            match known {
                Some(value) => {
                    told.truncate(told.strip_suffix('k').unwrap_or(&told).len());
                    told.push_str(&value.to_string());
                }
                None => told.push_str(word),
            }
            rest = behind;
        }
        told
    }

    /// All that a name stands for, to be told.
    pub(super) fn value(&self, name: Name) -> Value {
        match self.look(name) {
            Look::Nil => Value::Nil,
            Look::Bool(value) => Value::Bool(value),
            Look::Integer(value) => Value::Integer(value),
            Look::Text(text) => Value::Text(text.to_owned()),
            Look::Keyword(text) => Value::Keyword(text.to_owned()),
            Look::List(names) => {
                Value::List(names.into_iter().map(|name| self.value(name)).collect())
            }
            Look::Map(pairs) => {
                let pair = |(name, value)| (self.value(name), self.value(value));
                Value::Map(pairs.into_iter().map(pair).collect())
            }
        }
    }
}

impl What {
    /// Each at its number.
    const ALL: [Self; 8] = [
        Self::Nil,
        Self::False,
        Self::True,
        Self::Integer,
        Self::Text,
        Self::Keyword,
        Self::List,
        Self::Map,
    ];

    const fn number(self) -> u8 {
        match self {
            Self::Nil => 0,
            Self::False => 1,
            Self::True => 2,
            Self::Integer => 3,
            Self::Text => 4,
            Self::Keyword => 5,
            Self::List => 6,
            Self::Map => 7,
        }
    }
}

/// The name of a small number, which needs no room.
fn small(value: i64) -> Option<Name> {
    u32::try_from(value).ok().filter(|&value| value < FIRST).map(Name)
}

/// Below it, a name is a number.
const FIRST: u32 = 1 << 31;

#[cfg(test)]
mod tests {
    use super::{Name, Names};

    #[test]
    fn sentences_name_values_and_no_numbers() {
        let mut names = Names::default();
        let [a, b] = [names.text("a 2147483649"), names.integer(-5)].map(Name::number);
        let sentence = format!("get k{a} = {b}, not {b}0 or 7: \"{a} \\\" {a}\" {a}");
        let told =
            format!("get \"a 2147483649\" = -5, not {b}0 or 7: \"{a} \\\" {a}\" \"a 2147483649\"");
        assert_eq!(names.told(&sentence), told);
    }

    #[test]
    fn equal_values_have_one_name_and_others_another() {
        let mut names = Names::default();
        let mut all = vec![Name::NIL, names.bool(false), names.bool(true), names.text("")];
        for number in [0, 1, -1, i64::MAX, i64::MIN, 1 << 31, (1 << 31) - 1] {
            all.push(names.integer(number));
        }
        all.extend([names.text("a"), names.keyword("a"), names.list(&[])]);
        let [one, two] = [names.integer(1), names.integer(2)];
        all.extend([names.list(&[one, two]), names.list(&[two, one])]);
        all.push(names.map(vec![(one, two), (two, one)]));
        assert_eq!(names.map(vec![(two, one), (one, two)]), all[all.len() - 1]);
        for (index, name) in all.iter().enumerate() {
            assert!(!all[index + 1..].contains(name), "{}", names.value(*name));
        }
        let told: Vec<String> = all.iter().map(|name| names.value(*name).to_string()).collect();
        assert_eq!(
            told[..11].join(" "),
            "nil false true \"\" 0 1 -1 9223372036854775807 -9223372036854775808 2147483648 \
             2147483647"
        );
        assert_eq!(told[11..].join(" "), "\"a\" :a [] [1 2] [2 1] {1 2, 2 1}");
    }
}
