//! Hosts a client: asks, waits, thinks, asks again.

use super::administrator::{Order, Orders};
use super::settings_of;
use crate::protocol::message::{Message, RefusalReason};
use crate::protocol::{ClientId, ClientOutput, ClientProxy, OpNumber, RequestNumber};
use crate::sim::node::{ProcessId, TimerId, Wire};
use crate::sim::random::{Purpose, Stream};
use crate::sim::scenario::Scenario;
use crate::sim::time::Span;
use crate::sim::workload::{Asked, How, Script};
use bytes::Bytes;
use core::hash::{Hash, Hasher};
use uuid::Uuid;

/// Hosts a client: asks, waits, thinks, asks again.
#[derive(Clone, Debug)]
pub struct ClientHost {
    proxy: ClientProxy,
    script: Script,
    outputs: Vec<ClientOutput>,
    /// What it has to see to as the administrator of the group.
    orders: Orders,
    /// Where its ids come from.
    ids: Ids,
    /// What the client saw since the judges last looked.
    pub seen: Vec<Seen>,
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
            orders: Orders::default(),
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
        self.script.is_done() && !self.proxy.is_waiting() && self.orders.are_done()
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
            self.orders.end(refused);
        }
        if is_free {
            wire.cancel_timer(RETRY);
            wire.set_timer(THINK, self.script.think());
        }
    }

    pub(super) fn on_message(&mut self, message: Message, wire: &mut Wire<Message>) {
        if self.orders.take(&message) {
            if !self.proxy.is_waiting() {
                wire.set_timer(THINK, Span::ZERO);
            }
            return;
        }
        self.proxy.on_message(&message, &mut self.outputs);
        self.carry_out(wire);
    }

    pub(super) fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Message>) {
        if timer == RETRY {
            self.proxy.on_retry_timer(&mut self.outputs);
        } else if !self.proxy.is_waiting() {
            // What the group is to become comes first.
            match self.orders.next() {
                Some(order) => self.order(order),
                None => self.ask(),
            }
        }
        self.carry_out(wire);
    }

    fn order(&mut self, order: Order) {
        let out = &mut self.outputs;
        let (submitted, asked) = match order {
            Order::Change(members) => {
                let asked = members.iter().map(|member| member.0).collect();
                (self.proxy.reconfigure(&members, out), asked)
            }
            Order::Check => (self.proxy.check_epoch(out), Bytes::new()),
        };
        let number = submitted.expect("it asks only when it is answered");
        self.seen.push(Seen::Ordered(self.proxy.id(), number, asked));
    }

    fn ask(&mut self) {
        let Some(asked) = self.script.ask() else {
            return;
        };
        let how = self.script.how(&asked, self.proxy.configuration());
        let (proxy, out) = (&mut self.proxy, &mut self.outputs);
        let asking = asked.encode();
        let submitted = match how {
            How::ThroughTheLog => proxy.submit(asking, out),
            How::Latest => proxy.read_latest(asking, out),
            How::At(replica) => proxy.read_at(replica, asking, out),
        };
        let number = submitted.expect("a client thinks only when it is answered");
        self.seen.push(Seen::Asked(self.proxy.id(), number, asked, how));
    }
}

/// By all that its next steps depend on; what it asks follows from how much it has asked.
impl Hash for ClientHost {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { proxy, script, outputs: _, orders, ids, seen: _ } = self;
        (proxy, script.left(), orders, ids.life, ids.renewals).hash(state);
    }
}

/// When a client asks again.
const RETRY: TimerId = TimerId(0);
/// When a client asks for the next operation.
pub const THINK: TimerId = TimerId(1);

/// Their names, in the order of their numbers.
pub(super) const TIMERS: [&str; 2] = ["retry", "think"];

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
pub(super) fn client_number(id: ClientId) -> u16 {
    u16::try_from(id.0.as_u128() & 0xffff).unwrap_or(0)
}
