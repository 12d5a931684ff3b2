//! What happens next, decided by somebody else than the queue.

use super::{Armed, Event, Happened, Kernel, NEVER};
use crate::sim::node::{Node, ProcessId, TIMERS_MAX, TimerId};

/// A message between its sender and its receiver.
#[derive(Clone, Debug)]
pub struct UnderWay<M> {
    /// Who sent it.
    pub from: ProcessId,
    /// Who is to get it.
    pub to: ProcessId,
    /// In which of the sender's lives it was sent.
    pub life: u32,
    /// What it says.
    pub message: M,
}

/// What would happen by itself.
#[derive(Debug)]
pub enum ByItself<M> {
    /// A message would arrive.
    Arrives(UnderWay<M>),
    /// Something was written, or a timer was set to go off at once.
    Happens(Happened),
}

impl<N: Node> Kernel<N> {
    /// Takes the next message that is under way, in the order in which they would arrive, or lets
    /// the next write be done, or a timer go off that was set to do so at once. Nothing else that
    /// was to happen by itself will, but for what is asked for later.
    pub fn next_by_itself(&mut self) -> Option<ByItself<N::Message>> {
        while let Some((at, event)) = self.queue.pop() {
            match event {
                Event::Timer { process, timer } if at <= self.now => {
                    return Some(ByItself::Happens(self.expire(process, timer)));
                }
                Event::Arrive { from, to, life, message } => {
                    return Some(ByItself::Arrives(UnderWay { from, to, life, message }));
                }
                Event::Timer { process, timer } => {
                    let armed = &mut self.processes[process.index()].timers[usize::from(timer.0)];
                    armed.queued = NEVER;
                }
                Event::Durable { process, life, write } => {
                    return Some(ByItself::Happens(self.finish_write(process, life, write)));
                }
                Event::Control(_) => {}
            }
        }
        None
    }

    /// Lets a message arrive now.
    pub fn deliver(&mut self, letter: UnderWay<N::Message>) -> Happened {
        let UnderWay { from, to, life, message } = letter;
        self.arrive(from, to, life, message)
    }

    /// The timers of a process that are going to go off, as bits.
    #[must_use]
    pub fn armed(&self, id: ProcessId) -> u16 {
        let timers = &self.processes[id.index()].timers;
        (0..TIMERS_MAX).filter(|&timer| timers[timer].deadline != NEVER).fold(0, |b, t| b | 1 << t)
    }

    /// Lets an armed timer go off now.
    pub fn expire_now(&mut self, id: ProcessId, timer: TimerId) -> Happened {
        let now = self.now;
        self.processes[id.index()].timers[usize::from(timer.0)] =
            Armed { deadline: now, queued: now };
        self.expire(id, timer)
    }

    /// Lets a timer go off at once, if it is armed. Tells whether it is.
    pub fn hasten(&mut self, id: ProcessId, timer: TimerId) -> bool {
        let now = self.now;
        let armed = &mut self.processes[id.index()].timers[usize::from(timer.0)];
        let is_armed = armed.deadline != NEVER;
        if is_armed {
            armed.deadline = now;
            self.enqueue(id, timer);
        }
        is_armed
    }

    /// In which life a process is: how often it has crashed.
    #[must_use]
    pub fn life(&self, id: ProcessId) -> u32 {
        self.processes[id.index()].life
    }
}
