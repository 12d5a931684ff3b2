//! The crate `viewstamped-replication` 0.9.0 under the kernel: what its example of a simulation
//! does with threads and a clock.

use crate::client::{Answer, Ask, ClientName};
use crate::server::{Out, Server};
use std::collections::VecDeque;
use std::fmt;
use viewstamped_replication::buffer::{BufferedMailbox, ProtocolPayload};
use viewstamped_replication::{Configuration, Protocol, Replica, Reply, Request, Service};
use vsr::sim::guest::Place;
use vsr::sim::random::{Purpose, Stream};
use vsr::sim::time::Span;

/// A replica of the crate, and what its host keeps for it.
pub(crate) struct Viewstamped {
    replica: Replica<Adder>,
    is_recovering: bool,
    mailbox: BufferedMailbox<Adder>,
    /// What the replica has put back.
    waiting: VecDeque<ProtocolPayload<Adder>>,
    servers: usize,
    /// By which it is decided whom a replica asks: the crate leaves that to chance.
    stream: Stream,
}

/// What is replicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Adder(u64);

impl Protocol for Adder {
    type Request = u64;
    type Prediction = ();
    type Reply = u64;
    type Checkpoint = u64;
}

impl From<u64> for Adder {
    fn from(value: u64) -> Self {
        Self(value)
    }
}

impl Service for Adder {
    fn predict(&self, _request: &u64) {}

    fn checkpoint(&self) -> u64 {
        self.0
    }

    fn invoke(&mut self, amount: &u64, (): &()) -> u64 {
        self.0 += amount;
        self.0
    }
}

/// What replicas say.
#[derive(Clone)]
pub(crate) struct Said(ProtocolPayload<Adder>);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            // The crate draws nonces by chance: they tell lives apart, and nothing else.
            ProtocolPayload::Recovery(m) => {
                write!(f, "Recovery {{ index: {}, committed: {:?} }}", m.index, m.committed)
            }
            ProtocolPayload::RecoveryResponse(m) => write!(
                f,
                "RecoveryResponse {{ view: {:?}, log: {:?}, committed: {:?}, index: {} }}",
                m.view, m.log, m.committed, m.index
            ),
            m => write!(f, "{m:?}"),
        }
    }
}

impl Server for Viewstamped {
    type Peer = Said;

    fn start(place: &Place, before: Option<Self>, out: &mut Out<'_, Said>) -> Self {
        let servers = usize::from(place.servers);
        let configuration = Configuration::from(servers);
        let own = usize::from(place.process.0);
        let mut mailbox = BufferedMailbox::default();
        let is_recovering = before.is_some();
        let replica = match before {
            // What a server has executed is in the checkpoint from which it recovers.
            Some(before) => {
                let checkpoint = before.replica.checkpoint();
                Replica::recovering(configuration, own, checkpoint, &mut mailbox)
            }
            None => Replica::new(configuration, own, Adder(0)),
        };
        let stream = Stream::new(place.seed, Purpose::Scenario, 200 + u64::from(place.process.0));
        let waiting = VecDeque::new();
        let mut server = Self { replica, is_recovering, mailbox, waiting, servers, stream };
        server.carry_out(out);
        server.wait(out);
        server
    }

    fn on_ask(&mut self, ask: Ask, out: &mut Out<'_, Said>) {
        let (client, id) = (made(ask.client.number()), made(ask.number));
        let request = Request { payload: ask.amount, client, id };
        self.replica.handle_request(request, &mut self.mailbox);
        self.carry_out(out);
    }

    fn on_peer(&mut self, message: Said, out: &mut Out<'_, Said>) {
        // What was put back is tried again when something new has come.
        self.waiting.extend(self.mailbox.drain_inbound());
        for _ in 0..self.waiting.len() {
            if let Some(again) = self.waiting.pop_front() {
                self.handle(again);
            }
        }
        let is_of_primary = matches!(
            message.0,
            ProtocolPayload::Prepare(_)
                | ProtocolPayload::Commit(_)
                | ProtocolPayload::StartView(_)
                | ProtocolPayload::NewState(_)
                | ProtocolPayload::RecoveryResponse(_)
        );
        self.handle(message.0);
        self.carry_out(out);
        if is_of_primary {
            self.wait(out);
        }
    }

