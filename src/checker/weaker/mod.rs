//! Verdicts weaker than linearizability: reads may be old, within bounds that each of them states.

mod chains;
mod distinct;
mod explain;
mod guarantee;
mod judge;
mod monotonic_reads;
mod offered;
mod part;
mod read_your_writes;
mod search;
mod sequential;
mod stale;
mod verdict;

pub use guarantee::{Guarantee, NoGuarantee};
pub use monotonic_reads::monotonic_reads;
pub use read_your_writes::read_your_writes;
pub use sequential::sequential;
pub use stale::stale_by;
pub use verdict::Weak;
