//! A system of one's own under the kernel: a counter at one server, and clients that ask again when
//! no answer comes.
//!
//! ```text
//! cargo run --release --example your_own_system
//! ```
//!
//! The server does not know what it has done already: of a request that comes twice it adds twice.
//! Everything that goes wrong, the checker, and the shrinker come from the package.

use core::fmt;
use std::process::ExitCode;
use vsr::checker::models::counter::{Counter, Input};
use vsr::sim::guest::{Found, Guest, Place, Seen, hunt, reduce};
use vsr::sim::node::{Node, Payload, ProcessId, TimerId, Wire};
use vsr::sim::random::{Purpose, Stream, derive};
use vsr::sim::scenario::Way;

/// The system: what there is to be said of it.
struct CountingServer;

/// What is sent: the number of a client's request, and what it adds or what the sum is.
#[derive(Clone)]
enum Message {
    Add(u64, u64),
    Sum(u64, u64),
}

/// A process.
enum Member {
    Server {
        sum: u64,
    },
    Client {
        place: Place,
        stream: Box<Stream>,
        asked: u64,
        amount: u64,
        seen: Vec<Seen<Input, u64>>,
    },
}

impl Guest for CountingServer {
    type Node = Member;
    type Model = Counter;

    fn model(&self) -> Counter {
        Counter
    }

    fn servers(&self) -> &'static [u8] {
        &[1]
    }

    fn start(&self, place: &Place, _: Option<Member>, wire: &mut Wire<Message>) -> Member {
        if !place.is_client() {
            return Member::Server { sum: 0 };
        }
        let name = u64::from(place.life) << 16 | u64::from(place.process.0);
        let mut stream = Box::new(Stream::new(place.seed, Purpose::Workload, name));
        if place.operations > 0 {
            wire.set_timer(THINK, place.pause(&mut stream));
        }
        // Nobody else's requests have its numbers: an answer may go astray, or outlive who asked.
        let asked = name << 32;
        Member::Client { place: *place, stream, asked, amount: 0, seen: Vec::new() }
    }

    fn take_seen(&self, client: &mut Member) -> Vec<Seen<Input, u64>> {
        match client {
            Member::Client { seen, .. } => std::mem::take(seen),
            Member::Server { .. } => Vec::new(),
        }
    }
}

impl Node for Member {
    type Message = Message;

    fn on_message(&mut self, from: ProcessId, message: Message, wire: &mut Wire<Message>) {
        match (self, message) {
            (Self::Server { sum }, Message::Add(number, amount)) => {
                *sum += amount;
                wire.send(from, Message::Sum(number, *sum));
            }
            (Self::Client { place, stream, asked, amount, seen }, Message::Sum(number, sum)) => {
                if number == *asked && *amount > 0 {
                    *amount = 0;
                    seen.push(Seen::Answered(sum));
                    wire.cancel_timer(RETRY);
                    place.operations -= 1;
                    if place.operations > 0 {
                        wire.set_timer(THINK, place.pause(stream));
                    }
                }
            }
            // Astray.
            (Self::Server { .. }, Message::Sum(..)) | (Self::Client { .. }, Message::Add(..)) => {}
        }
    }

    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Message>) {
        let Self::Client { place, stream, asked, amount, seen } = self else { return };
        if timer == THINK {
            *asked += 1;
            *amount = stream.between(1, 9);
            seen.push(Seen::Asked(Input::Add(*amount)));
        }
        wire.send(ProcessId(0), Message::Add(*asked, *amount));
        wire.set_timer(RETRY, place.workload.retry);
    }
}

impl Payload for Message {
    fn kind(&self) -> u8 {
        u8::from(matches!(self, Self::Sum(..)))
    }

    fn fingerprint(&self) -> u64 {
        let (Self::Add(number, amount) | Self::Sum(number, amount)) = self;
        derive(derive(*number, *amount), u64::from(self.kind()))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(number, amount) => write!(f, "ADD {amount} s{number}"),
            Self::Sum(number, sum) => write!(f, "SUM {sum} s{number}"),
        }
    }
}

fn main() -> ExitCode {
    let Some((seed, scenario, found)) = hunt(&CountingServer, Way::Swarm, 0..1_000).next() else {
        println!("nothing was found");
        return ExitCode::FAILURE;
    };
    match found {
        Found::Violation(violation) => {
            println!("seed {seed}: {}: {}\n", violation.code, violation.message);
            print!("{}", reduce(&CountingServer, &scenario, &violation, 10_000).text());
            ExitCode::SUCCESS
        }
        Found::Chance(_) | Found::Undecided => ExitCode::FAILURE,
    }
}

const THINK: TimerId = TimerId(0);
const RETRY: TimerId = TimerId(1);