    fn on_tick(&mut self, out: &mut Out<'_, Said>) {
        self.replica.idle(&mut self.mailbox);
        self.carry_out(out);
        self.wait(out);
    }

    fn total(&self) -> u64 {
        self.replica.checkpoint().state
    }

    fn has_recovered(&self) -> bool {
        !self.is_recovering
    }
}

impl Viewstamped {
    fn handle(&mut self, message: ProtocolPayload<Adder>) {
        let (replica, mailbox) = (&mut self.replica, &mut self.mailbox);
        match message {
            ProtocolPayload::Prepare(m) => replica.handle_prepare(m, mailbox),
            ProtocolPayload::PrepareOk(m) => replica.handle_prepare_ok(m, mailbox),
            ProtocolPayload::Commit(m) => replica.handle_commit(m, mailbox),
            ProtocolPayload::GetState(m) => replica.handle_get_state(m, mailbox),
            ProtocolPayload::NewState(m) => replica.handle_new_state(m, mailbox),
            ProtocolPayload::StartViewChange(m) => replica.handle_start_view_change(m, mailbox),
            ProtocolPayload::DoViewChange(m) => replica.handle_do_view_change(m, mailbox),
            ProtocolPayload::StartView(m) => replica.handle_start_view(m, mailbox),
            ProtocolPayload::Recovery(m) => replica.handle_recovery(m, mailbox),
            ProtocolPayload::RecoveryResponse(m) => replica.handle_recovery_response(m, mailbox),
        }
        if self.is_recovering {
            // A replica does not tell its status, but asks again as long as it recovers.
            let mut asked = BufferedMailbox::default();
            self.replica.resend_pending(&mut asked);
            let is_asking = |m: ProtocolPayload<Adder>| matches!(m, ProtocolPayload::Recovery(_));
            self.is_recovering = asked.drain_broadcast().any(is_asking);
        }
    }

    /// Sends what the replica wants to have sent.
    fn carry_out(&mut self, out: &mut Out<'_, Said>) {
        let own = self.replica.index();
        let replies: Vec<_> = self.mailbox.drain_replies().collect();
        for envelope in replies {
            let Reply { id, payload, .. } = envelope.payload;
            let client = ClientName::from_number(number_of(&envelope.destination));
            out.answer(client, Answer { number: number_of(&id), total: payload });
        }
        let sends: Vec<_> = self.mailbox.drain_send().collect();
        for envelope in sends {
            let to = match &envelope.payload {
                ProtocolPayload::GetState(_) => {
                    let others = u64::try_from(self.servers).expect("few servers") - 1;
                    let step = usize::try_from(self.stream.between(1, others));
                    (own + step.expect("few servers")) % self.servers
                }
                _ => envelope.destination,
            };
            out.say(to, Said(envelope.payload));
        }
        let broadcasts: Vec<_> = self.mailbox.drain_broadcast().collect();
        for payload in broadcasts {
            for to in (0..self.servers).filter(|&to| to != own) {
                out.say(to, Said(payload.clone()));
            }
        }
    }

    /// Waits anew. In the crate's example any message lets a replica wait anew; here only what a
    /// primary says does, so that nobody else keeps a backup from doing something about one that is
    /// silent.
    fn wait(&self, out: &mut Out<'_, Said>) {
        out.tick_after(if self.replica.is_primary() { PRIMARY_IDLE } else { BACKUP_IDLE });
    }
}

/// An id of the crate, of that number: the crate itself makes them by chance.
fn made<T: serde::de::DeserializeOwned>(number: u64) -> T {
    serde_json::from_str(&number.to_string()).expect("an id is a number")
}

/// The number of an id.
fn number_of(id: &impl serde::Serialize) -> u64 {
    let text = serde_json::to_string(id).expect("an id is a number");
    text.parse().expect("one that was made of such a number")
}

/// When a replica has heard nothing for long.
const PRIMARY_IDLE: Span = Span::millis(20);
const BACKUP_IDLE: Span = Span::millis(100);
