//! The kernel: one queue of events and the processes they happen to. It knows no protocol.

mod out_of_turn;

pub use out_of_turn::{ByItself, UnderWay};

use super::clock::Clock;
use super::disk::{Disk, DiskSpeed, Hindrance};
use super::network::{Fate, Network, Weather};
use super::node::{Node, Payload, ProcessId, TIMERS_MAX, TimerId, Wire};
use super::queue::Queue;
use super::random::{Purpose, Stream, derive, mix};
use super::ratio::Ratio;
use super::time::{Moment, Span};
use super::trace::{Record, What};
use std::collections::BTreeMap;

/// A simulated system: deterministic, single-threaded, in virtual time.
#[derive(Clone, Debug)]
pub struct Kernel<N: Node> {
    now: Moment,
    queue: Queue<Event<N::Message>>,
    processes: Vec<Process<N>>,
    network: Network,
    /// Kept between steps, so that a step allocates nothing for it.
    wire: Wire<N::Message>,
    jitter: Ratio,
    hash: u64,
    tally: Tally,
    trace: Option<Vec<Record<N::Message>>>,
}

#[derive(Clone, Debug)]
enum Event<M> {
    /// With the sender's life when it was sent.
    Arrive {
        from: ProcessId,
        to: ProcessId,
        life: u32,
        message: M,
    },
    Timer {
        process: ProcessId,
        timer: TimerId,
    },
    /// With the process's life when it wrote.
    Durable {
        process: ProcessId,
        life: u32,
        write: u64,
    },
    Control(u64),
}

#[derive(Clone, Debug)]
struct Process<N: Node> {
    /// Nothing while it is down.
    node: Option<N>,
    /// Counts its crashes.
    life: u32,
    is_paused: bool,
    /// What happened to it while it was paused.
    backlog: Vec<Event<N::Message>>,
    timers: [Armed; TIMERS_MAX],
    clock: Clock,
    stream: Stream,
    disk: Disk,
}

/// A timer is moved far more often than it goes off: the queue holds one event for it, which
/// when its turn comes looks whether the timer has been moved since.
#[derive(Clone, Copy, Debug)]
struct Armed {
    deadline: Moment,
    queued: Moment,
}

/// What a step of the kernel was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A process took a message or a timer.
    Step(ProcessId),
    /// A process wants to be ended: whoever hosts it has to see to it.
    Stopped(ProcessId),
    /// A moment that was asked for by [`Kernel::schedule`] has come.
    Control(u64),
    /// Nothing that a process noticed.
    Nothing,
    /// There is nothing left to happen.
    End,
}

/// What has happened so far, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages and timers that processes took, and faults that struck.
    pub events: u64,
    /// Messages that were sent.
    pub sent: u64,
    /// Messages that arrived.
    pub delivered: u64,
    /// Messages that the network lost, by chance or by a fault.
    pub dropped: u64,
    /// Messages that arrived twice.
    pub duplicated: u64,
    /// Messages that arrived at the wrong process.
    pub misrouted: u64,
    /// Messages that found nobody at home.
    pub lost_at_crashed: u64,
    /// Messages that outlived a crash of their sender.
    pub outlived: u64,
}

const NEVER: Moment = Moment(u64::MAX);
const DISARMED: Armed = Armed { deadline: NEVER, queued: NEVER };

impl<N: Node> Kernel<N> {
    /// A system of so many processes, all down, on a network with that weather.
    ///
    /// `jitter` is by how much timers may be late, as a share of what they were set to.
    #[must_use]
    pub fn new(seed: u64, processes: u16, weather: Weather, jitter: Ratio) -> Self {
        let process = |number: u16| Process {
            node: None,
            life: 0,
            is_paused: false,
            backlog: Vec::new(),
            timers: [DISARMED; TIMERS_MAX],
            clock: Clock::default(),
            stream: Stream::new(seed, Purpose::Timer, u64::from(number)),
            disk: Disk::new(seed, number),
        };
        Self {
            now: Moment(0),
            queue: Queue::default(),
            processes: (0..processes).map(process).collect(),
            network: Network::new(seed, processes, weather),
            wire: Wire::default(),
            jitter,
            hash: mix(seed),
            tally: Tally::default(),
            trace: None,
        }
    }

    /// Records everything that happens from now on.
    pub fn record(&mut self) {
        self.trace = Some(Vec::new());
        self.wire.words = Some(Vec::new());
    }

    /// Lets the next thing happen.
    pub fn step(&mut self) -> Happened {
        let Some((at, event)) = self.queue.pop() else {
            return Happened::End;
        };
        debug_assert!(at >= self.now);
        self.now = at;
        match event {
            Event::Arrive { from, to, life, message } => self.arrive(from, to, life, message),
            Event::Timer { process, timer } => self.expire(process, timer),
            Event::Durable { process, life, write } => self.finish_write(process, life, write),
            Event::Control(number) => {
                self.tally.events += 1;
                self.mix_in(3, number);
                Happened::Control(number)
            }
        }
    }

