//! The processes of a run: replicas and clients, hosted as any host would.

use super::harm;
use super::node::{Node, ProcessId, TimerId, Wire};
use super::random::{self, Purpose, Stream};
use super::sabotage::Sabotage;
use super::scenario::Scenario;
use super::service::Watched;
use super::store::Store;
use super::time::Span;
use super::workload::{Asked, How, Script};
use crate::protocol::durable::Kept;
use crate::protocol::mark::Marks;
use crate::protocol::message::{Header, Message, Peer, RefusalReason};
use crate::protocol::refused::Refused;
use crate::protocol::replica::Life;
use crate::protocol::{
    ClientId, ClientOutput, ClientProxy, Durability, Incarnation, Input, Nonce, OpNumber, Outbox,
    Output, Replica, ReplicaNumber, RequestNumber, Settings, Ticket, Timer, ViewNumber,
};
use crate::storage;
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use uuid::Uuid;

/// A process of a run.
#[derive(Debug)]
pub enum Member {
    /// A replica.
    Replica(Box<ReplicaHost>),
    /// A client.
    Client(Box<ClientHost>),
}

/// Hosts a replica: carries its outputs to the kernel.
#[derive(Debug)]
pub struct ReplicaHost {
    /// The code under test.
    pub replica: Replica<Watched>,
    out: Outbox,
    sabotage: Option<Sabotage>,
    /// How many there are: the processes before the clients.
    replicas: u8,
    /// Whether the replica has to know the time.
    keeps_time: bool,
    /// The latest answer, for a host that mixes them up.
    answer: Bytes,
    /// The journal, in a durable group.
    store: Option<Store>,
    /// This is not its first life.
    pub has_restarted: bool,
    /// Something of what it wrote in this life is durable.
    pub has_written: bool,
    /// It began with what was not on its disk.
    pub has_misread: bool,
    /// What it has promised on the wire: in this life, or in all where the group is durable.
    pub promises: Promises,
    /// How often it refused an input, by reason.
    pub refusals: [u32; Refused::ALL.len()],
    /// The latest refusal since somebody looked.
    pub refused: Option<Refused>,
}

/// What a replica's messages have promised so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Promises {
    /// The latest view that it spoke in.
    pub view: ViewNumber,
    /// The view of its latest PREPAREOK, and up to where it said that it holds the log.
    pub prepare_ok: Option<(ViewNumber, OpNumber)>,
}

/// Hosts a client: asks, waits, thinks, asks again.
#[derive(Debug)]
pub struct ClientHost {
    proxy: ClientProxy,
    script: Script,
    outputs: Vec<ClientOutput>,
    /// What the group is to become, one after the other, where it is the administrator.
    orders: VecDeque<Bytes>,
    /// What the administrator waits for.
    ordered: Ordered,
    /// Where its ids come from.
    ids: Ids,
    /// What the client saw since the judges last looked.
    pub seen: Vec<Seen>,
}

/// How far an administrator is with an order (§7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ordered {
    /// Nothing is under way.
    Nothing,
    /// The group was asked to change.
    Change,
    /// Whether the new group is at work.
    Check,
}

/// What a client saw.
#[derive(Clone, Debug)]
pub enum Seen {
    /// As an administrator it asked for something that is the group's own business.
    Ordered(ClientId, RequestNumber, Bytes),
    /// It asked.
    Asked(ClientId, RequestNumber, Asked, How),
    /// It was answered: with what, and after which operation.
    Answered(ClientId, RequestNumber, Bytes, OpNumber),
    /// It was refused for good; whether the operation happened is not known.
    Refused(ClientId, RequestNumber),
}

