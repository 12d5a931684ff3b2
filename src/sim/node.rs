//! What the kernel knows of a system under test: processes that take messages and timers.

use super::clock::Clock;
use super::disk::{DiskPiece, DiskWrite};
use super::time::{Moment, Span};
use crate::protocol::LocalTime;
use core::fmt;

/// A process of the simulated system, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessId(pub u16);

impl ProcessId {
    /// As an index into a vector that holds one element a process.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A timer of a process, by a number below [`TIMERS_MAX`] that the process gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerId(pub u8);

/// How many timers a process can have.
pub const TIMERS_MAX: usize = 16;

/// What processes send each other.
pub trait Payload: Clone + fmt::Display {
    /// What kind of message it is: faults can be aimed at one kind.
    fn kind(&self) -> u8;

    /// A number that tells messages apart, for the hash of a run. Must be a function of the
    /// content alone.
    fn fingerprint(&self) -> u64;
}

/// The code under test. It must be deterministic: what it does follows from what it was given.
pub trait Node {
    /// What it sends and takes.
    type Message: Payload;

    /// Takes a message.
    fn on_message(
        &mut self,
        from: ProcessId,
        message: Self::Message,
        wire: &mut Wire<Self::Message>,
    );

    /// Takes a timer that went off.
    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Self::Message>);

    /// A write is durable, and so are all before it. Who never writes is never told.
    fn on_durable(&mut self, _write: u64, _wire: &mut Wire<Self::Message>) {}

    /// A write has failed. Nobody knows what of it is there, and a disk that is asked again may
    /// answer that all is well: so the process stops, and finds out when it starts again.
    fn on_failed(&mut self, _write: u64, wire: &mut Wire<Self::Message>) {
        wire.stop();
    }
}

/// What a process wants from the world: collected during a step, carried out after it.
#[derive(Clone, Debug)]
pub struct Wire<M> {
    pub(super) sends: Vec<(ProcessId, M)>,
    /// A timer, and after how long it goes off; `None` cancels it.
    pub(super) timers: Vec<(TimerId, Option<Span>)>,
    pub(super) writes: Vec<DiskWrite>,
    pub(super) removals: Vec<u64>,
    pub(super) stops: bool,
    /// What it has to say, if anybody listens.
    pub(super) words: Option<Vec<String>>,
    pub(super) now: Moment,
    pub(super) clock: Clock,
}

impl<M> Default for Wire<M> {
    fn default() -> Self {
        Self {
            sends: Vec::new(),
            timers: Vec::new(),
            writes: Vec::new(),
            removals: Vec::new(),
            stops: false,
            words: None,
            now: Moment(0),
            clock: Clock::default(),
        }
    }
}

impl<M> Wire<M> {
    /// Sends a message; it may get lost.
    pub fn send(&mut self, to: ProcessId, message: M) {
        self.sends.push((to, message));
    }

    /// Writes to the process's disk; [`Node::on_durable`] tells when it is there. Numbers grow.
    pub fn write(&mut self, number: u64, pieces: Vec<DiskPiece>) {
        self.writes.push(DiskWrite { number, pieces });
    }

    /// Removes a file from the process's disk.
    pub fn remove(&mut self, file: u64) {
        self.removals.push(file);
    }

    /// Says something to whoever reads the trace. Nothing is put into words when nobody does.
    pub fn say(&mut self, words: impl FnOnce() -> String) {
        if let Some(said) = &mut self.words {
            said.push(words());
        }
    }

    /// What the process's clock shows now: it never jumps.
    #[must_use]
    pub fn clock(&self) -> LocalTime {
        self.clock.shown(self.now)
    }

    /// Ends the process, as soon as this is carried out.
    pub const fn stop(&mut self) {
        self.stops = true;
    }

    /// Lets a timer go off after that long, by the clock of the process and with jitter.
    pub fn set_timer(&mut self, timer: TimerId, after: Span) {
        self.timers.push((timer, Some(after)));
    }

    /// Lets a timer not go off.
    pub fn cancel_timer(&mut self, timer: TimerId) {
        self.timers.push((timer, None));
    }
}
