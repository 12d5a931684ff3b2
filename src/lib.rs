//! Viewstamped Replication Revisited, and the deterministic simulator that proves it.

pub mod checker;
#[cfg(feature = "histories")]
pub mod histories;
pub mod protocol;
#[cfg(feature = "cli")]
pub mod report;
#[cfg(feature = "sim")]
pub mod services;
#[cfg(feature = "sim")]
pub mod sim;
#[cfg(feature = "storage")]
pub mod storage;