impl ReplicaHost {
    /// Starts a replica: in its first life as a member of a new group, later by recovery, or with
    /// what its disk has kept.
    ///
    /// # Panics
    /// When the scenario's bounds were not checked.
    #[must_use]
    pub fn start(
        scenario: &Scenario,
        number: u8,
        incarnation: u64,
        past: Past<'_>,
        wire: &mut Wire<Message>,
    ) -> Self {
        let sabotage = scenario.cluster.sabotage;
        let mut out = Outbox::default();
        let settings = settings_of(scenario);
        let place = SERVICE << 48 | u64::from(number) << 32 | incarnation;
        let seed = random::derive(scenario.seed, place);
        let mut service = Watched::new(scenario.cluster.service, seed);
        if sabotage == Some(Sabotage::DiffersByReplica) {
            service.taint(number);
        }
        let number = ReplicaNumber(number);
        let begun = is_durable(scenario).then(|| begin(scenario, number, &past, sabotage, wire));
        let is_new = match &begun {
            Some(begun) => begun.is_new,
            None => incarnation == 0,
        };
        let (kept, store) = match begun {
            Some(begun) => (begun.kept, Some(Store::new(begun.store))),
            None => (None, None),
        };
        let (mut promises, has_misread) = (past.promises, past.has_misread);
        let forgets = sabotage == Some(Sabotage::ForgetsToRecover);
        let replica = if let Some(kept) = kept {
            Replica::restart(settings, number, kept, wire.clock(), service, &mut out)
        } else if is_standby(scenario, number) && (is_new || forgets) {
            Replica::join(settings, number, service, &mut out)
        } else if is_new || forgets {
            Replica::start(settings, number, service, &mut out)
        } else {
            let place = u64::from(number.0) << 32 | incarnation;
            let mut stream = Stream::new(scenario.seed, Purpose::Identity, place);
            let nonce = u128::from(stream.word()) << 64 | u128::from(stream.word());
            // They were those of a life that is forgotten.
            promises = Promises::default();
            let (incarnation, nonce) = (Incarnation(incarnation), Nonce(nonce));
            let joins = is_standby(scenario, number);
            let life = Life { incarnation, nonce, now: wire.clock(), joins };
            Replica::recover(settings, number, life, service, &mut out)
        };
        let mut host = Self {
            replica: replica.expect("a scenario's bounds are checked"),
            out,
            sabotage,
            replicas: scenario.cluster.replicas,
            keeps_time: scenario.keeps_time(),
            answer: Bytes::new(),
            store,
            has_restarted: incarnation > 0,
            has_written: false,
            has_misread,
            promises,
            refusals: [0; Refused::ALL.len()],
            refused: None,
        };
        host.carry_out(wire);
        host
    }

