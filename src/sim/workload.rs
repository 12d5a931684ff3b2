//! What clients ask for: drawn from a stream of each client's own.

use super::random::{Purpose, Stream};
use super::ratio::Ratio;
use super::scenario::{ServiceKind, Workload};
use super::time::Span;
use crate::protocol::service::Codec;
use crate::protocol::{Configuration, ReplicaNumber};
use crate::services::{Postcard, clock, counter, kv, lottery, queue, register};
use bytes::Bytes;

/// An operation of any of the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Of a register.
    Register(register::Operation),
    /// Of a key-value store.
    Kv(kv::Operation),
    /// Of a counter.
    Counter(counter::Operation),
    /// Of a queue.
    Queue(queue::Operation),
    /// Of a clock.
    Clock(clock::Operation),
    /// Of a lottery.
    Lottery(lottery::Operation),
}

/// Which way an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It gets a place in the log.
    ThroughTheLog,
    /// A read: the primary answers it, and nothing that was answered before is missing (§6.3.1).
    Latest,
    /// A read: that replica answers it, as far as it is (§6.3.2).
    At(ReplicaNumber),
}

/// What one client asks for, one operation after the other.
#[derive(Clone, Debug)]
pub struct Script {
    service: ServiceKind,
    workload: Workload,
    client: u16,
    stream: Stream,
    /// Which way its reads take.
    ways: Stream,
    /// How many operations it has still to ask for.
    left: u32,
    /// Counts the values that it writes, so that none is written twice in a run.
    written: u64,
}

impl Script {
    /// The script of a client: an equal share of the run's operations.
    #[must_use]
    pub fn new(seed: u64, service: ServiceKind, workload: Workload, client: u16) -> Self {
        let clients = u32::from(workload.clients);
        let more = u32::from(u32::from(client) < workload.operations % clients);
        Self {
            service,
            workload,
            client,
            stream: Stream::new(seed, Purpose::Workload, u64::from(client)),
            ways: Stream::new(seed, Purpose::Reads, u64::from(client)),
            left: workload.operations / clients + more,
            written: 0,
        }
    }

    /// The next operation, or nothing when the client has asked for all.
    pub fn ask(&mut self) -> Option<Asked> {
        self.left = self.left.checked_sub(1)?;
        let is_reader = self.client < self.workload.readers;
        let is_read = self.stream.hits(self.workload.reads) || is_reader;
        let choice = self.stream.between(0, 9);
        let key = self.stream.between(0, u64::from(self.workload.keys) - 1);
        let key = u16::try_from(key).unwrap_or(0);
        let guess = self.stream.word();
        let value = self.fresh_value();
        let earlier = self.earlier_value(guess);
        Some(match self.service {
            ServiceKind::Register => Asked::Register(match (is_read, choice) {
                (true, _) => register::Operation::Read,
                (false, 0..=6) => register::Operation::Write(value),
                (false, _) => register::Operation::CompareAndSwap(earlier, value),
            }),
            ServiceKind::Kv => Asked::Kv(match (is_read, choice) {
                (true, _) => kv::Operation::Get(key),
                (false, 0..=4) => kv::Operation::Put(key, value),
                (false, 5..=6) => kv::Operation::CompareAndSwap(key, earlier, value),
                (false, 7) => kv::Operation::Delete(key),
                (false, _) => kv::Operation::Append(key, value),
            }),
            ServiceKind::Counter => Asked::Counter(if is_read {
                counter::Operation::Get
            } else {
                counter::Operation::Add(1 + choice)
            }),
            ServiceKind::Queue => Asked::Queue(if choice < 5 {
                queue::Operation::Enqueue(value)
            } else {
                queue::Operation::Dequeue
            }),
            ServiceKind::Clock => {
                Asked::Clock(if is_read { clock::Operation::Last } else { clock::Operation::Stamp })
            }
            ServiceKind::Lottery => Asked::Lottery(if is_read {
                lottery::Operation::Last
            } else {
                lottery::Operation::Draw
            }),
        })
    }

    /// Which way an operation takes, to which of a group.
    pub fn how(&mut self, asked: &Asked, group: Configuration) -> How {
        let Workload { latest, stale, .. } = self.workload;
        if !asked.is_read() || (latest, stale) == (Ratio::ZERO, Ratio::ZERO) {
            return How::ThroughTheLog;
        }
        let all = group.active();
        let place = self.ways.between(0, u64::from(all.count()) - 1);
        let place = usize::try_from(place).unwrap_or(0);
        match (self.ways.hits(latest), self.ways.hits(stale)) {
            (true, _) => How::Latest,
            (false, true) => How::At(all.iter().nth(place).unwrap_or_default()),
            (false, false) => How::ThroughTheLog,
        }
    }

    /// How long the client pauses before it asks again.
    pub fn think(&mut self) -> Span {
        let (min, mean) = (self.workload.think_min.0, self.workload.think_mean.0);
        Span(self.stream.exponential(min, mean.max(min), mean.max(min).saturating_mul(20)))
    }

    /// Whether the client has asked for all.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.left == 0
    }

    /// How many operations it has still to ask for.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.left
    }

    /// Asks for nothing more.
    pub const fn stop(&mut self) {
        self.left = 0;
    }

    /// A value that nobody else writes.
    fn fresh_value(&mut self) -> u64 {
        self.written += 1;
        self.written << 16 | u64::from(self.client)
    }

    /// A value that somebody may have written lately: what a compare-and-swap hopes for.
    fn earlier_value(&self, guess: u64) -> u64 {
        let client = guess % u64::from(self.workload.clients);
        let back = guess >> 32 & 3;
        self.written.saturating_sub(back) << 16 | client
    }
}

impl Asked {
    /// Whether it changes nothing.
    #[must_use]
    pub const fn is_read(&self) -> bool {
        matches!(
            self,
            Self::Register(register::Operation::Read)
                | Self::Kv(kv::Operation::Get(_))
                | Self::Counter(counter::Operation::Get)
                | Self::Clock(clock::Operation::Last)
                | Self::Lottery(lottery::Operation::Last)
        )
    }

    /// As the service takes it.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        match self {
            Self::Register(operation) => Postcard::encode(operation),
            Self::Kv(operation) => Postcard::encode(operation),
            Self::Counter(operation) => Postcard::encode(operation),
            Self::Queue(operation) => Postcard::encode(operation),
            Self::Clock(operation) => Postcard::encode(operation),
            Self::Lottery(operation) => Postcard::encode(operation),
        }
    }
}