    // Nearly all messages and timers come by way of the run's loop. That exploring calls these,
    // too, must not make calls of them there.
    #[inline(always)]
    fn arrive(
        &mut self,
        from: ProcessId,
        to: ProcessId,
        life: u32,
        message: N::Message,
    ) -> Happened {
        if self.processes[from.index()].life != life {
            self.tally.outlived += 1;
        }
        let process = &mut self.processes[to.index()];
        if process.is_paused {
            process.backlog.push(Event::Arrive { from, to, life, message });
            return Happened::Nothing;
        }
        let Some(node) = &mut process.node else {
            self.tally.lost_at_crashed += 1;
            self.note(|| What::NobodyHome { from, to, message });
            return Happened::Nothing;
        };
        self.tally.events += 1;
        self.tally.delivered += 1;
        let link = u64::from(from.0) << 32 | u64::from(to.0) << 16;
        self.hash =
            mix(self.hash ^ self.now.0 ^ link.rotate_left(20)).wrapping_add(message.fingerprint());
        if let Some(trace) = &mut self.trace {
            let what = What::Arrived { from, to, message: message.clone() };
            trace.push(Record { at: self.now, event: self.tally.events, what });
        }
        (self.wire.now, self.wire.clock) = (self.now, process.clock);
        node.on_message(from, message, &mut self.wire);
        self.carry_out(to)
    }

    #[inline(always)]
    fn expire(&mut self, id: ProcessId, timer: TimerId) -> Happened {
        let process = &mut self.processes[id.index()];
        let armed = &mut process.timers[usize::from(timer.0)];
        if armed.queued != self.now {
            // Another event stands for the timer, an earlier one.
            return Happened::Nothing;
        }
        armed.queued = NEVER;
        if armed.deadline == NEVER {
            return Happened::Nothing;
        }
        if armed.deadline > self.now {
            armed.queued = armed.deadline;
            self.queue.push(armed.deadline, Event::Timer { process: id, timer });
            return Happened::Nothing;
        }
        if process.is_paused {
            process.backlog.push(Event::Timer { process: id, timer });
            return Happened::Nothing;
        }
        let Some(node) = &mut process.node else {
            return Happened::Nothing;
        };
        armed.deadline = NEVER;
        self.tally.events += 1;
        let place = u64::from(id.0) << 8 | u64::from(timer.0);
        self.hash = mix(self.hash ^ self.now.0 ^ place.rotate_left(44));
        if let Some(trace) = &mut self.trace {
            let what = What::Expired { process: id, timer };
            trace.push(Record { at: self.now, event: self.tally.events, what });
        }
        (self.wire.now, self.wire.clock) = (self.now, process.clock);
        node.on_timer(timer, &mut self.wire);
        self.carry_out(id)
    }

    fn finish_write(&mut self, id: ProcessId, life: u32, write: u64) -> Happened {
        let process = &mut self.processes[id.index()];
        if process.life != life {
            return Happened::Nothing;
        }
        process.disk.finish(write);
        if process.is_paused {
            process.backlog.push(Event::Durable { process: id, life, write });
            return Happened::Nothing;
        }
        let Some(node) = &mut process.node else {
            return Happened::Nothing;
        };
        let has_failed = process.disk.take_failed(write);
        self.tally.events += 1;
        self.hash = mix(self.hash ^ self.now.0 ^ u64::from(id.0).rotate_left(52)) ^ write;
        if let Some(trace) = &mut self.trace {
            let what = if has_failed {
                What::WriteFailed { process: id, write }
            } else {
                What::Durable { process: id, write }
            };
            trace.push(Record { at: self.now, event: self.tally.events, what });
        }
        if has_failed {
            (self.wire.now, self.wire.clock) = (self.now, process.clock);
            node.on_failed(write, &mut self.wire);
        } else {
            (self.wire.now, self.wire.clock) = (self.now, process.clock);
            node.on_durable(write, &mut self.wire);
        }
        self.carry_out(id)
    }

    /// Carries out what a process asked for in its step.
    fn carry_out(&mut self, from: ProcessId) -> Happened {
        let mut sends = std::mem::take(&mut self.wire.sends);
        for (to, message) in sends.drain(..) {
            self.send(from, to, message);
        }
        // The buffer goes back, so that the next step need not make one.
        self.wire.sends = sends;
        for index in 0..self.wire.timers.len() {
            let (timer, after) = self.wire.timers[index];
            self.set_timer(from, timer, after);
        }
        self.wire.timers.clear();
        // Most systems say nothing, and never write.
        if let Some(words) = &mut self.wire.words {
            for words in std::mem::take(words) {
                self.note(|| What::Said(from, words));
            }
        }
        if !self.wire.removals.is_empty() || !self.wire.writes.is_empty() {
            self.use_disk(from);
        }
        let stops = std::mem::take(&mut self.wire.stops);
        if stops { Happened::Stopped(from) } else { Happened::Step(from) }
    }

