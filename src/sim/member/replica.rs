//! Hosts a replica: carries its outputs to the kernel.

use super::client::client_number;
use super::settings_of;
use crate::protocol::durable::Kept;
use crate::protocol::mark::Marks;
use crate::protocol::message::{Header, Message, Peer};
use crate::protocol::refused::Refused;
use crate::protocol::replica::Life;
use crate::protocol::{
    ClientId, Durability, Incarnation, Input, Nonce, OpNumber, Outbox, Output, Replica,
    ReplicaNumber, Ticket, Timer, ViewNumber,
};
use crate::sim::harm;
use crate::sim::node::{ProcessId, TimerId, Wire};
use crate::sim::random::{self, Purpose, Stream};
use crate::sim::sabotage::Sabotage;
use crate::sim::scenario::Scenario;
use crate::sim::service::Watched;
use crate::sim::store::Store;
use crate::sim::time::Span;
use crate::storage;
use bytes::Bytes;
use core::hash::{Hash, Hasher};
use std::collections::BTreeMap;

/// Hosts a replica: carries its outputs to the kernel.
#[derive(Clone, Debug)]
pub struct ReplicaHost {
    /// The code under test.
    pub replica: Replica<Watched>,
    out: Outbox,
    pub(super) sabotage: Option<Sabotage>,
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
#[derive(Clone, Copy, Debug, Default, Hash)]
pub struct Promises {
    /// The latest view that it spoke in.
    pub view: ViewNumber,
    /// The view of its latest PREPAREOK, and up to where it said that it holds the log.
    pub prepare_ok: Option<(ViewNumber, OpNumber)>,
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
        if scenario.cluster.only_applies {
            service.only_apply();
        }
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

    /// Hashes what the next steps of a replica in memory depend on, and what it is judged by.
    pub fn hash_state(&self, state: &mut impl Hasher) {
        (&self.replica, self.promises, &self.answer).hash(state);
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
    pub(super) fn take(&mut self, input: Input, wire: &mut Wire<Message>) {
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
            let ok = Peer::PrepareOk {
                op_number: self.replica.op_number(),
                beat: 0,
                executed: OpNumber(0),
            };
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
                Message::Peer(header, Peer::PrepareOk { op_number, beat, executed }),
            ) => {
                let op_number = op_number.next();
                Message::Peer(header, Peer::PrepareOk { op_number, beat, executed })
            }
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

    pub(super) fn finish_write(&mut self, number: u64, wire: &mut Wire<Message>) {
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

/// What is random about a service, among all that a seed decides.
const SERVICE: u64 = 2;

/// Whether a replica is no member at first.
fn is_standby(scenario: &Scenario, number: ReplicaNumber) -> bool {
    scenario.members().is_some_and(|members| !members.contains(number))
}

/// Whether a scenario's replicas have disks.
fn is_durable(scenario: &Scenario) -> bool {
    scenario.cluster.durability == Durability::Disk
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
