//! Objects to judge by: registers, stores, a counter, sets, queues of three kinds, a lock, several
//! registers at once, and a clock and a lottery that go by what was predicted.

pub mod cas_register;
pub mod clock;
pub mod counter;
pub mod kv;
pub mod lock;
pub mod lottery;
pub mod pool;
pub mod register;
pub mod set;
pub mod text_kv;
pub mod transactions;
pub mod whole_set;
