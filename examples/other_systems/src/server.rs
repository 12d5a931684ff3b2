//! What a replica of another's crate has to do to be a server here; the rest is the same for all.

use crate::client::{Answer, Ask, Client, ClientName};
use crate::ledger::Ledger;
use std::fmt;
use std::marker::PhantomData;
use vsr::checker::models::counter::{Counter, Input};
use vsr::sim::guest::{Guest, Place, Seen, Servers};
use vsr::sim::node::{Node, Payload, ProcessId, TimerId, Wire};
use vsr::sim::random::{derive, mix};
use vsr::sim::time::Span;

/// A server of some system: it replicates a number that clients add to.
pub(crate) trait Server: Sized {
    /// What the servers say among themselves.
    type Peer: Clone + fmt::Display;

    /// Starts, in the first life or after a crash, with what is on the disk of the one `before`.
    fn start(place: &Place, before: Option<Self>, out: &mut Out<'_, Self::Peer>) -> Self;

    /// A client asks for what the ledger has no answer to.
    fn on_ask(&mut self, ask: Ask, out: &mut Out<'_, Self::Peer>);

    /// Another server says something.
    fn on_peer(&mut self, message: Self::Peer, out: &mut Out<'_, Self::Peer>);

    /// The time that was asked for is over.
    fn on_tick(&mut self, out: &mut Out<'_, Self::Peer>);

    /// The number, as far as it is known here.
    fn total(&self) -> u64;

    /// What it has executed, where it keeps that in a ledger of ours, and begins with the first
    /// operation after a crash.
    fn ledger(&self) -> Option<&Ledger> {
        None
    }

    /// Whether it has back what a crash has cost it.
    fn has_recovered(&self) -> bool {
        true
    }
}

/// Where a server puts what it has to say.
pub(crate) struct Out<'out, P> {
    wire: &'out mut Wire<Message<P>>,
}

impl<P> Out<'_, P> {
    /// Says something to the server of that number, which may be this one.
    pub(crate) fn say(&mut self, server: usize, message: P) {
        let to = process(server);
        self.wire.send(to, Message { to, body: Body::Peer(message) });
    }

    /// Answers a client.
    pub(crate) fn answer(&mut self, client: ClientName, answer: Answer) {
        let to = client.process();
        self.wire.send(to, Message { to, body: Body::Answer(client, answer) });
    }

    /// Has `on_tick` called after that time, once; what was asked for before does not count.
    pub(crate) fn tick_after(&mut self, span: Span) {
        self.wire.set_timer(TICK, span);
    }
}

/// What processes say, and to whom: what goes astray the transport of a real system would drop.
#[derive(Clone)]
pub(crate) struct Message<P> {
    pub(crate) to: ProcessId,
    pub(crate) body: Body<P>,
}

#[derive(Clone)]
pub(crate) enum Body<P> {
    Ask(Ask),
    Answer(ClientName, Answer),
    Peer(P),
}

impl<P: fmt::Display> fmt::Display for Message<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.body {
            Body::Ask(ask) => write!(f, "{ask}"),
            Body::Answer(client, answer) => write!(f, "{answer} for {client}"),
            Body::Peer(message) => write!(f, "{message}"),
        }
    }
}

impl<P: Clone + fmt::Display> Payload for Message<P> {
    fn kind(&self) -> u8 {
        match &self.body {
            Body::Ask(_) => 0,
            Body::Answer(..) => 1,
            Body::Peer(_) => 2,
        }
    }

    fn fingerprint(&self) -> u64 {
        fingerprint(u64::from(self.to.0), self)
    }
}

/// A word for what something says.
fn fingerprint(seed: u64, text: &impl fmt::Display) -> u64 {
    let bytes = text.to_string().into_bytes();
    bytes.into_iter().fold(seed, |hash, byte| derive(mix(hash), u64::from(byte)))
}

/// A process.
pub(crate) struct Member<S> {
    own: ProcessId,
    role: Role<S>,
}

enum Role<S> {
    Server(Box<S>),
    Client(Box<Client>),
}

