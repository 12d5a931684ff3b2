//! A history as it was recorded: each operation in little room, paired while it is read.

use super::columns::{Lines, Times};
use super::event::{Event, Phase};
use super::function::Function;
use super::index::{Index, hash, size};
use super::input::Input;
use super::kind::{Kind, Traits};
use super::names::{Look, Name, Names};
use super::operations::{Completion, Recorded};
use super::{Format, Wrong, edn, json, log};
use std::io::BufRead;

/// All that a file says.
#[derive(Clone, Debug)]
pub struct Recording {
    format: Format,
    pub(super) names: Names,
    /// What was asked, where it is told.
    pub(super) kind: Option<Kind>,
    /// What was held at first, where it is told, and in which line.
    pub(super) initial: Option<(usize, Name)>,
    pub(super) traits: Traits,
    operations: Vec<Compact>,
    /// Which process each client is.
    clients: Vec<u64>,
    processes: Processes,
    /// How many events there were.
    events: u32,
    lines: Lines,
    times: Times,
}

/// An operation as it is kept. Where a history is long, these are most of its memory.
#[derive(Clone, Copy, Debug)]
struct Compact {
    /// The event that it began with.
    invoked: u32,
    /// The event that told what came of it.
    completed: u32,
    client: u32,
    key: Name,
    asked: Name,
    told: Name,
    function: Function,
    end: End,
}

/// What came of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It has happened.
    Ok,
    /// It has not happened.
    Fail,
    /// Nobody knows.
    Unknown,
}

/// Whoever asks.
#[derive(Clone, Debug, Default)]
struct Processes {
    all: Vec<Process>,
    index: Index,
    /// Where the one of the last event is: often it is the next one's too.
    last: u32,
}

#[derive(Clone, Copy, Debug)]
struct Process {
    number: u64,
    /// As which client it goes on, if it is none that nobody heard of any more.
    client: Option<u32>,
    /// The operation that it waits for.
    open: Option<u32>,
}

/// An operation of a recording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'recording> {
    recording: &'recording Recording,
    compact: &'recording Compact,
}

impl Recording {
    /// Reads a file, event by event. Its format is what it looks like.
    ///
    /// # Errors
    /// With the line where it is no history.
    pub fn read(input: impl BufRead) -> Result<Self, Wrong> {
        let mut input = Input::new(input);
        let Some(format) = input.format()? else {
            return Err(Wrong::at(1, "the file is empty: no event is in it"));
        };
        let mut recording = Self {
            format,
            names: Names::default(),
            kind: None,
            initial: None,
            traits: Traits::default(),
            operations: Vec::new(),
            clients: Vec::new(),
            processes: Processes::default(),
            events: 0,
            lines: Lines::default(),
            times: Times::default(),
        };
        match format {
            Format::Lines => json::read(&mut input, &mut recording)?,
            Format::Edn => edn::read(input, &mut recording)?,
            Format::Log => log::read(&mut input, &mut recording)?,
        }
        recording.processes = Processes::default();
        Ok(recording)
    }

    /// The next event.
    ///
    /// # Errors
    /// When a process asks while it waits, or learns of what it has not asked.
    pub(super) fn push(&mut self, event: &Event) -> Result<(), Wrong> {
        let at = self.events;
        self.events = at.checked_add(1).ok_or_else(|| Wrong::at(event.line, "too many events"))?;
        self.lines.push(at, event.line);
        if let Some(time) = event.time {
            self.times.push(at, time);
        }
        let process = self.processes.find(event.process);
        if event.phase == Phase::Invoke {
            self.invoke(at, event, process)
        } else {
            self.complete(at, event, process)
        }
    }