    /// Whether all that it wants to be on its disk is there, if it has one.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.store.as_ref().is_some_and(Store::is_written)
    }

    /// The marks reached in this life.
    #[must_use]
    pub const fn marks(&self) -> Marks {
        self.out.marks()
    }

    fn step(&mut self, input: Input, wire: &mut Wire<Message>) {
        if self.keeps_time {
            self.replica.tell_time(wire.clock());
        }
        self.replica.step(input, &mut self.out);
        if let Some(reason) = self.out.take_refused() {
            self.refusals[refusal_index(reason)] += 1;
            self.refused = Some(reason);
        }
        self.carry_out(wire);
    }

    /// Takes an input, unless the host cheats with it.
    fn take(&mut self, input: Input, wire: &mut Wire<Message>) {
        if self.sabotage == Some(Sabotage::NeverResends)
            && let Input::Timer(
                Timer::PrepareResend
                | Timer::TransferResend
                | Timer::ViewChangeResend
                | Timer::ViewChangeStall
                | Timer::RecoveryResend,
            ) = input
        {
            return;
        }
        if self.sabotage == Some(Sabotage::NeverCatchesUp)
            && matches!(input, Input::Message(Message::Peer(_, Peer::NewState(_))))
        {
            return;
        }
        let op_number = self.replica.op_number();
        self.step(input, wire);
        let is_more = self.replica.is_primary() && self.replica.op_number() > op_number;
        if self.sabotage == Some(Sabotage::AnswersTooSoon) && is_more {
            self.acknowledge_for_all(wire);
        }
    }

    fn acknowledge_for_all(&mut self, wire: &mut Wire<Message>) {
        let (number, view) = (self.replica.number(), self.replica.view());
        for from in self.replica.configuration().members().filter(|&from| from != number) {
            let header = Header {
                view,
                from,
                // Whatever life the others are in, a message of the latest is believed.
                incarnation: self.replica.known_incarnation(from),
            };
            let ok = Peer::PrepareOk { op_number: self.replica.op_number(), beat: 0 };
            self.step(Input::Message(Message::Peer(header, ok)), wire);
        }
    }

    /// A message as the host sends it on.
    fn tamper(&mut self, message: Message) -> Message {
        match (self.sabotage, message) {
            (Some(Sabotage::AnswersWrongly), Message::Reply(mut reply)) => {
                std::mem::swap(&mut reply.result, &mut self.answer);
                Message::Reply(reply)
            }
            (
                Some(Sabotage::PromisesTooMuch),
                Message::Peer(header, Peer::PrepareOk { op_number, beat }),
            ) => Message::Peer(header, Peer::PrepareOk { op_number: op_number.next(), beat }),
            (_, message) => message,
        }
    }

    fn carry_out(&mut self, wire: &mut Wire<Message>) {
        let replicas = self.replicas;
        let mut out = std::mem::take(&mut self.out);
        for output in out.drain() {
            match output {
                Output::Keep(checkpoints, start) => {
                    if let Some(store) = &mut self.store {
                        store.keep(checkpoints, start);
                    }
                }
                Output::Write(ticket, write) => {
                    if let Some(store) = &mut self.store {
                        store.write(ticket, write);
                    }
                }
                Output::Send(to, message, waits_for) => {
                    let message = self.tamper(message);
                    self.send(ProcessId(u16::from(to.0)), message, waits_for, wire);
                }
                Output::Broadcast(all, message, waits_for) => {
                    for to in all.iter() {
                        let to = ProcessId(u16::from(to.0));
                        self.send(to, message.clone(), waits_for, wire);
                    }
                }
                Output::Reply(client, message) => {
                    let message = self.tamper(message);
                    wire.send(process_of(client, replicas), message);
                }
                Output::SetTimer(timer, after) => {
                    wire.set_timer(timer_id(timer), Span::from(after));
                }
                Output::CancelTimer(timer) => wire.cancel_timer(timer_id(timer)),
            }
        }
        self.out = out;
        if let Some(store) = &mut self.store {
            store.go_on(wire);
        }
    }

    /// Sends a message, or keeps it until what it rests on is durable.
    fn send(
        &mut self,
        to: ProcessId,
        message: Message,
        waits_for: Ticket,
        wire: &mut Wire<Message>,
    ) {
        match &mut self.store {
            Some(store)
                if !store.is_durable(waits_for)
                    && self.sabotage != Some(Sabotage::SpeaksBeforeItsDisk) =>
            {
                store.park(waits_for, to, message);
            }
            Some(_) | None => {
                self.promises.note(&message);
                wire.send(to, message);
            }
        }
    }

    fn finish_write(&mut self, number: u64, wire: &mut Wire<Message>) {
        let Some(store) = &mut self.store else {
            return;
        };
        self.has_written = true;
        let finished = store.finish(number);
        store.go_on(wire);
        if let Some((ticket, messages)) = finished {
            for (to, message) in messages {
                self.promises.note(&message);
                wire.send(to, message);
            }
            self.step(Input::Durable(ticket), wire);
        }
    }
}

/// What a replica's earlier lives have left.
#[derive(Clone, Copy, Debug)]
pub struct Past<'past> {
    /// The files that are on its disk.
    pub disk: &'past BTreeMap<u64, Vec<u8>>,
    /// What is on its disk is something else.
    pub has_misread: bool,
    /// What it has promised, where promises outlive a crash.
    pub promises: Promises,
    /// Its disk was replaced by an empty one.
    pub is_replaced: bool,
}