    fn use_disk(&mut self, from: ProcessId) {
        let process = &mut self.processes[from.index()];
        for file in self.wire.removals.drain(..) {
            process.disk.remove(file);
        }
        for write in self.wire.writes.drain(..) {
            let (number, life) = (write.number, process.life);
            let at = process.disk.write(self.now, write);
            self.queue.push(at, Event::Durable { process: from, life, write: number });
        }
    }

    fn send(&mut self, from: ProcessId, to: ProcessId, message: N::Message) {
        self.tally.sent += 1;
        let fate = self.network.fate(self.now, from, to, &message);
        if self.trace.is_some() {
            let nth = self.network.sent(from, to);
            let message = message.clone();
            self.note(|| What::Sent { from, to, nth, message, fate });
        }
        let now = self.now;
        let life = self.processes[from.index()].life;
        match fate {
            Fate::Drop => self.tally.dropped += 1,
            Fate::Deliver(after) => {
                self.queue.push(now.after(after), Event::Arrive { from, to, life, message });
            }
            Fate::Twice(after, again) => {
                self.tally.duplicated += 1;
                let copy = message.clone();
                self.queue.push(now.after(after), Event::Arrive { from, to, life, message });
                let copy = Event::Arrive { from, to, life, message: copy };
                self.queue.push(now.after(again), copy);
            }
            Fate::Astray(other, after) => {
                self.tally.misrouted += 1;
                let event = Event::Arrive { from, to: other, life, message };
                self.queue.push(now.after(after), event);
            }
        }
    }

    fn set_timer(&mut self, id: ProcessId, timer: TimerId, after: Option<Span>) {
        let process = &mut self.processes[id.index()];
        let armed = &mut process.timers[usize::from(timer.0)];
        let Some(after) = after else {
            armed.deadline = NEVER;
            return;
        };
        let late = self.jitter.share_of(after.0, process.stream.word());
        let span = process.clock.until(Span(after.0.saturating_add(late)));
        armed.deadline = self.now.after(span);
        self.enqueue(id, timer);
    }

    /// Makes sure that the queue holds an event early enough for a timer.
    fn enqueue(&mut self, id: ProcessId, timer: TimerId) {
        let armed = &mut self.processes[id.index()].timers[usize::from(timer.0)];
        if armed.queued > armed.deadline {
            armed.queued = armed.deadline;
            self.queue.push(armed.deadline, Event::Timer { process: id, timer });
        }
    }

    fn note(&mut self, what: impl FnOnce() -> What<N::Message>) {
        if let Some(trace) = &mut self.trace {
            trace.push(Record { at: self.now, event: self.tally.events, what: what() });
        }
    }

    fn mix_in(&mut self, code: u64, value: u64) {
        self.hash = mix(self.hash ^ self.now.0).wrapping_add(derive(code, value));
    }
}

/// What a host or a fault does to the system.
impl<N: Node> Kernel<N> {
    /// Starts a process: `begin` makes its node, which may send and set timers at once, or want to
    /// be ended again.
    pub fn start(
        &mut self,
        id: ProcessId,
        begin: impl FnOnce(&mut Wire<N::Message>) -> N,
    ) -> Happened {
        (self.wire.now, self.wire.clock) = (self.now, self.processes[id.index()].clock);
        let node = begin(&mut self.wire);
        self.tally.events += 1;
        self.mix_in(4, u64::from(id.0));
        self.note(|| What::Started(id));
        self.processes[id.index()].node = Some(node);
        self.carry_out(id)
    }

    /// Ends a process at once: nothing of it is left, but what it has sent is still under way.
    pub fn crash(&mut self, id: ProcessId) -> Option<N> {
        self.tally.events += 1;
        self.mix_in(5, u64::from(id.0));
        self.note(|| What::Crashed(id));
        let process = &mut self.processes[id.index()];
        for armed in &mut process.timers {
            armed.deadline = NEVER;
        }
        process.backlog.clear();
        process.is_paused = false;
        process.life += 1;
        process.disk.crash(self.now);
        process.node.take()
    }

    /// Stops a process for a while: what happens to it waits. One that is down is not stopped.
    pub fn pause(&mut self, id: ProcessId) {
        if self.processes[id.index()].node.is_none() {
            return;
        }
        self.mix_in(6, u64::from(id.0));
        self.note(|| What::Paused(id));
        self.processes[id.index()].is_paused = true;
    }

