//! A real host: three replicas of a key-value store on threads, with channels and a real clock.
//!
//! ```text
//! cargo run --example kv_in_one_process
//! ```
//!
//! A thread a replica: it waits for a message until its next timer is due, steps the replica and
//! does what comes out. The main thread is the client, and blocks until it is answered.

use core::cell::Cell;
use core::fmt::Write;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use vsr::protocol::service::{Codec, Typed};
use vsr::protocol::{
    ClientId, ClientOutput, ClientProxy, Configuration, Input, Message, Outbox, Output, Replica,
    ReplicaNumber, Settings, Timer,
};
use vsr::services::kv::{Operation, Reply};
use vsr::services::{Kv, Postcard};

#[expect(clippy::disallowed_types, reason = "an example of a real host needs a real clock")]
type Clock = std::time::Instant;

type Service = Typed<Kv, Postcard>;

/// What a thread can be told.
enum Letter {
    /// Something for its replica.
    Message(Message),
    /// That it is to end.
    End,
}

/// The network: a way to every replica and one to the client. Every party has a copy.
#[derive(Clone)]
struct Ways {
    replicas: Vec<Sender<Letter>>,
    client: Sender<Message>,
}

impl Ways {
    /// Sends to a replica. One that has ended is like one that has crashed: nobody minds.
    fn send(&self, to: ReplicaNumber, message: Message) {
        let _ = self.replicas[to.index()].send(Letter::Message(message));
    }
}

/// Hosts one replica on one thread.
struct Host {
    replica: Replica<Service>,
    out: Outbox,
    ways: Ways,
    timers: BTreeMap<Timer, Clock>,
    jitter: Jitter,
}

impl Host {
    /// Starts a replica on a thread of its own, which gives it back in the end.
    fn start(
        number: ReplicaNumber,
        settings: Settings,
        ways: Ways,
        letters: Receiver<Letter>,
    ) -> JoinHandle<Replica<Service>> {
        spawn(move || {
            let mut out = Outbox::default();
            let replica = Replica::start(settings, number, Service::default(), &mut out)
                .expect("the default settings are valid");
            let jitter = Jitter(Cell::new(u64::from(number.0) + 1));
            let mut host = Self { replica, out, ways, timers: BTreeMap::new(), jitter };
            host.carry_out();
            while let Some(input) = host.wait(&letters) {
                host.replica.step(input, &mut host.out);
                host.carry_out();
            }
            host.replica
        })
    }

    /// The next thing that happens to the replica; nothing when it is to end.
    fn wait(&mut self, letters: &Receiver<Letter>) -> Option<Input> {
        let (&timer, &at) =
            self.timers.iter().min_by_key(|&(_, at)| at).expect("a replica has a timer set");
        match letters.recv_timeout(at.saturating_duration_since(Clock::now())) {
            Ok(Letter::Message(message)) => Some(Input::Message(message)),
            Ok(Letter::End) | Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => {
                self.timers.remove(&timer);
                Some(Input::Timer(timer))
            }
        }
    }

    /// Does what the replica wants done.
    fn carry_out(&mut self) {
        for output in self.out.drain() {
            match output {
                Output::Send(to, message, _) => self.ways.send(to, message),
                Output::Broadcast(all, message, _) => {
                    all.iter().for_each(|to| self.ways.send(to, message.clone()));
                }
                // There is but one client. A host of many keeps a way to each.
                Output::Reply(_, message) => {
                    let _ = self.ways.client.send(message);
                }
                Output::Write(..) | Output::Keep(..) => {
                    unreachable!("a group in memory writes nothing")
                }
                Output::SetTimer(timer, after) => {
                    self.timers.insert(timer, Clock::now() + after + self.jitter.of(after));
                }
                Output::CancelTimer(timer) => {
                    self.timers.remove(&timer);
                }
            }
        }
    }
}

/// Makes replicas that wait for the same thing not act at the same time.
struct Jitter(Cell<u64>);

impl Jitter {
    /// Up to a quarter of a time.
    fn of(&self, time: Duration) -> Duration {
        let word = vsr::sim::random::mix(self.0.get());
        self.0.set(word);
        let quarter = u64::try_from(time.as_nanos() / 4).unwrap_or(u64::MAX);
        Duration::from_nanos(vsr::sim::random::scale(word, 0, quarter))
    }
}

/// A client that blocks until it is answered.
struct Client {
    proxy: ClientProxy,
    ways: Ways,
    messages: Receiver<Message>,
}

