//! The system under test: a register that a majority of servers keeps, and its clients.
//!
//! Attiya, Bar-Noy and Dolev's register (ABD) for several writers. Servers only store. A client
//! asks a majority what it holds, then has a majority store something: a writer its own value
//! under a larger stamp, a reader the very value that it is going to return. Leave the reader's
//! second step out, and a read may return what a later read does not see any more.

use core::fmt;
use std::collections::BTreeSet;
use vsr::checker::models::register::{Input, Output, Register};
use vsr::sim::guest::{Guest, Place, Seen};
use vsr::sim::node::{Node, Payload, ProcessId, TimerId, Wire};
use vsr::sim::random::{Purpose, Stream, derive, mix};
use vsr::sim::ratio::Ratio;

/// The system, and which algorithm its clients follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As published: a read has a majority store what it returns.
    Correct,
    /// The classic mistake: a read returns what it has found.
    NoWriteBack,
}

impl Guest for Form {
    type Node = Member;
    type Model = Register;

    fn model(&self) -> Register {
        Register
    }

    fn start(&self, place: &Place, before: Option<Member>, wire: &mut Wire<Message>) -> Member {
        match before {
            // All that a server knows is on its disk: a crash costs it nothing but time.
            Some(Member::Server(server)) => Member::Server(server),
            Some(Member::Client(client)) => {
                Member::Client(Box::new(Client::start(*self, place, client.script, wire)))
            }
            None if place.is_client() => {
                let script = Script::new(place);
                Member::Client(Box::new(Client::start(*self, place, script, wire)))
            }
            None => Member::Server(Server::default()),
        }
    }

    fn take_seen(&self, client: &mut Member) -> Vec<Seen<Input, Output>> {
        match client {
            Member::Client(client) => std::mem::take(&mut client.seen),
            Member::Server(_) => Vec::new(),
        }
    }

    fn show(&self, server: &Member) -> Vec<(&'static str, String)> {
        match server {
            Member::Server(server) => vec![("holds", server.held.to_string())],
            Member::Client(_) => Vec::new(),
        }
    }
}

/// A client in one of its lives: one that crashes goes on under another name.
///
/// Stamps carry the name. Were it the same in two lives, a write that a crash cut short and the
/// next one could store different values under one stamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct ClientName {
    /// Which client, counted from zero.
    client: u16,
    /// How often it has crashed.
    life: u32,
}

impl ClientName {
    /// As one number, which no other client has.
    fn number(self) -> u64 {
        u64::from(self.client) << 32 | u64::from(self.life)
    }
}

impl fmt::Display for ClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.client)?;
        match self.life {
            0 => Ok(()),
            life => write!(f, ".{life}"),
        }
    }
}

/// Orders the writes: by number, then by writer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Stamp {
    number: u64,
    writer: ClientName,
}

/// What a server holds: of two, the one with the larger stamp is the newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Held {
    stamp: Stamp,
    value: u64,
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

/// Keeps the register.
#[derive(Debug, Default)]
pub(crate) struct Server {
    held: Held,
}

/// Reads and writes the register, one operation after the other.
#[derive(Debug)]
pub(crate) struct Client {
    name: ClientName,
    form: Form,
    place: Place,
    script: Script,
    /// Counts the phases of this life.
    phase: u64,
    work: Work,
    /// What it has seen since somebody asked.
    seen: Vec<Seen<Input, Output>>,
}

/// What a client is doing.
#[derive(Debug)]
enum Work {
    Thinking,
    Querying { input: Input, newest: Held, from: BTreeSet<ProcessId> },
    Storing { input: Input, held: Held, at: BTreeSet<ProcessId> },
}

/// What a client has still to do.
#[derive(Debug)]
pub(crate) struct Script {
    stream: Stream,
    left: u32,
    /// The next value to be written: no other write has it, so a read tells which it saw.
    fresh: u64,
}

impl Script {
    /// The script of a process: most of it reads.
    fn new(place: &Place) -> Self {
        let stream = Stream::new(place.seed, Purpose::Workload, u64::from(place.process.0));
        let client = u64::from(place.process.0 - place.servers);
        Self { stream, left: place.operations, fresh: 100 * (client + 1) }
    }

    fn next(&mut self) -> Option<Input> {
        self.left = self.left.checked_sub(1)?;
        if self.stream.hits(Ratio::percent(65)) {
            return Some(Input::Read);
        }
        self.fresh += 1;
        Some(Input::Write(self.fresh))
    }
}

impl Client {
    /// Starts a client: it thinks before it does something.
    fn start(form: Form, place: &Place, script: Script, wire: &mut Wire<Message>) -> Self {
        let name = ClientName { client: place.process.0 - place.servers, life: place.life };
        let script = Script { left: place.operations, ..script };
        let (phase, work, seen) = (0, Work::Thinking, Vec::new());
        let mut client = Self { name, form, place: *place, script, phase, work, seen };
        client.become_thinking(wire);
        client
    }

    fn become_thinking(&mut self, wire: &mut Wire<Message>) {
        self.work = Work::Thinking;
        wire.cancel_timer(RESEND);
        // One that has nothing left to do falls silent, so that the run ends by itself.
        if self.script.left > 0 {
            wire.set_timer(THINK, self.place.pause(&mut self.script.stream));
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
        let silent =
            (0..self.place.servers).map(ProcessId).filter(|server| !answered.contains(server));
        silent.for_each(|server| wire.send(server, message));
        wire.set_timer(RESEND, self.place.workload.retry);
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
        self.seen.push(Seen::Answered(output));
        self.become_thinking(wire);
    }

    fn is_current(&self, phase: Phase) -> bool {
        phase.client == self.name && phase.number == self.phase
    }

    fn majority(&self) -> usize {
        usize::from(self.place.servers / 2 + 1)
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
            client.seen.push(Seen::Asked(input));
            client.become_querying(input, wire);
        }
    }
}

/// When a client sends its phase's message again.
const RESEND: TimerId = TimerId(0);
/// When a client does the next thing.
const THINK: TimerId = TimerId(1);
