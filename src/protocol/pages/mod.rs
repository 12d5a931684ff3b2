//! States as trees of pages (§5.1): what has not changed since the last checkpoint is shared with
//! it, and two replicas find what differs between them by digests.

mod assembly;
mod digest;
mod encoding;
mod map;
mod tree;

pub use assembly::{Assembly, WrongPiece};
pub use digest::Digest;
pub use encoding::{Paged, Reader};
pub use map::PagedMap;
pub use tree::{Path, Piece, Tree};