/// With what a replica of a durable group begins.
struct Begun {
    kept: Option<Kept>,
    store: storage::Store,
    /// It has never promised anything, and starts as a member of a new group.
    is_new: bool,
}

/// Reads a replica's disk. One that can't be read is as good as a new one: the replica recovers
/// from the others.
fn begin(
    scenario: &Scenario,
    number: ReplicaNumber,
    past: &Past<'_>,
    sabotage: Option<Sabotage>,
    wire: &mut Wire<Message>,
) -> Begun {
    let identity = harm::identity_of(scenario.seed, number);
    if sabotage == Some(Sabotage::LosesItsDisk) {
        past.disk.keys().for_each(|&file| wire.remove(file));
        return Begun { kept: None, store: storage::Store::new(identity), is_new: true };
    }
    let files = harm::bytes_of(past.disk);
    let found = storage::recover(identity, &files);
    match &found {
        Ok(found) => found.damage.iter().for_each(|damage| wire.say(|| damage.to_string())),
        Err(unreadable) => wire.say(|| unreadable.to_string()),
    }
    match found {
        // Nobody can tell an empty disk from a new one but who put it there.
        Ok(found) if found.kept.is_some() || !past.is_replaced => {
            let is_new = found.kept.is_none() && !found.must_recover;
            Begun { kept: found.kept, store: found.store, is_new }
        }
        Ok(_) | Err(_) => {
            let store = storage::begin_anew(identity, &files);
            Begun { kept: None, store, is_new: false }
        }
    }
}

impl Promises {
    fn note(&mut self, message: &Message) {
        if let Message::Peer(header, peer) = message {
            self.view = self.view.max(header.view);
            if let Peer::PrepareOk { op_number, .. } = peer {
                self.prepare_ok = self.prepare_ok.max(Some((header.view, *op_number)));
            }
        }
    }
}

impl ClientHost {
    /// Starts a client: it thinks before it asks for the first time.
    #[must_use]
    pub fn start(
        scenario: &Scenario,
        client: u16,
        life: u64,
        mut script: Script,
        wire: &mut Wire<Message>,
    ) -> Self {
        wire.set_timer(THINK, script.think());
        let configuration = settings_of(scenario).configuration;
        let retry = scenario.workload.retry.duration();
        let mut ids = Ids { seed: scenario.seed, client, life, renewals: 0 };
        // Those who were there before anything happened need not register.
        let proxy = match life {
            0 => ClientProxy::founding(ids.next(), configuration, retry),
            _ => ClientProxy::new(ids.next(), configuration, retry),
        };
        Self {
            proxy,
            script,
            outputs: Vec::new(),
            orders: VecDeque::new(),
            ordered: Ordered::Nothing,
            ids,
            seen: Vec::new(),
        }
    }

    /// What it would still ask for: its next life goes on with it.
    #[must_use]
    pub fn into_script(self) -> Script {
        self.script
    }

    /// Asks for nothing more; what is asked already it waits for.
    pub const fn stop(&mut self) {
        self.script.stop();
    }

