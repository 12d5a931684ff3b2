//! Objects to judge by: a register, a key-value store, a counter and a queue.

pub mod cas_register;
pub mod counter;
pub mod kv;
pub mod queue;
pub mod register;
pub mod text_kv;
