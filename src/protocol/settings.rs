//! What the operator chooses for a group: its size, its bounds and its patience.

use super::configuration::{Configuration, ReplicaSet};
use super::durable::Durability;
use super::service::Predicts;
use core::fmt;
use core::time::Duration;

/// The settings of one replica; all replicas of a group have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The members.
    pub configuration: Configuration,
    /// Which replicas are witnesses (§6.1), in whatever group they are members: they vote, hold the
    /// log, and do not run the service. Who they are never changes, since they have no state to go
    /// on with.
    pub witnesses: ReplicaSet,
    /// How much of everything is held at most.
    pub bounds: Bounds,
    /// How long is waited.
    pub timeouts: Timeouts,
    /// Whether what is acknowledged is on disks.
    pub durability: Durability,
    /// When the state is kept and the log let go; without this, logs grow for ever.
    pub checkpoints: Option<Checkpoints>,
    /// When a primary prepares requests together.
    pub batching: Batching,
    /// How a primary answers reads.
    pub reads: Reads,
    /// Who predicts what operations are executed with, where the service's need that.
    pub predictions: Predictions,
}

impl Settings {
    /// Settings for a group with the default bounds and timeouts.
    #[must_use]
    pub fn new(configuration: Configuration) -> Self {
        Self {
            configuration,
            witnesses: configuration.witnesses(),
            bounds: Bounds::default(),
            timeouts: Timeouts::default(),
            durability: Durability::Memory,
            checkpoints: None,
            batching: Batching::AtOnce,
            reads: Reads::ThroughTheLog,
            predictions: Predictions::Off,
        }
    }

    /// Checks what the types can't say.
    ///
    /// # Errors
    /// When a bound, a timeout or a number of checkpoints is zero, or the last is too large; when
    /// the witnesses are not those of the group, or are to predict.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        let bounds = [
            ("pipeline", self.bounds.pipeline_max),
            ("batch", self.bounds.batch_max),
            ("requests", self.bounds.requests_max),
            ("clients", self.bounds.clients_max),
            ("operation-bytes", self.bounds.operation_bytes_max),
            ("transfer", self.bounds.transfer_max),
        ];
        let timeouts = [
            ("heartbeat", self.timeouts.heartbeat),
            ("resend", self.timeouts.resend),
            ("primary-silence", self.timeouts.primary_silence),
            ("view-change", self.timeouts.view_change),
        ];
        for (name, bound) in bounds {
            if bound == 0 {
                return Err(InvalidSetting::Zero(name));
            }
        }
        for (name, timeout) in timeouts {
            if timeout.is_zero() {
                return Err(InvalidSetting::Zero(name));
            }
        }
        if let Reads::UnderLease(lease) = self.reads {
            if lease.length.is_zero() {
                return Err(InvalidSetting::Zero("lease"));
            }
            if lease.drift >= 1_000_000 {
                return Err(InvalidSetting::TooMuchDrift);
            }
        }
        let members = self.configuration.set();
        if self.configuration.witnesses() != self.witnesses.in_both(members) {
            return Err(InvalidSetting::Witnesses);
        }
        if !self.witnesses.is_empty() && self.predictions == Predictions::Merged {
            return Err(InvalidSetting::WitnessesPredictNothing);
        }
        match self.checkpoints {
            Some(Checkpoints { every: 0, .. }) => Err(InvalidSetting::Zero("checkpoint-every")),
            Some(Checkpoints { kept: 0, .. }) => Err(InvalidSetting::Zero("checkpoints-kept")),
            Some(Checkpoints { kept, .. }) if kept > CHECKPOINTS_MAX => {
                Err(InvalidSetting::TooManyCheckpoints)
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// When requests are prepared together (§6.2).
///
/// Either way no more than the bounds say go into one PREPARE, and whatever waits goes as soon as
/// nothing is under way: nothing waits for a timer.
///
/// Deviation (batches-that-adapt): §6.2 leaves open how many requests are collected, and for how
/// long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Batching {
    /// When the pipeline is full: until then each request goes at once. Answers come soonest while
    /// there is little to do.
    #[default]
    AtOnce,
    /// When there is more to do: with each PREPARE that is under way, twice as many requests have
    /// to wait before another one goes. A busy group says as much in fewer messages, and needs
    /// fewer writes.
    Adaptive,
}

impl Batching {
    /// How many requests another PREPARE is worth, with so many under way.
    pub(super) fn worthwhile(self, under_way: usize, most: usize) -> usize {
        match self {
            Self::AtOnce => 1,
            Self::Adaptive => {
                let doubled = u32::try_from(under_way).ok().and_then(|n| 1_usize.checked_shl(n));
                doubled.unwrap_or(usize::MAX).min(most)
            }
        }
    }
}

/// How a primary answers reads of what is latest (§6.3.1). Replicas that may lag behind answer in
/// any case, where the service can read (§6.3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reads {
    /// Not without the log.
    #[default]
    ThroughTheLog,
    /// When a quorum has answered it since it was asked.
    ByQuorum,
    /// At once while it holds a lease, and else when a quorum has answered.
    UnderLease(Lease),
}

