//! What the operator chooses for a group: its size, its bounds and its patience.

use super::configuration::Configuration;
use super::durable::Durability;
use core::fmt;
use core::time::Duration;

/// The settings of one replica; all replicas of a group have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The members.
    pub configuration: Configuration,
    /// How much of everything is held at most.
    pub bounds: Bounds,
    /// How long is waited.
    pub timeouts: Timeouts,
    /// Whether what is acknowledged is on disks.
    pub durability: Durability,
}

impl Settings {
    /// Settings for a group with the default bounds and timeouts.
    #[must_use]
    pub fn new(configuration: Configuration) -> Self {
        Self {
            configuration,
            bounds: Bounds::default(),
            timeouts: Timeouts::default(),
            durability: Durability::Memory,
        }
    }

    /// Checks what the types can't say.
    ///
    /// # Errors
    /// When a bound or a timeout is zero.
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
                return Err(InvalidSetting { name });
            }
        }
        for (name, timeout) in timeouts {
            if timeout.is_zero() {
                return Err(InvalidSetting { name });
            }
        }
        Ok(())
    }
}

/// How much a replica holds at most; what exceeds a bound is refused with a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// PREPAREs that wait for their quorum at once. Bounds what a view change has to carry.
    pub pipeline_max: usize,
    /// Requests in one PREPARE (§6.2).
    pub batch_max: usize,
    /// Requests that wait at the primary for a place in the pipeline.
    pub requests_max: usize,
    /// Clients in the client table.
    pub clients_max: usize,
    /// Bytes of one operation.
    pub operation_bytes_max: usize,
    /// Log entries in one message of a state transfer or a recovery.
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

/// A setting that must not be zero, and is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSetting {
    /// Its name in a scenario or a configuration file.
    pub name: &'static str,
}

impl fmt::Display for InvalidSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` must be more than zero", self.name)
    }
}

impl core::error::Error for InvalidSetting {}