    /// Whether it has asked for all and been answered.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.script.is_done()
            && !self.proxy.is_waiting()
            && self.orders.is_empty()
            && self.ordered == Ordered::Nothing
    }

    /// The request that it waits for.
    #[must_use]
    pub fn waits_for(&self) -> Option<(ClientId, RequestNumber)> {
        self.proxy.is_waiting().then(|| (self.proxy.id(), self.proxy.request_number()))
    }

    fn carry_out(&mut self, wire: &mut Wire<Message>) {
        let (id, number) = (self.proxy.id(), self.proxy.request_number());
        let (mut is_free, mut is_forgotten, mut refused) = (false, false, None);
        for output in self.outputs.drain(..) {
            match output {
                ClientOutput::Send(to, message) => wire.send(ProcessId(u16::from(to.0)), message),
                ClientOutput::Broadcast(message) => {
                    for to in self.proxy.configuration().members() {
                        wire.send(ProcessId(u16::from(to.0)), message.clone());
                    }
                }
                ClientOutput::SetRetryTimer(after) => wire.set_timer(RETRY, Span::from(after)),
                ClientOutput::Done(reply, op_number) => {
                    self.seen.push(Seen::Answered(id, number, reply, op_number));
                    is_free = true;
                }
                ClientOutput::Read(answer) => {
                    let (result, op_number) = (answer.result, answer.op_number);
                    self.seen.push(Seen::Answered(id, number, result, op_number));
                    is_free = true;
                }
                ClientOutput::Refused(reason) => {
                    self.seen.push(Seen::Refused(id, number));
                    is_free = true;
                    is_forgotten |= reason == RefusalReason::Evicted;
                    refused = Some(reason);
                }
            }
        }
        if is_forgotten {
            self.proxy.renew(self.ids.next());
        }
        if is_free {
            self.go_on_with_orders(refused);
        }
        if is_free {
            wire.cancel_timer(RETRY);
            wire.set_timer(THINK, self.script.think());
        }
    }
}

/// As the administrator of the group.
impl ClientHost {
    /// What was asked last has come to an end: refused, or done.
    fn go_on_with_orders(&mut self, refused: Option<RefusalReason>) {
        self.ordered = match (self.ordered, refused) {
            // Only once the one before it is at work another change can be.
            (Ordered::Change, None) => Ordered::Check,
            (Ordered::Change, Some(RefusalReason::Reconfiguring | RefusalReason::Evicted)) => {
                Ordered::Nothing
            }
            (Ordered::Check, Some(_)) => Ordered::Check,
            (Ordered::Nothing | Ordered::Change | Ordered::Check, _) => {
                self.orders.pop_front();
                Ordered::Nothing
            }
        };
    }

    /// Asks for the next thing that it was told to see to. Tells whether there was one.
    fn order(&mut self) -> bool {
        let out = &mut self.outputs;
        let (submitted, asked) = match (self.ordered, self.orders.front()) {
            (Ordered::Check, _) => (self.proxy.check_epoch(out), Bytes::new()),
            (Ordered::Nothing | Ordered::Change, Some(members)) => {
                let members: Vec<ReplicaNumber> =
                    members.iter().copied().map(ReplicaNumber).collect();
                self.ordered = Ordered::Change;
                let asked = members.iter().map(|member| member.0).collect();
                (self.proxy.reconfigure(&members, out), asked)
            }
            (Ordered::Nothing | Ordered::Change, None) => return false,
        };
        let number = submitted.expect("it asks only when it is answered");
        self.seen.push(Seen::Ordered(self.proxy.id(), number, asked));
        true
    }
}

impl Node for Member {
    type Message = Message;

    fn on_message(&mut self, _from: ProcessId, message: Message, wire: &mut Wire<Message>) {
        match self {
            Self::Replica(host) => host.take(Input::Message(message), wire),
            Self::Client(host) => {
                if let Message::Request(order) = message {
                    // Somebody tells the administrator what to see to.
                    host.orders.push_back(order.operation);
                    if !host.proxy.is_waiting() {
                        wire.set_timer(THINK, Span::ZERO);
                    }
                    return;
                }
                host.proxy.on_message(&message, &mut host.outputs);
                host.carry_out(wire);
            }
        }
    }

    fn on_durable(&mut self, write: u64, wire: &mut Wire<Message>) {
        if let Self::Replica(host) = self {
            host.finish_write(write, wire);
        }
    }