impl<S> Member<S> {
    fn server(&self) -> Option<&S> {
        match &self.role {
            Role::Server(server) => Some(server),
            Role::Client(_) => None,
        }
    }
}

impl<S: Server> Node for Member<S> {
    type Message = Message<S::Peer>;

    fn on_message(
        &mut self,
        _from: ProcessId,
        message: Self::Message,
        wire: &mut Wire<Self::Message>,
    ) {
        if message.to != self.own {
            return;
        }
        match (&mut self.role, message.body) {
            (Role::Server(server), Body::Ask(ask)) => {
                let out = &mut Out { wire };
                match server.ledger().and_then(|ledger| ledger.answered(ask)) {
                    Some(answer) => out.answer(ask.client, answer),
                    None => server.on_ask(ask, out),
                }
            }
            (Role::Server(server), Body::Peer(peer)) => server.on_peer(peer, &mut Out { wire }),
            (Role::Client(client), Body::Answer(name, answer)) => {
                client.on_answer(name, answer, wire);
            }
            (Role::Server(_), Body::Answer(..)) | (Role::Client(_), _) => {}
        }
    }

    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Self::Message>) {
        match &mut self.role {
            Role::Server(server) => server.on_tick(&mut Out { wire }),
            Role::Client(client) => client.on_timer(timer, wire),
        }
    }
}

/// A system of such servers, and clients of ours.
pub(crate) struct System<S>(PhantomData<S>);

impl<S> System<S> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S: Server> Guest for System<S> {
    type Node = Member<S>;
    type Model = Counter;

    fn model(&self) -> Counter {
        Counter
    }

    fn start(
        &self,
        place: &Place,
        before: Option<Member<S>>,
        wire: &mut Wire<Message<S::Peer>>,
    ) -> Member<S> {
        let own = place.process;
        if place.is_client() {
            return Member { own, role: Role::Client(Box::new(Client::start(*place, wire))) };
        }
        let before = before.and_then(|before| match before.role {
            Role::Server(server) => Some(*server),
            Role::Client(_) => None,
        });
        let server = S::start(place, before, &mut Out { wire });
        Member { own, role: Role::Server(Box::new(server)) }
    }

    fn take_seen(&self, client: &mut Member<S>) -> Vec<Seen<Input, u64>> {
        match &mut client.role {
            Role::Client(client) => client.take_seen(),
            Role::Server(_) => Vec::new(),
        }
    }

    fn has_recovered(&self, server: &Member<S>) -> bool {
        server.server().is_none_or(Server::has_recovered)
    }

    /// What two have executed is the same, as far as both have come.
    fn judge(&self, servers: &Servers<'_, Member<S>>) -> Result<(), String> {
        let executed = || of(servers).filter_map(|(id, it)| Some((id, it.ledger()?.executed())));
        let Some((one, most)) = executed().max_by_key(|(_, executed)| executed.len()) else {
            return Ok(());
        };
        for (other, less) in executed() {
            if less.last().is_some_and(|last| *last != most[less.len() - 1]) {
                let first = less.iter().zip(most).take_while(|(a, b)| a == b).count() + 1;
                let (one, other) = (one.0, other.0);
                return Err(format!("r{one} and r{other} differ in operation {first}"));
            }
        }
        Ok(())
    }

    /// With all answered, and nothing going wrong for long, all have executed all of it.
    fn is_settled(&self, servers: &Servers<'_, Member<S>>) -> bool {
        let mut totals = of(servers).map(|(_, server)| server.total());
        let first = totals.next();
        totals.all(|total| Some(total) == first)
    }
}

fn of<'servers, S: Server>(
    servers: &'servers Servers<'servers, Member<S>>,
) -> impl Iterator<Item = (ProcessId, &'servers S)> {
    servers.up().filter_map(|(id, member)| Some((id, member.server()?)))
}

fn process(server: usize) -> ProcessId {
    ProcessId(u16::try_from(server).expect("few servers"))
}

/// A server has one thing to wait for.
const TICK: TimerId = TimerId(0);
