//! The crate `omnipaxos` 0.2.4 under the kernel, with a storage in memory for a disk that never
//! fails.

use crate::client::Ask;
use crate::ledger::Ledger;
use crate::server::{Out, Server};
use omnipaxos::ballot_leader_election::Ballot;
use omnipaxos::messages::Message;
use omnipaxos::storage::{Entry, NoSnapshot, StopSign, Storage, StorageOp, StorageResult};
use omnipaxos::util::LogEntry;
use omnipaxos::{ClusterConfig, OmniPaxos, OmniPaxosConfig, ServerConfig};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use vsr::sim::guest::Place;
use vsr::sim::time::Span;

/// A node of the crate, and what its host keeps for it.
pub(crate) struct Omni {
    node: OmniPaxos<Ask, Disk>,
    disk: Disk,
    /// How much of the log is executed.
    executed: usize,
    ledger: Ledger,
    own: u64,
    /// For each server the ticks since it was heard.
    silent_for: Vec<u32>,
}

impl Entry for Ask {
    type Snapshot = NoSnapshot;
}

/// What nodes say: to whom is in it.
#[derive(Clone)]
pub(crate) struct Said(Message<Ask>);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Message::SequencePaxos(message) => write!(f, "{:?}", message.msg),
            Message::BLE(message) => write!(f, "{:?}", message.msg),
        }
    }
}

impl Server for Omni {
    type Peer = Said;

    fn start(place: &Place, before: Option<Self>, out: &mut Out<'_, Said>) -> Self {
        let own = u64::from(place.process.0) + 1;
        let nodes: Vec<u64> = (1..=u64::from(place.servers)).collect();
        let disk = before.map_or_else(Disk::default, |before| before.disk);
        let config = OmniPaxosConfig {
            cluster_config: ClusterConfig { configuration_id: 1, nodes, flexible_quorum: None },
            server_config: ServerConfig {
                pid: own,
                election_tick_timeout: ELECTION_TICKS,
                resend_message_tick_timeout: 5,
                ..ServerConfig::default()
            },
        };
        let node = config.build(disk.clone()).expect("a sound configuration");
        let silent_for = vec![0; usize::from(place.servers)];
        let ledger = Ledger::default();
        let mut server = Self { node, disk, executed: 0, ledger, own, silent_for };
        server.carry_out(out);
        out.tick_after(TICK);
        server
    }

    fn on_ask(&mut self, ask: Ask, out: &mut Out<'_, Said>) {
        if self.node.get_current_leader().is_some_and(|(leader, _)| leader == self.own) {
            // Nothing is refused but what comes after the end of a configuration.
            let _is_taken = self.node.append(ask).is_ok();
            self.carry_out(out);
        }
    }

    fn on_peer(&mut self, message: Said, out: &mut Out<'_, Said>) {
        let from = message.0.get_sender();
        let silent_for = &mut self.silent_for[index(from)];
        // The crate wants to be told of a connection that is there again, as a transport would
        // after a while without a word.
        if std::mem::take(silent_for) > SILENCE_TICKS {
            self.node.reconnected(from);
        }
        self.node.handle_incoming(message.0);
        self.carry_out(out);
    }

