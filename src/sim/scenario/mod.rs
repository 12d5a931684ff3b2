//! A scenario: everything that a run depends on. `run` takes nothing else.

mod brief;
#[cfg(feature = "arbitrary")]
mod bytes;
mod lasting;
mod read;
mod targets;
mod variant;
mod ways;
mod write;

pub use read::ScenarioError;
#[cfg(feature = "schema")]
pub use read::schema;
pub use variant::Variant;
pub use ways::{STORIES, Shares, Way};

use super::disk::{DiskSpeed, Hindrance};
use super::harm::Harm;
use super::network::{Scripted, Weather};
use super::node::{ProcessId, TimerId};
use super::ratio::Ratio;
use super::sabotage::Sabotage;
use super::time::Span;
use crate::protocol::MessageKind;
use crate::protocol::replica::StatusKind;
use crate::protocol::service::Predicts;
use crate::protocol::settings::Checkpoints;
use crate::protocol::{
    Batching, Bounds, Configuration, Durability, Predictions, Reads, ReplicaNumber, ReplicaSet,
    Timeouts,
};
use core::fmt;

/// A whole run, before it has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Decides everything that is not written down.
    pub seed: u64,
    /// The replicas.
    pub cluster: Cluster,
    /// The clients.
    pub workload: Workload,
    /// The network while no fault is aimed at it.
    pub network: Weather,
    /// How fast the disks of a durable group are.
    pub disk: DiskSpeed,
    /// How long the parts of the run take.
    pub limits: Limits,
    /// What goes wrong, and when.
    pub faults: Vec<Fault>,
    /// Messages whose fate is written down.
    pub messages: Vec<MessageFate>,
    /// Clocks may be further off than the group was told: what it promises does not hold.
    pub beyond: bool,
    /// What must come out.
    pub expect: Expect,
}

/// The replicas of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// How many, with those on standby.
    pub replicas: u8,
    /// So many of them, the last, are no members at first.
    pub standby: u8,
    /// Which of them are witnesses (§6.1), whenever they are members.
    pub witnesses: ReplicaSet,
    /// Whether what they acknowledge is on disks.
    pub durability: Durability,
    /// What they replicate.
    pub service: ServiceKind,
    /// It implements nothing but `apply`: no checkpoints, and no reads beside the log.
    pub only_applies: bool,
    /// When they keep their states and let their logs go, if they do.
    pub checkpoints: Option<Checkpoints>,
    /// When their primaries prepare requests together.
    pub batching: Batching,
    /// How their primaries answer reads.
    pub reads: Reads,
    /// Who predicts, where the service needs predictions: never nobody.
    pub predictions: Predictions,
    /// How much they hold at most.
    pub bounds: Bounds,
    /// How long they wait.
    pub timeouts: Timeouts,
    /// By how much their timers are late, at random.
    pub jitter: Ratio,
    /// How far their clocks run fast or slow at most, as a share.
    pub drift: Ratio,
    /// How their hosts cheat, if they do: for whoever wants to see a failure.
    pub sabotage: Option<Sabotage>,
}

/// The services that can be simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceKind {
    /// One register: read, write, compare-and-swap.
    Register,
    /// Many keys: get, put, compare-and-swap, delete, append.
    Kv,
    /// A number: add, get.
    Counter,
    /// First in, first out: enqueue, dequeue.
    Queue,
    /// Times that never go back: stamp, last.
    Clock,
    /// Random numbers: draw, last.
    Lottery,
}

/// The clients of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    /// How many.
    pub clients: u16,
    /// How many operations they ask for, all together.
    pub operations: u32,
    /// How many keys they use, where the service has keys.
    pub keys: u16,
    /// How many of the operations only look, where the service has such.
    pub reads: Ratio,
    /// So many of them, the first, only look.
    pub readers: u16,
    /// How many reads the primary is asked, beside the log.
    pub latest: Ratio,
    /// How many of the others any replica is asked, which may lag behind.
    pub stale: Ratio,
    /// The shortest pause between an answer and the next question.
    pub think_min: Span,
    /// The mean pause.
    pub think_mean: Span,
    /// After how long a client asks again.
    pub retry: Span,
}

/// How long the parts of a run take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// When everything is healed at the latest.
    pub duration: Span,
    /// How long after that every request must be answered and all replicas agree.
    pub settle: Span,
}

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When it strikes.
    pub trigger: Trigger,
    /// What it is.
    pub action: Action,
    /// When it ends: a crashed process restarts, a link is mended.
    pub heal: Heal,
}

/// When a fault ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heal {
    /// With all others, before the group has to come to rest.
    AtTheEnd,
    /// After that long.
    After(Span),
    /// Never: the others have to come to rest without those whom it strikes.
    Never,
}

/// When a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// At that time.
    At(Span),
    /// When a replica gets there for the first time.
    When(u8, Milestone),
}