/// Who predicts what an operation is executed with (§4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Predictions {
    /// Nobody: operations are deterministic.
    #[default]
    Off,
    /// The primary alone, when it gives a request its op-number.
    ByPrimary,
    /// The primary and so many backups that one of those who predict is not faulty: they are asked
    /// before the request gets its op-number.
    Merged,
}

impl Predictions {
    /// Whether a service can do what is asked for, and is asked for what it needs.
    ///
    /// # Errors
    /// When it can't, or is not.
    pub const fn check(self, service: Predicts) -> Result<(), InvalidSetting> {
        match (self, service) {
            (Self::Off, Predicts::Nothing)
            | (Self::ByPrimary, Predicts::Alone | Predicts::Merged)
            | (Self::Merged, Predicts::Merged) => Ok(()),
            (Self::ByPrimary | Self::Merged, Predicts::Nothing) => {
                Err(InvalidSetting::NoPredictions)
            }
            (Self::Merged, Predicts::Alone) => Err(InvalidSetting::NoMerge),
            (Self::Off, Predicts::Alone | Predicts::Merged) => {
                Err(InvalidSetting::NeedsPredictions)
            }
        }
    }
}

/// For how long a backup promises to start no other view, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// How long, by the backup's clock, from when it heard the primary.
    pub length: Duration,
    /// By how many millionths a clock of the group runs fast or slow at most. Where one is further
    /// off than that, a read may be old.
    pub drift: u32,
}

impl Lease {
    /// How long that is by the primary's clock, at least, from when it sent what the backup heard:
    /// the backup's may be the fastest, and its own the slowest.
    #[must_use]
    pub fn at_the_primary(self) -> Duration {
        let drift = u128::from(self.drift).min(1_000_000);
        let nanos = self.length.as_nanos() * (1_000_000 - drift) / (1_000_000 + drift);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// When checkpoints are taken, and how long they are kept (§5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoints {
    /// One is taken after each so many operations: the same ones at every replica.
    pub every: u64,
    /// So many are kept. The log is kept from behind the last one that is not any more: with
    /// three, the fourth lets the log before the first go.
    pub kept: usize,
}

/// Checkpoints that can be kept.
pub const CHECKPOINTS_MAX: usize = 16;

/// How much a replica holds at most; what exceeds a bound is refused with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// PREPAREs that wait for their quorum at once. Bounds what a view change has to carry.
    pub pipeline_max: usize,
    /// Requests in one PREPARE (§6.2).
    pub batch_max: usize,
    /// Requests that wait at the primary for a place in the pipeline.
    pub requests_max: usize,
    /// Clients in the client table: one more, and the one that was served the longest ago is
    /// forgotten.
    pub clients_max: usize,
    /// Bytes of one operation, and of all that are prepared together.
    pub operation_bytes_max: usize,
    /// Log entries, or nodes of a checkpoint, in one message of a state transfer or a recovery.
    pub transfer_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            pipeline_max: 8,
            batch_max: 64,
            requests_max: 1024,
            clients_max: 4096,
            operation_bytes_max: 1 << 20,
            transfer_max: 256,
        }
    }
}

/// How long a replica waits. The host adds jitter, so that replicas do not act in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Between the COMMITs of an idle primary (§4.1 step 6).
    pub heartbeat: Duration,
    /// Before an unanswered message is sent again.
    pub resend: Duration,
    /// Before a backup that hears nothing from the primary wants another view (§4.2 step 1),
    /// and before a primary that hears nothing from a quorum abdicates.
    pub primary_silence: Duration,
    /// Before a view change that makes no progress is given up for the next view.
    pub view_change: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_millis(20),
            resend: Duration::from_millis(30),
            primary_silence: Duration::from_millis(100),
            view_change: Duration::from_millis(150),
        }
    }
}

