//! How fast the replica is by itself: a group in one thread, a queue for a network, no simulator.
//! Committed operations per CPU second, with 32-byte operations and the client table on.

#![expect(clippy::float_arithmetic, reason = "figures for people")]

#[path = "clock/mod.rs"]
mod clock;

use bytes::{Bytes, BytesMut};
use clock::best_of;
use std::collections::VecDeque;
use std::process::ExitCode;
use vsr::protocol::message::Request;
use vsr::protocol::service::Applied;
use vsr::protocol::{
    ClientId, Configuration, EpochNumber, Input, Message, OpNumber, Outbox, Output, Replica,
    ReplicaNumber, RequestNumber, Service, Settings,
};

fn main() -> ExitCode {
    for (replicas, clients, batch) in [(3, 1, 1), (3, 64, 1), (3, 64, 64), (5, 64, 1), (5, 64, 64)]
    {
        // What was in use at the peak stays the process's own, as in one that has run for long.
        let mut warm = Group::new(replicas, batch);
        warm.run(clients, HISTORY);
        let peak = vec![1_u8; PEAK];
        drop(warm);
        let seconds = best_of(5, || {
            for _ in 0..GROUPS {
                let mut group = Group::new(replicas, batch);
                group.run(clients, HISTORY);
                assert!(group.replies >= HISTORY);
            }
        });
        let operations = HISTORY * GROUPS;
        println!(
            "{replicas} replicas, {clients:>2} clients, batches of {batch:>2}: {operations} \
             operations, {seconds:.3} s, {:.2} M/s",
            clock::millions_per_second(operations, seconds),
        );
        drop(std::hint::black_box(peak));
    }
    ExitCode::SUCCESS
}

/// A service that costs next to nothing: what is measured is the protocol.
#[derive(Default)]
struct Sum(u64);

impl Service for Sum {
    fn apply(&mut self, _request: Applied, operation: &Bytes) -> Bytes {
        self.0 = self.0.wrapping_add(u64::from(operation[0]));
        Bytes::from_static(b"done")
    }
}

/// A group, the messages between its members, and clients that ask again once they are answered.
struct Group {
    members: Vec<Replica<Sum>>,
    under_way: VecDeque<(ReplicaNumber, Message)>,
    out: Outbox,
    asked: Vec<u64>,
    /// What arrives from outside, cut into operations as a network's buffer is.
    buffer: BytesMut,
    replies: u64,
}

impl Group {
    fn new(replicas: u8, batch: usize) -> Self {
        let configuration = Configuration::new(replicas).expect("a group");
        let mut settings = Settings::new(configuration);
        settings.bounds.batch_max = batch;
        // Batches form while one PREPARE is under way; else each request has its own at once.
        settings.bounds.pipeline_max = if batch == 1 { 64 } else { 1 };
        let mut out = Outbox::default();
        let members = configuration
            .members()
            .map(|number| {
                Replica::start(settings, number, Sum::default(), &mut out).expect("valid")
            })
            .collect();
        out.drain().for_each(drop);
        Self {
            members,
            under_way: VecDeque::new(),
            out,
            asked: Vec::new(),
            buffer: BytesMut::new(),
            replies: 0,
        }
    }

    fn run(&mut self, clients: u32, operations: u64) {
        self.asked = vec![0; usize::try_from(clients).expect("few")];
        for client in 0..clients {
            self.ask(client);
        }
        while self.replies < operations {
            let Some((to, message)) = self.under_way.pop_front() else { break };
            self.step(to, message);
        }
        assert!(self.members[0].commit_number() >= OpNumber(operations));
    }

    fn ask(&mut self, client: u32) {
        let asked = &mut self.asked[usize::try_from(client).expect("few")];
        *asked += 1;
        if self.buffer.len() < OPERATION_BYTES {
            self.buffer = BytesMut::zeroed(OPERATION_BYTES * 2048);
        }
        let request = Request {
            epoch: EpochNumber(0),
            client: ClientId::from_number(client),
            request_number: RequestNumber(*asked),
            operation: self.buffer.split_to(OPERATION_BYTES).freeze(),
        };
        self.under_way.push_back((ReplicaNumber(0), Message::Request(request)));
    }

    fn step(&mut self, to: ReplicaNumber, message: Message) {
        let mut out = std::mem::take(&mut self.out);
        self.members[to.index()].step(Input::Message(message), &mut out);
        for output in out.drain() {
            match output {
                Output::Send(other, message, _) => self.under_way.push_back((other, message)),
                Output::Broadcast(message, _) => {
                    let count = u8::try_from(self.members.len()).expect("few");
                    for other in (0..count).map(ReplicaNumber).filter(|&other| other != to) {
                        self.under_way.push_back((other, message.clone()));
                    }
                }
                Output::Reply(client, Message::Reply(_)) => {
                    self.replies += 1;
                    let (_, number) = client.0.as_u64_pair();
                    self.ask(u32::try_from(number & 0xffff_ffff).expect("32 bits"));
                }
                Output::Reply(..)
                | Output::Write(..)
                | Output::SetTimer(..)
                | Output::CancelTimer(_) => {}
            }
        }
        self.out = out;
    }
}

const OPERATION_BYTES: usize = 32;
/// Operations in the life of a group.
const HISTORY: u64 = 20_000;
/// Groups, one after another.
const GROUPS: u64 = 50;
/// Bytes that are allocated at the top of the heap, which then cannot shrink below them.
const PEAK: usize = 100_000;