/// Where a replica can get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// Its view is that one or a later one.
    View(u64),
    /// Its log has that many operations.
    Op(u64),
    /// It knows that many operations to be committed.
    Commit(u64),
    /// It is in that epoch, or a later one.
    Epoch(u64),
    /// Its status is that one (normal: in a view after the first).
    Status(StatusKind),
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A process loses its memory and is down until it restarts.
    Crash(Target),
    /// A process that crashed starts again.
    Restart(Target),
    /// A process stands still.
    Pause(Target),
    /// Only processes of the same group can talk; who is in no group can talk to nobody.
    Partition(Vec<Vec<Target>>),
    /// Messages from the first to the second are lost, but not those the other way.
    Cut(Vec<Target>, Vec<Target>),
    /// The links between two processes are cut and mended again and again, in that rhythm.
    Flap(Target, Target, Span),
    /// A share of the messages of a kind is lost.
    Lose {
        /// Which kind; all where it is missing.
        kind: Option<MessageKind>,
        /// Sent by whom; by anybody where it is missing.
        from: Option<Target>,
        /// Sent to whom; to anybody where it is missing.
        to: Option<Target>,
        /// How many of them.
        share: Ratio,
    },
    /// A process's clock is put forward.
    Jump(Target, Span),
    /// A timer of a process goes off before its time, if it is set.
    Expire(Target, TimerId),
    /// A replica stops, and its disk has failed when it restarts: what holds that operation, or any
    /// part of it.
    Damage(Target, Harm, Option<u64>),
    /// A replica's disk is slow, full, or fails, while the replica runs.
    Hinder(Target, Hindrance),
    /// The administrator asks for another group (§7): no fault, but it comes as unexpectedly.
    Reconfigure(Vec<Target>),
}

/// A process that a fault is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// That replica.
    Replica(u8),
    /// That client.
    Client(u16),
    /// The administrator, where the group is to change.
    Administrator,
    /// The replica that leads the latest running view when the fault strikes.
    Primary,
    /// A backup of that view: the first after its primary that is up.
    Backup,
}

/// The fate of one message, written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageFate {
    /// The sender.
    pub from: Target,
    /// The receiver.
    pub to: Target,
    /// The how-manieth message from the one to the other, from 1.
    pub nth: u64,
    /// What becomes of it.
    pub fate: Scripted,
}

/// What must come out of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// The code of the violation that must be found; none must be where it is missing.
    pub violation: Option<String>,
    /// Marks that must be reached, by name.
    pub marks: Vec<String>,
}

impl Scenario {
    /// How many processes take part: first the replicas, then the clients, then the administrator
    /// if there is one.
    #[must_use]
    pub fn processes(&self) -> u16 {
        let administrators = u16::from(self.reconfigures());
        u16::from(self.cluster.replicas) + self.workload.clients + administrators
    }

    /// What a process is called.
    #[must_use]
    pub fn target_of(&self, id: ProcessId) -> Target {
        match id.0.checked_sub(u16::from(self.cluster.replicas)) {
            Some(client) if client < self.workload.clients => Target::Client(client),
            Some(_) => Target::Administrator,
            None => Target::Replica(u8::try_from(id.0).unwrap_or(u8::MAX)),
        }
    }

    /// Whether the group is to change.
    #[must_use]
    pub fn reconfigures(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault.action, Action::Reconfigure(_)))
    }

    /// The members of the group at first; nothing where nobody is.
    #[must_use]
    pub fn members(&self) -> Option<Configuration> {
        let members = self.cluster.replicas.checked_sub(self.cluster.standby)?;
        self.with_witnesses(Configuration::new(members).ok()?)
    }

    /// The group of these members; nothing where too many of them are witnesses.
    fn with_witnesses(&self, group: Configuration) -> Option<Configuration> {
        group.with_witnesses(self.cluster.witnesses.in_both(group.set()))
    }

    /// How many replicas may fail at once, whichever of its groups it is.
    #[must_use]
    pub fn failures(&self) -> u8 {
        let next = self.faults.iter().filter_map(|fault| match &fault.action {
            Action::Reconfigure(members) => {
                group_of(members).and_then(|group| self.with_witnesses(group))
            }
            Action::Crash(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Partition(_)
            | Action::Cut(..)
            | Action::Flap(..)
            | Action::Lose { .. }
            | Action::Jump(..)
            | Action::Expire(..)
            | Action::Damage(..)
            | Action::Hinder(..) => None,
        });
        self.members().into_iter().chain(next).map(Configuration::failures).min().unwrap_or(0)
    }

    /// Whether replicas have to know the time.
    #[must_use]
    pub fn keeps_time(&self) -> bool {
        self.reads_beside_the_log() || self.predictions() != Predictions::Off
    }

    /// Who predicts what operations are executed with.
    #[must_use]
    pub const fn predictions(&self) -> Predictions {
        match self.cluster.service.predicts() {
            Predicts::Nothing => Predictions::Off,
            Predicts::Alone => Predictions::ByPrimary,
            Predicts::Merged => self.cluster.predictions,
        }
    }

    /// Whether clients read beside the log, or could.
    #[must_use]
    pub fn reads_beside_the_log(&self) -> bool {
        self.cluster.reads != Reads::ThroughTheLog || self.workload.stale != Ratio::ZERO
    }
}

