//! Objects to judge by: a register, a key-value store, a counter and a queue.

pub mod counter;
pub mod kv;
pub mod queue;
pub mod register;
