//! The system under test: a register that a majority of servers keeps, and its clients.
//!
//! Attiya, Bar-Noy and Dolev's register (ABD) for several writers. Servers only store. A client
//! asks a majority what it holds, then has a majority store something: a writer its own value
//! under a larger stamp, a reader the very value that it is going to return. Leave the reader's
//! second step out, and a read may return what a later read does not see any more.

use core::fmt;
use std::collections::BTreeSet;
use vsr::checker::models::register::{Input, Output};
use vsr::sim::node::{Node, Payload, ProcessId, TimerId, Wire};
use vsr::sim::random::{Purpose, Stream, derive, mix};
use vsr::sim::ratio::Ratio;
use vsr::sim::time::Span;

/// Which algorithm the clients follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As published: a read has a majority store what it returns.
    Correct,
    /// The classic mistake: a read returns what it has found.
    NoWriteBack,
}

/// A client in one of its lives: one that crashes goes on under another name.
///
/// Stamps carry the name. Were it the same in two lives, a write that a crash cut short and the
/// next one could store different values under one stamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientName {
    /// Its process.
    pub(crate) process: u16,
    /// How often it has crashed.
    pub(crate) life: u16,
}

impl ClientName {
    /// As one number, which no other client has.
    pub(crate) fn number(self) -> u64 {
        u64::from(self.process) << 16 | u64::from(self.life)
    }
}

impl fmt::Display for ClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.process)?;
        match self.life {
            0 => Ok(()),
            life => write!(f, ".{life}"),
        }
    }
}

/// Orders the writes: by number, then by writer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    number: u64,
    writer: ClientName,
}

/// What a server holds: of two, the one with the larger stamp is the newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Held {
    /// When it was written, as it were.
    pub(crate) stamp: Stamp,
    /// What was written.
    pub(crate) value: u64,
}

/// One phase of one operation: answers to another are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Phase {
    client: ClientName,
    number: u64,
}

/// What clients and servers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// A client: what do you hold?
    Query(Phase),
    /// A server: this.
    Holds(Phase, Held),
    /// A client: hold this, unless you hold something newer.
    Store(Phase, Held),
    /// A server: I hold that, or something newer.
    Stored(Phase),
}

impl Payload for Message {
    fn kind(&self) -> u8 {
        match self {
            Self::Query(_) => 0,
            Self::Holds(..) => 1,
            Self::Store(..) => 2,
            Self::Stored(_) => 3,
        }
    }

    fn fingerprint(&self) -> u64 {
        let (phase, held) = match *self {
            Self::Query(phase) | Self::Stored(phase) => (phase, Held::default()),
            Self::Holds(phase, held) | Self::Store(phase, held) => (phase, held),
        };
        let words = [
            u64::from(self.kind()),
            phase.client.number(),
            phase.number,
            held.stamp.number,
            held.stamp.writer.number(),
            held.value,
        ];
        words.into_iter().fold(0, |hash, word| derive(mix(hash), word))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(phase) => write!(f, "QUERY {phase}"),
            Self::Holds(phase, held) => write!(f, "HOLDS {phase} {held}"),
            Self::Store(phase, held) => write!(f, "STORE {phase} {held}"),
            Self::Stored(phase) => write!(f, "STORED {phase}"),
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.client, self.number)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stamp { number, writer } = self.stamp;
        write!(f, "{} t{number}", self.value)?;
        // Nobody has written what is held at first.
        if number > 0 { write!(f, " by {writer}") } else { Ok(()) }
    }
}

/// A process of the system.
#[derive(Debug)]
pub(crate) enum Member {
    /// Keeps the register.
    Server(Server),
    /// Reads and writes it.
    Client(Box<Client>),
}

/// Keeps the register. All that it knows is on its disk, so a crash costs it nothing but time.
#[derive(Debug, Default)]
pub(crate) struct Server {
    held: Held,
}

/// Reads and writes the register, one operation after the other.
#[derive(Debug)]
pub(crate) struct Client {
    name: ClientName,
    form: Form,
    /// The servers are the processes below this number.
    servers: u16,
    script: Script,
    /// Counts the phases of this life.
    phase: u64,
    work: Work,
    /// What it has seen since somebody asked.
    seen: Vec<Seen>,
}

/// What a client is doing.
#[derive(Debug)]
enum Work {
    Thinking,
    Querying { input: Input, newest: Held, from: BTreeSet<ProcessId> },
    Storing { input: Input, held: Held, at: BTreeSet<ProcessId> },
}

/// What a client saw.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen {
    /// It began an operation.
    Asked(ClientName, Input),
    /// It ended it, with that output; the stamp tells the old from the new, for people only.
    Answered(Output, Stamp),
}

/// What a client has still to do.
#[derive(Debug)]
pub(crate) struct Script {
    stream: Stream,
    left: u64,
    /// The next value to be written: no other write has it, so a read tells which it saw.
    fresh: u64,
}

impl Script {
    /// The script of a process: so many operations, most of them reads.
    pub(crate) fn new(seed: u64, process: ProcessId, operations: u64) -> Self {
        let place = u64::from(process.0);
        let stream = Stream::new(seed, Purpose::Workload, place);
        Self { stream, left: operations, fresh: 100 * place + 1 }
    }

    fn next(&mut self) -> Option<Input> {
        self.left = self.left.checked_sub(1)?;
        if self.stream.hits(Ratio::percent(65)) {
            return Some(Input::Read);
        }
        let value = self.fresh;
        self.fresh += 1;
        Some(Input::Write(value))
    }