impl Client {
    fn ask(&mut self, operation: Operation) -> Reply {
        let mut outputs = Vec::new();
        let submitted = self.proxy.submit(Postcard::encode(&operation), &mut outputs);
        submitted.expect("nothing is asked before the last answer");
        let mut retry_at = Clock::now();
        loop {
            for output in outputs.drain(..) {
                match output {
                    ClientOutput::Send(to, message) => self.ways.send(to, message),
                    ClientOutput::Broadcast(message) => {
                        for number in (0..).zip(&self.ways.replicas).map(|(number, _)| number) {
                            self.ways.send(ReplicaNumber(number), message.clone());
                        }
                    }
                    ClientOutput::SetRetryTimer(after) => retry_at = Clock::now() + after,
                    ClientOutput::Done(bytes, _) => {
                        return Postcard::decode(&bytes).expect("a reply of the store");
                    }
                    ClientOutput::Read(_) => unreachable!("all is asked through the log"),
                    ClientOutput::Refused(reason) => panic!("refused: {reason}"),
                }
            }
            let left = retry_at.saturating_duration_since(Clock::now());
            match self.messages.recv_timeout(left) {
                Ok(message) => self.proxy.on_message(&message, &mut outputs),
                Err(_) => self.proxy.on_retry_timer(&mut outputs),
            }
        }
    }
}

/// Plays a little with a replicated store and tells what it answers.
pub(crate) fn session() -> String {
    let configuration = Configuration::new(3).expect("three replicas are a group");
    let (client_way, messages) = channel();
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| channel()).unzip();
    let ways = Ways { replicas: senders, client: client_way };
    let threads: Vec<_> = (configuration.members().zip(receivers))
        .map(|(number, letters)| {
            Host::start(number, Settings::new(configuration), ways.clone(), letters)
        })
        .collect();
    let id = ClientId::from_number(1);
    let proxy = ClientProxy::new(id, configuration, Duration::from_millis(100));
    let mut client = Client { proxy, ways: ways.clone(), messages };

    let mut text = "A key-value store on three threads.\n\n".to_owned();
    for operation in BEFORE {
        tell(operation, &client.ask(operation), &mut text);
    }
    text.push_str("\n  r0, the primary, is stopped; nobody tells the others.\n\n");
    let _ = ways.replicas[0].send(Letter::End);
    for operation in AFTER {
        tell(operation, &client.ask(operation), &mut text);
    }
    for way in &ways.replicas {
        let _ = way.send(Letter::End);
    }
    let replicas = threads.into_iter().map(|thread| thread.join().expect("no replica panics"));
    let latest = replicas.max_by_key(Replica::commit_number).expect("there are three");
    assert!(latest.view().0 > 0, "the group went on without r0");
    let count = latest.commit_number().0;
    writeln!(text, "\nThe others went on without it: {count} operations, each executed once.")
        .expect(OK);
    text
}

fn tell(operation: Operation, reply: &Reply, text: &mut String) {
    writeln!(text, "  {:<16}{}", asked(operation), answered(reply)).expect(OK);
}

fn asked(operation: Operation) -> String {
    match operation {
        Operation::Get(key) => format!("get {key}"),
        Operation::Put(key, value) => format!("put {key} {value}"),
        Operation::CompareAndSwap(key, old, new) => format!("cas {key} {old} {new}"),
        Operation::Delete(key) => format!("delete {key}"),
        Operation::Append(key, value) => format!("append {key} {value}"),
    }
}

fn answered(reply: &Reply) -> String {
    let list = |held: &Option<Vec<u64>>| match held {
        Some(values) => values.iter().map(u64::to_string).collect::<Vec<_>>().join(" "),
        None => "nothing".to_owned(),
    };
    match reply {
        Reply::Value(held) => list(held),
        Reply::Done => "ok".to_owned(),
        Reply::Differs(held) => format!("not swapped: it holds {}", list(held)),
    }
}

fn main() {
    print!("{}", session());
}

const BEFORE: [Operation; 6] = [
    Operation::Put(1, 10),
    Operation::Get(1),
    Operation::CompareAndSwap(1, 10, 11),
    Operation::CompareAndSwap(1, 10, 12),
    Operation::Append(1, 20),
    Operation::Get(1),
];

const AFTER: [Operation; 3] = [Operation::Append(1, 30), Operation::Get(1), Operation::Get(2)];

const OK: &str = "a string takes what is written";
