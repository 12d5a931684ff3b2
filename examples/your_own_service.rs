//! A service of your own, replicated: a bank whose primary dies in the middle of a transfer.
//!
//! ```text
//! cargo run --example your_own_service
//! ```
//!
//! First the service, which knows nothing of replication. Then the host: what any program has to
//! do for a replica, here with a queue for a network and numbers for a clock. Then the story.

use core::fmt::Write;
use core::time::Duration;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use vsr::protocol::replica::StatusKind;
use vsr::protocol::service::{Codec, Typed};
use vsr::protocol::{
    ClientId, ClientOutput, ClientProxy, Configuration, Input, Message, Outbox, Output, Replica,
    ReplicaNumber, Settings, Timer, TypedService,
};
use vsr::services::Postcard;

/// The service: what each account holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Bank {
    accounts: BTreeMap<String, u64>,
}

/// What can be asked of the bank.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Operation {
    Deposit { to: String, amount: u64 },
    Transfer { from: String, to: String, amount: u64 },
    Balance { of: String },
}

/// What the bank answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Answer {
    /// The account, or the account that paid, holds this now.
    Holds(u64),
    /// The account that was to pay holds only this; nothing was moved.
    FundsLack(u64),
    /// The amount is more than can be counted.
    TooMuch,
}

/// Deterministic: no clock, no randomness, no order that differs between processes.
impl TypedService for Bank {
    type Operation = Operation;
    type Reply = Answer;

    fn apply(&mut self, operation: Operation) -> Answer {
        match operation {
            Operation::Deposit { to, amount } => match self.balance(&to).checked_add(amount) {
                Some(sum) => self.set(to, sum),
                None => Answer::TooMuch,
            },
            Operation::Transfer { from, to, amount } => {
                let held = self.balance(&from);
                let Some(rest) = held.checked_sub(amount) else { return Answer::FundsLack(held) };
                if from == to {
                    return Answer::Holds(held);
                }
                let Some(sum) = self.balance(&to).checked_add(amount) else {
                    return Answer::TooMuch;
                };
                self.set(to, sum);
                self.set(from, rest)
            }
            Operation::Balance { of } => Answer::Holds(self.balance(&of)),
        }
    }
}

impl Bank {
    fn set(&mut self, account: String, amount: u64) -> Answer {
        self.accounts.insert(account, amount);
        Answer::Holds(amount)
    }

    fn balance(&self, account: &str) -> u64 {
        self.accounts.get(account).copied().unwrap_or(0)
    }
}

/// The bank as replicas take it: operations and answers travel as bytes.
type Service = Typed<Bank, Postcard>;

/// Who a message or a timer is for. The order decides who goes first when two are due at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Party {
    Replica(ReplicaNumber),
    Client,
}

/// The host: three replicas and a client in one process.
struct Host {
    configuration: Configuration,
    /// A dead one is `None`.
    replicas: Vec<Option<Replica<Service>>>,
    client: ClientProxy,
    /// The network.
    queue: VecDeque<(Party, Message)>,
    /// When each timer goes off; clients have only one.
    timers: BTreeMap<(Party, Option<Timer>), Duration>,
    /// The clock.
    now: Duration,
    /// What the client was answered.
    answer: Option<Answer>,
}

impl Host {
    fn new() -> Self {
        let configuration = Configuration::new(3).expect("three replicas are a group");
        let retry_after = Duration::from_millis(50);
        let mut host = Self {
            configuration,
            replicas: Vec::new(),
            client: ClientProxy::new(ClientId::from_number(1), configuration, retry_after),
            queue: VecDeque::new(),
            timers: BTreeMap::new(),
            now: Duration::ZERO,
            answer: None,
        };
        for number in configuration.members() {
            let mut out = Outbox::default();
            let settings = Settings::new(configuration);
            let replica = Replica::start(settings, number, Service::default(), &mut out);
            host.replicas.push(Some(replica.expect("the default settings are valid")));
            host.carry_out(number, &mut out);
        }
        host
    }