/// Why a replica can't start with its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidSetting {
    /// A setting is zero that must not be, by its name in a scenario or a configuration file.
    Zero(&'static str),
    /// More checkpoints are to be kept than a superblock has room for.
    TooManyCheckpoints,
    /// The group is to have checkpoints, and its service can't tell its state.
    NoCheckpoints,
    /// The witnesses of the group are others than those of its replicas that are witnesses.
    Witnesses,
    /// Predictions are to be merged from backups, and witnesses have no state to predict from.
    WitnessesPredictNothing,
    /// A lease can't be trusted at all where clocks stand still.
    TooMuchDrift,
    /// The group's primaries are to answer reads, and its service can't.
    NoReads,
    /// Predictions are asked for, and the service makes none.
    NoPredictions,
    /// Merged predictions are asked for, and the service can't merge.
    NoMerge,
    /// The service needs predictions, and none are asked for.
    NeedsPredictions,
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero(name) => write!(f, "`{name}` must be more than zero"),
            Self::TooManyCheckpoints => {
                write!(f, "`checkpoints-kept` must be at most {CHECKPOINTS_MAX}")
            }
            Self::Witnesses => f.write_str(
                "a replica is a witness in each group that it is in, or in none: set `witnesses`",
            ),
            Self::WitnessesPredictNothing => f.write_str(
                "predictions are to be merged from backups, and a witness has no state to predict \
                 from: set `predictions` to the primary's, or have no witnesses",
            ),
            Self::TooMuchDrift => f.write_str("`lease-drift` must be less than 100%"),
            Self::NoReads => f.write_str(
                "reads at the primary are asked for, but the service can't read: it needs \
                 `Service::reads` and `Service::read`",
            ),
            Self::NoPredictions => f.write_str(
                "predictions are asked for, but the service makes none: it needs \
                 `Service::predicts` and `Service::predict`",
            ),
            Self::NoMerge => f.write_str(
                "merged predictions are asked for, but the service can't merge: it needs \
                 `Service::merge`",
            ),
            Self::NeedsPredictions => f.write_str(
                "the service's operations need a prediction, and nobody is to make one: set \
                 `predictions`",
            ),
            Self::NoCheckpoints => f.write_str(
                "checkpoints are asked for, but the service can't tell its state: it needs \
                 `Service::checkpoint` and `Service::restore`",
            ),
        }
    }
}

impl core::error::Error for InvalidSetting {}

#[cfg(test)]
mod tests {
    use super::{
        Batching, Configuration, InvalidSetting, Predictions, Predicts, ReplicaSet, Settings,
    };

    #[test]
    fn witnesses_are_the_same_in_every_group_and_predict_nothing() {
        let group = Configuration::new(3).expect("3 replicas are a group");
        let last = ReplicaSet(1 << 2);
        let mut settings = Settings::new(group.with_witnesses(last).expect("two are left"));
        assert_eq!((settings.witnesses, settings.validate()), (last, Ok(())));
        settings.predictions = Predictions::Merged;
        assert_eq!(settings.validate(), Err(InvalidSetting::WitnessesPredictNothing));
        settings.predictions = Predictions::ByPrimary;
        // One on standby is no concern of this group's.
        settings.witnesses = ReplicaSet(1 << 2 | 1 << 4);
        assert_eq!(settings.validate(), Ok(()));
        settings.witnesses = ReplicaSet(1 << 4);
        assert_eq!(settings.validate(), Err(InvalidSetting::Witnesses));
    }

    #[test]
    fn the_more_is_under_way_the_more_another_batch_has_to_hold() {
        let worth = |batching: Batching| {
            [0, 1, 2, 5, 6, 64, usize::MAX].map(|under_way| batching.worthwhile(under_way, 40))
        };
        assert_eq!(worth(Batching::AtOnce), [1; 7]);
        assert_eq!(worth(Batching::Adaptive), [1, 2, 4, 32, 40, 40, 40]);
    }

    #[test]
    fn a_service_is_asked_for_the_predictions_that_it_makes_and_needs() {
        use Predictions::{ByPrimary, Merged, Off};
        let check = |wanted: Predictions, service, expected| {
            assert_eq!(wanted.check(service), expected, "{wanted:?} of {service:?}");
        };
        check(Off, Predicts::Nothing, Ok(()));
        check(ByPrimary, Predicts::Nothing, Err(InvalidSetting::NoPredictions));
        check(Merged, Predicts::Nothing, Err(InvalidSetting::NoPredictions));
        check(Off, Predicts::Alone, Err(InvalidSetting::NeedsPredictions));
        check(ByPrimary, Predicts::Alone, Ok(()));
        check(Merged, Predicts::Alone, Err(InvalidSetting::NoMerge));
        check(Off, Predicts::Merged, Err(InvalidSetting::NeedsPredictions));
        check(ByPrimary, Predicts::Merged, Ok(()));
        check(Merged, Predicts::Merged, Ok(()));
    }
}
