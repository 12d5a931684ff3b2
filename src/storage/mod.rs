//! The journal of a durable group's replica as bytes: encoded, decoded, recovered. Nothing here
//! opens a file: the host carries bytes to where they are kept, and brings them back.

mod batch;
mod codec;
mod journal;
mod recovery;

pub use journal::{Chunk, Journal};
pub use recovery::{End, Recovered, Unreadable, recover};

use crate::protocol::ReplicaNumber;
use uuid::Uuid;

/// Whose journal it is: it stands in every record, so that nobody goes on with somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The group, by an id that no other group has.
    pub group: Uuid,
    /// The replica.
    pub replica: ReplicaNumber,
}

/// The version of the format, which stands in every record.
pub const FORMAT: u16 = 1;

/// What a disk writes all of or nothing of. A record begins where one begins, so that a torn write
/// of one damages no other.
pub const SECTOR: usize = 512;