    fn think(&mut self) -> Span {
        let (min, mean, max) = (Span::micros(100), Span::millis(2), Span::millis(40));
        Span(self.stream.exponential(min.0, mean.0, max.0))
    }
}

impl Client {
    /// Starts a client: it thinks before it does something.
    pub(crate) fn start(
        name: ClientName,
        form: Form,
        servers: u16,
        script: Script,
        wire: &mut Wire<Message>,
    ) -> Self {
        let (phase, work, seen) = (0, Work::Thinking, Vec::new());
        let mut client = Self { name, form, servers, script, phase, work, seen };
        client.become_thinking(wire);
        client
    }

    /// What it has seen since the last call.
    pub(crate) fn take_seen(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.seen)
    }

    fn become_thinking(&mut self, wire: &mut Wire<Message>) {
        self.work = Work::Thinking;
        wire.cancel_timer(RESEND);
        // One that has nothing left to do falls silent, so that the run ends by itself.
        if self.script.left > 0 {
            wire.set_timer(THINK, self.script.think());
        }
    }

    fn become_querying(&mut self, input: Input, wire: &mut Wire<Message>) {
        self.work = Work::Querying { input, newest: Held::default(), from: BTreeSet::new() };
        self.phase += 1;
        self.send(wire);
    }

    fn become_storing(&mut self, input: Input, held: Held, wire: &mut Wire<Message>) {
        self.work = Work::Storing { input, held, at: BTreeSet::new() };
        self.phase += 1;
        self.send(wire);
    }

    /// Sends the phase's message to all servers that have not answered it.
    fn send(&self, wire: &mut Wire<Message>) {
        let phase = Phase { client: self.name, number: self.phase };
        let (message, answered) = match &self.work {
            Work::Thinking => return,
            Work::Querying { from, .. } => (Message::Query(phase), from),
            Work::Storing { held, at, .. } => (Message::Store(phase, *held), at),
        };
        let silent = (0..self.servers).map(ProcessId).filter(|server| !answered.contains(server));
        silent.for_each(|server| wire.send(server, message));
        wire.set_timer(RESEND, RESEND_AFTER);
    }

    fn on_holds(&mut self, server: ProcessId, held: Held, wire: &mut Wire<Message>) {
        let majority = self.majority();
        let Work::Querying { input, newest, from } = &mut self.work else { return };
        from.insert(server);
        *newest = held.max(*newest);
        if from.len() < majority {
            return;
        }
        let (input, newest) = (*input, *newest);
        match (input, self.form) {
            (Input::Read, Form::Correct) => self.become_storing(input, newest, wire),
            (Input::Read, Form::NoWriteBack) => self.answer(input, newest, wire),
            (Input::Write(value), _) => {
                let stamp = Stamp { number: newest.stamp.number + 1, writer: self.name };
                self.become_storing(input, Held { stamp, value }, wire);
            }
            (Input::CompareAndSwap(..), _) => unreachable!("quorums alone cannot swap"),
        }
    }

    fn on_stored(&mut self, server: ProcessId, wire: &mut Wire<Message>) {
        let majority = self.majority();
        let Work::Storing { input, held, at } = &mut self.work else { return };
        at.insert(server);
        if at.len() >= majority {
            let (input, held) = (*input, *held);
            self.answer(input, held, wire);
        }
    }

    fn answer(&mut self, input: Input, held: Held, wire: &mut Wire<Message>) {
        let output = match input {
            Input::Read => Output::Value(held.value),
            Input::Write(_) | Input::CompareAndSwap(..) => Output::Done,
        };
        self.seen.push(Seen::Answered(output, held.stamp));
        self.become_thinking(wire);
    }

    fn is_current(&self, phase: Phase) -> bool {
        phase.client == self.name && phase.number == self.phase
    }

    fn majority(&self) -> usize {
        usize::from(self.servers / 2 + 1)
    }
}

impl Member {
    /// What a process is after a crash: a server what it was, a client another one.
    pub(crate) fn restart(self, wire: &mut Wire<Message>) -> Self {
        match self {
            Self::Server(server) => Self::Server(server),
            Self::Client(client) => {
                let Client { name, form, servers, script, .. } = *client;
                let name = ClientName { life: name.life + 1, ..name };
                Self::Client(Box::new(Client::start(name, form, servers, script, wire)))
            }
        }
    }
}

impl Node for Member {
    type Message = Message;

    fn on_message(&mut self, from: ProcessId, message: Message, wire: &mut Wire<Message>) {
        match (self, message) {
            (Self::Server(server), Message::Query(phase)) => {
                wire.send(from, Message::Holds(phase, server.held));
            }
            (Self::Server(server), Message::Store(phase, held)) => {
                server.held = held.max(server.held);
                wire.send(from, Message::Stored(phase));
            }
            (Self::Client(client), Message::Holds(phase, held)) if client.is_current(phase) => {
                client.on_holds(from, held, wire);
            }
            (Self::Client(client), Message::Stored(phase)) if client.is_current(phase) => {
                client.on_stored(from, wire);
            }
            // Late, doubled or astray.
            (Self::Server(_), Message::Holds(..) | Message::Stored(_)) | (Self::Client(_), _) => {}
        }
    }

    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Message>) {
        let Self::Client(client) = self else { return };
        if timer == RESEND {
            client.send(wire);
        } else if let Some(input) = client.script.next() {
            client.seen.push(Seen::Asked(client.name, input));
            client.become_querying(input, wire);
        }
    }
}

/// When a client sends its phase's message again.
const RESEND: TimerId = TimerId(0);
/// When a client does the next thing.
const THINK: TimerId = TimerId(1);

const RESEND_AFTER: Span = Span::millis(20);
