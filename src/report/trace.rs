//! A trace as lines: one for each thing that happened.

use crate::protocol::Message;
use crate::sim::Scenario;
use crate::sim::member::timer_name;
use crate::sim::network::Fate;
use crate::sim::node::ProcessId;
use crate::sim::trace::{Record, What};

/// Makes lines of records: it knows which process is which.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'scenario> {
    scenario: &'scenario Scenario,
    replicas: u8,
}

impl<'scenario> Lines<'scenario> {
    /// For the traces of a scenario.
    #[must_use]
    pub const fn new(scenario: &'scenario Scenario) -> Self {
        Self { scenario, replicas: scenario.cluster.replicas }
    }

    /// A record in a line.
    #[must_use]
    pub fn line(&self, record: &Record<Message>) -> String {
        format!("#{:<6} {} {}", record.event, record.at, self.what(record))
    }

    /// What happened, without saying when.
    #[must_use]
    pub fn what(&self, record: &Record<Message>) -> String {
        match &record.what {
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
            What::Durable { process, write } => {
                format!("disk  {:<14} holds write {write}", self.name(*process))
            }
            What::WriteFailed { process, write } => {
                format!("disk  {:<14} failed at write {write}", self.name(*process))
            }
            What::Said(process, words) => format!("says  {:<14} {words}", self.name(*process)),
            What::Started(process) => format!("start {}", self.name(*process)),
            What::Crashed(process) => format!("crash {}", self.name(*process)),
            What::Paused(process) => format!("pause {}", self.name(*process)),
            What::Resumed(process) => format!("go on {}", self.name(*process)),
            What::ClockJumped(process, forward) => {
                format!("clock {:<14} {forward} forward", self.name(*process))
            }
            What::Struck(index) => format!("fault {}", self.fault(*index)),
            What::Ended(index) => format!("mend  {}", self.fault(*index)),
            What::Healed => "mend  everything".to_owned(),
        }
    }

    /// What a fault of the scenario does, in words.
    #[must_use]
    pub fn fault(&self, index: usize) -> String {
        self.scenario.faults.get(index).map(|fault| fault.action.to_string()).unwrap_or_default()
    }

    fn link(&self, from: ProcessId, to: ProcessId) -> String {
        format!("{}->{}", self.name(from), self.name(to))
    }

    /// A process's name, as scenarios write it: `r0`, `c1`, `admin`.
    #[must_use]
    pub fn name(&self, process: ProcessId) -> String {
        self.scenario.target_of(process).to_string()
    }
}