    /// The client asks. Nothing moves until the host lets it.
    fn submit(&mut self, operation: &Operation) {
        let mut outputs = Vec::new();
        let submitted = self.client.submit(Postcard::encode(operation), &mut outputs);
        submitted.expect("the client was answered before");
        self.carry_out_for_client(outputs);
    }

    /// Delivers messages, and lets timers go off when there are none, until there is an answer.
    fn run(&mut self) -> Answer {
        loop {
            if let Some(answer) = self.answer.take() {
                return answer;
            }
            if !self.deliver() {
                self.expire();
            }
        }
    }

    /// Delivers one message, if there is one.
    fn deliver(&mut self) -> bool {
        let Some((to, message)) = self.queue.pop_front() else { return false };
        match to {
            Party::Replica(number) => self.step(number, Input::Message(message)),
            Party::Client => {
                let mut outputs = Vec::new();
                self.client.on_message(&message, &mut outputs);
                self.carry_out_for_client(outputs);
            }
        }
        true
    }

    /// Moves the clock to the next timer and lets it go off. A real host adds some jitter.
    fn expire(&mut self) {
        let next = self.timers.iter().min_by_key(|&(_, at)| at);
        let (&(party, timer), &at) = next.expect("a live replica has a timer set");
        self.timers.remove(&(party, timer));
        self.now = at;
        match (party, timer) {
            (Party::Replica(number), Some(timer)) => self.step(number, Input::Timer(timer)),
            (Party::Replica(_) | Party::Client, _) => {
                let mut outputs = Vec::new();
                self.client.on_retry_timer(&mut outputs);
                self.carry_out_for_client(outputs);
            }
        }
    }

    /// All that ever happens to a replica: an input goes in, outputs come out.
    fn step(&mut self, number: ReplicaNumber, input: Input) {
        let mut out = Outbox::default();
        let Some(replica) = &mut self.replicas[number.index()] else { return };
        replica.step(input, &mut out);
        self.carry_out(number, &mut out);
    }

    /// Does what a replica wants done.
    fn carry_out(&mut self, from: ReplicaNumber, out: &mut Outbox) {
        let party = Party::Replica(from);
        for output in out.drain() {
            match output {
                Output::Send(to, message, _) => self.queue.push_back((Party::Replica(to), message)),
                Output::Broadcast(all, message, _) => {
                    for to in all.iter() {
                        self.queue.push_back((Party::Replica(to), message.clone()));
                    }
                }
                Output::Reply(_, message) => self.queue.push_back((Party::Client, message)),
                Output::Write(..) | Output::Keep(..) => {
                    unreachable!("a group in memory writes nothing")
                }
                Output::SetTimer(timer, after) => {
                    self.timers.insert((party, Some(timer)), self.now + after);
                }
                Output::CancelTimer(timer) => {
                    self.timers.remove(&(party, Some(timer)));
                }
            }
        }
    }

    /// Does what the client wants done.
    fn carry_out_for_client(&mut self, outputs: Vec<ClientOutput>) {
        for output in outputs {
            match output {
                ClientOutput::Send(to, message) => {
                    self.queue.push_back((Party::Replica(to), message));
                }
                ClientOutput::Broadcast(message) => {
                    for to in self.configuration.members() {
                        self.queue.push_back((Party::Replica(to), message.clone()));
                    }
                }
                ClientOutput::SetRetryTimer(after) => {
                    self.timers.insert((Party::Client, None), self.now + after);
                }
                ClientOutput::Done(bytes, _) => {
                    self.timers.remove(&(Party::Client, None));
                    self.answer = Postcard::decode(&bytes);
                }
                ClientOutput::Read(_) => unreachable!("all is asked through the log"),
                ClientOutput::Refused(reason) => panic!("refused: {reason}"),
            }
        }
    }