    fn on_tick(&mut self, out: &mut Out<'_, Said>) {
        self.silent_for.iter_mut().for_each(|ticks| *ticks += 1);
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

impl Omni {
    /// Executes what is decided, and sends what the node wants to have sent.
    fn carry_out(&mut self, out: &mut Out<'_, Said>) {
        for entry in self.node.read_decided_suffix(self.executed).unwrap_or_default() {
            self.executed += 1;
            if let LogEntry::Decided(ask) = entry
                && let Some(answer) = self.ledger.execute(ask)
            {
                out.answer(ask.client, answer);
            }
        }
        let mut messages = Vec::new();
        self.node.take_outgoing_messages(&mut messages);
        for message in messages {
            out.say(index(message.get_receiver()), Said(message));
        }
    }
}

/// What a node has stored: a copy is the same disk.
#[derive(Clone, Default)]
pub(crate) struct Disk(Rc<RefCell<Stored>>);

#[derive(Default)]
struct Stored {
    log: Vec<Ask>,
    promise: Option<Ballot>,
    accepted: Option<Ballot>,
    decided: usize,
}

impl Storage<Ask> for Disk {
    fn write_atomically(&mut self, ops: Vec<StorageOp<Ask>>) -> StorageResult<()> {
        for op in ops {
            match op {
                StorageOp::AppendEntry(entry) => self.append_entry(entry)?,
                StorageOp::AppendEntries(entries) => self.append_entries(entries)?,
                StorageOp::AppendOnPrefix(from, entries) => self.append_on_prefix(from, entries)?,
                StorageOp::SetPromise(ballot) => self.set_promise(ballot)?,
                StorageOp::SetDecidedIndex(index) => self.set_decided_idx(index)?,
                StorageOp::SetAcceptedRound(ballot) => self.set_accepted_round(ballot)?,
                StorageOp::SetCompactedIdx(_)
                | StorageOp::Trim(_)
                | StorageOp::SetStopsign(_)
                | StorageOp::SetSnapshot(_) => return Err(NEVER_ASKED_FOR.into()),
            }
        }
        Ok(())
    }

    fn append_entry(&mut self, entry: Ask) -> StorageResult<()> {
        self.0.borrow_mut().log.push(entry);
        Ok(())
    }

    fn append_entries(&mut self, entries: Vec<Ask>) -> StorageResult<()> {
        self.0.borrow_mut().log.extend(entries);
        Ok(())
    }

    fn append_on_prefix(&mut self, from: usize, entries: Vec<Ask>) -> StorageResult<()> {
        let log = &mut self.0.borrow_mut().log;
        log.truncate(from);
        log.extend(entries);
        Ok(())
    }

    fn set_promise(&mut self, ballot: Ballot) -> StorageResult<()> {
        self.0.borrow_mut().promise = Some(ballot);
        Ok(())
    }

    fn set_decided_idx(&mut self, index: usize) -> StorageResult<()> {
        self.0.borrow_mut().decided = index;
        Ok(())
    }

    fn get_decided_idx(&self) -> StorageResult<usize> {
        Ok(self.0.borrow().decided)
    }

    fn set_accepted_round(&mut self, ballot: Ballot) -> StorageResult<()> {
        self.0.borrow_mut().accepted = Some(ballot);
        Ok(())
    }

    fn get_accepted_round(&self) -> StorageResult<Option<Ballot>> {
        Ok(self.0.borrow().accepted)
    }

    fn get_entries(&self, from: usize, to: usize) -> StorageResult<Vec<Ask>> {
        Ok(self.0.borrow().log.get(from..to).unwrap_or_default().to_vec())
    }

    fn get_log_len(&self) -> StorageResult<usize> {
        Ok(self.0.borrow().log.len())
    }

    fn get_suffix(&self, from: usize) -> StorageResult<Vec<Ask>> {
        Ok(self.0.borrow().log.get(from..).unwrap_or_default().to_vec())
    }

    fn get_promise(&self) -> StorageResult<Option<Ballot>> {
        Ok(self.0.borrow().promise)
    }

    fn set_stopsign(&mut self, sign: Option<StopSign>) -> StorageResult<()> {
        if sign.is_none() { Ok(()) } else { Err(NEVER_ASKED_FOR.into()) }
    }

    fn get_stopsign(&self) -> StorageResult<Option<StopSign>> {
        Ok(None)
    }

    fn trim(&mut self, _index: usize) -> StorageResult<()> {
        Err(NEVER_ASKED_FOR.into())
    }

    fn set_compacted_idx(&mut self, _index: usize) -> StorageResult<()> {
        Err(NEVER_ASKED_FOR.into())
    }

    fn get_compacted_idx(&self) -> StorageResult<usize> {
        Ok(0)
    }

    fn set_snapshot(&mut self, _snapshot: Option<NoSnapshot>) -> StorageResult<()> {
        Err(NEVER_ASKED_FOR.into())
    }

    fn get_snapshot(&self) -> StorageResult<Option<NoSnapshot>> {
        Ok(None)
    }
}

/// Nobody here compacts a log or ends a configuration.
const NEVER_ASKED_FOR: &str = "nobody has asked for that";

fn index(id: u64) -> usize {
    usize::try_from(id).expect("few servers") - 1
}

const TICK: Span = Span::millis(10);
const ELECTION_TICKS: u64 = 10;
/// Two rounds of heartbeats without a word.
const SILENCE_TICKS: u32 = 25;
