//! Viewstamped Replication Revisited, and the deterministic simulator that proves it.

pub mod protocol;
#[cfg(feature = "sim")]
pub mod services;
#[cfg(feature = "sim")]
pub mod sim;