    /// A replica dies: it is not stepped any more. What it has sent is still under way.
    fn kill(&mut self, number: ReplicaNumber) {
        self.replicas[number.index()] = None;
        self.timers.retain(|&(party, _), _| party != Party::Replica(number));
    }

    /// The replicas that live.
    fn living(&self) -> impl Iterator<Item = &Replica<Service>> {
        self.replicas.iter().flatten()
    }

    /// Who leads, and in which view.
    fn leader(&self) -> String {
        let leader = self.living().find(|replica| replica.is_primary());
        leader.map_or("nobody leads".to_owned(), |replica| {
            format!("{} leads {}", replica.number(), replica.view())
        })
    }
}

/// Plays the story and tells it. It is the same every time.
pub(crate) fn story() -> String {
    let mut host = Host::new();
    let mut text = INTRODUCTION.to_owned();
    let before = [deposit("ann", 100), transfer("ann", "bob", 30), transfer("bob", "ann", 50)];
    for operation in before {
        ask(&mut host, &operation, &mut text);
    }
    let unanswered = transfer("ann", "bob", 20);
    host.submit(&unanswered);
    // The request reaches the primary, which sends it to its backups, and that was it.
    host.deliver();
    host.kill(ReplicaNumber(0));
    writeln!(text, "\n  r0 has passed the next request on, and dies. The client waits.\n")
        .expect(OK);
    finish(&mut host, &unanswered, &mut text);
    for operation in [balance("ann"), balance("bob")] {
        ask(&mut host, &operation, &mut text);
    }
    text.push_str("\nThe transfer was executed, and only once, however often the client asked:\n");
    // Until the primary's next heartbeat has told the backup what is committed.
    let is_even = |host: &Host| {
        let mut commits = host.living().map(Replica::commit_number);
        let first = commits.next();
        commits.all(|commit| Some(commit) == first)
    };
    while !is_even(&host) {
        if !host.deliver() {
            host.expire();
        }
    }
    for replica in host.living() {
        assert_eq!(replica.status(), StatusKind::Normal);
        let (number, commit) = (replica.number(), replica.commit_number().0);
        let accounts = &replica.service().service().accounts;
        let accounts = accounts.iter().map(|(name, held)| format!("{name} {held}"));
        let accounts = accounts.collect::<Vec<_>>().join(", ");
        writeln!(text, "  {number} has executed {commit} operations and holds: {accounts}")
            .expect(OK);
    }
    text
}

fn ask(host: &mut Host, operation: &Operation, text: &mut String) {
    host.submit(operation);
    finish(host, operation, text);
}

fn finish(host: &mut Host, operation: &Operation, text: &mut String) {
    let what = match operation {
        Operation::Deposit { to, amount } => format!("deposit {amount} to {to}"),
        Operation::Transfer { from, to, amount } => {
            format!("transfer {amount} from {from} to {to}")
        }
        Operation::Balance { of } => format!("balance of {of}"),
    };
    let answer = match host.run() {
        Answer::Holds(amount) => format!("holds {amount}"),
        Answer::FundsLack(held) => format!("refused, holds {held}"),
        Answer::TooMuch => "too much".to_owned(),
    };
    let (now, leader) = (host.now.as_millis(), host.leader());
    writeln!(text, "{now:>4} ms  {what:<28}{answer:<20}{leader}").expect(OK);
}

fn deposit(to: &str, amount: u64) -> Operation {
    Operation::Deposit { to: to.to_owned(), amount }
}

fn transfer(from: &str, to: &str, amount: u64) -> Operation {
    Operation::Transfer { from: from.to_owned(), to: to.to_owned(), amount }
}

fn balance(of: &str) -> Operation {
    Operation::Balance { of: of.to_owned() }
}

fn main() {
    print!("{}", story());
}

const INTRODUCTION: &str = "\
A bank on three replicas, in one process. Messages take no time: the clock goes from timer to timer.

";

const OK: &str = "a string takes what is written";
