//! A trace as lines: one for each thing that happened.

use crate::protocol::{Message, MessageKind};
use crate::sim::Scenario;
use crate::sim::member::timer_name;
use crate::sim::network::Fate;
use crate::sim::node::ProcessId;
use crate::sim::time::Moment;
use crate::sim::trace::{Record, What};

/// Makes lines of records: it knows which process is which.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    replicas: u8,
}

impl Lines {
    /// For the traces of a scenario.
    #[must_use]
    pub const fn new(scenario: &Scenario) -> Self {
        Self { replicas: scenario.cluster.replicas }
    }

    /// A record in a line.
    #[must_use]
    pub fn line(&self, record: &Record<Message>) -> String {
        let what = match &record.what {
            What::Sent { from, to, nth, message, fate } => {
                let link = format!("{}->{} #{nth}", self.name(*from), self.name(*to));
                let fate = match fate {
                    Fate::Deliver(after) => format!("after {after}"),
                    Fate::Twice(after, again) => format!("twice, after {after} and {again}"),
                    Fate::Astray(other, after) => {
                        format!("astray to {} after {after}", self.name(*other))
                    }
                    Fate::Drop => "lost".to_owned(),
                };
                format!("send  {link:<14} {message}   ({fate})")
            }
            What::Arrived { from, to, message } => {
                format!("take  {:<14} {message}", self.link(*from, *to))
            }
            What::NobodyHome { from, to, message } => {
                format!("gone  {:<14} {message}   (nobody home)", self.link(*from, *to))
            }
            What::Expired { process, timer } => {
                let name = timer_name(*process, self.replicas, *timer);
                format!("timer {:<14} {name}", self.name(*process))
            }
            What::Started(process) => format!("start {}", self.name(*process)),
            What::Crashed(process) => format!("crash {}", self.name(*process)),
            What::Paused(process) => format!("pause {}", self.name(*process)),
            What::Resumed(process) => format!("go on {}", self.name(*process)),
            What::ClockJumped(process, forward) => {
                format!("clock {:<14} {forward} forward", self.name(*process))
            }
        };
        format!("#{:<6} {} {what}", record.event, record.at)
    }

    /// Whether a record tells something about where a run was going, and not just that it went:
    /// what was lost, view changes, recoveries, crashes, and what is about operations.
    #[must_use]
    pub fn matters(&self, record: &Record<Message>) -> bool {
        match &record.what {
            What::Sent { fate, .. } => *fate == Fate::Drop,
            What::Arrived { message, .. } => message.kind() != MessageKind::Commit,
            What::NobodyHome { .. } => false,
            What::Expired { process, timer } => {
                !matches!(timer_name(*process, self.replicas, *timer), "think" | "heartbeat")
            }
            // Everything starts at once, at first.
            What::Started(_) => record.at > Moment(0),
            What::Crashed(_) | What::Paused(_) | What::Resumed(_) | What::ClockJumped(..) => true,
        }
    }

    fn link(&self, from: ProcessId, to: ProcessId) -> String {
        format!("{}->{}", self.name(from), self.name(to))
    }

    fn name(&self, process: ProcessId) -> String {
        match process.0.checked_sub(u16::from(self.replicas)) {
            Some(client) => format!("c{client}"),
            None => format!("r{}", process.0),
        }
    }
}
