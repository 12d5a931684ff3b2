//! A store of texts: get, put, append; each key by itself, and each text empty at first.

use crate::checker::Model;

/// A store of texts, whose keys are known by numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextKv;

/// What can be asked of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    /// Which key.
    pub key: u64,
    /// What is asked of it.
    pub action: Action,
}

/// What can be asked of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// What does it hold?
    Get,
    /// Hold that alone.
    Put(String),
    /// Hold that too, behind the rest.
    Append(String),
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// It holds that.
    Text(String),
    /// It was done.
    Done,
}

impl Model for TextKv {
    type State = String;
    type Input = Input;
    type Output = Output;
    type Key = u64;

    fn key(&self, input: &Input) -> u64 {
        input.key
    }

    fn initial(&self) -> String {
        String::new()
    }

    fn step(&self, held: &String, input: &Input) -> (String, Output) {
        match &input.action {
            Action::Get => (held.clone(), Output::Text(held.clone())),
            Action::Put(text) => (text.clone(), Output::Done),
            Action::Append(text) => {
                let mut longer = String::with_capacity(held.len() + text.len());
                longer.push_str(held);
                longer.push_str(text);
                (longer, Output::Done)
            }
        }
    }

    fn is_read(&self, input: &Input, _output: Option<&Output>) -> bool {
        matches!(input.action, Action::Get)
    }

    fn describe(&self, input: &Input, output: Option<&Output>) -> String {
        let key = input.key;
        let asked = match &input.action {
            Action::Get => format!("get k{key}"),
            Action::Put(text) => format!("put k{key} = {text:?}"),
            Action::Append(text) => format!("append k{key} {text:?}"),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(Output::Done) => format!("{asked} ok"),
            Some(Output::Text(text)) => format!("{asked} = {text:?}"),
        }
    }
}