    fn invoke(&mut self, at: u32, event: &Event, process: usize) -> Result<(), Wrong> {
        let &Event { line, function, .. } = event;
        let Process { number, client, open } = self.processes.all[process];
        if let Some(before) = open {
            let before = &self.operations[size(before)];
            let message = format!(
                "process {number} asks for {function}, and waits for the {} of line {}",
                before.function,
                self.lines.line(before.invoked)
            );
            return Err(Wrong::at(line, message));
        }
        let client = client.unwrap_or_else(|| {
            self.clients.push(number);
            // There are no more clients than events.
            u32::try_from(self.clients.len() - 1).unwrap_or(u32::MAX)
        });
        let operation = u32::try_from(self.operations.len()).ok();
        self.processes.all[process] = Process { number, client: Some(client), open: operation };
        self.traits.asked(event, &self.names);
        self.operations.push(Compact {
            invoked: at,
            completed: at,
            client,
            key: event.key,
            asked: event.value,
            told: Name::NIL,
            function,
            end: End::Unknown,
        });
        Ok(())
    }

    fn complete(&mut self, at: u32, event: &Event, process: usize) -> Result<(), Wrong> {
        let &Event { line, function, .. } = event;
        let process = &mut self.processes.all[process];
        let number = process.number;
        let Some(index) = process.open.take() else {
            let message =
                format!("process {number} learns of a {function} that it has not asked for");
            return Err(Wrong::at(line, message));
        };
        let operation = &mut self.operations[size(index)];
        let asked_in = |invoked| self.lines.line(invoked);
        if operation.function != function {
            let message = format!(
                "process {number} learns of a {function}, and asked for the {} of line {}",
                operation.function,
                asked_in(operation.invoked)
            );
            return Err(Wrong::at(line, message));
        }
        if event.key != Name::NIL && event.key != operation.key {
            let [told, asked] = [event.key, operation.key].map(|key| self.names.value(key));
            let message = format!(
                "process {number} learns of the key {told}, and asked for {asked} in line {}",
                asked_in(operation.invoked)
            );
            return Err(Wrong::at(line, message));
        }
        match event.phase {
            Phase::Ok => {
                operation.told = event.value;
                (operation.completed, operation.end) = (at, End::Ok);
                self.traits.told(event, &self.names);
            }
            Phase::Fail => (operation.completed, operation.end) = (at, End::Fail),
            Phase::Info | Phase::Invoke => {
                // Whatever comes next is said by somebody who does not wait for it any more.
                process.client = None;
            }
        }
        Ok(())
    }

    /// Keeps only the operations of a key, which is written as it stands in the file, or without
    /// its quotation marks.
    ///
    /// # Errors
    /// With some of the keys that there are, when that is none.
    pub fn keep_only(&mut self, key: &str) -> Result<(), Wrong> {
        let meant = self.names.meant(key);
        let is_there = |name: &&Name| self.operations.iter().any(|o| o.key == **name);
        let Some(&name) = meant.iter().find(is_there) else {
            return Err(Wrong::of_file(self.no_such_key(key)));
        };
        self.operations.retain(|operation| operation.key == name);
        Ok(())
    }

    fn no_such_key(&self, key: &str) -> String {
        let mut some: Vec<Name> = Vec::new();
        for operation in self.operations.iter().filter(|operation| operation.key != Name::NIL) {
            if !some.contains(&operation.key) {
                some.push(operation.key);
            }
            if some.len() > KEYS_TOLD_MAX {
                break;
            }
        }
        let told = some.iter().take(KEYS_TOLD_MAX).map(|key| self.names.value(*key).to_string());
        let told = told.collect::<Vec<_>>().join(", ");
        let more = if some.len() > KEYS_TOLD_MAX { ", …" } else { "" };
        if some.is_empty() {
            format!("no operation has the key {key}, or any other")
        } else {
            format!("no operation has the key {key}; there are {told}{more}")
        }
    }

    /// How it is written.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// How many operations it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Of how many operations nobody knows what came of them, and how many have not happened.
    #[must_use]
    pub fn unknown_and_failed(&self) -> (usize, usize) {
        let count = |end| self.operations.iter().filter(|operation| operation.end == end).count();
        (count(End::Unknown), count(End::Fail))
    }

