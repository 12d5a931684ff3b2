//! The clients: each adds to the number, one time after the other.

use crate::server::{Body, Message};
use std::fmt;
use vsr::checker::models::counter::Input;
use vsr::sim::guest::{Place, Seen};
use vsr::sim::node::{ProcessId, TimerId, Wire};
use vsr::sim::random::{Purpose, Stream};

/// A client in one of its lives: one that crashes goes on under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientName(u64);

impl ClientName {
    const fn of(place: &Place) -> Self {
        Self((place.life as u64) << 16 | place.process.0 as u64)
    }

    /// The name as a number.
    pub(crate) const fn number(self) -> u64 {
        self.0
    }

    /// The name that was that number.
    pub(crate) const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Where it is.
    pub(crate) const fn process(self) -> ProcessId {
        ProcessId((self.0 & 0xffff) as u16)
    }
}

impl fmt::Display for ClientName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}.{}", self.process().0, self.0 >> 16)
    }
}

/// A client's operation: of several with one number it wants one to be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) client: ClientName,
    /// Counts its operations, from one.
    pub(crate) number: u64,
    /// What is added.
    pub(crate) amount: u64,
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ASK {}/{} +{}", self.client, self.number, self.amount)
    }
}

/// What came of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Of which.
    pub(crate) number: u64,
    /// What the number was then.
    pub(crate) total: u64,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ANSWER {} ={}", self.number, self.total)
    }
}

/// A client.
pub(crate) struct Client {
    place: Place,
    stream: Stream,
    left: u32,
    asked: u64,
    /// What it waits for.
    open: Option<Ask>,
    seen: Vec<Seen<Input, u64>>,
}

impl Client {
    pub(crate) fn start<P>(place: Place, wire: &mut Wire<Message<P>>) -> Self {
        let stream = Stream::new(place.seed, Purpose::Workload, ClientName::of(&place).number());
        let (left, seen) = (place.operations, Vec::new());
        let mut client = Self { place, stream, left, asked: 0, open: None, seen };
        client.think(wire);
        client
    }

    /// What it has seen since the last call.
    pub(crate) fn take_seen(&mut self) -> Vec<Seen<Input, u64>> {
        std::mem::take(&mut self.seen)
    }

    pub(crate) fn on_timer<P>(&mut self, timer: TimerId, wire: &mut Wire<Message<P>>) {
        if timer == THINK {
            self.left -= 1;
            self.asked += 1;
            let amount = self.stream.between(1, 9);
            let client = ClientName::of(&self.place);
            self.open = Some(Ask { client, number: self.asked, amount });
            self.seen.push(Seen::Asked(Input::Add(amount)));
        }
        self.send(wire);
    }

    pub(crate) fn on_answer<P>(
        &mut self,
        name: ClientName,
        answer: Answer,
        wire: &mut Wire<Message<P>>,
    ) {
        if self.open.is_some_and(|ask| ask.client == name && ask.number == answer.number) {
            self.open = None;
            self.seen.push(Seen::Answered(answer.total));
            self.think(wire);
        }
    }

    fn think<P>(&mut self, wire: &mut Wire<Message<P>>) {
        wire.cancel_timer(RETRY);
        if self.left > 0 {
            wire.set_timer(THINK, self.place.pause(&mut self.stream));
        }
    }

    /// Asks all servers: who leads is not for a client to know.
    fn send<P>(&self, wire: &mut Wire<Message<P>>) {
        let Some(ask) = self.open else { return };
        for to in (0..self.place.servers).map(ProcessId) {
            wire.send(to, Message { to, body: Body::Ask(ask) });
        }
        wire.set_timer(RETRY, self.place.workload.retry);
    }
}

/// When a client does the next thing, and when it asks again.
const THINK: TimerId = TimerId(1);
const RETRY: TimerId = TimerId(2);
