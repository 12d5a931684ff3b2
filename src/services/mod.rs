//! Services to replicate: a register, a key-value store, a counter, a queue; and a clock and a
//! lottery, whose operations are predicted (§4.4).

pub mod clock;
pub mod counter;
pub mod digest;
pub mod encoding;
pub mod kv;
pub mod lottery;
mod pages;
pub mod queue;
pub mod register;

pub use clock::Clock;
pub use counter::Counter;
pub use encoding::Postcard;
pub use kv::Kv;
pub use lottery::Lottery;
pub use queue::Queue;
pub use register::Register;
