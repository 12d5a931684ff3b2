//! All names that a scenario may expect to be reached: the protocol's marks and the network's.

use crate::protocol::mark::Mark;

/// A message arrived after its sender had crashed.
pub const OUTLIVED: &str = "message outlived its sender";
/// A fault was withheld, since it would have left the contract.
pub const WITHHELD: &str = "fault withheld by the contract";
/// The group came to rest though a replica was lost for ever.
pub const WITHOUT: &str = "rest without a lost replica";

/// A replica stopped, since a write of its disk failed.
pub const STOPPED: &str = "stopped by a failed write";
/// A replica started with what was not on its disk.
pub const MISREAD: &str = "restarted with a misread disk";

/// Every name.
pub fn names() -> impl Iterator<Item = &'static str> {
    Mark::ALL.iter().map(|mark| mark.name()).chain([OUTLIVED, WITHHELD, WITHOUT, STOPPED, MISREAD])
}