    fn on_failed(&mut self, write: u64, wire: &mut Wire<Message>) {
        match self {
            Self::Replica(host) if host.sabotage == Some(Sabotage::TrustsAFailedSync) => {
                host.finish_write(write, wire);
            }
            Self::Replica(_) | Self::Client(_) => wire.stop(),
        }
    }

    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Message>) {
        match self {
            Self::Replica(host) => {
                let timer = Timer::ALL[usize::from(timer.0)];
                host.take(Input::Timer(timer), wire);
            }
            Self::Client(host) => {
                if timer == RETRY {
                    host.proxy.on_retry_timer(&mut host.outputs);
                } else if host.proxy.is_waiting() || host.order() {
                    // What the group is to become comes first.
                } else if let Some(asked) = host.script.ask() {
                    let how = host.script.how(&asked, host.proxy.configuration());
                    let (proxy, out) = (&mut host.proxy, &mut host.outputs);
                    let asking = asked.encode();
                    let submitted = match how {
                        How::ThroughTheLog => proxy.submit(asking, out),
                        How::Latest => proxy.read_latest(asking, out),
                        How::At(replica) => proxy.read_at(replica, asking, out),
                    };
                    let number = submitted.expect("a client thinks only when it is answered");
                    host.seen.push(Seen::Asked(host.proxy.id(), number, asked, how));
                }
                host.carry_out(wire);
            }
        }
    }
}

/// What is random about a service, among all that a seed decides.
const SERVICE: u64 = 2;

/// When a client asks again.
const RETRY: TimerId = TimerId(0);
/// When a client asks for the next operation.
const THINK: TimerId = TimerId(1);

/// The settings of a scenario's replicas.
///
/// # Panics
/// When the scenario's number of replicas was not checked.
#[must_use]
pub fn settings_of(scenario: &Scenario) -> Settings {
    let configuration = scenario.members().expect("checked");
    let timeouts = scenario.cluster.timeouts;
    let durability = scenario.cluster.durability;
    let checkpoints = scenario.cluster.checkpoints;
    let (bounds, reads) = (scenario.cluster.bounds, scenario.cluster.reads);
    let predictions = scenario.predictions();
    Settings { configuration, bounds, timeouts, durability, checkpoints, reads, predictions }
}

/// Whether a replica is no member at first.
fn is_standby(scenario: &Scenario, number: ReplicaNumber) -> bool {
    scenario.members().is_some_and(|members| !members.contains(number))
}

/// Whether a scenario's replicas have disks.
#[must_use]
pub fn is_durable(scenario: &Scenario) -> bool {
    scenario.cluster.durability == Durability::Disk
}

/// The name of a timer, as the kernel numbers it, at a replica or a client.
#[must_use]
pub fn timer_name(process: ProcessId, replicas: u8, timer: TimerId) -> &'static str {
    if process.0 < u16::from(replicas) {
        return Timer::ALL.get(usize::from(timer.0)).map_or("?", |timer| timer.name());
    }
    if timer == RETRY { "retry" } else { "think" }
}

/// The ids of a client's life: one after the other, as the group forgets it.
#[derive(Clone, Copy, Debug)]
struct Ids {
    seed: u64,
    client: u16,
    life: u64,
    renewals: u64,
}

impl Ids {
    /// The next one: random, but for the last bits, by which the host finds the client again.
    fn next(&mut self) -> ClientId {
        let place = 1 << 48 | u64::from(self.client) << 32 | self.renewals << 16 | self.life;
        self.renewals += 1;
        let mut stream = Stream::new(self.seed, Purpose::Identity, place);
        let random = u128::from(stream.word()) << 64 | u128::from(stream.word() >> 16) << 16;
        ClientId(Uuid::from_u128(random | u128::from(self.client)))
    }
}

/// The number of the client whose id that is.
#[must_use]
pub fn client_number(id: ClientId) -> u16 {
    u16::try_from(id.0.as_u128() & 0xffff).unwrap_or(0)
}

fn process_of(id: ClientId, replicas: u8) -> ProcessId {
    ProcessId(u16::from(replicas) + client_number(id))
}

#[expect(clippy::as_conversions, reason = "the only way from a variant to its number")]
const fn timer_id(timer: Timer) -> TimerId {
    TimerId(timer as u8)
}

#[expect(clippy::as_conversions, reason = "the only way from a variant to its number")]
const fn refusal_index(reason: Refused) -> usize {
    reason as usize
}
