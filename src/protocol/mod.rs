//! The replica, the client proxy and everything they are made of: the paper in code, sans-I/O.

pub mod checkpoint;
pub mod client;
pub mod client_table;
pub mod configuration;
pub mod durable;
pub mod log;
pub mod mark;
pub mod message;
pub mod numbers;
pub mod output;
pub mod pages;
mod recency;
pub mod refused;
pub mod replica;
pub mod service;
pub mod settings;

pub use client::{ClientOutput, ClientProxy};
pub use configuration::{Configuration, ReplicaSet};
pub use durable::{Durability, Ticket};
pub use message::{Message, MessageKind};
pub use numbers::{
    ClientId, EpochNumber, Incarnation, LocalTime, Nonce, OpNumber, ReplicaNumber, RequestNumber,
    ViewNumber,
};
pub use output::{Outbox, Output, Timer};
pub use replica::{Input, Replica};
pub use service::{Service, TypedService};
pub use settings::{Batching, Bounds, Predictions, Reads, Settings, Timeouts};
