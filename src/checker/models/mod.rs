//! Objects to judge by: registers, stores, a counter, sets, queues of three kinds, a lock, and
//! several registers at once.

pub mod cas_register;
pub mod counter;
pub mod kv;
pub mod lock;
pub mod pool;
pub mod register;
pub mod set;
pub mod text_kv;
pub mod transactions;
pub mod whole_set;
