//! The processes of a run: replicas and clients, hosted as any host would.

mod administrator;
mod client;
mod replica;

pub use administrator::order_of;
pub use client::{ClientHost, Seen, THINK};
pub use replica::{Past, Promises, ReplicaHost};

use super::node::{Node, ProcessId, TimerId, Wire};
use super::sabotage::Sabotage;
use super::scenario::{Scenario, Target};
use crate::protocol::{Input, Message, Settings, Timer};

/// A process of a run.
#[derive(Clone, Debug)]
pub enum Member {
    /// A replica.
    Replica(Box<ReplicaHost>),
    /// A client.
    Client(Box<ClientHost>),
}

impl Node for Member {
    type Message = Message;

    #[inline]
    fn on_message(&mut self, _from: ProcessId, message: Message, wire: &mut Wire<Message>) {
        match self {
            Self::Replica(host) => host.take(Input::Message(message), wire),
            Self::Client(host) => host.on_message(message, wire),
        }
    }

    fn on_durable(&mut self, write: u64, wire: &mut Wire<Message>) {
        if let Self::Replica(host) = self {
            host.finish_write(write, wire);
        }
    }

    fn on_failed(&mut self, write: u64, wire: &mut Wire<Message>) {
        match self {
            Self::Replica(host) if host.sabotage == Some(Sabotage::TrustsAFailedSync) => {
                host.finish_write(write, wire);
            }
            Self::Replica(_) | Self::Client(_) => wire.stop(),
        }
    }

    fn on_timer(&mut self, timer: TimerId, wire: &mut Wire<Message>) {
        match self {
            Self::Replica(host) => {
                let timer = Timer::ALL[usize::from(timer.0)];
                host.take(Input::Timer(timer), wire);
            }
            Self::Client(host) => host.on_timer(timer, wire),
        }
    }
}

/// The settings of a scenario's replicas.
///
/// # Panics
/// When the scenario's number of replicas was not checked.
#[must_use]
pub fn settings_of(scenario: &Scenario) -> Settings {
    let configuration = scenario.members().expect("checked");
    let timeouts = scenario.cluster.timeouts;
    let durability = scenario.cluster.durability;
    let checkpoints = scenario.cluster.checkpoints;
    let (bounds, reads) = (scenario.cluster.bounds, scenario.cluster.reads);
    let witnesses = scenario.cluster.witnesses;
    let (batching, predictions) = (scenario.cluster.batching, scenario.predictions());
    Settings {
        configuration,
        witnesses,
        bounds,
        timeouts,
        durability,
        checkpoints,
        batching,
        reads,
        predictions,
    }
}

/// The name of a timer, as the kernel numbers it, at a replica or a client.
#[must_use]
pub fn timer_name(process: ProcessId, replicas: u8, timer: TimerId) -> &'static str {
    let is_replica = process.0 < u16::from(replicas);
    let target = if is_replica { Target::Primary } else { Target::Client(0) };
    timer_names(target).get(usize::from(timer.0)).copied().unwrap_or("?")
}

/// The names of the timers that such a process has, in the order of their numbers.
#[must_use]
pub fn timer_names(target: Target) -> &'static [&'static str] {
    match target {
        Target::Replica(_) | Target::Primary | Target::Backup => &REPLICA_TIMERS,
        Target::Client(_) | Target::Administrator => &client::TIMERS,
    }
}

const REPLICA_TIMERS: [&str; Timer::ALL.len()] = {
    let mut names = [""; Timer::ALL.len()];
    let mut number = 0;
    while number < names.len() {
        names[number] = Timer::ALL[number].name();
        number += 1;
    }
    names
};