    /// Lets it go on: what waited happens now, in its order.
    pub fn resume(&mut self, id: ProcessId) {
        self.mix_in(7, u64::from(id.0));
        self.note(|| What::Resumed(id));
        let process = &mut self.processes[id.index()];
        process.is_paused = false;
        for event in std::mem::take(&mut process.backlog) {
            if let Event::Timer { timer, .. } = event {
                process.timers[usize::from(timer.0)].queued = self.now;
            }
            self.queue.push(self.now, event);
        }
    }

    /// Lets other files be on the disk of a process.
    pub(super) fn set_files(&mut self, id: ProcessId, files: BTreeMap<u64, Vec<u8>>) {
        self.mix_in(10, u64::from(id.0));
        self.processes[id.index()].disk.set_files(files);
    }

    /// Lets something hinder the disk of a process.
    pub fn hinder_disk(&mut self, id: ProcessId, hindrance: Hindrance) {
        self.mix_in(11, u64::from(id.0));
        self.processes[id.index()].disk.hinder(hindrance);
    }

    /// Lets nothing hinder the disk of a process any more.
    pub fn unhinder_disk(&mut self, id: ProcessId) {
        self.processes[id.index()].disk.unhinder();
    }

    /// Lets all disks take that long from now on.
    pub fn set_disk_speed(&mut self, speed: DiskSpeed) {
        for process in &mut self.processes {
            process.disk.set_speed(speed);
        }
    }

    /// Lets a process's clock run fast or slow, by so many millionths.
    pub fn set_drift(&mut self, id: ProcessId, millionths: i32) {
        self.mix_in(8, u64::from(id.0));
        self.processes[id.index()].clock = Clock::with_drift(millionths);
    }

    /// Puts a process's clock forward: timers within that span are due at once.
    pub fn jump_clock(&mut self, id: ProcessId, forward: Span) {
        self.mix_in(9, u64::from(id.0));
        self.note(|| What::ClockJumped(id, forward));
        for number in 0..TIMERS_MAX {
            let armed = &mut self.processes[id.index()].timers[number];
            if armed.deadline != NEVER {
                let due = armed.deadline.0.saturating_sub(forward.0).max(self.now.0);
                armed.deadline = Moment(due);
                self.enqueue(id, TimerId(u8::try_from(number).expect("below 16")));
            }
        }
    }

    /// Puts a message under way that nobody has sent.
    pub fn inject(&mut self, from: ProcessId, to: ProcessId, message: N::Message, after: Span) {
        let at = self.now.after(after);
        let life = self.processes[from.index()].life;
        self.queue.push(at, Event::Arrive { from, to, life, message });
    }

    /// Asks to be told when that moment has come.
    pub fn schedule(&mut self, at: Moment, number: u64) {
        self.queue.push(at.max(self.now), Event::Control(number));
    }

    /// The network, to be broken and mended.
    pub const fn network_mut(&mut self) -> &mut Network {
        &mut self.network
    }
}

/// What can be seen of the system.
impl<N: Node> Kernel<N> {
    /// The virtual time.
    #[must_use]
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// When the next event is.
    #[must_use]
    pub fn next_at(&self) -> Option<Moment> {
        self.queue.next_at()
    }

    /// The disk of a process, whether it is up or not.
    #[must_use]
    pub fn disk(&self, id: ProcessId) -> &Disk {
        &self.processes[id.index()].disk
    }

    /// The node of a process that is up.
    #[must_use]
    pub fn node(&self, id: ProcessId) -> Option<&N> {
        self.processes[id.index()].node.as_ref()
    }

    /// The node of a process that is up.
    pub fn node_mut(&mut self, id: ProcessId) -> Option<&mut N> {
        self.processes[id.index()].node.as_mut()
    }

    /// Whether a process is stopped.
    #[must_use]
    pub fn is_paused(&self, id: ProcessId) -> bool {
        self.processes[id.index()].is_paused
    }

    /// A number that two runs have in common only if the same things happened in both.
    #[must_use]
    pub const fn hash(&self) -> u64 {
        self.hash
    }

    /// What has happened so far, in numbers.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Notes something about a fault for whoever reads the trace.
    pub fn note_fault(&mut self, what: What<N::Message>) {
        self.note(|| what);
    }

    /// From now on chance is another one: on the network, and in the timers.
    pub fn reseed(&mut self, seed: u64) {
        for (number, process) in (0..).zip(&mut self.processes) {
            process.stream = Stream::new(seed, Purpose::Timer, number);
            process.disk.reseed(seed);
        }
        self.network.reseed(seed);
    }

    /// What was recorded.
    pub fn take_trace(&mut self) -> Vec<Record<N::Message>> {
        self.trace.take().unwrap_or_default()
    }
}
