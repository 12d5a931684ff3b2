//! The crate `raft` 0.7.0 under the kernel, with its storage in memory for a disk that never fails.

use crate::client::{Ask, ClientName};
use crate::ledger::Ledger;
use crate::server::{Out, Server};
use raft::eraftpb::{ConfState, Entry, Message};
use raft::storage::MemStorage;
use raft::{Config, RawNode, StateRole};
use std::fmt;
use vsr::sim::guest::Place;
use vsr::sim::time::Span;

/// A node of the crate, and what its host keeps for it.
pub(crate) struct Raft {
    node: RawNode<MemStorage>,
    ledger: Ledger,
}

/// What nodes say: to whom is in it.
#[derive(Clone)]
pub(crate) struct Said(Message);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Server for Raft {
    type Peer = Said;

    fn start(place: &Place, before: Option<Self>, out: &mut Out<'_, Said>) -> Self {
        let voters: Vec<u64> = (1..=u64::from(place.servers)).collect();
        // A copy of the storage is the same storage.
        let storage = match before {
            Some(before) => before.node.store().clone(),
            None => MemStorage::new_with_conf_state(ConfState::from((voters, Vec::new()))),
        };
        let id = u64::from(place.process.0) + 1;
        // The crate draws how long a node waits for a leader, by chance of its own. With one time
        // to draw from nothing is drawn; each node has another.
        let patience = ELECTION_TICKS + 3 * usize::from(place.process.0);
        let config = Config {
            id,
            election_tick: ELECTION_TICKS,
            heartbeat_tick: 2,
            min_election_tick: patience,
            max_election_tick: patience + 1,
            check_quorum: true,
            pre_vote: true,
            ..Config::default()
        };
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let node = RawNode::new(&config, storage, &logger).expect("what is stored is sound");
        let mut server = Self { node, ledger: Ledger::default() };
        server.carry_out(out);
        out.tick_after(TICK);
        server
    }

    fn on_ask(&mut self, ask: Ask, out: &mut Out<'_, Said>) {
        if self.node.raft.state == StateRole::Leader {
            // What a leader does not take the client asks for again.
            let _is_taken = self.node.propose(Vec::new(), encoded(ask)).is_ok();
            self.carry_out(out);
        }
    }

    fn on_peer(&mut self, message: Said, out: &mut Out<'_, Said>) {
        // An answer of somebody unknown is an error; nobody is.
        let _is_taken = self.node.step(message.0).is_ok();
        self.carry_out(out);
    }

    fn on_tick(&mut self, out: &mut Out<'_, Said>) {
        self.node.tick();
        self.carry_out(out);
        out.tick_after(TICK);
    }

    fn total(&self) -> u64 {
        self.ledger.total()
    }

    fn ledger(&self) -> Option<&Ledger> {
        Some(&self.ledger)
    }
}

impl Raft {
    /// Does what the node wants done, in the order that the crate asks for.
    fn carry_out(&mut self, out: &mut Out<'_, Said>) {
        while self.node.has_ready() {
            let storage = self.node.store().clone();
            let mut ready = self.node.ready();
            say(ready.take_messages(), out);
            if !ready.snapshot().is_empty() {
                let snapshot = ready.snapshot().clone();
                storage.wl().apply_snapshot(snapshot).expect("later than what there is");
            }
            self.execute(ready.take_committed_entries(), out);
            storage.wl().append(ready.entries()).expect("behind what there is");
            if let Some(state) = ready.hs() {
                storage.wl().set_hardstate(state.clone());
            }
            say(ready.take_persisted_messages(), out);
            let mut rest = self.node.advance(ready);
            if let Some(commit) = rest.commit_index() {
                storage.wl().mut_hard_state().set_commit(commit);
            }
            say(rest.take_messages(), out);
            self.execute(rest.take_committed_entries(), out);
            self.node.advance_apply();
        }
    }

    fn execute(&mut self, entries: Vec<Entry>, out: &mut Out<'_, Said>) {
        for ask in entries.iter().filter_map(|entry| decoded(&entry.data)) {
            if let Some(answer) = self.ledger.execute(ask) {
                out.answer(ask.client, answer);
            }
        }
    }
}

fn say(messages: Vec<Message>, out: &mut Out<'_, Said>) {
    for message in messages {
        let to = usize::try_from(message.to).expect("few servers") - 1;
        out.say(to, Said(message));
    }
}

fn encoded(ask: Ask) -> Vec<u8> {
    [ask.client.number(), ask.number, ask.amount].map(u64::to_le_bytes).concat()
}

/// What an entry has; a leader's first has nothing.
fn decoded(data: &[u8]) -> Option<Ask> {
    let mut words = data.chunks_exact(8).map(|word| word.try_into().map(u64::from_le_bytes));
    let mut next = || words.next()?.ok();
    Some(Ask { client: ClientName::from_number(next()?), number: next()?, amount: next()? })
}

const TICK: Span = Span::millis(10);
const ELECTION_TICKS: usize = 10;