    /// An operation, to be told.
    ///
    /// # Panics
    /// When there are not so many.
    #[must_use]
    pub fn operation(&self, index: usize) -> Recorded {
        let Compact { invoked, completed, client, key, asked, told, function, end } =
            self.operations[index];
        let [line, done_in] = [invoked, completed].map(|event| self.lines.line(event));
        let [began, ended] = [invoked, completed].map(|event| self.times.time(event));
        let at = u64::from(completed);
        let [key, asked] = [key, asked].map(|name| self.names.value(name));
        let completion = match end {
            End::Ok => {
                let told = self.names.value(told);
                Completion::Ok { line: done_in, at, time: ended, told }
            }
            End::Fail => Completion::Fail { line: done_in, at, time: ended },
            End::Unknown => Completion::Unknown,
        };
        let (process, client) = (self.clients[size(client)], u64::from(client));
        let (invoked, time) = (u64::from(invoked), began);
        Recorded { line, invoked, time, client, process, function, key, asked, completion }
    }

    /// All operations, in the order in which they were asked.
    pub(super) fn asked(&self) -> impl Iterator<Item = Asked<'_>> {
        self.operations.iter().map(|compact| Asked { recording: self, compact })
    }
}

impl<'recording> Asked<'recording> {
    pub(super) const fn names(&self) -> &'recording Names {
        &self.recording.names
    }

    pub(super) fn look(&self, name: Name) -> Look<'recording> {
        self.recording.names.look(name)
    }

    pub(super) const fn function(&self) -> Function {
        self.compact.function
    }

    pub(super) const fn key(&self) -> Name {
        self.compact.key
    }

    pub(super) const fn given(&self) -> Name {
        self.compact.asked
    }

    pub(super) const fn told(&self) -> Name {
        self.compact.told
    }

    pub(super) const fn end(&self) -> End {
        self.compact.end
    }

    pub(super) fn client(&self) -> u64 {
        u64::from(self.compact.client)
    }

    pub(super) fn process(&self) -> u64 {
        self.recording.clients[size(self.compact.client)]
    }

    /// The how-manieth event it began with.
    pub(super) fn invoked(&self) -> u64 {
        u64::from(self.compact.invoked)
    }

    /// The how-manieth event it ended with, if it did.
    pub(super) fn completed(&self) -> u64 {
        u64::from(self.compact.completed)
    }

    /// When it began and when it ended, in nanoseconds.
    ///
    /// # Errors
    /// Where the file does not tell.
    pub(super) fn times(&self) -> Result<(u64, u64), Wrong> {
        let time = |event| {
            let untold = || {
                let message = "there is no `time` here, and how old a read is can't be told";
                Wrong::at(self.recording.lines.line(event), message)
            };
            self.recording.times.time(event).ok_or_else(untold)
        };
        let invoked = time(self.compact.invoked)?;
        match self.compact.end {
            End::Ok | End::Fail => Ok((invoked, time(self.compact.completed)?)),
            End::Unknown => Ok((invoked, u64::MAX)),
        }
    }

    /// Something is wrong with how it was asked.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Wrong {
        Wrong::at(self.recording.lines.line(self.compact.invoked), message)
    }

    /// Something is wrong with what came of it.
    pub(super) fn wrong_told(&self, message: impl Into<String>) -> Wrong {
        Wrong::at(self.recording.lines.line(self.compact.completed), message)
    }
}

impl Processes {
    /// Where that one is; there it is from now on.
    fn find(&mut self, number: u64) -> usize {
        let is_it = |place: u32| self.all.get(size(place)).is_some_and(|one| one.number == number);
        if !is_it(self.last) {
            let hash = hash(0, &number.to_le_bytes());
            self.last = match self.index.find(hash, is_it) {
                Some(place) => place,
                None => {
                    self.all.push(Process { number, client: None, open: None });
                    self.index.push(hash)
                }
            };
        }
        size(self.last)
    }
}

/// How many keys are told to somebody who asks for one that is none.
const KEYS_TOLD_MAX: usize = 5;

#[cfg(test)]
mod tests {
    use super::Compact;

    #[test]
    fn an_operation_needs_little_room() {
        assert_eq!(size_of::<Compact>(), 28);
    }
}
