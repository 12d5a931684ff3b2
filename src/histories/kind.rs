//! Kinds of objects, and which of them has the functions of a history.

use super::Wrong;
use super::event::Event;
use super::function::Function;
use super::names::{Name, Names, What};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A register: read, write, cas.
    Register,
    /// A store: get, put, cas, delete, append; each key by itself.
    Kv,
    /// A number: get, add.
    Counter,
    /// A set: add, remove, contains, and read of the whole.
    Set,
    /// First in, first out: enqueue, dequeue.
    Queue,
    /// Last in, first out: push, pop.
    Stack,
    /// The least is out first: insert, take.
    PriorityQueue,
    /// Held by one at a time: acquire, release.
    Lock,
    /// Registers of which several are read and written at once.
    Transactions,
    /// Never goes back: stamp, last.
    Clock,
    /// Random numbers: draw, last.
    Lottery,
}

/// What is known of a history from its events, without what they mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Traits {
    /// The line in which each function is asked for first.
    pub(super) lines: [Option<usize>; Function::ALL.len()],
    /// Whether an operation has a key.
    pub(super) has_keys: bool,
    /// Whether a read was told a list: all that is in a set.
    pub(super) has_whole_reads: bool,
    /// Whether a key, or what was given to an operation, is no text.
    pub(super) has_more_than_texts: bool,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Register,
        Self::Kv,
        Self::Counter,
        Self::Set,
        Self::Queue,
        Self::Stack,
        Self::PriorityQueue,
        Self::Lock,
        Self::Transactions,
        Self::Clock,
        Self::Lottery,
    ];

    /// How it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Kv => "kv",
            Self::Counter => "counter",
            Self::Set => "set",
            Self::Queue => "queue",
            Self::Stack => "stack",
            Self::PriorityQueue => "priority-queue",
            Self::Lock => "lock",
            Self::Transactions => "transactions",
            Self::Clock => "clock",
            Self::Lottery => "lottery",
        }
    }

    /// The kind of that name.
    ///
    /// # Errors
    /// With all names.
    pub fn parse(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| format!("one of {}", Self::ALL.map(Self::name).join(", ")))
    }

    /// The functions that it has.
    #[must_use]
    pub const fn functions(self) -> &'static [Function] {
        use Function::{
            Acquire, Add, Append, Cas, Contains, Delete, Dequeue, Draw, Enqueue, Get, Insert, Last,
            Pop, Push, Put, Read, Release, Remove, Stamp, Take, Txn, Write,
        };
        match self {
            Self::Register => &[Read, Write, Cas],
            Self::Kv => &[Get, Put, Cas, Delete, Append],
            Self::Counter => &[Get, Add],
            Self::Set => &[Add, Remove, Contains, Read],
            Self::Queue => &[Enqueue, Dequeue],
            Self::Stack => &[Push, Pop],
            Self::PriorityQueue => &[Insert, Take],
            Self::Lock => &[Acquire, Release],
            Self::Transactions => &[Txn, Read, Write],
            Self::Clock => &[Stamp, Last],
            Self::Lottery => &[Draw, Last],
        }
    }

    /// Its functions' names.
    pub(super) fn words(self) -> String {
        self.functions().iter().map(|function| function.name()).collect::<Vec<_>>().join(", ")
    }

    /// The one that has all functions of a history.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub(super) fn of(traits: &Traits) -> Result<Self, Wrong> {
        let has_all = |kind: &Self| {
            let mut used =
                Function::ALL.iter().zip(&traits.lines).filter(|(_, line)| line.is_some());
            used.all(|(function, _)| kind.functions().contains(function))
        };
        let fits = |kind: &Self| match kind {
            // Without keys it is a store only if it can be nothing else.
            Self::Kv => false,
            Self::Register => !(traits.has_whole_reads && traits.has_only_reads()),
            Self::Set => traits.has_whole_reads || !traits.has_only_reads(),
            Self::Transactions => traits.asks_for(Function::Txn),
            Self::Counter
            | Self::Queue
            | Self::Stack
            | Self::PriorityQueue
            | Self::Lock
            | Self::Clock
            | Self::Lottery => true,
        };
        let mut found: Vec<Self> =
            Self::ALL.into_iter().filter(|kind| has_all(kind) && fits(kind)).collect();
        if has_all(&Self::Kv) && (found.is_empty() || traits.has_keys) {
            found = vec![Self::Kv];
        }
        if traits.lines.iter().all(Option::is_none) {
            found = vec![Self::Register];
        }
        let first = traits.lines.iter().flatten().copied().min().unwrap_or(1);
        match found[..] {
            [kind] => Ok(kind),
            [] => Err(Wrong::at(
                first,
                format!("no model has all functions of this history: {}", known()),
            )),
            [..] => {
                let names: Vec<&str> = found.iter().map(|kind| kind.name()).collect();
                let message = format!(
                    "this may be a {}: say which, in the first line or by --model",
                    names.join(" or a ")
                );
                Err(Wrong::at(first, message))
            }
        }
    }
}

impl Traits {
    /// Somebody asks.
    pub(super) fn asked(&mut self, event: &Event, names: &Names) {
        self.lines[event.function.index()].get_or_insert(event.line);
        self.has_keys |= event.key != Name::NIL;
        let [key, value] = [event.key, event.value].map(|name| names.what(name));
        self.has_more_than_texts |= key != What::Text || ![What::Text, What::Nil].contains(&value);
    }

    /// Somebody is told.
    pub(super) fn told(&mut self, event: &Event, names: &Names) {
        self.has_whole_reads |=
            event.function == Function::Read && names.what(event.value) == What::List;
    }

    pub(super) fn asks_for(&self, function: Function) -> bool {
        self.lines[function.index()].is_some()
    }

    fn has_only_reads(&self) -> bool {
        let mut used = Function::ALL.iter().zip(&self.lines).filter(|(_, line)| line.is_some());
        used.all(|(function, _)| *function == Function::Read)
    }
}

/// All kinds with their functions, to be told to somebody who asks for something else.
pub(super) fn known() -> String {
    let kinds = Kind::ALL.map(|kind| format!("{} ({})", kind.name(), kind.words()));
    format!("there are {}", kinds.join(", "))
}
