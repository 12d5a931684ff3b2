//! A group in one thread, with a queue for a network and clients that always ask.

use bytes::BytesMut;
use std::collections::VecDeque;
use vsr::protocol::log::EntryKind;
use vsr::protocol::message::Request;
use vsr::protocol::settings::Checkpoints;
use vsr::protocol::{
    Batching, ClientId, Configuration, EpochNumber, Input, Message, OpNumber, Outbox, Output,
    Replica, ReplicaNumber, RequestNumber, Service, Settings,
};

/// A group, the messages between its members, and clients that ask again once they are answered.
pub(crate) struct Group<S> {
    members: Vec<Replica<S>>,
    under_way: VecDeque<(ReplicaNumber, Message)>,
    out: Outbox,
    asked: Vec<u64>,
    /// What arrives from outside, cut into operations as a network's buffer is.
    buffer: BytesMut,
    pub(crate) replies: u64,
    /// Messages from one member to another.
    pub(crate) messages: u64,
}

/// How requests come into PREPAREs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Batches {
    /// Each alone, with many under way.
    Single,
    /// Up to 64 together, while one is under way.
    AfterEachOther,
    /// Up to 64 together, with up to eight under way: the more are, the more go together.
    Adaptive,
}

impl<S: Service> Group<S> {
    pub(crate) fn new(
        replicas: u8,
        batches: Batches,
        checkpoints: Option<Checkpoints>,
        service: impl Fn() -> S,
    ) -> Self {
        let configuration = Configuration::new(replicas).expect("a group");
        let mut settings = Settings::new(configuration);
        settings.checkpoints = checkpoints;
        let (batch, pipeline, batching) = match batches {
            Batches::Single => (1, 64, Batching::AtOnce),
            Batches::AfterEachOther => (64, 1, Batching::AtOnce),
            Batches::Adaptive => (64, 8, Batching::Adaptive),
        };
        settings.batching = batching;
        (settings.bounds.batch_max, settings.bounds.pipeline_max) = (batch, pipeline);
        let mut out = Outbox::default();
        let members = configuration
            .members()
            .map(|number| Replica::start(settings, number, service(), &mut out).expect("valid"))
            .collect();
        out.drain().for_each(drop);
        Self {
            members,
            under_way: VecDeque::new(),
            out,
            asked: Vec::new(),
            buffer: BytesMut::new(),
            replies: 0,
            messages: 0,
        }
    }

    /// Goes on until so many operations are answered.
    pub(crate) fn run(&mut self, clients: u32, operations: u64) {
        if self.asked.is_empty() {
            self.asked = vec![0; usize::try_from(clients).expect("few")];
            for client in 0..clients {
                self.ask(client);
            }
        }
        while self.replies < operations {
            let Some((to, message)) = self.under_way.pop_front() else { break };
            self.step(to, message);
        }
        assert!(self.members[0].commit_number() >= OpNumber(operations));
    }

    /// How many entries the longest log holds.
    pub(crate) fn longest_log(&self) -> u64 {
        let length = |member: &Replica<S>| member.op_number().since(member.log_start());
        self.members.iter().map(length).max().unwrap_or(0)
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
            born: OpNumber(0),
            kind: EntryKind::Operation,
            operation: self.buffer.split_to(OPERATION_BYTES).freeze(),
        };
        self.under_way.push_back((ReplicaNumber(0), Message::Request(request)));
    }

    fn step(&mut self, to: ReplicaNumber, message: Message) {
        let mut out = std::mem::take(&mut self.out);
        self.members[to.index()].step(Input::Message(message), &mut out);
        for output in out.drain() {
            match output {
                Output::Send(other, message, _) => {
                    self.messages += 1;
                    self.under_way.push_back((other, message));
                }
                Output::Broadcast(all, message, _) => {
                    for other in all.iter() {
                        self.messages += 1;
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
                | Output::Keep(..)
                | Output::SetTimer(..)
                | Output::CancelTimer(_) => {}
            }
        }
        self.out = out;
    }
}

const OPERATION_BYTES: usize = 32;
