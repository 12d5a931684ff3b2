//! What was asked and answered, as files write it.

use core::fmt;

/// A value of any format.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing.
    #[default]
    Nil,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
    /// A name, as `:timed-out`.
    Keyword(String),
    /// Several.
    List(Vec<Value>),
    /// Several, by their names.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// The value of that name in a map; nothing where it is no map or has none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs.iter().find(|(key, _)| key.is_named(name)).map(|(_, value)| value)
    }

    fn is_named(&self, name: &str) -> bool {
        match self {
            Self::Text(text) | Self::Keyword(text) => text == name,
            Self::Nil | Self::Bool(_) | Self::Integer(_) | Self::List(_) | Self::Map(_) => false,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => f.write_str("nil"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Keyword(value) => write!(f, ":{value}"),
            Self::List(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    let before = if index == 0 { "" } else { " " };
                    write!(f, "{before}{value}")?;
                }
                f.write_str("]")
            }
            Self::Map(pairs) => {
                f.write_str("{")?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    let before = if index == 0 { "" } else { ", " };
                    write!(f, "{before}{key} {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}
