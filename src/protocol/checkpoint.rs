//! A checkpoint (§5.1): the state after an operation, in place of the operations up to there.

use super::numbers::OpNumber;
use super::pages::{Digest, Tree};
use core::fmt;

/// The state after an operation. Copying it copies nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    /// The last operation that it includes.
    pub op_number: OpNumber,
    /// The service's state, what was executed for each client, and the group: a branch of the
    /// three. At every replica it is the same, byte for byte. At a witness it may be a branch of
    /// the group alone.
    pub state: Tree,
}

/// Which checkpoint, for whoever has not got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckpointId {
    /// The last operation that it includes.
    pub op_number: OpNumber,
    /// The digest of its state.
    pub digest: Digest,
}

impl Checkpoint {
    /// Whether whoever runs the service can go on from it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.state.below().len() > 1
    }

    /// By which others know it.
    #[must_use]
    pub fn id(&self) -> CheckpointId {
        CheckpointId { op_number: self.op_number, digest: self.state.digest() }
    }
}

impl fmt::Display for CheckpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "checkpoint {} {}", self.op_number, self.digest)
    }
}
