//! Services to replicate: a register, a key-value store, a counter and a queue.

pub mod counter;
pub mod digest;
pub mod encoding;
pub mod kv;
mod pages;
pub mod queue;
pub mod register;

pub use counter::Counter;
pub use encoding::Postcard;
pub use kv::Kv;
pub use queue::Queue;
pub use register::Register;
