//! The simulator: the real replica in virtual time, under faults, judged at every step.

pub mod clock;
pub mod director;
pub mod disk;
pub mod explore;
pub mod guest;
pub mod harm;
pub mod history;
pub mod invariants;
pub mod kernel;
pub mod linearizability;
pub mod liveness;
pub mod mark;
pub mod member;
pub mod message;
pub mod network;
pub mod node;
pub mod panic;
pub mod queue;
pub mod random;
pub mod ratio;
pub mod recording;
pub mod run;
pub mod sabotage;
pub mod scenario;
pub mod seed;
pub mod service;
pub mod shrink;
pub mod store;
pub mod time;
pub mod trace;
pub mod violation;
mod wander;
pub mod workload;

pub use recording::Recording;
pub use run::{Report, run, run_forked, run_recorded};
pub use scenario::Scenario;