/// The group of these members, where it is one that there can be next.
fn group_of(members: &[Target]) -> Option<Configuration> {
    let numbers: Vec<u8> = members.iter().filter_map(|member| member.replica()).collect();
    let set: ReplicaSet = numbers.iter().copied().map(ReplicaNumber).collect();
    let is_group = numbers.len() == usize::from(set.count()) && set.count() >= 3;
    Configuration::of(set).filter(|_| is_group)
}

impl Target {
    /// Its number, where it is a replica's.
    #[must_use]
    pub const fn replica(self) -> Option<u8> {
        match self {
            Self::Replica(number) => Some(number),
            Self::Client(_) | Self::Administrator | Self::Primary | Self::Backup => None,
        }
    }
}

impl Default for Scenario {
    /// Three replicas and two clients on a good network, and nothing goes wrong.
    fn default() -> Self {
        Self {
            seed: 0,
            cluster: Cluster {
                replicas: 3,
                standby: 0,
                witnesses: ReplicaSet::EMPTY,
                durability: Durability::Memory,
                service: ServiceKind::Kv,
                only_applies: false,
                checkpoints: None,
                batching: Batching::AtOnce,
                reads: Reads::ThroughTheLog,
                predictions: Predictions::Merged,
                bounds: Bounds::default(),
                timeouts: Timeouts::default(),
                jitter: Ratio::percent(20),
                drift: Ratio::ZERO,
                sabotage: None,
            },
            workload: Workload {
                clients: 2,
                operations: 100,
                keys: 4,
                reads: Ratio::percent(40),
                readers: 0,
                latest: Ratio::ZERO,
                stale: Ratio::ZERO,
                think_min: Span::ZERO,
                think_mean: Span::millis(5),
                retry: Span::millis(120),
            },
            network: Weather {
                delay_min: Span::micros(200),
                delay_mean: Span::millis(1),
                delay_max: Span::millis(50),
                drop: Ratio::ZERO,
                duplicate: Ratio::ZERO,
                reorder: Ratio::ZERO,
                straggle: Ratio::ZERO,
                straggle_max: Span::millis(2_000),
                misroute: Ratio::ZERO,
            },
            disk: DiskSpeed::default(),
            limits: Limits { duration: Span::millis(60_000), settle: Span::millis(30_000) },
            faults: Vec::new(),
            messages: Vec::new(),
            beyond: false,
            expect: Expect::default(),
        }
    }
}

/// How a durability is called in a scenario file.
#[must_use]
pub const fn durability_name(durability: Durability) -> &'static str {
    match durability {
        Durability::Memory => "memory",
        Durability::Disk => "disk",
    }
}

impl Cluster {
    /// Lets go of whatever asks more of a service than `apply`.
    pub(crate) fn ask_only_for_apply(&mut self) {
        self.only_applies = true;
        self.checkpoints = None;
        self.reads = Reads::ThroughTheLog;
    }
}

impl ServiceKind {
    /// Whether it has operations that only look.
    #[must_use]
    pub const fn has_reads(self) -> bool {
        match self {
            Self::Register | Self::Kv | Self::Counter | Self::Clock | Self::Lottery => true,
            Self::Queue => false,
        }
    }

    /// What its operations need beside the state and themselves.
    #[must_use]
    pub const fn predicts(self) -> Predicts {
        match self {
            Self::Register | Self::Kv | Self::Counter | Self::Queue => Predicts::Nothing,
            Self::Clock | Self::Lottery => Predicts::Merged,
        }
    }

    /// Every service.
    pub const ALL: [Self; 6] =
        [Self::Register, Self::Kv, Self::Counter, Self::Queue, Self::Clock, Self::Lottery];

    /// How it is called in a scenario file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Kv => "kv",
            Self::Counter => "counter",
            Self::Queue => "queue",
            Self::Clock => "clock",
            Self::Lottery => "lottery",
        }
    }
}

impl Action {
    /// How the kind of fault is called: the one place where it gets its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Crash(_) => "crash",
            Self::Restart(_) => "restart",
            Self::Pause(_) => "pause",
            Self::Partition(_) => "partition",
            Self::Cut(..) => "cut",
            Self::Flap(..) => "flap",
            Self::Lose { .. } => "lose",
            Self::Jump(..) => "jump",
            Self::Expire(..) => "expire",
            Self::Damage(..) => "damage",
            Self::Hinder(..) => "hinder",
            Self::Reconfigure(_) => "reconfigure",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replica(number) => write!(f, "r{number}"),
            Self::Client(number) => write!(f, "c{number}"),
            Self::Administrator => f.write_str("admin"),
            Self::Primary => f.write_str("primary"),
            Self::Backup => f.write_str("backup"),
        }
    }
}

impl fmt::Display for Milestone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::View(number) => write!(f, "view {number}"),
            Self::Op(number) => write!(f, "op {number}"),
            Self::Commit(number) => write!(f, "commit {number}"),
            Self::Epoch(number) => write!(f, "epoch {number}"),
            Self::Status(status) => f.write_str(status.name()),
        }
    }
}
